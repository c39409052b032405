"""One fake per port of bot/ports.py, in memory and honest: the same promises as the real parts, kept in dicts and lists.

Nothing here waits, so `at_once` runs a call to its end without a loop, which keeps property tests quick.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from pydantic import TypeAdapter

from bot.actions import Role
from bot.events import (
    Answered,
    AnyEvent,
    CameOnHold,
    Corrected,
    Event,
    Fact,
    Joined,
    Kind,
    Noted,
    PersonKey,
    account,
    oid_of,
)
from bot.fold import fold, numbered, takes
from bot.held import STRICTEST_FIRST, due_after
from bot.notice import Button, Mention, Notice, Severity
from bot.ports import (
    AlarmCount,
    Alert,
    Arrival,
    Before,
    CalendarEvent,
    Decision,
    Description,
    Filed,
    Hold,
    HoldChange,
    HoldOpened,
    HoldStep,
    Invitation,
    Job,
    Known,
    MeetingDetails,
    NoteFiled,
    NoteTaken,
    Online,
    OutOfReach,
    Person,
    PlannedLesson,
    PupilRecord,
    Receipt,
    Refused,
    Roster,
    Route,
    Ruling,
    Sent,
    Setting,
    Standing,
    WarningFiled,
    WarningGiven,
    Word,
)
from bot.ruling import SILENT
from bot.school import School
from bot.sitting import Meeting, Sitting
from tests.builders import START

T = TypeVar("T")
KNOWN_FRESH = timedelta(hours=24)
LEASE = timedelta(seconds=60)
_EVENT: TypeAdapter[Event] = TypeAdapter(AnyEvent)


def at_once(call: Coroutine[Any, Any, T]) -> T:
    """What a call comes to that never waits for anything."""
    try:
        call.send(None)
    except StopIteration as done:
        return done.value
    call.close()
    raise AssertionError("it waited for something outside the fakes")


@dataclass
class Clock:
    """The database's clock."""

    now: datetime = START

    def minute(self, minutes: float) -> None:
        """Set it to so many minutes after the start; it never goes back."""
        self.now = max(self.now, START + timedelta(minutes=minutes))

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)


class Reachable:
    """Something that can be out of reach, or refuse, for as long as a test wants."""

    trouble: Exception | None = None

    def _reach(self) -> None:
        if self.trouble is not None:
            raise self.trouble


@dataclass
class _Held:
    """A sitting as the fake keeps it: its events written down, and what stands in its row."""

    meeting: Meeting
    opened_at: datetime
    lines: list[str] = field(default_factory=list)
    look_at: datetime | None = None
    fold: Sitting | None = None


class FakePeople(Reachable):
    """People by key; `came` is filled by the register."""

    def __init__(self, *people: Person) -> None:
        self.people = {person.key: person for person in people}
        self.came: dict[int, dict[PersonKey, None]] = {}
        self.lengths: dict[Kind, list[int]] = {}
        self.approved: dict[PersonKey, tuple[datetime, PersonKey]] = {}
        self.holds: dict[PersonKey, Hold] = {}

    async def get(self, keys: Iterable[PersonKey]) -> Mapping[PersonKey, Person]:
        self._reach()
        return {key: self.people[key] for key in keys if key in self.people}

    async def learn(self, people: Sequence[Person], *, whole_list_of: Kind | None = None) -> None:
        self._reach()
        for person in people:
            old = self.people.get(person.key)
            if old is None or old.as_of is None or (person.as_of is not None and person.as_of >= old.as_of):
                self.people[person.key] = replace(person, name=person.name or (old.name if old else ""))
        if whole_list_of is not None:
            self.lengths.setdefault(whole_list_of, []).append(len(people))

    async def staff(self) -> Sequence[Person]:
        self._reach()
        return [person for _, person in sorted(self.people.items()) if person.kind is Kind.STAFF]

    async def in_sitting(self, sitting_id: int) -> Sequence[Person]:
        self._reach()
        unknown = Kind.UNRESOLVED
        return [self.people.get(key, Person(key=key, kind=unknown, name="")) for key in self.came.get(sitting_id, ())]


