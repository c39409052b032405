"""The calling service's published keys: others than the Bot Framework's."""

from __future__ import annotations

import asyncio

from aiohttp import web

from deploy.rehearsal.keys import CONNECTOR, Key
from deploy.rehearsal.tenant import Tenant
from deploy.rehearsal.world import World

DOCUMENT = "v1/.well-known/OpenIdConfiguration"


class CallingKeys:
    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef]:
        places = ("/calling", "/calling/{tenant}")
        documents = [web.get(f"{place}/{DOCUMENT}", self.document) for place in places]
        return documents + [web.get(f"{place}/v1/keys", self.keys) for place in places]

    async def document(self, request: web.Request) -> web.Response:
        self._up(request)
        base = f"{self._world.origin}{request.path.removesuffix(DOCUMENT)}"
        return web.json_response(
            {
                "issuer": CONNECTOR,
                "authorization_endpoint": "https://invalid.botframework.com",
                "jwks_uri": f"{base}v1/keys",
                "id_token_signing_alg_values_supported": ["RS256"],
                "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            }
        )

    async def keys(self, request: web.Request) -> web.Response:
        tenants = self._up(request)
        shown: dict[str, Key] = {each.calling_key.kid: each.calling_key for each in tenants if each.calling_key}
        if "tenant" not in request.match_info:
            shown[self._world.calling_key.kid] = self._world.calling_key
        return web.json_response({"keys": [key.public() for key in shown.values()]})

    def _up(self, request: web.Request) -> list[Tenant]:
        """Whose keys are asked for: one tenant's by the address that names it, else all; a 503 while one is down."""
        named = request.match_info.get("tenant")
        found = self._world.tenants
        if named is not None and named.lower() not in found:
            raise web.HTTPNotFound
        tenants = list(found.values()) if named is None else [found[named.lower()]]
        if any(tenant.is_on("calling_keys") == "down" for tenant in tenants):
            raise web.HTTPServiceUnavailable
        return tenants


async def rotate(tenant: Tenant) -> None:
    """From now on this tenant's notifications are signed with a key nobody has seen yet."""
    tenant.calling_key = await asyncio.to_thread(Key.new)
