"""A small Entra and Graph over HTTPS, for the answers a rehearsal does not play: it does what it is told, once each."""

from __future__ import annotations

import asyncio
import json
import re
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import trustme
from aiohttp import web

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
FORM = {"in": re.compile(r"(\w+) in \((.*)\)"), "any": re.compile(r"(\w+)/any\(\w:\w eq '((?:[^']|'')*)'\)")}


@dataclass
class Asked:
    """A request as it came."""

    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: Any


@dataclass
class Tenant:
    """Users, groups with nested ones, calendars, chats; `answers` are played first, once each, to the path they name."""

    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    groups: dict[str, dict[str, Any]] = field(default_factory=dict)
    events: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    chats: dict[str, dict[str, Any]] = field(default_factory=dict)
    page: int = 999
    answers: list[tuple[str, Answer]] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    tokens: int = 0
    origin: str = ""

    def person(self, number: int, name: str, *, groups: tuple[str, ...] = (), **more: Any) -> str:
        """An account, in these groups."""
        oid = guid(number)
        mail = f"{name.split()[-1].lower()}@school.example"
        self.users[oid] = {
            "id": oid, "displayName": name, "userType": "Member", "accountEnabled": True,
            "mail": mail, "userPrincipalName": mail, "otherMails": [], "proxyAddresses": [f"SMTP:{mail}"], **more,
        }  # fmt: skip
        for group in groups:
            self.groups[group]["members"].append(oid)
        return oid

    def group(self, number: int, mail: str | None = None, members: tuple[str, ...] = ()) -> str:
        """A group; members may be groups."""
        gid = guid(9000 + number)
        proxies = [f"SMTP:{mail}"] if mail else []
        self.groups[gid] = {"id": gid, "mail": mail, "proxyAddresses": proxies, "members": list(members)}
        return gid

    def within(self, gid: str) -> list[str]:
        """Everything inside a group, at any depth."""
        found: list[str] = []
        waiting = list(self.groups[gid]["members"])
        while waiting:
            one = waiting.pop(0)
            if one not in found:
                found.append(one)
                waiting += self.groups.get(one, {}).get("members", [])
        return found

    def calls(self, ending: str) -> list[Asked]:
        """The Graph requests whose path ends so."""
        return [one for one in self.asked if one.path.endswith(ending)]

    def next(self, path: str, *answers: Answer) -> None:
        """The next answers to a path that ends so."""
        self.answers += [(path, answer) for answer in answers]


def guid(number: int) -> str:
    """An object id."""
    return f"00000000-0000-4000-8000-{number:012d}"


def say(
    status: int, body: Any = None, *, headers: dict[str, str] | None = None, text: str | None = None, wait: float = 0
) -> Answer:
    """An answer: JSON, or any text as JSON, after a wait."""

    async def answer(_: web.Request) -> web.StreamResponse:
        await asyncio.sleep(wait)
        content = text if text is not None else json.dumps(body if body is not None else {})
        return web.Response(status=status, text=content, content_type="application/json", headers=headers)

    return answer


def wrong(status: int, code: str = "generalException", message: str = "no", **more: Any) -> Answer:
    """One of Graph's errors."""
    return say(status, {"error": {"code": code, "message": message}}, **more)


async def cut(request: web.Request) -> web.StreamResponse:
    """Break the connection in the middle of an answer."""
    response = web.StreamResponse(headers={"Content-Length": "5000", "Content-Type": "application/json"})
    await response.prepare(request)
    await response.write(b'{"value": [')
    assert request.transport is not None
    request.transport.close()
    return response


@cache
def _certified() -> tuple[trustme.CA, ssl.SSLContext]:
    """One authority for all tests."""
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return authority, context


