"""A call's notifications to the bot: signed by the calling service, and as unkind as the tenant says."""

from __future__ import annotations

import asyncio
import contextlib
import random
from typing import TYPE_CHECKING, Any

import aiohttp

from deploy.rehearsal.keys import CONNECTOR, GRAPH
from deploy.rehearsal.tenant import Tenant
from deploy.rehearsal.unkind import call_fate

if TYPE_CHECKING:
    from deploy.rehearsal.calling import BotCall

Json = dict[str, Any]


def issuer(tenant: Tenant) -> str:
    """Microsoft's pages name the one, its samples take the other too: by seed."""
    return random.Random(f"{tenant.seed}:calling issuer").choice((GRAPH, CONNECTOR))


def token(tenant: Tenant) -> str:
    assert tenant.calling_key is not None  # noqa: S101 -- given when the tenant was made
    return tenant.calling_key.sign({"iss": issuer(tenant), "aud": tenant.app_id, "tid": tenant.id})


def notify(tenant: Tenant, call: BotCall, change: str, part: str, data: Any) -> None:
    """Tell the bot, behind whatever is being done. A call's own news come in order, unless they are late."""
    roster = part == "/participants"
    tenant.notices += 1
    copies, empty = call_fate(tenant.unkind, tenant.seed, tenant.notices, roster=roster)
    said = {
        "@odata.type": "#microsoft.graph.commsNotifications",
        "value": [
            {
                "@odata.type": "#microsoft.graph.commsNotification",
                "changeType": change,
                "resourceUrl": f"/communications/calls/{call.id}{part}",
                "resourceData": [] if empty else data,
            }
        ],
    }
    if not copies or tenant.is_on("callbacks") == "lost":
        _note(tenant, call, said, None, "lost")
        return
    assert tenant.post is not None  # noqa: S101 -- given when the tenant was made
    for delay in copies:
        try:
            tenant.post.spawn(_send, tenant, call, said, delay)
        except OverflowError:
            _note(tenant, call, said, None, "OverflowError")


async def _send(tenant: Tenant, call: BotCall, said: Json, delay: float) -> None:
    """Once: what a bot does not take is not sent again."""
    assert tenant.post is not None  # noqa: S101 -- as above
    await asyncio.sleep(delay)
    headers = {"Authorization": f"Bearer {token(tenant)}", "User-Agent": "Microsoft-Skype/3.0 (Calling)"}
    wait = aiohttp.ClientTimeout(total=tenant.unkind.patience)
    status, trouble = None, None
    async with contextlib.nullcontext() if delay else call.line:
        try:
            async with tenant.post.session.post(call.callback, json=said, headers=headers, timeout=wait) as answer:
                status = answer.status
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            trouble = type(error).__name__
    _note(tenant, call, said, status, trouble)


def _note(tenant: Tenant, call: BotCall, said: Json, status: int | None, trouble: str | None) -> None:
    [news] = said["value"]
    data = news["resourceData"]
    text = f"roster of {len(data)}" if isinstance(data, list) else f"call {data['state']}"
    thread = call.meeting.thread
    tenant.seen.note(
        "notified", chat=thread, text=text, id=call.id, status=status, error=trouble, by="person", raw=said
    )
