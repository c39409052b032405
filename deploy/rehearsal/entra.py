"""Entra's token endpoint and documents, and the Bot Framework's published keys."""

from __future__ import annotations

import asyncio
import hmac
import uuid
from typing import Any

from aiohttp import web

from deploy.rehearsal.keys import CONNECTOR, GRAPH, HOUR, access_token, signed_by
from deploy.rehearsal.tenant import Tenant
from deploy.rehearsal.world import World, slowly

WRONG_SECRET = "Invalid client secret provided.", "AADSTS7000215"
EXPIRED = "The provided client secret keys for the app are expired.", "AADSTS7000222"
UNKNOWN_CERTIFICATE = (
    "The certificate used to sign the client assertion is not registered on the application.",
    "AADSTS700027",
)

_SAID = {
    "unauthorized_client": ("AADSTS700016", 400),
    "invalid_client": ("AADSTS7000215", 401),
    "invalid_scope": ("AADSTS1002012", 400),
    "unsupported_grant_type": ("AADSTS70003", 400),
    "invalid_request": ("AADSTS90002", 400),
}


def _no(error: str, words: str, number: str = "") -> web.Response:
    code, status = _SAID[error]
    code = number or code
    trace = {"trace_id": str(uuid.uuid4()), "correlation_id": str(uuid.uuid4())}
    said = {"error": error, "error_description": f"{code}: {words}", "error_codes": [int(code.removeprefix("AADSTS"))]}
    return web.json_response(said | trace, status=status)


