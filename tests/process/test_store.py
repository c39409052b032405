"""The database's connection cut in the middle of a commit, and its disk full: what was answered with yes is kept."""

from __future__ import annotations

import asyncio
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import pytest

from tests.database import fresh_database
from tests.process.house import Microsoft, School, school_of
from tests.process.lives import eventually
from tests.process.onlooking import said_yes_to
from tests.process.people import BARNABY, HARCOURT, MATHS, OKAFOR, OTTOLINE, PATEL, READING, TAMSIN, ZULEIKA, script
from tests.process.reckoning import alerts, nothing_lost, nothing_waits, one_card_each
from tests.process.test_outage import Server
from tests.process.wire import cut_wire

SPACE = 260
"""Megabytes of the disk that fills up: an empty server takes some 60."""


async def alone_at_last(school: School) -> None:
    """After all that went wrong: a pupil is alone, and it is told."""
    await school.do("join", READING, who=[PATEL, ZULEIKA])
    channel = school.cast.channel
    await school.sees(lambda seen: alerts(seen, about=ZULEIKA, chat=channel), 40, "the alert about a lone pupil")
    await nothing_waits(school, 40)


async def stream(school: School) -> None:
    """People come and go in another lesson, for ever."""
    there: set[str] = set()
    while True:
        for who in (OKAFOR, OTTOLINE, BARNABY, TAMSIN, HARCOURT):
            await school.do("leave" if who in there else "join", MATHS, who=[who])
            there ^= {who}
            await asyncio.sleep(0.02)


@asynccontextmanager
async def streaming(school: School) -> AsyncIterator[None]:
    task = asyncio.create_task(stream(school))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_cut_in_the_middle_of_a_commit(microsoft: Microsoft, tmp_path: Path):
    """Before the database heard of it or after, many times: nothing that was answered 2xx is lost, nothing is decided twice."""
    dsn = await fresh_database()
    async with cut_wire(dsn, seed=5) as wire, school_of(microsoft, "cut", script(), dsn, tmp_path) as school:
        await school.bot(DATABASE_URL=wire.dsn).start()
        wire.cutting = 0.2
        async with streaming(school):

            async def cut() -> bool:
                return min(wire.cuts["before"], wire.cuts["after"]) >= 10

            await eventually(cut, 60, f"ten cuts of each kind; {wire.cuts}")
        wire.cutting = 0.0
        await alone_at_last(school)

        assert await nothing_lost(school) > 20
        assert await one_card_each(school) >= 2


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    """A disk of one's own that can be filled; skipped where nobody may mount one."""
    with tempfile.TemporaryDirectory(prefix="schoolgate-disk-") as folder:
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "none", folder], capture_output=True
        )
        if mounted.returncode:
            pytest.skip("a full disk needs a file system of its own, and nobody may mount one here")
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)


def fill(file: Path) -> None:
    """To the last byte."""
    with suppress(OSError), file.open("wb") as ballast:
        while True:
            ballast.write(b"\0" * 65536)
            ballast.flush()


async def test_the_disk_is_full(microsoft: Microsoft, tmp_path: Path):
    """What cannot be kept is answered 503; when there is room again all goes on by itself."""
    with small_disk(SPACE) as disk:
        server = Server(disk)
        await server.start()
        try:
            async with school_of(microsoft, "full", script(), server.dsn, tmp_path) as school:
                await school.bot().start()
                async with streaming(school):
                    await school.sees(lambda seen: len(list(said_yes_to(seen))) > 10, 30, "a lesson under way")
                    fill(disk / "ballast")
                    await school.sees(_refused, 40, "503 while nothing can be kept")
                    (disk / "ballast").unlink(missing_ok=True)
                await alone_at_last(school)

                assert await nothing_lost(school) > 10
                assert await one_card_each(school) >= 2
        finally:
            await server.end()


def _refused(seen: list[dict[str, object]]) -> bool:
    return any(record["what"] == "sent" and record.get("status") == 503 for record in seen)
