"""What Graph posts of calendars, over real HTTP: the handshake, notices believed by their clientState alone, refusals."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.events import account
from bot.graph.subscriptions import Seals, changed
from bot.ports import Job, OutOfReach
from bot.web.metrics import Metrics
from bot.web.notifications import LONGEST_TOKEN, Notifications
from bot.web.routes import make_app
from tests.fakes import FakeErrands
from tests.teams.issuer import TENANT

OID = "00000000-0000-4000-8000-000000000100"
SEALS = Seals("a secret")
REPLAN = Job(kind="replan", person=account(OID))


class NoInlet:
    """Nothing of this comes by the other door."""

    async def take(self, authorization: str | None, read: Any) -> Any:
        raise AssertionError("not here")


@dataclass
class Site:
    """The product's side of subscriptions, listening."""

    session: aiohttp.ClientSession
    url: str
    errands: FakeErrands = field(default_factory=FakeErrands)

    async def post(self, body: Any = None, *, path: str = SEALS.path, **how: Any) -> tuple[int, str, str]:
        """Status, kind of answer and its text."""
        how |= {} if body is None else {"json": body}
        async with self.session.post(f"{self.url}/api/notifications/{path}", **how) as answer:
            return answer.status, answer.content_type, await answer.text()


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async def ready() -> tuple[bool, list[str]]:
        return True, []

    async with aiohttp.ClientSession() as session:
        found = Site(session, "")
        notifications = Notifications(SEALS.is_ours, lambda body: changed(body, SEALS, TENANT), found.errands)
        app = make_app(inlet=NoInlet(), metrics=Metrics(), ready=ready, notifications=notifications, slowest_body=0.3)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        found.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield found
        await runner.cleanup()


def notices(*states: str | None, **more: Any) -> dict[str, Any]:
    """A body of notices with these clientStates."""
    resource = f"Users/{OID}/Events/AAMk"
    return {"value": [{"subscriptionId": "s", "clientState": state, "resource": resource, **more} for state in states]}


async def test_the_handshake_gives_the_token_back_as_plain_text(site: Site) -> None:
    """Just as it was, escapes undone; nothing is done."""
    token = "Validation: Testing client application <b>reachability</b> +/?&"

    answer = await site.post(params={"validationToken": token})

    assert answer == (200, "text/plain", token)
    assert site.errands.asked == []


@pytest.mark.parametrize("token", ["", "x" * (LONGEST_TOKEN + 1), "two\nlines"])
async def test_a_token_that_is_none_is_not_given_back(site: Site, token: str) -> None:
    """Empty, far too long, or not in one line."""
    assert (await site.post(params={"validationToken": token}))[0] == 400


async def test_a_change_makes_us_read_that_calendar_and_is_answered_once_that_is_written_down(site: Site) -> None:
    """Several notices of one calendar ask once."""
    state = SEALS.state(OID)

    assert (await site.post(notices(state, state)))[0] == 202
    assert site.errands.asked == [REPLAN]


@pytest.mark.parametrize("state", [None, "", OID, f"{OID}.{'0' * 32}", Seals("another").state(OID), "é.x"])
async def test_a_forged_notice_is_answered_as_a_good_one_and_does_nothing(site: Site, state: str | None) -> None:
    """So that nobody learns which are good."""
    assert (await site.post(notices(state)))[0] == 202
    assert site.errands.asked == []


@pytest.mark.parametrize(
    ("event", "asked"),
    [
        ("missed", [REPLAN]),
        ("subscriptionRemoved", [REPLAN, Job(kind="resubscribe")]),
        ("reauthorizationRequired", [REPLAN, Job(kind="resubscribe")]),
    ],
)
async def test_what_graph_says_of_the_subscription_itself(site: Site, event: str, asked: list[Job]) -> None:
    """Missed notices are caught up on, a lost subscription is made anew."""
    await site.post(notices(SEALS.state(OID), lifecycleEvent=event))

    assert site.errands.asked == asked


async def test_what_cannot_be_written_down_is_asked_for_again(site: Site) -> None:
    """503: Graph tries again for hours."""
    site.errands.trouble = OutOfReach("no database")

    assert (await site.post(notices(SEALS.state(OID))))[0] == 503


@pytest.mark.parametrize(
    ("how", "status"),
    [
        ({"path": "0" * 32}, 404),
        ({"path": SEALS.path, "data": b"{", "headers": {"Content-Type": "application/json"}}, 400),
        ({"path": SEALS.path, "data": b"{}", "headers": {"Content-Type": "text/plain"}}, 415),
        ({"path": SEALS.path, "json": {"value": "x" * 200_000}}, 413),
    ],
)
async def test_what_is_turned_away(site: Site, how: dict[str, Any], status: int) -> None:
    """Another path than ours, no JSON, another kind, too much."""
    assert (await site.post(**how))[0] == status


@pytest.mark.parametrize("body", [[], "x", {"value": None}, {"value": ["x", {"clientState": 7}]}, {"VALUE": []}])
async def test_odd_json_asks_nothing(site: Site, body: Any) -> None:
    """Whatever it is."""
    assert (await site.post(body))[0] == 202
    assert site.errands.asked == []


async def test_a_body_that_drips_is_not_waited_for(site: Site) -> None:
    """As on the other doors: 408."""
    host, port = site.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    head = (
        f"POST /api/notifications/{SEALS.path} HTTP/1.1",
        "Host: x",
        "Content-Type: application/json",
        "Content-Length: 99",
    )
    writer.write("\r\n".join((*head, "", "{")).encode())
    answer = await asyncio.wait_for(reader.readline(), 5)
    writer.close()

    assert answer.startswith(b"HTTP/1.1 408")
    assert site.errands.asked == []
