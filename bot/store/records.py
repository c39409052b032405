"""What is on record: the events and notes of a lesson, the warnings and holds of a pupil. Read only."""

from __future__ import annotations

from collections.abc import Sequence

from bot.events import Event, PersonKey
from bot.ports import NoteFiled, PupilRecord, WarningFiled
from bot.store import writing
from bot.store.hold_rows import hold_read
from bot.store.holding import READ
from bot.store.tables import Tables

_EVENTS = "SELECT data FROM events WHERE tenant = $1 AND school = $2 AND sitting = $3 ORDER BY number"
_NOTES = """
SELECT by, text, at, taken_back FROM notes
WHERE tenant = $1 AND school = $2 AND sitting = $3 AND alert IS NULL ORDER BY at, id
"""
_WARNINGS = """
SELECT by, reason, key, at, expires, taken_back FROM warnings
WHERE tenant = $1 AND school = $2 AND pupil = $3 ORDER BY at DESC, id DESC
"""
_HOLDS = f"{READ} AND h.pupil = $3 ORDER BY h.since DESC, h.id DESC"
_REMOVED = "SELECT EXISTS (SELECT FROM holds WHERE tenant = $1 AND school = $2 AND by = $3)"


class Filed(Tables):
    """`Records`."""

    async def events(self, sitting_id: int) -> Sequence[Event]:
        """All that is written down of a sitting, in order."""
        async with self._connection() as connection:
            rows = await connection.fetch(_EVENTS, *self._whose, sitting_id)
        return writing.read([row["data"] for row in rows])

    async def notes(self, sitting_id: int) -> Sequence[NoteFiled]:
        """The notes of a sitting, oldest first; those on an alert are for its readers alone."""
        async with self._connection() as connection:
            rows = await connection.fetch(_NOTES, *self._whose, sitting_id)
        return [NoteFiled(**{**row, "by": PersonKey(row["by"])}) for row in rows]

    async def of_pupil(self, pupil: PersonKey) -> PupilRecord:
        """A pupil's warnings and holds, newest first."""
        async with self._connection() as connection:
            now = await connection.fetchval("SELECT clock_timestamp()")
            warnings = await connection.fetch(_WARNINGS, *self._whose, pupil)
            holds = await connection.fetch(_HOLDS, *self._whose, pupil)
        given = [
            WarningFiled(
                by=PersonKey(row["by"]),
                reason=row["reason"],
                key=row["key"],
                at=row["at"],
                expires=row["expires"],
                taken_back=row["taken_back"],
            )
            for row in warnings
        ]
        return PupilRecord(now=now, warnings=tuple(given), holds=tuple(map(hold_read, holds)))

    async def has_removed(self, by: PersonKey) -> bool:
        """Whether this person has ever had somebody removed."""
        async with self._connection() as connection:
            return bool(await connection.fetchval(_REMOVED, *self._whose, by))
