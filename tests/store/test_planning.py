"""The plan of lessons in the store, and what was told of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from bot.events import Ended, Joined, account
from bot.ports import Arrival, Job, PlannedLesson, Ruling, Word
from bot.sitting import Meeting
from bot.store.jobs import unpack
from bot.store.postgres import PostgresStore

PATEL, OKORO, ADA = account("patel"), account("okoro"), account("ada")
DAY = timedelta(days=1)
MATHS = PlannedLesson(
    event="maths",
    organizer=PATEL,
    title="3B Maths",
    starts=datetime(2026, 11, 24, 9, tzinfo=UTC),
    ends=datetime(2026, 11, 24, 10, tzinfo=UTC),
    join_url="https://teams.microsoft.com/meet/1",
    class_name="3B",
    invitees=(ADA,),
    invitees_known=True,
    staff=(OKORO,),
)


def lesson(minutes: float, *, event: str = "maths", **more: object) -> PlannedLesson:
    """A lesson that begins in so many minutes from now, and lasts one hour."""
    starts = datetime.now(UTC) + timedelta(minutes=minutes)
    return replace(MATHS, event=event, starts=starts, ends=starts + timedelta(hours=1), **more)


async def learn(store: PostgresStore, *lessons: PlannedLesson) -> None:
    """Ms Patel's calendar from yesterday to tomorrow."""
    now = datetime.now(UTC)
    await store.replan(PATEL, lessons, now - DAY, now + DAY)


async def planned(store: PostgresStore) -> Sequence[PlannedLesson]:
    """What is planned from yesterday to tomorrow."""
    return (await store.planned(-DAY, DAY))[1]


async def test_what_a_calendar_plans_comes_back_as_it_was(store: PostgresStore) -> None:
    """With the database's time, the earliest first, and only what begins in the time asked for."""
    later, soon = lesson(60, event="art"), lesson(5)
    await learn(store, later, soon)

    now, found = await store.planned(timedelta(0), timedelta(minutes=10))

    assert abs(now - datetime.now(UTC)) < timedelta(seconds=30)
    assert found == [soon]
    assert await planned(store) == [soon, later]


async def test_a_lesson_that_is_no_longer_in_the_calendar_is_forgotten_unless_it_has_begun(
    store: PostgresStore,
) -> None:
    """Cancelled or moved away: nothing is done for it; what has begun stays for the record."""
    begun, cancelled, kept = lesson(-5), lesson(60, event="art"), lesson(90, event="music")
    await learn(store, begun, cancelled, kept)
    await store.replan(OKORO, [replace(lesson(60, event="french"), organizer=OKORO)], begun.starts, kept.ends)

    await learn(store, kept)

    assert [each.event for each in await planned(store)] == ["maths", "french", "music"]


@pytest.mark.parametrize(
    ("changed", "sealed"),
    [
        ({"title": "3B Sums"}, "done"),
        ({"starts": datetime.now(UTC) + timedelta(minutes=30)}, None),
        ({"staff": ()}, None),
        ({"join_url": "https://teams.microsoft.com/meet/2"}, None),
    ],
)
async def test_what_was_sealed_stays_so_until_time_staff_or_link_change(
    store: PostgresStore, changed: dict[str, object], sealed: str | None
) -> None:
    """And a thread found by the sealing is kept for the same link."""
    before = lesson(5)
    await learn(store, before)
    await store.sealed("maths", "done", "19:found@thread.v2")

    await learn(store, replace(before, **changed))

    (after,) = await planned(store)
    assert (after.sealed, after.thread) == (sealed, None if "join_url" in changed else "19:found@thread.v2")


async def test_what_was_placed_stays_so_for_the_same_link(store: PostgresStore) -> None:
    """With the thread it was placed in."""
    await learn(store, lesson(5))
    await store.placed("maths", "19:found@thread.v2")
    await learn(store, lesson(6))
    same = await planned(store)
    await learn(store, lesson(6, join_url="https://teams.microsoft.com/meet/2"))

    assert [(each.placed, each.thread) for each in (*same, *await planned(store))] == [
        (True, "19:found@thread.v2"),
        (False, None),
    ]


async def seen(store: PostgresStore, meeting: Meeting, minutes: float, thread: str = "19:maths@thread.v2") -> None:
    """Somebody joins a lesson in that thread, and it ends at once."""
    at = datetime.now(UTC) + timedelta(minutes=minutes)
    events = (Joined(at=at, person=ADA, endpoint="e"), Ended(at=at))
    place = Meeting(meeting.tenant, meeting.school, thread)
    await store.observe(Arrival(events=events, meeting=place), lambda before: Ruling(events=events))


async def test_a_lesson_of_which_nothing_is_seen_is_silent(store: PostgresStore, meeting: Meeting) -> None:
    """Not before its time, not once it is over, not if it cannot be seen; yesterday's lesson of the series is no sign."""
    thread = "19:maths@thread.v2"
    late = lesson(-6, thread=thread)
    over, early = lesson(-70, event="over", thread="19:o@thread.v2"), lesson(-4, event="early", thread="19:e@thread.v2")
    await learn(store, late, over, early, lesson(-6, event="channel", blind="channel"))
    await seen(store, meeting, -60 * 24, thread)

    assert [each.event for each in await store.silent(timedelta(minutes=5))] == ["maths"]

    await seen(store, meeting, -5, thread)
    assert await store.silent(timedelta(minutes=5)) == []


async def test_a_word_is_taken_once_and_told_once(store: PostgresStore, dsn: str) -> None:
    """A claim that came to nothing is free again after its minute; what was told and forgotten may be told again."""
    word = Word(say="on_hold", event="maths", about=ADA, to=PATEL, ground="today")
    first, second = await store.claim_word(word, DAY), await store.claim_word(word, DAY)
    connection = await asyncpg.connect(dsn)
    await connection.execute("UPDATE foretold SET claimed_until = now() - interval '1 second'")
    third = await store.claim_word(word, DAY)
    await store.told([word])
    await connection.execute("UPDATE foretold SET claimed_until = now() - interval '1 second'")
    fourth, standing = await store.claim_word(word, DAY), await store.standing_words("on_hold")
    await connection.execute("UPDATE foretold SET keep_until = now() - interval '1 second'")

    assert (first, second, third, fourth) == (True, False, True, False)
    assert standing == [word]
    assert await store.standing_words("on_hold") == []
    assert await store.claim_word(word, DAY)
    assert await store.claim_word(replace(word, ground="tomorrow"), DAY)
    await connection.close()


async def test_the_same_errand_waits_only_once(store: PostgresStore, dsn: str) -> None:
    """However many notices ask for it; that of another person is another."""
    for person in (PATEL, PATEL, OKORO, None):
        await store.ask(Job(kind="replan", person=person))

    connection = await asyncpg.connect(dsn)
    jobs = await connection.fetch("SELECT payload FROM jobs ORDER BY id")
    await connection.close()
    assert [unpack(job["payload"]).person for job in jobs] == [PATEL, OKORO, None]
