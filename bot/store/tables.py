"""What all the classes of the store stand on: the pool, whose rows they are, and how a failure is told."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from typing import Any

import asyncpg
from sqlalchemy.exc import DBAPIError

from bot.ports import OutOfReach
from bot.school import School

LOCK_TIMEOUT = 3.0
_ANSWER_TIMEOUT = 10.0
_CONNECTIONS = 8
FAILURES = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, DBAPIError)
"""Whatever a database can do to us."""


class Connection(asyncpg.Connection):  # type: ignore[misc]  # -- asyncpg has no types
    """A connection that is not reset when it goes back to the pool: that would be one more round trip for nothing."""

    __slots__ = ()

    def get_reset_query(self) -> str:
        """Nothing: we change no setting of a session, and a transaction left open is ended all the same."""
        return ""


async def make_pool(dsn: str, *, size: int = _CONNECTIONS) -> Any:
    """Connections to the database; OutOfReach if there is none."""
    with reaching():
        return await asyncpg.create_pool(
            dsn,
            min_size=1,
            max_size=size,
            connection_class=Connection,
            command_timeout=_ANSWER_TIMEOUT,
            server_settings={
                "application_name": "schoolgate",
                "lock_timeout": f"{LOCK_TIMEOUT}s",
                "statement_timeout": f"{_ANSWER_TIMEOUT}s",
                "idle_in_transaction_session_timeout": "30s",
                "timezone": "UTC",
                "jit": "off",
                "plan_cache_mode": "force_generic_plan",
            },
        )


@contextmanager
def reaching() -> Iterator[None]:
    """Whatever the database does to us is told as OutOfReach, with the kind of failure and never a row's content."""
    try:
        yield
    except FAILURES as error:
        raise OutOfReach(f"the store: {type(error).__name__}") from error


class Tables:
    """The rows of one school of one tenant (law 1)."""

    def __init__(self, pool: Any, school: School, tenant: str) -> None:
        self.pool = pool
        self._school = school
        self._tenant = tenant
        self._whose = (tenant, school.id)

    @property
    def tenant(self) -> str:
        """The Entra tenant whose rows these are."""
        return self._tenant

    @property
    def scope(self) -> str:
        """What the jobs of this school begin with, in a queue that schools may share."""
        return f"{self._tenant}/{self._school.id}"

    @property
    def _presence(self) -> timedelta:
        return self._school.keep.presence

    @property
    def _alerts(self) -> timedelta:
        return self._school.keep.alerts

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Any]:
        """A connection for a single statement."""
        with reaching():
            # a timer costs more than taking a connection that is free
            wait = None if self.pool.get_idle_size() else LOCK_TIMEOUT
            async with self.pool.acquire(timeout=wait) as connection:
                yield connection

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[Any]:
        """A connection in a transaction: committed at the end, undone when anything is raised."""
        async with self._connection() as connection:
            await connection.execute("BEGIN")
            try:
                yield connection
                await connection.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(*FAILURES):
                    await connection.execute("ROLLBACK")
                raise


def clean(words: str) -> str:
    """PostgreSQL's text has no place for the character NUL."""
    return words.replace("\0", "")
