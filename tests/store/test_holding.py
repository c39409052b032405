"""Holds of pupils in the store, above sittings (C37 C83)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from bot.events import CameOnHold, Joined, Kind, account
from bot.ports import Arrival, Before, Hold, HoldChange, HoldOpened, Job, Person, Route, Ruling, Sent, Talk
from bot.sitting import Meeting
from bot.store.jobs import unpack
from bot.store.postgres import PostgresStore

ADA, PATEL, CLT = account("ada"), account("patel"), account("clt")
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


TALK = Talk(spoke="Ms Harcourt", whom="the mother", day=date(2026, 11, 24), agreed="a fresh start")
Ask = Callable[..., Any]


async def held(store: PostgresStore, meeting: Meeting, reason: str = "shouting", **more: Any) -> datetime:
    """A removal of Ada opens a hold; when it was written."""
    ruling = Ruling(
        events=(Joined(at=NOW, person=PATEL, endpoint="e"),),
        holds=(HoldOpened(pupil=ADA, by=PATEL, reason=reason, **more),),
    )
    times: list[datetime] = []
    await store.observe(
        Arrival(events=ruling.events, meeting=meeting), lambda before: times.append(before.now) or ruling
    )
    return times[0]


async def the_hold(store: PostgresStore) -> Hold:
    """Ada's newest hold, with its steps."""
    return (await store.of_pupil(ADA)).holds[0]


def change(what: str, **more: Any) -> HoldChange:
    """CLT does something about Ada's hold."""
    return HoldChange(**{"pupil": ADA, "by": CLT, "what": what, **more})


async def the_day_comes(ask: Ask) -> datetime:
    """The day on which the hold was set to end has come."""
    (row,) = await ask("UPDATE holds SET until = clock_timestamp() - interval '1 second' RETURNING until")
    return row["until"]


@pytest.fixture
async def ask(dsn: str) -> Any:
    """Ask the database itself."""
    connection = await asyncpg.connect(dsn)
    yield connection.fetch
    await connection.close()


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


async def test_a_hold_is_due_and_a_talk_gives_it_an_owner_and_a_history(store: PostgresStore, meeting: Meeting) -> None:
    """Each talk and decision stands with who and when; CLT's card is redrawn each time."""
    await held(store, meeting)
    opened = await the_hold(store)
    assert await store.change(change("later", talk=TALK))
    until = opened.since + timedelta(days=7)
    assert await store.change(change("until", until=until, why="a week", by=PATEL))
    hold = await the_hold(store)

    assert opened.due is not None
    assert opened.due - opened.since >= timedelta(days=2)
    assert [(step.what, step.by, step.talk, step.until, step.why) for step in hold.steps] == [
        ("talk", CLT, TALK, None, ""),
        ("until", PATEL, None, until, "a week"),
    ]
    assert (hold.owner, hold.decided, hold.until, hold.due, hold.talked) == (PATEL, "until", until, None, True)
    assert (opened.revision, hold.revision) == (0, 2)


async def test_until_further_notice_is_looked_at_again(store: PostgresStore, meeting: Meeting) -> None:
    """It has a new due day, and no end."""
    await held(store, meeting)
    until = datetime.now(UTC) + timedelta(days=7)
    await store.change(change("until", until=until))
    await store.change(change("open"))
    hold = await the_hold(store)

    assert (hold.decided, hold.until) == ("open", None)
    assert hold.due is not None
    assert timedelta(days=27) < hold.due - datetime.now(UTC) <= timedelta(days=28)


async def test_a_form_that_was_sent_twice_changes_nothing_the_second_time(
    store: PostgresStore, meeting: Meeting
) -> None:
    """Nor does one that shows an older state, whoever sends it, even at the same moment."""
    await held(store, meeting)
    hold = await the_hold(store)
    seen = (hold.number, hold.revision)
    sent = [store.change(change("open", seen=seen, by=by, why=by)) for by in (CLT, PATEL, CLT)]

    assert sorted(await asyncio.gather(*sent)) == [False, False, True]
    assert not await store.change(change("release", seen=(hold.number + 1, 1)))
    assert len((await the_hold(store)).steps) == 1


async def test_a_message_that_teams_sent_twice_is_carried_out_once(store: PostgresStore, meeting: Meeting) -> None:
    """Also where both copies come at the same moment."""
    await held(store, meeting)
    twice = [store.change(change("later", talk=TALK, delivery=b"1")) for _ in range(2)]

    assert sorted(await asyncio.gather(*twice)) == [False, True]
    assert not await store.change(change("open", delivery=b"1"))
    assert [step.what for step in (await the_hold(store)).steps] == ["talk"]