class FakeDecisions(Reachable):
    """Decisions by their key (law 6): a second one with the same key is a revision, the same words again are nothing."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.alerts: dict[int, Alert] = {}
        self.status: dict[int, str] = {}
        self.outcomes: list[tuple[int, int, str, str]] = []
        self.answers: dict[int, list[Answered]] = {}
        self.notes: dict[int, list[NoteFiled]] = {}
        self.jobs: list[Job] = []
        self._numbers: dict[tuple[object, ...], int] = {}
        self._attempts: dict[int, int] = {}
        self._before: dict[int, int] = {}
        self._claimed: dict[int, datetime] = {}

    def decide(self, sitting_id: int, decision: Decision) -> tuple[int, bool]:
        """Write one down; its number, and whether it is to be carried out."""
        key = (sitting_id, decision.rule, decision.action, decision.to, decision.about, decision.episode)
        key = (*key, decision.observation)
        number = self._numbers.setdefault(key, len(self._numbers) + 1)
        old = self.alerts.get(number)
        if old is not None and old.decision == decision:
            return number, False
        self.alerts[number] = Alert(
            number=number,
            sitting_id=sitting_id,
            attempt=0,
            revision=old.revision + 1 if old else 1,
            decided_at=self.clock.now,
            decision=decision,
            sendings=old.sendings if old else (),
            opened_at=old.opened_at if old else self.clock.now,
        )
        self._before[number] = self._attempts.get(number, 0)
        self.status[number] = decision.status
        return number, decision.status == "due"

    async def claim(self, decision: int) -> Alert | None:
        self._reach()
        held = self._claimed.get(decision)
        if self.status.get(decision) != "due" or (held is not None and held > self.clock.now):
            return None
        self._attempts[decision] = self._attempts.get(decision, 0) + 1
        self._claimed[decision] = self.clock.now + LEASE
        return self._as_it_stands(decision)

    def _as_it_stands(self, number: int) -> Alert:
        alert = self.alerts[number]
        attempt = self._attempts.get(number, 0) - self._before.get(number, 0)
        answers = [
            answer
            for answer in self.answers.get(alert.sitting_id, ())
            if (answer.rule, answer.about) == (alert.decision.rule, alert.decision.about)
        ]
        return replace(alert, attempt=attempt, answered=tuple(answers), notes=tuple(self.notes.get(number, ())))

    async def sent(self, alert: Alert, sent: Sent) -> None:
        self._reach()
        now = self.alerts[alert.number]
        if sent not in now.sendings:
            self.alerts[alert.number] = replace(now, sendings=(*now.sendings, sent))

    async def settle(self, alert: Alert, *, outcome: str, words: str = "") -> None:
        self._reach()
        self.outcomes.append((alert.number, alert.revision, outcome, words))
        self._claimed.pop(alert.number, None)
        newer = self.alerts[alert.number].revision > alert.revision
        if not newer and outcome != "again":
            self.status[alert.number] = outcome
        if newer and self.status[alert.number] == "due":
            self.jobs.append(Job(kind="carry", sitting=alert.sitting_id, decision=alert.number))

    async def alert(self, number: int) -> Alert | None:
        self._reach()
        return self._as_it_stands(number) if number in self.alerts else None


class FakeRegister(Reachable):
    """The sittings: by `takes`, numbered, deduped, ruled on. Jobs wait in `jobs` until a test runs them."""

    def __init__(self, school: School, clock: Clock, people: FakePeople, decisions: FakeDecisions) -> None:
        self.school = school
        self.clock = clock
        self.people = people
        self.decisions = decisions
        self.sittings: dict[int, _Held] = {}
        self.digests: dict[bytes, int] = {}
        self.meetings: dict[Meeting, Arrival] = {}
        self.jobs: list[Job] = decisions.jobs
        self.warnings: list[WarningGiven] = []
        self.warned_at: list[datetime] = []
        self.taken_back: set[int] = set()
        self.notes: list[tuple[int, NoteTaken]] = []
        self.unnoted: set[tuple[PersonKey, datetime]] = set()
        self.corrections: list[Corrected] = []
        self.staff_shrunk = False
        self.opened = 0

    async def observe(self, arrival: Arrival, rule: Callable[[Before], Ruling]) -> Receipt:
        self._reach()
        if arrival.digest in self.digests:
            sitting_id = self.digests[arrival.digest]
            return Receipt(copy=True, sitting_id=sitting_id, sitting=self._fold(sitting_id), ruling=Ruling())
        sitting_id = self._find(arrival)
        new = sitting_id not in self.sittings
        sitting = Sitting(self._meeting(arrival)) if new else self._fold(sitting_id)
        before = Before(
            sitting=sitting,
            sitting_id=sitting_id,
            opened_now=new,
            now=self.clock.now,
            known=self._known(arrival),
            warnings=self._unexpired(arrival.counting),
            school_corrected=self._corrected_lately(),
            staff_shrunk=self.staff_shrunk,
        )
        ruling = rule(before)
        if new:
            opened = min((event.at for event in arrival.events), default=before.now)
            self.sittings[sitting_id] = _Held(sitting.meeting, opened)
        return self._write(arrival, before, ruling)

    def _write(self, arrival: Arrival, before: Before, ruling: Ruling) -> Receipt:
        held = self.sittings[before.sitting_id]
        held.lines += [_EVENT.dump_json(event).decode() for event in ruling.events]
        held.fold = numbered(fold(before.sitting, ruling.events), len(held.lines))
        ahead = [at for at in (held.look_at, ruling.look_at) if at is not None and at > before.now]
        held.look_at = min(ahead, default=None)
        if arrival.digest is not None:
            self.digests[arrival.digest] = before.sitting_id
        self.warnings += ruling.warnings
        self.warned_at += [before.now for _ in ruling.warnings]
        for taken in ruling.taken_back:
            self._take_back(taken)
        for hold in ruling.holds:
            self._open(hold, before)
        for event in ruling.events:
            if isinstance(event, CameOnHold):
                self._came(event, before)
        self._note_down(before, ruling)
        self._remember(arrival, before.sitting_id, ruling.events)
        numbers = []
        for decision in ruling.decisions:
            number, carry = self.decisions.decide(before.sitting_id, decision)
            numbers.append(number)
            if carry:
                self.jobs.append(Job(kind="carry", sitting=before.sitting_id, decision=number))
        self.jobs += ruling.jobs
        given = sum(1 for warning in ruling.warnings if warning.pupil == arrival.counting)
        return Receipt(
            copy=False,
            sitting_id=before.sitting_id,
            sitting=held.fold,
            ruling=ruling,
            decision_ids=tuple(numbers),
            warnings=before.warnings + given,
        )

    def _note_down(self, before: Before, ruling: Ruling) -> None:
        self.notes += [(before.sitting_id, note) for note in ruling.notes if note.alert is None]
        self.unnoted |= set(ruling.unnoted)
        for note in ruling.notes:
            if note.alert is not None:
                filed = NoteFiled(by=note.by, text=note.text, at=before.now)
                self.decisions.notes.setdefault(note.alert, []).append(filed)

    def _open(self, hold: HoldOpened, before: Before) -> None:
        """A hold that stands stays; one that would end by itself is no longer sure to, once the removal is carried out."""
        due, stands = due_after(before.now, self.school), self.people.holds.get(hold.pupil)
        after = self.school.removal.longest_wait.total_seconds() + 1 if hold.waits else 0.0
        self.jobs += [Job(kind="forewarn", person=hold.pupil, after=after), Job(kind="hold", person=hold.pupil)]
        if stands is None:
            self.opened += 1
            self.people.holds[hold.pupil] = Hold(
                pupil=hold.pupil,
                by=hold.by,
                reason=hold.reason,
                since=before.now,
                key=hold.key,
                ends=hold.ends,
                number=self.opened,
                sitting=before.sitting_id,
                due=due,
            )
        elif hold.waits:
            step = HoldStep(what="planned", by=hold.by, at=before.now, why=hold.reason)
            self.people.holds[hold.pupil] = replace(stands, steps=(*stands.steps, step))
        elif stands.since != hold.planned:
            steps = [
                replace(step, what="again") if (step.what, step.at) == ("planned", hold.planned) else step
                for step in stands.steps
            ]
            if tuple(steps) == stands.steps:
                steps.append(HoldStep(what="again", by=hold.by, at=before.now, why=hold.reason))
            self.people.holds[hold.pupil] = replace(
                stands,
                until=None,
                decided="",
                ends=next((ends.value for ends in STRICTEST_FIRST if ends in (stands.ends, hold.ends)), stands.ends),
                due=due if stands.decided else stands.due,
                steps=tuple(steps),
                revision=stands.revision + 1,
                news=stands.news + 1,
            )

    def _came(self, event: CameOnHold, before: Before) -> None:
        hold = self.people.holds.get(event.pupil)
        if hold is not None:
            came = replace(hold, came=hold.came + 1, last_came=before.now, news=hold.news + 1)
            self.people.holds[event.pupil] = came
            self.jobs.append(Job(kind="hold", person=event.pupil))

    def _take_back(self, taken: tuple[PersonKey, PersonKey]) -> None:
        theirs = [
            number
            for number, one in enumerate(self.warnings)
            if (one.pupil, one.by) == taken and number not in self.taken_back
        ]
        for number in theirs[-1:]:
            self.taken_back.add(number)
            old = self.warnings[number]
            self.warnings[number] = replace(old, expires=min(old.expires, self.clock.now))

    def _remember(self, arrival: Arrival, sitting_id: int, happened: Sequence[Event]) -> None:
        attended = self.people.came.setdefault(sitting_id, {})
        attended.update({event.person: None for event in happened if isinstance(event, Joined)})
        self.corrections += (event for event in happened if isinstance(event, Corrected))
        given = [event for event in happened if isinstance(event, Answered)]
        self.decisions.answers.setdefault(sitting_id, []).extend(given)
        for person, name in arrival.names.items():
            self.people.people.setdefault(person, Person(key=person, kind=Kind.UNRESOLVED, name=name))
        meeting = self.sittings[sitting_id].meeting
        old = self.meetings.get(meeting, Arrival())
        said = ("teams_meeting_id", "meeting_type", "title", "service_url")
        newest = {name: getattr(arrival, name) or getattr(old, name) for name in said}
        self.meetings[meeting] = Arrival(**newest)

    def _meeting(self, arrival: Arrival) -> Meeting:
        if arrival.meeting is None:
            raise ValueError("an arrival is addressed to a meeting or to a sitting")
        return arrival.meeting

    def _find(self, arrival: Arrival) -> int:
        """The sitting addressed, the newest of the meeting, a late one, or a new one."""
        if arrival.sitting is not None:
            if arrival.sitting not in self.sittings:
                raise Refused("no_such_sitting", "there is no such sitting in this school")
            return arrival.sitting
        of_meeting = [number for number, held in self.sittings.items() if held.meeting == self._meeting(arrival)]
        if of_meeting and not arrival.events:
            return of_meeting[-1]
        new = len(self.sittings) + 1
        if not of_meeting or not self._takes(of_meeting[-1], arrival.events[0]):
            return new
        late = arrival.events[0].at < self.sittings[of_meeting[-1]].opened_at
        if late and len(of_meeting) > 1 and self._takes(of_meeting[-2], arrival.events[0]):
            return of_meeting[-2]
        return of_meeting[-1]

    def _takes(self, sitting_id: int, event: Event) -> bool:
        return takes(self._fold(sitting_id), event, reopen=self.school.school.reopen, stale=SILENT)

    def _fold(self, sitting_id: int) -> Sitting:
        held = self.sittings[sitting_id]
        if held.fold is None:
            events = [_EVENT.validate_json(line) for line in held.lines]
            held.fold = numbered(fold(Sitting(held.meeting), events), len(events))
        return held.fold

    def restart(self) -> None:
        """The process dies and comes back: only what is written down remains."""
        for held in self.sittings.values():
            held.fold = None

    def events(self, sitting_id: int = 1) -> list[Event]:
        """All that is written down of a sitting."""
        return [_EVENT.validate_json(line) for line in self.sittings[sitting_id].lines]

    def _known(self, arrival: Arrival) -> dict[PersonKey, Known]:
        asked = [*arrival.names, *(event.person for event in arrival.events if isinstance(event, Joined))]
        found = [self.people.people[key] for key in asked if key in self.people.people]
        return {
            person.key: Known(
                kind=person.kind,
                classes=person.classes,
                as_of=person.as_of,
                fresh=self.clock.now - person.as_of <= KNOWN_FRESH,
                approved=self.people.approved.get(person.key),
                held=self._held_since(person.key),
            )
            for person in found
            if person.as_of is not None
        }

    def _held_since(self, pupil: PersonKey) -> datetime | None:
        hold = self.people.holds.get(pupil)
        return hold.since if hold and hold.stands_at(self.clock.now) else None

    def _unexpired(self, pupil: PersonKey | None) -> int:
        return sum(1 for warning in self.warnings if warning.pupil == pupil and warning.expires > self.clock.now)

    def _corrected_lately(self) -> int:
        window = self.school.brake.school_window
        return len({done.person for done in self.corrections if done.at > self.clock.now - window})

    async def sitting(self, sitting_id: int) -> Filed | None:
        self._reach()
        if sitting_id not in self.sittings:
            return None
        said = self.meetings[self.sittings[sitting_id].meeting]
        return Filed(
            sitting_id=sitting_id,
            sitting=self._fold(sitting_id),
            now=self.clock.now,
            teams_meeting_id=said.teams_meeting_id,
            meeting_type=said.meeting_type,
            title=said.title,
            service_url=said.service_url,
        )

    async def sittings_of(self, person: PersonKey) -> tuple[int, ...]:
        self._reach()
        found = []
        for number in self.sittings:
            sitting = self._fold(number)
            if sitting.over_since is None and (sitting.organizer == person or sitting.since(person) is not None):
                found.append(number)
        return tuple(reversed(found))

    async def sitting_at(self, meeting: Meeting) -> int | None:
        self._reach()
        of_meeting = [number for number, held in self.sittings.items() if held.meeting == meeting]
        if not of_meeting:
            return None
        over = self._fold(of_meeting[-1]).over_since
        return of_meeting[-1] if over is None or self.clock.now - over <= self.school.school.reopen else None

    async def sitting_in_call(self, call: str) -> int | None:
        self._reach()
        folds = {number: self._fold(number) for number in reversed(self.sittings)}
        theirs = (number for number, one in folds.items() if one.controls.current_call() == call)
        return next((number for number in theirs if folds[number].over_since is None), None)


class FakeHousekeeping(Reachable):
    """The clock's work, over the same register."""

    def __init__(self, register: FakeRegister) -> None:
        self.register = register
        self.purges = 0

    async def due_sittings(self, within: float) -> tuple[int, ...]:
        self._reach()
        now, due = self.register.clock.now, []
        for number, held in self.register.sittings.items():
            sitting = self.register._fold(number)
            last = sitting.last_seen_at
            silent = sitting.is_open() and last is not None and now - last > SILENT
            if silent or (held.look_at is not None and held.look_at <= now + timedelta(seconds=within)):
                due.append(number)
        return tuple(due)

    async def open_sittings(self) -> tuple[int, ...]:
        self._reach()
        return tuple(number for number in self.register.sittings if self.register._fold(number).is_open())

    async def purge(self) -> int:
        self._reach()
        self.purges += 1
        return 0


