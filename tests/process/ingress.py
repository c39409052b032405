"""What stands before replicas in a real deployment: it asks each whether it is ready, keeps connections, sends nothing twice."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count

import aiohttp
from aiohttp import web

PROBE_EVERY = 0.25
MISSES = 3
"""How many probes in a row must fail before one is no longer given anything, as usual."""


@dataclass
class Ingress:
    """`behind` may change at any time. `given` counts what each was sent, `failed` what nobody answered."""

    behind: list[int]
    given: Counter[int] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    ready: set[int] = field(default_factory=set)
    missed: Counter[int] = field(default_factory=Counter)
    _turns: count[int] = field(default_factory=count)

    async def probe(self, session: aiohttp.ClientSession) -> None:
        """Ask each, again and again."""
        while True:
            for port in self.behind:
                self.missed[port] = 0 if await self._is_ready(session, port) else self.missed[port] + 1
            gone = {port for port in self.ready if self.missed[port] >= MISSES}
            known = (self.ready - gone) & {*self.behind}
            self.ready = known | {port for port in self.behind if self.missed.get(port) == 0}
            await asyncio.sleep(PROBE_EVERY)

    async def _is_ready(self, session: aiohttp.ClientSession, port: int) -> bool:
        with contextlib.suppress(aiohttp.ClientError, TimeoutError):
            async with session.get(f"http://127.0.0.1:{port}/readyz") as answer:
                return answer.status == 200
        return False

    async def pass_on(self, session: aiohttp.ClientSession, request: web.Request) -> web.Response:
        """To one that was ready when it was last asked."""
        body, ready = await request.read(), sorted(self.ready)
        if not ready:
            self.failed.append("nobody is ready")
            return web.Response(status=502)
        chosen = ready[next(self._turns) % len(ready)]
        kept = {key: value for key, value in request.headers.items() if key.lower() not in ("host", "content-length")}
        try:
            async with session.post(f"http://127.0.0.1:{chosen}{request.path_qs}", data=body, headers=kept) as answer:
                self.given[chosen] += 1
                kind = answer.content_type
                return web.Response(status=answer.status, body=await answer.read(), content_type=kind)
        except aiohttp.ClientError as error:
            self.failed.append(f"{chosen}: {error!r}")
            return web.Response(status=502)


@asynccontextmanager
async def ingress(port: int, *behind: int) -> AsyncIterator[Ingress]:
    """Listen on `port` for the bots on the ports `behind`."""
    made = Ingress(list(behind))
    app = web.Application()
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as session:

        async def pass_on(request: web.Request) -> web.Response:
            return await made.pass_on(session, request)

        app.router.add_post("/{path:.*}", pass_on)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        probing = asyncio.create_task(made.probe(session))
        try:
            yield made
        finally:
            probing.cancel()
            await runner.cleanup()
