"""What the call makes of a sitting: a roster as comings and goings, and a call that is lost as blindness. Pure."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from bot.changed import having, later
from bot.controls import controls_after, seated
from bot.events import CallMoved, Joined, Left, PersonKey, RosterSeen, Seat
from bot.members import ROSTER_LAG, SEAT, Member, moved, since_of
from bot.sitting import CUT_OFF, Sitting, ground_of, member_of


def after_roster(sitting: Sitting, event: RosterSeen) -> Sitting:
    """A roster as joins and leaves of the call's endpoints; who is not in it has left by any other endpoint too."""
    controls, moves = sitting.controls, _Moves(sitting)
    if not controls.believes(event):
        return sitting
    now = seated(controls, event)
    for participant, seat in controls.seats.items():
        if participant not in now.seats:
            moves.take(Left(at=event.at, person=seat.person, endpoint=f"{SEAT}{participant}"))
    for participant, seat in now.seats.items():
        if participant not in controls.seats:
            _seat(sitting, moves, seat, event.at)
    _missing(sitting, moves, {seat.person for seat in now.seats.values()}, event.at)
    blind = {why: at for why, at in sitting.blind.items() if why not in CUT_OFF.values()}
    return moves.done(controls=now, blind=blind)


def after_call(sitting: Sitting, event: CallMoved) -> Sitting:
    """A call that is lost, or shows nothing more, while the lesson goes on blinds us until a roster is seen again (law 14)."""
    why = CUT_OFF.get(event.state) if sitting.controls.roster_at is not None else None
    blind = {**sitting.blind, why: event.at} if why else sitting.blind
    return replace(sitting, controls=controls_after(sitting.controls, event), blind=blind)


@dataclass(slots=True)
class _Moves:
    """What a roster makes of everybody, in one go: a sitting for each seat would copy all members each time."""

    sitting: Sitting
    members: dict[PersonKey, Member] = field(default_factory=dict)
    last: datetime | None = None

    def member(self, person: PersonKey) -> Member:
        """Somebody as they are by now."""
        return self.members.get(person) or member_of(self.sitting, person)

    def take(self, event: Joined | Left) -> None:
        """One more move."""
        self.members[event.person] = moved(self.member(event.person), event)
        self.last = later(self.last, event.at)

    def done(self, **changes: Any) -> Sitting:
        """The sitting after them, and with what else the roster changes."""
        last = self.sitting.last_seen_at if self.last is None else later(self.sitting.last_seen_at, self.last)
        return having(self.sitting, *self.members.values(), last_seen_at=last, **changes)


def _seat(sitting: Sitting, moves: _Moves, seat: Seat, seen_at: datetime) -> None:
    """Somebody in a new seat has come, unless it was taken before our own leg was lost and nobody has seen it left."""
    member, endpoint = moves.member(seat.person), f"{SEAT}{seat.participant}"
    end = member.endpoints.get(endpoint)
    if end is not None and end.since(sitting.ended_at) is not None:
        return
    at = _entered(sitting, member, seen_at)
    moves.take(Joined(at=at, person=seat.person, endpoint=endpoint, hint=seat.hint))


def _entered(sitting: Sitting, member: Member, seen_at: datetime) -> datetime:
    """When a new seat was taken: as Teams' own event told a moment ago, if no seat was taken or left since."""
    told = member.newest_join(sitting.ended_at) if since_of(member, ground_of(sitting)) else None
    if told is None or not timedelta() <= seen_at - told <= ROSTER_LAG:
        return seen_at
    seats = [end for name, end in member.endpoints.items() if name.startswith(SEAT)]
    since = any(told in end.joins or (end.left is not None and end.left >= told) for end in seats)
    return seen_at if since else told


def _missing(sitting: Sitting, moves: _Moves, here: Container[PersonKey], at: datetime) -> None:
    """Those have left whom the roster does not show though it has had time to."""
    ground = ground_of(sitting)
    for person in sitting.present():
        if person in here:
            continue
        member = moves.member(person)
        since = since_of(member, ground)
        if since is not None and at - since > ROSTER_LAG:
            for endpoint in member.endpoints:
                moves.take(Left(at=at, person=person, endpoint=endpoint))
