"""Bringing a database up to date: alembic, configured here in code, under a lock so that replicas may start together."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

LOCK = 7_355_608
_MIGRATIONS = Path(__file__).parent / "migrations"


async def migrate(dsn: str) -> None:
    """Apply what is missing. One transaction: all of it or nothing."""

    async def connect() -> Any:
        return await asyncpg.connect(dsn)

    engine = create_async_engine("postgresql+asyncpg://", async_creator=connect, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
            await connection.run_sync(_upgrade)
    finally:
        await engine.dispose()


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def on_connection(connection: Connection, work: Callable[[Any], Awaitable[Any]]) -> None:
    """Do `work` on the asyncpg connection below, in the same transaction: for statements that come several at once."""
    below: Any = connection.connection.dbapi_connection
    below.run_async(work)
