"""What lies between Schoolgate and everything it talks to: calls that wait, fail, lose their answer, or are the last."""

from __future__ import annotations

import asyncio
import inspect
import random
from collections import Counter
from typing import TYPE_CHECKING, Any

from bot.ports import OutOfReach

if TYPE_CHECKING:
    from tests.simulation.process import Process

PLACES = ("store", "graph", "connector")
SLOWEST = {"store": 3.0, "graph": 8.0, "connector": 8.0}
"""Seconds: beyond three the store's own time limits say that it is out of reach."""
STATES = ("ok", "flaky", "slow", "down")


class Weather:
    """The same for every process. `strike_at` is the number of the call at which whoever makes it dies."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.states = dict.fromkeys(PLACES, "ok")
        self.calls = 0
        self.strike_at: int | None = None
        self.doubtful: Counter[str] = Counter()
        """How often a method had its effect and nobody heard of it: the answer was lost, or the caller died."""
        self.unwritten = 0
        """How often the place of a message that was posted could not be written down: the store was away, or the poster died."""

    def calm(self) -> None:
        """Nothing fails any more."""
        self.states = dict.fromkeys(PLACES, "ok")
        self.strike_at = None

    async def before(self, process: Process, place: str) -> None:
        """On the way there: nothing has happened yet."""
        self.calls += 1
        await self._pass(process, place)
        state = self.states[place]
        if state == "down" or (state == "flaky" and self.chance.random() < 0.25):
            raise OutOfReach("no answer", self.chance.choice((None, None, 2.0, 20.0)))

    async def after(self, process: Process, place: str, method: str) -> None:
        """On the way back: it has happened, whether anybody hears of it or not."""
        try:
            await self._pass(process, place)
        except asyncio.CancelledError:
            self.doubtful[method] += 1
            raise
        if self.states[place] == "flaky" and self.chance.random() < 0.15:
            self.doubtful[method] += 1
            raise OutOfReach("the answer was lost")

    async def _pass(self, process: Process, place: str) -> None:
        if process.dead:
            raise asyncio.CancelledError
        slow = SLOWEST[place] if self.states[place] == "slow" else 0.0
        await asyncio.sleep(self.chance.uniform(slow / 10, slow) or self.chance.uniform(0.001, 0.03))
        if self.strike_at is not None and self.calls >= self.strike_at:
            self.strike_at = None
            process.die()
            await asyncio.sleep(0)


class Through:
    """A part of the outside, as one process reaches it."""

    def __init__(self, part: Any, weather: Weather, process: Process, place: str) -> None:
        self._part, self._weather, self._process, self._place = part, weather, process, place

    def __getattr__(self, name: str) -> Any:
        inner = getattr(self._part, name)
        if not inspect.iscoroutinefunction(inner):
            return inner

        async def call(*args: Any, **named: Any) -> Any:
            try:
                await self._weather.before(self._process, self._place)
            except (OutOfReach, asyncio.CancelledError):
                self._weather.unwritten += name == "sent"
                raise
            found = await inner(*args, **named)
            await self._weather.after(self._process, self._place, name)
            return found

        return call
