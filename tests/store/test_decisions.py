"""Decisions: each once, revised in place, claimed before and settled after (laws 6 and 11)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from bot.actions import Mode
from bot.events import Answered, Joined, Verb, account
from bot.ports import Arrival, Decision, Receipt, Route, Ruling, Sent
from bot.sitting import Meeting
from bot.store import deciding
from bot.store.postgres import PostgresStore

ADA, HEAD = account("ada"), account("head")
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TELL = Decision(
    rule="lone_pupil",
    action="tell",
    mode=Mode.ACT,
    to="clt",
    about=ADA,
    episode=1,
    say="lone_pupil.alone",
    facts={"since": "2026-03-02T09:00:00+00:00", "adults": ("aad:patel",)},
    choices=(Verb.ACKNOWLEDGE, Verb.NOT_A_PROBLEM),
)


async def decide(store: PostgresStore, meeting: Meeting, *decisions: Decision) -> Receipt:
    arrival = Arrival(events=(Joined(at=NOW, person=ADA, endpoint="x"),), meeting=meeting)
    return await store.observe(arrival, lambda _: Ruling(events=arrival.events, decisions=decisions))


async def _rows(dsn: str, statement: str) -> list[tuple[object, ...]]:
    connection = await asyncpg.connect(dsn)
    rows = await connection.fetch(statement)
    await connection.close()
    return [tuple(row) for row in rows]


async def carries(dsn: str) -> int:
    return len(await _rows(dsn, "SELECT FROM jobs WHERE entrypoint LIKE '%/carry'"))


async def test_what_is_done_to_somebody_does_not_queue_behind_messages(
    store: PostgresStore, meeting: Meeting, dsn: str
) -> None:
    """A removal is enqueued as an act, with a rank above all messages."""
    await decide(store, meeting, TELL, replace(TELL, action="remove", to="", observation=7))

    jobs = await _rows(dsn, "SELECT split_part(entrypoint, '/', 3) FROM jobs ORDER BY priority DESC")
    assert jobs == [("act",), ("carry",)]


async def test_a_decision_comes_back_as_it_was_made(store: PostgresStore, meeting: Meeting) -> None:
    """What is claimed is what was decided, and the attempt is counted first."""
    receipt = await decide(store, meeting, TELL)
    number = receipt.decision_ids[0]

    alert = await store.claim(number)

    assert alert is not None
    assert alert.decision == TELL
    assert (alert.number, alert.sitting_id, alert.attempt, alert.revision) == (number, receipt.sitting_id, 1, 1)
    assert await store.claim(number) is None
    assert await store.alert(number) == alert


async def test_the_same_decision_again_is_nothing_and_another_wording_a_revision(
    store: PostgresStore, meeting: Meeting, dsn: str
) -> None:
    """Unique by its key (law 6): equal content does nothing, other content updates and is due again."""
    first = await decide(store, meeting, TELL)
    same = await decide(store, meeting, TELL)
    jobs_before = await carries(dsn)

    revised = await decide(store, meeting, replace(TELL, facts={"since": "later"}, over=True), replace(TELL, episode=2))
    alert = await store.alert(first.decision_ids[0])

    assert same.decision_ids == first.decision_ids == revised.decision_ids[:1]
    assert len(set(revised.decision_ids)) == 2
    assert (jobs_before, await carries(dsn)) == (1, 3)
    assert alert is not None
    assert (alert.revision, alert.decision.over, alert.decision.facts) == (2, True, {"since": "later"})


async def test_a_revision_of_what_was_done_is_due_again(store: PostgresStore, meeting: Meeting) -> None:
    """The card is updated in place: the sendings of the first revision are known to the second."""
    number = (await decide(store, meeting, TELL)).decision_ids[0]
    alert = await store.claim(number)
    assert alert is not None
    sent = Sent(route=Route.CHANNEL, conversation="19:channel", activity="1700")
    await store.sent(alert, sent)
    await store.sent(alert, sent)
    await store.settle(alert, outcome="done")
    done = await store.claim(number)

    await decide(store, meeting, replace(TELL, over=True))
    again = await store.claim(number)

    assert done is None
    assert again is not None
    assert (again.attempt, again.revision, again.sendings) == (1, 2, (sent,))


async def test_a_revision_that_comes_while_one_is_carried_stays_due(
    store: PostgresStore, meeting: Meeting, dsn: str
) -> None:
    """Settling an old revision does not settle the new one: a carry job is enqueued for it."""
    number = (await decide(store, meeting, TELL)).decision_ids[0]
    alert = await store.claim(number)
    assert alert is not None
    await decide(store, meeting, replace(TELL, over=True))
    held = await store.claim(number)
    before = await carries(dsn)

    await store.settle(alert, outcome="done")
    newer = await store.claim(number)

    assert held is None
    assert await carries(dsn) == before + 1
    assert newer is not None
    assert (newer.revision, newer.decision.over) == (2, True)


async def test_only_one_of_many_gets_a_claim(store: PostgresStore, meeting: Meeting) -> None:
    """Written before acting: two workers never carry out the same attempt."""
    number = (await decide(store, meeting, TELL)).decision_ids[0]

    claims = await asyncio.gather(*(store.claim(number) for _ in range(8)))

    assert [alert.attempt for alert in claims if alert] == [1]


async def test_a_claim_nobody_settled_is_taken_over(store: PostgresStore, meeting: Meeting, dsn: str) -> None:
    """Whoever claimed and died holds it for its lease; the job that found it held comes back after."""
    number = (await decide(store, meeting, TELL)).decision_ids[0]
    dead = await store.claim(number)
    await _rows(dsn, "DELETE FROM jobs RETURNING id")
    held = await store.claim(number), await store.claim(number)
    waiting = await _rows(dsn, "SELECT extract(epoch FROM execute_after - now())::int BETWEEN 12 AND 17 FROM jobs")
    await _rows(dsn, "UPDATE decisions SET claimed_until = now() - interval '1 s' RETURNING id")

    taken = await store.claim(number)

    assert dead is not None
    assert held == (None, None)
    assert waiting == [(True,)]
    assert taken is not None
    assert taken.attempt == 2
    await store.settle(dead, outcome="given_up")
    assert (await store.claim(number), (await store.alert(number)).decision.status) == (None, "due")  # type: ignore[union-attr]  # -- it is there
    await store.settle(taken, outcome="refused", words="No\0 such conversation")
    assert await _rows(dsn, "SELECT attempt, outcome, words FROM outcomes ORDER BY id") == [
        (1, "given_up", ""),
        (2, "refused", "No such conversation"),
    ]
    assert await store.claim(number) is None


async def test_a_living_claim_is_renewed(
    store: PostgresStore, meeting: Meeting, dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever is still at work keeps the claim past its lease, and what is settled is renewed no more."""
    monkeypatch.setattr(deciding, "LEASE", timedelta(seconds=0.5))
    monkeypatch.setattr(deciding, "RENEWED", 0.1)
    number = (await decide(store, meeting, TELL)).decision_ids[0]
    alert = await store.claim(number)
    assert alert is not None
    first = "SELECT claimed_until FROM decisions"
    was = (await _rows(dsn, first))[0][0]
    while (now := (await _rows(dsn, first))[0][0]) < was + timedelta(seconds=0.6):  # noqa: ASYNC110 -- a row is watched, nobody tells
        await asyncio.sleep(0.05)

    assert now > was
    assert await store.claim(number) is None
    await store.settle(alert, outcome="done")
    assert await _rows(dsn, first) == [(None,)]


