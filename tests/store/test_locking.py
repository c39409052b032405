"""One at a time, with the database's time, all or nothing (laws 9 and 10)."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from bot.events import (
    Ended,
    account,
)
from bot.ports import Arrival, Before, OutOfReach, Ruling
from bot.school import School
from bot.sitting import Meeting
from bot.store.postgres import PostgresStore, open_store
from tests.store.conftest import TENANT
from tests.store.lessons import ADA, BEN, at, counts, join, joined, noting, only, ruling


async def test_observers_of_one_meeting_are_serialised(
    store: PostgresStore, meeting: Meeting, dsn: str, school: School
) -> None:
    """Two replicas writing to one sitting at once lose nothing, and each sees all that was before it."""
    other = await open_store(dsn, school, TENANT)
    people = [account(f"p{number}") for number in range(24)]
    seen: list[Before] = []

    async def come(number: int) -> None:
        replica = (store, other)[number % 2]
        event = joined(people[number], number)
        await replica.observe(Arrival(events=(event,), meeting=meeting), noting(seen, event))

    await asyncio.gather(*(come(number) for number in range(24)))
    sitting_id = await store.sitting_at(meeting)
    filed = await store.sitting(sitting_id or 0)

    assert sorted(before.sitting.number for before in seen) == list(range(24))
    assert all(len(before.sitting.members) == before.sitting.number for before in seen)
    assert sum(before.opened_now for before in seen) == 1
    assert filed is None or set(filed.sitting.members) == set(people)
    await other.close()


async def test_time_is_the_databases_after_the_wait(store: PostgresStore, meeting: Meeting, dsn: str) -> None:
    """`now` is read when the lock is held, not when it was asked for (law 9)."""
    await join(store, meeting, joined(ADA))
    blocker = await asyncpg.connect(dsn)
    await blocker.execute("BEGIN; SELECT FROM meetings FOR UPDATE")
    seen: list[Before] = []
    waiting = asyncio.create_task(
        store.observe(Arrival(events=(joined(BEN),), meeting=meeting), noting(seen, joined(BEN)))
    )
    await _until_blocked(dsn)
    released = await blocker.fetchval("SELECT clock_timestamp()")
    await blocker.execute("COMMIT")
    await waiting

    assert seen[0].now >= released
    await blocker.close()


async def test_a_lock_that_is_not_given_is_out_of_reach(store: PostgresStore, meeting: Meeting, dsn: str) -> None:
    """Three seconds, then a 503 (law 10)."""
    await join(store, meeting, joined(ADA))
    blocker = await asyncpg.connect(dsn)
    await blocker.execute("BEGIN; SELECT FROM meetings FOR UPDATE")

    with pytest.raises(OutOfReach, match="LockNotAvailable"):
        await store.observe(Arrival(events=(joined(BEN),), meeting=meeting), only)

    await blocker.close()


async def _until_blocked(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    while not await connection.fetchval(waits):
        await connection.execute("SELECT pg_sleep(0.01)")
    await connection.close()


async def test_a_rollback_drops_the_cache_and_leaves_nothing(store: PostgresStore, meeting: Meeting, dsn: str) -> None:
    """What was not committed is not remembered (law 10)."""
    sitting_id = await join(store, meeting, joined(ADA))
    before = await counts(dsn)
    assert store.folds.get(sitting_id) is not None

    def broken(_: Before) -> Ruling:
        raise RuntimeError("a fault of ours")

    with pytest.raises(RuntimeError):
        await store.observe(Arrival(events=(joined(BEN),), meeting=meeting, digest=b"x"), broken)

    assert store.folds.get(sitting_id) is None
    assert await counts(dsn) == before
    receipt = await store.observe(Arrival(events=(joined(BEN),), meeting=meeting, digest=b"x"), ruling(joined(BEN)))
    assert set(receipt.sitting.members) == {ADA, BEN}


async def test_a_commit_that_fails_is_out_of_reach_and_nothing_is_remembered(
    store: PostgresStore, meeting: Meeting, dsn: str
) -> None:
    """When the connection dies between write and commit the caller hears of it."""
    sitting_id = await join(store, meeting, joined(ADA))
    killer = await asyncpg.connect(dsn)
    await killer.execute(
        """CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END';
        CREATE CONSTRAINT TRIGGER die AFTER INSERT ON events DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION die()"""
    )

    with pytest.raises(OutOfReach):
        await store.observe(Arrival(events=(joined(BEN),), meeting=meeting), ruling(joined(BEN)))
    assert store.folds.get(sitting_id) is None

    await killer.execute("DROP TRIGGER die ON events")
    await killer.close()
    filed = await store.sitting(sitting_id)
    assert filed is not None
    assert set(filed.sitting.members) == {ADA}


async def test_the_cache_lets_go_of_a_sitting_that_is_over(store: PostgresStore, meeting: Meeting) -> None:
    """Evicted at the end (law 10)."""
    sitting_id = await join(store, meeting, joined(ADA))
    held = store.folds.get(sitting_id)

    await join(store, meeting, Ended(at=at(30)))

    assert held is not None
    assert store.folds.get(sitting_id) is None
