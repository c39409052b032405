"""Connections that never say what they want (threat T14): they are closed in time, and keep nobody waiting meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from bot.web.serving import HEADS, runner_of
from tests.hostile.front import Front
from tests.teams.activities import join

SHORT = 0.6
HEAD = b"POST /api/messages HTTP/1.1\r\nHost: schoolgate.example\r\nX-Slow: "


async def _fine(request: web.Request) -> web.Response:
    return web.Response(text=str(len(await request.read())))


@asynccontextmanager
async def served(heads: float) -> AsyncIterator[int]:
    """A server as ours, with another patience; its port."""
    app = web.Application()
    app.router.add_post("/api/messages", _fine)
    runner = runner_of(app, heads)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()


async def dripped(port: int, head: bytes, first: bytes = b"") -> tuple[float, bytes]:
    """Say `first` at once, then drip `head` byte by byte until nobody listens; after how long that was, and what was said."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    began, said = time.monotonic(), asyncio.create_task(reader.read())
    writer.write(first)
    try:
        for byte in head:
            if said.done():
                break
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.wait([said], timeout=0.05)
    except ConnectionError:
        pass
    try:
        answer = await said
    except ConnectionError:
        answer = b""
    writer.close()
    return time.monotonic() - began, answer


@pytest.mark.parametrize(
    "first", [b"", HEAD, HEAD + b"1\r\nContent-Length: 2\r\n\r\n{}"], ids=["new", "half", "after one"]
)
async def test_a_head_that_drips_is_cut_off(first: bytes) -> None:
    """However steadily it drips, from the first byte or after a good request."""
    async with served(SHORT) as port:
        lasted, answer = await dripped(port, b"a" * 90 if first == HEAD else b"GET /" + b"a" * 85, first)

    assert SHORT * 0.8 < lasted < SHORT * 4
    assert (b"200 OK" in answer) is first.endswith(b"{}")


async def test_many_that_say_nothing_are_closed_in_time() -> None:
    """And whoever does say something is answered at once meanwhile."""
    async with served(SHORT) as port:
        idle = [await asyncio.open_connection("127.0.0.1", port) for _ in range(200)]
        began = time.monotonic()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HEAD + b"1\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}")
        answer = await reader.read()
        answered = time.monotonic() - began
        ends = await asyncio.wait_for(asyncio.gather(*(one.read() for one, _ in idle)), SHORT * 6)
        for _, each in [*idle, (reader, writer)]:
            each.close()

    assert b"200 OK" in answer
    assert answered < SHORT
    assert set(ends) == {b""}


async def test_a_body_is_not_hurried_by_it() -> None:
    """Whose head has come has the body's own time."""
    async with served(SHORT) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HEAD + b"1\r\nConnection: close\r\nContent-Length: 4\r\n\r\n")
        for byte in b"{  }":
            await asyncio.sleep(SHORT / 2)  # slower together than a head may be
            writer.write(bytes([byte]))
        answer = await reader.read()
        writer.close()

    assert b"200 OK" in answer


@pytest.mark.asyncio(loop_scope="module")
async def test_the_product_takes_joins_while_two_hundred_drip(front: Front) -> None:
    """On the whole product: a join is taken as ever, and half a minute is all that a head is given."""
    host, port = front.url.removeprefix("http://").split(":")
    slow = [await asyncio.open_connection(host, int(port)) for _ in range(200)]
    for _, writer in slow:
        writer.write(HEAD)
    began = time.monotonic()
    status, _ = await front.send("messages", join(service_url=front.teams.service_url))
    took = time.monotonic() - began
    for _, writer in slow:
        writer.close()

    assert status == 200
    assert took < 2
    assert HEADS <= 30
