"""What is done by the clock: finding the sittings to look at, and really deleting (laws 8 and 15)."""

from __future__ import annotations

from datetime import timedelta

from bot.ruling import SILENT
from bot.store.jobs import SETTINGS
from bot.store.tables import Tables

TABLES = (
    "deliveries",
    "events",
    "attendance",
    "sittings",
    "meetings",
    "outcomes",
    "sendings",
    "decisions",
    "warnings",
    "notes",
    "approvals",
    "hold_steps",
    "hold_cards",
    "holds",
    "planned_lessons",
    "foretold",
    "people",
    "lists",
    "addresses",
)
_AT_ONCE = 5000

# A look whose own job is about to run is left to it.
_DUE = """
SELECT id FROM sittings WHERE tenant = $1 AND school = $2 AND look_at <= now() + $3::interval
    AND (look_job_at IS NULL OR look_job_at < now() - interval '10 seconds')
UNION
SELECT id FROM sittings WHERE tenant = $1 AND school = $2 AND closed_at IS NULL AND last_seen_at < now() - $4::interval
ORDER BY id
"""

_OPEN = "SELECT id FROM sittings WHERE tenant = $1 AND school = $2 AND closed_at IS NULL ORDER BY id"

_DELETE = """
DELETE FROM {table} WHERE ctid IN (
    SELECT ctid FROM {table} WHERE tenant = $1 AND school = $2 AND keep_until < now() LIMIT $3)
"""

_DELETE_QUEUE = """
DELETE FROM {table} WHERE ctid IN (SELECT ctid FROM {table} WHERE created < now() - $1::interval LIMIT $2)
"""


class Housekeeping(Tables):
    """`Housekeeping`."""

    async def due_sittings(self, within: float) -> tuple[int, ...]:
        """Sittings whose `look_at` falls within so many seconds, or which are open and silent: to be looked at."""
        async with self._connection() as connection:
            rows = await connection.fetch(_DUE, *self._whose, timedelta(seconds=within), SILENT)
        return tuple(row["id"] for row in rows)

    async def open_sittings(self) -> tuple[int, ...]:
        """Every sitting that is being held."""
        async with self._connection() as connection:
            rows = await connection.fetch(_OPEN, *self._whose)
        return tuple(row["id"] for row in rows)

    async def purge(self) -> int:
        """Really delete every row past its `keep_until` (law 15); how many."""
        gone = 0
        for table in TABLES:
            gone += await self._delete(_DELETE.format(table=table), *self._whose)
        for table in (SETTINGS.queue_table_log, SETTINGS.statistics_table):
            gone += await self._delete(_DELETE_QUEUE.format(table=table), self._school.keep.deliveries)
        return gone

    async def _delete(self, statement: str, *values: object) -> int:
        """A few thousand rows at a time, so that nobody waits for long."""
        total = 0
        while True:
            async with self._connection() as connection:
                gone = int((await connection.execute(statement, *values, _AT_ONCE)).rpartition(" ")[2])
            total += gone
            if gone < _AT_ONCE:
                return total
