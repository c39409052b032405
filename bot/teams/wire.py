"""One request to the Connector, tried again until it is answered for good or the time is up."""

from __future__ import annotations

import asyncio
import email.utils
import random
import ssl
import time
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import aiohttp
import orjson
from yarl import URL

from bot.ports import OutOfReach, Refused
from bot.teams.hosts import Hosts
from bot.teams.tokens import ca_bundle

AGAIN = frozenset({408, 412, 429, 500, 502, 503, 504})
"""What Teams asks us to send again, and what every server may mean for a moment."""
GONE = frozenset({404, 410})
"""What Teams says of a message, or of a channel, that was deleted."""
DEADLINE = 20.0
_PER_TRY = aiohttp.ClientTimeout(total=10, connect=3, sock_connect=3)
_LONGEST_WORDS = 200

Watch = Callable[[str, str, float], None]
"""Told of each try: method, answer (a status or a trouble), seconds."""


class TokenSource(Protocol):
    """Where the bot's token comes from."""

    async def token(self) -> str:
        """A token."""
        ...

    def forget(self, token: str) -> None:
        """It was not accepted."""
        ...


def make_session(ca_file: str | None = None) -> aiohttp.ClientSession:
    """The one HTTP session, made inside the loop: no cookies, and time limits of its own."""
    context = ssl.create_default_context(cafile=ca_bundle(ca_file))
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=100, ssl=context),
        timeout=_PER_TRY,
        cookie_jar=aiohttp.DummyCookieJar(),
    )


class Declined(Refused):
    """Refused, with the status of the answer."""

    def __init__(self, status: int, code: str, words: str) -> None:
        super().__init__(code, words, gone=status in GONE)
        self.status = status


class _Trouble(Exception):
    """This try came to nothing, the next may not."""

    def __init__(self, words: str, wait: float | None = None) -> None:
        super().__init__(words)
        self.words = words
        self.wait = wait


class _Stale(_Trouble):
    """Our token was not accepted; a new one may be, once."""


async def _at_once() -> None:
    """No pace to keep."""


class Wire:
    """Asks the Connector. Tokens go to allowed hosts only, redirects are not followed (threat T15)."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        tokens: TokenSource,
        hosts: Hosts,
        deadline: float = DEADLINE,
        per_try: aiohttp.ClientTimeout = _PER_TRY,
        watch: Watch = lambda method, answer, seconds: None,
    ) -> None:
        self._session = session
        self._tokens = tokens
        self._hosts = hosts
        self._deadline = deadline
        self._per_try = per_try
        self._watch = watch

    async def ask(
        self, method: str, url: str, body: Any = None, *, turn: Callable[[], Awaitable[None]] = _at_once
    ) -> Any:
        """The answer's JSON, or None without any. `turn` is awaited before each try. Raises Refused or OutOfReach."""
        if not self._hosts.allows(url.partition("?")[0]):
            raise Refused("foreign_host", "the service URL is not on the list of allowed hosts")
        await turn()
        clock = asyncio.get_running_loop().time
        until = clock() + self._deadline
        tries, renewed = 0, False
        while True:
            tries += 1
            try:
                async with asyncio.timeout_at(until):
                    return await self._try(method, url, body, renewed=renewed)
            except _Trouble as trouble:
                last = trouble
                renewed = renewed or isinstance(trouble, _Stale)
            except TimeoutError:
                raise OutOfReach("no answer in time") from None
            wait = last.wait if last.wait is not None else _backoff(tries)
            if clock() + wait >= until:
                raise OutOfReach(last.words, retry_after=last.wait)
            await asyncio.sleep(wait)
            await turn()

    async def _try(self, method: str, url: str, body: Any, *, renewed: bool) -> Any:
        token = await self._tokens.token()
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Accept": "application/json"}
        data = None if body is None else orjson.dumps(body)
        began, answered = time.perf_counter(), "trouble"
        try:
            async with self._session.request(
                method,
                URL(url, encoded=True),
                data=data,
                headers=headers,
                allow_redirects=False,
                timeout=self._per_try,
            ) as response:
                answered = str(response.status)
                return self._judge(response, await _body(response), token, renewed=renewed)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise _Trouble(f"no answer: {type(error).__name__}") from error
        finally:
            self._watch(method, answered, time.perf_counter() - began)

    def _judge(self, response: aiohttp.ClientResponse, raw: bytes, token: str, *, renewed: bool) -> Any:
        status = response.status
        found = _json(raw)
        if 200 <= status < 300:
            return found
        if status == 401:
            self._tokens.forget(token)
            if not renewed:
                raise _Stale("answered 401", wait=0.0)
        if status in AGAIN:
            raise _Trouble(f"answered {status}", _retry_after(response.headers.get("Retry-After")))
        raise _declined(status, found)


async def _body(response: aiohttp.ClientResponse) -> bytes:
    """The answer; nothing where it breaks off after a yes to a POST: what was carried out is not asked for a second time."""
    try:
        return await response.read()
    except (aiohttp.ClientError, TimeoutError, OSError):
        if response.method == "POST" and 200 <= response.status < 300:
            return b""
        raise


def _declined(status: int, found: Any) -> Declined:
    """The other side's own code and words, if it gave any."""
    error = found.get("error") if isinstance(found, dict) else None
    said = error if isinstance(error, dict) else {}
    code, words = said.get("code"), said.get("message")
    return Declined(
        status,
        code[:80] if isinstance(code, str) and code else str(status),
        words[:_LONGEST_WORDS] if isinstance(words, str) and words else f"answered {status}",
    )


def _json(raw: bytes) -> Any:
    try:
        return orjson.loads(raw) if raw else None
    except orjson.JSONDecodeError:
        return None


def _backoff(tries: int) -> float:
    return min(8.0, 0.4 * 2.0 ** (tries - 1)) * random.uniform(0.75, 1.25)


def _retry_after(value: str | None) -> float | None:
    """Seconds to wait, from seconds or a date."""
    if not value:
        return None
    if value.strip().isascii() and value.strip().isdigit():
        return float(value.strip()[:6])
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None
