"""A sitting: one lesson as it is held, the fold of its events (`bot/fold.py`), and what rules ask of it. Frozen. Pure."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from bot.controls import NOT_SHOWN, Controls
from bot.events import (
    Answered,
    Corrected,
    Facts,
    Kind,
    Noted,
    OrderRefused,
    PassedOn,
    PersonKey,
    RotaSeen,
    Verb,
    Warned,
    asks_what,
)
from bot.members import SEEN, Ground, Member, expected, standing
from bot.roll import Roll

NAMELESS = (Kind.ANONYMOUS, Kind.PHONE)
"""Who has another id each time they come (law 3)."""
DROPPED, NO_ROSTER = "dropped", "roster"
"""Why a sitting is blind whose call was lost, or whose call does not show who is in it."""
CUT_OFF = {"ended": DROPPED, NOT_SHOWN: NO_ROSTER}
"""The states of a call that blind us until a roster is seen again, and why."""
ENDING = timedelta(minutes=5)
"""How long before its planned end an adult may end a lesson."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """What a series shares (law 1): tenant, school, thread and root message. A sitting is one holding of it."""

    tenant: str
    school: str
    thread: str
    root: str = "0"


@dataclass(frozen=True, slots=True)
class Episode:
    """The last episode of one rule's wish: see law 6. The last three as in EpisodeMoved."""

    number: int
    state: str
    moved_at: datetime
    say: str
    facts: Facts
    opened_at: datetime
    choices: tuple[Verb, ...] = ()
    times: int = 1
    into: PersonKey | None = None
    into_number: int = 0


AnswerKey = tuple[str, PersonKey | None, str]
"""(rule, about, which question it answers: `events.asks_what`)."""

DOING = (Verb.REMOVE, Verb.LET_STAY, Verb.KEEP_OUT)

EpisodeKey = tuple[str, str, str, PersonKey | None]
"""(rule, action, to, about)."""


