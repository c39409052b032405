"""What leads to a removal is run at once by the process that has just committed it; the queue is its memory.

Such a job lies in the queue like any other, but comes due only later, and later again while it runs: if its process dies over
it, somebody else finds it there. Done by two at a time it has no second effect: a look-up is a look-up, and a decision is
claimed before it is carried out (law 11).
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
from bot.store.waiting import comes_within

AT_ONCE = 32
"""How many are run at the same time besides what the queue hands over. Whatever else is decided then takes the queue."""

RENEWED = 5.0
"""How often the queue is told, in seconds, that what runs is still being run: well within jobs.LATE."""

TOGETHER = 0.05
"""How long what is done waits for others to be crossed out together with it, in seconds."""

_STILL = """
UPDATE jobs SET execute_after = now() + $2::interval
WHERE id = ANY ($1::bigint[]) AND status = 'queued' AND headers ? $3 AND attempts = 0
"""


class Shortcut:
    """Runs jobs right after their commit."""

    def __init__(self, runner: Runner, queue: Queries) -> None:
        self._runner = runner
        self._queue = queue
        self._running: dict[asyncio.Task[None], int] = {}
        self._room = asyncio.Semaphore(AT_ONCE)
        self._done: list[int] = []
        self._crossing: asyncio.Task[None] | None = None
        self._renewing: asyncio.Task[None] | None = None
        self._closed = False
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def places(self) -> int:
        """For how many more there is room."""
        return 0 if self._closed else max(AT_ONCE - len(self._running), 0)

    def run(self, committed: Sequence[tuple[int, Job]]) -> None:
        """Run these: their numbers in the queue, and what they are. Once closed, the queue has them when their time comes."""
        if self._closed or not committed:
            return
        for number, job in committed:
            task = asyncio.create_task(self._run(number, job))
            self._running[task] = number
            task.add_done_callback(self._ended)
        self._idle.clear()
        if self._renewing is None or self._renewing.done():
            self._renewing = asyncio.create_task(self._renew())

    def _ended(self, task: asyncio.Task[None]) -> None:
        del self._running[task]
        if not self._running:
            self._idle.set()

    async def idle(self, patience: float) -> bool:
        """Return once nothing of this runs, or after `patience` seconds; which of the two."""
        return await comes_within(self._idle, patience)

    async def _run(self, number: int, job: Job) -> None:
        try:
            await self._runner.run(job.kind, number, job, self._room)
        except RetryRequested as wish:
            await self._again(number, wish)
        else:
            self._done.append(number)
            if self._crossing is None or self._crossing.done():
                self._crossing = asyncio.create_task(self._cross_out())

    async def _renew(self) -> None:
        """Say that we live, as long as anything runs: or another would find it in the queue and do it beside us."""
        while self._running:
            await asyncio.sleep(RENEWED)
            if numbers := list(self._running.values()):
                with contextlib.suppress(*FAILURES):
                    await self._queue.driver.execute(_STILL, numbers, jobs.LATE, jobs.OURS)

    async def _again(self, number: int, wish: RetryRequested) -> None:
        """Leave it to the queue. Where that cannot be told, the queue has it when its time comes."""
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
        while self._running:
            await asyncio.wait([*self._running])
        if self._renewing is not None:
            self._renewing.cancel()
        if self._crossing is not None:
            await self._crossing
