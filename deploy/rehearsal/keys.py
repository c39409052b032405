"""RSA keys and the tokens signed with them, as Entra and the Bot Framework issue them."""

from __future__ import annotations

import base64
import hashlib
import time
import uuid
from dataclasses import dataclass
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.x509 import load_pem_x509_certificate

CONNECTOR = "https://api.botframework.com"
GRAPH = "https://graph.microsoft.com"
HOUR = 3600


class BadToken(Exception):
    """A bearer token that one of Microsoft's services would refuse."""


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _number(value: int) -> str:
    return _b64(value.to_bytes((value.bit_length() + 7) // 8, "big"))


@dataclass(frozen=True)
class Key:
    """One signing key and its public half as JWKS shows it."""

    private: RSAPrivateKey
    kid: str

    @classmethod
    def new(cls) -> Key:
        private = generate_private_key(public_exponent=65537, key_size=2048)
        modulus = private.public_key().public_numbers().n
        return cls(private, _b64(hashlib.sha1(_number(modulus).encode(), usedforsecurity=False).digest()))

    def public(self, **more: Any) -> dict[str, Any]:
        numbers = self.private.public_key().public_numbers()
        jwk = {"kty": "RSA", "use": "sig", "kid": self.kid, "x5t": self.kid}
        return jwk | {"n": _number(numbers.n), "e": _number(numbers.e)} | more

    def sign(self, claims: dict[str, Any]) -> str:
        now = int(time.time())
        times = {"iat": now, "nbf": now - 300, "exp": now + HOUR}
        headers = {"kid": self.kid, "x5t": self.kid}
        return jwt.encode(times | claims, self.private, algorithm="RS256", headers=headers)


def activity_token(key: Key, app_id: str, service_url: str) -> str:
    """What comes with every activity."""
    return key.sign({"iss": CONNECTOR, "aud": app_id, "serviceurl": service_url})


def access_token(key: Key, tid: str, app_id: str, audience: str, roles: list[str]) -> str:
    """What an app gets for its secret: a v1 app-only token, with its application permissions as roles."""
    claims: dict[str, Any] = {
        "iss": f"https://sts.windows.net/{tid}/",
        "aud": audience,
        "tid": tid,
        "appid": app_id,
        "appidacr": "1",
        "idtyp": "app",
        "oid": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{tid}:{app_id}:principal")),
        "ver": "1.0",
    }
    if audience == GRAPH:
        claims["roles"] = roles
    return key.sign(claims)


def signed_by(certificate: str, assertion: str, app_id: str, endpoint: str) -> bool:
    """Whether an app showed that it holds the key of this certificate (PEM): RFC 7523, as Entra takes it instead of a secret."""
    key = load_pem_x509_certificate(certificate.encode()).public_key()
    try:
        claims: dict[str, Any] = jwt.decode(
            assertion,
            key,
            algorithms=["RS256", "PS256"],
            audience=endpoint,
            options={"require": ["exp", "iss", "sub", "aud", "jti"]},
        )
    except jwt.PyJWTError:
        return False
    return claims["iss"] == claims["sub"] == app_id


def checked(key: Key, header: str | None, audience: str) -> dict[str, Any]:
    """The claims of a bearer token that is good for this service, else BadToken in Microsoft's words."""
    scheme, _, token = (header or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise BadToken("Access token is empty.")
    try:
        claims: dict[str, Any] = jwt.decode(
            token.strip(),
            key.private.public_key(),
            algorithms=["RS256"],
            audience=audience,
            options={"require": ["exp", "nbf", "iss", "aud"]},
        )
    except jwt.ExpiredSignatureError:
        raise BadToken("Lifetime validation failed, the token is expired.") from None
    except jwt.InvalidAudienceError:
        raise BadToken("Access token validation failure. Invalid audience.") from None
    except jwt.PyJWTError:
        raise BadToken("Access token validation failure.") from None
    if claims["iss"] != f"https://sts.windows.net/{claims.get('tid')}/":
        raise BadToken("Access token validation failure. Invalid issuer.")
    return claims
