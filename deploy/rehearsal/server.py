"""Starts and stops Microsoft's side: HTTPS with a CA of its own, and the control API over plain HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
import weakref
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import trustme
from aiohttp import web

from deploy.rehearsal import conversations, members
from deploy.rehearsal.calling_keys import CallingKeys
from deploy.rehearsal.connector import Gate
from deploy.rehearsal.control import Control
from deploy.rehearsal.deliver import Post
from deploy.rehearsal.entra import Entra
from deploy.rehearsal.graph import Graph
from deploy.rehearsal.keys import Key
from deploy.rehearsal.world import World

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Running:
    """Where it can be reached."""

    origin: str
    control: str
    ca: str
    world: World

    def write(self, path: Path) -> None:
        """All at once: who reads the file never sees half of it."""
        half = path.with_suffix(".half")
        half.write_text(json.dumps({"origin": self.origin, "control": self.control, "ca": self.ca}), encoding="utf-8")
        half.replace(path)


def _certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    authority = trustme.CA()
    path = folder / "ca.pem"
    authority.cert_pem.write_to_path(path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(HOST, "localhost").configure_cert(context)
    return context, path


def microsoft(world: World) -> web.Application:
    """Every service of Microsoft's, on one host."""
    app = web.Application(client_max_size=4 * 1024 * 1024)
    gate = Gate(world)
    app.add_routes(CallingKeys(world).routes())
    app.add_routes([*Entra(world).routes(), *conversations.routes(gate), *members.routes(gate), *Graph(world).routes()])
    return app


@contextlib.asynccontextmanager
async def running(
    folder: Path, port: int = 0, control_port: int = 0, keys: tuple[Key, Key, Key] | None = None
) -> AsyncIterator[Running]:
    """Serve until left; nothing is left behind but the CA's certificate."""
    context, ca = _certificate(folder)
    jar = aiohttp.DummyCookieJar()
    async with contextlib.AsyncExitStack() as stack:
        connector = aiohttp.TCPConnector(limit=200)
        session = await stack.enter_async_context(aiohttp.ClientSession(connector=connector, cookie_jar=jar))
        post = Post(session)
        stack.push_async_callback(post.close)
        world = World("", post, *(keys or (Key.new(), Key.new(), Key.new())))
        # The port is known only once it listens, and every document names it.
        world.origin = f"https://{HOST}:{await _serve(stack, microsoft(world), port, context)}"
        control = await _serve(stack, Control(world).app(), control_port, None)
        yield Running(world.origin, f"http://{HOST}:{control}", str(ca), world)


async def _serve(
    stack: contextlib.AsyncExitStack, app: web.Application, port: int, context: ssl.SSLContext | None
) -> int:
    open_ones: weakref.WeakSet[asyncio.Transport] = weakref.WeakSet()

    async def note(request: web.Request, _: web.StreamResponse) -> None:
        if request.transport is not None:
            open_ones.add(request.transport)

    app.on_response_prepare.append(note)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5, handle_signals=False)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    stack.callback(_hang_up, open_ones)
    await web.TCPSite(runner, HOST, port, ssl_context=context).start()
    return int(runner.addresses[0][1])


def _hang_up(open_ones: weakref.WeakSet[asyncio.Transport]) -> None:
    """Cut what is still connected: TLS would wait for the other side's good-bye."""
    for transport in list(open_ones):
        transport.abort()
