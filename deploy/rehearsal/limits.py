"""How often one bot may call: Teams' published windows for each thread, and for the app in its tenant."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable

SEND = ((7, 1), (8, 2), (60, 30), (1800, 3600))
MEMBERS = ((14, 1), (16, 2), (120, 30), (3600, 3600))
APP = ((30, 1),)
MOST_THREADS = 5_000
Windows = tuple[tuple[int, int], ...]


class Limits:
    """Sliding windows by thread; `wait` answers how many seconds to wait, 0 when the call may go on."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._calls: dict[str, deque[float]] = {}

    def wait(self, thread: str, windows: Windows) -> int:
        now = self._clock()
        calls = self._calls.setdefault(thread, deque(maxlen=max(most for most, _ in windows)))
        if len(self._calls) > MOST_THREADS:
            self._calls.pop(next(iter(self._calls)))
        for most, seconds in windows:
            if len(calls) >= most and (left := calls[-most] + seconds - now) > 0:
                return max(1, math.ceil(left))
        calls.append(now)
        return 0
