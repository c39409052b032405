"""Pupils on hold: one standing hold each, and the history of those that ended (C37 C83)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.events import PersonKey
from bot.ports import Hold, Job
from bot.store.jobs import enqueue
from bot.store.tables import Tables, clean

COLUMNS = """pupil, by, reason, since, disputed_by IS NOT NULL AS disputed, key, ends,
    released_at, released_by, agreed"""

_STANDING = f"""
SELECT {COLUMNS} FROM holds
WHERE tenant = $1 AND school = $2 AND released_at IS NULL ORDER BY since, id
"""  # noqa: S608 -- our own text

_RELEASE = """
UPDATE holds SET released_at = now(), released_by = $4, agreed = $5, keep_until = now() + $6
WHERE tenant = $1 AND school = $2 AND pupil = $3 AND released_at IS NULL RETURNING id
"""

_DISPUTE = """
UPDATE holds SET disputed_by = $4 WHERE tenant = $1 AND school = $2 AND pupil = $3 AND released_at IS NULL
"""


def hold_read(row: Any) -> Hold:
    """A hold out of its row."""
    return Hold(
        pupil=PersonKey(row["pupil"]),
        by=PersonKey(row["by"]),
        reason=row["reason"],
        since=row["since"],
        disputed=row["disputed"],
        key=row["key"],
        ends=row["ends"],
        released_at=row["released_at"],
        released_by=PersonKey(row["released_by"]) if row["released_by"] else None,
        agreed=row["agreed"] or "",
    )


class Holding(Tables):
    """`Holds`. A hold is opened by the transaction that orders the removal."""

    async def standing(self) -> Sequence[Hold]:
        """All of them, oldest first."""
        async with self._connection() as connection:
            rows = await connection.fetch(_STANDING, *self._whose)
        return [hold_read(row) for row in rows]

    async def release(self, pupil: PersonKey, by: PersonKey, reason: str) -> bool:
        """End a pupil's hold, with what was agreed, and have their teachers told; False if there is none."""
        async with self._transaction() as connection:
            found = await connection.fetchval(_RELEASE, *self._whose, pupil, by, clean(reason), self._alerts)
            if found is not None:
                await enqueue(connection, self.scope, [Job(kind="forewarn", person=pupil)])
        return found is not None

    async def dispute(self, pupil: PersonKey, by: PersonKey) -> None:
        """Mark a hold as disputed."""
        async with self._connection() as connection:
            await connection.execute(_DISPUTE, *self._whose, pupil, by)
