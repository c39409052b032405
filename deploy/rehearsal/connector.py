"""The Bot Connector: who may call it, how often, and what the bot did in a chat."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from deploy.rehearsal.answers import Refused
from deploy.rehearsal.keys import CONNECTOR, BadToken, checked
from deploy.rehearsal.limits import APP, SEND, Windows
from deploy.rehearsal.model import Chat
from deploy.rehearsal.storm import spoiled, strike
from deploy.rehearsal.tenant import Tenant
from deploy.rehearsal.world import World, slowly

LARGEST = 100 * 1024
Json = dict[str, Any]
Handler = Callable[["Call"], Awaitable[web.Response]]


class Call:
    """One call of a bot that has shown a good token."""

    def __init__(self, tenant: Tenant, request: web.Request, body: Json) -> None:
        self.tenant, self.request, self.body = tenant, request, body

    @property
    def targeted(self) -> bool:
        return self.request.query.get("isTargetedActivity", "").lower() == "true"

    def limit(self, thread: str, windows: Windows = SEND) -> None:
        kind = "send" if windows is SEND else "members"
        wait = self.tenant.limits.wait(f"{kind} {thread}", windows) or self.tenant.limits.wait("app", APP)
        if wait:
            raise Refused(429, "TooManyRequests", "API calls quota exceeded.", wait)

    def chat(self, windows: Windows = SEND) -> Chat:
        """The conversation in the address, if the bot is in it."""
        name = self.request.match_info["conversation"]
        chat = self.tenant.chat(name)
        if chat is None:
            raise Refused(404, "ConversationNotFound", "Conversation not found.")
        if not chat.installed:
            words = "The bot is not part of the conversation roster."
            raise Refused(404 if self.targeted else 403, "BotNotInConversationRoster", words)
        self.limit(chat.id, windows)
        return chat


class Gate:
    """Tokens and weather, before any call is looked at."""

    def __init__(self, world: World) -> None:
        self._world = world

    def guard(self, handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def guarded(request: web.Request) -> web.StreamResponse:
            tenant = self._world.tenants.get(request.match_info["tenant"].lower())
            if tenant is None:
                return _refused(Refused(404, "ServiceError", "No such tenant."))
            try:
                self._may(tenant, request)
                await self._weather(tenant, request)
                answer = await handler(Call(tenant, request, await _body(request)))
                return await spoiled(request, tenant.is_on("connector"), answer)
            except Refused as refusal:
                note_refused(tenant, request, refusal)
                return _refused(refusal)

        return guarded

    def _may(self, tenant: Tenant, request: web.Request) -> None:
        try:
            claims = checked(self._world.entra_key, request.headers.get("Authorization"), CONNECTOR)
        except BadToken as error:
            raise Refused(401, "Unauthorized", str(error)) from None
        if claims["tid"] != tenant.id or claims["appid"] != tenant.app_id:
            raise Refused(403, "Forbidden", "The app is not registered in this tenant.")

    async def _weather(self, tenant: Tenant, request: web.Request) -> None:
        strike(request, tenant.is_on("connector"))
        match tenant.is_on("connector"):
            case "down":
                raise Refused(503, "ServiceUnavailable", "Service is unavailable.")
            case "429":
                raise Refused(429, "TooManyRequests", "API calls quota exceeded.", 1)
            case "403":
                raise Refused(403, "MessageWritesBlocked", "Message writes are blocked.")
            case "slow":
                await slowly(request)


def _refused(refusal: Refused) -> web.Response:
    return web.json_response(refusal.body(), status=refusal.status, headers=refusal.headers)


async def _body(request: web.Request) -> Json:
    if request.method not in ("POST", "PUT"):
        return {}
    raw = await request.content.read(LARGEST + 1)
    while len(raw) <= LARGEST and (more := await request.content.read(LARGEST + 1)):
        raw += more
    if len(raw) > LARGEST:
        raise Refused(413, "MessageSizeTooBig", "Message size too large.")
    try:
        body = json.loads(raw)
    except ValueError:
        raise Refused(400, "BadSyntax", "Could not parse the body as JSON.") from None
    if not isinstance(body, dict):
        raise Refused(400, "BadSyntax", "The body is not an object.")
    return body


def note_refused(tenant: Tenant, request: web.Request, refusal: Refused) -> None:
    conversation = request.match_info.get("conversation")
    tenant.seen.note(
        "refused",
        chat=conversation.partition(";")[0] if conversation else None,
        text=f"{request.method} {request.path}: {refusal.code}: {refusal.message}",
        status=refusal.status,
        raw={"error": {"code": refusal.code, "message": refusal.message}, "retry_after": refusal.retry_after},
    )
