"""Pupils on hold: one standing hold each, and the history of those that ended (C37 C83)."""

from __future__ import annotations

from collections.abc import Sequence

from bot.events import PersonKey
from bot.ports import Hold
from bot.store.tables import Tables, clean

_STANDING = """
SELECT pupil, by, reason, since, disputed_by IS NOT NULL AS disputed FROM holds
WHERE tenant = $1 AND school = $2 AND released_at IS NULL ORDER BY since, id
"""

_RELEASE = """
UPDATE holds SET released_at = now(), released_by = $4, agreed = $5, keep_until = now() + $6
WHERE tenant = $1 AND school = $2 AND pupil = $3 AND released_at IS NULL RETURNING id
"""

_DISPUTE = """
UPDATE holds SET disputed_by = $4 WHERE tenant = $1 AND school = $2 AND pupil = $3 AND released_at IS NULL
"""


class Holding(Tables):
    """`Holds`. A hold is opened by the transaction that orders the removal."""

    async def standing(self) -> Sequence[Hold]:
        """All of them, oldest first."""
        async with self._connection() as connection:
            rows = await connection.fetch(_STANDING, *self._whose)
        return [
            Hold(
                pupil=PersonKey(row["pupil"]),
                by=PersonKey(row["by"]),
                reason=row["reason"],
                since=row["since"],
                disputed=row["disputed"],
            )
            for row in rows
        ]

    async def release(self, pupil: PersonKey, by: PersonKey, reason: str) -> bool:
        """End a pupil's hold, with what was agreed; False if there is none."""
        async with self._connection() as connection:
            found = await connection.fetchval(_RELEASE, *self._whose, pupil, by, clean(reason), self._alerts)
        return found is not None

    async def dispute(self, pupil: PersonKey, by: PersonKey) -> None:
        """Mark a hold as disputed."""
        async with self._connection() as connection:
            await connection.execute(_DISPUTE, *self._whose, pupil, by)
