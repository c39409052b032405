"""The Connector's calls that read: who is in a chat, what a meeting is, and who is in it."""

from __future__ import annotations

from aiohttp import web

from deploy.rehearsal.answers import Refused
from deploy.rehearsal.connector import Call, Gate, Json
from deploy.rehearsal.limits import MEMBERS
from deploy.rehearsal.model import Chat, Meeting, Person
from deploy.rehearsal.options import role
from deploy.rehearsal.tenant import Tenant
from deploy.rehearsal.wire import conversation, stamp

PAGE = 500


def routes(gate: Gate) -> list[web.RouteDef]:
    chat = "/connector/{tenant}/v3/conversations/{conversation}"
    meeting = "/connector/{tenant}/v1/meetings/{meeting}"
    return [
        web.get(f"{chat}/members", gate.guard(members)),
        web.get(f"{chat}/members/{{member}}", gate.guard(member)),
        web.get(f"{chat}/pagedmembers", gate.guard(paged)),
        web.get(meeting, gate.guard(details)),
        web.get(f"{meeting}/participants/{{person}}", gate.guard(participant)),
        web.route("*", "/connector/{tenant}/{rest:.*}", gate.guard(unplayed)),
    ]


def shown(person: Person) -> Json:
    """Somebody as a member of a chat; only accounts have more than a name."""
    said: Json = {"id": person.mri, "name": person.name, "userRole": "user"}
    if person.tenant:
        said["tenantId"] = person.tenant
    if person.oid:
        given, _, surname = person.name.partition(" ")
        said |= {"objectId": person.oid, "aadObjectId": person.oid, "givenName": given, "surname": surname}
    else:
        said["userRole"] = "anonymous"
    if person.mail:
        said |= {"email": person.mail, "userPrincipalName": person.mail}
    return said


async def unplayed(call: Call) -> web.Response:
    """Whatever else a bot might try: refused, and so seen."""
    raise Refused(404, "ServiceError", f"{call.request.method} {call.request.path} is not played.")


async def members(call: Call) -> web.Response:
    return web.json_response([shown(person) for person in call.chat(MEMBERS).members.values()])


async def member(call: Call) -> web.Response:
    wanted = call.request.match_info["member"]
    found = (p for p in call.chat(MEMBERS).members.values() if wanted in (p.mri, p.oid))
    person = next(found, None)
    if person is None:
        raise Refused(404, "MemberNotFoundInConversation", "Member not found in conversation.")
    return web.json_response(shown(person))


async def paged(call: Call) -> web.Response:
    everyone = list(call.chat(MEMBERS).members.values())
    try:
        size = min(max(int(call.request.query.get("pageSize", PAGE)), 1), PAGE)
        start = int(call.request.query.get("continuationToken") or 0)
    except ValueError:
        raise Refused(400, "BadArgument", "Bad argument: continuationToken.") from None
    answer: Json = {"members": [shown(person) for person in everyone[start : start + size]]}
    if start + size < len(everyone):
        answer["continuationToken"] = str(start + size)
    return web.json_response(answer)


def _meeting(call: Call) -> tuple[Chat, Meeting]:
    wanted = call.request.match_info["meeting"]
    meeting = next((m for m in call.tenant.meetings() if m.id == wanted), None)
    if meeting is None:
        raise Refused(404, "MeetingNotFound", "Meeting does not exist or has expired.")
    chat = call.tenant.chats[meeting.thread]
    if not chat.installed:
        raise Refused(403, "BotNotInConversationRoster", "The bot is not part of the conversation roster.")
    call.limit(chat.id, MEMBERS)
    return chat, meeting


async def details(call: Call) -> web.Response:
    chat, meeting = _meeting(call)
    needed = "ChannelMeeting.ReadBasic.Group" if chat.kind == "channel" else "OnlineMeeting.ReadBasic.Chat"
    if needed not in call.tenant.rsc:
        raise Refused(403, "Forbidden", f"The app lacks {needed}.")
    return web.json_response(
        {
            "details": {
                "id": meeting.id,
                "msGraphResourceId": meeting.graph_id,
                "scheduledStartTime": stamp(meeting.start),
                "scheduledEndTime": stamp(meeting.end),
                "joinUrl": meeting.join_url,
                "title": meeting.subject,
                "type": meeting.type,
            },
            "conversation": conversation(call.tenant, chat),
            "organizer": {
                "id": meeting.organizer.mri,
                "aadObjectId": meeting.organizer.oid,
                "tenantId": meeting.organizer.tenant,
            },
        }
    )


async def participant(call: Call) -> web.Response:
    chat, meeting = _meeting(call)
    if not call.request.query.get("tenantId"):
        raise Refused(400, "BadArgument", "Bad argument: tenantId.")
    wanted = call.request.match_info["person"].lower()
    person = _inside(call.tenant, chat, wanted)
    if person is None or person.tenant != call.request.query["tenantId"].lower():
        raise Refused(404, "UserNotFound", "User does not exist in the meeting.")
    inside = person.key in meeting.present
    return web.json_response(
        {
            "user": shown(person),
            "meeting": {"role": role(meeting, person), "inMeeting": inside},
            "conversation": {"id": chat.id, "isGroup": True},
        }
    )


def _inside(tenant: Tenant, chat: Chat, oid: str) -> Person | None:
    person = tenant.people.get(oid)
    return person if person and person.oid and person.key in chat.members else None
