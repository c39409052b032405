"""One Graph client and one credential per process, with our own time limits and our own retry.

The SDK's own retry waits up to three minutes three times and repeats POSTs (its middleware is left out), and
azure-identity's repeats ten times: both are off. A call has one deadline, tokens go to one host, redirects nowhere.
"""

from __future__ import annotations

import asyncio
import logging
import os
import random
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import count
from typing import Any, TypeVar
from urllib.parse import urlsplit

import certifi
import httpx
from azure.core.credentials import AccessToken
from azure.identity.aio import ClientSecretCredential
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from kiota_http.middleware import BaseMiddleware, ParametersNameDecodingHandler
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph_core import GraphClientFactory

from bot.graph.permissions import Call
from bot.graph.troubles import TROUBLES, Redirected, judge
from bot.ports import OutOfReach, Refused

T = TypeVar("T")
MICROSOFT_LOGIN = "https://login.microsoftonline.com"
MICROSOFT_GRAPH = "https://graph.microsoft.com"
_GRAPHS_OF_MICROSOFT = (".microsoft.com", ".microsoft.us", ".chinacloudapi.cn")
_LOGINS_OF_MICROSOFT = (".microsoftonline.com", ".microsoftonline.us", ".chinacloudapi.cn")
_LOUD = ("httpx", "httpcore", "azure", "msal", "hpack", "kiota_http", "msgraph")
_CONNECT, _READ, _ONE_TRY = 3.0, 5.0, 6.0
_AT_ONCE = 16


def quiet_libraries() -> None:
    """Keep the libraries' own lines out of the log: httpx writes every address it asks, names and ids included."""
    for name in _LOUD:
        logging.getLogger(name).setLevel(logging.WARNING)


@dataclass
class Query:
    """OData query parameters, as the SDK's request builders take them."""

    select: list[str] | None = None
    filter: str | None = None
    top: int | None = None
    start: str | None = None
    end: str | None = None

    def get_query_parameter(self, name: str) -> str:
        """The name as the SDK's address templates have it."""
        return {"start": "startDateTime", "end": "endDateTime"}.get(name, f"%24{name}")


def asking(*, headers: dict[str, str] | None = None, **query: Any) -> RequestConfiguration[Query]:
    """A request's query and headers."""
    wanted = RequestConfiguration(query_parameters=Query(**query) if query else None)
    for name, value in (headers or {}).items():
        wanted.headers.add(name, value)
    return wanted


class _NoRedirects(BaseMiddleware):
    """The SDK would take a redirect for an empty success."""

    async def send(self, request: httpx.Request, transport: httpx.AsyncBaseTransport) -> httpx.Response:
        response = await super().send(request, transport)
        if 300 <= response.status_code < 400:
            await response.aclose()
            raise Redirected
        return response


class _OneAtATime:
    """A credential that lets one caller fetch the token while the others wait for it, instead of each fetching one."""

    def __init__(self, inner: ClientSecretCredential) -> None:
        self._inner = inner
        self._lock = asyncio.Lock()

    async def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        async with self._lock:
            return await self._inner.get_token(*scopes, **options)

    async def close(self) -> None:
        await self._inner.close()