class FakeHolds(Reachable):
    """Standing holds by pupil, kept where the register finds them, the history of those that ended, and their cards."""

    def __init__(self, people: FakePeople, clock: Clock, school: School, jobs: list[Job]) -> None:
        self.holds = people.holds
        self.clock = clock
        self.school = school
        self.jobs = jobs
        self.ended: list[tuple[PersonKey, PersonKey, str]] = []
        self.history: dict[PersonKey, list[Hold]] = {}
        self.deliveries: set[bytes] = set()
        self.cards: dict[int, tuple[Sent, int]] = {}

    async def now(self) -> datetime:
        self._reach()
        return self.clock.now

    def _standing(self, pupil: PersonKey) -> Hold | None:
        hold = self.holds.get(pupil)
        return hold if hold and hold.stands_at(self.clock.now) else None

    async def standing(self) -> Sequence[Hold]:
        self._reach()
        return [hold for pupil, hold in self.holds.items() if self._standing(pupil)]

    async def ended_by_day(self, within: timedelta) -> Sequence[Hold]:
        self._reach()
        since = self.clock.now - within
        past = [hold for ended in self.history.values() for hold in ended]
        return [hold for hold in past if hold.until and hold.released_at == hold.until and hold.until > since]

    async def take_back(self, pupil: PersonKey, by: PersonKey, planned: datetime) -> bool:
        self._reach()
        if (hold := self.holds.get(pupil)) is None:
            return False
        if (hold.by, hold.since) == (by, planned):
            undone = HoldStep(what="undone", by=by, at=self.clock.now)
            self.holds[pupil] = replace(hold, steps=(*hold.steps, undone))
            return self._end(pupil, by, "", self.clock.now)
        ours = ("planned", by, planned)
        steps = (replace(s, what="undone") if (s.what, s.by, s.at) == ours else s for s in hold.steps)
        self.holds[pupil] = replace(hold, steps=tuple(steps), news=hold.news + 1)
        self.jobs.append(Job(kind="hold", person=pupil))
        return False

    async def release(self, pupil: PersonKey, by: PersonKey, reason: str) -> bool:
        self._reach()
        self.ended.append((pupil, by, reason))
        return self._end(pupil, by, reason, self.clock.now)

    def _end(self, pupil: PersonKey, by: PersonKey, reason: str, at: datetime) -> bool:
        hold = self.holds.pop(pupil, None)
        if hold is not None:
            ended = replace(hold, released_at=at, released_by=by, agreed=reason, news=hold.news + 1)
            self.history.setdefault(pupil, []).insert(0, ended)
            self.jobs.append(Job(kind="hold", person=pupil))
        return hold is not None

    async def dispute(self, pupil: PersonKey, by: PersonKey) -> None:
        self._reach()
        if pupil in self.holds:
            hold = self.holds[pupil]
            self.holds[pupil] = replace(hold, disputed=True, news=hold.news + 1, revision=hold.revision + 1)

    async def take(self, pupil: PersonKey, by: PersonKey) -> bool:
        self._reach()
        if (hold := self._standing(pupil)) is None:
            return False
        self.holds[pupil] = replace(hold, owner=by, news=hold.news + 1)
        self.jobs.append(Job(kind="hold", person=pupil))
        return True

    async def change(self, change: HoldChange) -> bool:
        self._reach()
        hold = self._standing(change.pupil)
        if hold is None or change.seen not in (None, (hold.number, hold.revision)):
            return False
        if change.delivery in self.deliveries:
            return False
        if change.delivery:
            self.deliveries.add(change.delivery)
        self.holds[change.pupil] = self._changed(hold, change)
        if change.what == "release":
            return self._end(change.pupil, change.by, change.talk.agreed if change.talk else change.why, self.clock.now)
        self.jobs.append(Job(kind="hold", person=change.pupil))
        return True

    def _changed(self, hold: Hold, change: HoldChange) -> Hold:
        now, steps = self.clock.now, list(hold.steps)
        if change.talk:
            steps.append(HoldStep(what="talk", by=change.by, at=now, talk=change.talk))
        if change.what != "later":
            steps.append(HoldStep(what=change.what, by=change.by, at=now, until=change.until, why=change.why))
        changed = replace(hold, steps=tuple(steps), owner=change.by, revision=hold.revision + 1, news=hold.news + 1)
        if change.what == "until":
            changed = replace(changed, decided="until", until=change.until)
            changed = replace(changed, due=None if changed.lapses else change.until)
        elif change.what == "open":
            changed = replace(changed, decided="open", until=None, due=now + self.school.hold.review)
        elif change.what == "later" and hold.until and hold.until <= now and not hold.talked:
            changed = replace(changed, decided="", until=None)
        elif change.what == "later" and changed.lapses:
            changed = replace(changed, due=None)
        return changed

    async def end_due(self) -> tuple[PersonKey, ...]:
        self._reach()
        due = [hold for hold in self.holds.values() if not hold.stands_at(self.clock.now)]
        for hold in due:
            by, until = hold.steps[-1].by, hold.until or self.clock.now
            last = HoldStep(what="ended", by=by, at=until)
            self.holds[hold.pupil] = replace(hold, steps=(*hold.steps, last))
            self._end(hold.pupil, by, "", until)
        return tuple(hold.pupil for hold in due)

    async def card(self, hold: int) -> tuple[Sent, int] | None:
        self._reach()
        return self.cards.get(hold)

    async def card_shows(self, hold: int, sent: Sent, news: int) -> None:
        self._reach()
        self.cards[hold] = (sent, news)


