"""Activities as Teams sends them, and what ours are read as."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson

from bot.events import Joined, Kind, Left
from bot.ports import Arrival
from bot.teams.parse import Parsed, parse
from bot.teams.reading import Ours, opened
from tests.teams.issuer import APP_ID, TENANT

THREAD = "19:meeting_MTIz@thread.v2"
ADA = "aaaaaaaa-0000-4000-8000-000000000001"
PATEL = "bbbbbbbb-0000-4000-8000-000000000002"
OTHER = "33333333-3333-4333-8333-333333333333"
OURS = Ours(tenant=TENANT, school="hill", app_id=APP_ID)
URL = "https://smba.trafficmanager.net/uk/"
PREFIX = "application/vnd.microsoft."
NOW = datetime(2026, 11, 24, 9, 0, 5, tzinfo=UTC)
SENT = datetime(2026, 11, 24, 9, 0, 0, 123000, tzinfo=UTC)


def read(activity: Any) -> Parsed:
    return parse(opened(orjson.dumps(activity)), OURS, NOW)


def arrived(activity: Any) -> Arrival:
    what = read(activity).what
    assert isinstance(what, Arrival)
    return what


def people(activity: Any) -> list[tuple[str, Kind]]:
    return [(one.person, one.hint) for one in arrived(activity).events if isinstance(one, Joined | Left)]


def join(
    *members: Any, service_url: str, name: str = "application/vnd.microsoft.meetingParticipantJoin", **more: Any
) -> Any:
    """A join as Teams sends it, here by default of one pupil."""
    listed = members or ({"user": user(ADA, "Ada Lovelace"), "meeting": {"inMeeting": True, "role": "Attendee"}},)
    return event(name, {"members": list(listed)}, service_url=service_url, **more)


def user(oid: str, name: str, **more: Any) -> dict[str, Any]:
    """A member's `user`."""
    return {"id": f"29:{oid[:8]}", "objectId": oid, "aadObjectId": oid, "tenantId": TENANT, "name": name, **more}


def event(name: str, value: Any, *, service_url: str, **more: Any) -> dict[str, Any]:
    """A meeting event; its `from` is the organiser, as when somebody anonymous joins."""
    return {
        "type": "event",
        "name": name,
        "id": "1485983408511",
        "timestamp": "2026-11-24T09:00:00.123Z",
        "channelId": "msteams",
        "serviceUrl": service_url,
        "from": {"id": "29:organiser", "aadObjectId": PATEL, "name": "Ms Patel"},
        "recipient": {"id": f"28:{APP_ID}", "name": "Schoolgate"},
        "conversation": {"isGroup": True, "conversationType": "groupChat", "id": THREAD, "tenantId": TENANT},
        "channelData": {"tenant": {"id": TENANT}, "meeting": {"id": "MCMxOTptZWV0aW5n"}},
        "value": value,
        **more,
    }


def message(text: str, *, service_url: str, **more: Any) -> dict[str, Any]:
    """A message of Ms Patel's in the meeting chat."""
    said = event("", None, service_url=service_url, **more)
    said.update({"type": "message", "text": text, "textFormat": "plain"}, **more)
    return said


def naming_us(text: str = "Schoolgate") -> dict[str, Any]:
    """The entity of a mention of the bot."""
    return {"type": "mention", "text": f"<at>{text}</at>", "mentioned": {"id": f"28:{APP_ID}", "name": text}}


def press(data: Any, **more: Any) -> Any:
    value = {"action": {"type": "Action.Execute", "verb": "let_stay", "data": data}, "trigger": "manual"}
    return {**event("adaptiveCard/action", value, service_url=URL), "type": "invoke", **more}
