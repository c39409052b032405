"""A sitting: one lesson as it is held, the fold of its events. Frozen; `fold` gives the next one.

Order of arrival does not matter (law 5): per person and endpoint the times of joining and leaving are kept, the newest
wins, and a leave that comes before its join is a tombstone. Two sittings folded from the same events in any order are alike
in everything that rules can see.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from bot.controls import NOT_SHOWN, Controls, controls_after, seated
from bot.events import (
    Answered,
    Approved,
    Blinded,
    CallMoved,
    CheckAsked,
    Corrected,
    Described,
    Ended,
    EpisodeMoved,
    Event,
    Facts,
    Identified,
    Joined,
    Kind,
    Left,
    Noted,
    NoteTakenBack,
    OrderRefused,
    PassedOn,
    PersonKey,
    RosterSeen,
    RotaSeen,
    SightReturned,
    Started,
    Verb,
    Warned,
    WarningTakenBack,
    Withheld,
    asks_what,
)

UNSEEN = (Kind.BOT,)
NAMELESS = (Kind.ANONYMOUS, Kind.PHONE)
"""Who has another id each time they come (law 3)."""
_JOINS_KEPT = 32
_MOVES_KEPT = 32
DROPPED, NO_ROSTER = "dropped", "roster"
"""Why a sitting is blind whose call was lost, or whose call does not show who is in it."""
CUT_OFF = {"ended": DROPPED, NOT_SHOWN: NO_ROSTER}
"""The states of a call that blind us until a roster is seen again, and why."""
SEAT = "call:"
"""What the endpoints begin with that the call's roster tells of; the others are told by meeting events."""
ENDING = timedelta(minutes=5)
"""How long before its planned end an adult may end a lesson."""
ROSTER_LAG = timedelta(seconds=20)
"""How long after a join event the call's roster may not show somebody yet."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """What a series shares (law 1): tenant, school, thread and root message. A sitting is one holding of it."""

    tenant: str
    school: str
    thread: str
    root: str = "0"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One device of a person: the joins newer than the newest leave, and that leave (the tombstone)."""

    joins: tuple[datetime, ...] = ()
    left: datetime | None = None

    def join(self, at: datetime) -> Endpoint:
        """With a join at `at`; a tie with a leave counts as present."""
        if self.left is not None and at < self.left:
            return self
        return Endpoint(joins=tuple(sorted({*self.joins, at}))[-_JOINS_KEPT:], left=self.left)

    def leave(self, at: datetime) -> Endpoint:
        """With a leave at `at`: joins before it are over."""
        if self.left is not None and at <= self.left:
            return self
        return Endpoint(joins=tuple(join for join in self.joins if join >= at), left=at)

    def since(self, floor: datetime | None) -> datetime | None:
        """Since when present, taking everything before `floor` (an end of the sitting) as over; None if not present."""
        for join in self.joins:
            if floor is None or join > floor:
                return join
        return None


