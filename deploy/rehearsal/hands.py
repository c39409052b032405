"""What people do inside a meeting with Teams' own buttons."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from deploy.rehearsal import calling, moves
from deploy.rehearsal.acting import CannotDo, meeting_of, people_of, person_of
from deploy.rehearsal.deliver import Post
from deploy.rehearsal.model import Meeting, Person
from deploy.rehearsal.options import Wrong, check, hosts, may_admit, may_show, may_speak, presents, settle
from deploy.rehearsal.room import Seat
from deploy.rehearsal.setting import change
from deploy.rehearsal.tenant import Tenant

Json = dict[str, Any]


def _seats(tenant: Tenant, meeting: Meeting, said: Json) -> Iterator[tuple[Seat, Person]]:
    """The endpoint each person uses: the one named, else the newest."""
    for person in people_of(tenant, said):
        inside = [seat for seat in meeting.room.of(person, said.get("device")) if not seat.in_lobby]
        if not inside:
            raise CannotDo(f"{person.key} is not in the meeting")
        yield inside[-1], person


def _done(tenant: Tenant, meeting: Meeting, what: str, people: list[Person]) -> Json:
    tenant.seen.note("event", by="person", chat=meeting.thread, to=[p.key for p in people], text=what)
    calling.tell(tenant, meeting)
    return {}


def switch(_: Post, tenant: Tenant, said: Json) -> Json:
    """A microphone, a camera or a shared screen goes on or off, if the options and the role let it."""
    _chat, meeting = meeting_of(tenant, said)
    what, on = said["act"], bool(said.get("on"))
    allowed = {"mic": may_speak, "camera": may_show, "share": presents}[what]
    found = list(_seats(tenant, meeting, said))
    for _seat, person in found:
        if on and not allowed(meeting, person):
            raise CannotDo(f"{person.key} is an attendee: the meeting's options do not let them")
    for seat, _person in found:
        _turn(meeting, seat, what, on=on)
    return _done(tenant, meeting, f"{what} {'on' if on else 'off'}", [person for _seat, person in found])


def _turn(meeting: Meeting, seat: Seat, what: str, *, on: bool) -> None:
    if what == "mic":
        seat.mic, seat.server_muted = on, seat.server_muted and not on
    elif what == "camera":
        seat.camera = on
    else:
        # Who shares takes the screen over from whoever shared before.
        for other in [each for each in meeting.room.seats.values() if each.sharing]:
            other.sharing = False
            meeting.room.touch(other)
        seat.sharing = on
    meeting.room.touch(seat)


def record(_: Post, tenant: Tenant, said: Json) -> Json:
    """Somebody starts or stops the recording: an account of the school's who presents and whose policy allows it."""
    _chat, meeting = meeting_of(tenant, said)
    on = bool(said.get("on"))
    [(seat, person), *_more] = _seats(tenant, meeting, said)
    if meeting.room.recording is on:
        raise CannotDo(f"the recording is {'on' if on else 'off'} already")
    if not (presents(meeting, person) and person.kind == "Member" and person.records):
        raise CannotDo(f"{person.key} may not record")
    if on and not meeting.options["allowRecording"]:
        raise CannotDo("the meeting's options do not let anybody record")
    meeting.room.recording, meeting.room.recorder = on, person.key
    meeting.room.touch(seat)
    return _done(tenant, meeting, f"record {'on' if on else 'off'}", [person])


def _by(tenant: Tenant, meeting: Meeting, said: Json) -> Person:
    return person_of(tenant, said["by"]) if said.get("by") else meeting.organizer


def promote(_: Post, tenant: Tenant, said: Json) -> Json:
    """A presenter gives somebody another role, for as long as this meeting lasts."""
    _chat, meeting = meeting_of(tenant, said)
    wanted = str(said.get("role", "presenter")).capitalize()
    if wanted not in ("Presenter", "Attendee"):
        raise CannotDo("role is presenter or attendee")
    if not presents(meeting, by := _by(tenant, meeting, said)):
        raise CannotDo(f"{by.key} is an attendee")
    people = people_of(tenant, said)
    if meeting.organizer in people:
        raise CannotDo("the organizer's role cannot be changed")
    for person in people:
        meeting.room.roles[person.key] = wanted
    settle(meeting)
    return _done(tenant, meeting, f"promote to {wanted}", people)


