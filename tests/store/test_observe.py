"""The one transaction, against real PostgreSQL: what is written and what the rule is shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from bot.actions import Mode
from bot.events import (
    Answered,
    Approved,
    Corrected,
    Described,
    EpisodeMoved,
    EpisodeState,
    Event,
    Identified,
    Kind,
    Started,
    Verb,
    Warned,
)
from bot.ports import Arrival, Before, Decision, Job, NoteTaken, Person, WarningGiven
from bot.school import School
from bot.sitting import Meeting
from bot.store.postgres import PostgresStore, open_store
from tests.store.lessons import ADA, BEN, NINE, PATEL, at, counts, join, joined, left, noting, only, ruling


async def test_a_join_opens_a_sitting_and_is_kept(store: PostgresStore, meeting: Meeting) -> None:
    """The first join opens a sitting, and what is read back is what was folded."""
    event = joined(ADA)
    arrival = Arrival(
        events=(event,),
        meeting=meeting,
        names={ADA: "Ada L"},
        teams_meeting_id="MCMx",
        meeting_type="scheduled",
        title="Maths",
        service_url="https://smba.example/",
    )

    receipt = await store.observe(arrival, ruling(event))
    store.folds.drop(receipt.sitting_id)
    filed = await store.sitting(receipt.sitting_id)

    assert filed is not None
    assert filed.sitting == receipt.sitting
    assert filed.sitting.present() == (ADA,)
    assert (filed.teams_meeting_id, filed.meeting_type, filed.title) == ("MCMx", "scheduled", "Maths")
    assert (await store.get([ADA]))[ADA] == Person(key=ADA, kind=Kind.UNRESOLVED, name="Ada L")
    assert await store.in_sitting(receipt.sitting_id) == [Person(key=ADA, kind=Kind.UNRESOLVED, name="Ada L")]


async def test_every_kind_of_event_comes_back_as_it_was(store: PostgresStore, meeting: Meeting) -> None:
    """A fold read from the database equals the fold in memory, whatever happened."""
    events: list[Event] = [
        Started(at=at(0)),
        joined(ADA, 1),
        joined(PATEL, 1.5),
        Identified(at=at(2), person=ADA, kind=Kind.PUPIL, classes=("3B", "Choir")),
        Described(at=at(2), organizer=PATEL, class_name="3B", invitees=(ADA, BEN), scheduled_start=at(0)),
        Approved(at=at(2), pupil=ADA, until=at(60), by=PATEL),
        Warned(at=at(3), pupil=ADA, by=PATEL, count=2),
        Corrected(at=at(3), person=BEN, action="remove", rule="r", observation=1_767_000_000_000),
        Answered(at=at(4), rule="lone_pupil", about=None, verb=Verb.ACKNOWLEDGE, by=PATEL),
        EpisodeMoved(
            at=at(5),
            rule="lone_pupil",
            action="tell",
            to="clt",
            about=ADA,
            number=1,
            state=EpisodeState.OPEN,
            say="lone_pupil.alone",
            facts={"since": at(3).isoformat(), "adults": (str(PATEL),), "n": 3, "sure": True, "none": None, "f": 0.5},
        ),
        left(BEN, 6),
    ]

    receipt = await store.observe(Arrival(events=(events[0],), meeting=meeting), ruling(*events))
    store.folds.drop(receipt.sitting_id)
    filed = await store.sitting(receipt.sitting_id)

    assert filed is not None
    assert filed.sitting == receipt.sitting
    assert filed.sitting.number == len(events)


async def test_a_copy_changes_nothing(store: PostgresStore, meeting: Meeting, dsn: str) -> None:
    """The same delivery a second time is told as a copy and asks no rule (law 4)."""
    arrival = Arrival(events=(joined(ADA),), meeting=meeting, digest=b"one")
    first = await store.observe(arrival, ruling(joined(ADA)))
    before = await counts(dsn)

    second = await store.observe(arrival, lambda _: pytest.fail("a copy was judged"))

    assert second.copy
    assert not first.copy
    assert (second.sitting_id, second.sitting) == (first.sitting_id, first.sitting)
    assert await counts(dsn) == before


async def test_an_empty_ruling_writes_only_the_delivery(store: PostgresStore, meeting: Meeting, dsn: str) -> None:
    """A rule that asks nothing writes nothing (law 8)."""
    await store.observe(Arrival(events=(joined(ADA),), meeting=meeting, digest=b"one", names={ADA: "Ada"}), only)

    assert await counts(dsn) == {"meetings": 1, "deliveries": 1}


async def test_people_are_read_in_the_same_transaction(store: PostgresStore, meeting: Meeting) -> None:
    """Who joins is known as the people table knows them, fresh or not (law 2)."""
    now = datetime.now(UTC)
    await store.learn(
        [
            Person(key=ADA, kind=Kind.PUPIL, name="Ada", classes=("3B", "3C"), as_of=now),
            Person(key=BEN, kind=Kind.PUPIL, name="Ben", as_of=now - timedelta(days=2)),
        ]
    )
    seen: list[Before] = []
    events = (joined(ADA), joined(BEN), joined(PATEL))
    names = {ADA: "Impostor", PATEL: "Ms P\0atel"}

    await store.observe(Arrival(events=events, meeting=meeting, names=names), noting(seen, *events))
    people = await store.get([ADA, BEN, PATEL])

    known = seen[0].known
    assert (known[ADA].kind, known[ADA].classes, known[ADA].fresh, known[BEN].fresh) == (
        Kind.PUPIL,
        ("3B", "3C"),
        True,
        False,
    )
    assert PATEL not in known
    assert (people[ADA].name, people[PATEL].name, people[PATEL].kind) == ("Ada", "Ms Patel", Kind.UNRESOLVED)


async def test_warnings_and_notes_are_kept_above_the_sitting(store: PostgresStore, meeting: Meeting, dsn: str) -> None:
    """Unexpired warnings of a pupil are counted over all lessons (C34), with those just given."""
    now = datetime.now(UTC)
    expired = WarningGiven(pupil=ADA, by=PATEL, reason="shouting", expires=now - timedelta(days=1))
    valid = replace(expired, expires=now + timedelta(days=1))
    sitting_id = await join(store, meeting, joined(ADA))
    await store.observe(Arrival(sitting=sitting_id), ruling(warnings=(expired, valid)))
    seen: list[Before] = []

    receipt = await store.observe(
        Arrival(sitting=sitting_id, counting=ADA),
        noting(seen, warnings=(valid,), notes=(NoteTaken(by=PATEL, text="calm again"),)),
    )

    assert (seen[0].warnings, receipt.warnings) == (1, 2)
    assert (await counts(dsn))["notes"] == 1


async def test_jobs_and_carries_are_enqueued_with_the_ruling(store: PostgresStore, meeting: Meeting, dsn: str) -> None:
    """A due decision is a job, a watched one is only written down."""
    due = Decision(rule="r", action="tell", mode=Mode.ACT, to="clt", episode=1)
    watched = replace(due, to="host", mode=Mode.WATCH, status="watched")
    job = Job(kind="identify", person=ADA)
    events = (joined(ADA),)

    receipt = await store.observe(
        Arrival(events=events, meeting=meeting), ruling(*events, decisions=(due, watched), jobs=(job,))
    )

    connection = await asyncpg.connect(dsn)
    rows = await connection.fetch("SELECT entrypoint FROM jobs ORDER BY id")
    await connection.close()
    assert len(receipt.decision_ids) == 2
    assert [row["entrypoint"] for row in rows] == [f"{store.scope}/carry", f"{store.scope}/identify"]


async def test_all_who_are_known_as_staff(store: PostgresStore, dsn: str, school: School) -> None:
    """Whose names a stranger's may look like: of this school, and no pupils."""
    people = [
        Person(key=key, kind=kind, name=name, as_of=NINE)
        for key, kind, name in ((PATEL, Kind.STAFF, "P"), (ADA, Kind.PUPIL, "A"))
    ]
    await store.learn(people)
    other = await open_store(dsn, school, "another")

    assert await store.staff() == people[:1]
    assert await other.staff() == []
    await other.close()
