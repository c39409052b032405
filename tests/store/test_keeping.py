"""Migrations, people, addresses, and really deleting."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from bot.actions import Mode
from bot.events import Joined, Kind, account
from bot.ports import (
    Arrival,
    Decision,
    HoldChange,
    HoldOpened,
    NoteTaken,
    OutOfReach,
    Person,
    Route,
    Ruling,
    Sent,
    WarningGiven,
    Word,
)
from bot.school import School
from bot.sitting import Meeting
from bot.store import schema
from bot.store.housekeeping import TABLES
from bot.store.postgres import PostgresStore, open_store
from tests.database import fresh_database
from tests.store.conftest import TENANT
from tests.store.test_planning import lesson

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ADA, PATEL = account("ada"), account("patel")


async def test_two_replicas_migrate_a_new_database_at_once_and_again() -> None:
    """From nothing, side by side, and once more changes nothing."""
    dsn = await fresh_database(migrated=False)

    await asyncio.gather(schema.migrate(dsn), schema.migrate(dsn))
    await schema.migrate(dsn)

    connection = await asyncpg.connect(dsn)
    tables = {row["tablename"] for row in await connection.fetch("SELECT tablename FROM pg_tables")}
    await connection.close()
    assert {*TABLES, "jobs", "job_log"} <= tables


async def test_every_key_begins_with_tenant_and_school_and_every_row_has_an_end(dsn: str) -> None:
    """Laws 1 and 15, asked of the database itself."""
    connection = await asyncpg.connect(dsn)
    keys = await connection.fetch(
        """SELECT c.relname AS name, array_agg(a.attname::text ORDER BY array_position(i.indkey::int2[], a.attnum)) AS columns
        FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
        WHERE i.indisunique AND n.nspname = 'public' AND c.relname !~ '^(job|alembic)' GROUP BY c.relname, i.indexrelid"""
    )
    ends = await connection.fetch("SELECT table_name FROM information_schema.columns WHERE column_name = 'keep_until'")
    await connection.close()

    assert {key["name"] for key in keys} == set(TABLES)
    assert all(key["columns"][:2] == ["tenant", "school"] for key in keys)
    assert {row["table_name"] for row in ends} == set(TABLES)


async def _fill(store: PostgresStore, school: School, tenant: str) -> None:
    """A row in every table."""
    event = Joined(at=NOW, person=ADA, endpoint="x")
    arrival = Arrival(
        events=(event,), meeting=Meeting(tenant, school.id, "19:a"), digest=b"d", names={ADA: "Ada"}, title="Maths"
    )
    later = datetime.now(UTC) + timedelta(days=1)
    receipt = await store.observe(
        arrival,
        lambda _: Ruling(
            events=(event,),
            decisions=(Decision(rule="r", action="tell", mode=Mode.ACT),),
            warnings=(WarningGiven(pupil=ADA, by=PATEL, reason="r", expires=later),),
            notes=(NoteTaken(by=PATEL, text="n"),),
            holds=(HoldOpened(pupil=ADA, by=PATEL, reason="r"),),
        ),
    )
    alert = await store.claim(receipt.decision_ids[0])
    assert alert is not None
    await store.sent(alert, Sent(route=Route.CHANNEL, conversation="c", activity="a"))
    await store.settle(alert, outcome="done")
    await store.learn([Person(key=PATEL, kind=Kind.STAFF, name="Ms Patel", as_of=NOW)], whole_list_of=Kind.STAFF)
    await store.approve(ADA, PATEL, timedelta(days=1))
    await store.remember("19:a", "https://smba.example/")
    planned = lesson(5)
    await store.replan(PATEL, [planned], planned.starts, planned.ends)
    await store.claim_word(Word(say="on_hold"), timedelta(days=1))
    await store.change(HoldChange(pupil=ADA, by=PATEL, what="open", why="w"))
    (hold,) = await store.standing()
    await store.card_shows(hold.number, Sent(route=Route.CHANNEL, conversation="c", activity="a"), hold.news)


async def test_purging_really_deletes_what_is_over_and_nothing_else(dsn: str, school: School) -> None:
    """Every table is emptied of rows past their end, of this school only (law 15)."""
    ours, theirs = await open_store(dsn, school, TENANT), await open_store(dsn, school, "another")
    await _fill(ours, school, TENANT)
    await _fill(theirs, school, "another")
    too_early = await ours.purge()
    connection = await asyncpg.connect(dsn)
    filled = {table: {row["tenant"] for row in await connection.fetch(f"TABLE {table}")} for table in TABLES}
    for table in TABLES:
        await connection.execute(f"UPDATE {table} SET keep_until = now() - interval '1 second'")  # noqa: S608 -- our own names

    gone = await ours.purge()

    left = {table: [row["tenant"] for row in await connection.fetch(f"TABLE {table}")] for table in TABLES}
    assert filled == {table: {TENANT, "another"} for table in TABLES}
    assert too_early == 0
    assert gone >= len(TABLES)
    assert all(set(tenants) == {"another"} for tenants in left.values())
    for opened in (ours, theirs, connection):
        await opened.close()


async def test_the_log_of_the_queue_is_purged_too(store: PostgresStore, school: School, dsn: str) -> None:
    """PgQueuer never deletes its own log."""
    await _fill(store, school, TENANT)
    connection = await asyncpg.connect(dsn)
    await connection.execute("UPDATE job_log SET created = created - interval '8 days'")

    gone = await store.purge()

    assert gone == 4  # of the alert, of the teachers who are to hear of the hold, and twice of its card
    assert await connection.fetch("TABLE job_log") == []
    await connection.close()


async def test_the_newest_record_of_a_person_wins(store: PostgresStore) -> None:
    """An older look-up that comes late changes nothing, whatever the order; a name is never lost to an empty one."""
    new = Person(key=ADA, kind=Kind.PUPIL, name="Ada", classes=("3B", "Choir"), as_of=NOW)
    old = Person(key=ADA, kind=Kind.ACCOUNT, name="A", as_of=NOW - timedelta(days=1))
    nameless = Person(key=PATEL, kind=Kind.STAFF, name="", as_of=NOW)

    await store.learn([Person(key=PATEL, kind=Kind.UNRESOLVED, name="Ms Patel"), new, old])
    await store.learn([old, nameless])
    people = await store.get([ADA, PATEL, account("nobody")])

    assert people == {ADA: new, PATEL: Person(key=PATEL, kind=Kind.STAFF, name="Ms Patel", as_of=NOW)}


async def test_the_newest_address_of_a_conversation_is_used(store: PostgresStore) -> None:
    """A conversation's own, else the newest of any."""
    nothing = await store.service_url("a")
    for conversation, url in (
        ("a", "https://one/"),
        ("b", "https://two/"),
        ("a", "https://one/"),
        ("a", "https://three/"),
    ):
        await store.remember(conversation, url)

    found = [await store.service_url(conversation) for conversation in ("a", "b", "unknown")]

    assert (nothing, found) == (None, ["https://three/", "https://two/", "https://three/"])


