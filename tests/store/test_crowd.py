"""Arrivals that wait at the same time share a transaction, and it makes no difference to anybody but the clock."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import asyncpg
import pytest

from bot.actions import Mode
from bot.events import Corrected, Event, PersonKey, Started, account
from bot.ports import Arrival, Before, Decision, Job, OutOfReach, Receipt, Ruling
from bot.school import School
from bot.sitting import Meeting
from bot.store.crowd import AT_ONCE, SEATS, Asked, Crowd
from bot.store.postgres import PostgresStore, open_store
from bot.store.statements import LOCK_MEETINGS, LOCK_SITTING
from tests.store.conftest import TENANT
from tests.store.lessons import ADA, BEN, PATEL, at, counts, join, joined, noting, ruling

TELL = Decision(rule="lone_pupil", action="tell", mode=Mode.ACT, to="clt", about=ADA, episode=1, say="lone_pupil.alone")


def lessons(school: School, number: int) -> list[Meeting]:
    return [Meeting(TENANT, school.id, f"19:meeting_{each:02}@thread.v2") for each in range(number)]


async def begun(store: PostgresStore, school: School, number: int) -> list[Meeting]:
    """Lessons that somebody has come into."""
    found = lessons(school, number)
    for meeting in found:
        await join(store, meeting, joined(PATEL))
    return found


def delivery(meeting: Meeting, event: Event, digest: str, **more: object) -> Arrival:
    return Arrival(events=(event,), meeting=meeting, digest=digest.encode(), **more)


@asynccontextmanager
async def kept_waiting(dsn: str, meetings: Sequence[Meeting]) -> AsyncIterator[asyncpg.Connection]:
    """These meetings are locked by somebody else until told otherwise."""
    blocker = await asyncpg.connect(dsn)
    await blocker.execute("BEGIN")
    threads = [meeting.thread for meeting in meetings]
    await blocker.execute("SELECT FROM meetings WHERE thread = ANY ($1) FOR UPDATE", threads)
    try:
        yield blocker
    finally:
        await blocker.close()


async def until_waiting(dsn: str, number: int) -> None:
    connection = await asyncpg.connect(dsn)
    waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    while await connection.fetchval(waits) < number:
        await connection.execute("SELECT pg_sleep(0.01)")
    await connection.close()


async def transactions(dsn: str, kind: str) -> list[int]:
    """How many events of this kind each transaction wrote."""
    connection = await asyncpg.connect(dsn)
    rows = await connection.fetch("SELECT count(*) FROM events WHERE type = $1 GROUP BY xmin::text ORDER BY 1", kind)
    await connection.close()
    return [row["count"] for row in rows]


async def together(
    store: PostgresStore,
    dsn: str,
    gates: Sequence[Meeting],
    asked: Sequence[tuple[Arrival, Callable[[Before], Ruling]]],
) -> list[Receipt | BaseException]:
    """All of `asked` wait behind arrivals at `gates`, which are held up until every one of them is there."""
    async with kept_waiting(dsn, gates) as blocker:
        first = [
            asyncio.create_task(store.observe(delivery(gate, joined(PATEL), f"gate {gate.thread}"), ruling()))
            for gate in gates
        ]
        await until_waiting(dsn, len(gates))
        rest = [asyncio.create_task(store.observe(arrival, rule)) for arrival, rule in asked]
        await asyncio.sleep(0)
        await blocker.execute("COMMIT")
        await asyncio.gather(*first)
        return await asyncio.gather(*rest, return_exceptions=True)


@pytest.fixture
async def gates(store: PostgresStore, school: School) -> list[Meeting]:
    """As many meetings as there may be transactions under way."""
    found = [Meeting(TENANT, school.id, f"gate {each}") for each in range(AT_ONCE)]
    for gate in found:
        await join(store, gate, joined(PATEL))
    return found


async def test_those_who_wait_share_a_transaction(
    store: PostgresStore, school: School, dsn: str, gates: list[Meeting]
) -> None:
    meetings = await begun(store, school, 20)
    asked = [
        (delivery(one, joined(ADA, 1), one.thread, names={ADA: "Ada"}), ruling(joined(ADA, 1))) for one in meetings
    ]
    receipts = await together(store, dsn, gates, asked)

    assert all(isinstance(one, Receipt) and set(one.sitting.members) == {PATEL, ADA} for one in receipts)
    assert 20 in await transactions(dsn, "joined")
    for one in receipts:
        assert isinstance(one, Receipt)
        filed = await store.sitting(one.sitting_id)
        assert filed is not None
        assert filed.sitting == one.sitting
        assert store.folds.get(one.sitting_id) == one.sitting


async def test_those_of_one_meeting_are_judged_one_after_the_other(
    store: PostgresStore, meeting: Meeting, dsn: str, gates: list[Meeting]
) -> None:
    await join(store, meeting, joined(PATEL))
    seen: list[Before] = []
    people = [account(f"p{each}") for each in range(12)]
    events = [joined(person, each) for each, person in enumerate(people, 1)]
    asked = [(delivery(meeting, event, event.person), noting(seen, event)) for event in events]
    receipts = await together(store, dsn, gates, asked)

    assert [before.sitting.number for before in seen] == list(range(1, 13))
    assert [len(one.sitting.members) for one in receipts if isinstance(one, Receipt)] == list(range(2, 14))
    filed = await store.sitting(seen[0].sitting_id)
    assert filed is not None
    assert set(filed.sitting.members) == {PATEL, *people}
    assert filed.sitting.number == 13


async def test_the_same_delivery_twice_at_once_counts_once(
    store: PostgresStore, meeting: Meeting, dsn: str, gates: list[Meeting]
) -> None:
    await join(store, meeting, joined(PATEL))
    asked = [(delivery(meeting, joined(ADA, 1), "same"), ruling(joined(ADA, 1))) for _ in range(3)]
    receipts = await together(store, dsn, gates, asked)

    assert [one.copy for one in receipts if isinstance(one, Receipt)] == [False, True, True]
    assert (await counts(dsn))["events"] == 2 + len(gates)


async def test_a_fault_is_only_the_answer_of_whom_it_belongs_to(
    store: PostgresStore, school: School, dsn: str, gates: list[Meeting]
) -> None:
    meetings = await begun(store, school, 5)

    def broken(_: Before) -> Ruling:
        raise RuntimeError("a fault of ours")

    rules = [broken if each == 2 else ruling(joined(ADA, 1)) for each in range(5)]
    asked = [(delivery(one, joined(ADA, 1), one.thread), rule) for one, rule in zip(meetings, rules, strict=True)]
    receipts = await together(store, dsn, gates, asked)

    assert [type(one) for one in receipts] == [Receipt, Receipt, RuntimeError, Receipt, Receipt]
    for meeting, members in zip(meetings, [2, 2, 1, 2, 2], strict=True):
        filed = await store.sitting(await store.sitting_at(meeting) or 0)
        assert filed is not None
        assert len(filed.sitting.members) == members
    assert (await counts(dsn))["deliveries"] == 4 + len(gates)


async def test_a_meeting_that_is_locked_holds_up_no_other_for_good(
    store: PostgresStore, school: School, dsn: str, gates: list[Meeting]
) -> None:
    meetings = await begun(store, school, 3)
    asked = [(delivery(one, joined(ADA, 1), one.thread), ruling(joined(ADA, 1))) for one in meetings]
    async with kept_waiting(dsn, meetings[1:2]):
        receipts = await together(store, dsn, gates, asked)

    assert [type(one) for one in receipts] == [Receipt, OutOfReach, Receipt]


async def test_whoever_needs_a_new_sitting_comes_alone(
    store: PostgresStore, school: School, dsn: str, gates: list[Meeting]
) -> None:
    """An opening, a meeting never seen, and a delivery that is late for the sitting of the day before (law 1)."""
    known, fresh, over = lessons(school, 3)
    await join(store, known, joined(PATEL))
    monday = await join(store, over, joined(PATEL))
    tuesday = await join(store, over, joined(PATEL, 60 * 24))
    late = joined(ADA, 1)
    asked = [
        (delivery(known, joined(ADA, 1), "known"), ruling(joined(ADA, 1))),
        (delivery(fresh, Started(at=at(0)), "fresh"), ruling(Started(at=at(0)))),
        (delivery(over, late, "late"), ruling(late)),
    ]
    receipts = await together(store, dsn, gates, asked)

    assert tuesday > monday
    assert [one.sitting_id for one in receipts if isinstance(one, Receipt)][2] == monday
    assert await store.sitting_at(fresh) is not None


async def test_nobody_is_known_in_somebody_elses_lesson(
    store: PostgresStore, school: School, dsn: str, gates: list[Meeting]
) -> None:
    """What is kept of a pupil (a hold, an approval) reaches the sitting of that pupil only."""
    one, other = await begun(store, school, 2)
    connection = await asyncpg.connect(dsn)
    for person in (ADA, BEN):
        await connection.execute(
            "INSERT INTO people VALUES ($1, $2, $3, 'pupil', 'name', '{}', now(), 'infinity')",
            TENANT,
            school.id,
            person,
        )
    await connection.close()
    seen: list[Before] = []
    asked = [
        (delivery(one, joined(ADA, 1), "a", names={ADA: "Ada"}), noting(seen, joined(ADA, 1))),
        (delivery(other, joined(BEN, 1), "b", names={BEN: "Ben"}), noting(seen, joined(BEN, 1))),
    ]
    await together(store, dsn, gates, asked)

    assert [set(before.known) for before in seen] == [{ADA}, {BEN}]


async def test_the_brake_counts_those_before_in_the_same_transaction(
    store: PostgresStore, school: School, dsn: str, gates: list[Meeting]
) -> None:
    meetings = await begun(store, school, 3)
    seen: list[Before] = []
    asked = []
    for number, meeting in enumerate(meetings):
        person = joined(account(f"p{number}"), 1)
        removed = Corrected(at=at(1), person=person.person, action="remove", rule="uninvited_attendee", observation=1)
        asked.append((delivery(meeting, person, meeting.thread), noting(seen, person, removed)))
    await together(store, dsn, gates, asked)

    assert [before.school_corrected for before in seen] == [0, 1, 2]


async def test_decisions_looks_and_jobs_keep_to_their_sittings(
    store: PostgresStore, school: School, dsn: str, gates: list[Meeting]
) -> None:
    meetings = lessons(school, 4)
    sittings = [await join(store, meeting, joined(PATEL)) for meeting in meetings]

    def rule(before: Before) -> Ruling:
        soon = before.now.replace(microsecond=0) + (at(10) - at(0))
        return Ruling(
            events=(joined(ADA, 1),),
            decisions=(TELL,),
            jobs=(Job(kind="describe", sitting=before.sitting_id),),
            look_at=soon,
        )

    receipts = await together(
        store, dsn, gates, [(delivery(one, joined(ADA, 1), one.thread), rule) for one in meetings]
    )
    connection = await asyncpg.connect(dsn)
    decided = await connection.fetch("SELECT id, sitting FROM decisions ORDER BY sitting")
    looks = await connection.fetch("SELECT id, look_job FROM sittings WHERE look_job IS NOT NULL ORDER BY id")
    queued = await connection.fetch(
        "SELECT id, entrypoint, convert_from(payload, 'UTF8')::json AS job FROM jobs ORDER BY id"
    )
    await connection.close()

    assert [row["sitting"] for row in decided] == sittings
    numbers = [one.decision_ids for one in receipts if isinstance(one, Receipt)]
    assert numbers == [(row["id"],) for row in decided]
    assert [row["id"] for row in looks] == sittings
    assert len(queued) == 12
    by_id = {row["id"]: row["entrypoint"] for row in queued}
    assert all(by_id[row["look_job"]].endswith("/look") for row in looks)


async def test_two_replicas_with_the_same_meetings_never_wait_in_a_ring(
    store: PostgresStore, school: School, dsn: str
) -> None:
    meetings = await begun(store, school, 12)
    other = await open_store(dsn, school, TENANT)
    people = [account(f"p{each}") for each in range(10)]

    async def come(number: int, person: PersonKey, meeting: Meeting) -> None:
        event = joined(person, 1)
        replica = (store, other)[number % 2]
        await replica.observe(
            delivery(meeting, event, f"{person} {meeting.thread}", names={event.person: person}), ruling(event)
        )

    order = [
        (number, person, meeting) for number, person in enumerate(people) for meeting in meetings[:: (-1) ** number]
    ]
    await asyncio.gather(*(come(*one) for one in order))
    await other.close()

    assert (await counts(dsn))["events"] == 12 + 120
    for meeting in meetings:
        filed = await store.sitting(await store.sitting_at(meeting) or 0)
        assert filed is not None
        assert set(filed.sitting.members) == {PATEL, *people}


async def test_a_commit_that_fails_is_everybodys_own_failure_in_the_end(
    store: PostgresStore, school: School, dsn: str, gates: list[Meeting]
) -> None:
    meetings = lessons(school, 3)
    sittings = [await join(store, meeting, joined(PATEL)) for meeting in meetings]
    killer = await asyncpg.connect(dsn)
    await killer.execute(
        """CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN IF NEW.type = ''joined'' THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN NULL; END';
        CREATE CONSTRAINT TRIGGER die AFTER INSERT ON events DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION die()"""
    )
    asked = [(delivery(one, joined(ADA, 1), one.thread), ruling(joined(ADA, 1))) for one in meetings]
    receipts = await together(store, dsn, gates, asked)
    await killer.execute("DROP TRIGGER die ON events")
    await killer.close()

    assert [type(one) for one in receipts] == [OutOfReach] * 3
    assert [store.folds.get(sitting) for sitting in sittings] == [None] * 3
    again = [await store.observe(arrival, rule) for arrival, rule in asked]
    assert [set(one.sitting.members) for one in again] == [{PATEL, ADA}] * 3


async def test_who_waits_when_the_store_closes_is_told_to_come_again(
    school: School, dsn: str, gates: list[Meeting]
) -> None:
    closing = await open_store(dsn, school, TENANT)
    async with kept_waiting(dsn, gates) as blocker:
        first = [
            asyncio.create_task(closing.observe(delivery(gate, joined(ADA), gate.thread), ruling(joined(ADA))))
            for gate in gates
        ]
        await until_waiting(dsn, len(gates))
        waiting = asyncio.create_task(closing.observe(delivery(gates[0], joined(BEN), "b"), ruling(joined(BEN))))
        await asyncio.sleep(0)
        end = asyncio.create_task(closing.close())
        await asyncio.sleep(0)
        await blocker.execute("COMMIT")
        with pytest.raises(OutOfReach):
            await waiting
        await asyncio.gather(*first, end)


async def nothing(asked: Sequence[Asked]) -> None:
    """A transaction that takes everybody in."""
    for one in asked:
        one.receipt = one.rule(None)


async def test_one_who_leaves_is_not_taken_along(meeting: Meeting) -> None:
    """Somebody whose connection is gone is left out, if nobody has begun."""
    gone: list[str] = []
    held, taken = asyncio.Event(), list[list[str]]()

    async def commit(asked: Sequence[Asked]) -> None:
        taken.append([one.arrival.title or "" for one in asked])
        await held.wait()
        await nothing(asked)

    crowd = Crowd(commit)

    def asked(title: str) -> Asked:
        return Asked(Arrival(title=title), lambda _: gone)

    first = [asyncio.create_task(crowd.take(each, asked(f"first {each}"))) for each in range(AT_ONCE)]
    await asyncio.sleep(0)
    rest = [asyncio.create_task(crowd.take(f"m{each}", asked(f"rest {each}"))) for each in range(3)]
    await asyncio.sleep(0)
    rest[1].cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await rest[1]
    held.set()
    await asyncio.gather(*first, rest[0], rest[2])

    assert taken == [*([f"first {each}"] for each in range(AT_ONCE)), ["rest 0", "rest 2"]]


async def test_there_are_only_so_many_seats() -> None:
    taken, held = list[int](), asyncio.Event()

    async def commit(asked: Sequence[Asked]) -> None:
        taken.append(len(asked))
        await held.wait()
        await nothing(asked)

    crowd = Crowd(commit)
    everybody = [
        asyncio.create_task(crowd.take(each, Asked(Arrival(), lambda _: True)))
        for each in range(AT_ONCE + 2 * SEATS + 5)
    ]
    await asyncio.sleep(0)
    held.set()
    await asyncio.gather(*everybody)

    assert sum(taken) == AT_ONCE + 2 * SEATS + 5
    assert max(taken) == SEATS
    assert len(taken) == AT_ONCE + 3


async def test_one_meeting_is_locked_by_its_key_also_in_a_database_without_statistics(
    store: PostgresStore, school: School, dsn: str
) -> None:
    """A plan made before the first analyze once read through all meetings of the school for every join."""
    connection = await asyncpg.connect(dsn, server_settings={"plan_cache_mode": "force_generic_plan"})
    many = "INSERT INTO meetings SELECT $1, $2, 'm' || n, '0', NULL, NULL, NULL, NULL, now() FROM generate_series(1, 2000) n"
    await connection.execute(many, TENANT, school.id)
    await connection.execute(f"PREPARE meetings (text, text, text[], text[]) AS {LOCK_MEETINGS}")
    await connection.execute(f"PREPARE sitting (text, text, bigint) AS {LOCK_SITTING}")
    sitting = await join(store, lessons(school, 1)[0], joined(PATEL))
    plans = []
    for asked in (
        f"meetings('{TENANT}', '{school.id}', ARRAY['m7'], ARRAY['0'])",
        f"sitting('{TENANT}', '{school.id}', {sitting})",
    ):
        rows = await connection.fetch(f"EXPLAIN (ANALYZE, BUFFERS OFF, TIMING OFF) EXECUTE {asked}")
        plans.append("\n".join(row[0] for row in rows))
    await connection.close()

    assert "thread = w.thread" in plans[0]
    assert "thread = s.thread" in plans[1]
    assert not [plan for plan in plans if "rows=2000" in plan or "rows=2001" in plan]


async def test_it_is_calm_once_nobody_is_being_taken_in() -> None:
    """Whoever waits for calm waits no longer than their patience."""
    go = asyncio.Event()

    async def commit(asked: Sequence[Asked]) -> None:
        await go.wait()

    crowd = Crowd(commit)
    await crowd.calm(60)
    one = asyncio.create_task(crowd.take("a", Asked(Arrival(), ruling())))
    await asyncio.sleep(0)
    began = asyncio.get_running_loop().time()
    calm = [await crowd.calm(0.0), await crowd.calm(0.05)]
    impatient = asyncio.get_running_loop().time() - began
    waiting = asyncio.create_task(crowd.calm(60))
    await asyncio.sleep(0)
    before = waiting.done()
    go.set()
    await asyncio.gather(one, waiting)

    assert impatient >= 0.05
    assert (calm, before, waiting.result()) == ([False, False], False, True)
