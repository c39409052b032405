"""The token rules, and what an activity must be to come in. First the token, then (elsewhere) the body."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jwt

from bot.teams.hosts import Hosts
from bot.teams.keys import Key, Keys
from bot.teams.refusal import TurnedAway

ISSUER = "https://api.botframework.com"
CHANNEL = "msteams"
SKEW = 300.0
GRAPH = "https://graph.microsoft.com"
_LONGEST_TOKEN = 8192
_TOKENS_KEPT = 1024
_OPTIONS: Any = {
    "require": ["exp", "nbf", "iss", "aud"],
    "verify_aud": False,
    "verify_nbf": False,
    "verify_iat": False,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a token must say beyond being signed, for us and in time: by whom it is given, and what it is bound to."""

    issuers: tuple[str, ...]
    service_url: bool = False
    tenant: bool = False


MESSAGES = Rules(issuers=(ISSUER,), service_url=True)
"""Activities. The tenant and the key's endorsement of the channel are held against the activity, by `Gate.check`."""

CALLS = Rules(issuers=(GRAPH, ISSUER), tenant=True)
"""Notifications of calls, which name no channel: the token itself must name our tenant (`tid`)."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What a good token says. `service_url` is empty where the rules ask for none."""

    service_url: str
    endorsements: frozenset[str]
    expires: float


class Gate:
    """Turns away whatever is not Teams speaking to us, about our tenant. Raises TurnedAway, never anything else."""

    def __init__(
        self,
        *,
        app_id: str,
        tenant: str,
        keys: Keys,
        hosts: Hosts,
        rules: Rules = MESSAGES,
        clock: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        if not app_id or not tenant:
            raise ValueError("the gate cannot stand without an app id and a tenant")
        self._app_id = app_id.lower()
        self._tenant = tenant.lower()
        self._keys = keys
        self._hosts = hosts
        self._rules = rules
        self._clock, self._steady = clock, steady
        self._started = clock() - steady()
        self._tokens: dict[bytes, Claims] = {}
        self._generation = keys.generation

    async def admit(self, authorization: str | None) -> Claims:
        """Check the token of the Authorization header: 401, or 503 where the keys are out of reach."""
        token = _token(authorization)
        digest = hashlib.sha256(token).digest()
        if self._generation != self._keys.generation:
            self._generation = self._keys.generation
            self._tokens.clear()
        claims = self._tokens.get(digest)
        if claims is None:
            claims = await self._verify(token)
            if len(self._tokens) >= _TOKENS_KEPT:
                del self._tokens[next(iter(self._tokens))]
            self._tokens[digest] = claims
        if self._clock() >= claims.expires + SKEW:
            self._tokens.pop(digest, None)
            raise TurnedAway(401, "expired")
        return claims

    async def _verify(self, token: bytes) -> Claims:
        try:
            header = jwt.get_unverified_header(token)
        except (jwt.PyJWTError, ValueError) as error:
            raise TurnedAway(401, "garbage") from error
        if header.get("alg") != "RS256" or not isinstance(header.get("kid"), str):
            raise TurnedAway(401, "algorithm")
        key = await self._keys.find(header["kid"])
        payload = _decoded(token, key, self._rules.issuers)
        if not self._begun(payload["nbf"]):
            raise TurnedAway(401, "not_yet_valid")
        return self._claims(payload, key)

    def _begun(self, not_before: Any) -> bool:
        """Whether a token holds already, by a clock that cannot be set back while we run: that must not make us deaf."""
        now = max(self._clock(), self._started + self._steady())
        return isinstance(not_before, int | float) and not_before <= now + SKEW

    def _claims(self, payload: Mapping[str, Any], key: Key) -> Claims:
        audience = payload.get("aud")
        if not isinstance(audience, str) or audience.lower() != self._app_id:
            raise TurnedAway(401, "audience")
        service_url = _claim(payload, "serviceurl", "no_service_url") if self._rules.service_url else ""
        if self._rules.tenant and _claim(payload, "tid", "no_tenant").lower() != self._tenant:
            raise TurnedAway(403, "tenant")
        return Claims(_bare(service_url), key.endorsements, float(payload["exp"]))

    def check(self, claims: Claims, activity: Mapping[str, Any]) -> None:
        """Hold an activity (keys in lower case) against its token: 400 for wrong types, 403 for what is not ours."""
        service_url, channel = _text(activity, "serviceurl"), _text(activity, "channelid")
        if not _text(activity, "type"):
            raise TurnedAway(400, "no_type")
        tenants = _tenants(activity)
        if channel != CHANNEL:
            raise TurnedAway(403, "channel")
        if channel not in claims.endorsements:
            raise TurnedAway(403, "endorsement")
        if _bare(service_url) != claims.service_url:
            raise TurnedAway(403, "service_url_differs")
        if not self._hosts.allows(service_url):
            raise TurnedAway(403, "service_url_foreign")
        if not tenants or any(tenant.lower() != self._tenant for tenant in tenants):
            raise TurnedAway(403, "tenant")


def _token(authorization: str | None) -> bytes:
    if not authorization:
        raise TurnedAway(401, "no_token")
    scheme, _, token = authorization.partition(" ")
    if scheme != "Bearer" or not token.isascii() or not 0 < len(token) <= _LONGEST_TOKEN or " " in token:
        raise TurnedAway(401, "garbage")
    return token.encode()


_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (jwt.ExpiredSignatureError, "expired"),
    (jwt.MissingRequiredClaimError, "claim_missing"),
    (jwt.InvalidIssuerError, "issuer"),
    (jwt.InvalidSignatureError, "signature"),
)


def _decoded(token: bytes, key: Key, issuers: tuple[str, ...]) -> Mapping[str, Any]:
    try:
        return jwt.decode(token, key.public, algorithms=["RS256"], issuer=issuers, leeway=SKEW, options=_OPTIONS)
    except (jwt.PyJWTError, ValueError, TypeError, OverflowError) as error:
        reason = next((name for kind, name in _REASONS if isinstance(error, kind)), "garbage")
        raise TurnedAway(401, reason) from error


def _claim(payload: Mapping[str, Any], name: str, reason: str) -> str:
    value = payload.get(name)
    if not isinstance(value, str) or not value:
        raise TurnedAway(401, reason)
    return value


def _bare(url: str) -> str:
    return url.rstrip("/")


def _text(mapping: Mapping[str, Any], key: str) -> str:
    value = mapping.get(key)
    if value is not None and not isinstance(value, str):
        raise TurnedAway(400, "types")
    return value or ""


def _inner(mapping: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = mapping.get(key)
    if value is not None and not isinstance(value, dict):
        raise TurnedAway(400, "types")
    return value or {}


def _tenants(activity: Mapping[str, Any]) -> list[str]:
    """The tenants an activity names itself: its channel data's and its conversation's."""
    said = _inner(_inner(activity, "channeldata"), "tenant"), _inner(activity, "conversation")
    return [tenant for tenant in (_text(said[0], "id"), _text(said[1], "tenantid")) if tenant]
