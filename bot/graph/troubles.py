"""What a no of Graph's, or an exception of the SDK, aiohttp or azure-identity, means: out of reach, or refused."""

from __future__ import annotations

import functools
import logging
import ssl
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, ParamSpec, TypeVar

import aiohttp
import orjson
from azure.core.exceptions import AzureError, ClientAuthenticationError, ServiceRequestError

from bot.graph.permissions import Call, missing
from bot.graph.plain import inner, words
from bot.ports import OutOfReach, Refused

log = logging.getLogger("schoolgate.graph")
P = ParamSpec("P")
T = TypeVar("T")
LONGEST_PAUSE = 300.0
_TRY_LATER = (408, 425, 429)
_MISSING = (404, 410)


class Missing(Refused):
    """There is no such thing (404), or no longer (410)."""


class Forbidden(Refused):
    """It is not allowed (403)."""


class Redirected(Exception):
    """Graph answered with a redirect, which nobody follows: a token is for one host."""


class Answered(Exception):
    """Graph's answer was an error: its status, its body, and how long it asks to be left alone (Retry-After as it came)."""

    def __init__(self, status: int, body: bytes, retry_after: str | None) -> None:
        super().__init__(status)
        self.status = status
        self.retry_after = retry_after
        try:
            said = inner(orjson.loads(body), "error")
        except orjson.JSONDecodeError:
            said = {}
        self.code, self.words = words(said.get("code")), _first_line(said.get("message"))


# What a broken or half answer makes the SDK raise is not one family; only SDK calls run where these are caught.
TROUBLES: tuple[type[Exception], ...] = (
    Answered,
    AzureError,
    Redirected,
    aiohttp.ClientError,
    ssl.SSLError,
    OSError,
    TimeoutError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """What went wrong, and whether the request certainly was not carried out (so that even a POST may be repeated)."""

    error: OutOfReach | Refused
    undone: bool = False


def judge(error: Exception, call: Call) -> Trouble:
    """What `error`, raised by `call`, means."""
    if isinstance(error, Answered):
        return _answered(error, call)
    if isinstance(error, AzureError):
        return _login(error)
    if isinstance(error, Redirected):
        return Trouble(Refused("redirect", f"{call} was answered with a redirect, which is not followed"))
    words = f"{call}: {_kind(error)}"
    return Trouble(
        OutOfReach(words), undone=isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError)
    )


def judge_login(error: Exception) -> OutOfReach | Refused:
    """What `error`, raised while a token was fetched, means."""
    return _login(error).error if isinstance(error, AzureError) else OutOfReach(f"no token: {_kind(error)}")


def _answered(no: Answered, call: Call) -> Trouble:
    status, code = no.status, no.code
    if status in _TRY_LATER or not 400 <= status < 500:
        said = f"{call} was answered {status}{f' {code}' if code else ''}"
        return Trouble(OutOfReach(said, _pause(no.retry_after)), undone=status == 429)
    if status in _MISSING:
        return Trouble(Missing(code or str(status), f"{call}: {no.words}"))
    told, kind = (missing(call), Forbidden) if status == 403 else (str(call), Refused)
    return Trouble(kind(code or str(status), f"{told}: {no.words}" if no.words else told), undone=True)


def _login(error: AzureError) -> Trouble:
    """azure-identity could not get a token: refused if Entra said so with a 4xx, else out of reach. Nothing was sent to Graph."""
    status = getattr(getattr(error, "response", None), "status_code", None) or 0
    if isinstance(error, ClientAuthenticationError) and 400 <= status < 500 and status not in _TRY_LATER:
        return Trouble(Refused("login", f"Entra gave no token: {_first_line(str(error))}"), undone=True)
    what = "cannot be reached" if isinstance(error, ServiceRequestError) else f"answered {status or 'badly'}"
    return Trouble(OutOfReach(f"Entra's token endpoint {what}"), undone=True)


def _pause(value: str | None) -> float | None:
    """Retry-After in seconds, whichever of its two forms it has; capped."""
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):
            return None
    return min(max(seconds, 0.0), LONGEST_PAUSE)


def _kind(error: Exception) -> str:
    """A kind of error in plain words: its own text may hold a link or an id."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, OSError):
        return "no connection"
    if isinstance(error, aiohttp.ClientError):
        return f"the connection broke ({type(error).__name__})"
    return f"the answer could not be read ({type(error).__name__})"


def _first_line(text: object) -> str:
    return text.strip().splitlines()[0][:300] if isinstance(text, str) and text.strip() else ""


def legible(
    method: Callable[P, Coroutine[Any, Any, T]],
) -> Callable[P, Coroutine[Any, Any, T]]:
    """Something that asks Graph: an answer that it cannot make anything of is out of reach, and is asked for again.

    Raised as it is, the errand would be tried a few times and dropped, and its person looked up by nobody.
    """

    @functools.wraps(method)
    async def asking(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return await method(*args, **kwargs)
        except (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, ExceptionGroup) as error:
            log.warning("an answer of Graph's cannot be read", extra={"event": "graph_unreadable"}, exc_info=error)
            raise OutOfReach(f"Graph's answer could not be read ({type(error).__name__})") from error

    return asking
