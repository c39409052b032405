"""Virtual time: an event loop whose clock jumps to the next thing anybody waits for."""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class _Nobody(selectors.SelectSelector):
    """Watches no file; when the loop would wait, time has passed."""

    def __init__(self, passes: Callable[[float], None]) -> None:
        super().__init__()
        self._passes = passes

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            raise RuntimeError("everybody waits, and nothing will ever happen")
        self._passes(timeout)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """Seconds since the loop was made; `on_time` hears of every jump."""

    def __init__(self, on_time: Callable[[float], None]) -> None:
        self.now, self._on_time = 0.0, on_time
        super().__init__(_Nobody(self._pass))

    def time(self) -> float:
        return self.now

    def _pass(self, seconds: float) -> None:
        self.now += seconds
        self._on_time(self.now)


def run(work: Coroutine[Any, Any, T], on_time: Callable[[float], None]) -> T:
    """Run `work` in virtual time. The process's own stopwatch, time.monotonic, goes by it too."""
    loop, real = VirtualLoop(on_time), time.monotonic
    try:
        time.monotonic = loop.time
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            return runner.run(work)
    finally:
        time.monotonic = real
