"""Subscriptions to calendars as Graph plays them: the handshake, their length, and what is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from tests.rehearsal.made import GRAPH, PATEL, THREAD, Json
from tests.rehearsal.school import Answer, School


@dataclass
class Listener:
    """Where Graph posts; `echo` is how the handshake is answered."""

    url: str = ""
    echo: bool = True
    told: asyncio.Queue[Json] = field(default_factory=asyncio.Queue)

    async def take(self, request: web.Request) -> web.Response:
        if (token := request.query.get("validationToken")) is not None:
            return web.Response(text=token if self.echo else "no", content_type="text/plain")
        await self.told.put(await request.json())
        return web.Response(status=202)


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    made = Listener()
    app = web.Application()
    app.router.add_post("/here", made.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/here"
    yield made
    await runner.cleanup()


async def subscribe(school: School, url: str, **more: Any) -> Answer:
    """Ask to be told of Ms Patel's calendar."""
    until = datetime.now(UTC) + timedelta(days=6)
    body = {
        "changeType": "created,updated,deleted",
        "notificationUrl": url,
        "resource": f"/users/{PATEL}/events",
        "expirationDateTime": until.isoformat(),
        "clientState": "secret",
        **more,
    }
    return await school.call("POST", "/subscriptions", body, scope=GRAPH)


async def test_who_subscribed_is_told_when_a_lesson_is_moved_or_cancelled(school: School, listener: Listener) -> None:
    """With the secret, and the calendar it is about; the calendar has it then."""
    made = await subscribe(school, listener.url)
    await school.do("plan", meeting=THREAD, starts=30)
    moved = (await asyncio.wait_for(listener.told.get(), 5))["value"][0]
    await school.do("plan", meeting=THREAD, cancelled=True)
    gone = (await asyncio.wait_for(listener.told.get(), 5))["value"][0]

    assert (made.status, made.body["clientState"]) == (201, None)
    assert (moved["clientState"], moved["changeType"], gone["changeType"]) == ("secret", "updated", "deleted")
    assert moved["resource"].startswith(f"Users/{PATEL}/Events/")


async def test_one_lives_on_when_it_is_renewed(school: School, listener: Listener) -> None:
    """And is listed."""
    made = await subscribe(school, listener.url)
    until = (datetime.now(UTC) + timedelta(days=7, minutes=-1)).isoformat()
    path = f"/subscriptions/{made.body['id']}"
    renewed = await school.call("PATCH", path, {"expirationDateTime": until}, scope=GRAPH)
    listed = await school.graph("/subscriptions")
    nowhere = await school.call("PATCH", "/subscriptions/none", {"expirationDateTime": until}, scope=GRAPH)

    assert (renewed.status, nowhere.status) == (200, 404)
    assert [each["id"] for each in listed.body["value"]] == [made.body["id"]]


@pytest.mark.parametrize(
    "more",
    [
        {"expirationDateTime": (datetime.now(UTC) + timedelta(days=8)).isoformat()},
        {"expirationDateTime": "soon"},
        {"changeType": "everything"},
        {"resource": "/chats"},
        {"clientState": "x" * 129},
        {"notificationUrl": "http://127.0.0.1:1/nobody"},
    ],
)
async def test_what_is_refused(school: School, listener: Listener, more: Json) -> None:
    """Too long, something else than a calendar, or nobody there."""
    assert (await subscribe(school, listener.url, **more)).status == 400


async def test_without_the_handshake_there_is_none(school: School, listener: Listener) -> None:
    """Whoever does not give the token back is not told anything."""
    listener.echo = False

    assert (await subscribe(school, listener.url)).status == 400
    assert (await school.graph("/subscriptions")).body["value"] == []