async def test_of_all_replicas_one_greets(dsn: str, school: School) -> None:
    """Teams tells twice that we were added, and not to the same replica; a minute later it is another adding."""
    replicas = [await open_store(dsn, school, TENANT) for _ in range(2)]
    asked = [replica.first_greeting("19:a@thread.v2") for replica in replicas * 4]
    found = await asyncio.gather(*asked)
    elsewhere = await replicas[1].first_greeting("19:b@thread.v2")
    connection = await asyncpg.connect(dsn)
    await connection.execute("UPDATE deliveries SET keep_until = keep_until - interval '61 seconds'")
    await connection.close()
    later = [await replica.first_greeting("19:a@thread.v2") for replica in replicas]
    for replica in replicas:
        await replica.close()

    assert sum(found) == 1
    assert elsewhere
    assert later == [True, False]


async def test_a_database_that_goes_away_while_it_is_migrated_is_out_of_reach(school: School) -> None:
    """The start is tried again by whoever opens the store; nothing is half done."""
    dsn = await fresh_database(migrated=False)
    holder = await asyncpg.connect(dsn)
    await holder.execute(f"SELECT pg_advisory_lock({schema.LOCK})")
    opening = asyncio.create_task(open_store(dsn, school, TENANT))
    waiting = "FROM pg_stat_activity WHERE wait_event = 'advisory' AND datname = current_database()"
    while not await holder.fetchval(f"SELECT count(pg_terminate_backend(pid)) {waiting}"):
        await holder.execute("SELECT pg_sleep(0.01)")

    with pytest.raises(OutOfReach):
        await opening

    assert await holder.fetchval("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == 0
    await holder.close()


async def test_no_database_is_out_of_reach(school: School, tmp_path: object) -> None:
    """At the start as later."""
    with pytest.raises(OutOfReach):
        await open_store(f"postgresql://postgres@/x?host={tmp_path}", school, TENANT)