@dataclass(frozen=True, slots=True)
class Member:
    """A person of this sitting: who they are by the directory, and where they stand."""

    person: PersonKey
    kind: Kind = Kind.UNRESOLVED
    classes: tuple[str, ...] = ()
    as_of: datetime | None = None
    first_seen: datetime | None = None
    endpoints: Mapping[str, Endpoint] = field(default_factory=dict)
    check_asked: datetime | None = None
    role: str = ""
    moves: tuple[tuple[datetime, bool, str], ...] = ()
    """The newest joins (True) and leaves by any endpoint, oldest first."""

    def stay_since(self, floor: datetime | None, gap: timedelta) -> datetime | None:
        """When the first of the stays began that are no more than `gap` apart; None if nobody came after `floor`."""
        inside: set[str] = set()
        began: datetime | None = None
        gone: datetime | None = None
        for at, came, endpoint in self.moves:
            if floor is not None and at <= floor:
                continue
            if came and not inside and (began is None or gone is None or at - gone > gap):
                began = at
            if not came and inside == {endpoint}:
                gone = at
            inside = inside | {endpoint} if came else inside - {endpoint}
        return began

    def since(self, floor: datetime | None) -> datetime | None:
        """Since when present by any endpoint, or None."""
        found = [since for end in self.endpoints.values() if (since := end.since(floor))]
        return min(found, default=None)

    def changed(self, floor: datetime | None) -> datetime | None:
        """When this person last became present or absent."""
        if since := self.since(floor):
            return since
        gone = [end.left for end in self.endpoints.values() if end.left]
        return max(
            [*gone, *([floor] if floor and any(end.joins for end in self.endpoints.values()) else [])], default=None
        )


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
    def _present(self) -> dict[PersonKey, datetime]:
        """Who is present, and since when. The lobby and bots are not present."""
        return {person: since for person in self.members if (since := self._since(person))}

    def _since(self, person: PersonKey) -> datetime | None:
        member = self.members[person]
        if member.kind in UNSEEN or self._only_a_hint(person):
            return None
        return member.since(self.ended_at)

    @cached_property
    def _by_kind(self) -> dict[Kind, list[tuple[datetime, PersonKey]]]:
        """The same by kind."""
        found: dict[Kind, list[tuple[datetime, PersonKey]]] = {}
        for person, since in self._present.items():
            found.setdefault(self.members[person].kind, []).append((since, person))
        return found

    def _only_a_hint(self, person: PersonKey) -> bool:
        """Meeting events about people without an account count no more once the call's roster is seen (law 3)."""
        if self.controls.roster_at is None or not person.startswith("mri:"):
            return False
        return not any(endpoint.startswith(SEAT) for endpoint in self.members[person].endpoints)

    def unmuted(self, *kinds: Kind) -> tuple[PersonKey, ...]:
        """Who of these kinds is in the call with an open microphone."""
        return tuple(person for person in self.present(*kinds) if person in self.controls.unmuted)

    def sharing(self, *kinds: Kind) -> tuple[PersonKey, ...]:
        """Who of these kinds shares a screen."""
        showing = {seat.person for seat in self.controls.seats.values() if seat.sharing}
        return tuple(person for person in self.present(*kinds) if person in showing) if showing else ()

    def recording(self, *kinds: Kind) -> tuple[PersonKey, ...]:
        """Who of these kinds has started a recording that runs."""
        theirs = {seat.person for seat in self.controls.seats.values() if seat.recording}
        return tuple(person for person in self.present(*kinds) if person in theirs) if theirs else ()

    def present(self, *kinds: Kind) -> tuple[PersonKey, ...]:
        """Who is present, of these kinds (of any, if none is named), longest first."""
        known: dict[tuple[Kind, ...], tuple[PersonKey, ...]] = self.__dict__.setdefault("_shown", {})
        if (people := known.get(kinds)) is None:
            by_kind = self._by_kind
            found = sorted(one for kind in kinds or by_kind for one in by_kind.get(kind, ()))
            people = known[kinds] = tuple(person for _, person in found)
        return people

    def ids(self, *kinds: Kind) -> tuple[str, ...]:
        """The same as plain strings, for facts."""
        return tuple(str(person) for person in self.present(*kinds))

    def since(self, person: PersonKey) -> datetime | None:
        """Since when this person has been present, or None."""
        return self._present.get(person)

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
        member = self.members.get(person)
        if member is None or person not in self._present:
            return None
        return max((end.joins[-1] for end in member.endpoints.values() if end.since(self.ended_at)), default=None)

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
        times = [
            changed
            for member in self.members.values()
            if member.person != but
            and (member.kind in kinds if kinds else member.kind not in UNSEEN)
            and (changed := member.changed(self.ended_at))
        ]
        return max(times, default=None)

    def most_present(self, *kinds: Kind) -> int:
        """How many people of these kinds have ever come to this sitting."""
        return sum(1 for member in self.members.values() if member.kind in kinds and member.first_seen)

    def another_nameless_removed(self, person: PersonKey) -> bool:
        """Whether one without an account was removed, so that this may be another: reported, not removed (law 3)."""
        gone = {done.person for done in self.corrected if done.action == "remove"} - {person}
        return self.kind(person) in NAMELESS and any(self.kind(one) in NAMELESS for one in gone)

    def invited(self, person: PersonKey) -> bool | None:
        """Whether this person was expected: staff, the class, or an invitee. None while nobody can tell."""
        if self.kind(person) is Kind.STAFF or person == self.organizer or person in self.invitees:
            return True
        if self.class_name is not None and self.class_name in self.classes(person):
            return True
        if self.invitees_known or self.class_name is not None:
            return False
        return None

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
        came = (member.first_seen for member in self.members.values() if member.first_seen)
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
        return self.started_at is not None or any(
            member.first_seen and member.kind not in UNSEEN for member in self.members.values()
        )

    @cached_property
    def over_since(self) -> datetime | None:
        """When the sitting closed: its end, or when the last person went. None while it is open."""
        if self._present or not self.opened:
            return None
        moments = [when for when in (self.ended_at, self.last_change()) if when]
        if not moments or (self.started_at is not None and self.started_at > max(moments)):
            return None
        return max(moments)

    def is_open(self) -> bool:
        """Whether the lesson is being held, as far as we can see."""
        return self.opened and self.over_since is None


