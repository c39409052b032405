"""The worker: it survives its connection, hands back what it cannot finish, and keeps time with others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import asyncpg
import pytest

from bot.ports import Job
from bot.store.inheriting import called, inherit
from bot.store.queue import Worker
from tests.store.work import SCOPE, Errands, connected, enqueue, settles, working


async def test_a_lost_connection_is_replaced_and_work_goes_on(dsn: str) -> None:
    """The server drops the worker: not healthy, healthy again at once, and nothing enqueued meanwhile is lost."""
    errand = Errands()
    async with working(dsn, errand) as worker:
        await enqueue(dsn, Job(kind="carry", decision=1))
        await errand.until(1)
        healthy = worker.healthy
        connection = await connected(dsn)
        await connection.execute(
            """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE application_name LIKE 'schoolgate worker %' AND datname = current_database()"""
        )
        await connection.close()
        async with asyncio.timeout(5):
            while worker.healthy:  # noqa: ASYNC110 -- health is asked for, never announced
                await asyncio.sleep(0)
        await enqueue(dsn, Job(kind="carry", decision=2))
        async with asyncio.timeout(3):
            await errand.until(2)
        again = worker.healthy

    assert (healthy, again) == (True, True)
    assert [job.decision for job in errand.seen][-1] == 2


async def test_a_database_that_is_not_there_is_waited_for(dsn: str) -> None:
    """The worker starts unhealthy and begins when the database comes."""
    errand = Errands()
    name = dsn.split("?", maxsplit=1)[0].rpartition("/")[2]
    missing = dsn.replace(name, f"{name}_late")
    worker = Worker(missing, {"carry": errand}, {}, scope=SCOPE)
    worker.start()
    admin = await connected(dsn.replace(name, "postgres"))
    unhealthy = worker.healthy

    await admin.execute(f'CREATE DATABASE "{name}_late" TEMPLATE "{name}"')
    await enqueue(missing, Job(kind="carry"))
    await errand.until(1)
    await worker.stop()
    await admin.close()

    assert not unhealthy


async def test_a_job_whose_process_died_is_picked_up_by_another(dsn: str) -> None:
    """A heartbeat older than the limit gives the job to whoever asks."""
    await enqueue(dsn, Job(kind="carry", decision=5))
    connection = await connected(dsn)
    await connection.execute(
        """UPDATE jobs SET status = 'picked', queue_manager_id = gen_random_uuid(),
        execute_after = now() - interval '1 min', heartbeat = now() - interval '21 s'"""
    )
    await connection.close()
    errand = Errands()

    async with working(dsn, errand):
        await errand.until(1)

    assert errand.seen == [Job(kind="carry", decision=5)]


LIVING = """SELECT count(*) FROM pg_stat_activity
WHERE application_name = 'schoolgate worker tenant/school' AND datname = current_database()"""
IN_HAND = "UPDATE jobs SET status = 'picked', queue_manager_id = gen_random_uuid(), heartbeat = now()"


async def test_who_begins_alone_takes_over_what_the_dead_had_in_hand(dsn: str) -> None:
    """Nobody waits for a heartbeat to grow old when there is nobody whose it could be."""
    await enqueue(dsn, Job(kind="carry", decision=5))
    connection = await connected(dsn)
    await connection.execute(IN_HAND)
    errand = Errands()
    async with asyncio.timeout(10), working(dsn, errand):
        await errand.until(1)
    await connection.close()

    assert errand.seen == [Job(kind="carry", decision=5)]


async def test_what_others_have_in_hand_is_left_to_them(dsn: str) -> None:
    """As long as another worker of the school lives; and what we run ourselves, and another school's, in any case."""
    await enqueue(dsn, Job(kind="carry", decision=5), Job(kind="carry", decision=6))
    living, ours, theirs = [
        await asyncpg.connect(dsn, server_settings={"application_name": called(scope)})
        for scope in (SCOPE, SCOPE, "tenant/other")
    ]
    await ours.execute(IN_HAND)
    ids = [row["id"] for row in await ours.fetch("SELECT id FROM jobs ORDER BY id")]
    beside = await inherit(ours, SCOPE, (), first=True)
    elsewhere = await inherit(theirs, "tenant/other", (), first=True)
    await living.close()
    await settles(dsn, LIVING, 1)
    alone = await inherit(ours, SCOPE, ids[:1], first=True)
    for connection in (ours, theirs):
        await connection.close()

    assert (beside, elsewhere, alone) == (0, 0, 1)


async def test_stopping_lets_what_runs_finish(dsn: str, caplog: pytest.LogCaptureFixture) -> None:
    """A job that is being run when we are told to stop is run to its end, once."""
    begun, go, done = asyncio.Event(), asyncio.Event(), []

    async def errand(job: Job) -> None:
        begun.set()
        await go.wait()
        done.append(job)

    worker = Worker(dsn, {"carry": errand}, {}, scope=SCOPE)
    worker.start()
    await enqueue(dsn, Job(kind="carry"))
    await asyncio.wait_for(begun.wait(), 10)
    stopping = asyncio.create_task(worker.stop())
    await asyncio.sleep(0)
    go.set()
    await stopping

    assert len(done) == 1
    assert caplog.records == []
    await settles(dsn, "SELECT count(*) FROM jobs", 0)


async def test_what_does_not_finish_in_time_is_handed_back(dsn: str) -> None:
    """It waits in the queue again, ready for the next process at once."""
    begun = asyncio.Event()

    async def errand(job: Job) -> None:
        begun.set()
        await asyncio.Event().wait()

    worker = Worker(dsn, {"carry": errand}, {}, scope=SCOPE)
    worker.start()
    await enqueue(dsn, Job(kind="carry", decision=9))
    await asyncio.wait_for(begun.wait(), 10)
    await worker.stop(grace=0.05)
    other = Errands()

    async with working(dsn, other):
        await other.until(1)

    assert other.seen == [Job(kind="carry", decision=9)]


async def test_duties_are_done_by_one_replica_and_taken_over(dsn: str) -> None:
    """Again and again by the one that holds the lock; by the other when it ends; and a fault stops none."""
    done: list[str] = []
    news = asyncio.Event()

    def duty(who: str) -> Any:
        async def run() -> None:
            done.append(who)
            news.set()
            if len(done) == 2:
                raise ValueError("a fault")

        return {"sweep": (0.02, run)}

    async def until(condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not condition():
                news.clear()
                await news.wait()

    async with working(dsn, Errands(), duty("first")) as first:
        await until(lambda: len(done) >= 4)
        async with working(dsn, Errands(), duty("second")):
            await until(lambda: len(done) >= 12)
            alone = set(done)
            await first.stop()
            await until(lambda: "second" in done)

    assert alone == {"first"}
    assert first.counts["sweep", "failed"] == 1
