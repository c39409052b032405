"""One Graph client and one credential per process, asked with a deadline and with our own retry."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import count
from typing import Any, TypeVar

import certifi
import jwt
import orjson
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_abstractions.request_information import RequestInformation

from bot.graph.access import MICROSOFT_GRAPH, MICROSOFT_LOGIN, Credential, Sender, quiet_libraries, writing_client
from bot.graph.permissions import Call
from bot.graph.sdk import GraphServiceClient
from bot.graph.troubles import TROUBLES, judge, judge_login
from bot.ports import OutOfReach, Refused

__all__ = ["Graph", "Json", "Query", "asking", "quiet_libraries", "together"]
T = TypeVar("T")
Json = dict[str, Any]
Build = Callable[[GraphServiceClient], RequestInformation]
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
        proof: str | bytes,
        *,
        authority: str = MICROSOFT_LOGIN,
        url: str = f"{MICROSOFT_GRAPH}/v1.0",
        ca_file: str | None = None,
        deadline: float = 10.0,
    ) -> None:
        quiet_libraries()
        trusted = ca_file or os.environ.get("SSL_CERT_FILE") or certifi.where()
        self._credential = Credential(tenant, app_id, proof, authority=authority, ca_file=trusted)
        self._sender = Sender(url, self._credential, trusted)
        self._client = writing_client()
        self._deadline = deadline
        self._slots = asyncio.Semaphore(_AT_ONCE)

    async def ask(self, call: Call, build: Build, *, once: bool = False) -> Json:
        """The answer to one call: an object with an `id`, or with a list as its `value`.

        Raises OutOfReach when the deadline is over or the pause Graph asks for would pass it, and Refused for a no.
        `once`: repeated only if it certainly was not carried out.
        """
        return await self._insist(call, lambda: self._read(build), once=once)

    async def tell(self, call: Call, build: Build, *, once: bool = True) -> None:
        """A call whose answer says nothing. It is repeated only if it certainly was not carried out, unless not `once`."""
        await self._insist(call, lambda: self._send(build), once=once)

    async def every(
        self,
        call: Call,
        builder: Callable[[GraphServiceClient], Any],
        wanted: RequestConfiguration[Query],
        *,
        most: int,
    ) -> tuple[list[Json], bool]:
        """All items of a paged answer, and whether they are complete (False: there were more than `most`)."""
        page = await self.ask(call, lambda client: builder(client).to_get_request_information(wanted))
        items = _items(page)
        seen: set[str] = set()
        while link := page.get("@odata.nextLink"):
            if len(items) >= most:
                return items[:most], False
            if link in seen or not str(link).lower().startswith(self._sender.origin):
                raise OutOfReach(f"{call}: the next page is not where it should be")
            seen.add(link)
            page = await self.ask(call, _onward(builder, link, wanted))
            items += _items(page)
        return items, True

    async def granted(self) -> frozenset[str] | None:
        """The application permissions in our own token: evidence for the doctor, the product only tries.

        None where it cannot be read: what is in it is Microsoft's own affair, and may change.
        """
        try:
            async with asyncio.timeout(self._deadline):
                token = await self._sender.token()
        except TROUBLES as error:
            raise judge_login(error) from error
        try:
            roles = jwt.decode(token, options={"verify_signature": False}).get("roles")
        except jwt.PyJWTError:
            return None
        return frozenset(str(role) for role in roles) if isinstance(roles, list) else frozenset()

    async def aclose(self) -> None:
        """Close both connections."""
        await self._sender.aclose()
        await self._credential.close()

    async def _insist(self, call: Call, work: Callable[[], Awaitable[T]], *, once: bool = False) -> T:
        clock = asyncio.get_running_loop().time
        end = clock() + self._deadline
        for attempt in count():
            try:
                async with asyncio.timeout_at(min(end, clock() + _ONE_TRY)), self._slots:
                    return await work()
            except TROUBLES as error:
                trouble = judge(error, call)
                pause = _pause(trouble.error, attempt)
                over = clock() + pause >= end
                if isinstance(trouble.error, Refused) or over or (once and not trouble.undone):
                    raise trouble.error from error
            await asyncio.sleep(pause)
        raise AssertionError("unreachable")

    async def _send(self, build: Build) -> bytes:
        return await self._sender.send(build(self._client))

    async def _read(self, build: Build) -> Json:
        answer = orjson.loads(await self._send(build))
        if not isinstance(answer, dict) or not (isinstance(answer.get("value"), list) or answer.get("id")):
            raise ValueError("not what was asked for")
        return answer


def _onward(builder: Callable[[GraphServiceClient], Any], link: str, wanted: RequestConfiguration[Query]) -> Build:
    """Asking for the next page: the link holds the query, the headers are said again."""
    again = RequestConfiguration[Query](headers=wanted.headers)
    return lambda client: builder(client).with_url(link).to_get_request_information(again)


def _items(page: Json) -> list[Json]:
    listed = page.get("value")
    if not isinstance(listed, list):
        raise OutOfReach("Graph answered something else than the list that was asked for")
    return [item for item in listed if isinstance(item, dict)]


def _pause(error: OutOfReach | Refused, attempt: int) -> float:
    """How long before the next try: as Graph asks, else a little longer each time."""
    asked = error.retry_after if isinstance(error, OutOfReach) else None
    return asked if asked is not None else min(0.25 * 2**attempt, 2.0) * random.uniform(0.7, 1.3)


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
