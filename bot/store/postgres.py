"""The store: what bot/ports.py asks of it, on asyncpg."""

from __future__ import annotations

from typing import Any

from bot.school import School
from bot.store import schema
from bot.store.alarming import Alarming
from bot.store.approving import Approving
from bot.store.crowd import Crowd
from bot.store.deciding import Deciding
from bot.store.folds import Folds
from bot.store.holding import Holding
from bot.store.housekeeping import Housekeeping
from bot.store.observing import Observing
from bot.store.people import Remembering
from bot.store.planning import Planning
from bot.store.records import Filed
from bot.store.register import Filing
from bot.store.tables import make_pool, reaching


class PostgresStore(
    Observing, Filing, Deciding, Alarming, Remembering, Approving, Holding, Planning, Filed, Housekeeping
):
    """All that the core asks of a store (bot/ports.py), for one school of one tenant."""

    def __init__(self, pool: Any, school: School, tenant: str) -> None:
        super().__init__(pool, school, tenant)
        self.shortcut = None
        self._folds = Folds()
        self._crowd = Crowd(self._commit)
        self._addresses: dict[str, str] = {}
        self._renewing = set()

    async def calm(self, patience: float) -> bool:
        """Return once no delivery is being taken in, or after `patience` seconds; which of the two."""
        return await self._crowd.calm(patience)

    @property
    def folds(self) -> Folds:
        """The folds in memory."""
        return self._folds

    async def answers(self) -> bool:
        """Whether the database can be written to just now, for readiness."""
        async with self._connection() as connection:
            return not await connection.fetchval("SELECT pg_is_in_recovery()")

    async def close(self) -> None:
        """Give the connections back."""
        for task in self._renewing:
            task.cancel()
        await self._crowd.aclose()
        await self.pool.close()


async def open_store(dsn: str, school: School, tenant: str) -> PostgresStore:
    """Bring the database up to date and open the store; OutOfReach if there is none."""
    with reaching():
        await schema.migrate(dsn)
    return PostgresStore(await make_pool(dsn), school, tenant)