class Server:
    """The tenant behind HTTPS on a free port, with its own CA in `folder`."""

    def __init__(self, tenant: Tenant, folder: Path) -> None:
        self.tenant = tenant
        authority, self._context = _certified()
        self.ca = folder / "ca.pem"
        authority.cert_pem.write_to_path(self.ca)
        app = web.Application()
        app.router.add_post("/{tenant}/oauth2/v2.0/token", self._token)
        app.router.add_route("*", "/v1.0/{tail:.*}", self._graph)
        self._transports: set[asyncio.Transport] = set()
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)

    async def start(self) -> str:
        """Listen; the origin."""
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=self._context)
        await site.start()
        self.tenant.origin = f"https://127.0.0.1:{self._runner.addresses[0][1]}"
        return self.tenant.origin

    async def stop(self) -> None:
        """Stop listening, and drop what is connected: TLS would wait for the other side's good-bye."""
        for transport in self._transports:
            transport.abort()
        await self._runner.cleanup()

    async def _played(self, request: web.Request) -> web.StreamResponse | None:
        for number, (path, answer) in enumerate(self.tenant.answers):
            if request.path.endswith(path):
                del self.tenant.answers[number]
                return await answer(request)
        return None

    async def _token(self, request: web.Request) -> web.StreamResponse:
        self.tenant.tokens += 1
        self._note(request)
        if played := await self._played(request):
            return played
        form = await request.post()
        if form.get("client_secret") != "secret" or form.get("scope") != "https://graph.microsoft.com/.default":
            words = "AADSTS7000215: Invalid client secret provided.\r\nTrace ID: 1"
            return web.json_response({"error": "invalid_client", "error_description": words}, status=401)
        return web.json_response({"token_type": "Bearer", "expires_in": 3599, "access_token": "good"})

    def _note(self, request: web.Request) -> None:
        if request.transport is not None:
            self._transports.add(request.transport)

    async def _graph(self, request: web.Request) -> web.StreamResponse:
        self._note(request)
        body = await request.json() if request.can_read_body else None
        path = request.path.removeprefix("/v1.0")
        self.tenant.asked.append(Asked(request.method, path, dict(request.query), request.headers.copy(), body))
        if played := await self._played(request):
            return played
        if request.headers.get("Authorization") != "Bearer good":
            return await wrong(401, "InvalidAuthenticationToken")(request)
        parts = path.strip("/").split("/")
        found = self._about_user(request, parts[1:], body) if parts[0] == "users" else None
        found = found or self._about_others(request, parts)
        return found or await wrong(404, "Request_ResourceNotFound", "Resource does not exist.")(request)

    def _about_user(self, request: web.Request, parts: list[str], body: Any) -> web.Response | None:
        oid, *rest = parts or [""]
        match request.method, rest:
            case "GET", [] if oid in self.tenant.users:
                return self._picked(request, self.tenant.users[oid])
            case "POST", ["checkMemberGroups"] if oid in self.tenant.users:
                return self._member_of(oid, body["groupIds"])
            case "POST", ["sendMail"] if oid in self.tenant.users:
                return web.Response(status=202)
            case "GET", ["calendarView"] if oid in self.tenant.events:
                return web.json_response({"value": self.tenant.events[oid]})
            case "GET", ["events", event]:
                return next((web.json_response(e) for e in self.tenant.events.get(oid, []) if e["id"] == event), None)
        return None

    def _about_others(self, request: web.Request, parts: list[str]) -> web.Response | None:
        match parts:
            case ["users" | "groups" as kind]:
                return self._found(kind, request.query.get("$filter", ""))
            case ["groups", gid, "transitiveMembers"] if gid in self.tenant.groups:
                return self._members(request, gid)
            case ["chats", thread] if thread in self.tenant.chats:
                return web.json_response(self.tenant.chats[thread])
        return None

    @staticmethod
    def _picked(request: web.Request, user: dict[str, Any]) -> web.Response:
        return web.json_response({name: user[name] for name in request.query["$select"].split(",")})

    def _member_of(self, oid: str, asked: list[str]) -> web.Response:
        if len(asked) > 20:
            return web.json_response({"error": {"code": "Request_BadRequest", "message": "too many"}}, status=400)
        return web.json_response(
            {"value": [g for g in asked if g in self.tenant.groups and oid in self.tenant.within(g)]}
        )

    def _members(self, request: web.Request, gid: str) -> web.Response:
        skip = int(request.query.get("$skiptoken", 0))
        inside = [self._as_member(one) for one in self.tenant.within(gid)]
        page: dict[str, Any] = {"value": inside[skip : skip + self.tenant.page]}
        if skip + self.tenant.page < len(inside):
            page["@odata.nextLink"] = f"{self.tenant.origin}{request.path}?$skiptoken={skip + self.tenant.page}"
        return web.json_response(page)

    def _as_member(self, one: str) -> dict[str, Any]:
        if one in self.tenant.groups:
            return {"@odata.type": "#microsoft.graph.group", "id": one}
        return {"@odata.type": "#microsoft.graph.user", **self.tenant.users[one]}

    def _found(self, kind: str, condition: str) -> web.Response:
        wanted: list[tuple[str, str]] = []
        if listed := FORM["in"].fullmatch(condition):
            wanted = [(listed[1], value.replace("''", "'")) for value in re.findall(r"'((?:[^']|'')*)'", listed[2])]
        else:
            wanted = [(name, value.replace("''", "'")) for name, value in FORM["any"].findall(condition)]
        if not 0 < len(wanted) <= 15:
            return web.json_response({"error": {"code": "Request_UnsupportedQuery", "message": condition}}, status=400)
        everybody = (self.tenant.users if kind == "users" else self.tenant.groups).values()
        found = [one for one in everybody if any(_fits(one, name, value) for name, value in wanted)]
        return web.json_response({"value": [{k: v for k, v in one.items() if k != "members"} for one in found]})


def _fits(one: dict[str, Any], name: str, value: str) -> bool:
    held = one.get(name) or []
    return value.casefold() in [known.casefold() for known in ([held] if isinstance(held, str) else held)]
