"""Holds of pupils in the store, above sittings (C37 C83)."""

from __future__ import annotations

from datetime import UTC, datetime

import asyncpg

from bot.events import Joined, Kind, account
from bot.ports import Arrival, Before, HoldOpened, Job, Person, Ruling
from bot.sitting import Meeting
from bot.store.jobs import unpack
from bot.store.postgres import PostgresStore

ADA, PATEL, CLT = account("ada"), account("patel"), account("clt")
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


async def held(store: PostgresStore, meeting: Meeting, reason: str = "shouting") -> None:
    """A removal of Ada opens a hold."""
    ruling = Ruling(
        events=(Joined(at=NOW, person=PATEL, endpoint="e"),), holds=(HoldOpened(pupil=ADA, by=PATEL, reason=reason),)
    )
    await store.observe(Arrival(events=ruling.events, meeting=meeting), lambda before: ruling)


async def test_a_pupil_has_one_standing_hold_at_a_time(store: PostgresStore, meeting: Meeting) -> None:
    """A second removal changes nothing of the first hold."""
    await held(store, meeting)
    await held(store, meeting, "again")

    (hold,) = await store.standing()
    assert (hold.pupil, hold.by, hold.reason, hold.disputed) == (ADA, PATEL, "shouting", False)


async def test_a_hold_is_known_to_every_later_lesson_of_the_pupil(store: PostgresStore, meeting: Meeting) -> None:
    """Whoever joins is known with the hold, and without it once it is released."""
    await store.learn([Person(key=ADA, kind=Kind.PUPIL, name="Ada", as_of=datetime.now(UTC))])
    await held(store, meeting)
    seen: list[Before] = []

    async def joins(thread: str) -> None:
        arrival = Arrival(
            events=(Joined(at=NOW, person=ADA, endpoint="e"),), meeting=Meeting(meeting.tenant, meeting.school, thread)
        )
        await store.observe(arrival, lambda before: seen.append(before) or Ruling())

    await joins("19:another")
    assert await store.release(ADA, CLT, "spoke to the mother")
    await joins("19:a-third")

    assert [before.known[ADA].held is not None for before in seen] == [True, False]


async def test_the_opening_and_the_end_of_a_hold_have_the_teachers_told(
    store: PostgresStore, meeting: Meeting, dsn: str
) -> None:
    """By a job in the same transaction; a release of nothing asks for none."""
    await held(store, meeting)
    await store.release(ADA, CLT, "spoke to the mother")
    await store.release(ADA, CLT, "once more")

    connection = await asyncpg.connect(dsn)
    jobs = await connection.fetch("SELECT payload FROM jobs WHERE entrypoint LIKE '%/forewarn' ORDER BY id")
    await connection.close()
    assert [unpack(job["payload"]) for job in jobs] == [Job(kind="forewarn", person=ADA)] * 2


async def test_a_released_hold_is_kept_with_what_was_agreed(store: PostgresStore, meeting: Meeting, dsn: str) -> None:
    """The history stays; there is nothing left to release; a later removal opens a new one."""
    await held(store, meeting)
    await store.dispute(ADA, PATEL)
    assert [hold.disputed for hold in await store.standing()] == [True]
    assert await store.release(ADA, CLT, "spoke to the mother")
    assert not await store.release(ADA, CLT, "once more")
    assert await store.standing() == []
    await held(store, meeting, "biting")

    connection = await asyncpg.connect(dsn)
    rows = await connection.fetch("SELECT reason, released_by, agreed FROM holds ORDER BY id")
    await connection.close()
    assert [tuple(row) for row in rows] == [("shouting", CLT, "spoke to the mother"), ("biting", None, None)]
