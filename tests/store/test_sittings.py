"""Which sitting, and whose (law 1)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.events import (
    CallMoved,
    Ended,
    Kind,
)
from bot.ports import Arrival, Before, Person, Refused
from bot.school import School
from bot.sitting import Meeting
from bot.store.postgres import PostgresStore, open_store
from tests.store.conftest import TENANT
from tests.store.lessons import ADA, BEN, NINE, PATEL, at, join, joined, noting, only, ruling


async def test_two_tenants_with_equal_ids_never_meet(dsn: str, school: School) -> None:
    """Everything is kept by tenant and school (law 1)."""
    one, two = await open_store(dsn, school, "one"), await open_store(dsn, school, "two")
    seen: list[Before] = []
    arrival = Arrival(events=(joined(ADA),), meeting=Meeting("one", school.id, "19:x"), digest=b"d", names={ADA: "Ada"})
    sitting = (await one.observe(arrival, ruling(joined(ADA)))).sitting_id
    await one.learn([Person(key=ADA, kind=Kind.PUPIL, name="Ada", as_of=NINE)])

    theirs = replace(arrival, meeting=Meeting("two", school.id, "19:x"), names={})
    receipt = await two.observe(theirs, noting(seen))

    assert not receipt.copy
    assert (seen[0].opened_now, dict(seen[0].known), seen[0].sitting.members) == (True, {}, {})
    assert await two.sitting(sitting) is None
    assert await two.get([ADA]) == {}
    with pytest.raises(Refused):
        await two.observe(Arrival(sitting=sitting), only)
    with pytest.raises(ValueError, match="another school"):
        await two.observe(arrival, only)
    await one.close()
    await two.close()


async def test_a_restart_within_minutes_reopens_and_later_opens_anew(store: PostgresStore, meeting: Meeting) -> None:
    """A sitting is one holding of a meeting (law 1)."""
    first = await join(store, meeting, joined(ADA))
    await join(store, meeting, Ended(at=at(30)))

    again = await join(store, meeting, joined(ADA, 40))
    await join(store, meeting, Ended(at=at(50)))
    tomorrow = await join(store, meeting, joined(BEN, 60 * 24))

    assert again == first
    assert tomorrow > first
    assert await store.sittings_of(BEN) == (tomorrow,)
    assert await store.sittings_of(ADA) == ()


async def test_a_replica_that_knows_nothing_reads_one_sitting_of_many(
    store: PostgresStore, meeting: Meeting, dsn: str, school: School
) -> None:
    """What is read under the lock without a cache is today's lesson and nothing of yesterday's."""
    await join(store, meeting, joined(ADA), Ended(at=at(30)))
    today = await join(store, meeting, joined(BEN, 60 * 24))
    other = await open_store(dsn, school, TENANT)
    seen: list[Before] = []

    await other.observe(Arrival(events=(joined(PATEL, 60 * 24 + 1),), meeting=meeting), noting(seen))
    await other.observe(Arrival(sitting=today), noting(seen))

    assert [set(before.sitting.members) for before in seen] == [{BEN}, {BEN}]
    await other.close()


async def test_a_late_event_of_yesterday_stays_with_yesterday(store: PostgresStore, meeting: Meeting) -> None:
    """Teams may deliver late: yesterday's join does not put anybody into today's lesson."""
    yesterday = await join(store, meeting, joined(ADA))
    await join(store, meeting, Ended(at=at(30)))
    today = await join(store, meeting, joined(BEN, 60 * 24))

    late = await join(store, meeting, joined(PATEL, 5))
    filed = await store.sitting(today)

    assert late == yesterday
    assert filed is not None
    assert filed.sitting.present() == (BEN,)


async def test_a_leg_of_a_call_is_found_with_its_sitting(dsn: str, store: PostgresStore, meeting: Meeting) -> None:
    """While that lesson is held and its leg is the newest; never another school's."""
    moves = [CallMoved(at=at(minute), state="in", call=call) for minute, call in ((1, "old"), (2, "new"))]
    sitting = await join(store, meeting, joined(PATEL), *moves)
    await join(store, replace(meeting, thread="19:other@thread.v2"), joined(ADA))
    theirs = await open_store(dsn, store._school, "another")
    found = [await one.sitting_in_call(call) for one in (store, theirs) for call in ("new", "old", "none")]
    await join(store, meeting, Ended(at=at(30)))
    await theirs.close()

    assert found == [sitting, None, None, None, None, None]
    assert await store.sitting_in_call("new") is None
