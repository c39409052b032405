"""The control API: plain HTTP for the hand that plays the people. No part of Microsoft's side."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from deploy.rehearsal import calling, calling_keys
from deploy.rehearsal.acting import CannotDo
from deploy.rehearsal.acts import act
from deploy.rehearsal.calling_keys import DOCUMENT
from deploy.rehearsal.enrol import enrol
from deploy.rehearsal.entra import rotate
from deploy.rehearsal.model import Meeting
from deploy.rehearsal.storm import STORMS
from deploy.rehearsal.tenant import Tenant
from deploy.rehearsal.world import MOST_TENANTS, World

SWITCHES = {
    "graph": ("ok", "down", "403", "429", "slow", *STORMS),
    "connector": ("ok", "down", "429", "403", "slow", *STORMS),
    "targeted": ("ok", "refused"),
    "keys": ("ok", "down", "rotate"),
    "login": ("ok", "down", "slow", "expired"),
    "access_policy": ("ok", "missing"),
    "catalogue": ("ok", "empty"),
    "calls": ("ok", "refused", "fails", "full"),
    "callbacks": ("ok", "lost"),
    "calling_keys": ("ok", "down", "rotate"),
    "rosters": ("ok", "refused"),
    "mute": ("ok", "refused", "ignored"),
    "removal": ("refused", "allowed", "ignored", "down"),
    "admission": ("ok", "drops"),
}
SECONDS = ("keepalive",)
LONGEST_WAIT = 60.0


class Control:
    def __init__(self, world: World) -> None:
        self._world = world

    def app(self) -> web.Application:
        app = web.Application(client_max_size=4 * 1024 * 1024, middlewares=[_saying_why])
        app.add_routes(
            [
                web.put("/tenants/{tenant}", self.put),
                web.delete("/tenants/{tenant}", self.delete),
                web.post("/tenants/{tenant}/do", self.do),
                web.post("/tenants/{tenant}/switch", self.switch),
                web.get("/tenants/{tenant}/seen", self.seen),
            ]
        )
        return app

    def _tenant(self, request: web.Request) -> Tenant:
        found = self._world.tenants.get(request.match_info["tenant"].lower())
        if found is None:
            raise web.HTTPNotFound(text="no such tenant: PUT it first")
        return found

    async def put(self, request: web.Request) -> web.Response:
        """A tenant, new or all anew."""
        tid = request.match_info["tenant"].lower()
        if tid not in self._world.tenants and len(self._world.tenants) >= MOST_TENANTS:
            raise CannotDo(f"{MOST_TENANTS} tenants are all it holds")
        body = await _object(request)
        tenant = enrol(tid, body, self._world.origin, self._world.bot_key)
        tenant.switches |= _checked(body.get("switches") or {})
        tenant.post, tenant.calling_key = self._world.post, self._world.calling_key
        self._forget(tid)
        self._world.tenants[tid] = tenant
        return web.json_response(
            {
                "service_url": tenant.service_url,
                "openid": f"{self._world.origin}/botframework/{tid}/v1/.well-known/openidconfiguration",
                "calling_openid": f"{self._world.origin}/calling/{tid}/{DOCUMENT}",
                "meetings": [
                    {"thread": m.thread, "id": m.id, "graph_id": m.graph_id, "join_url": m.join_url}
                    for m in tenant.meetings()
                ],
                "outsiders": [p.key for p in tenant.people.values() if p.kind in ("anonymous", "federated")],
                "mris": {p.key: p.mri for p in tenant.people.values()},
            }
        )

    async def delete(self, request: web.Request) -> web.Response:
        self._forget(request.match_info["tenant"].lower())
        return web.json_response({})

    def _forget(self, tid: str) -> None:
        if gone := self._world.tenants.pop(tid, None):
            calling.forget(gone)

    async def do(self, request: web.Request) -> web.Response:
        return web.json_response(act(self._world.post, self._tenant(request), await _object(request)))

    async def switch(self, request: web.Request) -> web.Response:
        tenant, wanted = self._tenant(request), _checked(await _object(request))
        for part, turn in (("keys", rotate), ("calling_keys", calling_keys.rotate)):
            if wanted.get(part) == "rotate":
                await turn(tenant)
                wanted = wanted | {part: "ok"}
        tenant.switches |= wanted
        if "keepalive" in wanted:
            for call in tenant.calls.values():
                calling.keep(tenant, call)
        tenant.seen.note("event", by="person", text="switch", raw=wanted)
        return web.json_response(tenant.switches)

    async def seen(self, request: web.Request) -> web.Response:
        tenant = self._tenant(request)
        after = int(request.query.get("after", 0))
        wait = min(float(request.query.get("wait", 0)), LONGEST_WAIT)
        records = await tenant.seen.wait(after, wait) if wait > 0 else tenant.seen.after(after)
        return web.json_response({"next": records[-1]["n"] if records else after, "seen": records})


def _shown(meeting: Meeting) -> dict[str, str]:
    told = {"thread": meeting.thread, "id": meeting.id, "graph_id": meeting.graph_id, "join_url": meeting.join_url}
    return told | {"join_meeting_id": meeting.code, "passcode": meeting.passcode}


def _checked(wanted: dict[str, Any]) -> dict[str, str]:
    """Switches as they may stand; seconds as words too."""
    for part, state in wanted.items():
        if part in SECONDS:
            if float(state) <= 0:
                raise CannotDo(f"{part} is a number of seconds above 0")
        elif state not in SWITCHES.get(part, ()):
            raise CannotDo(f"{part}: {state} is not among {SWITCHES.get(part) or sorted((*SWITCHES, *SECONDS))}")
    return {part: str(state) for part, state in wanted.items()}


async def _object(request: web.Request) -> dict[str, Any]:
    body = await request.json()
    if not isinstance(body, dict):
        raise CannotDo("the body must be an object")
    return body


@web.middleware
async def _saying_why(request: web.Request, handler: Any) -> web.StreamResponse:
    """A mistake of the caller's is told, not thrown."""
    try:
        answer: web.StreamResponse = await handler(request)
    except (CannotDo, OverflowError) as error:
        return web.json_response({"error": str(error)}, status=409)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return web.json_response({"error": f"{type(error).__name__}: {error}"}, status=400)
    return answer
