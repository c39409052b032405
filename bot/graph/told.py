"""From a notification of a call to the events it makes. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from bot.events import CallMoved, Event, RosterSeen
from bot.graph import notices
from bot.graph.notices import CallSeen, read_notices
from bot.graph.seats import Us
from bot.ports import Heard


def heard(body: bytes, us: Us) -> tuple[Heard, ...]:
    """What a body tells of calls. ValueError where it is no JSON. A roster that is not whole is left to the next reading."""
    found = []
    for seen in read_notices(body, us).seen:
        if isinstance(seen, CallSeen):
            if seen.established or seen.ended:
                found.append(Heard(call=seen.call, events=_moved(seen)))
        elif seen.whole:
            found.append(Heard(call=seen.call, events=_roster(seen)))
    return tuple(found)


def _moved(seen: CallSeen) -> Callable[[datetime], Sequence[Event]]:
    state = "in" if seen.established else "ended"
    return lambda at: [CallMoved(at=at, state=state, call=seen.call, words=seen.reason)]


def _roster(seen: notices.RosterSeen) -> Callable[[datetime], Sequence[Event]]:
    roster = seen.roster
    return lambda at: [RosterSeen(at=at, seats=roster.seats, ours=roster.ours, sequence=roster.sequence)]
