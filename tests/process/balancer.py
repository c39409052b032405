"""What stands before two replicas: every request to the next one that is alive, as a load balancer does it."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import count

import aiohttp
from aiohttp import web


@asynccontextmanager
async def balanced(port: int, behind: Sequence[int]) -> AsyncIterator[Counter[int]]:
    """Listen on `port` for the bots on the ports `behind`; counts what each was given."""
    given: Counter[int] = Counter()
    turns = count()

    async def pass_on(request: web.Request) -> web.Response:
        body, turn = await request.read(), next(turns)
        headers = {
            key: value for key, value in request.headers.items() if key.lower() not in ("host", "content-length")
        }
        for each in range(len(behind)):
            chosen = behind[(turn + each) % len(behind)]
            url = f"http://127.0.0.1:{chosen}{request.path_qs}"
            try:
                async with session.post(url, data=body, headers=headers) as answer:
                    given[chosen] += 1
                    return web.Response(
                        status=answer.status, body=await answer.read(), content_type=answer.content_type
                    )  # fmt: skip -- one line of arguments
            except aiohttp.ClientConnectionError:
                continue
        return web.Response(status=502)

    app = web.Application()
    app.router.add_post("/{path:.*}", pass_on)
    runner = web.AppRunner(app, access_log=None)
    async with aiohttp.ClientSession() as session:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        try:
            yield given
        finally:
            await runner.cleanup()
