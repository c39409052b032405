"""The one transaction: lock the meeting, read its sitting, ask the rule, write, enqueue, commit (architecture section 1).

Arrivals that wait at the same time share it (bot/store/crowd.py): each is judged on what those before it have left.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.events import Corrected, Event, Joined, Kind, PersonKey
from bot.fold import fold, numbered, takes
from bot.ports import Arrival, Before, Job, Known, Receipt, Refused, Ruling
from bot.ruling import SILENT
from bot.sitting import Meeting, Sitting
from bot.store import statements, writing
from bot.store.crowd import Asked, Crowd
from bot.store.folds import Folds
from bot.store.recording import Judged, Record, write
from bot.store.shortcut import Shortcut
from bot.store.tables import Tables

FRESH = timedelta(hours=24)
"""How old a look-up in the people table may be to stand for a newcomer: the lists are read every day (law 2)."""

_NO_ONE: Mapping[PersonKey, Known] = {}


@dataclass(slots=True, kw_only=True)
class _Around:
    """What was read besides the sittings: of the whole school, and of all that came. It grows while they are judged."""

    copies: set[bytes]
    people: Mapping[str, Sequence[Any]]
    warnings: int
    school_corrected: int
    staff_shrunk: bool
    corrected: set[PersonKey] = field(default_factory=set)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Locked:
    """A meeting under the lock, its row, and what came for it."""

    meeting: Meeting
    row: Any
    asked: Sequence[Asked]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A sitting under the lock, with the row it was read from."""

    sitting_id: int
    sitting: Sitting
    row: Any
    new: bool
    around: _Around


