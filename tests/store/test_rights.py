"""The bot's own role: it does all that the store does, and nothing else; and who may bring the database up to date."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from urllib.parse import quote

import asyncpg
import pytest

from bot.events import Joined, account
from bot.ports import Arrival, Job, OutOfReach, Ruling
from bot.school import School
from bot.sitting import Meeting
from bot.store import embedded, schema
from bot.store.postgres import open_store
from bot.store.rights import TooMuch, prepare
from tests.database import fresh_database
from tests.store.conftest import TENANT
from tests.store.work import Errands, enqueue, working

ROOT = Path(__file__).parents[2]
PASSWORD = "a/b?c=d%e f'g"
FORBIDDEN = (
    "CREATE TABLE mine (a int)",
    "CREATE DATABASE mine",
    "CREATE ROLE mine",
    "ALTER TABLE events ADD COLUMN mine int",
    "DROP TABLE events",
    "TRUNCATE events",
    "UPDATE alembic_version SET version_num = 'mine'",
    "COPY events TO PROGRAM 'true'",
    "SELECT pg_read_file('/etc/passwd')",
)
TAKES_AWAY = re.compile(
    r"\b(DROP|RENAME|SET NOT NULL|TRUNCATE|DELETE FROM)\b|ALTER COLUMN\s+\w+\s+(SET DATA )?TYPE", re.IGNORECASE
)
_names = count(1)


def as_role(dsn: str, role: str, password: str = "") -> str:
    """The same database as somebody else."""
    secret = f":{quote(password, safe='')}" if password else ""
    return dsn.replace("postgres@", f"{role}{secret}@", 1)


@pytest.fixture
async def owners() -> str:
    """A database without any table, as its owner."""
    return await fresh_database(migrated=False)


@pytest.fixture
async def role(owners: str) -> AsyncIterator[str]:
    """The name of a role that nobody has made yet; it is gone afterwards."""
    name = f"bot_{os.getpid()}_{next(_names)}"
    yield name
    connection = await asyncpg.connect(owners)
    if await connection.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", name):
        await connection.execute(f'DROP OWNED BY "{name}"; DROP ROLE "{name}"')
    await connection.close()


async def test_the_store_and_the_queue_need_no_more(owners: str, role: str, school: School) -> None:
    """Events written, read and deleted, jobs enqueued and run, all by the role that may only read and write rows."""
    dsn = as_role(owners, role)
    await prepare(owners, dsn)
    await prepare(owners, dsn)
    errand = Errands()
    meeting = Meeting(TENANT, school.id, "19:meeting_a@thread.v2")
    event = Joined(at=datetime.now(UTC), person=account("ada"), endpoint="x")
    arrival = Arrival(events=(event,), meeting=meeting, digest=b"d")
    store = await open_store(dsn, school, TENANT)
    async with working(dsn, errand) as worker:
        receipt = await store.observe(arrival, lambda before: Ruling(events=(event,)))
        await store.purge()
        await enqueue(dsn, Job(kind="carry", decision=1))
        await errand.until(1)
        healthy = worker.healthy
    kept = await store.sitting(receipt.sitting_id or 0)
    await store.close()

    assert healthy
    assert kept is not None
    assert kept.sitting.present() == (account("ada"),)


@pytest.mark.parametrize("statement", FORBIDDEN)
async def test_the_role_may_do_nothing_else(owners: str, role: str, statement: str) -> None:
    """No table made, changed or emptied, no role, no database, no file, no program."""
    await prepare(owners, as_role(owners, role))
    connection = await asyncpg.connect(as_role(owners, role))

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute(statement)
    await connection.close()


async def test_a_role_that_may_more_is_refused(owners: str, role: str) -> None:
    """The owner itself, somebody who makes databases, somebody who owns a table."""
    with pytest.raises(TooMuch, match="user of its own"):
        await prepare(owners, owners)
    connection = await asyncpg.connect(owners)
    await connection.execute(f'CREATE ROLE "{role}" LOGIN CREATEDB')
    with pytest.raises(TooMuch, match=role):
        await prepare(owners, as_role(owners, role))
    await connection.execute(
        f'ALTER ROLE "{role}" NOCREATEDB; CREATE TABLE mine (a int); ALTER TABLE mine OWNER TO "{role}"'
    )
    with pytest.raises(TooMuch, match=role):
        await prepare(owners, as_role(owners, role))
    await connection.close()


async def test_an_old_database_is_not_served_by_a_role_that_may_not_change_it(
    owners: str, role: str, school: School
) -> None:
    """The start says what to run and as whom."""
    connection = await asyncpg.connect(owners)
    await connection.execute(f'CREATE ROLE "{role}" LOGIN')
    await connection.close()

    with pytest.raises(OutOfReach, match=r"not up to date.*bot\.store\.rights.*MIGRATION_URL"):
        await open_store(as_role(owners, role), school, TENANT)


async def test_an_older_version_serves_a_newer_database(owners: str, role: str, school: School) -> None:
    """While a new version rolls out the old one may have to start again, and a rollback must be possible."""
    await prepare(owners, as_role(owners, role))
    connection = await asyncpg.connect(owners)
    await connection.execute("UPDATE alembic_version SET version_num = 'of next year'")
    await connection.close()
    store = await open_store(as_role(owners, role), school, TENANT)

    assert await store.answers()
    await store.close()


def test_migrations_only_add() -> None:
    """What an older version reads and writes stays as it is; only so can both serve one database while one replaces the other."""
    steps = sorted((Path(schema.__file__).parent / "migrations" / "versions").glob("*.py"))

    assert len(steps) >= 2
    assert {
        path.name: found[0] for path in steps if (found := TAKES_AWAY.search(path.read_text(encoding="utf-8")))
    } == {}


@pytest.fixture
def asking() -> Iterator[str]:
    """A server that asks everybody for a password but its owner, and writes down every statement."""
    folder = Path(tempfile.mkdtemp(dir="/var/tmp", prefix="schoolgate-rights-"))
    server = embedded.start(folder, careless=True)
    rules = folder / "pg" / "pg_hba.conf"
    rules.write_text("local all postgres trust\nlocal all all scram-sha-256\n", encoding="ascii")
    yield server.dsn
    server.stop()
    shutil.rmtree(folder)


async def test_the_command_sets_a_password_that_no_log_ever_sees(asking: str, role: str, tmp_path: Path) -> None:
    """By secrets in files, as a container has them; the right password is let in, a wrong one is not, and neither is logged."""
    connection = await asyncpg.connect(asking)
    await connection.execute("ALTER SYSTEM SET log_statement = 'all'")
    await connection.execute("SELECT pg_reload_conf()")
    dsn = as_role(asking, role, PASSWORD)
    for name, value in (("MIGRATION_URL", asking), ("database_url", dsn)):
        (tmp_path / name).write_text(value + "\n", encoding="utf-8")
    command = [sys.executable, "-m", "bot.store.rights"]
    environment = {**os.environ, "SECRETS_DIR": str(tmp_path)}
    done = await asyncio.to_thread(
        subprocess.run, command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(as_role(asking, role, PASSWORD + "!"))
    inside = await asyncpg.connect(dsn)
    rows = await inside.fetchval("SELECT count(*) FROM events")
    await inside.close()
    await connection.close()
    said = _logged(Path(asking.partition("host=")[2]))

    assert (done.returncode, done.stderr, rows) == (0, "", 0)
    assert PASSWORD not in done.stdout
    assert "ALTER ROLE" in said
    assert PASSWORD not in said


def _logged(data: Path) -> str:
    return "".join(path.read_text(errors="replace") for path in data.rglob("*log*") if path.is_file())


async def test_the_command_says_what_is_wrong(owners: str, tmp_path: Path) -> None:
    """Without its settings, and without a database, in words and without a secret."""
    nowhere = "postgresql://postgres:hidden@127.0.0.1:1/schoolgate"
    environment = {**os.environ, "SECRETS_DIR": str(tmp_path), "DATABASE_URL": nowhere.replace("postgres:", "bot:")}
    command = [sys.executable, "-m", "bot.store.rights"]
    for more, code, word in ({}, 2, "MIGRATION_URL: is missing"), ({"MIGRATION_URL": nowhere}, 1, "cannot be used"):
        done = await asyncio.to_thread(
            subprocess.run, command, cwd=ROOT, env=environment | more, capture_output=True, text=True, check=False
        )
        assert (done.returncode, word in done.stderr) == (code, True), done.stderr
        assert "hidden" not in done.stderr
        assert "Traceback" not in done.stderr
