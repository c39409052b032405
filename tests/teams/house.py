"""Our side of the wire on a real port, with a recording pair of doors behind it, and the Connector it speaks to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from bot.notice import Notice
from bot.ports import Arrival, Pressed, Receipt, Reply, Ruling, Said
from bot.sitting import Meeting, Sitting
from bot.teams.connector import Connector, make_session
from bot.teams.gate import Gate
from bot.teams.hosts import Hosts
from bot.teams.inlet import Inlet
from bot.teams.keys import Keys
from bot.web.metrics import Metrics
from bot.web.routes import make_app
from tests.fakes import FakeAddresses
from tests.teams.activities import OURS, THREAD
from tests.teams.issuer import APP_ID, TENANT, Issuer


class RecordingDoors:
    """Doors that write down who knocked. `trouble` is raised instead of an answer."""

    def __init__(self) -> None:
        self.arrivals: list[Arrival] = []
        self.said: list[Said] = []
        self.pressed: list[Pressed] = []
        self.welcomed: list[str] = []
        self.trouble: Exception | None = None
        self.reply = Reply(notice=Notice(headline="Warned Ada"))
        self.before_answer: Callable[[], Any] | None = None

    @property
    def seen(self) -> int:
        return len(self.arrivals) + len(self.said) + len(self.pressed) + len(self.welcomed)

    async def observe(self, arrival: Arrival) -> Receipt:
        self._answer()
        self.arrivals.append(arrival)
        meeting = arrival.meeting or Meeting(TENANT, "hill", THREAD)
        return Receipt(copy=False, sitting_id=1, sitting=Sitting(meeting), ruling=Ruling())

    async def command(self, said: Said) -> Reply:
        self._answer()
        self.said.append(said)
        return self.reply

    async def press(self, pressed: Pressed) -> Reply:
        self._answer()
        self.pressed.append(pressed)
        return self.reply

    async def welcome(self, place: str, thread: str = "") -> Notice:
        self._answer()
        self.welcomed.append(place)
        return Notice(headline=f"Hello {place}")

    def _answer(self) -> None:
        if self.before_answer is not None:
            self.before_answer()
        if self.trouble is not None:
            raise self.trouble


class FixedToken:
    """A token that is always there; `refused` counts how often it was not accepted."""

    def __init__(self) -> None:
        self.number = 1
        self.refused = 0

    async def token(self) -> str:
        return f"secret-{self.number}"

    def forget(self, token: str) -> None:
        self.refused += 1
        self.number += 1


@dataclass
class Asked:
    """A request the Connector got."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    token: str | None
    at: float


Script = int | tuple[int, dict[str, str]] | tuple[int, dict[str, str], Any] | str


@dataclass
class ConnectorSide:
    """The Connector's part on a real port. `script` is played first: statuses, `reset`, or `hang`; then 200 and ids."""

    script: list[Script] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    url: str = ""
    news: asyncio.Condition = field(default_factory=asyncio.Condition)
    _runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._take)
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def service_url(self) -> str:
        return f"{self.url}/teams/"

    def sends(self) -> list[Asked]:
        return [one for one in self.asked if one.method in ("POST", "PUT")]

    async def until(self, count: int) -> None:
        """Wait until so many messages were sent here."""
        async with asyncio.timeout(5), self.news:
            await self.news.wait_for(lambda: len(self.sends()) >= count)

    async def _take(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        at = asyncio.get_running_loop().time()
        path = request.raw_path.partition("?")[0]
        body = json.loads(raw) if raw else None
        self.asked.append(
            Asked(request.method, path, dict(request.query), body, request.headers.get("Authorization"), at)
        )
        async with self.news:
            self.news.notify_all()
        step: Script = self.script.pop(0) if self.script else 200
        if step == "reset":
            request.transport.abort()
            await asyncio.sleep(1)
        if step == "half":
            half = web.StreamResponse(headers={"Content-Length": "100"})
            await half.prepare(request)
            await half.write(b'{"id":')
            request.transport.abort()
            return half
        if step == "hang":
            await asyncio.sleep(30)
        status, headers, *said = step if isinstance(step, tuple) else (step, {})
        if status != 200 or said:
            return web.json_response(said[0] if said else {}, status=status, headers=headers)
        found = next((answer for end, answer in self.answers.items() if path.endswith(end)), None)
        made = {"id": f"made-{len(self.asked)}", "activityId": f"activity-{len(self.asked)}"}
        return web.json_response(made if found is None else found)


@dataclass
class House:
    """The product on a real port, as Teams reaches it."""

    issuer: Issuer
    teams: ConnectorSide
    doors: RecordingDoors
    addresses: FakeAddresses
    metrics: Metrics
    keys: Keys
    inlet: Inlet
    url: str = ""
    problems: list[str] = field(default_factory=list)
    _stops: list[Callable[[], Any]] = field(default_factory=list)

    async def post(
        self, activity: Any = None, *, token: str | None = "", body: bytes | None = None, **headers: str
    ) -> tuple[int, str]:
        """Send an activity with a good token, unless another or none (None) is given; status and body of the answer."""
        said = {"Content-Type": "application/json", **headers}
        if token is not None:
            said["Authorization"] = token or f"Bearer {self.issuer.token(self.teams.service_url)}"
        data = json.dumps(activity).encode() if body is None else body
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self.url}/api/messages", data=data, headers=said) as response,
        ):
            return response.status, await response.text()

    async def get(self, path: str) -> tuple[int, str]:
        async with aiohttp.ClientSession() as session, session.get(self.url + path) as response:
            return response.status, await response.text()

    async def stop(self) -> None:
        for stop in reversed(self._stops):
            await stop()


async def built(issuer: Issuer, teams: ConnectorSide, *, slowest_body: float = 0.3, **keys_options: Any) -> House:
    """The product between an issuer and a Connector."""
    hosts = Hosts((teams.url,))
    session = make_session()
    keys = Keys(issuer.openid, session, backoff=(0.02, 0.05), **keys_options)
    addresses, doors, metrics = FakeAddresses(), RecordingDoors(), Metrics()
    connector = Connector(
        session, tokens=FixedToken(), hosts=hosts, addresses=addresses, app_id=APP_ID, tenant=TENANT, deadline=2.0
    )
    gate = Gate(app_id=APP_ID, tenant=TENANT, keys=keys, hosts=hosts)
    inlet = Inlet(gate=gate, doors=doors, connector=connector, addresses=addresses, ours=OURS)
    house = House(issuer, teams, doors, addresses, metrics, keys, inlet)

    async def ready() -> tuple[bool, list[str]]:
        return not house.problems, house.problems

    app = make_app(inlet=inlet, metrics=metrics, ready=ready, background=[keys], slowest_body=slowest_body)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    house.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    house._stops += [session.close, inlet.aclose, runner.cleanup]
    if not issuer.down:
        await asyncio.wait_for(keys.wait(), 5)
    return house


@dataclass
class Speaking:
    """Our client of the Connector, with what it was given."""

    connector: Connector
    tokens: FixedToken
    addresses: FakeAddresses
    tries: list[tuple[str, str]]
