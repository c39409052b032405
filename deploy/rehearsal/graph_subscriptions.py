"""Graph's subscriptions to calendars: the handshake, how long they live, and the notices of what changed."""

from __future__ import annotations

import asyncio
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import aiohttp

from deploy.rehearsal.answers import Refused
from deploy.rehearsal.enrol import moment
from deploy.rehearsal.graph_people import account
from deploy.rehearsal.model import Meeting
from deploy.rehearsal.odata import Asked, Json
from deploy.rehearsal.tenant import Tenant

Answer = tuple[int, Json | None]
LONGEST = timedelta(minutes=10_080)
HANDSHAKE = aiohttp.ClientTimeout(total=10)
CHANGES = {"created", "updated", "deleted"}
SHOWN = ("id", "resource", "changeType", "notificationUrl", "lifecycleNotificationUrl", "expirationDateTime")
"""What Graph shows of a subscription; what we called its secret it keeps to itself."""


def bad(why: str) -> Refused:
    return Refused(400, "InvalidRequest", why)


def _until(said: Any) -> str:
    try:
        until = moment(said)
    except (ValueError, TypeError):
        until = None
    if until is None or not datetime.now(UTC) < until <= datetime.now(UTC) + LONGEST:
        raise bad("Subscription expiration can only be 10080 minutes in the future.")
    return until.isoformat().replace("+00:00", "Z")


async def shake(tenant: Tenant, asked: Asked) -> None:
    """Before a subscription is made, both its addresses must send a token back as plain text."""
    body = asked.body if isinstance(asked.body, dict) else {}
    for url in {body.get("notificationUrl"), body.get("lifecycleNotificationUrl") or body.get("notificationUrl")}:
        token = f"Validation: Testing client application reachability {uuid.uuid4()}"
        if await _echo(tenant, str(url), token) != token:
            raise bad(
                "Subscription validation request failed. Response must exactly match validationToken query parameter."
            )


async def _echo(tenant: Tenant, url: str, token: str) -> str | None:
    assert tenant.post is not None  # noqa: S101 -- given when the tenant was made
    try:
        where = f"{url}?validationToken={quote(token, safe='')}"
        async with tenant.post.session.post(
            where, data="", headers={"Content-Type": "text/plain; charset=utf-8"}, timeout=HANDSHAKE
        ) as answer:
            return await answer.text() if answer.status == 200 and answer.content_type == "text/plain" else None
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
        return None


def create(tenant: Tenant, asked: Asked) -> Answer:
    body = asked.body if isinstance(asked.body, dict) else {}
    kinds = {kind.strip() for kind in str(body.get("changeType", "")).split(",")}
    parts = str(body.get("resource", "")).strip("/").split("/")
    if not kinds <= CHANGES or len(parts) != 3 or (parts[0], parts[2]) != ("users", "events"):
        raise bad("The changeType or the resource is not one that is played: /users/{id}/events.")
    account(tenant, parts[1])
    if len(str(body.get("clientState") or "")) > 128:
        raise bad("clientState may have 128 characters.")
    made = {**body, "id": str(uuid.uuid4()), "expirationDateTime": _until(body.get("expirationDateTime"))}
    tenant.subscriptions[made["id"]] = made
    return 201, _shown(made)


def _shown(one: Json) -> Json:
    return {name: one.get(name) for name in SHOWN} | {"clientState": None}


def listed(tenant: Tenant, asked: Asked) -> Answer:
    return 200, asked.page([_shown(one) for one in tenant.subscriptions.values()], 100, tenant.page)


def renew(tenant: Tenant, asked: Asked) -> Answer:
    one = tenant.subscriptions.get(asked.path[1])
    if one is None:
        raise Refused(404, "ResourceNotFound", "The object was not found.")
    said = asked.body if isinstance(asked.body, dict) else {}
    one["expirationDateTime"] = _until(said.get("expirationDateTime"))
    return 200, _shown(one)


def tell(tenant: Tenant, meeting: Meeting, change: str) -> None:
    """Tell of a change in every calendar that the meeting stands in."""
    for key in tenant.invited(meeting):
        for one in list(tenant.subscriptions.values()):
            if str(one["resource"]).strip("/").split("/")[1].lower() == key:
                about = {"changeType": change, "resource": f"Users/{key}/Events/{meeting.event_id}"}
                _post(tenant, one, about)


def _post(tenant: Tenant, one: Json, about: Json) -> None:
    notice = {
        "subscriptionId": one["id"],
        "subscriptionExpirationDateTime": one["expirationDateTime"],
        "clientState": one.get("clientState"),
        "tenantId": tenant.id,
        **about,
    }
    assert tenant.post is not None  # noqa: S101 -- as above
    tenant.post.spawn(_send, tenant, str(one["notificationUrl"]), {"value": [notice]})


async def _send(tenant: Tenant, url: str, said: Json) -> None:
    """Again for a while where it is not taken."""
    assert tenant.post is not None  # noqa: S101 -- as above
    for wait in (0.0, 1.0, 3.0):
        await asyncio.sleep(wait)
        status, trouble = None, None
        try:
            async with tenant.post.session.post(url, json=said, timeout=HANDSHAKE) as answer:
                status = answer.status
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            trouble = type(error).__name__
        tenant.seen.note("notified", text="calendar", status=status, error=trouble, by="person", raw=said)
        if status is not None and status < 500:
            return
