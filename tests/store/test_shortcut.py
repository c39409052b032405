"""What leads to a removal is run by the process that committed it, and found in the queue if that one dies over it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from bot.ports import Arrival, Job, OutOfReach, Ruling
from bot.sitting import Meeting
from bot.store import shortcut
from bot.store.inheriting import called, inherit
from bot.store.jobs import URGENT
from bot.store.postgres import PostgresStore
from bot.store.queue import BRIEFLY, PATIENCE, Worker
from bot.store.shortcut import AT_ONCE
from tests.store.lessons import ADA, PATEL, join, joined
from tests.store.work import Errands, settles

WAITING = "SELECT count(*) FROM jobs WHERE execute_after > now() + interval '5 seconds'"
LIVING = """SELECT count(*) FROM pg_stat_activity
WHERE application_name LIKE 'schoolgate worker %' AND datname = current_database()"""
ALL = "SELECT count(*) FROM jobs"


def wanting(*jobs: Job) -> Any:
    """A rule that asks for these."""
    return lambda before: Ruling(events=(joined(ADA, 1),), jobs=jobs)


class Place:
    """A store with a worker of its own, which is not started: what is run, its own shortcut runs."""

    def __init__(self, store: PostgresStore, dsn: str, meeting: Meeting) -> None:
        self.store, self.dsn, self.meeting = store, dsn, meeting

    def worker(self, errand: Any, **more: Any) -> Worker:
        kinds = dict.fromkeys([*URGENT, "carry", "look"], errand)
        worker = Worker(self.dsn, kinds, {}, scope=self.store.scope, pool=self.store.pool, **more)
        self.store.shortcut = worker.shortcut
        return worker

    async def asks(self, *jobs: Job) -> None:
        await self.store.observe(Arrival(events=(joined(ADA, 1),), meeting=self.meeting), wanting(*jobs))


@pytest.fixture
async def place(store: PostgresStore, dsn: str, meeting: Meeting) -> AsyncIterator[Place]:
    await join(store, meeting, joined(PATEL))
    made = Place(store, dsn, meeting)
    yield made
    if store.shortcut is not None:
        await store.shortcut.close()


async def test_it_is_run_without_the_queue_and_crossed_out_there(place: Place) -> None:
    errand = Errands()
    place.worker(errand)
    await place.asks(Job(kind="identify", person=ADA))
    await errand.until(1)

    await settles(place.dsn, ALL, 0)
    assert errand.seen == [Job(kind="identify", person=ADA)]


async def test_what_can_wait_takes_the_queue(place: Place) -> None:
    """So does what is urgent, but not yet."""
    errand = Errands()
    place.worker(errand)
    await place.asks(Job(kind="carry"), Job(kind="identify", person=ADA, after=60))

    await settles(place.dsn, ALL, 2)
    await settles(place.dsn, "SELECT count(*) FROM jobs WHERE entrypoint LIKE '%/carry' AND execute_after <= now()", 1)
    assert errand.seen == []


async def test_while_it_runs_the_queue_keeps_it_for_later(place: Place) -> None:
    go = asyncio.Event()

    async def errand(job: Job) -> None:
        await go.wait()

    place.worker(errand)
    await place.asks(Job(kind="act", decision=1))
    await settles(place.dsn, WAITING, 1)
    go.set()

    await settles(place.dsn, ALL, 0)


async def test_one_that_cannot_be_done_now_is_left_to_the_queue(place: Place) -> None:
    """As soon as any other that was out of reach."""
    errand = Errands(OutOfReach("busy", retry_after=2.0), ValueError("Ada"))
    worker = place.worker(errand)
    await place.asks(Job(kind="act", decision=1), Job(kind="act", decision=2))

    await settles(place.dsn, "SELECT count(*) FROM jobs WHERE attempts = 1 AND status = 'queued'", 2)
    await settles(place.dsn, WAITING, 0)
    assert (worker.counts["act", "again"], worker.counts["act", "failed"]) == (1, 1)


async def test_when_a_process_dies_over_it_the_next_finds_it(place: Place) -> None:
    """At once if it begins alone; while others live, when its time comes."""
    place.worker(Errands())
    living_one, place.store.shortcut = place.store.shortcut, Lost()
    await place.asks(Job(kind="act", decision=1))
    place.store.shortcut = living_one
    living, ours = [
        await asyncpg.connect(place.dsn, server_settings={"application_name": called(place.store.scope)})
        for _ in range(2)
    ]
    beside = await inherit(ours, place.store.scope, (), first=True)
    await living.close()
    await settles(place.dsn, LIVING, 1)
    alone = await inherit(ours, place.store.scope, (), first=True)
    await ours.close()

    assert (beside, alone) == (0, 1)
    await settles(place.dsn, "SELECT count(*) FROM jobs WHERE execute_after <= now()", 1)


class Lost:
    """A shortcut whose process dies as soon as it has committed."""

    places = AT_ONCE

    def run(self, committed: Any) -> None:
        pass


async def test_what_still_runs_is_not_run_again_by_the_queue(place: Place) -> None:
    begun, go = asyncio.Event(), asyncio.Event()
    seen: list[Job] = []

    async def errand(job: Job) -> None:
        seen.append(job)
        begun.set()
        await go.wait()

    worker = place.worker(errand)
    worker.start()
    await place.asks(Job(kind="act", decision=1))
    await begun.wait()
    connection = await asyncpg.connect(place.dsn)
    await connection.execute("UPDATE jobs SET execute_after = now()")
    await connection.close()
    await settles(place.dsn, "SELECT count(*) FROM jobs WHERE attempts = 1 AND status = 'queued'", 1)
    go.set()
    await settles(place.dsn, ALL, 0)
    await worker.stop()

    assert len(seen) == 1


async def test_so_many_run_at_once_and_the_rest_take_the_queue(place: Place) -> None:
    """Be they of one commit or of several."""
    go = asyncio.Event()
    seen: list[Job] = []

    async def errand(job: Job) -> None:
        seen.append(job)
        await go.wait()

    place.worker(errand)
    await place.asks(*(Job(kind="act", decision=each) for each in range(AT_ONCE + 2)))
    await place.asks(Job(kind="act", decision=AT_ONCE + 2))
    await settles(place.dsn, "SELECT count(*) FROM jobs WHERE execute_after <= now()", 3)
    go.set()
    await settles(place.dsn, ALL, 3)

    assert len(seen) == AT_ONCE


async def test_as_long_as_it_runs_the_queue_is_told_so(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another replica would find it there else, and its end would be the other's."""
    monkeypatch.setattr(shortcut, "RENEWED", 0.05)
    go = asyncio.Event()

    async def errand(job: Job) -> None:
        await go.wait()

    place.worker(errand)
    await place.asks(Job(kind="act", decision=1))
    connection = await asyncpg.connect(place.dsn)
    await connection.execute("UPDATE jobs SET execute_after = now() + interval '1 second'")
    await settles(place.dsn, WAITING, 1)
    await connection.close()
    go.set()

    await settles(place.dsn, ALL, 0)


