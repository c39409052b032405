"""A sitting: one lesson as it is held, the fold of its events. Frozen; `fold` gives the next one.

Order of arrival does not matter (law 5): per person and endpoint the times of joining and leaving are kept, the newest
wins, and a leave that comes before its join is a tombstone. Two sittings folded from the same events in any order are alike
in everything that rules can see.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping
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
    Seat,
    SightReturned,
    Started,
    Verb,
    Warned,
    WarningTakenBack,
    Withheld,
    asks_what,
)
from bot.roll import Roll, Standing

UNSEEN = (Kind.BOT,)
SEEN = tuple(kind for kind in Kind if kind not in UNSEEN)
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

    def newest_join(self, floor: datetime | None) -> datetime | None:
        """When they last came in, by any endpoint that is still there."""
        return max((end.joins[-1] for end in self.endpoints.values() if end.since(floor)), default=None)

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
    def _roll(self) -> Roll:
        """How everybody stands. The fold carries it on from one sitting to the next."""
        return Roll.of({person: _standing(self, member) for person, member in self.members.items()})

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
        if _expected(self, _member(self, person)):
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
    """`after` with the roll already called, where `before` had it and nothing has changed on which it rests.

    In a lesson of 300 this took three quarters of an event's time.
    """
    roll = before.__dict__.get("_roll")
    if roll is not None and before.members is after.members and _rests_on(before) == _rests_on(after):
        after.__dict__["_roll"] = roll
    return after


def _rests_on(sitting: Sitting) -> tuple[object, ...]:
    """What the standing of everybody rests on, besides their own doings."""
    seen = sitting.controls.roster_at is not None
    return sitting.ended_at, seen, sitting.organizer, sitting.class_name, sitting.invitees


def _standing(sitting: Sitting, member: Member) -> Standing:
    since = _since(sitting, member)
    return Standing(
        kind=member.kind,
        present=since,
        presenting=since if member.role == "presenter" else None,
        unexpected=None if _expected(sitting, member) else since,
        changed=member.changed(sitting.ended_at),
        came=member.first_seen,
        known=member.as_of,
    )


def _since(sitting: Sitting, member: Member) -> datetime | None:
    """Since when somebody is present. Bots are not."""
    if member.kind in UNSEEN or _only_a_hint(sitting, member):
        return None
    return member.since(sitting.ended_at)


def _only_a_hint(sitting: Sitting, member: Member) -> bool:
    """Meeting events about people without an account count no more once the call's roster is seen (law 3)."""
    if sitting.controls.roster_at is None or not member.person.startswith("mri:"):
        return False
    return not any(endpoint.startswith(SEAT) for endpoint in member.endpoints)


def _expected(sitting: Sitting, member: Member) -> bool:
    """Whether somebody is known to be staff, of the class, or invited."""
    if member.kind is Kind.STAFF or member.person == sitting.organizer or member.person in sitting.invitees:
        return True
    return sitting.class_name is not None and sitting.class_name in member.classes


def _later(one: datetime | None, other: datetime) -> datetime:
    return other if one is None or other > one else one


def _member(sitting: Sitting, person: PersonKey) -> Member:
    return sitting.members.get(person) or Member(person)


def _with(sitting: Sitting, *members: Member, **changes: Any) -> Sitting:
    """With these people as they are now, and the roll, where it had been called, brought up to date for them alone."""
    after = _but(sitting, members={**sitting.members, **{member.person: member for member in members}}, **changes)
    roll = sitting.__dict__.get("_roll")
    if roll is not None and _rests_on(sitting) == _rests_on(after):
        for member in members:
            roll = roll.having(member.person, _standing(after, member))
        after.__dict__["_roll"] = roll
    return after


def _moved(member: Member, event: Joined | Left) -> Member:
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
    move = (event.at, came, event.endpoint)
    newest = not member.moves or move > member.moves[-1]  # nearly always, and then there is nothing to put in order
    moves = (*member.moves, move) if newest else tuple(sorted({*member.moves, move}))
    return replace(member, endpoints={**member.endpoints, event.endpoint: endpoint}, moves=moves[-_MOVES_KEPT:], **news)


