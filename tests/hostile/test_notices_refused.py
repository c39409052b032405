"""The refusal table on /api/notifications, against the whole product: no wrong path, state, tenant or body makes us look.

There is no token on these posts: a path and a clientState that only we can make stand for one (threat T2).
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pytest

from bot.graph.subscriptions import Seals
from tests.hostile.front import PLANTED, SECRET, Front
from tests.teams.activities import ADA, PATEL
from tests.teams.issuer import TENANT
from tests.teams.wrongs import INSIDES, OTHER

pytestmark = pytest.mark.asyncio(loop_scope="module")
SEALS, FOREIGN = Seals(SECRET), Seals("another-secret")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def told(state: Any, **more: Any) -> dict[str, Any]:
    """A body with one notice, as Graph posts it."""
    one = {
        "subscriptionId": "s",
        "clientState": state,
        "tenantId": TENANT,
        "changeType": "updated",
        "resource": f"Users/{PATEL}/Events/AAMk",
        "resourceData": {"id": "AAMk", "subject": PLANTED},
        **more,
    }
    return {"value": [one]}


GOOD = told(SEALS.state(PATEL))


@dataclass
class Row:
    """One way of being wrong: the path's end, its query, a body, headers; and what it is answered."""

    name: str
    status: int
    mark: str = SEALS.path
    query: str = ""
    body: Any = field(default_factory=lambda: GOOD)
    headers: dict[str, str] = field(default_factory=dict)


REFUSED = [
    Row("no mark of ours", 404, mark="x"),
    Row("a mark of another secret", 404, mark=FOREIGN.path),
    Row("a mark cut short", 404, mark=SEALS.path[:-1]),
    Row("a mark and more", 404, mark=f"{SEALS.path}0"),
    Row("a clientState for a mark", 404, mark=SEALS.state(PATEL)),
    Row("a mark in other letters", 404, mark=SEALS.path.upper()),
    Row("a mark that is not ascii", 404, mark=quote("é" * 32)),
    Row("a handshake at another path", 404, mark="x", query="?validationToken=hello"),
    Row("an empty handshake", 400, query="?validationToken="),
    Row("a handshake in two lines", 400, query="?validationToken=a%0d%0aSet-Cookie:x"),
    Row("a handshake with bytes nobody sees", 400, query="?validationToken=a%00b%e2%80%ae"),
    Row("a handshake much too long", 400, query=f"?validationToken={'x' * 2100}"),
    Row("not JSON", 400, body=b"{"),
    Row("empty body", 400, body=b""),
    Row("not UTF-8", 400, body=b'{"value":"\xff"}'),
    Row("half a surrogate", 400, body=b'{"value":"\\ud800"}'),
    Row("much too deep", 400, body=b"[" * 60_000),
    Row("much too deep and closed", 400, body=b'{"value":' * 10_000 + b"1" + b"}" * 10_000),
    Row("too large", 413, body=b'{"a":"' + b"x" * (128 * 1024) + b'"}'),
    Row("form", 415, headers=FORM),
    Row("plain text", 415, headers={"Content-Type": "text/plain"}),
    Row("gzip that is none", 400, body=b"not gzip", headers={"Content-Encoding": "gzip"}),
]