_FIELDS = tuple(each.name for each in fields(Sitting))


def takes(sitting: Sitting, event: Event, *, reopen: timedelta, stale: timedelta) -> bool:
    """Whether an event of its meeting belongs to this sitting rather than to a new one (law 1).

    A late event (older than the last seen) always does; a closed sitting reopens for `reopen`. An open one has lost
    its end when it is silent for `stale`, or when the meeting starts once more after it was silent for `reopen`: it
    takes no more.
    """
    last = sitting.over_since or sitting.last_seen_at
    if last is None or event.at <= last:
        return True
    still_held = sitting.is_open() and not isinstance(event, Started)
    return event.at - last <= (stale if still_held else reopen)


def fold(sitting: Sitting, events: Iterable[Event]) -> Sitting:
    """The sitting after these events. Numbers are the store's: see `numbered`.

    A sitting remembers its last step: what is judged and then written down is folded once, not twice.
    """
    for event in events:
        known = sitting.__dict__.get("_next")
        if known is not None and known[0] is event:
            sitting = known[1]
            continue
        after = _carried(sitting, _step(sitting, event))
        if after is not sitting:
            sitting.__dict__["_next"] = (event, after)
        sitting = after
    return sitting


def numbered(sitting: Sitting, number: int) -> Sitting:
    """The sitting as of its event `number` (law 10)."""
    return _carried(sitting, _but(sitting, number=number)) if number != sitting.number else sitting


def _but(sitting: Sitting, **changes: Any) -> Sitting:
    """`replace` for where it is called at every event: it takes a fifth of the time, and nothing is checked."""
    after = object.__new__(Sitting)
    known = sitting.__dict__
    after.__dict__.update({name: known[name] for name in _FIELDS}, **changes)
    return after


def _carried(before: Sitting, after: Sitting) -> Sitting:
    """`after` with who is present already worked out, where `before` knew: anew only for those who changed.

    In a lesson of 300 this took three quarters of an event's time.
    """
    known = before.__dict__.get("_present")
    if known is None or "_present" in after.__dict__ or before.ended_at != after.ended_at:
        return after
    if (before.controls.roster_at is None) != (after.controls.roster_at is None):
        return after
    if after.members is not before.members:
        was, known = before.members.get, dict(known)
        for person in [person for person, member in after.members.items() if was(person) is not member]:
            known.pop(person, None)
            if since := after._since(person):
                known[person] = since
    after.__dict__["_present"] = known
    return after


def _later(one: datetime | None, other: datetime) -> datetime:
    return other if one is None or other > one else one


def _member(sitting: Sitting, person: PersonKey) -> Member:
    return sitting.members.get(person) or Member(person)


def _with(sitting: Sitting, member: Member) -> Sitting:
    return _but(sitting, members={**sitting.members, member.person: member})