class Observing(Tables):
    """`Register.observe`."""

    shortcut: Shortcut | None
    """Runs what cannot wait, right after its commit; None where the queue runs everything."""
    _folds: Folds
    _crowd: Crowd

    async def observe(self, arrival: Arrival, rule: Callable[[Before], Ruling]) -> Receipt:
        """Lock, read, ask `rule` (pure), write, enqueue, commit. OutOfReach when the store cannot commit (a 503).

        What Teams delivers may share its transaction. If that fails it is judged again, alone: its digest keeps it from
        counting twice.
        """
        asked = Asked(arrival, rule)
        if arrival.meeting is None or arrival.digest is None or arrival.counting is not None:
            await self._commit([asked])
        else:
            await self._crowd.take(self._ours(arrival.meeting), asked)
        if asked.receipt is None:
            raise RuntimeError("an arrival that came alone was not taken in")
        return asked.receipt

    async def _commit(self, asked: Sequence[Asked]) -> None:
        """Take these in, in one transaction. Of several, those that need more than the next step of a sitting are left."""
        touched: list[int] = []
        try:
            async with self._transaction() as connection:
                urgent = await self._observe(connection, asked, touched)
        except BaseException:
            for sitting_id in touched:
                self._folds.drop(sitting_id)
            raise
        if self.shortcut is not None:
            self.shortcut.run(urgent)
        for one in asked:
            if one.receipt is not None and one.receipt.sitting.number:
                self._folds.put(one.receipt.sitting_id, one.receipt.sitting)

    async def _observe(self, connection: Any, asked: Sequence[Asked], touched: list[int]) -> Sequence[tuple[int, Job]]:
        """Take them in; what of the jobs is to be run as soon as this is committed, with its number."""
        alone = len(asked) == 1
        locked = await self._lock(connection, asked)
        records = []
        for lock, found in zip(locked, await self._newest(connection, locked), strict=True):
            if alone:
                found = await self._find(connection, asked[0].arrival, found)
            touched.append(found.sitting_id)
            if judged := self._judge(lock.asked, found, alone=alone):
                records.append(Record(judged=judged, row=found.row, lock=lock.row))
        places = self.shortcut.places if self.shortcut is not None else 0
        written = await write(connection, self._school, self.scope, records, places=places)
        for record in records:
            for one in record.judged:
                one.asked.receipt = one.receipt(written.decisions)
        return written.urgent

    async def _lock(self, connection: Any, asked: Sequence[Asked]) -> list[_Locked]:
        """Lock the rows of the meetings. A meeting never seen before gets one, if it came alone; else it is left."""
        sitting = asked[0].arrival.sitting
        if sitting is not None:
            row = await connection.fetchrow(statements.LOCK_SITTING, *self._whose, sitting)
            if row is None:
                raise Refused("no_such_sitting", "there is no such sitting in this school")
            return [_Locked(meeting=Meeting(*self._whose, row["thread"], row["root"]), row=row, asked=asked)]
        groups: dict[Meeting, list[Asked]] = {}
        for one in asked:
            groups.setdefault(self._ours(one.arrival.meeting), []).append(one)
        meetings = sorted(groups, key=lambda one: (one.thread, one.root))
        keys = ([one.thread for one in meetings], [one.root for one in meetings])
        rows = await connection.fetch(statements.LOCK_MEETINGS, *self._whose, *keys)
        if not rows and len(asked) == 1:
            await connection.execute(statements.NEW_MEETINGS, *self._whose, *keys, self._presence)
            rows = await connection.fetch(statements.LOCK_MEETINGS, *self._whose, *keys)
        found = [(Meeting(*self._whose, row["thread"], row["root"]), row) for row in rows]
        return [_Locked(meeting=meeting, row=row, asked=groups[meeting]) for meeting, row in found]

    def _ours(self, meeting: Meeting | None) -> Meeting:
        if meeting is None:
            raise ValueError("an arrival is addressed to a meeting or to a sitting")
        if (meeting.tenant, meeting.school) != self._whose:
            raise ValueError("a meeting of another school")
        return meeting

    async def _newest(self, connection: Any, locked: Sequence[_Locked]) -> list[_Found]:
        """The sitting that is addressed, or the newest of each meeting."""
        arrivals = [one.arrival for lock in locked for one in lock.asked]
        if not arrivals:
            return []
        if (sitting := arrivals[0].sitting) is not None:
            return await self._read(connection, statements.READ_SITTING, arrivals, [(locked[0].meeting, sitting)])
        which = [(lock.meeting, self._folds.newest_id(lock.meeting)) for lock in locked]
        return await self._read(connection, statements.READ_NEWEST, arrivals, which)

    async def _find(self, connection: Any, arrival: Arrival, newest: _Found) -> _Found:
        """The sitting that takes an arrival that came alone (law 1): the one addressed, the newest, a late one, or a new one."""
        known = arrival.sitting is not None or arrival.digest in newest.around.copies
        if known or self._next_of(newest.sitting, arrival, newest):
            return newest
        if not newest.new and self._takes(newest.sitting, arrival.events[0]):
            which = [(newest.sitting.meeting, newest.sitting_id)]
            late = (await self._read(connection, statements.READ_BEFORE, [arrival], which))[0]
            return late if not late.new and self._takes(late.sitting, arrival.events[0]) else newest
        sitting_id = await connection.fetchval(statements.NEW_ID)
        sitting = Sitting(newest.sitting.meeting)
        return _Found(sitting_id=sitting_id, sitting=sitting, row=newest.row, new=True, around=newest.around)

    def _takes(self, sitting: Sitting, event: Event) -> bool:
        return takes(sitting, event, reopen=self._school.school.reopen, stale=SILENT)

    def _next_of(self, sitting: Sitting, arrival: Arrival, found: _Found) -> bool:
        """Whether this is the next step of this sitting, so that there is nothing to be found for it."""
        if found.new:
            return False
        first = arrival.events[0] if arrival.events else None
        return first is None or (first.at >= found.row["opened_at"] and self._takes(sitting, first))

    async def _read(
        self, connection: Any, statement: str, arrivals: Sequence[Arrival], which: Sequence[tuple[Meeting, int | None]]
    ) -> list[_Found]:
        """Read sittings: the events since their cached folds, and all else the rules may look at, in one statement."""
        cached = [self._folds.get(number) if number else None for _, number in which]
        rows = await connection.fetch(
            statement,
            *self._whose,
            [arrival.digest for arrival in arrivals if arrival.digest is not None],
            sorted({person for arrival in arrivals for person in _looked_at(arrival)}),
            self._school.brake.school_window,
            arrivals[0].counting,
            [number if base else None for (_, number), base in zip(which, cached, strict=True)],
            [base.number if base else 0 for base in cached],
            [number for _, number in which],
            [meeting.thread for meeting, _ in which],
            [meeting.root for meeting, _ in which],
        )
        around = _around(rows[0])
        found = []
        for row, (meeting, number), base in zip(rows, which, cached, strict=True):
            sitting = _folded(row, base if number == row["id"] else None, meeting)
            if sitting is None:
                self._folds.drop(row["id"])  # the database was put back to an earlier state below us
                return await self._read(connection, statement, arrivals, which)
            sitting_id = row["id"] or 0
            found.append(_Found(sitting_id=sitting_id, sitting=sitting, row=row, new=not sitting_id, around=around))
        return found

    def _judge(self, asked: Sequence[Asked], found: _Found, *, alone: bool) -> list[Judged]:
        """Ask the rule of each, one after the other; a copy has its receipt at once."""
        judged: list[Judged] = []
        sitting, around = found.sitting, found.around
        for one in asked:
            if one.arrival.digest in around.copies:
                one.receipt = Receipt(copy=True, sitting_id=found.sitting_id, sitting=sitting, ruling=Ruling())
                continue
            if not alone and not self._next_of(sitting, one.arrival, found):
                continue
            known, strangers = _people(around, one.arrival, found.row["now"])
            before = Before(
                sitting=sitting,
                sitting_id=found.sitting_id,
                opened_now=found.new,
                now=found.row["now"],
                known=known,
                warnings=around.warnings,
                school_corrected=around.school_corrected + len(around.corrected),
                staff_shrunk=around.staff_shrunk,
            )
            ruling = one.rule(before)
            sitting = numbered(fold(sitting, ruling.events), sitting.number + len(ruling.events))
            judged.append(Judged(asked=one, before=before, ruling=ruling, after=sitting, strangers=strangers))
            around.corrected |= {event.person for event in ruling.events if isinstance(event, Corrected)}
            if one.arrival.digest is not None:
                around.copies.add(one.arrival.digest)
        return judged


