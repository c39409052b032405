"""What Graph posts of calls, over real HTTP: the calling issuer's rules, then the body, then its meaning."""

from __future__ import annotations

import io
import json
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.graph.notices import CallSeen, Notices, RosterSeen, read_notices
from bot.graph.seats import Us
from bot.graph.told import heard
from bot.ports import Heard, OutOfReach
from bot.teams.calling import LARGEST, CallingInlet
from bot.teams.connector import make_session
from bot.teams.gate import CALLS, GRAPH, ISSUER, Gate
from bot.teams.hosts import Hosts
from bot.teams.inlet import Answer
from bot.teams.keys import Keys
from bot.teams.refusal import TurnedAway
from bot.web.metrics import Metrics
from bot.web.routes import make_app
from tests.graph.call_json import CALL, notice, participant, posted, told_roster, user
from tests.teams.issuer import APP_ID, GONE, TENANT, Issuer
from tests.teams.wrongs import INSIDES, now

OTHER = "33333333-3333-4333-8333-333333333333"
ESTABLISHED = posted(notice({"state": "established"}))
US = Us(tenant=TENANT, app_id=APP_ID)
MARK = "7.good"
URL = "https://smba.trafficmanager.net/uk/"


@dataclass
class Desk:
    """`/api/calls` of the product's routes: what came in is in `taken`, bodies begun are counted."""

    issuer: Issuer
    keys: Keys
    url: str = ""
    taken: list[Notices] = field(default_factory=list)
    handed_on: list[tuple[int, str]] = field(default_factory=list)
    trouble: Exception | None = None
    bodies: int = 0

    def token(self, **claims: Any) -> str:
        """A good token of Graph's, but for what is said; it carries no service URL."""
        said = {"iss": GRAPH, "tid": TENANT, "serviceurl": GONE, **claims}
        return f"Bearer {self.issuer.token(URL, **said)}"

    async def post(
        self, body: Any = None, *, token: str | None = "", data: bytes | None = None, mark: str = MARK
    ) -> tuple[int, str]:
        headers = {"Content-Type": "application/json"}
        if token is not None:
            headers["Authorization"] = token or self.token()
        content = json.dumps(ESTABLISHED if body is None else body).encode() if data is None else data
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self.url}/api/calls/{mark}", data=io.BytesIO(content), headers=headers) as response,
        ):
            return response.status, await response.text()

    def parse(self, body: bytes) -> tuple[Heard, ...]:
        self.bodies += 1
        found = heard(body, US)
        self.taken.append(read_notices(body, US))
        return found

    async def hand_on(self, sitting: int, notice: Heard) -> None:
        if self.trouble:
            raise self.trouble
        self.handed_on.append((sitting, notice.call))

    @property
    def app(self) -> web.Application:
        gate = Gate(app_id=APP_ID, tenant=TENANT, keys=self.keys, hosts=Hosts(), rules=CALLS)
        calls = CallingInlet(gate, parse=self.parse, sitting_of={MARK: 7}.get, hand_on=self.hand_on)

        async def ready() -> tuple[bool, list[str]]:
            return True, []

        async def nothing(authorization: str | None, read: Any) -> Answer:
            raise AssertionError("no activity is posted here")

        inlet = type("NoActivities", (), {"take": staticmethod(nothing)})()
        return make_app(inlet=inlet, metrics=Metrics(), ready=ready, calls=calls)


