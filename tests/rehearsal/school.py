"""A small school in the rehearsal: what the tests say to it, and what its bot heard."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web
from azure.identity.aio import ClientSecretCredential

from deploy.rehearsal.server import Running
from tests.rehearsal.made import APP, CONNECTOR, GRAPH, TENANT, Json, body


@dataclass
class Bot:
    """What arrived, and what it answers."""

    heard: list[Json] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    news_of_calls: list[Json] = field(default_factory=list)
    calling_tokens: list[str] = field(default_factory=list)
    answer: Callable[[Json], web.Response] = lambda _: web.Response(status=202)
    news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def handle(self, request: web.Request) -> web.Response:
        activity = await request.json()
        async with self.news:
            self.heard.append(activity)
            self.tokens.append(request.headers["Authorization"].removeprefix("Bearer "))
            self.news.notify_all()
        return self.answer(activity)

    async def notified(self, request: web.Request) -> web.Response:
        said = await request.json()
        async with self.news:
            self.news_of_calls.append(said)
            self.calling_tokens.append(request.headers["Authorization"].removeprefix("Bearer "))
            self.news.notify_all()
        return web.Response(status=202)

    async def hears_of(self, wanted: Callable[[Json], bool], seconds: float = 5) -> Json:
        """The newest notification of a call that is wanted, once there is one."""
        found: list[Json] = []

        def there() -> bool:
            found[:] = [each for said in self.news_of_calls for each in said["value"] if wanted(each)]
            return bool(found)

        async with asyncio.timeout(seconds), self.news:
            await self.news.wait_for(there)
        return found[-1]

    async def hears(self, count: int = 1, seconds: float = 5) -> list[Json]:
        """Everything, once so many have come."""
        async with asyncio.timeout(seconds), self.news:
            await self.news.wait_for(lambda: len(self.heard) >= count)
        return self.heard


@dataclass
class School:
    microsoft: Running
    session: aiohttp.ClientSession
    credential: ClientSecretCredential
    bot: Bot
    endpoint: str
    told: Json = field(default_factory=dict)

    async def put(self, **more: Any) -> Json:
        self.told = await self._control("PUT", "", body(self.endpoint, **more))
        return self.told

    async def _control(self, method: str, path: str, said: Json | None) -> Json:
        url = f"{self.microsoft.control}/tenants/{TENANT}{path}"
        async with self.session.request(method, url, json=said) as answer:
            if answer.status != 200:
                raise AssertionError(f"{answer.status} {await answer.text()}")
            return await answer.json()

    async def do(self, act: str, **said: Any) -> Json:
        return await self._control("POST", "/do", {"act": act, **said})

    async def switch(self, **parts: str) -> Json:
        return await self._control("POST", "/switch", parts)

    async def seen(self, *what: str, wait: float = 0) -> list[Json]:
        answer = await self._control("GET", f"/seen?after=0&wait={wait}", None)
        return [record for record in answer["seen"] if not what or record["what"] in what]

    async def comes(self, what: str, seconds: float = 5) -> Json:
        """The first record of this kind, once there is one."""
        after = 0
        async with asyncio.timeout(seconds):
            while True:
                answer = await self._control("GET", f"/seen?after={after}&wait=2", None)
                found = next((record for record in answer["seen"] if record["what"] == what), None)
                if found:
                    return found
                after = answer["next"]

    async def call(self, method: str, path: str, said: Any = None, scope: str = CONNECTOR, **headers: str) -> Answer:
        """A call of the bot's, with a real token."""
        token = (await self.credential.get_token(scope)).token
        base = self.microsoft.origin + (f"/connector/{TENANT}" if scope == CONNECTOR else "/v1.0")
        url = path if path.startswith("https:") else base + path
        given = {"Authorization": f"Bearer {token}"} | {k.replace("_", "-"): v for k, v in headers.items()}
        async with self.session.request(method, url, json=said, headers=given) as answer:
            content = await answer.text()
            return Answer(answer.status, await answer.json() if content else {}, dict(answer.headers))

    async def graph(self, path: str, **headers: str) -> Answer:
        return await self.call("GET", path, scope=GRAPH, **headers)

    async def post(self, chat: str, activity: Json, query: str = "") -> Answer:
        return await self.call("POST", f"/v3/conversations/{chat}/activities{query}", activity)


@dataclass
class Answer:
    status: int
    body: Any
    headers: dict[str, str]

    @property
    def code(self) -> str:
        return str(self.body["error"]["code"])


@contextlib.asynccontextmanager
async def opened(microsoft: Running) -> AsyncIterator[School]:
    """The school, its bot listening on a free port."""
    trust = ssl.create_default_context(cafile=microsoft.ca)
    bot = Bot()
    app = web.Application()
    app.router.add_post("/api/messages", bot.handle)
    app.router.add_post("/api/calls", bot.notified)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    connector = aiohttp.TCPConnector(ssl=trust)
    async with (
        aiohttp.ClientSession(connector=connector) as session,
        ClientSecretCredential(
            TENANT,
            APP,
            "s3cret",
            authority=microsoft.origin,
            disable_instance_discovery=True,
            connection_verify=microsoft.ca,
        ) as credential,
    ):
        endpoint = f"http://127.0.0.1:{runner.addresses[0][1]}/api/messages"
        school = School(microsoft, session, credential, bot, endpoint)
        await school.put()
        yield school
    await runner.cleanup()