def _moved(sitting: Sitting, event: Joined | Left) -> Sitting:
    member = _member(sitting, event.person)
    endpoint = member.endpoints.get(event.endpoint, Endpoint())
    came = isinstance(event, Joined)
    news: dict[str, Any] = {}
    if isinstance(event, Joined):
        endpoint = endpoint.join(event.at)
        news = {"first_seen": min(event.at, member.first_seen or event.at), "role": event.role or member.role}
    else:
        endpoint = endpoint.leave(event.at)
    if member.kind is Kind.UNRESOLVED and event.hint is not Kind.UNRESOLVED:
        news |= {"kind": event.hint, "as_of": event.at}
    moves = tuple(sorted({*member.moves, (event.at, came, event.endpoint)}))[-_MOVES_KEPT:]
    member = replace(member, endpoints={**member.endpoints, event.endpoint: endpoint}, moves=moves, **news)
    members = {**sitting.members, member.person: member}
    return _carried(sitting, _but(sitting, members=members, last_seen_at=_later(sitting.last_seen_at, event.at)))


def _roster(sitting: Sitting, event: RosterSeen) -> Sitting:
    """A roster as joins and leaves of the call's endpoints; who is not in it has left by any other endpoint too."""
    controls = sitting.controls
    if not controls.believes(event):
        return sitting
    now = seated(controls, event)
    for participant, seat in controls.seats.items():
        if participant not in now.seats:
            sitting = _moved(sitting, Left(at=event.at, person=seat.person, endpoint=f"{SEAT}{participant}"))
    for participant, seat in now.seats.items():
        endpoint = f"{SEAT}{participant}"
        if participant not in controls.seats and not _sits_there(sitting, seat.person, endpoint):
            at = _entered(sitting, seat.person, event.at)
            sitting = _moved(sitting, Joined(at=at, person=seat.person, endpoint=endpoint, hint=seat.hint))
    sitting = _missing(sitting, {seat.person for seat in now.seats.values()}, event.at)
    return replace(
        sitting, controls=now, blind={why: at for why, at in sitting.blind.items() if why not in CUT_OFF.values()}
    )


def _sits_there(sitting: Sitting, person: PersonKey, endpoint: str) -> bool:
    """Whether this seat was taken before our own leg was lost, and nobody has seen it left: it is no new coming."""
    end = _member(sitting, person).endpoints.get(endpoint)
    return end is not None and end.since(sitting.ended_at) is not None


def _entered(sitting: Sitting, person: PersonKey, seen_at: datetime) -> datetime:
    """When a new seat was taken: as Teams' own event told a moment ago, if no seat was taken or left since."""
    told = sitting.newest_join(person)
    if told is None or not timedelta() <= seen_at - told <= ROSTER_LAG:
        return seen_at
    seats = [end for name, end in sitting.members[person].endpoints.items() if name.startswith(SEAT)]
    since = any(told in end.joins or (end.left is not None and end.left >= told) for end in seats)
    return seen_at if since else told


def _call_moved(sitting: Sitting, event: CallMoved) -> Sitting:
    """A call that is lost, or shows nothing more, while the lesson goes on blinds us until a roster is seen again (law 14)."""
    why = CUT_OFF.get(event.state) if sitting.controls.roster_at is not None else None
    blind = {**sitting.blind, why: event.at} if why else sitting.blind
    return replace(sitting, controls=controls_after(sitting.controls, event), blind=blind)


def _missing(sitting: Sitting, here: Container[PersonKey], at: datetime) -> Sitting:
    """Without those whom the roster does not show though it has had time to."""
    for person, since in sitting._present.items():
        if person not in here and at - since > ROSTER_LAG:
            for endpoint in sitting.members[person].endpoints:
                sitting = _moved(sitting, Left(at=at, person=person, endpoint=endpoint))
    return sitting


def _identified(sitting: Sitting, event: Identified) -> Sitting:
    member = _member(sitting, event.person)
    if member.as_of is not None and event.at < member.as_of and member.kind is not Kind.UNRESOLVED:
        return sitting
    return _with(sitting, replace(member, kind=event.kind, classes=event.classes, as_of=event.at))


def _described(sitting: Sitting, event: Described) -> Sitting:
    if sitting.described_at is not None and event.at < sitting.described_at:
        return sitting
    return replace(
        sitting,
        organizer=event.organizer or sitting.organizer,
        class_name=event.class_name,
        invitees=frozenset(event.invitees),
        invitees_known=event.invitees_known,
        described_at=event.at,
        scheduled_start=event.scheduled_start,
        scheduled_end=event.scheduled_end,
        join_url=event.join_url or sitting.join_url,
    )


