"""The refusal table on /api/calls, against the whole product: every wrong token, body and path has its status, nothing else."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.events import CallMoved
from bot.teams.gate import GRAPH
from tests.graph.call_json import CALL, notice, participant, posted, user
from tests.hostile.front import Front
from tests.teams.issuer import APP_ID, GONE, ISSUER, TENANT
from tests.teams.wrongs import INSIDES, Token, later, signed_with_the_public_key, tampered, unsigned

pytestmark = pytest.mark.asyncio(loop_scope="module")
OTHER = "33333333-3333-4333-8333-333333333333"
ESTABLISHED = posted(notice({"state": "established"}))


@dataclass
class Row:
    """One way of being wrong: claims of a good token, or the whole header by `token`; a body; headers; a path."""

    name: str
    status: int
    claims: dict[str, Any] = field(default_factory=dict)
    token: Token | None = None
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    mark: str = ""


def good(front: Front) -> str:
    return front.token("calls")


ROWS = [
    Row("no token", 401, token=lambda front: None),
    Row("an empty header", 401, token=lambda front: " "),
    Row("garbage", 401, token=lambda front: "Bearer a.b.c"),
    Row("not ascii", 401, token=lambda front: "Bearer é.é.é"),
    Row("lower-case bearer", 401, token=lambda front: good(front).replace("Bearer", "bearer")),
    Row("two spaces", 401, token=lambda front: good(front).replace("Bearer ", "Bearer  ")),
    Row("basic", 401, token=lambda front: "Basic dXNlcjpwYXNz"),
    Row("alg none", 401, token=unsigned),
    Row("HS256 with the public key", 401, token=signed_with_the_public_key),
    Row("tampered", 401, token=tampered),
    Row("another key under a known id", 401, {"signed_by": "two"}),
    Row("unknown kid", 401, {"kid": "two", "signed_by": "two"}),
    Row("no kid", 401, {"kid": None}),
    Row("expired", 401, {"exp": later(-301)}),
    Row("not yet valid", 401, {"nbf": later(400)}),
    Row("no exp", 401, {"exp": GONE}),
    Row("exp is no number", 401, {"exp": "soon"}),
    Row("no nbf", 401, {"nbf": GONE}),
    Row("wrong issuer", 401, {"iss": f"https://sts.windows.net/{TENANT}/"}),
    Row("an issuer that only begins so", 401, {"iss": f"{GRAPH}.evil.example"}),
    Row("no issuer", 401, {"iss": GONE}),
    Row("wrong audience", 401, {"aud": OTHER}),
    Row("audience is a list", 401, {"aud": [APP_ID]}),
    Row("no audience", 401, {"aud": GONE}),
    Row("no tenant", 401, {"tid": GONE}),
    Row("a tenant that is a list", 401, {"tid": [TENANT]}),
    Row("another tenant's token", 403, {"tid": OTHER}),
    Row(
        "a token for activities", 401, {"iss": ISSUER, "tid": GONE, "serviceurl": "https://smba.trafficmanager.net/uk/"}
    ),
    Row("not JSON", 400, body=b"{"),
    Row("empty body", 400, body=b""),
    Row("not UTF-8", 400, body=b'{"value":"\xff"}'),
    Row("half a surrogate", 400, body=b'{"value":"\\ud800"}'),
    Row("much too deep", 400, body=b"[" * 60_000),
    Row("much too deep and closed", 400, body=b'{"value":' * 20_000 + b"1" + b"}" * 20_000),
    Row("too large", 413, body=b'{"a":"' + b"x" * (2 * 1024 * 1024) + b'"}'),
    Row("form", 415, headers={"Content-Type": "application/x-www-form-urlencoded"}),
    Row("plain text", 415, headers={"Content-Type": "text/plain"}),
    Row("gzip that is none", 400, body=b"not gzip", headers={"Content-Encoding": "gzip"}),
    Row("no mark", 404, mark="x"),
    Row("another sitting's number with this one's seal", 404, mark="2"),
    Row("a number that is none", 404, mark="²"),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_whatever_is_wrong_is_turned_away(front: Front, row: Row) -> None:
    """It gets its status and a line of JSON, nothing of our insides, and nothing is written; the log says why."""
    before = await front.rows("SELECT count(*) AS count FROM events")
    claims = {name: value() if callable(value) else value for name, value in row.claims.items()}
    token = row.token(front) if row.token else front.token("calls", **claims)
    mark = f"{row.mark}.{front.mark().partition('.')[2]}" if row.mark else front.mark()

    status, said = await front.send(
        f"calls/{mark}", ESTABLISHED if row.body is None else row.body, token=token, **row.headers
    )

    assert status == row.status, said
    assert list(json.loads(said)) == ["error"]
    assert not any(inside in said for inside in INSIDES)
    assert await front.rows("SELECT count(*) AS count FROM events") == before
    lines = [line for line in front.events_logged() if line["event"] == "turned_away" and line["place"] == "calls"]
    assert status in {line["status"] for line in lines}


async def in_a_call(front: Front, thread: str) -> int:
    """A lesson whose call we have joined."""
    sitting = await front.lesson(thread)
    await front.happened(CallMoved(at=datetime.now(UTC), state="joined", call=CALL), sitting=sitting)
    return sitting


async def written(front: Front, sitting: int) -> list[str]:
    """What is written of a lesson, in order: each event's type, and a call's state."""
    query = f"SELECT type, data ->> 'state' AS state FROM events WHERE sitting = {sitting} ORDER BY number"  # noqa: S608 -- a number of our own
    return [f"call {row['state']}" if row["state"] else row["type"] for row in await front.rows(query)]


async def test_a_forged_roster_is_no_roster(front: Front) -> None:
    """However well signed: it makes us look ourselves, and nobody comes or goes by it (law 5, threat T2)."""
    sitting = await in_a_call(front, "19:meeting_forged@thread.v2")
    forged = posted(notice([participant(1, user(7, "Ms Khan"))], f"/communications/calls/{CALL}/participants"))

    assert (await front.send(f"calls/{front.mark(sitting)}", forged))[0] == 200
    assert {"roster_seen", "joined", "left"}.isdisjoint(await written(front, sitting))


async def test_another_calls_notice_is_nobodys(front: Front) -> None:
    """The right path and a good token, for a call that is not this sitting's: taken, and believed by nobody."""
    sitting = await in_a_call(front, "19:meeting_other@thread.v2")
    before = await written(front, sitting)
    other = posted(notice({"state": "terminated"}, "/communications/calls/another-call", "deleted"))

    assert (await front.send(f"calls/{front.mark(sitting)}", other))[0] == 200
    assert await written(front, sitting) == before


