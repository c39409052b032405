"""Running one errand: what PgQueuer hears of it, how it is counted, when it is tried again."""

from __future__ import annotations

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

from pgqueuer.errors import RetryRequested
from pgqueuer.models import Job as QueuedJob

from bot.ports import Job, OutOfReach
from bot.store.jobs import LATE, unpack

log = logging.getLogger("schoolgate")

Errand = Callable[[Job], Awaitable[None]]
TRIES = 5
"""How often an errand that fails in a way we did not foresee is tried again."""

_MOST_FAULTS = 1000
_LONGEST_WAIT = 30.0
_LONGEST_ASKED = 300.0
"""However long a Retry-After is: an alert must not wait for tomorrow."""


class Runner:
    """Runs errands; of those that the queue hands over only so many at once, whatever number of connections does."""

    def __init__(self, errands: Mapping[str, Errand], counts: Counter[tuple[str, str]], at_once: int) -> None:
        self._errands = errands
        self._counts = counts
        self._room = asyncio.Semaphore(at_once)
        self._running: set[asyncio.Task[None]] = set()
        self.in_hand: set[int] = set()
        """The numbers of the jobs that were handed over and are not done with."""
        self._faults: Counter[int] = Counter()

    def hand_back(self) -> None:
        """Give up what runs: each goes back into the queue, ready at once."""
        for task in self._running:
            task.cancel()

    def runs(self, kind: str) -> Callable[[QueuedJob], Awaitable[None]]:
        """What PgQueuer calls for jobs of this kind."""

        async def run(queued: QueuedJob) -> None:
            if queued.id in self.in_hand:
                raise RetryRequested(delay=LATE, reason="still running")
            await self.run(kind, queued.id, queued.payload, self._room, queued.attempts)

        return run

    async def run(
        self, kind: str, number: int, job: Job | bytes | None, room: asyncio.Semaphore, attempts: int = 0
    ) -> None:
        """Run a job of the queue once there is room for it; RetryRequested where it is to be tried again."""
        self.in_hand.add(number)
        try:
            async with room:
                await self._run(kind, number, job, attempts)
        finally:
            self.in_hand.discard(number)

    async def _run(self, kind: str, number: int, job: Job | bytes | None, attempts: int) -> None:
        """Run an errand. PgQueuer hears only of success or of a wish to be tried again, never of what was in a failure."""
        task = asyncio.create_task(self._errand(kind, job))
        self._running.add(task)
        try:
            await task
        except OutOfReach as error:
            self._count(kind, "again", number, error)
            raise later(attempts, error.retry_after) from None
        except asyncio.CancelledError:
            current = asyncio.current_task()
            if current is not None and current.cancelling():
                raise
            raise RetryRequested(reason="handed back") from None
        except Exception as error:  # noqa: BLE001 -- whatever an errand raises, the others go on
            if len(self._faults) > _MOST_FAULTS:
                self._faults.clear()  # those of jobs that another replica has finished since
            self._faults[number] += 1
            if self._faults[number] > TRIES:
                del self._faults[number]
                self._count(kind, "dropped", number, error)
                return
            self._count(kind, "failed", number, error)
            raise later(attempts, None) from None
        finally:
            self._running.discard(task)
        self._faults.pop(number, None)
        self._counts[kind, "done"] += 1

    async def _errand(self, kind: str, job: Job | bytes | None) -> None:
        await self._errands[kind](job if isinstance(job, Job) else unpack(job))

    def _count(self, kind: str, outcome: str, number: int, error: Exception) -> None:
        """Only the type of a failure is logged: its words may hold a name."""
        self._counts[kind, outcome] += 1
        level = logging.INFO if outcome == "again" else logging.ERROR
        known = {"event": f"errand_{outcome}", "errand": kind, "job": number, "why": type(error).__name__}
        log.log(level, "errand %s", outcome, extra=known)


def later(attempts: int, retry_after: float | None) -> RetryRequested:
    """1, 2, 4 .. 30 seconds with jitter, and never less than the other side asked for, within reason."""
    wait = min(2.0 ** min(attempts, 10), _LONGEST_WAIT)
    wait = max(wait * random.uniform(0.75, 1.25), min(retry_after or 0.0, _LONGEST_ASKED))
    return RetryRequested(delay=timedelta(seconds=wait), reason="later")