async def test_a_release_with_its_talk_ends_the_hold_and_has_teachers_told(
    store: PostgresStore, meeting: Meeting, ask: Ask
) -> None:
    """What was agreed stands with it, and what hangs on it is kept no longer than it."""
    await held(store, meeting)
    hold = await the_hold(store)
    await store.card_shows(hold.number, Sent(route=Route.CHANNEL, conversation="c", activity="a"), 0)
    assert await store.change(change("release", talk=TALK))
    ended = await the_hold(store)
    kept = await ask("SELECT keep_until FROM holds UNION SELECT keep_until FROM hold_steps")
    kept += await ask("SELECT keep_until FROM hold_cards")

    assert (ended.released_by, ended.agreed) == (CLT, "a fresh start")
    assert [step.what for step in ended.steps] == ["talk", "release"]
    assert len(kept) == 2
    assert kept[0] == kept[1]
    assert not await store.change(change("open"))
    jobs = [row["kind"] for row in await ask("SELECT split_part(entrypoint, '/', 3) AS kind FROM jobs ORDER BY id")]
    assert jobs == ["forewarn", "hold", "forewarn", "hold"]


async def test_a_hold_ends_by_itself_when_its_day_has_come(store: PostgresStore, meeting: Meeting, ask: Ask) -> None:
    """From that moment nobody is kept out, whether the duty has been there or not; the duty writes it down, once."""
    await store.learn([Person(key=ADA, kind=Kind.PUPIL, name="Ada", as_of=datetime.now(UTC))])
    await held(store, meeting)
    await store.change(change("until", until=datetime.now(UTC) + timedelta(days=1), talk=TALK))
    assert await store.end_due() == ()
    until = await the_day_comes(ask)
    known: list[Before] = []
    joins = Arrival(events=(Joined(at=NOW, person=ADA, endpoint="e"),), meeting=meeting)
    await store.observe(joins, lambda before: known.append(before) or Ruling())

    assert known[0].known[ADA].held is None
    assert await store.standing() == []
    assert await store.end_due() == (ADA,)
    assert await store.end_due() == ()
    hold = await the_hold(store)
    assert (hold.released_at, hold.released_by, hold.steps[-1].what) == (until, CLT, "ended")
    assert [one.number for one in await store.ended_by_day(timedelta(days=1))] == [hold.number]


async def test_without_a_talk_the_day_ends_nothing_where_the_parents_come_first(
    store: PostgresStore, meeting: Meeting, ask: Ask
) -> None:
    """It is due on that day; a talk that is kept before it lets it end, one that is kept after it has it decided anew."""
    await held(store, meeting)
    until = datetime.now(UTC) + timedelta(days=1)
    await store.change(change("until", until=until))
    waiting = await the_hold(store)
    await store.change(change("later", talk=TALK))
    talked = await the_hold(store)
    await ask("UPDATE holds SET talked = false")
    await the_day_comes(ask)

    assert (waiting.due, talked.due, talked.until) == (until, None, until)
    assert await store.end_due() == ()
    assert len(await store.standing()) == 1
    assert await store.change(change("later", talk=TALK))
    assert [(hold.until, hold.decided) for hold in await store.standing()] == [(None, "")]


async def test_a_removal_on_the_day_a_hold_ends_opens_another(store: PostgresStore, meeting: Meeting, ask: Ask) -> None:
    """Though the duty has not been there yet, the old one has ended and the new one stands."""
    await held(store, meeting)
    await store.change(change("until", until=datetime.now(UTC) + timedelta(days=1), talk=TALK))
    await the_day_comes(ask)
    await held(store, meeting, "biting")

    assert [(hold.reason, hold.until) for hold in await store.standing()] == [("biting", None)]
    assert len((await store.of_pupil(ADA)).holds) == 2


async def test_another_removal_takes_the_end_back(store: PostgresStore, meeting: Meeting) -> None:
    """A hold that would have ended by itself waits for CLT again; who removed and why stands in its history."""
    await held(store, meeting)
    await store.change(change("until", until=datetime.now(UTC) + timedelta(days=7)))
    await held(store, meeting, "filming")
    (hold,) = await store.standing()

    assert (hold.reason, hold.until, hold.decided, hold.due is None) == ("shouting", None, "", False)
    assert [(step.what, step.by, step.why) for step in hold.steps[1:]] == [("again", PATEL, "filming")]


