"""A local OpenID issuer, in the Bot Framework's place: real RS256 tokens, a key published with its endorsement."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa

ISSUER = "https://api.botframework.com"
KEY = "bench-key-1"


@dataclass(frozen=True, slots=True)
class Issuer:
    """A private key, and where its public half is published."""

    url: str
    key: rsa.RSAPrivateKey = field(repr=False)

    @property
    def metadata(self) -> str:
        return f"{self.url}/v1/.well-known/openidconfiguration"

    @property
    def keys(self) -> str:
        return f"{self.url}/v1/.well-known/keys"

    def token(self, app_id: str, service_url: str, life: int = 3600) -> str:
        """A token as the Bot Connector sends it: for one bot and one service URL, and used again until it expires."""
        now = int(time.time())
        claims = {"iss": ISSUER, "aud": app_id, "serviceurl": service_url, "nbf": now - 5, "exp": now + life}
        return jwt.encode(claims, self.key, "RS256", {"kid": KEY})


@asynccontextmanager
async def published() -> AsyncIterator[Issuer]:
    """An issuer whose documents can be fetched for as long as this lasts."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    app = web.Application()
    runner = web.AppRunner(app)

    async def configuration(request: web.Request) -> web.Response:
        return web.json_response({"issuer": ISSUER, "jwks_uri": f"{request.url.origin()}/v1/.well-known/keys"})

    async def keys(_request: web.Request) -> web.Response:
        described = {**public, "kid": KEY, "x5t": KEY, "use": "sig", "endorsements": ["msteams"]}
        return web.json_response({"keys": [described]})

    app.router.add_get("/v1/.well-known/openidconfiguration", configuration)
    app.router.add_get("/v1/.well-known/keys", keys)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield Issuer(f"http://127.0.0.1:{runner.addresses[0][1]}", key)
    finally:
        await runner.cleanup()
