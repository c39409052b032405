"""What a person's order to remove somebody writes down. It acts, whatever the rules' modes and the brake (law 13). Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.actions import Mode
from bot.brake import SPARED
from bot.events import Corrected, Event, PersonKey, RemovalOrdered, Verb
from bot.ports import Decision, Ruling
from bot.sitting import Sitting

ORDER = "order"
"""What stands for the rule where a person decided."""

STAYS_OUT = "removed_stays_out"
"""The rule that removes whoever must stay out and comes back."""


def ordered_out(
    sitting: Sitting, person: PersonKey, by: PersonKey, now: datetime, *, acting: bool, reason: str = ""
) -> tuple[list[Event], tuple[Decision, ...]]:
    """The order, and the removal if Schoolgate is to do it (`acting`) and the person is there. Staff are never removed.

    `reason` is a key of the school's list.
    """
    events: list[Event] = [RemovalOrdered(at=now, person=person, by=by, reason=reason)]
    since = sitting.newest_join(person)
    if not acting or since is None or sitting.kind(person) in SPARED or person == sitting.organizer:
        return events, ()
    seen = int(since.timestamp() * 1000)
    events.append(Corrected(at=now, person=person, action="remove", rule=ORDER, observation=seen))
    return events, (Decision(rule=ORDER, action="remove", mode=Mode.ACT, about=person, observation=seen),)


def wanted_still(sitting: Sitting, decision: Decision) -> bool:
    """Whether what was decided to be done to somebody is still to be done: nobody has taken it back, or let them stay."""
    person = decision.about
    if person is None or decision.rule in (ORDER, STAYS_OUT):
        return person is not None and sitting.controls.kept_out(person)
    return sitting.answer(decision.rule, person, Verb.LET_STAY) is None


def first(decisions: tuple[Decision, ...], ruled: Ruling) -> Ruling:
    """The ruling with these decisions before its own."""
    return replace(ruled, decisions=(*decisions, *ruled.decisions))
