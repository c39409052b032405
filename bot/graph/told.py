"""From a notification of a call to what it means to us. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime

from bot.events import CallMoved, Event, RemovalSeen
from bot.graph.notices import CallSeen, RosterSeen, read_notices
from bot.graph.seats import Us
from bot.ports import Heard

_REMOVED = re.compile(r"\bremoved\b", re.IGNORECASE)


def heard(body: bytes, us: Us) -> tuple[Heard, ...]:
    """What a body tells of calls. ValueError where it is no JSON."""
    found = []
    for seen in read_notices(body, us).seen:
        if not isinstance(seen, CallSeen):
            found.append(Heard(call=seen.call, roster=True, events=_removed(seen)))
        elif seen.established or seen.ended:
            found.append(Heard(call=seen.call, roster=seen.established, events=_moved(seen)))
    return tuple(found)


def _removed(seen: RosterSeen) -> Callable[[datetime], Sequence[Event]]:
    """Those whom somebody removed in Teams itself; whoever left by themselves is told of in the same way."""
    removed = [gone.person for gone in seen.gone if _REMOVED.search(gone.reason)]
    return lambda at: [RemovalSeen(at=at, person=person) for person in removed]


def _moved(seen: CallSeen) -> Callable[[datetime], Sequence[Event]]:
    state = "in" if seen.established else "ended"
    return lambda at: [CallMoved(at=at, state=state, call=seen.call, words=seen.reason)]
