"""More than anybody sends is not taken (threat T14). What is said goes first, joins last: each has a measure of its own.

A flood of words in one lesson takes nothing from its joins, nor from any other lesson; and whoever says little is heard
though the others of the chat shout.

Each process measures what it hears itself: of n replicas the school may say and do n times as much. A measure that all share
would ask the store at every event, and keep busy just what it is to keep from being busy; a flood of one lesson is a flood
of every replica that hears it.
"""

from __future__ import annotations

from dataclasses import dataclass

from throttled import RateLimiterType, Throttled, rate_limiter
from throttled.store import MemoryStore

from bot.teams.refusal import TurnedAway

_QUIET = 3
_KEYS = 4096


@dataclass(frozen=True, slots=True)
class Measure:
    """`burst` at once, and `a_second` from then on."""

    a_second: int
    burst: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """What is taken. Three hundred people who come, go and come again in a minute are far within it."""

    said_by_one: Measure = Measure(1, 10)
    said_in_one: Measure = Measure(5, 60)
    said_in_all: Measure = Measure(50, 600)
    seen_in_one: Measure = Measure(150, 3000)
    seen_in_all: Measure = Measure(1500, 30_000)
    called_in_one: Measure = Measure(20, 600)


class Flood:
    """Counts what comes in, by whom, meeting and tenant. Raises TurnedAway with when to come again; `shed` counts those."""

    def __init__(self, measures: Measures = Measures()) -> None:
        self.shed = 0
        self._quiet = max(measures.said_by_one.burst - _QUIET, 0)
        self._said_by_one, self._said_in_one = _limit(measures.said_by_one), _limit(measures.said_in_one)
        self._said_in_all, self._called_in_one = _limit(measures.said_in_all), _limit(measures.called_in_one)
        self._seen_in_one, self._seen_in_all = _limit(measures.seen_in_one), _limit(measures.seen_in_all)

    def said(self, conversation: str, by: str) -> None:
        """A command or a pressed button: 429, for whoever wrote it is a person who can wait."""
        own = self._said_by_one.limit(f"{conversation} {by}")
        if own.limited:
            raise self._away(429, "shed_said", own.state.retry_after)
        if own.state.remaining < self._quiet:
            self._take(self._said_in_one, conversation, 429, "shed_said")
            self._take(self._said_in_all, "all", 429, "shed_said")

    def seen(self, meeting: str) -> None:
        """Somebody came or went, a meeting began or ended: 503, so that Teams tells it again."""
        self._take(self._seen_in_one, meeting, 503, "shed_seen")
        self._take(self._seen_in_all, "all", 503, "shed_seen")

    def called(self, mark: str) -> None:
        """A notice of a call."""
        self._take(self._called_in_one, mark, 503, "shed_call")

    def _take(self, limit: Throttled, key: str, status: int, reason: str) -> None:
        result = limit.limit(key)
        if result.limited:
            raise self._away(status, reason, result.state.retry_after)

    def _away(self, status: int, reason: str, retry_after: float) -> TurnedAway:
        self.shed += 1
        return TurnedAway(status, reason, retry_after=retry_after)


def _limit(measure: Measure) -> Throttled:
    """By GCRA, the one of the library's ways that goes by a clock nobody sets back; the oldest keys are forgotten."""
    return Throttled(
        using=RateLimiterType.GCRA.value,
        quota=rate_limiter.per_sec(measure.a_second, burst=measure.burst),
        store=MemoryStore(options={"MAX_SIZE": _KEYS}),
    )
