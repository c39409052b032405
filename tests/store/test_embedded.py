"""The server in a wheel, as its own process and as ours."""

from __future__ import annotations

import asyncio
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from bot.store import embedded
from tests.database import server


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(dir="/var/tmp", prefix="schoolgate-"))
    yield folder
    shutil.rmtree(folder)


async def _starter(home: Path) -> tuple[asyncio.subprocess.Process, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-W", "error", "-m", "bot.store.embedded", "--dir", str(home), stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    line = await asyncio.wait_for(process.stdout.readline(), 30)
    return process, line.decode().strip()


async def _ask(dsn: str, question: str) -> object:
    connection = await asyncpg.connect(dsn)
    answer = await connection.fetchval(question)
    await connection.close()
    return answer


async def test_it_outlives_a_killed_process_and_is_taken_over_and_stopped(home: Path) -> None:
    """After a kill -9 the next starter finds the same server, and the last to leave stops it."""
    killed, dsn = await _starter(home)
    born = await _ask(dsn, "SELECT pg_postmaster_start_time()")
    killed.send_signal(signal.SIGKILL)
    await killed.wait()

    second, again = await _starter(home)
    third, _ = await _starter(home)
    same = await _ask(again, "SELECT pg_postmaster_start_time()")
    second.send_signal(signal.SIGTERM)
    codes = [await second.wait()]
    still = await _ask(again, "SELECT pg_postmaster_start_time()")
    third.send_signal(signal.SIGTERM)
    codes.append(await third.wait())

    assert dsn == again
    assert dsn.startswith("postgresql://postgres@/schoolgate?host=")
    assert born == same == still
    assert codes == [0, 0]
    with pytest.raises(OSError, match=r"postmaster|No such file|refused|\.s\.PGSQL"):
        await asyncpg.connect(dsn)


async def test_a_database_is_created_once_and_its_name_is_checked() -> None:
    """Whoever asks first creates it; nothing but a plain name gets into the statement."""
    dsn = await asyncio.to_thread(server)

    found = await asyncio.gather(*(embedded.database(dsn, "made_once") for _ in range(3)))

    assert len(set(found)) == 1
    assert await _ask(found[0], "SELECT current_database()") == "made_once"
    with pytest.raises(ValueError, match="not a database name"):
        await embedded.database(dsn, 'x"; DROP DATABASE made_once; --')


def test_a_folder_of_somebody_else_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Data is not trusted to a folder that another user made under our name."""
    mine = home.stat().st_uid
    monkeypatch.setattr(embedded.os, "geteuid", lambda: mine + 1)

    with pytest.raises(PermissionError, match="belongs to somebody else"):
        embedded.start(home)
