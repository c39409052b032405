"""What Schoolgate can and cannot do in one sitting, and the clauses that are left to people meanwhile: /status."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.controls import IN_CALL, NOT_SHOWN
from bot.events import Kind
from bot.school import School
from bot.sitting import CUT_OFF, Sitting
from bot.tiers import ABILITIES, ACCESS_POLICY, Ability, abilities, in_order, lacking

SEEN_FROM_OUTSIDE = ("know_people", "know_invited", "tell")
"""What a lesson without events takes nothing from."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of /status: its key of bot/words, and the clauses left to people."""

    key: str
    clauses: tuple[str, ...] = ()


def sight_of(school: School, sitting: Sitting) -> tuple[Line, ...]:
    """What can be done in this sitting, what stands in the way, and what this tier never does."""
    tier = school.school.tier
    held = [one for one in abilities(tier) if one.clauses]
    troubles = {key: [one for one in held if one in lost] for key, lost in _troubles(tier, sitting)}
    lost = [one for those in troubles.values() for one in those]
    return (
        *(Line(f"can_{one.name}") for one in held if one not in lost),
        *(Line(key, in_order(clause for one in those for clause in one.clauses)) for key, those in troubles.items()),
        *(Line(f"cannot_{one.name}", one.clauses) for one in lacking(tier) if one.clauses),
        *(() if school.rules else (Line("no_rules"),)),
    )


def _troubles(tier: str, sitting: Sitting) -> Iterator[tuple[str, list[Ability]]]:
    """What stands in the way in this sitting, and the abilities it takes."""
    controls = sitting.controls
    for why in sorted(sitting.blind):
        taken = [
            one
            for one in ABILITIES
            if one.in_call or (why not in CUT_OFF.values() and one.name not in SEEN_FROM_OUTSIDE)
        ]
        yield f"blind_{why}", taken
    if sitting.present(Kind.UNRESOLVED):
        yield "blind_directory", _named("know_people")
    if not sitting.invitees_known and not sitting.class_name:
        yield "invitation_unknown", _named("know_invited")
    if sitting.blind:
        return
    if controls.refused is not None or (tier != "watch" and controls.options is None):
        key = "options_unread" if controls.refused is None else "options_refused"
        yield key, [one for one in ABILITIES if one.cmdlets is ACCESS_POLICY]
    if tier == "remove" and (
        controls.call is None or controls.call.state not in IN_CALL or controls.call.state == NOT_SHOWN
    ):
        yield "not_in_call", [one for one in ABILITIES if one.in_call]


def _named(name: str) -> list[Ability]:
    return [one for one in ABILITIES if one.name == name]
