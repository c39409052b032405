"""The Bot Framework's part as an OpenID issuer: real documents over HTTP, real RS256 tokens, keys that come and go."""

from __future__ import annotations

import time
from typing import Any

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ISSUER = "https://api.botframework.com"
APP_ID = "11111111-1111-4111-8111-111111111111"
TENANT = "22222222-2222-4222-8222-222222222222"
GONE = object()
"""A claim left out."""


class Issuer:
    """Publishes `published`; `down` answers 500. `fetches` counts how often the keys were fetched."""

    def __init__(self) -> None:
        self.private: dict[str, rsa.RSAPrivateKey] = {}
        self.published: dict[str, dict[str, Any]] = {}
        self.down = False
        self.fetches = 0
        self.url = ""
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application()
        app.router.add_get("/v1/.well-known/openidconfiguration", self._document)
        app.router.add_get("/v1/.well-known/keys", self._keys)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def openid(self) -> str:
        return f"{self.url}/v1/.well-known/openidconfiguration"

    def new_key(self, kid: str, endorsements: tuple[str, ...] = ("msteams",), *, publish: bool = True) -> None:
        """Make a key, and publish it unless told otherwise."""
        key = _made(len(self.private))
        self.private[kid] = key
        if publish:
            self.publish(kid, endorsements)

    def publish(self, kid: str, endorsements: tuple[str, ...] = ("msteams",)) -> None:
        """Publish a key that was made before."""
        public = jwt.algorithms.RSAAlgorithm.to_jwk(self.private[kid].public_key(), as_dict=True)
        self.published[kid] = {**public, "kid": kid, "use": "sig", "endorsements": list(endorsements)}

    def token(self, service_url: str, *, kid: str | None = "one", signed_by: str = "one", **claims: Any) -> str:
        """A good token, but for what is said; a claim of GONE is left out."""
        now = int(time.time())
        said = {"iss": ISSUER, "aud": APP_ID, "serviceurl": service_url, "nbf": now - 60, "exp": now + 3600, **claims}
        kept = {name: value for name, value in said.items() if value is not GONE}
        key = self.private.get(kid or "one") if signed_by == "one" else self.private[signed_by]
        return jwt.encode(kept, key, "RS256", {} if kid is None else {"kid": kid})

    def pem(self, kid: str = "one") -> bytes:
        """The public key as a file, for signing with it as if it were a secret."""
        return self.private[kid].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    async def _document(self, _request: web.Request) -> web.Response:
        if self.down:
            return web.Response(status=500)
        return web.json_response({"issuer": ISSUER, "jwks_uri": f"{self.url}/v1/.well-known/keys"})

    async def _keys(self, _request: web.Request) -> web.Response:
        self.fetches += 1
        return web.json_response({"keys": list(self.published.values())})


_KEYS: list[rsa.RSAPrivateKey] = []


def _made(number: int) -> rsa.RSAPrivateKey:
    """Keys are slow to make, so all tests share them."""
    while len(_KEYS) <= number:
        _KEYS.append(rsa.generate_private_key(public_exponent=65537, key_size=2048))
    return _KEYS[number]
