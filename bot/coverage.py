"""How much of a lesson was seen (law 14): what was heard, by which sources, whether they agreed, and for how long we were blind.

Pure, from the lesson's own events: "nothing happened" is never said without it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.events import Ended, Event, Joined, Left, PersonKey, RosterSeen, Started, oid_of
from bot.fold import fold
from bot.members import ROSTER_LAG, SEAT
from bot.sitting import Sitting

MESSAGES = (Started, Ended, Joined, Left)


@dataclass(frozen=True, slots=True)
class Coverage:
    """`messages` of Teams' own events, `rosters` of the call, `disagreed` how many rosters showed other accounts than told.

    `blind`: the times between which something could not be seen, merged; `lasted`: how long the lesson has been held.
    """

    messages: int = 0
    rosters: int = 0
    disagreed: int = 0
    lasted: timedelta = timedelta()
    blind: timedelta = timedelta()

    @property
    def percent(self) -> int:
        """The share of the lesson that was seen, rounded down; none of a lesson of which nothing was heard."""
        if self.messages + self.rosters == 0:
            return 0
        return 100 if not self.lasted else int(100 * (self.lasted - self.blind) / self.lasted)


def coverage_of(empty: Sitting, events: Iterable[Event], now: datetime) -> Coverage:
    """The coverage of a lesson up to `now`, or up to its end. `empty` is its sitting before the first event."""
    sitting, spells, since = empty, list[tuple[datetime, datetime]](), dict[str, datetime]()
    messages = rosters = disagreed = 0
    for event in events:
        if isinstance(event, MESSAGES):
            messages += 1
        elif isinstance(event, RosterSeen) and sitting.controls.believes(event):
            rosters += 1
            disagreed += _disagrees(sitting, event)
        after = fold(sitting, [event])
        spells += ((since.pop(why), event.at) for why in [*since] if why not in after.blind)
        since |= {why: at for why, at in after.blind.items() if why not in since}
        sitting = after
    until = sitting.over_since or now
    began = _began(sitting, until)
    spells += ((at, until) for at in since.values())
    return Coverage(messages, rosters, disagreed, until - began, _length(spells, began, until))


def _began(sitting: Sitting, until: datetime) -> datetime:
    """When the lesson began as far as was seen."""
    firsts = [member.first_seen for member in sitting.members.values() if member.first_seen]
    return min([*firsts, *([sitting.started_at] if sitting.started_at else []), until])


def _disagrees(sitting: Sitting, roster: RosterSeen) -> bool:
    """Whether Teams' events had told of other accounts than the roster shows; who has just come or gone is left out."""
    shown = {seat.person for seat in roster.seats if not seat.in_lobby and oid_of(seat.person)}
    told: set[PersonKey] = set()
    for person, member in sitting.members.items():
        ends = [end for name, end in member.endpoints.items() if not name.startswith(SEAT)]
        if oid_of(person) and any(end.since(sitting.ended_at) for end in ends):
            told.add(person)
    return any(_settled(sitting, person, roster.at) for person in told ^ shown)


def _settled(sitting: Sitting, person: PersonKey, at: datetime) -> bool:
    """Whether this person's last coming or going is long enough ago for both sources to know."""
    member = sitting.members.get(person)
    changed = member.changed(sitting.ended_at) if member else None
    return changed is not None and at - changed > ROSTER_LAG


def _length(spells: list[tuple[datetime, datetime]], began: datetime, until: datetime) -> timedelta:
    """How long these last together, within the lesson; where two overlap the time counts once."""
    total, reached = timedelta(), began
    for start, end in sorted(spells):
        start, end = max(start, reached), min(end, until)
        if end > start:
            total, reached = total + (end - start), end
    return total
