"""What the one transaction writes, with as few statements as the rulings have parts: most joins need a single one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.events import CameOnHold, Joined, PersonKey
from bot.ports import Before, Job, Receipt, Ruling
from bot.school import School
from bot.sitting import Sitting
from bot.store import jobs, statements, writing
from bot.store.crowd import Asked
from bot.store.holding import end_due
from bot.store.opening import open_holds
from bot.store.tables import clean

HORIZON = timedelta(hours=1)
"""A look further away is not enqueued: the sweep finds it when it comes near (law 8)."""

_MEETING_SLACK = timedelta(days=1)


Numbers = Mapping[tuple[object, ...], int]
"""The numbers of decisions, by sitting and by what makes two of them the same one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """An arrival, what was read before it, what was ruled, and what the sitting is after it."""

    asked: Asked
    before: Before
    ruling: Ruling
    after: Sitting
    strangers: Mapping[PersonKey, str]

    def receipt(self, numbers: Numbers) -> Receipt:
        """What came of it; `numbers` are those of the decisions."""
        given = sum(1 for warning in self.ruling.warnings if warning.pupil == self.asked.arrival.counting)
        sitting_id = self.before.sitting_id
        keys = dict.fromkeys((sitting_id, *writing.decision_key(decision)) for decision in self.ruling.decisions)
        return Receipt(
            copy=False,
            sitting_id=sitting_id,
            sitting=self.after,
            ruling=self.ruling,
            decision_ids=tuple(numbers[key] for key in keys),
            warnings=self.before.warnings + given,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """All there is to write of one sitting: what came and was ruled, one after the other, and the rows that were read."""

    judged: Sequence[Judged]
    row: Any
    lock: Any

    @property
    def before(self) -> Before:
        """What was there before the first."""
        return self.judged[0].before

    @property
    def after(self) -> Sitting:
        """What the sitting is after the last."""
        return self.judged[-1].after

    @property
    def rulings(self) -> Iterator[Ruling]:
        """What was ruled of each."""
        return (one.ruling for one in self.judged)

    def was(self, column: str) -> Any:
        """What stood in the sitting's row; None if it has none yet."""
        return None if self.before.opened_now else self.row[column]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The numbers of the decisions, and the jobs that whoever commits this runs at once, with their numbers in the queue."""

    decisions: Numbers
    urgent: Sequence[tuple[int, Job]] = ()


@dataclass(slots=True)
class _Look:
    """When to look next, the job that waits for it, and whether anything of this has to be written."""

    at: datetime | None
    job: int | None
    job_at: datetime | None
    wanted: bool
    changed: bool


async def write(connection: Any, school: School, scope: str, records: Sequence[Record], *, places: int = 0) -> Written:
    """Write it all. Of what is urgent the caller runs so many as soon as it has committed."""
    changed = [(record, look) for record in records if (look := _look(record)).changed or _anything(record)]
    delivered = [(one.asked.arrival.digest, record.before.sitting_id) for record in records for one in record.judged]
    delivered = [(digest, sitting) for digest, sitting in delivered if digest is not None]
    if not changed and not delivered:
        return Written(decisions={})
    meeting = records[0].after.meeting
    whose = (meeting.tenant, meeting.school, records[0].before.now)
    numbers, carrying = await _decide(connection, whose, school, [record for record, _ in changed])
    urgent = await _enqueue(connection, school, scope, changed, carrying, places)
    keep = school.keep
    parameters = (*_columns(2, delivered), *_happened(changed), *_stand(changed))
    await connection.execute(statements.WRITE, *whose, keep.deliveries, keep.presence, *parameters)
    for record, _ in changed:
        await _surroundings(connection, school, scope, record)
        await _remember_meeting(connection, school, record)
    return Written(decisions=numbers, urgent=urgent)


def _anything(record: Record) -> bool:
    return any(
        ruling.events
        or ruling.decisions
        or ruling.jobs
        or ruling.warnings
        or ruling.notes
        or ruling.holds
        or ruling.taken_back
        or ruling.unnoted
        or ruling.look_at
        for ruling in record.rulings
    )


def _look(record: Record) -> _Look:
    """Earlier only, unless the earlier one is past (law 8)."""
    now = record.before.now
    was_at, job, job_at = record.was("look_at"), record.was("look_job"), record.was("look_job_at")
    if not any(ruling.judged or ruling.look_at for ruling in record.rulings):
        return _Look(was_at, job, job_at, wanted=False, changed=False)
    ahead = [at for at in (was_at, *(ruling.look_at for ruling in record.rulings)) if at is not None and at > now]
    at = min(ahead, default=None)
    waits = job_at is not None and job_at > now
    wanted = at is not None and at - now <= HORIZON and not (waits and job_at <= at)
    return _Look(at, job if waits else None, job_at if waits else None, wanted, wanted or at != was_at)


async def _decide(
    connection: Any, whose: tuple[Any, ...], school: School, records: Sequence[Record]
) -> tuple[Numbers, list[Job]]:
    """The decisions, and the jobs that carry them out. Of two of a sitting with the same key the later one counts."""
    decisions = {
        (record.before.sitting_id, *writing.decision_key(decision)): decision
        for record in records
        for ruling in record.rulings
        for decision in ruling.decisions
    }
    if not decisions:
        return {}, []
    columns = writing.decisions_written(decisions)
    rows = await connection.fetch(statements.DECIDE, *whose, school.keep.alerts, *columns)
    carrying = [
        Job(kind=jobs.carrying(row["action"]), sitting=row["sitting"], decision=row["id"])
        for row in rows
        if row["carry"]
    ]
    return {key: row["id"] for key, row in zip(decisions, rows, strict=True)}, carrying


async def _enqueue(
    connection: Any,
    school: School,
    scope: str,
    changed: Sequence[tuple[Record, _Look]],
    carrying: Sequence[Job],
    places: int,
) -> list[tuple[int, Job]]:
    """Enqueue all jobs together; each look learns the number of the job that waits for it. Those to be run at once come back."""
    wanted = [*carrying, *(job for record, _ in changed for job in _asked_for(school, record))]
    waiting = [(record, look) for record, look in changed if look.wanted]
    await jobs.withdraw(connection, [look.job for _, look in waiting if look.job is not None])
    for record, look in waiting:
        if look.at is None:
            raise ValueError("a look that is wanted has its time")
        after = (look.at - record.before.now).total_seconds()
        wanted.append(_counted(record, Job(kind="look", sitting=record.before.sitting_id, after=after)))
    if not wanted:
        return []
    at_once = [job for job in wanted if jobs.is_urgent(job)][:places]
    numbers = await jobs.enqueue(connection, scope, wanted, at_once=at_once)
    for (_, look), number in zip(waiting, numbers[len(numbers) - len(waiting) :], strict=True):
        look.job, look.job_at = number, look.at
    return [(number, job) for number, job in zip(numbers, wanted, strict=True) if number and job in at_once]


def _asked_for(school: School, record: Record) -> Iterator[Job]:
    for ruling in record.rulings:
        for job in (*ruling.jobs, *_about_holds(school, ruling)):
            yield _counted(record, job)


def _counted(record: Record, job: Job) -> Job:
    """The queue counts from the transaction's start, and what comes early might find that its time has not come."""
    waited = (record.before.now - record.row["began"]).total_seconds()
    return replace(job, after=job.after + waited) if job.after > 0 else job


def _about_holds(school: School, ruling: Ruling) -> list[Job]:
    """Teachers are told once the removal is carried out, CLT once nobody can take it back in time; and whoever counts comings."""
    later = school.removal.longest_wait.total_seconds() + 1
    opened = [Job(kind="forewarn", person=hold.pupil, after=later if hold.waits else 0.0) for hold in ruling.holds]
    opened += [Job(kind="hold", person=hold.pupil, after=later) for hold in ruling.holds]
    return [*opened, *(Job(kind="hold", person=pupil) for pupil in _came_on_hold(ruling))]


def _came_on_hold(ruling: Ruling) -> list[PersonKey]:
    return [event.pupil for event in ruling.events if isinstance(event, CameOnHold)]


def _happened(changed: Sequence[tuple[Record, _Look]]) -> list[list[Any]]:
    """The parameters of statements.WRITE for what happened, who came, and who was met for the first time."""
    events, came, met = list[tuple[Any, ...]](), list[tuple[int, str]](), dict[PersonKey, str]()
    for record, _ in changed:
        sitting_id, number = record.before.sitting_id, record.before.sitting.number
        here = set[PersonKey]()
        for one in record.judged:
            for event in one.ruling.events:
                number += 1
                events.append((sitting_id, number, event.type, event.at, writing.written(event)))
            here |= _came(one)
            met |= one.strangers
        came += ((sitting_id, clean(person)) for person in sorted(here))
    names = [(clean(person), clean(name)) for person, name in sorted(met.items())]
    return [*_columns(5, events), *_columns(2, came), *_columns(2, names)]


def _came(one: Judged) -> set[PersonKey]:
    """Who was never in this sitting before."""
    members = one.before.sitting.members
    joined = {event.person for event in one.ruling.events if isinstance(event, Joined)}
    return {person for person in joined if not ((member := members.get(person)) and member.first_seen)}


def _stand(changed: Sequence[tuple[Record, _Look]]) -> list[list[Any]]:
    """The parameters of statements.WRITE for how the sittings stand now."""
    return _columns(11, [_stands(record, look) for record, look in changed])


def _stands(record: Record, look: _Look) -> tuple[Any, ...]:
    before, after = record.before, record.after
    return (
        before.sitting_id,
        after.meeting.thread,
        after.meeting.root,
        record.was("opened_at")
        or min((event.at for event in record.judged[0].asked.arrival.events), default=before.now),
        after.over_since or (None if after.opened else after.ended_at),
        after.last_seen_at,
        after.number,
        after.organizer,
        look.at,
        look.job,
        look.job_at,
    )


def _columns(width: int, rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]


async def _surroundings(connection: Any, school: School, scope: str, record: Record) -> None:
    """What is kept above and beside the sitting: warnings, notes and holds."""
    meeting = record.after.meeting
    whose = (meeting.tenant, meeting.school, record.before.sitting_id, record.before.now, school.keep.alerts)
    for ruling in record.rulings:
        lines: dict[str, list[tuple[Any, ...]]] = {
            statements.WARN: [(one.pupil, one.by, clean(one.reason), one.expires, one.key) for one in ruling.warnings],
            statements.TAKE_BACK: list(ruling.taken_back),
            statements.NOTE: [(one.by, clean(one.text), one.alert) for one in ruling.notes],
            statements.CAME: [(pupil,) for pupil in _came_on_hold(ruling)],
        }
        if ruling.holds:
            pupils = [hold.pupil for hold in ruling.holds]
            await end_due(connection, (meeting.tenant, meeting.school), school.keep.alerts, scope, pupils)
            await open_holds(connection, whose[:3], record.before.now, school, ruling.holds)
        for statement, rows in lines.items():
            if rows:
                await connection.execute(statement, *whose, *(list(column) for column in zip(*rows, strict=True)))
        if ruling.unnoted:
            await connection.execute(statements.UNNOTE, *whose[:3], *map(list, zip(*ruling.unnoted, strict=True)))


async def _remember_meeting(connection: Any, school: School, record: Record) -> None:
    """Keep the newest that Teams said of the meeting, and the meeting as long as its sittings."""
    lock, meeting = record.lock, record.after.meeting
    names = ("teams_meeting_id", "meeting_type", "title", "service_url")
    said = {name: lock[name] for name in names}
    for one in record.judged:
        said |= {name: clean(words) for name in names if (words := getattr(one.asked.arrival, name))}
    until = school.keep.presence + 2 * _MEETING_SLACK
    known = all(said[name] == lock[name] for name in names)
    if known and lock["keep_until"] - record.before.now > until - _MEETING_SLACK:
        return
    key = (meeting.tenant, meeting.school, meeting.thread, meeting.root)
    await connection.execute(statements.MEETING_KNOWN, *key, *said.values(), until)
