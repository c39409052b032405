"""From an activity (keys in lower case) to what it means to us. Pure, without look-ups; nothing in it ever raises.

People of a meeting event come only from `value.members` (law 4): `activity.from` is the organiser when somebody
anonymous joins.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.events import Ended, Event, Joined, Kind, Left, PersonKey, Started
from bot.ports import Arrival, Pressed, Said
from bot.sitting import Meeting
from bot.teams.messages import addressed, pressed, said
from bot.teams.reading import (
    Ours,
    belonging,
    conversation,
    identifier,
    inner,
    meeting,
    moment,
    object_id,
    objects,
    words,
)

_PREFIX = "application/vnd.microsoft."
_EVENTS = {
    f"{_PREFIX}meetingstart": "start",
    f"{_PREFIX}meetingend": "end",
    f"{_PREFIX}meetingparticipantjoin": "join",
    f"{_PREFIX}meetingparticipantleave": "leave",
}
_HELD = "19:meeting_"
ENDPOINT = "teams"
"""Meeting events do not tell devices apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """We were added to a conversation; `place` is meeting, chat, team or personal, `thread` the channel or chat."""

    place: str
    thread: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What an activity is. `kind` is for counting, one of few; `skipped` counts members nothing could be made of."""

    kind: str
    what: Arrival | Said | Pressed | Added | None = None
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class _Somebody:
    person: PersonKey
    hint: Kind
    name: str


def parse(activity: Mapping[str, Any], ours: Ours, received: datetime) -> Parsed:
    """What this activity means; `what` is None where it means nothing to us."""
    match words(activity.get("type")).lower():
        case "event":
            return _event(activity, ours, received)
        case "message":
            what = said(activity, ours) if addressed(activity, ours) else None
            return Parsed(kind="message" if what else "unaddressed", what=what)
        case "invoke":
            answer = pressed(activity, ours)
            return Parsed(kind="press" if answer else "unknown_invoke", what=answer)
        case "installationupdate" | "conversationupdate":
            return _added(activity, ours)
        case _:
            return Parsed(kind="unknown_type")


def _event(activity: Mapping[str, Any], ours: Ours, received: datetime) -> Parsed:
    kind = _EVENTS.get(words(activity.get("name")).lower())
    where = meeting(activity, ours)
    if kind is None or where is None:
        return Parsed(kind="unknown_event")
    value = inner(activity, "value")
    if kind in ("start", "end"):
        own = value.get("starttime" if kind == "start" else "endtime")
        at = moment(received, own, activity.get("timestamp"))
        event = Started(at=at) if kind == "start" else Ended(at=at)
        return Parsed(kind=kind, what=_arrival(activity, where, kind, (event,), [], received))
    return _moved(activity, ours, where, kind, received)


def _moved(activity: Mapping[str, Any], ours: Ours, where: Meeting, kind: str, received: datetime) -> Parsed:
    members = inner(activity, "value").get("members")
    listed = members if isinstance(members, list) else []
    others = [member for member in objects(listed) if not _is_us(inner(member, "user"), ours)]
    ignored = len(objects(listed)) - len(others)
    found = [(one, member) for member in others if (one := _somebody(inner(member, "user"), ours))]
    people = {one.person: one for one, _ in found}
    readable = len(found)
    at = moment(received, activity.get("timestamp"))
    roles = {one.person: words(inner(member, "meeting").get("role")).lower() for one, member in found}
    events: tuple[Event, ...] = tuple(
        Joined(at=at, person=key, endpoint=ENDPOINT, hint=one.hint, role=roles[key])
        if kind == "join"
        else Left(at=at, person=key, endpoint=ENDPOINT, hint=one.hint)
        for key, one in people.items()
    )
    arrival = _arrival(activity, where, kind, events, list(people.values()), received) if events else None
    return Parsed(kind=kind, what=arrival, skipped=len(listed) - ignored - readable)


def _is_us(user: Mapping[str, Any], ours: Ours) -> bool:
    return (identifier(user.get("id")) or "").lower() == ours.bot


def _somebody(user: Mapping[str, Any], ours: Ours) -> _Somebody | None:
    """Who a member is, as far as the event alone can tell."""
    mri = identifier(user.get("id"))
    name = words(user.get("name"))
    if mri and mri.startswith("28:"):
        return _Somebody(PersonKey(f"mri:{mri}"), Kind.BOT, name)
    oid = object_id(user.get("objectid"), user.get("aadobjectid"), mri if mri and mri.startswith("8:orgid:") else None)
    if oid:
        key = belonging(oid, identifier(user.get("tenantid")), ours)
        return _Somebody(key, Kind.FOREIGN if key.startswith("ext:") else Kind.UNRESOLVED, name)
    if mri:
        return _Somebody(PersonKey(f"mri:{mri}"), Kind.PHONE if mri.startswith("4:") else Kind.ANONYMOUS, name)
    return None


def _arrival(
    activity: Mapping[str, Any],
    where: Meeting,
    kind: str,
    events: tuple[Event, ...],
    people: list[_Somebody],
    received: datetime,
) -> Arrival:
    value = inner(activity, "value")
    meeting_id = identifier(inner(activity, "channeldata", "meeting").get("id"))
    stamp = words(activity.get("timestamp")) or words(value.get("starttime")) or words(value.get("endtime"))
    mark = stamp or words(activity.get("id"))
    keys = sorted(f"{one.person}" for one in people)
    parts = [kind, where.thread, where.root, meeting_id or "", *keys, mark]
    return Arrival(
        events=events,
        meeting=where,
        # the same delivery may come again under another activity id, or under none
        digest=hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).digest() if mark else None,
        names={one.person: one.name for one in people if one.name},
        teams_meeting_id=meeting_id,
        meeting_type=words(value.get("meetingtype")) or None,
        title=words(value.get("title")) or None,
        service_url=identifier(activity.get("serviceurl")),
    )


def _added(activity: Mapping[str, Any], ours: Ours) -> Parsed:
    """Whether this says that we were put somewhere. Teams tells it twice, as an installation and as a new member."""
    if words(activity.get("type")).lower() == "installationupdate":
        added = words(activity.get("action")).lower() in ("add", "add-upgrade")
    else:
        added = any(_is_us(member, ours) for member in objects(activity.get("membersadded")))
    if not added or conversation(activity) is None:
        return Parsed(kind="moved_in_or_out")
    kind = words(inner(activity, "conversation").get("conversationtype")).lower()
    thread = (conversation(activity) or "").partition(";")[0]
    # the team is installed by choosing a channel, and Teams tells it as the team's own conversation
    chosen = identifier(inner(activity, "channeldata", "settings", "selectedchannel").get("id"))
    held = thread.startswith(_HELD) or bool(inner(activity, "channeldata", "meeting"))
    place = {"personal": "personal", "channel": "team"}.get(kind, "meeting" if held else "chat")
    return Parsed(kind="added", what=Added(place=place, thread=chosen or thread))
