"""A peer: a Microsoft 365 Agents SDK agent as its quickstart has it. It counts who joins, and stores and judges nothing.

The SDK knows one address of the Bot Framework's keys: the bench's issuer is put in its place, the token is checked as ever.
Its own token for answering, which MSAL would give out of its memory, is always at hand.
"""

from __future__ import annotations

import os
from typing import Any

from aiohttp import web
from microsoft_agents.activity import load_configuration_from_env
from microsoft_agents.hosting.aiohttp import CloudAdapter, jwt_authorization_decorator, start_agent_process
from microsoft_agents.hosting.core import (
    AgentApplication,
    AnonymousTokenProvider,
    ConnectionManager,
    MemoryStorage,
    TurnContext,
    TurnState,
)
from microsoft_agents.hosting.core.authorization.jwt import jwt_token_validator

_SETTINGS = "CONNECTIONS__SERVICE_CONNECTION__SETTINGS__"


class AtHand(AnonymousTokenProvider):
    """Where the SDK gets its own token."""

    async def get_access_token(self, *_args: Any, **_more: Any) -> str:
        return "a token"


def make_app() -> web.Application:
    jwt_token_validator.BOTFRAMEWORK_JWKS_URIS["https://api.botframework.com"] = os.environ["BENCH_KEYS"]
    named = {"CLIENTID": "BOT_APP_ID", "TENANTID": "BOT_TENANT_ID", "CLIENTSECRET": "BOT_APP_PASSWORD"}
    config = load_configuration_from_env({_SETTINGS + name: os.environ[ours] for name, ours in named.items()})
    connections = ConnectionManager(lambda _: AtHand(), **config)
    adapter = CloudAdapter(connection_manager=connections)
    agent = AgentApplication[TurnState](
        storage=MemoryStorage(), adapter=adapter, connection_manager=connections, **config
    )
    taken = {"joined": 0}

    @agent.activity("event")
    async def joined(context: TurnContext, _state: TurnState) -> None:
        value: Any = context.activity.value
        taken["joined"] += len(value.get("members", ()))

    @jwt_authorization_decorator
    async def messages(request: web.Request) -> web.Response | None:
        return await start_agent_process(request, agent, adapter)

    async def report(_request: web.Request) -> web.Response:
        return web.json_response(taken)

    app = web.Application()
    app["agent_configuration"] = connections.get_default_connection_configuration()
    app.router.add_post("/api/messages", messages)
    app.router.add_get("/readyz", report)
    return app


if __name__ == "__main__":
    web.run_app(make_app(), host="127.0.0.1", port=int(os.environ["PORT"]), access_log=None, print=None)