def admit(post: Post, tenant: Tenant, said: Json) -> Json:
    """Somebody who may lets those out of the lobby (`bot`: the bot) in, or turns them away."""
    _chat, meeting = meeting_of(tenant, said)
    if not may_admit(meeting, by := _by(tenant, meeting, said)):
        raise CannotDo(f"{by.key} may not admit")
    who = said.get("who")
    names = [str(each) for each in (who if isinstance(who, list) else [who])]
    keys = {"bot" if name == "bot" else person_of(tenant, name).key for name in names}
    waiting = [seat for seat in meeting.room.seats.values() if seat.in_lobby and seat.key in keys]
    if keys - {seat.key for seat in waiting}:
        raise CannotDo(f"in the lobby wait only {[seat.key for seat in waiting]}")
    for seat in waiting:
        moves.lobby(tenant, meeting, seat, "admitted" if said["act"] == "admit" else "denied")
    if said["act"] == "deny":
        return _turned_away(tenant, meeting, waiting)
    return _let_in(post, tenant, meeting, waiting)


def _turned_away(tenant: Tenant, meeting: Meeting, waiting: list[Seat]) -> Json:
    for seat in waiting:
        if seat.person:
            meeting.room.take(seat)
        else:
            calling.end(tenant, calling.of_seat(tenant, seat), 403, 5003, "The bot was not let in.")
    calling.tell(tenant, meeting)
    return {}


def _let_in(post: Post, tenant: Tenant, meeting: Meeting, waiting: list[Seat]) -> Json:
    already = set(meeting.present)
    for seat in waiting:
        seat.in_lobby = False
        meeting.room.touch(seat)
        if seat.person is None and tenant.is_on("admission") == "drops":
            calling.end(tenant, calling.of_seat(tenant, seat), 500, 7002, "The call failed on admission.")
    people = list({seat.key: seat.person for seat in waiting if seat.person}.values())
    if people:
        moves.entered(post, tenant, tenant.chats[meeting.thread], meeting, people, but=already)
    calling.tell(tenant, meeting)
    return {}


def remove(post: Post, tenant: Tenant, said: Json) -> Json:
    """A presenter removes people in Teams' own way: the roster says so, once."""
    chat, meeting = meeting_of(tenant, said)
    if not presents(meeting, by := _by(tenant, meeting, said)):
        raise CannotDo(f"{by.key} is an attendee")
    people = people_of(tenant, said)
    if meeting.organizer in people:
        raise CannotDo("nobody removes the organizer")
    seats = [seat for person in people for seat in meeting.room.of(person, said.get("device")) if not seat.in_lobby]
    if not seats:
        raise CannotDo("none of them is in the meeting")
    for seat in seats:
        seat.removed = "removed"
        tenant.seen.note("removed", by="person", chat=chat.id, to=[seat.key], id=seat.id)
    meeting.room.gone += seats
    return moves.out(post, tenant, chat, meeting, seats)


def options(_: Post, tenant: Tenant, said: Json) -> Json:
    """The organiser or a co-organiser changes the meeting's options in Teams."""
    _chat, meeting = meeting_of(tenant, said)
    by = person_of(tenant, said["who"]) if said.get("who") else meeting.organizer
    if not hosts(meeting, by):
        raise CannotDo(f"{by.key} is neither organizer nor co-organizer")
    try:
        changes = check(said.get("options") or {})
    except Wrong as error:
        raise CannotDo(str(error)) from None
    return change(tenant, meeting, changes, by="person")


def hang_up(_: Post, tenant: Tenant, said: Json) -> Json:
    """Microsoft drops the bot's call; `silent`: without a word."""
    _chat, meeting = meeting_of(tenant, said)
    silent = bool(said.get("silent"))
    if not calling.end_all(tenant, meeting, 500, 7003, "The call was dropped.", silent=silent):
        raise CannotDo("the bot has no call in this meeting")
    return {}