FakeHoldBook = FakeHoldCards = FakeHolds
"""One table, three ports."""


class FakeRecords(Reachable):
    """The books, as the register and the holds have them."""

    def __init__(self, register: FakeRegister, holds: FakeHolds) -> None:
        self.register = register
        self.holds = holds
        self.removers: set[PersonKey] = set()
        """Who had somebody removed before the test began."""

    async def events(self, sitting_id: int) -> Sequence[Event]:
        self._reach()
        return self.register.events(sitting_id)

    async def notes(self, sitting_id: int) -> Sequence[NoteFiled]:
        self._reach()
        written = [event.at for event in self.register.events(sitting_id) if isinstance(event, Noted)]
        texts = [note for sitting, note in self.register.notes if sitting == sitting_id]
        gone = self.register.unnoted
        return [
            NoteFiled(by=note.by, text=note.text, at=at, taken_back=(note.by, at) in gone)
            for note, at in zip(texts, written, strict=True)
        ]

    async def of_pupil(self, pupil: PersonKey) -> PupilRecord:
        self._reach()
        given = zip(self.register.warnings, self.register.warned_at, strict=True)
        warnings = [
            WarningFiled(
                by=one.by,
                reason=one.reason,
                key=one.key,
                at=at,
                expires=one.expires,
                taken_back=number in self.register.taken_back,
            )
            for number, (one, at) in enumerate(given)
            if one.pupil == pupil
        ]
        holds = [hold for hold in (self.holds.holds.get(pupil), *self.holds.history.get(pupil, ())) if hold]
        return PupilRecord(now=self.register.clock.now, warnings=tuple(reversed(warnings)), holds=tuple(holds))

    async def has_removed(self, by: PersonKey) -> bool:
        self._reach()
        past = [hold.by for ended in self.holds.history.values() for hold in ended]
        return by in {*self.removers, *past, *(hold.by for hold in self.holds.holds.values())}


