"""Bringing a database up to date: alembic, configured here in code, under a lock so that replicas may start together."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from bot.ports import OutOfReach

log = logging.getLogger("schoolgate")

LOCK = 7_355_608
HOW = "run python -m bot.store.rights as its owner (MIGRATION_URL)"
_MIGRATIONS = Path(__file__).parent / "migrations"


async def migrate(dsn: str) -> None:
    """Apply what is missing. One transaction: all of it or nothing. OutOfReach where this role may not."""
    async with _connected(dsn) as connection:
        await connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
        await connection.run_sync(_upgrade)


async def is_current(dsn: str) -> bool:
    """Whether nothing is missing; nothing is changed."""
    async with _connected(dsn) as connection:
        return await connection.run_sync(lambda found: _is_current(found, ScriptDirectory.from_config(_config(found))))


@asynccontextmanager
async def _connected(dsn: str) -> AsyncIterator[AsyncConnection]:
    """A connection in a transaction, as alembic wants it."""

    async def connect() -> Any:
        return await asyncpg.connect(dsn)

    engine = create_async_engine("postgresql+asyncpg://", async_creator=connect, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            yield connection
    finally:
        await engine.dispose()


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection) -> None:
    config = _config(connection)
    if _is_current(connection, ScriptDirectory.from_config(config)):
        return
    if not connection.scalar(text("SELECT has_schema_privilege(current_schema(), 'CREATE')")):
        raise OutOfReach(f"it is not up to date, and this role may not change it: {HOW}")
    command.upgrade(config, "head")


def _is_current(connection: Connection, steps: ScriptDirectory) -> bool:
    """Whether nothing is missing. A newer database is one too: while a new version rolls out, an old one may start again."""
    found = MigrationContext.configure(connection).get_current_revision()
    newer = found is not None and found not in {step.revision for step in steps.walk_revisions()}
    if newer:
        log.warning("the database is newer than this version", extra={"event": "schema_newer"})
    return newer or found == steps.get_current_head()


def on_connection(connection: Connection, work: Callable[[Any], Awaitable[Any]]) -> None:
    """Do `work` on the asyncpg connection below, in the same transaction: for statements that come several at once."""
    below: Any = connection.connection.dbapi_connection
    below.run_async(work)
