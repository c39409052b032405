"""The keys that sign activities, fetched in the background so that no request waits for them; see `Keys.find`."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from dataclasses import dataclass
from typing import Any, Self

import aiohttp
import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import RSAAlgorithm

from bot.teams.refusal import TurnedAway

log = logging.getLogger("schoolgate.keys")

_FETCH = aiohttp.ClientTimeout(total=5, connect=3)
_DAY = 24 * 3600.0
_LARGEST = 1024 * 1024
_SMALLEST_KEY = 2048
_MOST_IN_VAIN = 256


@dataclass(frozen=True, slots=True)
class Key:
    """A published key, and the channels it may sign for."""

    public: RSAPublicKey
    endorsements: frozenset[str]


class Keys:
    """Published keys by id, refreshed daily; `async with` it. While there are none, tries again with back-off."""

    def __init__(
        self,
        openid_url: str,
        session: aiohttp.ClientSession,
        *,
        every: float = _DAY,
        forced_gap: float = 10.0,
        in_vain: float = 60.0,
        backoff: tuple[float, float] = (1.0, 60.0),
    ) -> None:
        self._url = openid_url
        self._session = session
        self._every = every
        self._forced_gap = forced_gap
        self._vain_for = in_vain
        self._backoff = backoff
        self._keys: dict[str, Key] = {}
        self._asked_at = self._forced_at = float("-inf")
        self._vain: dict[str, float] = {}
        self._in_reach = False
        self._first = asyncio.Event()
        self._lock = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self.generation = 0

    @property
    def loaded(self) -> bool:
        """Whether there is any key to check by."""
        return bool(self._keys)

    async def wait(self) -> None:
        """Wait until there are keys."""
        await self._first.wait()

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._keep_fresh(), name="keys")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def count(self) -> int:
        """How many there are just now, fetched for the doctor. Raises what aiohttp raises, and ValueError for no keys."""
        return len(await self._fetch())

    async def find(self, kid: str) -> Key:
        """The key by its id. An unknown one forces a refresh: one in `forced_gap` seconds, whoever asks.

        Whoever's key was looked for and is not there is turned away (401, for `in_vain` seconds without looking again);
        while nobody can tell it is 503, so that a stranger's invented ids lose no activity signed with a new key.
        """
        key = self._keys.get(kid) or await self._find_anew(kid)
        if key is not None:
            return key
        if not self._keys or not self._in_reach:
            raise TurnedAway(503, "keys_out_of_reach")
        if not self._in_vain(kid):
            raise TurnedAway(503, "key_not_looked_for")
        raise TurnedAway(401, "unknown_key")

    def _in_vain(self, kid: str) -> bool:
        return time.monotonic() - self._vain.get(kid, float("-inf")) < self._vain_for

    async def _find_anew(self, kid: str) -> Key | None:
        came = time.monotonic()
        if not self._keys or self._in_vain(kid):
            return None
        async with self._lock:
            if kid not in self._keys and time.monotonic() - self._forced_at >= self._forced_gap:
                self._forced_at = time.monotonic()
                await self._refresh()
            if kid not in self._keys and self._in_reach and self._asked_at >= came:
                self._remember_in_vain(kid)
        return self._keys.get(kid)

    def _remember_in_vain(self, kid: str) -> None:
        self._vain.pop(kid, None)
        if len(self._vain) >= _MOST_IN_VAIN:
            del self._vain[next(iter(self._vain))]
        self._vain[kid] = time.monotonic()

    async def _keep_fresh(self) -> None:
        shortest, longest = self._backoff
        pause = shortest
        while True:
            async with self._lock:
                done = await self._refresh()
            await asyncio.sleep(self._every if done else pause)
            pause = shortest if done else min(pause * 2, longest)

    async def _refresh(self) -> bool:
        self._asked_at = time.monotonic()
        try:
            keys = await self._fetch()
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            log.warning("keys out of reach", extra={"event": "keys_out_of_reach", "why": type(error).__name__})
            self._in_reach = False
            return False
        self._in_reach = True
        if keys.keys() != self._keys.keys():
            self.generation += 1
        self._keys = keys
        self._first.set()
        log.info("keys loaded", extra={"event": "keys_loaded", "count": len(keys)})
        return True

    async def _fetch(self) -> dict[str, Key]:
        document = await self._get(self._url)
        jwks_uri = document.get("jwks_uri")
        if not isinstance(jwks_uri, str) or not jwks_uri.startswith(
            ("https://", self._url.partition("://")[0] + "://")
        ):
            raise ValueError("no jwks_uri")
        published = (await self._get(jwks_uri)).get("keys")
        found = dict(_readable(published if isinstance(published, list) else []))
        if not found:
            raise ValueError("no usable keys")
        return found

    async def _get(self, url: str) -> dict[str, Any]:
        async with self._session.get(url, timeout=_FETCH, allow_redirects=False) as response:
            if response.status != 200 or (response.content_length or 0) > _LARGEST:
                raise ValueError(f"answered {response.status}")
            body = await response.json(content_type=None)
        if not isinstance(body, dict):
            raise ValueError("not an object")
        return body


def _readable(published: list[Any]) -> list[tuple[str, Key]]:
    """The RSA keys among what was published; one bad key does not spoil the others."""
    found = []
    for jwk in published:
        if not isinstance(jwk, dict) or not isinstance(jwk.get("kid"), str):
            continue
        try:
            public = RSAAlgorithm.from_jwk(jwk)
        except (jwt.PyJWTError, ValueError, TypeError, KeyError):
            continue
        if isinstance(public, RSAPublicKey) and public.key_size >= _SMALLEST_KEY:
            endorsed = jwk.get("endorsements")
            names = endorsed if isinstance(endorsed, list) else []
            found.append((jwk["kid"], Key(public, frozenset(name for name in names if isinstance(name, str)))))
    return found
