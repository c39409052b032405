"""Activities as Teams writes them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from deploy.rehearsal.model import Chat, Meeting, Person
from deploy.rehearsal.options import role
from deploy.rehearsal.tenant import BOT_NAME, Tenant

Json = dict[str, Any]
EVENT = "application/vnd.microsoft."


def stamp(moment: datetime | None = None) -> str:
    when = moment or datetime.now(UTC)
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def account(person: Person) -> Json:
    """Somebody as the sender of an activity; no address is ever in it."""
    known = {"aadObjectId": person.oid} if person.oid else {}
    return {"id": person.mri, "name": person.name, **known}


def envelope(tenant: Tenant, chat: Chat, kind: str, sender: Person, post: str | None = None) -> Json:
    """What all activities have in common. `post` is the channel post whose thread it is in."""
    return {
        "type": kind,
        "id": tenant.next_id(),
        "timestamp": stamp(),
        "channelId": "msteams",
        "serviceUrl": tenant.service_url,
        "from": account(sender),
        "conversation": conversation(tenant, chat, post),
        "recipient": {"id": tenant.bot, "name": BOT_NAME},
        "channelData": _channel_data(tenant, chat),
        "locale": "en-GB",
    }


def conversation(tenant: Tenant, chat: Chat, post: str | None = None) -> Json:
    if chat.kind == "personal":
        return {"conversationType": "personal", "tenantId": tenant.id, "id": chat.id}
    kind = "channel" if chat.kind == "channel" else "groupChat"
    name = f"{chat.id};messageid={post}" if post and chat.kind == "channel" else chat.id
    return {"isGroup": True, "conversationType": kind, "tenantId": tenant.id, "id": name}


def _channel_data(tenant: Tenant, chat: Chat) -> Json:
    data: Json = {"tenant": {"id": tenant.id}}
    if chat.kind == "channel":
        channel = {"teamsChannelId": chat.id, "teamsTeamId": chat.id, "channel": {"id": chat.id}}
        data |= channel | {"team": {"id": chat.id, "aadGroupId": tenant.team}}
    if chat.meeting:
        data |= {"source": None, "meeting": {"id": chat.meeting.id}}
    return data


def times(tenant: Tenant, chat: Chat, meeting: Meeting, act: str, at: datetime | None) -> Json:
    """A meeting began or ended."""
    activity = envelope(tenant, chat, "event", meeting.organizer)
    activity["timestamp"] = stamp(at)
    activity["name"] = f"{EVENT}meeting{act.capitalize()}"
    activity["value"] = {
        "MeetingType": meeting.type,
        "Title": meeting.subject,
        "Id": meeting.id,
        "JoinUrl": meeting.join_url,
        f"{act.capitalize()}Time": stamp(at),
    }
    return activity


def moves(tenant: Tenant, chat: Chat, people: list[Person], act: str, at: datetime | None) -> Json:
    """People joined or left; the sender is the organiser when one of them is anonymous."""
    meeting = chat.meeting
    assert meeting is not None  # noqa: S101 -- only meetings have joiners
    unknown = any(person.kind == "anonymous" for person in people)
    activity = envelope(tenant, chat, "event", meeting.organizer if unknown else people[0])
    activity["timestamp"] = stamp(at)
    activity["name"] = f"{EVENT}meetingParticipant{act.capitalize()}"
    activity["value"] = {"members": [_member(meeting, person, inside=act == "join") for person in people]}
    return activity


def _member(meeting: Meeting, person: Person, *, inside: bool) -> Json:
    user: Json = {"id": person.mri, "name": person.name}
    if person.tenant:
        user["tenantId"] = person.tenant
    if person.oid:
        user |= {"objectId": person.oid, "aadObjectId": person.oid}
    return {"user": user, "meeting": {"inMeeting": inside, "role": role(meeting, person)}}


def message(tenant: Tenant, chat: Chat, sender: Person, text: str, post: str | None = None) -> Json:
    """Somebody wrote something."""
    activity = envelope(tenant, chat, "message", sender, post)
    client = {"locale": "en-GB", "country": "GB", "platform": "Windows", "timezone": "Europe/London"}
    return activity | {
        "text": text,
        "textFormat": "plain",
        "attachments": [{"contentType": "text/html", "content": f"<div>{text}</div>"}],
        "entities": [{"type": "clientInfo", **client}],
    }


def mention(mri: str, name: str) -> Json:
    return {"type": "mention", "text": f"<at>{name}</at>", "mentioned": {"id": mri, "name": name}}


def pressed(tenant: Tenant, chat: Chat, presser: Person, card: str, action: Json, post: str | None) -> Json:
    """Somebody pressed a button that the bot answers at once."""
    activity = envelope(tenant, chat, "invoke", presser, post)
    activity["name"] = "adaptiveCard/action"
    activity["replyToId"] = card
    activity["value"] = {"action": action, "trigger": "manual"}
    return activity


def installation(tenant: Tenant, chat: Chat, by: Person, action: str) -> list[Json]:
    """The bot was put into a chat, or taken out of it."""
    update = envelope(tenant, chat, "installationUpdate", by) | {"action": action}
    changed = envelope(tenant, chat, "conversationUpdate", by)
    changed["membersAdded" if action == "add" else "membersRemoved"] = [{"id": tenant.bot}]
    return [update, changed]
