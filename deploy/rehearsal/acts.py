"""What the people of a tenant do, one function for each act of the control API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from deploy.rehearsal import talk, wire
from deploy.rehearsal.acting import CannotDo, chat_of, person_of
from deploy.rehearsal.deliver import Post
from deploy.rehearsal.enrol import moment
from deploy.rehearsal.model import Chat, Meeting, Person
from deploy.rehearsal.tenant import Tenant

Json = dict[str, Any]


def act(post: Post, tenant: Tenant, said: Json) -> Json:
    """Do it; CannotDo says why not."""
    known: dict[str, Callable[[Post, Tenant, Json], Json]] = {
        "start": _time,
        "end": _time,
        "join": _move,
        "leave": _move,
        "say": talk.say,
        "press": talk.press,
        "install": _install,
        "uninstall": _install,
        "raw": _raw,
        "group": _group,
    }
    if said.get("act") not in known:
        raise CannotDo(f"act is one of {', '.join(known)}")
    return known[said["act"]](post, tenant, said)


def _meeting(tenant: Tenant, said: Json) -> tuple[Chat, Meeting]:
    chat = tenant.chat(str(said.get("meeting")))
    if chat is None or chat.meeting is None:
        raise CannotDo(f"no meeting has the thread {said.get('meeting')}")
    return chat, chat.meeting


def _time(post: Post, tenant: Tenant, said: Json) -> Json:
    chat, meeting = _meeting(tenant, said)
    at = moment(said.get("at"))
    if said["act"] == "start":
        return _start(post, tenant, chat, meeting, at)
    meeting.going = False
    meeting.present.clear()
    return _tell_time(post, tenant, chat, "end", at)


def _start(post: Post, tenant: Tenant, chat: Chat, meeting: Meeting, at: datetime | None) -> Json:
    meeting.going = True
    return _tell_time(post, tenant, chat, "start", at)


def _tell_time(post: Post, tenant: Tenant, chat: Chat, what: str, at: datetime | None) -> Json:
    assert chat.meeting is not None  # noqa: S101 -- its caller found the meeting
    needed = "ChannelMeeting.ReadBasic.Group" if chat.kind == "channel" else "OnlineMeeting.ReadBasic.Chat"
    told = chat.installed and chat.meeting.tells_times and needed in tenant.rsc
    activity = wire.times(tenant, chat, chat.meeting, what, at) if told else None
    return _event(post, tenant, chat, what, [], activity)


def _move(post: Post, tenant: Tenant, said: Json) -> Json:
    chat, meeting = _meeting(tenant, said)
    what, at = said["act"], moment(said.get("at"))
    who = said.get("who")
    people = [person_of(tenant, each) for each in (who if isinstance(who, list) else [who])]
    if what == "join":
        if not meeting.going:
            _start(post, tenant, chat, meeting, at)
        for person in people:
            _come(tenant, chat, meeting, person)
    told = chat.installed and meeting.tells_people and "OnlineMeetingParticipant.Read.Chat" in tenant.rsc
    activity = wire.moves(tenant, chat, people, what, at) if told else None
    if what == "leave":
        for person in people:
            meeting.present.pop(person.key, None)
    return _event(post, tenant, chat, what, people, activity)


def _come(tenant: Tenant, chat: Chat, meeting: Meeting, person: Person) -> None:
    """Somebody comes in; who has no account has another id each time."""
    person.joins += 1
    if person.kind == "anonymous" and person.joins > 1:
        made = uuid5(NAMESPACE_URL, f"{tenant.id}:{tenant.seed}:visitor {person.name} {person.joins}")
        person.mri = f"8:teamsvisitor:{made.hex}"
    meeting.present[person.key] = person
    chat.members.setdefault(person.key, person)


def _event(post: Post, tenant: Tenant, chat: Chat, what: str, people: list[Person], activity: Json | None) -> Json:
    """Note what really happened, and let Teams tell the bot if it ever would."""
    fated = post.send(tenant, activity) if activity else None
    copies = list(fated.copies) if fated else None
    told = {"told": bool(copies), "copies": copies, "id": activity and activity["id"]}
    tenant.seen.note("event", by="person", chat=chat.id, to=[p.key for p in people], text=what, raw=told)
    return told


def _install(post: Post, tenant: Tenant, said: Json) -> Json:
    by = said.get("who")
    personal = said.get("chat") == "personal"
    chat = chat_of(tenant, said, person_of(tenant, by) if personal or by else None)
    person = person_of(tenant, by) if by else next(iter(chat.members.values()))
    chat.installed = said["act"] == "install"
    for activity in wire.installation(tenant, chat, person, "add" if chat.installed else "remove"):
        post.send(tenant, activity)
    tenant.seen.note("event", by="person", chat=chat.id, to=[person.key], text=said["act"])
    return {}


def _raw(post: Post, tenant: Tenant, said: Json) -> Json:
    activity = said.get("activity")
    if not isinstance(activity, dict):
        raise CannotDo("activity must be an object")
    post.verbatim(tenant, activity)
    return {}


def _group(_: Post, tenant: Tenant, said: Json) -> Json:
    group = tenant.groups.get(str(said.get("id")).lower())
    if group is None:
        raise CannotDo(f"no group has the id {said.get('id')}")
    group.members = [str(one).lower() for one in said.get("members", [])]
    return {}
