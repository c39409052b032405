"""Jobs on real PostgreSQL: run, put off, tried again."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.ports import Job, OutOfReach
from bot.store import jobs
from bot.store.queue import Worker
from bot.store.running import TRIES, later
from tests.store.work import SCOPE, Errands, connected, enqueue, settles, working


async def test_a_job_is_run_with_what_it_carries_and_only_by_its_school(dsn: str) -> None:
    """Another school's job on the same database is not ours."""
    errand = Errands()
    connection = await connected(dsn)
    await jobs.enqueue(connection, "tenant/other", [Job(kind="carry", decision=1)])
    await connection.close()
    wanted = Job(kind="carry", sitting=3, decision=7)

    async with working(dsn, errand) as worker:
        await enqueue(dsn, wanted)
        await errand.until(1)
        await settles(dsn, "SELECT count(*) FROM jobs", 1)

    assert errand.seen == [wanted]
    assert worker.counts["carry", "done"] == 1
    assert not worker.healthy


async def test_a_job_of_a_transaction_that_was_undone_never_runs(dsn: str) -> None:
    """Enqueued on the connection of the decision, it exists only if the decision does."""
    errand = Errands()
    connection = await connected(dsn)
    async with working(dsn, errand):
        transaction = connection.transaction()
        await transaction.start()
        await jobs.enqueue(connection, SCOPE, [Job(kind="carry", decision=1)])
        await transaction.rollback()
        await jobs.enqueue(connection, SCOPE, [Job(kind="carry", decision=2)])
        await errand.until(1)
        await settles(dsn, "SELECT count(*) FROM jobs", 0)
    await connection.close()

    assert [job.decision for job in errand.seen] == [2]


async def test_a_job_for_later_waits(dsn: str) -> None:
    """`after` is kept by the database, to a tenth of a second."""
    errand = Errands()
    async with working(dsn, errand):
        began = asyncio.get_running_loop().time()
        await enqueue(dsn, Job(kind="carry", after=0.8))
        await errand.until(1)
        took = asyncio.get_running_loop().time() - began

    assert 0.79 <= took < 3


async def test_actions_outrank_looks(dsn: str) -> None:
    """What waits longest is not always what is done first (law 8)."""
    order: list[str] = []
    done = asyncio.Event()

    def errand(kind: str) -> Any:
        async def run(job: Job) -> None:
            order.append(kind)
            if len(order) == 4:
                done.set()

        return run

    await enqueue(dsn, Job(kind="look"), Job(kind="carry"), Job(kind="identify"), Job(kind="act"))
    errands = {kind: errand(kind) for kind in ("look", "identify", "carry", "act")}
    worker = Worker(dsn, errands, {}, scope=SCOPE)
    worker.start()
    await asyncio.wait_for(done.wait(), 10)
    await worker.stop()

    assert order == ["act", "identify", "carry", "look"]


async def test_out_of_reach_is_tried_again_when_the_other_side_said(dsn: str) -> None:
    """Tried again, not before `retry_after`."""
    errand = Errands(OutOfReach("busy", retry_after=1.5))
    async with working(dsn, errand) as worker:
        began = asyncio.get_running_loop().time()
        await enqueue(dsn, Job(kind="carry", decision=1))
        await errand.until(2)
        took = asyncio.get_running_loop().time() - began

    assert took >= 1.49
    assert worker.counts["carry", "again"] == 1


def test_waits_grow_to_half_a_minute() -> None:
    """1, 2, 4 .. 30 seconds with jitter, never less than asked for."""
    waits = [later(attempts, None).delay.total_seconds() for attempts in (0, 1, 2, 9, 500)]

    for wait, middle in zip(waits, (1, 2, 4, 30, 30), strict=True):
        assert 0.75 * middle <= wait <= 1.25 * middle
    assert later(0, 77.0).delay.total_seconds() == 77


def test_nobody_waits_for_tomorrow() -> None:
    """A Retry-After of hours is kept for five minutes only."""
    delay = later(0, 36_000.0).delay

    assert delay is not None
    assert delay.total_seconds() == 300


async def test_a_fault_is_tried_five_times_more_and_its_words_are_kept_nowhere(
    dsn: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A child's name in an exception reaches neither log nor table."""
    errand = Errands(*(ValueError("Ada Lovelace") for _ in range(TRIES + 1)))
    async with working(dsn, errand) as worker:
        await enqueue(dsn, Job(kind="carry"))
        for tries in range(1, TRIES + 2):
            await errand.until(tries)
            await settles(dsn, "SELECT count(*) FROM job_log WHERE traceback IS NOT NULL", min(tries, TRIES))
            await _hurry(dsn)
        await settles(dsn, "SELECT count(*) FROM jobs WHERE entrypoint = 'tenant/school/carry'", 0)

    connection = await connected(dsn)
    kept = str(await connection.fetch("TABLE job_log"))
    await connection.close()
    assert (worker.counts["carry", "failed"], worker.counts["carry", "dropped"]) == (TRIES, 1)
    assert "Lovelace" not in caplog.text + kept
    assert "ValueError" in str([vars(record) for record in caplog.records])


async def _hurry(dsn: str) -> None:
    connection = await connected(dsn)
    await connection.execute("UPDATE jobs SET execute_after = now() WHERE status = 'queued'")
    await jobs.enqueue(connection, "tenant/other", [Job(kind="carry")])  # a new job wakes every worker
    await connection.close()


async def test_a_burst_is_run_some_at_once(dsn: str) -> None:
    """Never more at once than allowed, and all of them."""
    running, most, done = 0, 0, asyncio.Event()
    count = 0

    async def errand(job: Job) -> None:
        nonlocal running, most, count
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.01)
        running -= 1
        count += 1
        if count == 60:
            done.set()

    await enqueue(dsn, *(Job(kind="carry", decision=number) for number in range(60)))
    async with working(dsn, errand, at_once=6):
        await asyncio.wait_for(done.wait(), 20)

    assert 2 <= most <= 6