FORGED = [
    Row("no state", 202, body=told(None)),
    Row("an empty state", 202, body=told("")),
    Row("no seal", 202, body=told(PATEL)),
    Row("a seal of noughts", 202, body=told(f"{PATEL}.{'0' * 32}")),
    Row("another secret's state", 202, body=told(FOREIGN.state(PATEL))),
    Row("one person's seal for another", 202, body=told(f"{ADA}.{SEALS.state(PATEL).partition('.')[2]}")),
    Row("the path's seal for a state", 202, body=told(f"{PATEL}.{SEALS.path}")),
    Row("a state that is a list", 202, body=told([SEALS.state(PATEL)])),
    Row("a state that is no text", 202, body=told({"$ne": ""})),
    Row("a state of NULs", 202, body=told("\x00")),
    Row("another tenant's notice", 202, body=told(SEALS.state(PATEL), tenantId=OTHER)),
    Row("a tenant that is a list", 202, body=told(SEALS.state(PATEL), tenantId=[TENANT])),
    Row("forged validation tokens", 202, body={**told("x"), "validationTokens": ["eyJhbGciOiJub25lIn0.e30.", 7, None]}),
    Row("a lifecycle event", 202, body=told("x", lifecycleEvent="subscriptionRemoved")),
    Row("100,000 notices", 413, body={"value": told("x")["value"] * 100_000}),
    Row("a thousand forged before a good one", 202, body={"value": [{"clientState": "x"}] * 1000 + GOOD["value"]}),
    Row("a list", 202, body=[]),
    Row("a value that is none", 202, body={"value": {"clientState": SEALS.state(PATEL)}}),
]


async def looked(front: Front) -> int:
    """How often a calendar was to be read, waiting or done."""
    asked = "entrypoint LIKE '%/replan' OR entrypoint LIKE '%/resubscribe'"
    each = [await front.rows(f"SELECT count(*) AS n FROM {table} WHERE {asked}") for table in ("jobs", "job_log")]  # noqa: S608 -- our own text
    return sum(int(rows[0]["n"]) for rows in each)


async def sent(front: Front, row: Row) -> tuple[int, str]:
    return await front.send(f"notifications/{row.mark}{row.query}", row.body, token=None, **row.headers)


@pytest.mark.parametrize("row", REFUSED, ids=lambda row: row.name)
async def test_whatever_is_wrong_is_turned_away(front: Front, row: Row) -> None:
    """Its status and a line of JSON, nothing of our insides, no calendar read; the log says why and names nobody."""
    before = await looked(front)

    status, said = await sent(front, row)

    assert status == row.status, said
    assert list(json.loads(said)) == ["error"]
    assert not any(inside in said for inside in (*INSIDES, "Set-Cookie"))
    assert await looked(front) == before
    lines = [one for one in front.events_logged() if one["event"] == "turned_away" and one["place"] == "notifications"]
    assert status in {line["status"] for line in lines}
    assert not [part for part in PLANTED.split() if part in front.log.getvalue()]


@pytest.mark.parametrize("row", FORGED, ids=lambda row: row.name)
async def test_a_forged_notice_makes_nobody_look(front: Front, row: Row) -> None:
    """It is answered as a good one is, so that nobody learns which they were; and no calendar is read for it."""
    before = await looked(front)

    status, said = await sent(front, row)

    assert status == row.status
    assert not said or status >= 400
    assert await looked(front) == before


async def test_a_good_one_makes_us_look(front: Front) -> None:
    """Else the tables above would prove nothing. Graph's other ways of writing an id are the same."""
    before = await looked(front)
    shouted = told(SEALS.state(PATEL), tenantId=TENANT.upper())

    assert (await sent(front, Row("good", 202, body=shouted)))[0] == 202
    async with asyncio.timeout(10):
        while await looked(front) == before:
            pass


async def test_a_handshake_is_given_back_as_text_that_no_browser_takes_for_a_page(front: Front) -> None:
    """Whoever knows the path can have words given back: they stay words."""
    url = f"{front.url}/api/notifications/{SEALS.path}?validationToken={quote('<script>alert(1)</script>')}"
    async with front.session.post(url) as answer:
        said, kind, headers = await answer.text(), answer.content_type, answer.headers

    assert said == "<script>alert(1)</script>"
    assert (kind, headers["X-Content-Type-Options"]) == ("text/plain", "nosniff")
    assert "default-src 'none'" in headers["Content-Security-Policy"]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
async def test_nothing_but_a_post_is_taken(front: Front, method: str) -> None:
    """Not even the handshake."""
    place = f"notifications/{SEALS.path}?validationToken=hello"

    assert (await front.send(place, GOOD, token=None, method=method))[0] == 405