class FakePlans(Reachable):
    """The plan by event. `seen` are the threads, or organisers, of which something was seen."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.lessons: dict[str, PlannedLesson] = {}
        self.seen: set[str] = set()

    async def replan(
        self, organizer: PersonKey, lessons: Sequence[PlannedLesson], since: datetime, until: datetime
    ) -> None:
        self._reach()
        now, kept = self.clock.now, {lesson.event for lesson in lessons}
        for old in list(self.lessons.values()):
            gone = old.organizer == organizer and old.event not in kept
            if gone and old.starts > now and since <= old.starts < until:
                del self.lessons[old.event]
        for lesson in lessons:
            before = self.lessons.get(lesson.event, lesson)
            same = (before.starts, before.join_url, before.staff) == (lesson.starts, lesson.join_url, lesson.staff)
            thread = lesson.thread or (before.thread if before.join_url == lesson.join_url else None)
            sealed, placed = before.sealed if same else None, before.placed and before.join_url == lesson.join_url
            self.lessons[lesson.event] = replace(lesson, thread=thread, sealed=sealed, placed=placed)

    async def planned(self, since: timedelta, until: timedelta) -> tuple[datetime, Sequence[PlannedLesson]]:
        self._reach()
        now = self.clock.now
        found = [lesson for lesson in self.lessons.values() if now + since < lesson.starts <= now + until]
        return now, sorted(found, key=lambda lesson: (lesson.starts, lesson.event))

    async def sealed(self, event: str, outcome: str, thread: str | None) -> None:
        self._reach()
        lesson = self.lessons[event]
        self.lessons[event] = replace(lesson, sealed=outcome, thread=thread or lesson.thread)

    async def placed(self, event: str, thread: str) -> None:
        self._reach()
        self.lessons[event] = replace(self.lessons[event], placed=True, thread=thread)

    async def silent(self, after: timedelta) -> Sequence[PlannedLesson]:
        self._reach()
        now = self.clock.now
        late = [one for one in self.lessons.values() if one.starts <= now - after and one.ends > now]
        return [one for one in late if one.blind is None and (one.thread or one.organizer) not in self.seen]


class FakeForetold(Reachable):
    """What was told, and until when it is remembered; what is claimed, and until when."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.words: dict[Word, datetime] = {}
        self.claimed: dict[Word, datetime] = {}
        self.keep: dict[Word, timedelta] = {}

    async def claim_word(self, word: Word, keep: timedelta) -> bool:
        self._reach()
        now = self.clock.now
        if self.words.get(word, now) > now or (word not in self.words and self.claimed.get(word, now) > now):
            return False
        self.words.pop(word, None)
        self.claimed[word] = now + LEASE
        self.keep[word] = keep
        return True

    async def told(self, words: Sequence[Word]) -> None:
        self._reach()
        self.words.update({word: self.clock.now + self.keep[word] for word in words})

    async def standing_words(self, say: str) -> Sequence[Word]:
        self._reach()
        return [word for word, until in self.words.items() if word.say == say and until > self.clock.now]


