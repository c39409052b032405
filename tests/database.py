"""Databases for tests: real PostgreSQL, one server for the whole session (and for sessions side by side), one database a test.

A database is copied from a migrated template, so it costs some 40 ms. Those of earlier sessions are dropped on the way.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import os
import time
from functools import cache
from pathlib import Path

import asyncpg

from bot.store import embedded, schema

_HOME = Path(f"/var/tmp/schoolgate-tests/{os.geteuid()}")
_KEPT = 3600
_numbers = itertools.count(1)


@cache
def server() -> str:
    """The DSN of the server's own database. Stopped when the last process that uses it ends."""
    return embedded.start(_HOME, careless=True).dsn


async def fresh_database(*, migrated: bool = True) -> str:
    """The DSN of a database nobody else uses."""
    dsn = await asyncio.to_thread(server)
    template = await _template(dsn) if migrated else None
    name = f"t_{int(time.time())}_{os.getpid()}_{next(_numbers)}"
    return await embedded.database(dsn, name, template=template)


async def _template(dsn: str) -> str:
    """The migrated database that the others are copied from, made anew when the migrations change."""
    name = f"template_{_fingerprint()}"
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("SELECT pg_advisory_lock(7)")
        names = {row["datname"] for row in await connection.fetch("SELECT datname FROM pg_database")}
        if name not in names:
            raw = await embedded.database(dsn, name + "_raw")
            await schema.migrate(raw)
            await connection.execute(f'ALTER DATABASE "{name}_raw" RENAME TO "{name}"')
        for old in names:
            if old.startswith("t_") and int(old.split("_")[1]) < time.time() - _KEPT:
                await connection.execute(f'DROP DATABASE IF EXISTS "{old}" WITH (FORCE)')
    finally:
        await connection.close()
    return name


@cache
def _fingerprint() -> str:
    """Of the migrations and of what they are made with."""
    files = sorted((Path(schema.__file__).parent / "migrations").rglob("*.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]
