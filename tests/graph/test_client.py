"""How Graph is asked: deadlines, pauses, refusals, broken answers, and where tokens go."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from bot.graph.client import Graph, asking
from bot.graph.permissions import Call
from bot.graph.troubles import Missing
from bot.ports import OutOfReach, Refused
from tests.graph.conftest import TENANT_ID
from tests.graph.tenant import Answer, Server, Tenant, cut, guid, say, wrong

ADA = guid(200)


@pytest.fixture(autouse=True)
def ada(tenant: Tenant) -> None:
    """Somebody to ask about."""
    tenant.person(200, "Ada Secretname")


async def look(graph: Graph) -> Any:
    return await graph.ask(
        Call.USER, lambda client: client.users.by_user_id(ADA).to_get_request_information(asking(select=["id"]))
    )


@pytest.mark.parametrize(
    "trouble",
    [
        wrong(429, "TooManyRequests", headers={"Retry-After": "0"}),
        wrong(503, "serviceNotAvailable", headers={"Retry-After": "0"}),
        wrong(500),
        say(502, text="<html>Bad Gateway</html>"),
        say(200, text='{"id": "0000'),
        say(200, text="[]"),
        say(200, {}),
        say(200, text=""),
        cut,
    ],
    ids=["429", "503", "500", "502 in HTML", "half JSON", "a list", "a blank", "nothing", "cut off"],
)
async def test_a_passing_trouble_is_tried_again(graph: Graph, tenant: Tenant, trouble: Answer) -> None:
    """One bad answer, then a good one: the caller sees the good one."""
    tenant.next(ADA, trouble)

    assert (await look(graph))["id"] == ADA
    assert len(tenant.calls(ADA)) == 2


@pytest.mark.parametrize("lasting", [wrong(503), say(200, text='{"id":'), cut], ids=["503", "half JSON", "cut off"])
async def test_a_lasting_trouble_is_out_of_reach(graph: Graph, tenant: Tenant, lasting: Answer) -> None:
    """Within the deadline, and without a name or an id in the words."""
    tenant.next(ADA, *[lasting] * 40)
    started = time.monotonic()

    with pytest.raises(OutOfReach) as out:
        await look(graph)
    assert time.monotonic() - started < 2.2
    assert len(tenant.calls(ADA)) > 2
    assert ADA not in str(out.value)


async def test_a_long_pause_is_handed_on_and_not_waited_for(graph: Graph, tenant: Tenant) -> None:
    """Retry-After past the deadline: the job waits, not the call."""
    tenant.next(ADA, wrong(429, headers={"Retry-After": "17"}))
    started = time.monotonic()

    with pytest.raises(OutOfReach) as out:
        await look(graph)
    assert out.value.retry_after == 17
    assert time.monotonic() - started < 1
    assert len(tenant.calls(ADA)) == 1


@pytest.mark.parametrize(
    "asked",
    ["86400", "a while", format_datetime(datetime.now(UTC) + timedelta(days=1))],
    ids=["a day", "no number", "tomorrow"],
)
async def test_a_silly_pause_is_capped_or_passed_over(graph: Graph, tenant: Tenant, asked: str) -> None:
    """Nobody waits a day; a pause nobody can read is none."""
    tenant.next(ADA, *[wrong(429, headers={"Retry-After": asked})] * 40)

    with pytest.raises(OutOfReach) as out:
        await look(graph)
    assert out.value.retry_after == (None if asked == "a while" else 300)


async def test_a_short_pause_is_kept(graph: Graph, tenant: Tenant) -> None:
    """Graph's own pause is kept before the next try."""
    tenant.next(ADA, wrong(429, headers={"Retry-After": "1"}))
    started = time.monotonic()

    await look(graph)
    assert time.monotonic() - started >= 1


async def test_a_hanging_graph_is_out_of_reach_within_the_deadline(graph: Graph, tenant: Tenant) -> None:
    """Nobody answers at all."""
    tenant.next(ADA, *[say(200, wait=30)] * 5)
    started = time.monotonic()

    with pytest.raises(OutOfReach, match="no answer in time"):
        await look(graph)
    assert time.monotonic() - started < 2.2


async def test_a_hanging_login_is_out_of_reach_within_the_deadline(graph: Graph, tenant: Tenant) -> None:
    """Entra does not answer."""
    tenant.next("/token", *[say(200, wait=30)] * 5)
    started = time.monotonic()

    with pytest.raises(OutOfReach):
        await look(graph)
    assert time.monotonic() - started < 2.2


async def test_a_login_that_is_down_is_out_of_reach(graph: Graph, tenant: Tenant) -> None:
    """Entra's 503 is not our secret's fault: whichever comes first, its answer or our deadline."""
    tenant.next("/token", *[say(503, {"error": "temporarily_unavailable"})] * 40)

    with pytest.raises(OutOfReach, match=r"Entra|no answer in time"):
        await look(graph)


