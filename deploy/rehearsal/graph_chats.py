"""Graph's chats."""

from __future__ import annotations

import base64

from deploy.rehearsal.answers import Refused
from deploy.rehearsal.model import Chat, Meeting, Person
from deploy.rehearsal.odata import Asked, Json
from deploy.rehearsal.tenant import Tenant
from deploy.rehearsal.wire import stamp

Answer = tuple[int, Json | None]


def _chat(tenant: Tenant, asked: Asked) -> Chat:
    found = tenant.chats.get(asked.path[1])
    if found is None or found.kind == "channel":
        raise Refused(404, "NotFound", "Chat was not found.")
    where_installed = {role for role in asked.roles if role.startswith("Chat") and role.endswith(".All")}
    if not found.installed and not where_installed:
        raise Refused(403, "Forbidden", "The application is not installed in this chat.")
    return found


def chat(tenant: Tenant, asked: Asked) -> Answer:
    found = _chat(tenant, asked)
    meeting = found.meeting
    shown: Json = {
        "@odata.context": f"{asked.origin}/v1.0/$metadata#chats/$entity",
        "id": found.id,
        "topic": meeting.subject if meeting else None,
        "createdDateTime": stamp(meeting.start) if meeting else stamp(),
        "lastUpdatedDateTime": stamp(),
        "chatType": "meeting" if meeting else "oneOnOne",
        "webUrl": f"https://teams.microsoft.com/l/chat/{found.id}/0?tenantId={tenant.id}",
        "tenantId": tenant.id,
        "onlineMeetingInfo": _info(meeting) if meeting else None,
    }
    return 200, asked.select(shown)


def _info(meeting: Meeting) -> Json:
    return {
        "calendarEventId": meeting.event_id if meeting.calendar else None,
        "joinWebUrl": meeting.join_url,
        "organizer": {
            "@odata.type": "#microsoft.graph.teamworkUserIdentity",
            "id": meeting.organizer.oid,
            "displayName": None,
            "userIdentityType": "aadUser",
        },
    }


def members(tenant: Tenant, asked: Asked) -> Answer:
    found = _chat(tenant, asked)
    return 200, asked.page([_member(found, person) for person in found.members.values()], 50, tenant.page)


def _member(chat: Chat, person: Person) -> Json:
    made = base64.b64encode(f"MCMjMSMj{chat.id}##{person.key}".encode()).decode()
    guest = person.kind == "Guest"
    shown: Json = {
        "id": made,
        "roles": ["guest"] if guest else ["owner"],
        "displayName": person.name,
        "visibleHistoryStartDateTime": "0001-01-01T00:00:00Z",
    }
    if person.kind == "anonymous":
        kind = "#microsoft.graph.anonymousGuestConversationMember"
        return {"@odata.type": kind, **shown, "anonymousGuestId": person.mri}
    more = {"userId": person.oid, "email": person.mail, "tenantId": person.tenant}
    return {"@odata.type": "#microsoft.graph.aadUserConversationMember", **shown, **more}
