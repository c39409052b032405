"""Graph's calls: joining a meeting, its participants, and what a bot may do to them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from deploy.rehearsal import calling, moves
from deploy.rehearsal.answers import Refused
from deploy.rehearsal.calling import BotCall
from deploy.rehearsal.graph_meetings import bad
from deploy.rehearsal.model import Meeting
from deploy.rehearsal.odata import Asked, Json
from deploy.rehearsal.room import Seat
from deploy.rehearsal.roster import participant, shown
from deploy.rehearsal.tenant import Tenant

Answer = tuple[int, Json | None]
LONGEST_CONTEXT = 256
MODALITIES = ("audio", "video", "videoBasedScreenSharing", "data")
G = "#microsoft.graph."


def create(tenant: Tenant, asked: Asked) -> Answer:
    """Join a meeting: 201 and establishing, the rest comes to the callback."""
    body = asked.body if isinstance(asked.body, dict) else {}
    _check(tenant, body)
    meeting = _wanted(tenant, body)
    match tenant.is_on("calls"):
        case "refused":
            raise insufficient()
        case "full":
            raise _full()
    if len(tenant.calls) >= calling.MOST_CALLS:
        raise _full()
    guest = not {"Calls.JoinGroupCall.All"} & set(asked.roles) and "Calls.JoinGroupCallAsGuest.All" in asked.roles
    call = calling.begin(tenant, meeting, body, "anonymous" if guest else "Member")
    return 201, {"@odata.context": f"{asked.origin}/v1.0/$metadata#communications/calls/$entity"} | calling.as_call(
        call
    )


def insufficient() -> Refused:
    return Refused(403, "7504", "Insufficient enterprise tenant permissions, cannot access this API.")


def _full() -> Refused:
    return Refused(429, "TooManyRequests", f"More than {calling.MOST_CALLS} concurrent calls.")


def _check(tenant: Tenant, body: Json) -> None:
    """What every call needs, whichever meeting it is for."""
    if body.get("tenantId") != tenant.id:
        raise Refused(403, "7505", "Request authorization tenant mismatch.")
    address = urlsplit(str(body.get("callbackUri", "")))
    here = address.hostname in ("127.0.0.1", "localhost")
    if not (address.scheme == "https" or (address.scheme == "http" and here)):
        raise bad("callbackUri must be an https address.")
    modes = body.get("requestedModalities")
    if not isinstance(modes, list) or not modes or not set(map(str, modes)) <= set(MODALITIES):
        raise bad("requestedModalities is missing or invalid.")
    if _kind(body.get("mediaConfig")) != f"{G}serviceHostedMediaConfig":
        raise bad("mediaConfig must be a serviceHostedMediaConfig: no other media is played here.")
    options = body.get("callOptions") or {}
    if isinstance(options, dict) and options.get("isDeltaRosterEnabled"):
        raise bad("isDeltaRosterEnabled is not played here.")


def _kind(part: Any) -> str:
    return str(part.get("@odata.type", "")) if isinstance(part, dict) else ""


def _wanted(tenant: Tenant, body: Json) -> Meeting:
    """The meeting a call is to join."""
    info: Json = body.get("meetingInfo") or {}
    match _kind(info):
        case "#microsoft.graph.organizerMeetingInfo":
            found = _by_organizer(tenant, info, body.get("chatInfo"))
        case "#microsoft.graph.joinMeetingIdMeetingInfo":
            found = _by_number(tenant, info)
        case _:
            raise bad("meetingInfo must be an organizerMeetingInfo or a joinMeetingIdMeetingInfo.")
    if found is None:
        raise Refused(404, "NotFound", "The meeting was not found.")
    return found


def _by_organizer(tenant: Tenant, info: Json, chat: Any) -> Meeting | None:
    if not isinstance(chat, dict) or not chat.get("threadId"):
        raise bad("chatInfo with a threadId is required with organizerMeetingInfo.")
    organizer = info.get("organizer")
    user = organizer.get("user") if isinstance(organizer, dict) else None
    if not isinstance(user, dict) or user.get("tenantId") != tenant.id:
        raise bad("organizer.user needs an id and this tenant's tenantId.")
    found = tenant.chat(str(chat["threadId"]))
    meeting = found.meeting if found else None
    return meeting if meeting and meeting.organizer.oid == str(user.get("id", "")).lower() else None


def _by_number(tenant: Tenant, info: Json) -> Meeting | None:
    wanted = str(info.get("joinMeetingId", "")).replace(" ", "")
    found = next((meeting for meeting in tenant.meetings() if meeting.code == wanted), None)
    return found if found and info.get("passcode") == found.passcode else None


def _call(tenant: Tenant, asked: Asked) -> BotCall:
    found = tenant.calls.get(asked.path[2].lower())
    if found is None:
        raise Refused(404, "8522", "Call not found.")
    return found


def get(tenant: Tenant, asked: Asked) -> Answer:
    return 200, calling.as_call(_call(tenant, asked))


def delete(tenant: Tenant, asked: Asked) -> Answer:
    """Hang up: only the bot goes."""
    calling.end(tenant, _call(tenant, asked), 200, 0, "The call was ended by the application.")
    return 204, None


def keep_alive(tenant: Tenant, asked: Asked) -> Answer:
    calling.keep(tenant, _call(tenant, asked))
    return 200, None


def participants(tenant: Tenant, asked: Asked) -> Answer:
    """All that the call sees; nothing before it is established."""
    call = _call(tenant, asked)
    if tenant.is_on("rosters") == "refused":
        raise insufficient()
    everyone = shown(call.meeting, call.seat) if call.state == "established" else []
    return 200, asked.page(everyone, 100, tenant.page)


def _seat(tenant: Tenant, asked: Asked) -> tuple[BotCall, Seat]:
    call = _call(tenant, asked)
    if call.state != "established":
        raise bad("The call is not established.")
    seats = {call.seat.id: call.seat} if call.seat.in_lobby else call.meeting.room.seats
    found = seats.get(asked.path[4].lower())
    if found is None:
        raise Refused(404, "8535", "Participant not found.")
    return call, found


def one_participant(tenant: Tenant, asked: Asked) -> Answer:
    call, seat = _seat(tenant, asked)
    return 200, participant(call.meeting, seat)


def _acts_on(tenant: Tenant, asked: Asked) -> tuple[BotCall, Seat]:
    call, seat = _seat(tenant, asked)
    if seat.in_lobby:
        raise Refused(403, "Forbidden", "The participant is in the lobby.")
    return call, seat


def mute(tenant: Tenant, asked: Asked) -> Answer:
    """A server's mute, once: nothing keeps them from unmuting but the meeting's options."""
    call, seat = _acts_on(tenant, asked)
    context = asked.body.get("clientContext") if isinstance(asked.body, dict) else None
    if context is not None and (not isinstance(context, str) or len(context) > LONGEST_CONTEXT):
        raise bad(f"clientContext holds at most {LONGEST_CONTEXT} characters.")
    if tenant.is_on("mute") == "refused":
        raise Refused(403, "Forbidden", "The application is not allowed to mute participants.")
    meeting = call.meeting
    raw = {"before": {"isMuted": seat.muted, "serverMuted": seat.server_muted}}
    if tenant.is_on("mute") != "ignored":
        seat.server_muted, seat.mic = True, False
        meeting.room.touch(seat)
    raw["after"] = {"isMuted": seat.muted, "serverMuted": seat.server_muted}
    tenant.seen.note("muted", chat=meeting.thread, to=[seat.key], id=seat.id, status=200, raw=raw)
    calling.tell(tenant, meeting)
    done = {"id": calling.made(tenant, f"operation {seat.id} {meeting.room.sequence}"), "status": "Completed"}
    return 200, {"@odata.type": f"{G}muteParticipantOperation", **done, "clientContext": context, "resultInfo": None}


def remove(tenant: Tenant, asked: Asked) -> Answer:
    """Out, without a word to them. Only this endpoint, and they may come back."""
    call, seat = _acts_on(tenant, asked)
    if tenant.is_on("removal") == "down":
        raise Refused(503, "serviceNotAvailable", "The service is temporarily unavailable.")
    if tenant.is_on("removal") not in ("allowed", "ignored"):
        raise Refused(403, "Forbidden", "The application is not allowed to remove participants in this tenant.")
    if seat.person is call.meeting.organizer:
        raise Refused(403, "Forbidden", "Bot is not authorized to remove organizer.")
    if seat.person is None:
        raise bad("The application cannot remove itself: delete the call.")
    meeting = call.meeting
    tenant.seen.note("removed", chat=meeting.thread, to=[seat.key], id=seat.id, status=204)
    if tenant.is_on("removal") == "allowed":
        assert tenant.post is not None  # noqa: S101 -- given when the tenant was made
        moves.out(tenant.post, tenant, tenant.chats[meeting.thread], meeting, [seat])
    return 204, None
