"""What the one transaction writes, with as few statements as the ruling has parts: most joins need a single one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.events import Joined, PersonKey
from bot.ports import Arrival, Before, Job, Ruling
from bot.school import School
from bot.sitting import Sitting
from bot.store import jobs, statements, writing
from bot.store.tables import clean

HORIZON = timedelta(hours=1)
"""A look further away is not enqueued: the sweep finds it when it comes near (law 8)."""

_MEETING_SLACK = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """All there is to write about: what came, what was ruled, what was read before and what the sitting is now."""

    arrival: Arrival
    ruling: Ruling
    before: Before
    after: Sitting
    row: Any
    lock: Any
    strangers: Mapping[PersonKey, str]

    @property
    def new(self) -> bool:
        """Whether the sitting has no row yet."""
        return self.before.opened_now

    def was(self, column: str) -> Any:
        """What stood in the sitting's row."""
        return None if self.new else self.row[column]


@dataclass(frozen=True, slots=True)
class _Look:
    """When to look next, the job that waits for it, and whether anything of this has to be written."""

    at: datetime | None
    job: int | None
    job_at: datetime | None
    wanted: bool
    changed: bool


async def write(connection: Any, school: School, scope: str, record: Record) -> tuple[int, ...]:
    """Write it all; the numbers of the decisions come back, in the order of the ruling."""
    whose = (record.after.meeting.tenant, record.after.meeting.school)
    look = _look(record)
    if not _anything(record.ruling) and not look.changed:
        if record.arrival.digest is not None:
            owner = (*whose, record.arrival.digest, record.before.sitting_id)
            await connection.execute(statements.DELIVERED, *owner, school.keep.deliveries)
        return ()
    decision_ids, carrying = await _decide(connection, school, record)
    waiting = await _enqueue(connection, scope, record, carrying, look)
    await connection.execute(statements.WRITE, *whose, *_row(school, record, look, waiting))
    await _surroundings(connection, school, record)
    await _remember_meeting(connection, school, record)
    return decision_ids


def _anything(ruling: Ruling) -> bool:
    return bool(
        ruling.events
        or ruling.decisions
        or ruling.jobs
        or ruling.warnings
        or ruling.notes
        or ruling.holds
        or ruling.taken_back
        or ruling.look_at
    )


def _look(record: Record) -> _Look:
    """Earlier only, unless the earlier one is past (law 8)."""
    now = record.before.now
    was_at, job, job_at = record.was("look_at"), record.was("look_job"), record.was("look_job_at")
    ahead = [at for at in (was_at, record.ruling.look_at) if at is not None and at > now]
    at = min(ahead, default=None)
    waits = job_at is not None and job_at > now
    wanted = at is not None and at - now <= HORIZON and not (waits and job_at <= at)
    return _Look(at, job if waits else None, job_at if waits else None, wanted, wanted or at != was_at)


async def _decide(connection: Any, school: School, record: Record) -> tuple[tuple[int, ...], list[Job]]:
    if not record.ruling.decisions:
        return (), []
    meeting, sitting = record.after.meeting, record.before.sitting_id
    columns = writing.decisions_written(record.ruling.decisions)
    rows = await connection.fetch(
        statements.DECIDE, meeting.tenant, meeting.school, sitting, record.before.now, school.keep.alerts, *columns
    )
    carrying = [
        Job(kind="carry" if row["action"] == "tell" else "act", sitting=sitting, decision=row["id"])
        for row in rows
        if row["carry"]
    ]
    return tuple(row["id"] for row in rows), carrying


async def _enqueue(connection: Any, scope: str, record: Record, carrying: Sequence[Job], look: _Look) -> int | None:
    """Enqueue all jobs at once; the number of the look that now waits comes back."""
    forewarning = [Job(kind="forewarn", person=hold.pupil) for hold in record.ruling.holds]
    wanted = [*carrying, *record.ruling.jobs, *forewarning]
    if look.wanted and look.at is not None:
        if look.job is not None:
            await jobs.withdraw(connection, look.job)
        # the queue counts from the transaction's start; a look that comes early would find itself still waiting
        after = (look.at - record.row["began"]).total_seconds()
        wanted.append(Job(kind="look", sitting=record.before.sitting_id, after=after))
    if not wanted:
        return look.job
    found = await jobs.enqueue(connection, scope, wanted)
    return found[-1] if look.wanted else look.job


def _row(school: School, record: Record, look: _Look, waiting: int | None) -> tuple[Any, ...]:
    """The parameters of statements.WRITE from $3 on."""
    events, before, after = record.ruling.events, record.before, record.after
    came = {
        event.person
        for event in events
        if isinstance(event, Joined)
        and not ((member := before.sitting.members.get(event.person)) and member.first_seen)
    }
    strangers = sorted(record.strangers.items())
    return (
        record.arrival.digest,
        before.sitting_id,
        before.now,
        school.keep.deliveries,
        before.sitting.number,
        school.keep.presence,
        [event.type for event in events],
        [event.at for event in events],
        [writing.written(event) for event in events],
        [clean(person) for person in sorted(came)],
        [clean(person) for person, _ in strangers],
        [clean(name) for _, name in strangers],
        after.meeting.thread,
        after.meeting.root,
        record.was("opened_at") or min((event.at for event in record.arrival.events), default=before.now),
        after.over_since or (None if after.opened else after.ended_at),
        after.last_seen_at,
        after.organizer,
        look.at,
        waiting,
        look.at if look.wanted else look.job_at,
    )


async def _surroundings(connection: Any, school: School, record: Record) -> None:
    """What is kept above and beside the sitting: warnings, notes and holds."""
    ruling, meeting = record.ruling, record.after.meeting
    lines: dict[str, list[tuple[Any, ...]]] = {
        statements.WARN: [(one.pupil, one.by, clean(one.reason), one.expires, one.key) for one in ruling.warnings],
        statements.TAKE_BACK: list(ruling.taken_back),
        statements.NOTE: [(one.by, clean(one.text), one.alert) for one in ruling.notes],
        statements.HOLD: [(one.pupil, one.by, clean(one.reason), one.key, one.ends) for one in ruling.holds],
    }
    whose = (meeting.tenant, meeting.school, record.before.sitting_id, record.before.now, school.keep.alerts)
    for statement, rows in lines.items():
        if rows:
            await connection.execute(statement, *whose, *(list(column) for column in zip(*rows, strict=True)))


async def _remember_meeting(connection: Any, school: School, record: Record) -> None:
    """Keep the newest that Teams said of the meeting, and the meeting as long as its sittings."""
    arrival, lock, meeting = record.arrival, record.lock, record.after.meeting
    names = ("teams_meeting_id", "meeting_type", "title", "service_url")
    said = [clean(words) if (words := getattr(arrival, name)) else lock[name] for name in names]
    until = school.keep.presence + 2 * _MEETING_SLACK
    if said == [lock[name] for name in names] and lock["keep_until"] - record.before.now > until - _MEETING_SLACK:
        return
    key = (meeting.tenant, meeting.school, meeting.thread, meeting.root)
    await connection.execute(statements.MEETING_KNOWN, *key, *said, until)
