"""The database goes away under a running bot, and comes back; Microsoft's side is not there when the bot starts."""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from deploy.rehearsal.player.house import ROOT
from deploy.rehearsal.player.process import Child
from tests.process.house import Microsoft, School, school_of
from tests.process.lives import eventually
from tests.process.onlooking import said_yes_to
from tests.process.people import OTTOLINE, PATEL, READING, TAMSIN, ZULEIKA, script
from tests.process.reckoning import nothing_lost, nothing_waits, one_card_each

_KNOWN = "SELECT 1 FROM events WHERE type = 'described' AND NOT EXISTS (SELECT FROM jobs WHERE status = 'picked')"


class Server:
    """A PostgreSQL of one's own, that commits for good and can be crashed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._child: Child | None = None
        self.dsn = ""

    async def start(self) -> None:
        command = [sys.executable, "-m", "bot.store.embedded", "--dir", str(self._folder)]
        self._child = await Child.start("the database server", command, folder=ROOT)
        self.dsn = (await self._child.line(lambda line: line.startswith("postgresql:"), 30)).strip()

    async def crash(self) -> None:
        """No goodbye: the server's processes stop where they are, and its starter with them."""
        assert self._child is not None
        postmaster = int((self._folder / "pg" / "postmaster.pid").read_text().split()[0])
        os.kill(postmaster, signal.SIGQUIT)
        os.killpg(self._child.pid, signal.SIGKILL)
        await self._child.end()

    async def end(self) -> None:
        if self._child is not None:
            await self._child.end()


@asynccontextmanager
async def own_server() -> AsyncIterator[Server]:
    with tempfile.TemporaryDirectory(prefix="schoolgate-outage-", ignore_cleanup_errors=True) as folder:
        server = Server(Path(folder))
        await server.start()
        try:
            yield server
        finally:
            await server.end()


async def test_the_database_goes_and_comes_back(microsoft: Microsoft, tmp_path: Path):
    """No event is answered 2xx while it cannot be kept; when the server is back the bot recovers by itself."""
    async with own_server() as server, school_of(microsoft, "outage", script(), server.dsn, tmp_path) as school:
        bot = school.bot()
        await bot.start()
        await school.do("start", READING)
        await school.do("join", READING, who=[PATEL, ZULEIKA, TAMSIN])
        await eventually(lambda: school.ask(_KNOWN), 15, "the class and the lesson being known")
        await server.crash()
        await bot.until(503, "/readyz", 10)
        await school.do("join", READING, who=[OTTOLINE])
        await school.sees(_answered_503, 10, "503 while there is no database")
        alive, _ = await bot.get("/livez")
        await server.start()
        await bot.until(200, "/readyz", 20)
        await school.do("leave", READING, who=[TAMSIN, OTTOLINE])  # her join may come again, and dates from before
        await school.sees(_alerted, 12, "the alert about a lone pupil, after the outage")
        await nothing_waits(school, 10)

        assert alive == 200
        assert await nothing_lost(school) >= 4
        assert await one_card_each(school) >= 2


def _answered_503(seen: list[dict[str, object]]) -> bool:
    return any(record["what"] == "sent" and record.get("status") == 503 for record in seen)


def _alerted(seen: list[dict[str, object]]) -> bool:
    return any(record["what"] == "posted" and ZULEIKA in str(record.get("text")) for record in seen)


async def test_microsoft_is_not_there_at_the_start(school: School):
    """The bot lives, says why it is not ready, and comes up by itself."""
    await school.switch(graph="down", login="down", keys="down", connector="down")
    bot = school.bot()
    await bot.start(ready=False)
    await bot.until(200, "/livez", 15)
    red = json.loads(await bot.until(503, "/readyz", 5))
    await school.switch(graph="ok", login="ok", keys="ok", connector="ok")
    await bot.until(200, "/readyz", 45)
    await school.do("start", READING)
    await school.do("join", READING, who=[PATEL])
    await school.sees(lambda seen: list(said_yes_to(seen)), 10, "an event being taken")

    assert any("keys" in reason for reason in red["reasons"])


async def test_no_name_can_be_resolved_at_the_start(school: School):
    """Without DNS the bot lives, says what it has not got, and takes nothing that it could not check."""
    nowhere = "https://microsoft.invalid"
    bot = school.bot(
        BOT_OPENID_METADATA_URL=f"{nowhere}/.well-known/openidconfiguration",
        ENTRA_AUTHORITY_URL=nowhere,
        GRAPH_URL=f"{nowhere}/v1.0",
    )
    await bot.start(ready=False)
    await bot.until(200, "/livez", 20)
    red = json.loads(await bot.until(503, "/readyz", 10))
    await school.do("join", READING, who=[PATEL])
    await school.sees(_answered_503, 10, "503 while nobody's signature can be checked")

    assert any("keys" in reason for reason in red["reasons"])
    assert not list(said_yes_to(await school.look()))
