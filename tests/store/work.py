"""A worker in tests of the queue: errands that remember, and waiting for the database to say so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from bot.ports import Job
from bot.store import jobs
from bot.store.queue import Worker

SCOPE = "tenant/school"


class Errands:
    """Writes down what it was given; does what it is told with each."""

    def __init__(self, *answers: BaseException | None) -> None:
        self.seen: list[Job] = []
        self._answers = list(answers)
        self._news = asyncio.Event()

    async def __call__(self, job: Job) -> None:
        self.seen.append(job)
        self._news.set()
        answer = self._answers.pop(0) if self._answers else None
        if answer is not None:
            raise answer

    async def until(self, count: int) -> None:
        async with asyncio.timeout(20):
            while len(self.seen) < count:
                self._news.clear()
                await self._news.wait()


async def connected(dsn: str) -> Any:
    return await asyncpg.connect(dsn)


async def enqueue(dsn: str, *wanted: Job) -> None:
    connection = await connected(dsn)
    await jobs.enqueue(connection, SCOPE, wanted)
    await connection.close()


async def settles(dsn: str, statement: str, expected: object) -> None:
    """Wait for the database to say so."""
    connection = await connected(dsn)
    async with asyncio.timeout(20):
        while await connection.fetchval(statement) != expected:
            await connection.execute("SELECT pg_sleep(0.02)")
    await connection.close()


@asynccontextmanager
async def working(dsn: str, errand: Callable[[Job], Any], clock: Any = None, **rest: Any) -> AsyncIterator[Worker]:
    worker = Worker(dsn, {"carry": errand}, clock or {}, scope=SCOPE, **rest)
    worker.start()
    yield worker
    await worker.stop()