class Graph:
    """Graph, asked with a deadline. Make one per process, inside the loop; `aclose` it at the end."""

    def __init__(
        self,
        tenant: str,
        app_id: str,
        secret: str,
        *,
        authority: str = MICROSOFT_LOGIN,
        url: str = f"{MICROSOFT_GRAPH}/v1.0",
        ca_file: str | None = None,
        deadline: float = 10.0,
    ) -> None:
        quiet_libraries()
        place = urlsplit(url)
        authorities = ca_file or os.environ.get("SSL_CERT_FILE") or certifi.where()
        self._credential = _OneAtATime(_credential(tenant, app_id, secret, authority, authorities))
        self._http = _http_client(authorities)
        provider = AzureIdentityAuthenticationProvider(
            self._credential, scopes=[_scope(url)], allowed_hosts=[place.hostname or ""]
        )
        adapter = GraphRequestAdapter(provider, client=self._http)
        adapter.base_url = url.rstrip("/")
        self._client = GraphServiceClient(request_adapter=adapter)
        self._origin = f"{place.scheme}://{place.netloc}/".lower()
        self._deadline = deadline
        self._slots = asyncio.Semaphore(_AT_ONCE)

    async def ask(
        self, call: Call, work: Callable[[GraphServiceClient], Awaitable[T | None]], *, once: bool = False
    ) -> T:
        """The answer to one call. `once`: repeat it only where it certainly was not carried out.

        Raises OutOfReach when the deadline is over or the pause Graph asks for would pass it, and Refused for a no.
        """
        end = asyncio.get_running_loop().time() + self._deadline
        for attempt in count():
            try:
                return await self._try(work, end, empty=once)
            except TROUBLES as error:
                trouble = judge(error, call)
                pause = self._pause(trouble.error, attempt)
                over = asyncio.get_running_loop().time() + pause >= end
                if isinstance(trouble.error, Refused) or over or (once and not trouble.undone):
                    raise trouble.error from error
            await asyncio.sleep(pause)
        raise AssertionError("unreachable")

    async def _try(self, work: Callable[[GraphServiceClient], Awaitable[T | None]], end: float, *, empty: bool) -> T:
        async with asyncio.timeout_at(min(end, asyncio.get_running_loop().time() + _ONE_TRY)), self._slots:
            answer = await work(self._client)
        if answer is None and not empty:
            raise ValueError("empty")
        return answer  # type: ignore[return-value]  -- None only where the call answers nothing

    @staticmethod
    def _pause(error: OutOfReach | Refused, attempt: int) -> float:
        asked = error.retry_after if isinstance(error, OutOfReach) else None
        return asked if asked is not None else min(0.25 * 2**attempt, 2.0) * random.uniform(0.7, 1.3)

    async def every(
        self,
        call: Call,
        builder: Callable[[GraphServiceClient], Any],
        wanted: RequestConfiguration[Query],
        *,
        most: int,
    ) -> tuple[list[Any], bool]:
        """All items of a paged answer, and whether they are complete (False: there were more than `most`)."""
        page = await self.ask(call, lambda client: builder(client).get(wanted))
        items = list(page.value or [])
        seen: set[str] = set()
        while link := page.odata_next_link:
            if len(items) >= most:
                return items[:most], False
            if link in seen or not link.lower().startswith(self._origin):
                raise OutOfReach(f"{call}: the next page is not where it should be")
            seen.add(link)
            onward = RequestConfiguration[Query](headers=wanted.headers)
            page = await self.ask(call, lambda client, link=link: builder(client).with_url(link).get(onward))
            items += page.value or []
        return items, True

    async def aclose(self) -> None:
        """Close both connections."""
        await self._http.aclose()
        await self._credential.close()


async def together(*work: Awaitable[Any]) -> list[Any]:
    """The answers of calls made at once; the first trouble ends the others."""

    async def run(one: Awaitable[Any]) -> Any:
        return await one

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(run(one)) for one in work]
    except* (OutOfReach, Refused) as troubles:
        first = troubles
    else:
        return [task.result() for task in tasks]
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]
    raise first


def _scope(url: str) -> str:
    """What the token is for: Graph by Microsoft's name of it, wherever it is served."""
    place = urlsplit(url)
    real = (place.hostname or "").endswith(_GRAPHS_OF_MICROSOFT)
    return f"{place.scheme}://{place.hostname}/.default" if real else f"{MICROSOFT_GRAPH}/.default"


def _credential(tenant: str, app_id: str, secret: str, authority: str, ca_file: str) -> ClientSecretCredential:
    host = urlsplit(authority).hostname or ""
    return ClientSecretCredential(
        tenant,
        app_id,
        secret,
        authority=authority,
        disable_instance_discovery=not host.endswith(_LOGINS_OF_MICROSOFT),
        connection_timeout=_CONNECT,
        read_timeout=_READ,
        connection_verify=ca_file,
        retry_total=0,
        timeout=_READ,
    )


def _http_client(ca_file: str) -> httpx.AsyncClient:
    limits = httpx.Timeout(_READ, connect=_CONNECT)
    plain = httpx.AsyncClient(
        verify=ssl.create_default_context(cafile=ca_file), timeout=limits, follow_redirects=False
    )
    return GraphClientFactory.create_with_custom_middleware([_NoRedirects(), ParametersNameDecodingHandler()], client=plain)