async def test_what_was_put_back_keeps_its_time(place: Place) -> None:
    """A process that begins alone does not ask again before the other side said it may."""
    place.worker(Errands(OutOfReach("busy", retry_after=120.0)))
    await place.asks(Job(kind="act", decision=1))
    await settles(place.dsn, "SELECT count(*) FROM jobs WHERE attempts = 1", 1)
    ours = await asyncpg.connect(place.dsn, server_settings={"application_name": called(place.store.scope)})
    found = await inherit(ours, place.store.scope, (), first=True)
    await ours.close()

    assert found == 0
    await settles(place.dsn, WAITING, 1)


async def test_once_closed_it_runs_nothing_more(place: Place) -> None:
    """Not even what was asked for while it was open and is committed only now: the queue has it when its time comes."""
    errand = Errands()
    worker = place.worker(errand)
    assert worker.shortcut is not None
    await worker.shortcut.close()
    worker.shortcut.run([(1, Job(kind="act", decision=1))])
    await place.asks(Job(kind="act", decision=2))

    await settles(place.dsn, "SELECT count(*) FROM jobs WHERE execute_after <= now()", 1)
    assert errand.seen == []


async def _refuse_commits(dsn: str) -> None:
    """From now on no transaction that writes events can be committed."""
    connection = await asyncpg.connect(dsn)
    await connection.execute(
        """CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;
        CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON events DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION refuse()"""
    )
    await connection.close()