@dataclass(frozen=True)
class Sitting:
    """One lesson as far as its events tell. Build it with `fold`, never by hand."""

    meeting: Meeting
    number: int = 0
    started_at: datetime | None = None
    ended_at: datetime | None = None
    last_seen_at: datetime | None = None
    organizer: PersonKey | None = None
    class_name: str | None = None
    invitees: frozenset[PersonKey] = frozenset()
    invitees_known: bool = False
    described_at: datetime | None = None
    scheduled_start: datetime | None = None
    scheduled_end: datetime | None = None
    join_url: str | None = None
    rota: RotaSeen | None = None
    members: Mapping[PersonKey, Member] = field(default_factory=dict)
    blind: Mapping[str, datetime] = field(default_factory=dict)
    approvals: Mapping[PersonKey, datetime] = field(default_factory=dict)
    answers: Mapping[AnswerKey, Answered] = field(default_factory=dict)
    episodes: Mapping[EpisodeKey, Episode] = field(default_factory=dict)
    corrected: tuple[Corrected, ...] = ()
    withheld: frozenset[tuple[PersonKey, str, str, int, str]] = frozenset()
    warnings: Mapping[PersonKey, int] = field(default_factory=dict)
    warned: tuple[Warned, ...] = ()
    noted: tuple[Noted, ...] = ()
    refused: tuple[OrderRefused, ...] = ()
    passed: Mapping[int, tuple[PassedOn, ...]] = field(default_factory=dict)
    """To whom alerts went on, by their numbers."""
    controls: Controls = Controls()

    @cached_property
    def _roll(self) -> Roll:
        """How everybody stands. The fold carries it on from one sitting to the next."""
        ground = ground_of(self)
        return Roll.of({person: standing(member, ground) for person, member in self.members.items()})

    def unmuted(self, *kinds: Kind) -> tuple[PersonKey, ...]:
        """Who of these kinds is in the call with an open microphone."""
        return self._of(kinds, self.controls.unmuted)

    def sharing(self, *kinds: Kind) -> tuple[PersonKey, ...]:
        """Who of these kinds shares a screen."""
        return self._of(kinds, self.controls.sharing)

    def recording(self, *kinds: Kind) -> tuple[PersonKey, ...]:
        """Who of these kinds has started a recording that runs."""
        return self._of(kinds, self.controls.recording)

    def _of(self, kinds: Container[Kind], people: Collection[PersonKey]) -> tuple[PersonKey, ...]:
        there = self.there(people) if people else ()
        return tuple(person for person in there if self.kind(person) in (kinds or SEEN))

    def there(self, people: Iterable[PersonKey]) -> tuple[PersonKey, ...]:
        """Who of these people is present, longest first."""
        found = sorted((since, person) for person in {*people} if (since := self.since(person)))
        return tuple(person for _, person in found)

    def present(self, *kinds: Kind) -> tuple[PersonKey, ...]:
        """Who is present, of these kinds (of any, if none is named), longest first. The lobby and bots are not present."""
        known: dict[tuple[Kind, ...], tuple[PersonKey, ...]] = self.__dict__.setdefault("_shown", {})
        if (people := known.get(kinds)) is None:
            people = known[kinds] = self._roll.people("present", kinds or Kind)
        return people

    def presenting(self, *kinds: Kind) -> tuple[PersonKey, ...]:
        """Who of these kinds is present and came in as one who may present, longest first."""
        return self._roll.people("presenting", kinds)

    def unexpected(self, *kinds: Kind) -> tuple[PersonKey, ...]:
        """Who of these kinds is present and not known to be invited (see `invited`), longest first."""
        return self._roll.people("unexpected", kinds)

    def known(self, *kinds: Kind) -> tuple[PersonKey, ...]:
        """Who this sitting knows to be of these kinds, whether they came or not."""
        return self._roll.people("known", kinds)

    def ids(self, *kinds: Kind) -> tuple[str, ...]:
        """The same as plain strings, for facts."""
        return self.present(*kinds)

    def since(self, person: PersonKey) -> datetime | None:
        """Since when this person has been present, or None."""
        return self._roll.since(person)

    def kind(self, person: PersonKey) -> Kind:
        """Who this person is, by the last look-up; unresolved if nobody has looked."""
        member = self.members.get(person)
        return member.kind if member else Kind.UNRESOLVED

    def classes(self, person: PersonKey) -> tuple[str, ...]:
        """The classes this person belongs to, by school.toml's names."""
        member = self.members.get(person)
        return member.classes if member else ()

    def newest_join(self, person: PersonKey) -> datetime | None:
        """When this person last came in, by any endpoint that is still there; None if not present."""
        return None if self.since(person) is None else self.members[person].newest_join(self.ended_at)

    def only_attendee(self, person: PersonKey) -> bool:
        """Whether Teams binds this person by the options for attendees, as far as their join told."""
        member = self.members.get(person)
        return member is not None and member.role == "attendee"

    def stay_since(self, person: PersonKey, gap: timedelta) -> datetime | None:
        """Since when this person has been here, taking no notice of absences up to `gap`; None if not present."""
        if self.since(person) is None:
            return None
        return self.members[person].stay_since(self.ended_at, gap)

    def last_change(self, *kinds: Kind, but: PersonKey | None = None) -> datetime | None:
        """When somebody of these kinds, `but` one, last became present or absent, by the source's clock."""
        rows = (self._roll.row("changed", kind).ranks[-2:] for kind in kinds or SEEN)
        return max((at for ranks in rows for at, person in ranks if person != but), default=None)

    def most_present(self, *kinds: Kind) -> int:
        """How many people of these kinds have ever come to this sitting."""
        return sum(len(self._roll.row("came", kind).ranks) for kind in {*kinds})

    def came(self, *kinds: Kind) -> tuple[PersonKey, ...]:
        """Who of these kinds has ever come to this sitting, the earliest first."""
        return self._roll.people("came", kinds)

    def another_nameless_removed(self, person: PersonKey) -> bool:
        """Whether one without an account was removed, so that this may be another: reported, not removed (law 3)."""
        gone = {done.person for done in self.corrected if done.action == "remove"} - {person}
        return self.kind(person) in NAMELESS and any(self.kind(one) in NAMELESS for one in gone)

    def invited(self, person: PersonKey) -> bool | None:
        """Whether this person was expected: staff, the class, or an invitee. None while nobody can tell."""
        if expected(member_of(self, person), ground_of(self)):
            return True
        return False if self.invitees_known or self.class_name is not None else None

    def one_to_one_approved(self, pupil: PersonKey, now: datetime) -> bool:
        """Whether CLT has approved lessons alone with this pupil, and the approval has not run out."""
        until = self.approvals.get(pupil)
        return until is not None and now < until

    @property
    def on_call(self) -> tuple[PersonKey, ...]:
        """Who is on call, in order; nobody while that is not known."""
        return self.rota.people if self.rota is not None else ()

    def over_by_plan(self, gone: datetime) -> datetime | None:
        """When a lesson whose last adult went at `gone` was over by its plan; None where no end is planned.

        An adult who goes shortly before the planned end has ended it, and has not dropped out of it. A lesson to which
        nobody came before that end is another than the one that was planned.
        """
        came = (at for kind in Kind for at, _ in self._roll.row("came", kind).ranks[:1])
        if self.scheduled_end is None or min(came, default=gone) > self.scheduled_end:
            return None
        return gone if gone >= self.scheduled_end - ENDING else self.scheduled_end

    def answer(self, rule: str, about: PersonKey | None, verb: Verb) -> Answered | None:
        """The newest answer to this rule's alert about somebody, if it was this one."""
        answered = self.answers.get((rule, about, asks_what(verb)))
        return answered if answered and answered.verb is verb else None

    @property
    def opened(self) -> bool:
        """Whether the lesson has been seen to begin: a start or a join, not only a tombstone."""
        return self.started_at is not None or self._roll.is_anybody("came", SEEN)

    @cached_property
    def over_since(self) -> datetime | None:
        """When the sitting closed: its end, or when the last person went. None while it is open."""
        if self._roll.is_anybody("present", SEEN) or not self.opened:
            return None
        moments = [when for when in (self.ended_at, self.last_change()) if when]
        if not moments or (self.started_at is not None and self.started_at > max(moments)):
            return None
        return max(moments)

    def is_open(self) -> bool:
        """Whether the lesson is being held, as far as we can see."""
        return self.opened and self.over_since is None


def ground_of(sitting: Sitting) -> Ground:
    """What the standing of everybody rests on: while it stays as it is, so does the roll but for who comes and goes."""
    seen = sitting.controls.roster_at is not None
    return Ground(sitting.ended_at, seen, sitting.organizer, sitting.class_name, sitting.invitees)


def member_of(sitting: Sitting, person: PersonKey) -> Member:
    """Somebody as this sitting knows them, or as one of whom it knows nothing."""
    return sitting.members.get(person) or Member(person)
