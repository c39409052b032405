"""Arrivals that come at once share a transaction, as people share a lift: at nine o'clock every lesson starts."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass, field

from bot.ports import Arrival, Before, OutOfReach, Receipt, Ruling
from bot.store.waiting import comes_within

AT_ONCE = 2
"""Transactions under way: while one waits for the database, the other is judged."""

SEATS = 64
"""Arrivals in one transaction."""


@dataclass(slots=True, eq=False)
class Asked:
    """An arrival and who judges it. The receipt is None until a transaction has taken it in."""

    arrival: Arrival
    rule: Callable[[Before], Ruling]
    receipt: Receipt | None = None


Commit = Callable[[Sequence[Asked]], Awaitable[None]]
"""Takes these in, in one transaction, as far as they can share it: what it leaves without a receipt has to come alone."""


@dataclass(slots=True, eq=False)
class Crowd:
    """Who waits. One who finds nobody waiting goes at once and alone; those of one meeting never go at the same time.

    Whatever goes wrong with a shared transaction is nobody's answer: each then comes alone, and has its own.
    """

    commit: Commit
    _waiting: OrderedDict[Hashable, list[tuple[Asked, asyncio.Future[None]]]] = field(default_factory=OrderedDict)
    _under_way: set[Hashable] = field(default_factory=set)
    _running: int = 0
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _calm: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._calm.set()

    async def calm(self, patience: float) -> bool:
        """Return once nobody is being taken in, or after `patience` seconds; which of the two."""
        return await comes_within(self._calm, patience)

    async def take(self, key: Hashable, asked: Asked) -> None:
        """Have it taken in; `key` is its meeting. What its own transaction raises is raised here."""
        if self._running < AT_ONCE and key not in self._under_way:
            self._begin([key])
            try:
                await self.commit([asked])
            finally:
                self._end([key])
            return
        done = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(key, []).append((asked, done))
        await done

    def _begin(self, keys: Sequence[Hashable]) -> None:
        self._running += 1
        self._calm.clear()
        self._under_way.update(keys)

    def _end(self, keys: Sequence[Hashable]) -> None:
        self._running -= 1
        self._under_way.difference_update(keys)
        while self._running < AT_ONCE and (keys := self._next()):
            self._begin(keys)
            going = [one for key in keys for one in self._waiting.pop(key)]
            task = asyncio.create_task(self._go(keys, going))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        if not self._running:
            self._calm.set()

    def _next(self) -> list[Hashable]:
        """The meetings that have waited longest, as many as there are seats for."""
        keys, seats = list[Hashable](), SEATS
        for key, waiting in self._waiting.items():
            if key in self._under_way:
                continue
            if keys and len(waiting) > seats:
                break
            keys.append(key)
            seats -= len(waiting)
        return keys

    async def _go(self, keys: Sequence[Hashable], going: Sequence[tuple[Asked, asyncio.Future[None]]]) -> None:
        going = [(asked, done) for asked, done in going if not done.cancelled()]
        try:
            if len(going) > 1:
                await self._together([asked for asked, _ in going])
            await asyncio.gather(*(self._alone(asked, done) for asked, done in going))
        finally:
            self._end(keys)

    async def _together(self, going: Sequence[Asked]) -> None:
        try:
            await self.commit(going)
        except Exception:  # noqa: BLE001 -- whoever it was meant for hears it when it has come alone
            for asked in going:
                asked.receipt = None

    async def _alone(self, asked: Asked, done: asyncio.Future[None]) -> None:
        try:
            if asked.receipt is None:
                await self.commit([asked])
        except Exception as error:  # noqa: BLE001 -- it is told to the one who waits for it
            if not done.done():
                done.set_exception(error)
        else:
            if not done.done():
                done.set_result(None)

    async def aclose(self) -> None:
        """Let those who are under way arrive; whoever still waits is told to come again."""
        for waiting in self._waiting.values():
            for _, done in waiting:
                if not done.done():
                    done.set_exception(OutOfReach("the store is closing"))
        self._waiting.clear()
        await asyncio.gather(*self._tasks, return_exceptions=True)
