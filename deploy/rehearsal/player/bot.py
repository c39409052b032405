"""The bot of one lesson: started, waited for, killed and started again, and always ended."""

import asyncio
import contextlib
import time
from collections.abc import Callable

import aiohttp

from deploy.rehearsal.player.house import ROOT, House
from deploy.rehearsal.player.process import Child, Died, free_port

READY_WITHIN = 60


class Bot:
    """One bot in all its lives: each has the same port, the same settings and the same store."""

    def __init__(self, house: House, hear: Callable[[str], None]) -> None:
        self._house, self._hear = house, hear
        self._port = free_port()
        self._environment: dict[str, str] = {}
        self._lives: list[Child] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def port(self) -> int:
        return self._port

    @property
    def lines(self) -> list[str]:
        """All it has said, in all its lives."""
        return [line for life in self._lives for line in life.lines]

    async def start(self, environment: dict[str, str]) -> None:
        self._environment = environment
        await self._live()

    async def restart(self, down: float) -> None:
        """Kill it, leave it dead for `down` seconds, and start it again."""
        await self._lives[-1].kill()
        await asyncio.sleep(down)
        await self._live()

    async def _live(self) -> None:
        life = await Child.start("the bot", self._house.bot, self._environment, ROOT)
        self._house.bots.append(life)
        self._lives.append(life)
        life.listen(self._hear)
        until = time.monotonic() + READY_WITHIN
        while time.monotonic() < until:
            life.check()
            with contextlib.suppress(aiohttp.ClientError):
                async with self._house.session.get(f"{self.url}/readyz") as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.1)
        raise Died(f"the bot was not ready in {READY_WITHIN} s")

    def check(self) -> None:
        self._lives[-1].check()

    async def end(self) -> None:
        for life in self._lives:
            await life.end()
