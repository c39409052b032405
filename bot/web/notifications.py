"""What Graph posts of calendars: the handshake of a new subscription, and then notices that only make us look."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from aiohttp import web

from bot.ports import Errands, Job, OutOfReach
from bot.web.body import Unread

LONGEST_TOKEN = 2048
Read = Callable[[], Awaitable[bytes]]
_WORDS = {
    400: "bad request",
    404: "not found",
    408: "too slow",
    413: "too large",
    415: "unsupported media type",
    503: "try again later",
}


class Told(Protocol):
    """What a body of notices tells, as the core's jobs. ValueError where it is no JSON."""

    def __call__(self, body: bytes) -> tuple[Job, ...]: ...


class Notifications:
    """Takes `POST /api/notifications/{mark}`. `is_ours` tells the mark; `told` reads notices and believes only ours."""

    def __init__(self, is_ours: Callable[[str], bool], told: Told, errands: Errands) -> None:
        self._is_ours = is_ours
        self._told = told
        self._errands = errands

    async def take(self, request: web.Request, read: Read, count: Callable[[int, str], None]) -> web.Response:
        """The handshake is answered with its token as plain text. Notices are answered 202, forged ones too, so that
        nobody learns which they were; 503 where what they ask could not be written down."""
        if not self._is_ours(request.match_info["mark"]):
            return _counted(count, 404, "unknown_subscription")
        token = request.query.get("validationToken")
        if token is not None:
            if not 0 < len(token) <= LONGEST_TOKEN or not token.isprintable():
                return _counted(count, 400, "validation_token")
            count(200, "handshake")
            return web.Response(text=token, content_type="text/plain")
        return await self._notices(read, count)

    async def _notices(self, read: Read, count: Callable[[int, str], None]) -> web.Response:
        try:
            jobs = self._told(await read())
            for job in jobs:
                await self._errands.ask(job)
        except Unread as unread:
            return _counted(count, unread.status, unread.reason)
        except ValueError:
            return _counted(count, 400, "not_json")
        except OutOfReach:
            return _counted(count, 503, "store_out_of_reach")
        return _counted(count, 202, "notices")


def _counted(count: Callable[[int, str], None], status: int, kind: str) -> web.Response:
    count(status, kind)
    if status < 400:
        return web.Response(status=status)
    return web.json_response({"error": _WORDS[status]}, status=status)
