"""One-to-one lessons that CLT has approved: rows with an approver and an expiry, above sittings (C56)."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.events import PersonKey
from bot.store.tables import Tables

_END = """
UPDATE approvals SET until = now() WHERE tenant = $1 AND school = $2 AND pupil = $3 AND until > now()
"""

_APPROVE = """
INSERT INTO approvals (tenant, school, pupil, by, at, until, keep_until)
VALUES ($1, $2, $3, $4, now(), now() + $5, now() + $5 + $6) RETURNING until
"""


class Approving(Tables):
    """`Approvals`."""

    async def approve(self, pupil: PersonKey, by: PersonKey, lasting: timedelta) -> datetime:
        """The newest approval stands alone; who ended one is kept as an approval of no length."""
        async with self._transaction() as connection:
            await connection.execute(_END, *self._whose, pupil)
            until: datetime = await connection.fetchval(_APPROVE, *self._whose, pupil, by, lasting, self._alerts)
        return until
