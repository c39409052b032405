"""Why something was turned away, in the log: at once, then once a minute with how often. Never who, never what it said."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable

log = logging.getLogger("schoolgate.web")
_EVERY = 60.0


class Refusals:
    """Notes refusals by place and reason, both of few values, so that a flood of them is a handful of lines."""

    def __init__(self, every: float = _EVERY, clock: Callable[[], float] = time.monotonic) -> None:
        self._every = every
        self._clock = clock
        self._said: dict[tuple[str, str], float] = {}
        self._unsaid: Counter[tuple[str, str]] = Counter()

    def note(self, place: str, reason: str, status: int) -> None:
        """One more; `times` in the log counts those since the last line."""
        key, now = (place, reason), self._clock()
        self._unsaid[key] += 1
        if now - self._said.get(key, float("-inf")) < self._every:
            return
        self._said[key] = now
        fields = {"event": "turned_away", "place": place, "reason": reason, "status": status}
        log.info("turned away", extra={**fields, "times": self._unsaid.pop(key)})
