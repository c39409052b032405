"""The one transaction: lock the meeting, read its sitting, ask the rule, write, enqueue, commit (architecture section 1)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.events import Event, Joined, Kind, PersonKey
from bot.ports import Arrival, Before, Known, Receipt, Refused, Ruling
from bot.ruling import SILENT
from bot.sitting import Meeting, Sitting, fold, numbered, takes
from bot.store import statements, writing
from bot.store.folds import Folds
from bot.store.recording import Record, write
from bot.store.tables import Tables

FRESH = timedelta(hours=24)
"""How old a look-up in the people table may be to stand for a newcomer: the lists are read every day (law 2)."""

_NO_ONE: Mapping[PersonKey, Known] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A sitting under the lock, with the row it was read from."""

    sitting_id: int
    sitting: Sitting
    row: Any
    new: bool


class Observing(Tables):
    """`Register.observe`."""

    _folds: Folds

    async def observe(self, arrival: Arrival, rule: Callable[[Before], Ruling]) -> Receipt:
        """Lock, read, ask `rule` (pure), write, enqueue, commit. OutOfReach when the store cannot commit (a 503)."""
        touched: list[int] = []
        try:
            async with self._transaction() as connection:
                receipt = await self._observe(connection, arrival, rule, touched)
        except BaseException:
            for sitting_id in touched:
                self._folds.drop(sitting_id)
            raise
        if receipt.sitting.number:
            self._folds.put(receipt.sitting_id, receipt.sitting)
        return receipt

    async def _observe(
        self, connection: Any, arrival: Arrival, rule: Callable[[Before], Ruling], touched: list[int]
    ) -> Receipt:
        lock = await self._lock(connection, arrival)
        meeting = Meeting(self._tenant, self._school.id, lock["thread"], lock["root"])
        found = await self._find(connection, arrival, meeting)
        touched.append(found.sitting_id)
        if found.row["copy"]:
            return Receipt(copy=True, sitting_id=found.sitting_id, sitting=found.sitting, ruling=Ruling())
        known, strangers = _people(found.row, arrival)
        before = Before(
            sitting=found.sitting,
            sitting_id=found.sitting_id,
            opened_now=found.new,
            now=found.row["now"],
            known=known,
            warnings=found.row["warnings"],
            school_corrected=found.row["corrected"],
            staff_shrunk=found.row["shrunk"],
        )
        ruling = rule(before)
        after = fold(found.sitting, ruling.events)
        after = numbered(after, found.sitting.number + len(ruling.events))
        record = Record(
            arrival=arrival, ruling=ruling, before=before, after=after, row=found.row, lock=lock, strangers=strangers
        )
        decision_ids = await write(connection, self._school, self.scope, record)
        given = sum(1 for warning in ruling.warnings if warning.pupil == arrival.counting)
        return Receipt(
            copy=False,
            sitting_id=found.sitting_id,
            sitting=after,
            ruling=ruling,
            decision_ids=decision_ids,
            warnings=before.warnings + given,
        )

    async def _lock(self, connection: Any, arrival: Arrival) -> Any:
        """Lock the row of the meeting; a meeting never seen before gets one."""
        if arrival.sitting is not None:
            row = await connection.fetchrow(statements.LOCK_SITTING, *self._whose, arrival.sitting)
            if row is None:
                raise Refused("no_such_sitting", "there is no such sitting in this school")
            return row
        meeting = self._ours(arrival.meeting)
        key = (*self._whose, meeting.thread, meeting.root)
        row = await connection.fetchrow(statements.LOCK_MEETING, *key)
        if row is None:
            await connection.execute(statements.NEW_MEETING, *key, self._presence)
            row = await connection.fetchrow(statements.LOCK_MEETING, *key)
        return row

    def _ours(self, meeting: Meeting | None) -> Meeting:
        if meeting is None:
            raise ValueError("an arrival is addressed to a meeting or to a sitting")
        if (meeting.tenant, meeting.school) != self._whose:
            raise ValueError("a meeting of another school")
        return meeting

    async def _find(self, connection: Any, arrival: Arrival, meeting: Meeting) -> _Found:
        """The sitting that takes this arrival (law 1): the one addressed, the newest, a late one, or a new one."""
        if arrival.sitting is not None:
            return await self._read(connection, arrival, meeting, statements.READ_SITTING, arrival.sitting)
        key = (meeting.thread, meeting.root)
        newest = await self._read(connection, arrival, meeting, statements.READ_NEWEST, *key)
        if newest.row["copy"] or (not newest.new and not arrival.events):
            return newest
        if not newest.new and self._takes(newest.sitting, arrival.events[0]):
            if arrival.events[0].at >= newest.row["opened_at"]:
                return newest
            late = await self._read(connection, arrival, meeting, statements.READ_BEFORE, *key, newest.sitting_id)
            return late if not late.new and self._takes(late.sitting, arrival.events[0]) else newest
        sitting_id = await connection.fetchval(statements.NEW_ID)
        return _Found(sitting_id=sitting_id, sitting=Sitting(meeting), row=newest.row, new=True)

    def _takes(self, sitting: Sitting, event: Event) -> bool:
        return takes(sitting, event, reopen=self._school.school.reopen, stale=SILENT)

    async def _read(
        self, connection: Any, arrival: Arrival, meeting: Meeting, statement: str, *which: object
    ) -> _Found:
        """Read a sitting: the events since its cached fold, and all else the rule may look at, in one statement."""
        cached_id = arrival.sitting or self._folds.newest_id(meeting)
        cached = self._folds.get(cached_id) if cached_id else None
        people = sorted({*arrival.names, *(event.person for event in arrival.events if isinstance(event, Joined))})
        row = await connection.fetchrow(
            statement,
            *self._whose,
            arrival.digest,
            cached_id if cached else None,
            cached.number if cached else 0,
            people,
            self._school.brake.school_window,
            arrival.counting,
            *which,
        )
        if row["id"] is None:
            return _Found(sitting_id=0, sitting=Sitting(meeting), row=row, new=True)
        events = writing.read(row["events"])
        base = cached if cached and cached_id == row["id"] else Sitting(meeting)
        if base is cached and base.number + len(events) != row["last_number"]:
            self._folds.drop(row["id"])  # the database was put back to an earlier state below us
            return await self._read(connection, arrival, meeting, statement, *which)
        sitting = numbered(fold(base, events), row["last_number"])
        return _Found(sitting_id=row["id"], sitting=sitting, row=row, new=False)


def _people(row: Any, arrival: Arrival) -> tuple[Mapping[PersonKey, Known], dict[PersonKey, str]]:
    """Who of these is known, and the names of those of whom there is no row at all."""
    found = json.loads(row["people"]) if row["people"] else ()
    known = {
        PersonKey(person): _known(kind, classes, datetime.fromisoformat(as_of), row["now"], approved, held)
        for person, kind, classes, as_of, approved, held in found
        if as_of is not None
    }
    there = {person for person, *_ in found}
    strangers = {person: name for person, name in arrival.names.items() if person not in there}
    return known or _NO_ONE, strangers


def _known(
    kind: str, classes: list[str], as_of: datetime, now: datetime, approved: list[str] | None, held: str | None
) -> Known:
    return Known(
        kind=Kind(kind),
        classes=tuple(classes),
        as_of=as_of,
        fresh=now - as_of <= FRESH,
        approved=(datetime.fromisoformat(approved[0]), PersonKey(approved[1])) if approved else None,
        held=datetime.fromisoformat(held) if held else None,
    )
