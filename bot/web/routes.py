"""The application: POST /api/messages and /api/calls, and /livez, /readyz, /metrics, /about. All else is small JSON."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Any, Protocol

import orjson
from aiohttp import web

from bot.web.about import Page
from bot.web.body import LARGEST, SLOWEST, Unread, read_body
from bot.web.headers import add_headers
from bot.web.metrics import CONTENT_TYPE, Metrics
from bot.web.notifications import Notifications
from bot.web.refusing import Refusals

log = logging.getLogger("schoolgate.web")

Ready = Callable[[], Awaitable[tuple[bool, Sequence[str]]]]
_LAG_EVERY = 1.0
_BY_PROXY = ("Forwarded", "X-Forwarded-For")
"""Figures are for whoever stands beside us, not for those whom a proxy lets through from outside."""

_WORDS = {
    400: "bad request",
    404: "not found",
    405: "method not allowed",
    408: "too slow",
    413: "too large",
    415: "unsupported media type",
}


class Answer(Protocol):
    """What an activity is answered with."""

    @property
    def status(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def body(self) -> bytes: ...
    @property
    def retry_after(self) -> float | None: ...
    @property
    def skipped(self) -> int: ...


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Take = Callable[[str | None, Callable[[], Awaitable[bytes]]], Awaitable[Answer]]


class Inlet(Protocol):
    """Takes activities."""

    async def take(self, authorization: str | None, read: Callable[[], Awaitable[bytes]]) -> Answer:
        """Take one; `read` gives the body."""
        ...


class Calls(Protocol):
    """Takes notifications of calls."""

    async def take(self, mark: str, authorization: str | None, read: Callable[[], Awaitable[bytes]]) -> Answer:
        """Take one that came to the path ending in `mark`; `read` gives the body."""
        ...


LARGEST_ROSTER = 2 * 1024 * 1024
CALLS: web.AppKey[Calls] = web.AppKey("calls")
INLET = web.AppKey("inlet", Inlet)
METRICS = web.AppKey("metrics", Metrics)
NOTIFICATIONS = web.AppKey("notifications", Notifications)
READY: web.AppKey[Ready] = web.AppKey("ready")
ABOUT = web.AppKey("about", Page)
LEAVING = web.AppKey("leaving", asyncio.Event)
"""Set while another replica takes over: not ready, no connection kept, and everything that still comes is taken all the same."""
REFUSALS = web.AppKey("refusals", Refusals)
SLOWEST_BODY = web.AppKey("slowest_body", float)


def make_app(
    *,
    inlet: Inlet,
    metrics: Metrics,
    ready: Ready,
    calls: Calls | None = None,
    notifications: Notifications | None = None,
    about: Page | None = None,
    background: Sequence[AbstractAsyncContextManager[Any]] = (),
    slowest_body: float = SLOWEST,
) -> web.Application:
    """The application. `background` is entered in order before the first request, and left in reverse after the last."""
    app = web.Application(middlewares=[_no_keeping, _small_errors])
    app[INLET], app[METRICS], app[READY], app[SLOWEST_BODY] = inlet, metrics, ready, slowest_body
    app[LEAVING] = asyncio.Event()
    app.on_response_prepare.append(add_headers)
    app[REFUSALS] = Refusals()
    app.cleanup_ctx.append(functools.partial(_running, background=background))
    app.cleanup_ctx.append(_watching_lag)
    app.router.add_post("/api/messages", _messages)
    if calls is not None:
        app[CALLS] = calls
        app.router.add_post("/api/calls/{mark}", _calls)
    if notifications is not None:
        app[NOTIFICATIONS] = notifications
        app.router.add_post("/api/notifications/{mark}", _notifications)
    if about is not None:
        app[ABOUT] = about
        app.router.add_get("/about", _about)
    app.router.add_get("/livez", _livez)
    app.router.add_get("/readyz", _readyz)
    app.router.add_get("/metrics", _metrics)
    return app


async def _messages(request: web.Request) -> web.Response:
    return await _taken(request, "messages", request.app[INLET].take, LARGEST)


async def _calls(request: web.Request) -> web.Response:
    take = functools.partial(request.app[CALLS].take, request.match_info["mark"])
    return await _taken(request, "calls", take, LARGEST_ROSTER)


async def _notifications(request: web.Request) -> web.Response:
    metrics, began = request.app[METRICS], time.perf_counter()

    def count(status: int, kind: str) -> None:
        if status >= 400:
            metrics.rejected(kind)
            request.app[REFUSALS].note("notifications", kind, status)
        else:
            metrics.received(kind, 0)
            metrics.acknowledged(time.perf_counter() - began)

    read = functools.partial(read_body, request, largest=LARGEST, slowest=request.app[SLOWEST_BODY])
    response = await request.app[NOTIFICATIONS].take(request, read, count)
    return response if response.status < 400 else _refusing(response)


async def _taken(request: web.Request, place: str, take: Take, largest: int) -> web.Response:
    began = time.perf_counter()
    metrics = request.app[METRICS]
    tokens = request.headers.getall("Authorization", [])
    read = functools.partial(read_body, request, largest=largest, slowest=request.app[SLOWEST_BODY])
    try:
        answer = await take(tokens[0] if len(tokens) == 1 else None, read)
    except Unread as unread:
        metrics.rejected(unread.reason)
        request.app[REFUSALS].note(place, unread.reason, unread.status)
        return _refusing(_json(unread.status, {"error": _WORDS[unread.status]}))
    if answer.status >= 400:
        metrics.rejected(answer.kind)
        request.app[REFUSALS].note(place, answer.kind, answer.status)
    else:
        metrics.received(answer.kind, answer.skipped)
        metrics.acknowledged(time.perf_counter() - began)
    response = web.Response(status=answer.status, body=answer.body or None)
    if answer.body:
        response.content_type = "application/json"
    if answer.retry_after is not None:
        response.headers["Retry-After"] = str(max(1, round(answer.retry_after)))
    return response if answer.status < 400 else _refusing(response)


def _refusing(response: web.Response) -> web.Response:
    # what is left of the body is of no interest, nor the connection
    response.force_close()
    return response


async def _livez(request: web.Request) -> web.Response:
    return _json(200, {"status": "alive"})


async def _readyz(request: web.Request) -> web.Response:
    ok, reasons = await request.app[READY]()
    if request.app[LEAVING].is_set():
        ok, reasons = False, [*reasons, "another one takes over"]
    return _json(200 if ok else 503, {"status": "ready" if ok else "not ready", "reasons": list(reasons)})


async def _about(request: web.Request) -> web.Response:
    page = request.app[ABOUT]
    return web.Response(body=page.body, content_type="text/html", charset="utf-8", headers=page.headers)


async def _metrics(request: web.Request) -> web.Response:
    if any(name in request.headers for name in _BY_PROXY):
        raise web.HTTPNotFound
    return web.Response(body=request.app[METRICS].page(), headers={"Content-Type": CONTENT_TYPE})


def _json(status: int, body: dict[str, Any]) -> web.Response:
    return web.Response(status=status, body=orjson.dumps(body), content_type="application/json")


@web.middleware
async def _no_keeping(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A kept connection would bring the next event just when we are gone."""
    response = await handler(request)
    if request.app[LEAVING].is_set():
        response.force_close()
    return response


@web.middleware
async def _small_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """No page of the server's own, and no 500 with anything of our insides."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        response = _json(error.status, {"error": _WORDS.get(error.status, "not possible")})
        if allow := error.headers.get("Allow"):
            response.headers["Allow"] = allow
        return response
    except Exception as error:
        log.exception("failed on a request", extra={"event": "web_failed"}, exc_info=error)
        return _refusing(_json(503, {"error": "try again later"}))


async def _running(
    app: web.Application, *, background: Sequence[AbstractAsyncContextManager[Any]]
) -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        for one in background:
            await stack.enter_async_context(one)
        yield


async def _watching_lag(app: web.Application) -> AsyncIterator[None]:
    task = asyncio.create_task(_watch_lag(app[METRICS]), name="lag")
    yield
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def _watch_lag(metrics: Metrics) -> None:
    clock = asyncio.get_running_loop().time
    while True:
        asked = clock() + _LAG_EVERY
        await asyncio.sleep(_LAG_EVERY)
        metrics.lag(max(0.0, clock() - asked))