class FakeErrands(Reachable):
    """What was asked, each once while it waits; here nothing ever runs."""

    def __init__(self) -> None:
        self.asked: list[Job] = []

    async def ask(self, job: Job) -> None:
        self._reach()
        if job not in self.asked:
            self.asked.append(job)


class FakeQueue(Reachable):
    """The same into the register's own queue."""

    def __init__(self, register: FakeRegister) -> None:
        self.register = register

    async def ask(self, job: Job) -> None:
        self._reach()
        alike = [one for one in self.register.jobs if replace(one, after=0.0) == replace(job, after=0.0)]
        if not alike:
            self.register.jobs.append(job)


class FakeSubscriptions(Reachable):
    """Subscriptions by person; what was asked for, in order."""

    def __init__(self, held: Mapping[PersonKey, Standing] = {}) -> None:
        self.held = dict(held)
        self.calls: list[tuple[str, str]] = []
        self.troubles: dict[str, Exception] = {}

    async def standing(self) -> Mapping[PersonKey, Standing]:
        self._reach()
        return self.held

    async def subscribe(self, oid: str) -> None:
        if oid in self.troubles:
            raise self.troubles[oid]
        self.calls.append(("subscribe", oid))
        self.held[account(oid)] = Standing(id=f"s {oid}", left=timedelta(days=6))

    async def renew(self, subscription: str) -> None:
        self.calls.append(("renew", subscription))


class FakePlaces(Reachable):
    """The chats the app was put into, in order."""

    def __init__(self) -> None:
        self.threads: list[str] = []

    async def place(self, thread: str) -> None:
        self._reach()
        self.threads.append(thread)


class FakeCalendars(Reachable):
    """Calendars by object id, and who is behind which address."""

    def __init__(self) -> None:
        self.planned: dict[str, list[CalendarEvent]] = {}
        self.addresses: dict[str, Invitation] = {}
        self.troubles: dict[str, Exception] = {}
        self.asked: list[str] = []
        self.looked_up: list[tuple[str, ...]] = []

    async def events(self, oid: str, since: datetime, until: datetime) -> Sequence[CalendarEvent]:
        self._reach()
        self.asked.append(oid)
        if oid in self.troubles:
            raise self.troubles[oid]
        return [event for event in self.planned.get(oid, ()) if since < event.ends and event.starts < until]

    async def invited(self, addresses: Sequence[str]) -> Invitation:
        self._reach()
        self.looked_up.append(tuple(addresses))
        found = [self.addresses[address] for address in addresses if address in self.addresses]
        people = frozenset[PersonKey]().union(*(one.people for one in found))
        return Invitation(people=people, groups=frozenset[str]().union(*(one.groups for one in found)))