async def opened(issuer: Issuer) -> tuple[Desk, Callable[[], Any]]:
    session = make_session()
    keys = Keys(issuer.openid, session, backoff=(0.02, 0.05))
    await keys.__aenter__()
    desk = Desk(issuer, keys)
    runner = web.AppRunner(desk.app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    desk.url = f"http://127.0.0.1:{runner.addresses[0][1]}"

    async def close() -> None:
        await runner.cleanup()
        await keys.__aexit__(None, None, None)
        await session.close()

    return desk, close


@pytest.fixture
async def desk(issuer: Issuer) -> AsyncIterator[Desk]:
    """Its keys loaded."""
    made, close = await opened(issuer)
    await made.keys.wait()
    yield made
    await close()


@pytest.mark.parametrize("issuer_named", [GRAPH, ISSUER])
async def test_both_of_microsofts_issuers_come_in(desk: Desk, issuer_named: str) -> None:
    """Neither needs a service URL; what was posted is read."""
    status, _ = await desk.post(token=desk.token(iss=issuer_named))

    assert status == 200
    assert desk.taken == [Notices(seen=(CallSeen(call=CALL, state="established"),))]


async def test_a_key_needs_no_endorsement(desk: Desk) -> None:
    """A call is of no channel; the issuer of calls publishes keys without."""
    desk.issuer.publish("one", ())

    assert (await desk.post())[0] == 200
    assert (await desk.post(token=desk.token(kid="other-channel", signed_by="other-channel")))[0] == 200


async def test_our_tenant_may_be_spelt_in_capitals(desk: Desk) -> None:
    """And the app."""
    assert (await desk.post(token=desk.token(tid=TENANT.upper(), aud=APP_ID.upper())))[0] == 200


WRONG: list[tuple[str, int, dict[str, Any]]] = [
    ("no tenant", 401, {"tid": GONE}),
    ("an empty tenant", 401, {"tid": ""}),
    ("a tenant that is a list", 401, {"tid": [TENANT]}),
    ("another tenant", 403, {"tid": OTHER}),
    ("another issuer", 401, {"iss": "https://sts.windows.net/x/"}),
    ("an issuer that only begins so", 401, {"iss": f"{GRAPH}.evil.example"}),
    ("no issuer", 401, {"iss": GONE}),
    ("another app", 401, {"aud": OTHER}),
    ("a list of apps", 401, {"aud": [APP_ID]}),
    ("no app", 401, {"aud": GONE}),
    ("expired", 401, {"exp": -301}),
    ("not yet valid", 401, {"nbf": 400}),
    ("no exp", 401, {"exp": GONE}),
    ("no nbf", 401, {"nbf": GONE}),
    ("another key under a known id", 401, {"signed_by": "two"}),
    ("an unknown key", 401, {"kid": "two", "signed_by": "two"}),
]


@pytest.mark.parametrize(("claims", "status"), [(row[2], row[1]) for row in WRONG], ids=[row[0] for row in WRONG])
async def test_a_wrong_token_is_turned_away_before_the_body(desk: Desk, claims: dict[str, Any], status: int) -> None:
    """Of which not a byte is read, and nothing of our insides is shown."""
    made = {
        name: now(value) if name in ("exp", "nbf") and value is not GONE else value for name, value in claims.items()
    }
    found, said = await desk.post(token=desk.token(**made))

    assert found == status
    assert list(json.loads(said)) == ["error"]
    assert not any(inside in said for inside in INSIDES)
    assert (desk.taken, desk.bodies) == ([], 0)


@pytest.mark.parametrize("token", [None, " ", "Bearer x", "Bearer a.b.c", "Basic eA=="])
async def test_no_token_is_no_way_in(desk: Desk, token: str | None) -> None:
    """Whatever stands in its place."""
    assert (await desk.post(token=token))[0] == 401
    assert desk.bodies == 0


async def test_a_token_for_activities_is_none_for_calls(desk: Desk) -> None:
    """It names no tenant, however well it is signed."""
    assert (await desk.post(token=f"Bearer {desk.issuer.token(URL)}"))[0] == 401


async def test_a_token_for_calls_is_none_for_activities(issuer: Issuer, desk: Desk) -> None:
    """One class of gate, two sets of rules."""
    messages = Gate(app_id=APP_ID, tenant=TENANT, keys=desk.keys, hosts=Hosts())
    for claims, reason in (({}, "issuer"), ({"iss": ISSUER}, "no_service_url")):
        with pytest.raises(TurnedAway, match=reason):
            await messages.admit(desk.token(**claims))


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b"[" * 60_000], ids=["empty", "half", "no text", "deep"])
async def test_a_body_that_is_no_json_is_a_bad_request(desk: Desk, data: bytes) -> None:
    """With a good token."""
    assert (await desk.post(data=data))[0] == 400
    assert desk.handed_on == []


@pytest.mark.parametrize("body", [[], {}, "x", 7, {"value": 3}, {"value": [None, {"resourceUrl": 1}]}])
async def test_a_body_that_means_nothing_is_taken(desk: Desk, body: Any) -> None:
    """Graph would send it again and again."""
    assert (await desk.post(body))[0] == 200
    assert desk.taken[0].seen == ()
    assert desk.taken[0].skipped > 0


async def test_a_large_roster_comes_in_and_one_that_is_too_large_does_not(desk: Desk) -> None:
    """Two megabytes, far more than an activity may have."""
    people = [participant(number, user(number)) for number in range(1000)]
    status, _ = await desk.post(told_roster(*people))
    too_large, _ = await desk.post(data=b" " * (LARGEST + 1))

    assert (status, too_large) == (200, 413)
    (seen,) = desk.taken[0].seen
    assert isinstance(seen, RosterSeen)
    assert len(seen.roster.seats) == 1000


async def test_a_large_roster_is_read_quickly(desk: Desk) -> None:
    """The loop is not held for long: three hundred people every few seconds is a large school."""
    body = json.dumps(told_roster(*(participant(number, user(number)) for number in range(300)))).encode()
    began = time.process_time()
    read_notices(body, US)

    assert time.process_time() - began < 0.5  # a full garbage collection may fall into it


async def test_keys_out_of_reach_ask_for_patience(issuer: Issuer) -> None:
    """503: Graph sends it again."""
    issuer.down = True
    desk, close = await opened(issuer)

    assert (await desk.post())[0] == 503
    await close()


async def test_what_is_written_down_is_answered_after(desk: Desk) -> None:
    """The sitting is the mark's; 200 only once it is handed on."""
    assert (await desk.post())[0] == 200
    assert desk.handed_on == [(7, CALL)]


async def test_a_path_that_is_not_ours_is_not_there(desk: Desk) -> None:
    """However good the token: the mark is a second factor."""
    assert (await desk.post(mark="7.forged"))[0] == 404
    assert desk.handed_on == []


async def test_a_store_out_of_reach_asks_for_patience(desk: Desk) -> None:
    """503, with when to come again."""
    desk.trouble = OutOfReach("no database", retry_after=2)

    assert (await desk.post())[0] == 503
