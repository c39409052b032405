"""One Graph client and one credential per process, asked with a deadline and with our own retry."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import count
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

import certifi
from kiota_abstractions.base_request_configuration import RequestConfiguration

from bot.graph.access import (
    MICROSOFT_GRAPH,
    MICROSOFT_LOGIN,
    Credential,
    HttpClient,
    quiet_libraries,
    request_adapter,
)
from bot.graph.permissions import Call
from bot.graph.sdk import GraphServiceClient
from bot.graph.troubles import TROUBLES, judge
from bot.ports import OutOfReach, Refused

__all__ = ["Graph", "Query", "asking", "quiet_libraries", "together"]
T = TypeVar("T")
_ONE_TRY = 6.0
_AT_ONCE = 16


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
        trusted = ca_file or os.environ.get("SSL_CERT_FILE") or certifi.where()
        self._credential = Credential(tenant, app_id, secret, authority=authority, ca_file=trusted)
        self._http = HttpClient(trusted)
        self._client = GraphServiceClient(request_adapter=request_adapter(url, self._credential, self._http))
        place = urlsplit(url)
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
        if not empty and not _whole(answer):
            raise ValueError("not what was asked for")
        return cast("T", answer)

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
            page = await self.ask(call, self._onward(builder, link, wanted))
            items += page.value or []
        return items, True

    @staticmethod
    def _onward(
        builder: Callable[[GraphServiceClient], Any], link: str, wanted: RequestConfiguration[Query]
    ) -> Callable[[GraphServiceClient], Awaitable[Any]]:
        """Asking for the next page: the link holds the query, the headers are said again."""
        again = RequestConfiguration[Query](headers=wanted.headers)
        return lambda client: builder(client).with_url(link).get(again)

    async def aclose(self) -> None:
        """Close both connections."""
        await self._http.aclose()
        await self._credential.close()


def _whole(answer: Any) -> bool:
    """Whether this is the thing or the list asked for: the SDK makes a blank one of any JSON, which would mean "nobody"."""
    return (answer.value if hasattr(answer, "value") else getattr(answer, "id", None)) is not None


async def together(*work: Awaitable[Any]) -> list[Any]:
    """The answers of calls made at once; the first trouble ends the others."""

    async def run(one: Awaitable[Any]) -> Any:
        return await one

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(run(one)) for one in work]
    except* (OutOfReach, Refused) as troubles:
        first: BaseException = troubles
    else:
        return [task.result() for task in tasks]
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]
    raise first
