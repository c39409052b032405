"""Alerts and what people made of them, in the database: since when, notes, steps, false alarms."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import asyncpg

from bot.actions import Mode
from bot.events import Answered, Event, PassedOn, Verb, account
from bot.ports import AlarmCount, Arrival, Before, Decision, Job, NoteTaken, Route, Ruling, Sent
from bot.sitting import Meeting
from bot.store.folds import Folds
from bot.store.postgres import PostgresStore
from tests.store.lessons import ADA, PATEL, joined

HEAD, MONTH = account("head"), timedelta(days=30)
TELL = Decision(rule="lone_pupil", action="tell", mode=Mode.ACT, to="clt", about=ADA, episode=1, say="lone_pupil.alone")


async def told(store: PostgresStore, meeting: Meeting, decision: Decision = TELL) -> int:
    """A decision that was told in the channel; its number."""
    arrival = Arrival(events=(joined(PATEL),), meeting=meeting)
    receipt = await store.observe(arrival, lambda before: Ruling(events=arrival.events, decisions=(decision,)))
    alert = await store.claim(receipt.decision_ids[0])
    assert alert is not None
    await store.sent(alert, Sent(route=Route.CHANNEL, conversation="19:x", activity=str(alert.number)))
    await store.settle(alert, outcome="done")
    return alert.number


async def written(store: PostgresStore, number: int, *events: Event, notes: tuple[NoteTaken, ...] = ()) -> None:
    """These are written down in an alert's lesson, as of now."""
    alert = await store.alert(number)
    assert alert is not None

    def ruling(before: Before) -> Ruling:
        return Ruling(events=tuple(replace(event, at=before.now) for event in events), notes=notes)

    await store.observe(Arrival(sitting=alert.sitting_id), ruling)


def answer(verb: Verb) -> Answered:
    """Somebody answers about Ada."""
    return Answered(at=datetime.now(UTC), rule="lone_pupil", about=ADA, verb=verb, by=HEAD)


async def test_newer_words_leave_since_when_it_is(store: PostgresStore, meeting: Meeting) -> None:
    """The time in which somebody should take it counts from the first."""
    first = await store.alert(await told(store, meeting))
    again = await store.alert(await told(store, meeting, replace(TELL, say="lone_pupil.no_adult")))

    assert first is not None
    assert again is not None
    assert (first.number, first.since) == (again.number, again.since)
    assert again.decided_at > first.decided_at


async def test_a_note_on_an_alert_is_read_with_it_and_not_in_the_lessons_log(
    store: PostgresStore, meeting: Meeting
) -> None:
    """A teacher may read the log."""
    number = await told(store, meeting)
    note = NoteTaken(by=HEAD, text="rang home\0", alert=number)
    await written(store, number, notes=(note, NoteTaken(by=PATEL, text="fire drill")))
    alert = await store.alert(number)

    assert alert is not None
    assert [(one.by, one.text) for one in alert.notes] == [(HEAD, "rang home")]
    assert alert.notes[0].at.tzinfo is not None
    assert [one.text for one in await store.notes(alert.sitting_id)] == ["fire drill"]


async def test_to_whom_it_went_is_in_the_fold(store: PostgresStore, meeting: Meeting) -> None:
    """Read back from what is written down."""
    number = await told(store, meeting)
    step = PassedOn(at=datetime.now(UTC), decision=number, to=(HEAD,), how="person")
    await written(store, number, step)
    store._folds = Folds()  # nothing is in memory any more
    alert = await store.alert(number)
    filed = await store.sitting(alert.sitting_id) if alert else None

    assert filed is not None
    assert [(one.to, one.how) for one in filed.sitting.passed[number]] == [((HEAD,), "person")]


async def test_a_step_that_waits_waits_once(store: PostgresStore, dsn: str) -> None:
    """Asked for by each attempt to tell the same alert; the next step is another."""
    for step in (0, 0, 1):
        await store.ask(Job(kind="escalate", decision=7, step=step, after=180))
    connection = await asyncpg.connect(dsn)
    waiting = await connection.fetchval("SELECT count(*) FROM jobs WHERE entrypoint LIKE '%/escalate'")
    await connection.close()

    assert waiting == 2


async def test_alarms_are_counted_rule_by_rule(store: PostgresStore, meeting: Meeting) -> None:
    """What was told to several people and sent; each by the answers that were given to it, and not to the one after."""
    first = await told(store, meeting)
    await written(store, first, answer(Verb.CLAIM), answer(Verb.NOT_A_PROBLEM))
    second = await told(store, meeting, replace(TELL, episode=2))
    await written(store, second, answer(Verb.ACKNOWLEDGE))
    await told(store, meeting, replace(TELL, rule="misuse"))
    await told(store, meeting, replace(TELL, to="host"))

    assert await store.alarms(MONTH) == [
        AlarmCount(rule="lone_pupil", told=2, nothing=1, taken=1),
        AlarmCount(rule="misuse", told=1, nothing=0, taken=0),
    ]
    assert await store.alarms(timedelta(0)) == []


async def test_what_was_never_sent_is_no_alarm(store: PostgresStore, meeting: Meeting) -> None:
    """A rule that only watches told nobody."""
    arrival = Arrival(events=(joined(PATEL),), meeting=meeting)
    watched = replace(TELL, mode=Mode.WATCH, status="watched")
    await store.observe(arrival, lambda before: Ruling(events=arrival.events, decisions=(watched,)))

    assert await store.alarms(MONTH) == []