async def test_what_was_not_committed_is_not_run(place: Place) -> None:
    errand = Errands()
    place.worker(errand)

    await _refuse_commits(place.dsn)

    with pytest.raises(OutOfReach):
        await place.asks(Job(kind="act", decision=1))

    assert place.store.shortcut is not None
    await place.store.shortcut.close()
    assert errand.seen == []
    await settles(place.dsn, ALL, 0)


async def test_stopping_lets_it_finish_and_takes_no_more(place: Place) -> None:
    begun, go = asyncio.Event(), asyncio.Event()
    done: list[Job] = []

    async def errand(job: Job) -> None:
        begun.set()
        await go.wait()
        done.append(job)

    worker = place.worker(errand)
    worker.start()
    await place.asks(Job(kind="act", decision=1))
    await begun.wait()
    stopping = asyncio.create_task(worker.stop())
    assert worker.shortcut is not None
    async with asyncio.timeout(5):
        while worker.shortcut.places:  # noqa: ASYNC110 -- nobody is told when it closes
            await asyncio.sleep(0)
    running = not stopping.done()
    go.set()
    await stopping

    assert (running, len(done)) == (True, 1)
    await settles(place.dsn, ALL, 0)


async def test_what_does_not_finish_in_time_is_left_to_others_at_once(place: Place) -> None:
    begun = asyncio.Event()

    async def errand(job: Job) -> None:
        begun.set()
        await asyncio.Event().wait()

    worker = place.worker(errand)
    worker.start()
    await place.asks(Job(kind="act", decision=1))
    await begun.wait()
    await worker.stop(grace=0.1)

    await settles(place.dsn, "SELECT count(*) FROM jobs WHERE status = 'queued' AND execute_after <= now()", 1)


async def test_what_can_wait_lets_a_rush_go_first(place: Place) -> None:
    """What is urgent does not."""
    over, patience = asyncio.Event(), list[float]()

    async def calm(seconds: float) -> bool:
        patience.append(seconds)
        await over.wait()
        return True

    errand = Errands()
    worker = place.worker(errand, calm=calm)
    worker.start()
    await place.asks(Job(kind="carry", decision=2), Job(kind="act", decision=1))
    await errand.until(1)
    await settles(place.dsn, "SELECT count(*) FROM jobs WHERE status = 'queued'", 1)
    meanwhile = [job.kind for job in errand.seen]
    over.set()
    await errand.until(2)
    await worker.stop()

    assert meanwhile == ["act"]
    assert patience[0] == PATIENCE


async def test_in_a_rush_that_does_not_end_it_waits_once(place: Place) -> None:
    """Else ten errands would be done in two seconds."""
    patience = list[float]()

    async def calm(seconds: float) -> bool:
        patience.append(seconds)
        return len(patience) == 4

    errand = Errands()
    worker = place.worker(errand, calm=calm)
    worker.start()
    for number in range(1, 6):
        await place.asks(Job(kind="carry", decision=number))
        await errand.until(number)
    await worker.stop()

    assert patience[:5] == [PATIENCE, 0.0, 0.0, 0.0, PATIENCE]


async def test_what_can_wait_lets_a_removal_go_first_but_briefly(place: Place) -> None:
    """However long Graph takes over the removal."""
    stuck, seen, told = asyncio.Event(), list[str](), asyncio.Event()

    async def errand(job: Job) -> None:
        seen.append(job.kind)
        if job.kind == "carry":
            told.set()
        else:
            await stuck.wait()

    worker = place.worker(errand)
    worker.start()
    began = asyncio.get_running_loop().time()
    await place.asks(Job(kind="carry", decision=2), Job(kind="act", decision=1))
    await asyncio.wait_for(told.wait(), 10)
    waited = asyncio.get_running_loop().time() - began
    stuck.set()
    await worker.stop()

    assert seen == ["act", "carry"]
    assert waited >= BRIEFLY
