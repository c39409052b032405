"""Not faster than Teams lets a bot speak to one thread; the threads do not wait for each other."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

LIMITS: tuple[tuple[int, float], ...] = ((7, 1.0), (8, 2.0), (60, 30.0))
"""So many sends in so many seconds, by Microsoft's page of rate limits."""
_MOST_THREADS = 2000
_SLACK = 0.05


@dataclass(slots=True)
class _Thread:
    sends: deque[float]
    # a lock is first come, first served
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Pace:
    """Hands out turns to send."""

    def __init__(self, limits: Sequence[tuple[int, float]] = LIMITS) -> None:
        self._limits = limits
        self._most = max(count for count, _ in limits)
        self._longest = max(window for _, window in limits)
        self._threads: dict[str, _Thread] = {}

    async def turn(self, thread: str) -> None:
        """Wait for this thread's next turn."""
        mine = self._threads.get(thread)
        if mine is None:
            self._forget_idle()
            mine = self._threads[thread] = _Thread(deque(maxlen=self._most))
        clock = asyncio.get_running_loop().time
        async with mine.lock:
            if (wait := self._wait(mine.sends, clock())) > 0:
                await asyncio.sleep(wait)
            mine.sends.append(clock())

    def _wait(self, sends: deque[float], now: float) -> float:
        waits = (sends[-count] + window + _SLACK - now for count, window in self._limits if len(sends) >= count)
        return max(waits, default=0.0)

    def _forget_idle(self) -> None:
        if len(self._threads) < _MOST_THREADS:
            return
        now = asyncio.get_running_loop().time()
        idle = [
            name
            for name, one in self._threads.items()
            if not one.lock.locked() and (not one.sends or one.sends[-1] + self._longest < now)
        ]
        for name in idle:
            del self._threads[name]
