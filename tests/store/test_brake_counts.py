"""What the store counts for the brake (law 12)."""

from __future__ import annotations

from datetime import UTC, datetime

import asyncpg
import pytest

from bot.events import (
    Corrected,
    Kind,
    PersonKey,
    account,
)
from bot.ports import Arrival, Before, Person
from bot.school import School
from bot.sitting import Meeting
from bot.store.postgres import PostgresStore
from tests.store.conftest import TENANT
from tests.store.lessons import ADA, BEN, NINE, PATEL, at, join, joined, noting


async def test_the_school_counts_whom_it_corrected(store: PostgresStore, school: School) -> None:
    """Distinct people over all sittings, within the brake's window (law 12)."""
    now = datetime.now(UTC)

    def corrected(person: PersonKey, when: datetime) -> Corrected:
        return Corrected(at=when, person=person, action="remove", rule="r", observation=1)

    for thread, person, when in (("a", ADA, now), ("b", ADA, now), ("b", BEN, now), ("c", PATEL, at(0))):
        await join(store, Meeting(TENANT, school.id, thread), joined(person), corrected(person, when))
    seen: list[Before] = []

    await store.observe(Arrival(meeting=Meeting(TENANT, school.id, "d"), events=(joined(ADA),)), noting(seen))

    assert seen[0].school_corrected == 2


@pytest.mark.parametrize(("length", "shrunk"), [(41, False), (40, True), (0, True), (60, False)])
async def test_a_staff_list_that_shrank_by_a_fifth_is_said(
    store: PostgresStore, meeting: Meeting, length: int, shrunk: bool
) -> None:
    """Reading the same short list again does not make it believed (law 12)."""
    staff = [Person(key=account(f"s{number}"), kind=Kind.STAFF, name="", as_of=NINE) for number in range(60)]
    seen: list[Before] = []
    await store.learn(staff[:50], whole_list_of=Kind.STAFF)
    for _ in range(2):
        await store.learn(staff[:length], whole_list_of=Kind.STAFF)

    await store.observe(Arrival(meeting=meeting, events=(joined(ADA),)), noting(seen))

    assert seen[0].staff_shrunk is shrunk


async def test_a_short_list_is_believed_after_a_day(store: PostgresStore, meeting: Meeting, dsn: str) -> None:
    """People do leave a school: the brake does not stay on for ever."""
    staff = [Person(key=account(f"s{number}"), kind=Kind.STAFF, name="", as_of=NINE) for number in range(50)]
    for length in (50, 10):
        await store.learn(staff[:length], whole_list_of=Kind.STAFF)
    connection = await asyncpg.connect(dsn)
    await connection.execute("UPDATE lists SET shrunk_since = shrunk_since - interval '25 hours'")
    await connection.close()
    seen: list[Before] = []

    for length in (9, 7):
        await store.learn(staff[:length], whole_list_of=Kind.STAFF)
        await store.observe(Arrival(meeting=meeting, events=(joined(ADA),)), noting(seen))

    assert [before.staff_shrunk for before in seen] == [False, True]  # 7 is held against the 9 that are believed now