async def test_another_sittings_path_is_not_this_ones(front: Front) -> None:
    """A good notice that comes to another lesson's path changes neither."""
    sitting = await in_a_call(front, "19:meeting_mine@thread.v2")
    other = await front.lesson("19:meeting_theirs@thread.v2")
    before = await written(front, sitting), await written(front, other)

    assert (await front.send(f"calls/{front.mark(other)}", ESTABLISHED))[0] == 200
    assert (await written(front, sitting), await written(front, other)) == before


async def test_a_notice_replayed_says_nothing_new(front: Front) -> None:
    """The same news twenty times is written once; and a call that ended is not begun again by an old notice."""
    sitting = await in_a_call(front, "19:meeting_replayed@thread.v2")
    over = posted(notice({"state": "terminated"}, change="deleted"))
    for body in (*[ESTABLISHED] * 20, over, *[ESTABLISHED] * 3):
        assert (await front.send(f"calls/{front.mark(sitting)}", body))[0] == 200

    assert [one for one in await written(front, sitting) if one in ("call in", "call ended")] == [
        "call in",
        "call ended",
    ]


async def meanwhile(front: Front, sitting: int, first: CallMoved, body: Any) -> int:
    """A notice that comes while `first` is being written, and has its turn after it; its status."""
    async with front.store._connection() as locking, front.store._connection() as watching:
        blocked = (
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )

        async def waiting(number: int) -> None:
            while await watching.fetchval(blocked) < number:
                await watching.execute("SELECT pg_sleep(0.01)")

        async with asyncio.timeout(20), locking.transaction():
            await locking.execute(
                "SELECT FROM meetings m JOIN sittings s USING (thread) WHERE s.id = $1 FOR UPDATE OF m", sitting
            )
            earlier = asyncio.create_task(front.happened(first, sitting=sitting))
            await waiting(1)
            later = asyncio.create_task(front.send(f"calls/{front.mark(sitting)}", body))
            await waiting(2)
        await earlier
        return (await later)[0]


async def test_a_notice_that_waited_while_its_call_ended_changes_nothing(front: Front) -> None:
    """Whose call it is is asked under the lock, not before: else an old call's news would be the next one's."""
    sitting = await in_a_call(front, "19:meeting_ending@thread.v2")
    ended = CallMoved(at=datetime.now(UTC), state="ended", call=CALL)
    gone = participant(1, user(7), removedState={"reason": "Removed by the organizer"})
    news = [notice({"state": "established"}), notice([gone], f"/communications/calls/{CALL}/participants")]

    assert await meanwhile(front, sitting, ended, posted(*news)) == 200
    assert (await written(front, sitting))[-1] == "call ended"


async def test_a_notice_that_waited_while_its_call_was_written_down_is_heard(front: Front) -> None:
    """Graph may tell of a call before we have written down that we joined it."""
    sitting = await front.lesson("19:meeting_joining@thread.v2")

    joined = CallMoved(at=datetime.now(UTC), state="joined", call=CALL)

    assert await meanwhile(front, sitting, joined, ESTABLISHED) == 200
    assert (await written(front, sitting))[-2:] == ["call joined", "call in"]