@dataclass(slots=True)
class _Moves:
    """What a roster makes of everybody, in one go: a sitting for each seat would copy all members each time."""

    sitting: Sitting
    members: dict[PersonKey, Member] = field(default_factory=dict)
    last: datetime | None = None

    def member(self, person: PersonKey) -> Member:
        """Somebody as they are by now."""
        return self.members.get(person) or _member(self.sitting, person)

    def take(self, event: Joined | Left) -> None:
        """One more move."""
        self.members[event.person] = _moved(self.member(event.person), event)
        self.last = _later(self.last, event.at)

    def done(self, **changes: Any) -> Sitting:
        """The sitting after them, and with what else the roster changes."""
        last = self.sitting.last_seen_at if self.last is None else _later(self.sitting.last_seen_at, self.last)
        return _with(self.sitting, *self.members.values(), last_seen_at=last, **changes)


def _roster(sitting: Sitting, event: RosterSeen) -> Sitting:
    """A roster as joins and leaves of the call's endpoints; who is not in it has left by any other endpoint too."""
    controls, moves = sitting.controls, _Moves(sitting)
    if not controls.believes(event):
        return sitting
    now = seated(controls, event)
    for participant, seat in controls.seats.items():
        if participant not in now.seats:
            moves.take(Left(at=event.at, person=seat.person, endpoint=f"{SEAT}{participant}"))
    for participant, seat in now.seats.items():
        if participant not in controls.seats:
            _seat(sitting, moves, seat, event.at)
    _missing(sitting, moves, {seat.person for seat in now.seats.values()}, event.at)
    blind = {why: at for why, at in sitting.blind.items() if why not in CUT_OFF.values()}
    return moves.done(controls=now, blind=blind)


def _seat(sitting: Sitting, moves: _Moves, seat: Seat, seen_at: datetime) -> None:
    """Somebody in a new seat has come, unless it was taken before our own leg was lost and nobody has seen it left."""
    member, endpoint = moves.member(seat.person), f"{SEAT}{seat.participant}"
    end = member.endpoints.get(endpoint)
    if end is not None and end.since(sitting.ended_at) is not None:
        return
    at = _entered(sitting, member, seen_at)
    moves.take(Joined(at=at, person=seat.person, endpoint=endpoint, hint=seat.hint))


def _entered(sitting: Sitting, member: Member, seen_at: datetime) -> datetime:
    """When a new seat was taken: as Teams' own event told a moment ago, if no seat was taken or left since."""
    told = member.newest_join(sitting.ended_at) if _since(sitting, member) else None
    if told is None or not timedelta() <= seen_at - told <= ROSTER_LAG:
        return seen_at
    seats = [end for name, end in member.endpoints.items() if name.startswith(SEAT)]
    since = any(told in end.joins or (end.left is not None and end.left >= told) for end in seats)
    return seen_at if since else told


def _call_moved(sitting: Sitting, event: CallMoved) -> Sitting:
    """A call that is lost, or shows nothing more, while the lesson goes on blinds us until a roster is seen again (law 14)."""
    why = CUT_OFF.get(event.state) if sitting.controls.roster_at is not None else None
    blind = {**sitting.blind, why: event.at} if why else sitting.blind
    return replace(sitting, controls=controls_after(sitting.controls, event), blind=blind)


def _missing(sitting: Sitting, moves: _Moves, here: Container[PersonKey], at: datetime) -> None:
    """Those have left whom the roster does not show though it has had time to."""
    for person in sitting.present():
        if person in here:
            continue
        member = moves.member(person)
        since = _since(sitting, member)
        if since is not None and at - since > ROSTER_LAG:
            for endpoint in member.endpoints:
                moves.take(Left(at=at, person=person, endpoint=endpoint))


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
            member = _moved(_member(sitting, event.person), event)
            return _with(sitting, member, last_seen_at=_later(sitting.last_seen_at, event.at))
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
