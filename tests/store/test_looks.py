"""Waiting is a row (law 8): when a sitting is looked at again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from bot.events import Ended, Event, Joined, account
from bot.ports import Arrival, Before, Job, Ruling
from bot.school import School
from bot.sitting import Meeting
from bot.store.postgres import PostgresStore
from tests.store.conftest import TENANT

ADA = account("ada")


async def _waiting(dsn: str) -> list[timedelta]:
    """How far away the looks are that wait in the queue."""
    connection = await asyncpg.connect(dsn)
    rows = await connection.fetch(
        "SELECT execute_after - now() AS left FROM jobs WHERE entrypoint LIKE '%/look' ORDER BY 1"
    )
    await connection.close()
    return [row["left"] for row in rows]


async def _run(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute(statement)
    await connection.close()


def looking(seconds: float | None, *events: Event) -> Callable[[Before], Ruling]:
    def rule(before: Before) -> Ruling:
        look_at = None if seconds is None else before.now + timedelta(seconds=seconds)
        return Ruling(events=events, look_at=look_at, judged=True)

    return rule


@pytest.fixture
async def sitting(store: PostgresStore, school: School) -> int:
    event = Joined(at=datetime.now(UTC), person=ADA, endpoint="x")
    arrival = Arrival(events=(event,), meeting=Meeting(TENANT, school.id, "19:a"))
    return (await store.observe(arrival, looking(120, event))).sitting_id


async def test_only_an_earlier_look_is_enqueued_and_one_waits(store: PostgresStore, sitting: int, dsn: str) -> None:
    """The waiting look is replaced by an earlier one and left alone by a later one."""
    await store.observe(Arrival(sitting=sitting), looking(300))
    later = await _waiting(dsn)
    await store.observe(Arrival(sitting=sitting), looking(60))
    earlier = await _waiting(dsn)

    assert [round(left.total_seconds(), -1) for left in later] == [120]
    assert [round(left.total_seconds(), -1) for left in earlier] == [60]
    assert await store.due_sittings(120) == ()


async def test_a_look_stays_due_until_the_rules_were_asked(store: PostgresStore, sitting: int, dsn: str) -> None:
    """Whatever else is written of the sitting meanwhile, were its job lost the sweep would still find it."""
    await _run(dsn, "UPDATE sittings SET look_at = now() - interval '20 s', look_job_at = now() - interval '20 s'")
    await _run(dsn, "DELETE FROM jobs")
    await store.observe(Arrival(sitting=sitting), lambda before: Ruling(jobs=(Job(kind="glance", sitting=sitting),)))
    unasked = await store.due_sittings(60)
    await store.observe(Arrival(sitting=sitting), looking(None))

    assert (unasked, await store.due_sittings(60)) == ((sitting,), ())
    assert await _waiting(dsn) == []


async def test_a_look_that_is_past_makes_room(store: PostgresStore, sitting: int, dsn: str) -> None:
    """Once a look has come, the next may be later; and when none is wanted none is left to come back to."""
    past = "UPDATE sittings SET look_at = now() - interval '20 s', look_job_at = now() - interval '20 s'"
    await _run(dsn, past)
    due = await store.due_sittings(60)
    await _run(dsn, "DELETE FROM jobs")

    await store.observe(Arrival(sitting=sitting), looking(600))
    assert [round(left.total_seconds(), -1) for left in await _waiting(dsn)] == [600]

    await _run(dsn, past)
    await store.observe(Arrival(sitting=sitting), looking(None))

    assert due == (sitting,)
    assert await store.due_sittings(60) == ()


async def test_nothing_beyond_an_hour_is_enqueued_but_the_sweep_finds_it(
    store: PostgresStore, school: School, dsn: str
) -> None:
    """A look two hours away waits in the sitting's row until the sweep brings it near."""
    event = Joined(at=datetime.now(UTC), person=ADA, endpoint="x")
    arrival = Arrival(events=(event,), meeting=Meeting(TENANT, school.id, "19:b"))
    sitting_id = (await store.observe(arrival, looking(7200, event))).sitting_id
    far = await _waiting(dsn)
    unswept = await store.due_sittings(60)
    await _run(dsn, "UPDATE sittings SET look_at = look_at - interval '7160 seconds'")

    swept = await store.due_sittings(60)
    await store.observe(Arrival(sitting=sitting_id), looking(None))

    assert (far, unswept, swept) == ([], (), (sitting_id,))
    assert [round(left.total_seconds(), -1) for left in await _waiting(dsn)] == [40]


async def test_a_silent_open_sitting_is_swept_until_it_is_closed(store: PostgresStore, school: School) -> None:
    """A lesson of which nothing is heard for hours has lost its end."""
    old = datetime.now(UTC) - timedelta(hours=5)
    event = Joined(at=old, person=ADA, endpoint="x")
    arrival = Arrival(events=(event,), meeting=Meeting(TENANT, school.id, "19:b"))
    sitting_id = (await store.observe(arrival, looking(None, event))).sitting_id
    silent = await store.due_sittings(60)

    await store.observe(Arrival(sitting=sitting_id), looking(None, Ended(at=old)))

    assert silent == (sitting_id,)
    assert await store.due_sittings(60) == ()