def _looked_at(arrival: Arrival) -> set[PersonKey]:
    """Who the people table is asked about."""
    return {*arrival.names, *(event.person for event in arrival.events if isinstance(event, Joined))}


def _around(row: Any) -> _Around:
    return _Around(
        copies=set(row["copies"]),
        people={person: rest for person, *rest in json.loads(row["people"])} if row["people"] else {},
        warnings=row["warnings"],
        school_corrected=row["corrected"],
        staff_shrunk=row["shrunk"],
    )


def _folded(row: Any, base: Sitting | None, meeting: Meeting) -> Sitting | None:
    """The sitting of a row, on the fold that was cached of it; None if that one is not what the row goes on from."""
    if row["id"] is None:
        return Sitting(meeting)
    events = writing.read(row["events"])
    if base is not None and base.number + len(events) != row["last_number"]:
        return None
    return numbered(fold(base or Sitting(meeting), events), row["last_number"])


def _people(around: _Around, arrival: Arrival, now: datetime) -> tuple[Mapping[PersonKey, Known], dict[PersonKey, str]]:
    """Who of these is known, and the names of those of whom there is no row at all."""
    there = {person: around.people[person] for person in _looked_at(arrival) if person in around.people}
    known = {person: _known(row, now) for person, row in there.items() if row[2] is not None}
    strangers = {person: name for person, name in arrival.names.items() if person not in there}
    return known or _NO_ONE, strangers


def _known(row: Sequence[Any], now: datetime) -> Known:
    kind, classes, seen, approved, held = row
    as_of = datetime.fromisoformat(seen)
    return Known(
        kind=Kind(kind),
        classes=tuple(classes),
        as_of=as_of,
        fresh=now - as_of <= FRESH,
        approved=(datetime.fromisoformat(approved[0]), PersonKey(approved[1])) if approved else None,
        held=datetime.fromisoformat(held) if held else None,
    )
