"""The brake: what rules may do to people, and how many (law 12). A person's own command is not held by it (law 13).

Staff, the organiser, bots and the unresolved: never. Nobody on stale knowledge. Distinct people are counted, in the sitting
and in the school; past the limit nothing is done and the leads are told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.actions import Audience, Corrective, Mode, Remove, Tell
from bot.events import Kind, PersonKey, oid_of
from bot.school import School
from bot.sitting import Sitting

NAME = "brake"
"""Under which name it is told that somebody was spared: no rule's."""
SPARED = (Kind.STAFF, Kind.BOT, Kind.UNRESOLVED)
LOOKED_UP_WITHIN = timedelta(minutes=1)
"""How old the look-up of an account may be. It is the engine's too: an older one is asked for anew."""
SEEN_WITHIN = timedelta(seconds=30)
"""How old the sight of anybody else may be: the call's roster where they sit in it, else their coming in."""
REPEATS = 5
"""How often a rule may correct the same person in one sitting."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What the rest of the school says: people corrected within its window, and whether the staff list can be trusted."""

    school_corrected: int = 0
    staff_shrunk: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of one corrective wish: a decision with `status`, or a look-up first (`check`), or people told instead.

    With `check`, people are told if the look-up does not come, or there is none to make.
    """

    rule: str
    mode: Mode
    action: Corrective
    observation: int = 0
    status: str | None = None
    check: bool = False
    tell: Tell | None = None


def weigh(
    sitting: Sitting,
    now: datetime,
    school: School,
    wishes: Iterable[tuple[str, Mode, Corrective]],
    allowance: Allowance,
) -> Iterator[Verdict]:
    """A verdict for each corrective wish that is not void; of two about one person the stricter stays."""
    counted = {done.person for done in sitting.corrected if now - done.at <= school.brake.sitting_window}
    fresh_ones = 0
    found = (_needed(sitting, now, school, Verdict(*wish), allowance) for wish in _strictest(wishes))
    # whoever must be looked up first finds the places that those we know have left
    for verdict in sorted(filter(None, found), key=lambda one: one.check):
        new = verdict.action.about not in counted
        # whoever the brake holds back is not looked up anew every minute only to be held back again
        would = verdict.status == "due" or verdict.check
        if would and new and _full(sitting, school, len(counted), allowance.school_corrected + fresh_ones):
            tell = Tell(to=Audience.LEADS, say="brake.tripped", facts={"rule": verdict.rule})
            verdict = replace(verdict, status="braked", check=False, tell=tell)
        if verdict.status == "due":
            fresh_ones += new
            counted.add(verdict.action.about)
        yield verdict


def _needed(sitting: Sitting, now: datetime, school: School, wish: Verdict, allowance: Allowance) -> Verdict | None:
    """What would be done, the count of people apart; None if this may not be done to them, or has been."""
    action = wish.action
    shown = _shown(sitting, action)
    if shown is None or sitting.kind(action.about) in SPARED or action.about == sitting.organizer:
        return None
    if _repeated(sitting, action, shown):
        return None
    return _verdict(sitting, now, school, replace(wish, observation=int(shown.timestamp() * 1000)), allowance)


def _strictest(wishes: Iterable[tuple[str, Mode, Corrective]]) -> list[tuple[str, Mode, Corrective]]:
    chosen: dict[PersonKey, tuple[str, Mode, Corrective]] = {}
    for wish in sorted(wishes, key=lambda wish: (not isinstance(wish[2], Remove), wish[0])):
        chosen.setdefault(wish[2].about, wish)
    return list(chosen.values())


def _shown(sitting: Sitting, action: Corrective) -> datetime | None:
    """When the need was seen (law 6): the newest join, or for muting since when the microphone has been open."""
    joined = sitting.newest_join(action.about)
    if joined is None or isinstance(action, Remove):
        return joined
    return sitting.controls.unmuted.get(action.about, joined)


def _repeated(sitting: Sitting, action: Corrective, shown: datetime) -> bool:
    """Whether the need has not been seen again since it was met, or it was met often enough."""
    name = type(action).__name__.lower()
    same = [done for done in sitting.corrected if done.person == action.about and done.action == name]
    return len(same) >= REPEATS or any(done.at >= shown for done in same)


def _verdict(sitting: Sitting, now: datetime, school: School, wish: Verdict, allowance: Allowance) -> Verdict:
    """What would be done, the count of people apart."""
    if wish.mode is Mode.WATCH:
        return replace(wish, status="watched")
    say = "removal.by_hand" if isinstance(wish.action, Remove) else "muting.by_hand"
    by_hand = Tell(to=Audience.HOST, say=say, about=wish.action.about)
    if wish.mode is Mode.TELL or school.school.tier != "remove" or allowance.staff_shrunk:
        return replace(wish, tell=by_hand)
    if not _seen_lately(sitting, now, wish.action.about):
        return replace(wish, check=True, tell=by_hand)
    return replace(wish, status="due")


def _seen_lately(sitting: Sitting, now: datetime, person: PersonKey) -> bool:
    """Whether the evidence is fresh: an account by its look-up, anyone else by the roster or the join itself."""
    member = sitting.members[person]
    if oid_of(person) is not None:
        return member.as_of is not None and now - member.as_of <= LOOKED_UP_WITHIN
    sights = [member.since(sitting.ended_at), sitting.controls.roster_at if sitting.controls.seats_of(person) else None]
    return any(at is not None and now - at <= SEEN_WITHIN for at in sights)


def _full(sitting: Sitting, school: School, in_sitting: int, in_school: int) -> bool:
    """Whether one more person would be too many."""
    brake = school.brake
    share = max(1, int(brake.share_of_pupils * sitting.most_present(Kind.PUPIL)))
    return in_sitting >= min(brake.per_sitting, share) or in_school >= brake.per_school
