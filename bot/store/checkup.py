"""What the doctor asks of the database. It reads and changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.store.tables import Tables

_NEWEST = """
SELECT
    (SELECT max(at) FROM events WHERE tenant = $1 AND school = $2 AND type = 'started') AS started,
    (SELECT max(at) FROM events WHERE tenant = $1 AND school = $2 AND type = 'joined') AS joined,
    (SELECT max(at) FROM events WHERE tenant = $1 AND school = $2 AND type = 'roster_seen') AS in_call
"""
_REMOVALS = """
SELECT outcome, words FROM outcomes JOIN decisions ON decisions.id = outcomes.decision
    AND decisions.tenant = outcomes.tenant AND decisions.school = outcomes.school
WHERE outcomes.tenant = $1 AND outcomes.school = $2 AND action = 'remove' AND outcome IN ('done', 'refused')
ORDER BY outcomes.at DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What Teams has told and let us do so far, as far as it is kept: when each was last seen, None for never.

    `joined` comes with a participant event alone, never from a call's roster. `removal`: how the last one ended.
    """

    started: datetime | None = None
    joined: datetime | None = None
    in_call: datetime | None = None
    removal: str | None = None
    removal_words: str = ""


class Examined(Tables):
    """The database under the doctor's eyes."""

    async def ready(self) -> str | None:
        """What is wrong with it, or None. OutOfReach where it does not answer."""
        async with self._connection() as connection:
            if await connection.fetchval("SELECT pg_is_in_recovery()"):
                return "it takes no writes (a standby)"
            if not await connection.fetchval("SELECT to_regclass('events') IS NOT NULL"):
                return "it is empty"
            if not await connection.fetchval("SELECT has_table_privilege('events', 'INSERT')"):
                return "this role may not write its tables"
        return None

    async def past(self) -> Past:
        """What has happened so far."""
        async with self._connection() as connection:
            newest: Any = await connection.fetchrow(_NEWEST, *self._whose)
            removal: Any = await connection.fetchrow(_REMOVALS, *self._whose)
        return Past(
            **dict(newest),
            removal=removal["outcome"] if removal else None,
            removal_words=removal["words"] if removal else "",
        )
