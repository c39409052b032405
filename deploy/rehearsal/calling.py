"""The bot's calls: how one comes into being, what it is told, and how it ends."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from deploy.rehearsal.callbacks import notify
from deploy.rehearsal.model import Meeting, Person
from deploy.rehearsal.options import passes
from deploy.rehearsal.room import Seat
from deploy.rehearsal.roster import identity, participant, recorder, shown
from deploy.rehearsal.tenant import Tenant

Json = dict[str, Any]
MOST_CALLS = 100
KEPT_ALIVE = 45 * 60.0
STEP = 0.05


@dataclass(eq=False)
class BotCall:
    """One call. `kind`: as what the lobby takes the app. `line` keeps its notifications in order."""

    id: str
    meeting: Meeting
    callback: str
    body: Json
    kind: str
    seat: Seat
    state: str = "establishing"
    timer: asyncio.TimerHandle | None = None
    line: asyncio.Lock = field(default_factory=asyncio.Lock)


def made(tenant: Tenant, what: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"{tenant.id}:{tenant.seed}:{what}"))


def new_seat(tenant: Tenant, meeting: Meeting, person: Person | None, device: str = "") -> Seat:
    """An endpoint about to come in, under an id never used before."""
    meeting.room.entries += 1
    number = meeting.room.entries
    guest = made(tenant, f"guest {person.key if person else ''} {meeting.thread} {number}")
    name = made(tenant, f"participant {meeting.thread} {number}")
    return Seat(name, person, identity(tenant, person, guest), device)


def place(tenant: Tenant, meeting: Meeting, call: BotCall) -> None:
    """The bot comes in, or waits like everybody the lobby does not let pass."""
    call.seat.in_lobby = not passes(meeting, None, tenant.invited(meeting), call.kind)
    meeting.room.sit(call.seat)
    if call.seat.in_lobby:
        tenant.seen.note("lobby", by="person", chat=meeting.thread, to=["bot"], text="waits", id=call.seat.id)


def begin(tenant: Tenant, meeting: Meeting, body: Json, kind: str) -> BotCall:
    """A call that is being established; the rest comes to its callback."""
    seat = new_seat(tenant, meeting, None)
    call = BotCall(made(tenant, f"call {meeting.thread} {seat.id}"), meeting, body["callbackUri"], body, kind, seat)
    tenant.calls[call.id] = call
    note(tenant, call)
    keep(tenant, call)
    assert tenant.post is not None  # noqa: S101 -- given when the tenant was made
    tenant.post.spawn(_establish, tenant, call)
    return call


async def _establish(tenant: Tenant, call: BotCall) -> None:
    await asyncio.sleep(STEP)
    state(tenant, call, "establishing")
    await asyncio.sleep(STEP)
    if call.id not in tenant.calls:
        return
    if tenant.is_on("calls") == "fails":
        end(tenant, call, 500, 7000, "The call could not be established.")
        return
    call.state = "established"
    place(tenant, call.meeting, call)
    note(tenant, call)
    state(tenant, call, "established")
    tell(tenant, call.meeting)
    if call.seat.in_lobby:
        notify(tenant, call, "updated", "/participants", shown(call.meeting, call.seat))


def as_call(call: BotCall) -> Json:
    """The call as its owner reads it."""
    given = ("callbackUri", "requestedModalities", "mediaConfig", "chatInfo", "meetingInfo", "tenantId", "callOptions")
    return {
        "@odata.type": "#microsoft.graph.call",
        "id": call.id,
        "state": call.state,
        "direction": "outgoing",
        "myParticipantId": call.seat.id,
        "callChainId": call.seat.id[:8] + call.id[8:],
        "resultInfo": None,
    } | {key: call.body[key] for key in given if key in call.body}


def state(tenant: Tenant, call: BotCall, named: str, result: Json | None = None) -> None:
    """Tell the bot how its call stands."""
    if call.id in tenant.calls or named == "terminated":
        told = as_call(call) | {"state": named, "resultInfo": result}
        notify(tenant, call, "deleted" if named == "terminated" else "updated", "", told)


def note(tenant: Tenant, call: BotCall, result: Json | None = None) -> None:
    raw = {"result": result} if result else None
    tenant.seen.note("call", chat=call.meeting.thread, text=call.state, id=call.id, raw=raw)


def tell(tenant: Tenant, meeting: Meeting) -> None:
    """Something changed: each call that is in hears the whole roster. Who was removed is shown this once."""
    room = meeting.room
    before, room.recorder = room.recorder, recorder(meeting) or room.recorder
    if before != room.recorder:
        for seat in room.seats.values():
            if seat.key in (before, room.recorder):
                room.touch(seat)
    for call in _in(tenant, meeting):
        if call.state == "established" and not call.seat.in_lobby:
            everyone = shown(meeting, call.seat)
            left = [participant(meeting, seat) for seat in room.gone]
            notify(tenant, call, "updated", "/participants", _shuffled(tenant, everyone + left))
    room.gone.clear()


def _shuffled(tenant: Tenant, roster: list[Json]) -> list[Json]:
    """In no order anybody may count on."""
    return random.Random(f"{tenant.seed}:roster {tenant.notices}").sample(roster, len(roster))


def _in(tenant: Tenant, meeting: Meeting) -> list[BotCall]:
    return [call for call in tenant.calls.values() if call.meeting is meeting]


def of_seat(tenant: Tenant, seat: Seat) -> BotCall:
    return next(call for call in tenant.calls.values() if call.seat is seat)


def keep(tenant: Tenant, call: BotCall) -> None:
    """It lives so long again; after that Microsoft drops it."""
    if call.timer:
        call.timer.cancel()
    seconds = float(tenant.switches.get("keepalive", KEPT_ALIVE))
    words = "The call was not kept alive."
    call.timer = asyncio.get_running_loop().call_later(seconds, lambda: end(tenant, call, 500, 7001, words))


def end(tenant: Tenant, call: BotCall, code: int, subcode: int, message: str, *, silent: bool = False) -> None:
    """The bot is out of the call; the call of the others goes on."""
    if tenant.calls.pop(call.id, None) is None:
        return
    if call.timer:
        call.timer.cancel()
    call.state = "terminated"
    result = {"code": code, "subcode": subcode, "message": message}
    note(tenant, call, result)
    if call.seat.id in call.meeting.room.seats:
        call.meeting.room.take(call.seat)
        tell(tenant, call.meeting)
    if not silent:
        state(tenant, call, "terminated", result)


def end_all(tenant: Tenant, meeting: Meeting, code: int, subcode: int, message: str, *, silent: bool = False) -> int:
    """Every call of the bot's in a meeting; how many."""
    calls = _in(tenant, meeting)
    for call in calls:
        end(tenant, call, code, subcode, message, silent=silent)
    return len(calls)


def forget(tenant: Tenant) -> None:
    """The tenant is no more: nothing of it ends later."""
    for call in tenant.calls.values():
        if call.timer:
            call.timer.cancel()
    tenant.calls.clear()
