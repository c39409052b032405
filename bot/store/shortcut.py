"""What leads to a removal is run at once by the process that has just committed it; the queue is its memory.

Such a job lies in the queue like any other, but comes due only later: if its process dies over it, somebody else finds it
there. Done twice it does no harm: a look-up is a look-up, and a decision is claimed before it is carried out (law 11).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence

from pgqueuer.errors import RetryRequested
from pgqueuer.queries import Queries

from bot.ports import Job
from bot.store import jobs
from bot.store.running import Runner
from bot.store.tables import FAILURES

AT_ONCE = 32
"""How many are run at the same time besides what the queue hands over. Whatever else is decided then takes the queue."""

TOGETHER = 0.05
"""How long what is done waits for others to be crossed out together with it, in seconds."""


class Shortcut:
    """Runs jobs right after their commit."""

    def __init__(self, runner: Runner, queue: Queries) -> None:
        self._runner = runner
        self._queue = queue
        self._running: set[asyncio.Task[None]] = set()
        self._done: list[int] = []
        self._crossing: asyncio.Task[None] | None = None
        self._closed = False
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def open(self) -> bool:
        """Whether there is room for one more."""
        return not self._closed and len(self._running) < AT_ONCE

    def run(self, committed: Sequence[tuple[int, Job]]) -> None:
        """Run these: their numbers in the queue, and what they are."""
        for number, job in committed:
            task = asyncio.create_task(self._run(number, job))
            self._running.add(task)
            self._idle.clear()
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not self._running:
            self._idle.set()

    async def idle(self, patience: float) -> None:
        """Return once nothing of this runs, or after `patience` seconds: for whoever can let it go first."""
        if self._running:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._idle.wait(), patience)

    async def _run(self, number: int, job: Job) -> None:
        try:
            await self._runner.run(job.kind, number, job)
        except RetryRequested as wish:
            await self._again(number, wish)
        else:
            self._done.append(number)
            if self._crossing is None or self._crossing.done():
                self._crossing = asyncio.create_task(self._cross_out())

    async def _again(self, number: int, wish: RetryRequested) -> None:
        """Leave it to the queue. Where that cannot be told it finds out by itself, later."""
        with contextlib.suppress(*FAILURES):
            await self._queue.retry_job(jobs.numbered(number), wish.delay, None)

    async def _cross_out(self) -> None:
        """Take what is done out of the queue. What is still there when its time comes is done once more, in vain."""
        while self._done:
            await asyncio.sleep(TOGETHER)
            done, self._done = self._done, []
            with contextlib.suppress(*FAILURES):
                await self._queue.log_jobs([(jobs.numbered(number), "successful", None) for number in done])

    async def close(self) -> None:
        """Take no more, and let those that run finish."""
        self._closed = True
        await asyncio.gather(*self._running)
        if self._crossing is not None:
            await self._crossing
