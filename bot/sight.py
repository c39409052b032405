"""What Schoolgate can and cannot do in one sitting, and the clauses that are left to people meanwhile: /status."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.about_itself import NO_RIGHT
from bot.actions import Audience, Mode
from bot.brake import NAME as BRAKE
from bot.controls import IN_CALL, NOT_SHOWN
from bot.events import EpisodeState, Kind
from bot.policy import clauses_of, rule_modules
from bot.school import School
from bot.sitting import CUT_OFF, Sitting
from bot.tiers import ABILITIES, ACCESS_POLICY, Ability, abilities, in_order, lacking

SEEN_FROM_OUTSIDE = ("know_people", "know_invited", "tell")
"""What a lesson without events takes nothing from."""

A_LINE = 2
"""How many rules a line names: a list of more would be cut short."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of /status: its key of bot/words, and the clauses left to people.

    `lost` are the abilities that are lost, `permissions` what Microsoft refuses, `rules` the rules that it speaks of.
    """

    key: str
    clauses: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()


def sight_of(school: School, sitting: Sitting) -> tuple[Line, ...]:
    """What can be done in this sitting, what stands in the way, what the school chose, and what this tier never does."""
    tier = school.school.tier
    held = [one for one in abilities(tier) if one.clauses]
    troubles = {key: [one for one in held if one in lost] for key, lost in _troubles(tier, sitting)}
    lost = [one for those in troubles.values() for one in those]
    return (
        *_standing(sitting),
        *(Line(f"can_{one.name}") for one in held if one not in lost),
        *(_lost(key, those) for key, those in troubles.items()),
        *_chosen(school),
        *(Line(f"cannot_{one.name}", one.clauses) for one in lacking(tier) if one.clauses),
    )


def _standing(sitting: Sitting) -> Iterator[Line]:
    """What holds in this lesson until somebody or something ends it."""
    if sitting.controls.paused is not None:
        yield Line("paused" if sitting.controls.paused.by else "paused_alone")
    stopped = sitting.episodes.get((BRAKE, "tell", Audience.LEADS.value, None))
    if stopped is not None and stopped.state != EpisodeState.CLOSED:
        yield Line("braked")


def _lost(key: str, those: Sequence[Ability]) -> Line:
    refused = dict.fromkeys(one.name for ability in those for one in ability.permissions)
    return Line(
        key,
        in_order(clause for one in those for clause in one.clauses),
        lost=tuple(one.name for one in those),
        permissions=tuple(refused) if key.endswith("refused") else (),
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
    if tier == "remove":
        yield from _in_call(sitting)


def _in_call(sitting: Sitting) -> Iterator[tuple[str, list[Ability]]]:
    """In the lobby nothing is seen or done; once inside, Microsoft may still not let us remove or mute."""
    call, refused = sitting.controls.call, sitting.controls.hands_refused
    if call is None or call.state not in IN_CALL:
        kept_out = sitting.controls.call_refused is not None
        yield "call_refused" if kept_out else "not_in_call", [one for one in ABILITIES if one.in_call]
    elif call.state not in ("in", NOT_SHOWN):
        yield f"call_{call.state}", [one for one in ABILITIES if one.in_call]
    elif refused is not None and refused.code not in NO_RIGHT:
        yield "hands_refused", _named(refused.action)


def _chosen(school: School) -> Iterator[Line]:
    """Rules that the school has switched off, or does not let act."""
    if not school.rules:
        yield Line("no_rules")
        return
    on = {rule.name: rule.settings.mode for rule in school.rules}
    modes = {name: on[name].value if name in on else "off" for name, _ in rule_modules()}
    for mode in ("off", Mode.WATCH.value, Mode.TELL.value):
        rules = [name for name, chosen in modes.items() if chosen == mode]
        for some in (tuple(rules[first : first + A_LINE]) for first in range(0, len(rules), A_LINE)):
            leaves = (clause for name, module in rule_modules() if name in some for clause in clauses_of(module))
            yield Line(f"rules_{mode}", in_order(leaves), rules=some)


def _named(name: str) -> list[Ability]:
    return [one for one in ABILITIES if one.name == name]
