"""Answers that no service ought to give: an error of its own, none at all, half of one, or something that is none."""

from __future__ import annotations

from aiohttp import web

from deploy.rehearsal.answers import Refused

STORMS = ("500", "reset", "half", "nonsense")
"""What may be set for `graph` and `connector` besides; the first two before anything has happened, the others after it."""


def strike(request: web.Request, weather: str) -> None:
    """Before the call is carried out."""
    if weather == "500":
        raise Refused(500, "InternalServerError", "Something went wrong.")
    if weather == "reset":
        if request.transport is not None:
            request.transport.abort()
        raise web.HTTPGatewayTimeout  # nobody is left to read it


async def spoiled(request: web.Request, weather: str, answer: web.Response) -> web.StreamResponse:
    """What becomes of the answer to a call that was carried out."""
    if weather == "nonsense":
        return web.Response(status=answer.status, text="<html>Welcome</html>", content_type="text/html")
    body = answer.body
    if weather != "half" or not isinstance(body, bytes) or len(body) < 2:
        return answer
    half = web.StreamResponse(status=answer.status, headers={"Content-Type": answer.content_type})
    half.content_length = len(body)
    await half.prepare(request)
    await half.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.abort()
    return half
