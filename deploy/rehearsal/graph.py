"""Graph v1.0: tokens, weather, permissions and batches; the answers themselves are in the graph_ files."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from aiohttp import web

from deploy.rehearsal import (
    graph_apps,
    graph_calendar,
    graph_calls,
    graph_chats,
    graph_meetings,
    graph_people,
    graph_subscriptions,
)
from deploy.rehearsal.answers import Refused
from deploy.rehearsal.keys import GRAPH, BadToken, checked
from deploy.rehearsal.odata import Asked, Json
from deploy.rehearsal.permissions import NEEDS, allow
from deploy.rehearsal.storm import spoiled, strike
from deploy.rehearsal.tenant import Tenant
from deploy.rehearsal.world import World, slowly

MOST_IN_BATCH = 20
Answer = tuple[int, Json | None]
PLAYED: dict[str, Callable[[Tenant, Asked], Answer]] = {
    "GET /users": graph_people.users,
    "GET /users/{id}": graph_people.user,
    "POST /users/{id}/checkMemberGroups": graph_people.check_member_groups,
    "GET /groups": graph_people.groups,
    "GET /groups/{id}": graph_people.group,
    "GET /groups/{id}/members": graph_people.members,
    "GET /groups/{id}/transitiveMembers": graph_people.members,
    "GET /users/{id}/events": graph_calendar.events,
    "GET /users/{id}/events/{id}": graph_calendar.event,
    "GET /users/{id}/calendarView": graph_calendar.view,
    "POST /users/{id}/sendMail": graph_calendar.send_mail,
    "GET /users/{id}/onlineMeetings": graph_meetings.online_meetings,
    "GET /users/{id}/onlineMeetings/{id}": graph_meetings.online_meeting,
    "PATCH /users/{id}/onlineMeetings/{id}": graph_meetings.update,
    "GET /chats/{id}": graph_chats.chat,
    "GET /chats/{id}/members": graph_chats.members,
    "GET /subscriptions": graph_subscriptions.listed,
    "POST /subscriptions": graph_subscriptions.create,
    "PATCH /subscriptions/{id}": graph_subscriptions.renew,
    "GET /appCatalogs/teamsApps": graph_apps.catalogue,
    "POST /chats/{id}/installedApps": graph_apps.install,
    "POST /communications/calls": graph_calls.create,
    "GET /communications/calls/{id}": graph_calls.get,
    "DELETE /communications/calls/{id}": graph_calls.delete,
    "POST /communications/calls/{id}/keepAlive": graph_calls.keep_alive,
    "GET /communications/calls/{id}/participants": graph_calls.participants,
    "GET /communications/calls/{id}/participants/{id}": graph_calls.one_participant,
    "DELETE /communications/calls/{id}/participants/{id}": graph_calls.remove,
    "POST /communications/calls/{id}/participants/{id}/mute": graph_calls.mute,
}


class Graph:
    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef]:
        return [web.route("*", "/v1.0/{tail:.*}", self.handle)]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        tenant: Tenant | None = None
        told = request.headers.get("client-request-id")
        headers = {"request-id": str(uuid.uuid4()), "client-request-id": told or str(uuid.uuid4())}
        try:
            tenant, roles = self._who(request)
            await _weather(tenant, request)
            status, body = await self._answer(tenant, roles, request)
        except Refused as refused:
            status, body = refused.status, refused.graph_body(told)
            headers |= refused.headers
        if tenant:
            _note(tenant, request, status, body)
        if body is None:
            return web.Response(status=status, headers=headers)
        answer = web.json_response(body, status=status, headers=headers)
        return await spoiled(request, tenant.is_on("graph") if tenant else "ok", answer)

    def _who(self, request: web.Request) -> tuple[Tenant, list[str]]:
        try:
            claims = checked(self._world.entra_key, request.headers.get("Authorization"), GRAPH)
        except BadToken as error:
            raise Refused(401, "InvalidAuthenticationToken", str(error)) from None
        tenant = self._world.tenants.get(claims["tid"])
        if tenant is None or claims["appid"] != tenant.app_id:
            raise Refused(401, "Authorization_IdentityNotFound", "The identity of the calling app was not found.")
        return tenant, list(claims.get("roles", []))

    async def _answer(self, tenant: Tenant, roles: list[str], request: web.Request) -> Answer:
        body = None
        if request.method in ("POST", "PATCH", "PUT"):
            try:
                raw = await request.read()
                body = json.loads(raw) if raw.strip() else None
            except ValueError:
                raise Refused(400, "BadRequest", "Unable to read JSON request payload.") from None
        path = [unquote(part) for part in request.raw_path.partition("?")[0].split("/")[2:] if part]
        query = {str(key): value for key, value in request.query.items()}
        asked = Asked(request.method, path, query, dict(request.headers), body, self._world.origin, roles)
        if path == ["$batch"]:
            return self._batch(tenant, asked)
        if (asked.method, path) == ("POST", ["subscriptions"]):
            allow("POST /subscriptions", asked, [])
            await graph_subscriptions.shake(tenant, asked)
        return play(tenant, asked)

    def _batch(self, tenant: Tenant, asked: Asked) -> Answer:
        requests = asked.body.get("requests") if isinstance(asked.body, dict) else None
        if asked.method != "POST" or not isinstance(requests, list) or not 0 < len(requests) <= MOST_IN_BATCH:
            raise Refused(400, "BadRequest", f"A batch holds 1 to {MOST_IN_BATCH} requests.")
        return 200, {"responses": [self._one_of_batch(tenant, asked, each) for each in requests]}

    def _one_of_batch(self, tenant: Tenant, asked: Asked, one: Json) -> Json:
        parts = urlsplit(str(one.get("url", "")))
        path = [unquote(part) for part in parts.path.split("/") if part]
        inner = Asked(
            str(one.get("method", "GET")).upper(),
            path,
            dict(parse_qsl(parts.query)),
            one.get("headers") or {},
            one.get("body"),
            asked.origin,
            asked.roles,
        )
        headers = {"Content-Type": "application/json"}
        try:
            status, body = play(tenant, inner)
        except Refused as refused:
            status, body = refused.status, refused.graph_body()
            headers |= refused.headers
        return {"id": str(one.get("id", "")), "status": status, "headers": headers, "body": body}


def play(tenant: Tenant, asked: Asked) -> Answer:
    """Answer one call, or refuse it."""
    call = _call(asked)
    if call not in PLAYED:
        raise Refused(
            404, "BadRequest", f"Resource not found for the segment '{asked.path[-1] if asked.path else ''}'."
        )
    allow(call, asked, _granted_here(tenant, asked))
    return PLAYED[call](tenant, asked)


def _granted_here(tenant: Tenant, asked: Asked) -> list[str]:
    """What the package was granted in the chat a call is about, if the app is in it."""
    place = asked.path[1] if asked.path[0] == "chats" else None
    if asked.path == ["communications", "calls"] and isinstance(asked.body, dict):
        info = asked.body.get("chatInfo")
        place = info.get("threadId") if isinstance(info, dict) else None
    chat = tenant.chats.get(str(place))
    return tenant.rsc if chat and chat.installed else []


def _call(asked: Asked) -> str:
    """The call's shape: ids as {id}, names in Graph's own case, a cast left out."""
    deeper = 1 if asked.path[:1] in (["communications"], ["appCatalogs"]) else 0
    shape = ["{id}" if at > deeper and (at - deeper) % 2 else part for at, part in enumerate(asked.path)]
    if shape and asked.path[-1].startswith("microsoft.graph."):
        shape = shape[:-1]
    wanted = f"{asked.method} /{'/'.join(shape)}".lower()
    return next((call for call in NEEDS if call.lower() == wanted), wanted)


async def _weather(tenant: Tenant, request: web.Request) -> None:
    strike(request, tenant.is_on("graph"))
    match tenant.is_on("graph"):
        case "down":
            raise Refused(503, "serviceNotAvailable", "The service is temporarily unavailable.")
        case "403":
            raise Refused(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
        case "429":
            raise Refused(429, "TooManyRequests", "Too many requests.", 2)
        case "slow":
            await slowly(request)


def _note(tenant: Tenant, request: web.Request, status: int, body: Any) -> None:
    refused = status >= 400
    tenant.seen.note(
        "refused" if refused else "graph",
        text=f"{request.method} {request.path.removeprefix('/v1.0')}",
        status=status,
        raw={"query": dict(request.query), "error": body.get("error") if refused and body else None},
    )