class Entra:
    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/{tenant}/oauth2/v2.0/token", self.token),
            web.get("/{tenant}/v2.0/.well-known/openid-configuration", self.configuration),
            web.get("/{tenant}/discovery/v2.0/keys", self.entra_keys),
            web.get("/common/discovery/instance", self.instance),
            web.get("/botframework/v1/.well-known/openidconfiguration", self.bot_document),
            web.get("/botframework/v1/.well-known/keys", self.bot_keys),
            web.get("/botframework/{tenant}/v1/.well-known/openidconfiguration", self.bot_document),
            web.get("/botframework/{tenant}/v1/.well-known/keys", self.bot_keys),
        ]

    async def token(self, request: web.Request) -> web.Response:
        tenant = self._world.tenants.get(request.match_info["tenant"].lower())
        if tenant is None:
            return _no("invalid_request", f"Tenant '{request.match_info['tenant']}' not found.")
        if tenant.is_on("login") == "down":
            return web.Response(status=503, text="Service Unavailable")
        if tenant.is_on("login") == "slow":
            await slowly(request)
        form = await request.post()
        answer = self._issue(tenant, {key: str(value) for key, value in form.items()})
        if answer.status != 200:
            tenant.seen.note("refused", status=answer.status, text="login", to=[])
        return answer

    def _issue(self, tenant: Tenant, form: dict[str, str]) -> web.Response:
        if no := self._stranger(tenant, form):
            return no
        if tenant.is_on("login") == "expired":
            return _no("invalid_client", *EXPIRED)
        if not self._proves(tenant, form):
            return _no("invalid_client", *(UNKNOWN_CERTIFICATE if "client_assertion" in form else WRONG_SECRET))
        audience = self._audience(form.get("scope", ""))
        if audience is None:
            return _no("invalid_scope", "The provided value for scope is not valid. It must end in /.default.")
        token = access_token(self._world.entra_key, tenant.id, tenant.app_id, audience, tenant.grants)
        said = {"token_type": "Bearer", "expires_in": HOUR - 1, "ext_expires_in": HOUR - 1, "access_token": token}
        return web.json_response(said)

    def _stranger(self, tenant: Tenant, form: dict[str, str]) -> web.Response | None:
        """What is said to whoever asks for something else, or is nobody of this tenant's."""
        if form.get("grant_type") != "client_credentials":
            return _no("unsupported_grant_type", "The app requested an unsupported grant type.")
        if form.get("client_id", "").lower() != tenant.app_id.lower():
            return _no("unauthorized_client", "Application with that identifier was not found in the directory.")
        return None

    def _proves(self, tenant: Tenant, form: dict[str, str]) -> bool:
        """By its secret, or by signing with the key of its certificate."""
        assertion = form.get("client_assertion")
        if assertion is None:
            return hmac.compare_digest(form.get("client_secret", "").encode(), tenant.secret.encode())
        endpoint = f"{self._world.origin}/{tenant.id}/oauth2/v2.0/token"
        return tenant.certificate is not None and signed_by(tenant.certificate, assertion, tenant.app_id, endpoint)

    def _audience(self, scope: str) -> str | None:
        """Which service a token is for. Graph's is also known by the origin it is played at."""
        known = {CONNECTOR: CONNECTOR, GRAPH: GRAPH, self._world.origin: GRAPH}
        wanted = [each for each in scope.split() if each not in ("openid", "profile", "offline_access")]
        if len(wanted) != 1 or not wanted[0].endswith("/.default"):
            return None
        return known.get(wanted[0].removesuffix("/.default"))

    async def configuration(self, request: web.Request) -> web.Response:
        said = request.match_info["tenant"]
        base = f"{self._world.origin}/{said}"
        return web.json_response(
            {
                "token_endpoint": f"{base}/oauth2/v2.0/token",
                "token_endpoint_auth_methods_supported": [
                    "client_secret_post",
                    "private_key_jwt",
                    "client_secret_basic",
                ],
                "jwks_uri": f"{base}/discovery/v2.0/keys",
                "response_modes_supported": ["query", "fragment", "form_post"],
                "subject_types_supported": ["pairwise"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
                "scopes_supported": ["openid", "profile", "email", "offline_access"],
                "issuer": f"{base}/v2.0",
                "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
                "tenant_region_scope": "EU",
                "cloud_instance_name": self._world.origin.removeprefix("https://"),
            }
        )

    async def entra_keys(self, _: web.Request) -> web.Response:
        return web.json_response({"keys": [self._world.entra_key.public()]})

    async def instance(self, _: web.Request) -> web.Response:
        host = self._world.origin.removeprefix("https://")
        clouds = [{"preferred_network": host, "preferred_cache": host, "aliases": [host]}]
        endpoint = f"{self._world.origin}/common/v2.0/.well-known/openid-configuration"
        return web.json_response({"tenant_discovery_endpoint": endpoint, "api-version": "1.1", "metadata": clouds})

    async def bot_document(self, request: web.Request) -> web.Response:
        if not self._keys_up(request):
            return web.Response(status=503, text="Service Unavailable")
        return web.json_response(
            {
                "issuer": CONNECTOR,
                "authorization_endpoint": "https://invalid.botframework.com",
                "jwks_uri": f"{self._world.origin}{request.path.rpartition('/')[0]}/keys",
                "id_token_signing_alg_values_supported": ["RS256"],
                "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            }
        )

    async def bot_keys(self, request: web.Request) -> web.Response:
        if not self._keys_up(request):
            return web.Response(status=503, text="Service Unavailable")
        keys = {tenant.key.kid: tenant.key for tenant in self._asked(request)}
        if "tenant" not in request.match_info:
            keys[self._world.bot_key.kid] = self._world.bot_key
        shown: list[dict[str, Any]] = [key.public(endorsements=["msteams"]) for key in keys.values()]
        return web.json_response({"keys": shown})

    def _asked(self, request: web.Request) -> list[Tenant]:
        """One tenant by the address that names it, else all of them."""
        named = request.match_info.get("tenant")
        if named is None:
            return list(self._world.tenants.values())
        found = self._world.tenants.get(named.lower())
        if found is None:
            raise web.HTTPNotFound
        return [found]

    def _keys_up(self, request: web.Request) -> bool:
        return all(tenant.is_on("keys") != "down" for tenant in self._asked(request))


async def rotate(tenant: Tenant) -> None:
    """From now on this tenant's activities are signed with a key nobody has seen yet."""
    tenant.key = await asyncio.to_thread(type(tenant.key).new)
