"""The school's app catalogue, and apps put into chats."""

from __future__ import annotations

import re
from uuid import NAMESPACE_URL, uuid5

from deploy.rehearsal import wire
from deploy.rehearsal.answers import Refused
from deploy.rehearsal.odata import Asked, Json
from deploy.rehearsal.tenant import BOT_NAME, Tenant

Answer = tuple[int, Json | None]
_BY_EXTERNAL = re.compile(r"\s*externalId\s+eq\s+'([^']*)'\s*", re.IGNORECASE)


def _app_id(tenant: Tenant) -> str:
    """What the catalogue calls our package: another id than the package's own."""
    return str(uuid5(NAMESPACE_URL, f"{tenant.id}:catalogue:{tenant.app_id}"))


def catalogue(tenant: Tenant, asked: Asked) -> Answer:
    """The app, if the package was uploaded and it is asked for."""
    app = {
        "id": _app_id(tenant),
        "externalId": tenant.app_id,
        "displayName": BOT_NAME,
        "distributionMethod": "organization",
    }
    wanted = _BY_EXTERNAL.fullmatch(asked.query.get("$filter", ""))
    if asked.query.get("$filter") and wanted is None:
        raise Refused(400, "BadRequest", "Invalid filter clause.")
    here = tenant.is_on("catalogue") != "empty" and (wanted is None or wanted[1].lower() == tenant.app_id)
    return 200, {"value": [asked.select(app)] if here else []}


def install(tenant: Tenant, asked: Asked) -> Answer:
    """Put the app into a chat, with the very permissions that its package names; Teams tells the bot."""
    chat = tenant.chats.get(asked.path[1])
    if chat is None or chat.kind == "channel":
        raise Refused(404, "NotFound", "Chat was not found.")
    body = asked.body if isinstance(asked.body, dict) else {}
    if str(body.get("teamsApp@odata.bind", "")).rpartition("/teamsApps/")[2] != _app_id(tenant):
        raise Refused(404, "NotFound", "The requested app was not found in the catalog.")
    if _consented(body) != sorted(tenant.declared or tenant.rsc):
        words = "The consented permissions do not match the resource-specific permissions of the app's manifest."
        raise Refused(400, "BadRequest", words)
    if chat.installed:
        raise Refused(409, "Conflict", "App already installed in the chat.")
    chat.installed = True
    by = chat.meeting.organizer if chat.meeting else next(iter(chat.members.values()))
    assert tenant.post is not None  # noqa: S101 -- given when the tenant was made
    for activity in wire.installation(tenant, chat, by, "add"):
        tenant.post.send(tenant, activity)
    tenant.seen.note("event", by="bot", chat=chat.id, text="install")
    return 201, None


def _consented(body: Json) -> list[str]:
    """The resource-specific permissions that come with the request."""
    given = body.get("consentedPermissionSet")
    listed = given.get("resourceSpecificPermissions") if isinstance(given, dict) else None
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise Refused(400, "BadRequest", "Resource-specific permissions need a consentedPermissionSet.")
    ours = [one for one in listed if str(one.get("permissionType")).lower() == "application"]
    return sorted(str(one.get("permissionValue")) for one in ours)
