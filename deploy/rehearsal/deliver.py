"""The transport from Teams to the bot: signed, bounded, and as unkind as the tenant says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import aiohttp

from deploy.rehearsal import cards
from deploy.rehearsal.keys import activity_token
from deploy.rehearsal.tenant import Tenant
from deploy.rehearsal.unkind import Fate, disguised, fate
from deploy.rehearsal.wire import stamp

MOST_AT_ONCE = 2_000
AGAIN_AFTER = (1.0, 3.0)
Answered = Callable[[int, Any], None]


class Post:
    """Delivers activities in the background, each copy on its own."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.session = session
        self._tasks: set[asyncio.Task[None]] = set()

    def send(self, tenant: Tenant, activity: dict[str, Any], answered: Answered | None = None) -> Fate:
        """Hand it over; what becomes of it is decided by seed and number."""
        tenant.acts += 1
        event, invoke = activity.get("type") == "event", activity.get("type") == "invoke"
        fated = fate(tenant.unkind, tenant.seed, tenant.acts, event=event)
        shown = disguised(activity, fated)
        for number, delay in enumerate(fated.copies):
            copy = shown
            if number and fated.new_id and invoke:
                copy = shown | {"id": tenant.next_id(), "timestamp": stamp()}
            self.spawn(self._deliver, tenant, copy, delay, fated.again, answered if number == 0 else None)
        return fated

    def verbatim(self, tenant: Tenant, activity: dict[str, Any]) -> None:
        """Once, at once, as it is."""
        self.spawn(self._deliver, tenant, activity, 0, 0, None)

    def spawn(self, work: Callable[..., Coroutine[Any, Any, None]], *about: Any) -> None:
        """Work behind an answer already given."""
        if len(self._tasks) >= MOST_AT_ONCE:
            raise OverflowError(f"{MOST_AT_ONCE} activities are on their way already")
        task = asyncio.ensure_future(work(*about))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(
        self, tenant: Tenant, activity: dict[str, Any], delay: float, again: int, answered: Answered | None
    ) -> None:
        await asyncio.sleep(delay)
        for attempt in range(again + 1):
            if attempt:
                await asyncio.sleep(AGAIN_AFTER[attempt - 1])
            status, body = await self._post(tenant, activity)
            if status is not None and status < 500:
                break
        if answered and status is not None:
            answered(status, body)

    async def _post(self, tenant: Tenant, activity: dict[str, Any]) -> tuple[int | None, Any]:
        """One attempt: the bot's status (None if it did not answer in time, or at all) and JSON."""
        token = activity_token(tenant.key, tenant.app_id, str(activity.get("serviceUrl", tenant.service_url)))
        wait = aiohttp.ClientTimeout(total=tenant.unkind.patience)
        status, body, trouble = None, None, None
        try:
            headers = {
                "Authorization": f"Bearer {token}",
                "User-Agent": "Microsoft-SkypeBotApi (Microsoft-BotFramework/3.0)",
            }
            async with self.session.post(tenant.endpoint, json=activity, headers=headers, timeout=wait) as answer:
                status = answer.status
                body = await _json(answer)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            status, trouble = None, type(error).__name__
        note_sent(tenant, activity, status, trouble)
        return status, body

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def _json(answer: aiohttp.ClientResponse) -> Any:
    try:
        return await answer.json(content_type=None)
    except ValueError:
        return None


def note_sent(tenant: Tenant, activity: dict[str, Any], status: int | None, trouble: str | None) -> None:
    place = activity.get("conversation")
    where = str(place.get("id", "")).partition(";")[0] if isinstance(place, dict) else None
    tenant.seen.note(
        "sent",
        chat=where,
        text=cards.plain(activity.get("text")) or activity.get("name") or activity.get("type"),
        id=activity.get("id"),
        status=status,
        error=trouble,
        by="person",
        raw=activity,
    )