def _rota(sitting: Sitting, event: RotaSeen) -> Sitting:
    newer = sitting.rota is None or event.at >= sitting.rota.at
    return replace(sitting, rota=event) if newer else sitting


def _noted(sitting: Sitting, event: Noted | NoteTakenBack) -> Sitting:
    """The notes of this lesson that stand."""
    if isinstance(event, Noted):
        return replace(sitting, noted=(*sitting.noted, event))
    standing = tuple(one for one in sitting.noted if (one.by, one.at) != (event.by, event.note))
    return replace(sitting, noted=standing)


def _episode(sitting: Sitting, event: EpisodeMoved) -> Sitting:
    key = (event.rule, event.action, event.to, event.about)
    before = sitting.episodes.get(key)
    same = before is not None and before.number == event.number
    episode = Episode(
        number=event.number,
        state=event.state,
        moved_at=event.at,
        say=event.say,
        facts=event.facts,
        opened_at=before.opened_at if same and before else event.at,
        choices=event.choices,
        times=event.times,
        into=event.into,
        into_number=event.into_number,
    )
    return replace(sitting, episodes={**sitting.episodes, key: episode})


def _answered(sitting: Sitting, event: Answered) -> Sitting:
    key = (event.rule, event.about, asks_what(event.verb))
    newest = sitting.answers.get(key)
    if newest is not None and event.at < newest.at:
        return sitting
    return replace(sitting, answers={**sitting.answers, key: event})


def _warned(sitting: Sitting, event: Warned | WarningTakenBack) -> Sitting:
    """`warned` are the warnings of this lesson that stand; of those that one person gave, the newest is taken back."""
    warnings = {**sitting.warnings, event.pupil: event.count}
    if isinstance(event, Warned):
        return replace(sitting, warnings=warnings, warned=(*sitting.warned, event))
    theirs = [one for one in sitting.warned if (one.pupil, one.by) == (event.pupil, event.by)]
    return replace(sitting, warnings=warnings, warned=tuple(one for one in sitting.warned if one not in theirs[-1:]))


def _step(sitting: Sitting, event: Event) -> Sitting:  # noqa: C901, PLR0911 -- one flat line per kind of event is the clearest dispatch
    match event:
        case Joined() | Left():
            return _moved(sitting, event)
        case Identified():
            return _identified(sitting, event)
        case RosterSeen():
            return _roster(sitting, event)
        case Started():
            return replace(
                sitting,
                started_at=_later(sitting.started_at, event.at),
                last_seen_at=_later(sitting.last_seen_at, event.at),
            )
        case Ended():
            return replace(
                sitting,
                ended_at=_later(sitting.ended_at, event.at),
                last_seen_at=_later(sitting.last_seen_at, event.at),
            )
        case Described():
            return _described(sitting, event)
        case RotaSeen():
            return _rota(sitting, event)
        case Blinded():
            return replace(sitting, blind={**sitting.blind, event.why: event.at})
        case SightReturned():
            return replace(sitting, blind={why: at for why, at in sitting.blind.items() if why != event.why})
        case Approved():
            return replace(sitting, approvals={**sitting.approvals, event.pupil: event.until})
        case Answered():
            return _answered(sitting, event)
        case PassedOn():
            steps = (*sitting.passed.get(event.decision, ()), event)
            return replace(sitting, passed={**sitting.passed, event.decision: steps})
        case CheckAsked():
            return _with(sitting, replace(_member(sitting, event.person), check_asked=event.at))
        case Corrected():
            return replace(sitting, corrected=(*sitting.corrected, event))
        case Withheld():
            row = (event.person, event.action, event.rule, event.observation, event.status)
            return replace(sitting, withheld=sitting.withheld | {row})
        case EpisodeMoved():
            return _episode(sitting, event)
        case CallMoved():
            return _call_moved(sitting, event)
        case Warned() | WarningTakenBack():
            return _warned(sitting, event)
        case Noted() | NoteTakenBack():
            return _noted(sitting, event)
        case OrderRefused():
            return replace(sitting, refused=(*sitting.refused, event))
        case _:
            controls = controls_after(sitting.controls, event)
            return sitting if controls is sitting.controls else replace(sitting, controls=controls)
