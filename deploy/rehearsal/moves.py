"""People coming and going: into the call or its lobby, and what of it Teams tells a bot."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from deploy.rehearsal import calling, wire
from deploy.rehearsal.acting import meeting_of, people_of
from deploy.rehearsal.deliver import Post
from deploy.rehearsal.enrol import moment
from deploy.rehearsal.model import Chat, Meeting, Person
from deploy.rehearsal.options import may_speak, passes
from deploy.rehearsal.room import Seat
from deploy.rehearsal.tenant import Tenant

Json = dict[str, Any]
UNTOLD = ("phone", "bot")
"""Of whom no page says that Teams' meeting events tell."""


def time(post: Post, tenant: Tenant, said: Json) -> Json:
    chat, meeting = meeting_of(tenant, said)
    at = moment(said.get("at"))
    if said["act"] == "start":
        return _start(post, tenant, chat, meeting, at)
    meeting.going = False
    meeting.room.empty()
    told = _tell_time(post, tenant, chat, "end", at)
    calling.end_all(tenant, meeting, 200, 5000, "The meeting was ended by its organizer.")
    return told


def _start(post: Post, tenant: Tenant, chat: Chat, meeting: Meeting, at: datetime | None) -> Json:
    if not meeting.going:
        meeting.going = True
        meeting.room.begin(meeting.roles)
        meeting.room.recording = bool(meeting.options["recordAutomatically"])
    return _tell_time(post, tenant, chat, "start", at)


def _tell_time(post: Post, tenant: Tenant, chat: Chat, what: str, at: datetime | None) -> Json:
    assert chat.meeting is not None  # noqa: S101 -- its caller found the meeting
    needed = "ChannelMeeting.ReadBasic.Group" if chat.kind == "channel" else "OnlineMeeting.ReadBasic.Chat"
    told = chat.installed and chat.meeting.tells_times and needed in tenant.rsc
    activity = wire.times(tenant, chat, chat.meeting, what, at) if told else None
    return _event(post, tenant, chat, what, [], activity)


def join(post: Post, tenant: Tenant, said: Json) -> Json:
    """Come in on a device, or wait in the lobby; again: the old endpoint goes first, as after a drop."""
    chat, meeting = meeting_of(tenant, said)
    at, device = moment(said.get("at")), str(said.get("device", ""))
    people = people_of(tenant, said)
    if not meeting.going:
        _start(post, tenant, chat, meeting, at)
    if said["act"] == "rejoin":
        out(post, tenant, chat, meeting, [s for p in people for s in meeting.room.of(p, device)], at)
    elsewhere = {p.key for p in people if any(s.device != device and not s.in_lobby for s in meeting.room.of(p))}
    seats = [_come(tenant, meeting, person, device, mic=bool(said.get("mic"))) for person in people]
    inside = [person for person, seat in zip(people, seats, strict=True) if not seat.in_lobby]
    told: Json = {"told": False, "copies": [], "id": None}
    if inside:
        told = entered(post, tenant, chat, meeting, inside, at, but=elsewhere)
    calling.tell(tenant, meeting)
    return told | {"participants": [seat.id for seat in seats], "lobby": [s.key for s in seats if s.in_lobby]}


def _come(tenant: Tenant, meeting: Meeting, person: Person, device: str, *, mic: bool) -> Seat:
    """Somebody comes; who has no account has another id each time."""
    person.joins += 1
    if person.kind == "anonymous" and person.joins > 1:
        made = uuid5(NAMESPACE_URL, f"{tenant.id}:{tenant.seed}:visitor {person.name} {person.joins}")
        person.mri = f"8:teamsvisitor:{made.hex}"
    for old in meeting.room.of(person, device):
        meeting.room.take(old)
    seat = calling.new_seat(tenant, meeting, person, device)
    seat.in_lobby = not passes(meeting, person, tenant.invited(meeting))
    seat.mic = mic and may_speak(meeting, person)
    meeting.room.sit(seat)
    if seat.in_lobby:
        lobby(tenant, meeting, seat, "waits")
    return seat


def lobby(tenant: Tenant, meeting: Meeting, seat: Seat, what: str) -> None:
    tenant.seen.note("lobby", by="person", chat=meeting.thread, to=[seat.key], text=what, id=seat.id)


def entered(
    post: Post,
    tenant: Tenant,
    chat: Chat,
    meeting: Meeting,
    people: list[Person],
    at: datetime | None = None,
    *,
    but: Iterable[str] = (),
) -> Json:
    """They are inside; Teams tells of those (`but` some) who were not there already."""
    for person in people:
        chat.members.setdefault(person.key, person)
    return _moved(post, tenant, chat, meeting, "join", people, [p for p in people if p.key not in but], at)


def leave(post: Post, tenant: Tenant, said: Json) -> Json:
    """Go, with one device or all; a person who was not there is told as gone all the same."""
    chat, meeting = meeting_of(tenant, said)
    device = said.get("device")
    people = people_of(tenant, said)
    seats = [seat for person in people for seat in meeting.room.of(person, device)]
    absent = [person for person in people if not meeting.room.of(person)]
    return out(post, tenant, chat, meeting, seats, moment(said.get("at")), besides=absent)


def out(
    post: Post,
    tenant: Tenant,
    chat: Chat,
    meeting: Meeting,
    seats: list[Seat],
    at: datetime | None = None,
    *,
    besides: Iterable[Person] = (),
) -> Json:
    """These endpoints are gone. Teams tells of the people of whom none is left inside."""
    moved = {seat.person.key: seat.person for seat in seats if seat.person and not seat.in_lobby}
    moved |= {person.key: person for person in besides}
    for seat in seats:
        meeting.room.take(seat)
        if seat.in_lobby:
            lobby(tenant, meeting, seat, "left")
    gone = [person for person in moved.values() if not meeting.room.has(person)]
    told: Json = {"told": False, "copies": [], "id": None}
    if moved:
        told = _moved(post, tenant, chat, meeting, "leave", list(moved.values()), gone, at)
    if seats:
        calling.tell(tenant, meeting)
    return told


def _moved(
    post: Post,
    tenant: Tenant,
    chat: Chat,
    meeting: Meeting,
    what: str,
    people: list[Person],
    new: list[Person],
    at: datetime | None,
) -> Json:
    told = chat.installed and meeting.tells_people and "OnlineMeetingParticipant.Read.Chat" in tenant.rsc
    shown = [person for person in new if person.kind not in UNTOLD] if told else []
    activity = wire.moves(tenant, chat, shown, what, at) if shown else None
    return _event(post, tenant, chat, what, people, activity)


def _event(post: Post, tenant: Tenant, chat: Chat, what: str, people: list[Person], activity: Json | None) -> Json:
    """Note what really happened, and let Teams tell the bot if it ever would."""
    fated = post.send(tenant, activity) if activity else None
    copies = list(fated.copies) if fated else None
    told = {"told": bool(copies), "copies": copies, "id": activity and activity["id"]}
    tenant.seen.note("event", by="person", chat=chat.id, to=[p.key for p in people], text=what, raw=told)
    return told
