"""Reading a request's body within bounds: kind, size, time."""

from __future__ import annotations

import asyncio

from aiohttp import web
from aiohttp.client_exceptions import ClientError, ClientPayloadError
from aiohttp.http_exceptions import HttpProcessingError

LARGEST = 128 * 1024
SLOWEST = 5.0


class Unread(Exception):
    """The body was not taken."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


async def read_body(request: web.Request, *, largest: int = LARGEST, slowest: float = SLOWEST) -> bytes:
    """All of a JSON body, or Unread: 415, 413 (told or counted), 408, 400."""
    if request.content_type != "application/json":
        raise Unread(415, "content_type")
    if (request.content_length or 0) > largest:
        raise Unread(413, "too_large")
    parts: list[bytes] = []
    room = largest
    try:
        if request.content.is_eof():  # all of it is here: no need for a clock
            return _bounded(request.content.read_nowait(), room)
        async with asyncio.timeout(slowest):
            async for part in request.content.iter_any():
                parts.append(_bounded(part, room))
                room -= len(part)
    except TimeoutError:
        raise Unread(408, "slow") from None
    except (ClientError, ClientPayloadError, HttpProcessingError, ConnectionError, web.RequestPayloadError):
        raise Unread(400, "broken_body") from None
    return b"".join(parts)


def _bounded(part: bytes, room: int) -> bytes:
    if len(part) > room:
        raise Unread(413, "too_large")
    return part