async def test_again_leaves_it_due(store: PostgresStore, meeting: Meeting) -> None:
    """An attempt that is to be made again can be claimed again at once."""
    number = (await decide(store, meeting, TELL)).decision_ids[0]
    alert = await store.claim(number)
    assert alert is not None

    await store.settle(alert, outcome="again", words="timeout")
    again = await store.claim(number)

    assert again is not None
    assert again.attempt == 2


async def test_watched_and_braked_are_only_written_down(store: PostgresStore, meeting: Meeting, dsn: str) -> None:
    """Nothing that is not due can be claimed or has a job."""
    watched = replace(TELL, mode=Mode.WATCH, status="watched")
    braked = replace(TELL, action="remove", observation=1_767_000_000_000, status="braked")

    receipt = await decide(store, meeting, watched, braked)

    assert [await store.claim(number) for number in receipt.decision_ids] == [None, None]
    assert await carries(dsn) == 0


async def test_an_alert_knows_its_answers(store: PostgresStore, meeting: Meeting) -> None:
    """What was pressed on this rule's alert about this person, and on no other."""
    receipt = await decide(store, meeting, TELL)
    ours = Answered(at=NOW, rule="lone_pupil", about=ADA, verb=Verb.ACKNOWLEDGE, by=HEAD)
    others = (replace(ours, about=None), replace(ours, rule="uninvited_attendee"))

    await store.observe(Arrival(sitting=receipt.sitting_id), lambda _: Ruling(events=(*others, ours)))
    alert = await store.alert(receipt.decision_ids[0])

    assert (alert.answered if alert else None) == (ours,)
    assert await store.alert(receipt.decision_ids[0] + 1000) is None


async def test_what_is_due_for_long_is_carried_again(store: PostgresStore, meeting: Meeting, dsn: str) -> None:
    """A decision whose job was lost is found by the clock, once."""
    await decide(store, meeting, TELL)
    young = await store.recarry()
    await _rows(dsn, "DELETE FROM jobs RETURNING id")
    await _rows(dsn, "UPDATE decisions SET decided_at = decided_at - interval '1 hour' RETURNING id")

    found = await store.recarry(), await store.recarry()

    assert (young, found, await carries(dsn)) == (0, (1, 1), 1)


async def test_a_removal_that_was_lost_comes_back_as_one(store: PostgresStore, meeting: Meeting, dsn: str) -> None:
    """Found held by another, newer than what was settled, or by the clock: never behind the messages."""
    removal = replace(TELL, action="remove", to="", observation=7)
    number = (await decide(store, meeting, removal)).decision_ids[0]
    alert = await store.claim(number)
    assert alert is not None
    kinds = []

    async def found() -> None:
        rows = await _rows(dsn, "DELETE FROM jobs RETURNING split_part(entrypoint, '/', 3)")
        kinds.append([kind for (kind,) in rows])

    await found()
    assert await store.claim(number) is None
    await found()
    await decide(store, meeting, replace(removal, say="newer"))
    await found()
    await store.settle(alert, outcome="done")
    await found()
    await _rows(dsn, "UPDATE decisions SET decided_at = decided_at - interval '1 hour' RETURNING id")
    await store.recarry()
    await found()

    assert kinds == [["act"]] * 5
