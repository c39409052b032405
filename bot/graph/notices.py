"""What Graph posts about a call we are in: its state, and its roster. Pure; any JSON has a meaning here, if only none.

A call's id is read out of a path and must be one of ours before it is believed; no address is ever built from it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from bot.graph.plain import inner, lowered, number, objects, words
from bot.graph.seats import Gone, Us, seated
from bot.ports import Roster

_PATH = re.compile(r"(?:.*/)?calls/([\w.-]{1,128})(?:/(\w{1,64})(?:/[^/]*)*)?/?", re.ASCII | re.IGNORECASE)
_MOST = 200
_STATES = (
    *("incoming", "establishing", "ringing", "established", "hold", "transferring", "transferAccepted", "redirecting"),
    *("terminating", "terminated"),
)
_SPELT = {state.casefold(): state for state in _STATES}


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSeen:
    """A call's state, in Graph's spelling; why it ended stands in `code`, `subcode` and `reason`."""

    call: str
    state: str
    code: int | None = None
    subcode: int | None = None
    reason: str = ""

    @property
    def established(self) -> bool:
        """We are in."""
        return self.state == "established"

    @property
    def ended(self) -> bool:
        """Our leg is over."""
        return self.state == "terminated"


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterSeen:
    """Who is in a call. `whole`: everybody; else only those who changed. An empty one, or one without us, proves nothing."""

    call: str
    roster: Roster
    gone: tuple[Gone, ...] = ()
    whole: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices:
    """What one POST told, in its order. `skipped` counts what nothing could be made of."""

    seen: tuple[CallSeen | RosterSeen, ...] = ()
    skipped: int = 0


def read_notices(body: bytes, us: Us) -> Notices:
    """The notices of a body. ValueError where it is no JSON."""
    return notices(orjson.loads(body), us)


def notices(said: Any, us: Us) -> Notices:
    """The notices of `commsNotifications`."""
    told = inner(lowered(said)).get("value")
    items = told if isinstance(told, list) else [None]
    found = [_one(inner(item), us) for item in items[:_MOST]]
    skipped = sum(skipped for _, skipped in found) + max(len(items) - _MOST, 0)
    return Notices(seen=tuple(one for one, _ in found if one is not None), skipped=skipped)


def _one(notice: Mapping[str, Any], us: Us) -> tuple[CallSeen | RosterSeen | None, int]:
    """One notice, and how much of it could not be read."""
    # older ones name their resource without "Url"
    path = words(notice.get("resourceurl"), 2048) or words(notice.get("resource"), 2048)
    where = _PATH.fullmatch(path.partition("?")[0])
    if where is None:
        return None, 1
    call, part, change = where[1], (where[2] or "").casefold(), words(notice.get("changetype")).casefold()
    if part == "participants":
        return _roster(call, change, notice.get("resourcedata"), us)
    found = None if part else _state(call, change, inner(notice, "resourcedata"))
    return found, 0 if found else 1


def _state(call: str, change: str, data: Mapping[str, Any]) -> CallSeen | None:
    said = words(data.get("state"), 64)
    state = "terminated" if change == "deleted" else _SPELT.get(said.casefold(), said)
    result = inner(data, "resultinfo")
    if not state:
        return None
    return CallSeen(
        call=call,
        state=state,
        code=number(result.get("code")),
        subcode=number(result.get("subcode")),
        reason=words(result.get("message"), 300),
    )


def _roster(call: str, change: str, data: Any, us: Us) -> tuple[RosterSeen | None, int]:
    """A list is the whole roster; an object is what changed: `deltaParticipants`, or one participant."""
    changed = data if isinstance(data, list) else inner(data).get("participants")
    if not isinstance(changed, list):
        changed = objects([data])
        if not inner(data).get("info"):
            return None, 1
    roster, gone, skipped = seated(changed, us, max(number(inner(data).get("sequencenumber")) or 0, 0))
    if change == "deleted":
        left = (Gone(participant=seat.participant, person=seat.person, reason=change) for seat in roster.seats)
        return RosterSeen(call=call, roster=Roster(seats=(), ours=False), gone=(*gone, *left), whole=False), skipped
    return RosterSeen(call=call, roster=roster, gone=gone, whole=isinstance(data, list)), skipped