class FakeApprovals(Reachable):
    """One-to-ones by pupil, newest only; kept where the register finds them."""

    def __init__(self, clock: Clock, people: FakePeople) -> None:
        self.clock = clock
        self.approved = people.approved

    async def approve(self, pupil: PersonKey, by: PersonKey, lasting: timedelta) -> datetime:
        self._reach()
        self.approved[pupil] = self.clock.now + lasting, by
        return self.clock.now + lasting


class FakeAddresses(Reachable):
    """The newest service URL of each conversation."""

    def __init__(self) -> None:
        self.urls: dict[str, str] = {}
        self.greeted: set[str] = set()

    async def first_greeting(self, conversation: str) -> bool:
        self._reach()
        first = conversation not in self.greeted
        self.greeted.add(conversation)
        return first

    async def remember(self, conversation: str, service_url: str) -> None:
        self._reach()
        self.urls.pop(conversation, None)
        self.urls[conversation] = service_url

    async def service_url(self, conversation: str) -> str | None:
        self._reach()
        return self.urls.get(conversation) or next(reversed(self.urls.values()), None)


class FakeMessenger:
    """Microsoft's message rooms. `troubles` is what happens on a way (`channel`, `whisper`, `personal`, `update`).

    Or on a way to somebody: `personal <oid>`.
    """

    def __init__(self) -> None:
        self.shown: dict[str, tuple[Sent, Notice]] = {}
        self.calls: list[tuple[str, str]] = []
        self.troubles: dict[str, Exception] = {}

    def _show(self, way: str, sent: Sent, notice: Notice) -> Sent:
        self.calls.append((way, sent.to or sent.conversation))
        if trouble := self.troubles.get(f"{way} {sent.to}") or self.troubles.get(way):
            raise trouble
        self.shown[sent.activity] = (sent, notice)
        return sent

    def _new(self, route: Route, conversation: str, to: str = "") -> Sent:
        return Sent(route=route, conversation=conversation, activity=f"m{len(self.calls) + 1}", to=to)

    async def post(self, channel: str, notice: Notice) -> Sent:
        return self._show("channel", self._new(Route.CHANNEL, channel), notice)

    async def whisper(self, thread: str, oid: str, notice: Notice) -> Sent:
        return self._show("whisper", self._new(Route.WHISPER, thread, oid), notice)

    async def write_to(self, oid: str, notice: Notice) -> Sent:
        return self._show("personal", self._new(Route.PERSONAL, f"a:{oid}", oid), notice)

    async def say(self, conversation: str, notice: Notice) -> Sent:
        return self._show("class", self._new(Route.CHANNEL, conversation), notice)

    async def update(self, sent: Sent, notice: Notice) -> None:
        self._show("update", sent, notice)


class FakeAlarms(Reachable):
    """What became of alerts; `asked` for how long."""

    def __init__(self, *counts: AlarmCount) -> None:
        self.counts = counts
        self.asked: list[timedelta] = []

    async def alarms(self, within: timedelta) -> Sequence[AlarmCount]:
        self._reach()
        self.asked.append(within)
        return self.counts


class FakeReaders(Reachable):
    """Who reads the safeguarding channel."""

    def __init__(self, *readers: PersonKey) -> None:
        self.reading = set(readers)

    async def readers(self, channel: str) -> frozenset[PersonKey]:
        self._reach()
        return frozenset(self.reading)


class FakeMail(Reachable):
    """Letters that were sent."""

    def __init__(self) -> None:
        self.letters: list[tuple[tuple[str, ...], Notice]] = []

    async def mail(self, oids: Sequence[str], notice: Notice) -> Sent:
        self._reach()
        self.letters.append((tuple(oids), notice))
        return Sent(route=Route.MAIL, conversation="", activity=f"letter{len(self.letters)}", to=",".join(oids))


class FakeDirectory(Reachable):
    """Accounts and groups of the tenant. `asked` are the look-ups of single people."""

    def __init__(self, clock: Clock, *people: Person) -> None:
        self.clock = clock
        self.people = {person.key: person for person in people}
        self.groups: dict[Role, tuple[PersonKey, ...]] = {}
        self.asked: list[str] = []
        self.lists_asked: list[Role] = []

    def _now(self, key: PersonKey) -> Person:
        return replace(self.people[key], as_of=self.clock.now)

    async def person(self, oid: str) -> Person | None:
        self.asked.append(oid)
        self._reach()
        key = next((key for key in self.people if oid_of(key) == oid), None)
        return self._now(key) if key is not None else None

    async def list_of(self, role: Role) -> Sequence[Person]:
        self.lists_asked.append(role)
        self._reach()
        return [self._now(key) for key in self._members(role)]

    async def roles_of(self, oid: str) -> frozenset[Role]:
        self._reach()
        return frozenset(role for role in Role if oid in map(oid_of, self._members(role)))

    def _members(self, role: Role) -> tuple[PersonKey, ...]:
        by_kind = {Role.STAFF: Kind.STAFF, Role.PUPILS: Kind.PUPIL}.get(role)
        if by_kind is not None:
            return tuple(key for key, person in self.people.items() if person.kind is by_kind)
        return self.groups.get(role, ())