async def test_nobody_listening_is_out_of_reach(server: Server) -> None:
    """Connection refused, first to Entra and then, with a token, to Graph."""
    closed = "https://127.0.0.1:9/"
    for authority, url in ((closed, f"{server.tenant.origin}/v1.0"), (server.tenant.origin, f"{closed}v1.0")):
        graph = Graph(TENANT_ID, guid(2), "secret", authority=authority, url=url, ca_file=str(server.ca), deadline=0.5)
        with pytest.raises(OutOfReach):
            await look(graph)
        await graph.aclose()


async def test_a_stranger_with_another_certificate_gets_no_token(server: Server) -> None:
    """Without the right authority in the trusted file nothing is sent."""
    origin = server.tenant.origin
    graph = Graph(TENANT_ID, guid(2), "secret", authority=origin, url=f"{origin}/v1.0", deadline=0.5)

    with pytest.raises(OutOfReach):
        await look(graph)
    await graph.aclose()
    assert server.tenant.tokens == 0


async def test_a_wrong_secret_is_refused_at_once(server: Server) -> None:
    """A wrong password does not become right by asking again, and does not lock the app by asking often."""
    origin = server.tenant.origin
    graph = Graph(TENANT_ID, guid(2), "old", authority=origin, url=f"{origin}/v1.0", ca_file=str(server.ca))

    with pytest.raises(Refused, match="AADSTS7000215") as refused:
        await look(graph)
    await graph.aclose()
    assert refused.value.code == "login"
    assert "Trace" not in refused.value.words
    assert server.tenant.tokens == 1


@pytest.mark.parametrize(("status", "kind"), [(400, Refused), (404, Missing), (409, Refused), (302, Refused)])
async def test_a_no_is_a_no(graph: Graph, tenant: Tenant, status: int, kind: type[Refused]) -> None:
    """4xx and redirects are not tried again."""
    tenant.next(ADA, wrong(status, "Nope", "really not", headers={"Location": "https://example.org/"}))

    with pytest.raises(kind):
        await look(graph)
    assert len(tenant.calls(ADA)) == 1


async def test_a_403_names_the_permission(graph: Graph, tenant: Tenant) -> None:
    """And keeps Graph's own words."""
    tenant.next(ADA, wrong(403, "Authorization_RequestDenied", "Insufficient privileges."))

    with pytest.raises(Refused, match=r"User\.Read\.All.*Insufficient privileges"):
        await look(graph)


async def test_one_token_serves_many_calls(graph: Graph, tenant: Tenant) -> None:
    """Nine o'clock does not ask Entra thirty times."""
    await asyncio.gather(*(look(graph) for _ in range(30)))

    assert tenant.tokens == 1


async def test_a_next_page_elsewhere_is_not_followed(graph: Graph, tenant: Tenant) -> None:
    """A link to another host gets neither a visit nor a token."""
    tenant.next("/transitiveMembers", *[say(200, {"value": [], "@odata.nextLink": "https://127.0.0.1:1/v1.0/x"})] * 2)

    with pytest.raises(OutOfReach, match="next page"):
        await graph.every(
            Call.MEMBERS, lambda client: client.groups.by_group_id("g").transitive_members, asking(top=1), most=9
        )


async def test_pages_that_lead_in_a_circle_end(graph: Graph, tenant: Tenant) -> None:
    """The same next page again and again is a broken answer."""
    circle = say(200, {"value": [], "@odata.nextLink": f"{tenant.origin}/v1.0/groups/g/transitiveMembers?$skiptoken=1"})
    tenant.next("/transitiveMembers", *[circle] * 9)

    with pytest.raises(OutOfReach, match="next page"):
        await graph.every(
            Call.MEMBERS, lambda client: client.groups.by_group_id("g").transitive_members, asking(top=1), most=9
        )


@pytest.fixture
async def lines(caplog: pytest.LogCaptureFixture) -> AsyncIterator[pytest.LogCaptureFixture]:
    """Everything that any library logs while the root logs all."""
    root = logging.getLogger()
    before = root.level
    root.setLevel(logging.DEBUG)
    yield caplog
    root.setLevel(before)


async def test_no_library_logs_whom_we_asked_about(
    lines: pytest.LogCaptureFixture, graph: Graph, tenant: Tenant
) -> None:
    """httpx writes every address at INFO, azure every header: not with us."""
    tenant.next(ADA, wrong(503))
    await look(graph)

    ours = [one for one in lines.records if one.name != "aiohttp.access"]  # the stand-in's own
    assert not [one.getMessage() for one in ours if ADA in one.getMessage() or "good" in one.getMessage()]
    assert not [one for one in ours if one.name.split(".")[0] in ("httpx", "httpcore", "azure", "msal")]