async def test_another_removal_of_one_who_is_undecided_stands_in_the_history(
    store: PostgresStore, meeting: Meeting
) -> None:
    """Its due day is not put off; of what the two need to end the stricter counts."""
    await held(store, meeting, ends="clt_decides")
    first = await the_hold(store)
    await held(store, meeting, "biting", ends="open")
    second = await the_hold(store)
    await held(store, meeting, "filming", ends="parents")
    await held(store, meeting, "once more", ends="clt_decides")
    hold = await the_hold(store)

    assert [one.ends for one in (first, second, hold)] == ["clt_decides", "open", "parents"]
    assert (hold.due, hold.revision) == (first.due, 3)
    assert [(step.what, step.why) for step in hold.steps] == [
        ("again", "biting"),
        ("again", "filming"),
        ("again", "once more"),
    ]


async def test_a_removal_that_can_be_taken_back_changes_nothing_of_what_was_decided(
    store: PostgresStore, meeting: Meeting, ask: Ask
) -> None:
    """Taken back, it is in the history; carried out, the hold is to be decided on anew."""
    await held(store, meeting)
    until = datetime.now(UTC) + timedelta(days=7)
    await store.change(change("until", until=until))
    decided = await the_hold(store)
    first = await held(store, meeting, "by mistake", waits=True)
    assert not await store.take_back(ADA, PATEL, first)
    back = await the_hold(store)
    second = await held(store, meeting, "filming", waits=True)
    await held(store, meeting, "", planned=second)
    hold = await the_hold(store)

    assert (back.until, back.decided, back.due, back.revision) == (until, "until", decided.due, decided.revision)
    assert back.news == decided.news + 1
    assert (hold.until, hold.decided, hold.due is None) == (None, "", False)
    steps = [(step.what, step.why) for step in hold.steps]
    assert steps == [("until", ""), ("undone", "by mistake"), ("again", "filming")]


async def test_a_removal_that_opened_its_hold_ends_it_when_taken_back_in_time(
    store: PostgresStore, meeting: Meeting, ask: Ask
) -> None:
    """And is no second one when it is carried out. Its teachers are not told while it waits."""
    planned = await held(store, meeting, waits=True)
    await held(store, meeting, "", planned=planned)
    carried = await the_hold(store)
    assert not await store.take_back(ADA, CLT, planned)
    assert await store.take_back(ADA, PATEL, planned)
    hold = await the_hold(store)
    waits = await ask(
        "SELECT execute_after - created AS waits FROM jobs WHERE entrypoint LIKE '%/forewarn' ORDER BY id"
    )

    assert (carried.steps, carried.revision) == ((), 0)
    assert ([step.what for step in hold.steps], hold.released_by, hold.agreed) == (["undone"], PATEL, "")
    assert [row["waits"] > timedelta(seconds=4) for row in waits] == [True, False, False]


async def test_a_pupil_who_comes_in_all_the_same_is_counted(store: PostgresStore, meeting: Meeting) -> None:
    """In the transaction that saw it; a hold that has ended counts no more. It makes nobody's form stale."""
    await held(store, meeting)
    came = Ruling(events=(CameOnHold(at=NOW, pupil=ADA, since=NOW),))
    for _ in range(2):
        await store.observe(Arrival(meeting=meeting), lambda before: came)
    hold = await the_hold(store)
    await store.release(ADA, CLT, "spoke")
    await store.observe(Arrival(meeting=meeting), lambda before: came)

    assert (hold.came, hold.last_came is not None, hold.revision, hold.news) == (2, True, 0, 2)
    assert (await the_hold(store)).came == 2


async def test_somebody_of_clt_takes_a_hold(store: PostgresStore, meeting: Meeting) -> None:
    """There must be one."""
    assert not await store.take(ADA, CLT)
    await held(store, meeting)

    assert await store.take(ADA, CLT)
    assert (await the_hold(store)).owner == CLT
    assert abs(await store.now() - datetime.now(UTC)) < timedelta(minutes=1)


async def test_the_card_of_a_hold_is_known_with_what_it_shows(store: PostgresStore, meeting: Meeting) -> None:
    """One card each, the newest."""
    await held(store, meeting)
    number = (await the_hold(store)).number
    assert await store.card(number) is None
    for news in (1, 2):
        await store.card_shows(number, Sent(route=Route.CHANNEL, conversation="c", activity="a"), news)

    assert await store.card(number) == (Sent(route=Route.CHANNEL, conversation="c", activity="a"), 2)