class FakeLessons(Reachable):
    """What meetings are; nothing is known of one that nobody described."""

    def __init__(self, found: Description | None = None) -> None:
        self.found = found or Description(
            organizer=None,
            class_name=None,
            invitees=(),
            invitees_known=False,
            scheduled_start=None,
            scheduled_end=None,
        )
        self.asked: list[tuple[Meeting, str | None]] = []

    async def describe(self, meeting: Meeting, teams_meeting_id: str | None) -> Description:
        self.asked.append((meeting, teams_meeting_id))
        self._reach()
        return self.found


class FakePresence(Reachable):
    """Who is in the meeting by the Connector's word."""

    def __init__(self, **inside: bool) -> None:
        self.inside: dict[str, bool | None] = dict(inside)

    async def in_meeting(self, meeting: Meeting, teams_meeting_id: str, oid: str) -> bool | None:
        self._reach()
        return self.inside.get(oid)


class FakeMeetings(Reachable):
    """Meeting details by Teams' id."""

    def __init__(self, found: Mapping[str, MeetingDetails] | None = None) -> None:
        self.found = dict(found or {})

    async def details(self, meeting: Meeting, teams_meeting_id: str) -> MeetingDetails | None:
        self._reach()
        return self.found.get(teams_meeting_id)


class FakeTally:
    """Counts by rule and what became of it."""

    def __init__(self) -> None:
        self.decisions: dict[tuple[str, str], int] = {}
        self.outcomes: dict[tuple[str, str], int] = {}

    def decided(self, rule: str, status: str) -> None:
        self.decisions[rule, status] = self.decisions.get((rule, status), 0) + 1

    def settled(self, rule: str, outcome: str) -> None:
        self.outcomes[rule, outcome] = self.outcomes.get((rule, outcome), 0) + 1


class FakeWording:
    """Keys instead of sentences: the headline is the key, `facts` are kept in `said`, names are filled in as they came."""

    def __init__(self) -> None:
        self.severity = Severity.NONE
        self.said: list[tuple[str, dict[str, Fact]]] = []
        self.named: list[dict[PersonKey, str]] = []

    def alert(
        self, alert: Alert, people: Mapping[PersonKey, Person], *, lesson: str, mentions: Sequence[Mention] = ()
    ) -> Notice:
        decision = alert.decision
        self.named.append({key: person.name for key, person in people.items()})
        return Notice(
            alert=alert.number,
            headline=decision.say,
            done=json.dumps(dict(decision.facts), sort_keys=True),
            details=(lesson,),
            buttons=() if decision.over else tuple(Button(title=verb, verb=verb) for verb in decision.choices),
            mentions=tuple(mentions),
            over=decision.over,
            answered=" ".join(str(answer.verb) for answer in alert.answered if isinstance(answer, Answered)),
            passed=" ".join(step.how for step in alert.passed),
            notes=tuple(note.text for note in alert.notes),
            severity=self.severity,
        )

    def reply(
        self,
        key: str,
        facts: Mapping[str, Fact] = {},
        people: Mapping[PersonKey, Person] = {},
        details: Sequence[str] = (),
    ) -> Notice:
        self.said.append((key, dict(facts)))
        self.named.append({key: person.name for key, person in people.items()})
        return Notice(headline=key, details=tuple(details))

    def lesson(self, title: str | None, class_name: str | None, started: datetime | None) -> str:
        return " ".join(filter(None, (class_name, title)))


def out_of_reach(retry_after: float | None = None) -> OutOfReach:
    """The other side does not answer."""
    return OutOfReach("no answer", retry_after)


def refused(code: str = "Forbidden") -> Refused:
    """The other side says no."""
    return Refused(code, "no")


class FakeMeetingOptions(Reachable):
    """One online meeting, whose options are as they were last set, but for those that are `stuck`."""

    def __init__(self, online: Online) -> None:
        self.online = online
        self.stuck: set[str] = set()
        self.changes: list[Mapping[str, Setting]] = []

    async def read(self, meeting: Meeting, details: MeetingDetails | None) -> Online:
        self._reach()
        return self.online

    async def change(
        self, online: Online, changes: Mapping[str, Setting], roles: Mapping[str, str] | None = None
    ) -> Online:
        self._reach()
        self.changes.append(changes)
        taken = {name: value for name, value in changes.items() if name not in self.stuck}
        roles = {**self.online.roles, **(roles or {})}
        self.online = replace(self.online, options={**self.online.options, **taken}, roles=roles)
        return self.online


class FakeCalls(Reachable):
    """Calls by number, all with the same roster."""

    def __init__(self, roster: Roster) -> None:
        self.seen = roster
        self.joined: list[str] = []
        self.kept: list[str] = []
        self.left: list[str] = []

    async def join(self, online: Online, callback: str) -> str:
        self._reach()
        self.joined.append(callback)
        return f"call-{len(self.joined)}"

    async def roster(self, call: str) -> Roster:
        self._reach()
        return self.seen

    async def keep(self, call: str) -> None:
        self._reach()
        self.kept.append(call)

    async def leave(self, call: str) -> None:
        self._reach()
        self.left.append(call)


class FakeHands(Reachable):
    """What was done to whom, by participant."""

    def __init__(self) -> None:
        self.muted: list[str] = []
        self.removed: list[str] = []

    async def mute(self, call: str, participant: str) -> None:
        self._reach()
        self.muted.append(participant)

    async def remove(self, call: str, participant: str) -> None:
        self._reach()
        self.removed.append(participant)
