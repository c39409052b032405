"""Sittings out of the file: by their number, by who is in them, by their meeting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.events import Kind, PersonKey
from bot.fold import fold, numbered
from bot.ports import Filed, Person
from bot.sitting import Meeting, Sitting
from bot.store import writing
from bot.store.folds import Folds
from bot.store.people import person_read
from bot.store.tables import Tables

_FILED = """
SELECT clock_timestamp() AS now, s.last_number, s.thread, s.root,
    m.teams_meeting_id, m.meeting_type, m.title, m.service_url,
    ARRAY(SELECT e.data FROM events e
        WHERE e.tenant = $1 AND e.school = $2 AND e.sitting = s.id AND e.number > $4 ORDER BY e.number) AS events
FROM sittings s LEFT JOIN meetings m USING (tenant, school, thread, root)
WHERE s.tenant = $1 AND s.school = $2 AND s.id = $3
"""

_OPEN_WITH = """
SELECT s.id FROM sittings s
WHERE s.tenant = $1 AND s.school = $2 AND s.closed_at IS NULL AND (s.organizer = $3 OR EXISTS (
    SELECT FROM attendance a
    WHERE a.tenant = $1 AND a.school = $2 AND a.person = $3 AND a.sitting = s.id))
ORDER BY s.id DESC
"""

_NEWEST = """
SELECT max(id) FROM sittings WHERE tenant = $1 AND school = $2 AND thread = $3 AND root = $4
"""

_OPEN_IN_CALL = """
SELECT s.id FROM sittings s
WHERE s.tenant = $1 AND s.school = $2 AND s.closed_at IS NULL AND EXISTS (
    SELECT FROM events e
    WHERE e.tenant = $1 AND e.school = $2 AND e.sitting = s.id AND e.type = 'call_moved' AND e.data ->> 'call' = $3)
ORDER BY s.id DESC
"""

_CAME = """
SELECT a.person, coalesce(p.kind, 'unresolved') AS kind, coalesce(p.name, '') AS name,
    coalesce(p.classes, '{}') AS classes, p.as_of
FROM attendance a LEFT JOIN people p USING (tenant, school, person)
WHERE a.tenant = $1 AND a.school = $2 AND a.sitting = $3 ORDER BY a.person
"""


class Filing(Tables):
    """`Register`, all but `observe`, and `People.in_sitting`."""

    _folds: Folds

    async def sitting(self, sitting_id: int) -> Filed | None:
        """A sitting as it stands, with what surrounds it; None if there is none."""
        cached = self._folds.get(sitting_id)
        async with self._connection() as connection:
            number = cached.number if cached else 0
            row = await connection.fetchrow(_FILED, *self._whose, sitting_id, number)
        return self._filed(sitting_id, row, cached) if row else None

    def _filed(self, sitting_id: int, row: Any, cached: Sitting | None) -> Filed:
        base = cached or Sitting(Meeting(self._tenant, self._school.id, row["thread"], row["root"]))
        sitting = numbered(fold(base, writing.read(row["events"])), row["last_number"])
        return Filed(
            sitting_id=sitting_id,
            sitting=sitting,
            now=row["now"],
            teams_meeting_id=row["teams_meeting_id"],
            meeting_type=row["meeting_type"],
            title=row["title"],
            service_url=row["service_url"],
        )

    async def sittings_of(self, person: PersonKey) -> tuple[int, ...]:
        """The open sittings somebody is present in, or organises, newest first."""
        async with self._connection() as connection:
            rows = await connection.fetch(_OPEN_WITH, *self._whose, person)
        found = [await self.sitting(row["id"]) for row in rows]
        return tuple(filed.sitting_id for filed in found if filed and _concerns(filed.sitting, person))

    async def sitting_at(self, meeting: Meeting) -> int | None:
        """The newest sitting of a meeting, open or not long closed; None if there is none."""
        async with self._connection() as connection:
            found: int | None = await connection.fetchval(
                _NEWEST, meeting.tenant, meeting.school, meeting.thread, meeting.root
            )
        filed = await self.sitting(found) if found is not None else None
        if found is None or filed is None:
            return None
        over = filed.sitting.over_since
        return found if over is None or filed.now - over <= self._school.school.reopen else None

    async def sitting_in_call(self, call: str) -> int | None:
        """The open sitting that this leg of ours is of; None if there is none."""
        async with self._connection() as connection:
            rows = await connection.fetch(_OPEN_IN_CALL, *self._whose, call)
        for row in rows:
            filed = await self.sitting(row["id"])
            if filed is not None and filed.sitting.controls.current_call() == call:
                return filed.sitting_id
        return None

    async def in_sitting(self, sitting_id: int) -> Sequence[Person]:
        """Everybody who has come to a sitting."""
        async with self._connection() as connection:
            rows = await connection.fetch(_CAME, *self._whose, sitting_id)
        return [person_read(row) for row in rows]


def _concerns(sitting: Sitting, person: PersonKey) -> bool:
    return sitting.kind(person) is not Kind.BOT and (sitting.organizer == person or sitting.since(person) is not None)
