"""What the doctor finds, and what it means for each tier and clause."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.tiers import ABILITIES, TIERS, Ability, abilities, in_order, lacking, up_to

ALL = tuple(one.name for one in ABILITIES)
IN_CALL = tuple(one.name for one in ABILITIES if one.in_call)


class State(StrEnum):
    """How something stands. UNPROVEN: it cannot be tried harmlessly, or could not be tried just now."""

    GOOD = "good"
    UNPROVEN = "unproven"
    RED = "red"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One precondition. `saw` is what was seen; `mend` what to do, line by line; `wait` how long that takes to count.

    `serves` names the abilities of bot/tiers.py that fail without it; `clauses` are leaned on besides (settings of the tenant).
    """

    check: str
    state: State
    saw: str
    serves: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    mend: tuple[str, ...] = ()
    wait: str = ""

    def touches(self, tier: str) -> tuple[str, ...]:
        """The clauses that are left to people in `tier` while this is missing."""
        served = (clause for one in abilities(tier) if one.name in self.serves for clause in one.clauses)
        return in_order(iter((*served, *self.clauses)))


@dataclass(frozen=True, slots=True)
class TierVerdict:
    """Of one tier: None where the school does not use it. `broken` and `unproven`: what it does that rests on such a finding."""

    tier: str
    state: State | None
    broken: tuple[str, ...] = ()
    unproven: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClauseVerdict:
    """Of one clause: None where only a higher tier would help. `because` names the checks that are not good."""

    clause: str
    state: State | None
    because: tuple[str, ...] = ()


def worst(states: Iterable[State]) -> State:
    """The worst of these; good if there are none."""
    return max(states, key=list(State).index, default=State.GOOD)


def tier_verdicts(findings: Sequence[Finding], tier: str) -> tuple[TierVerdict, ...]:
    """Each tier by what it adds to the one before."""
    return tuple(_of_tier(findings, one) if one in up_to(tier) else TierVerdict(one, None) for one in TIERS)


def _of_tier(findings: Sequence[Finding], tier: str) -> TierVerdict:
    stand = {one.name: _of_ability(findings, one) for one in ABILITIES if one.tier == tier}
    return TierVerdict(
        tier,
        worst(stand.values()),
        broken=tuple(name for name, state in stand.items() if state is State.RED),
        unproven=tuple(name for name, state in stand.items() if state is State.UNPROVEN),
    )


def _of_ability(findings: Sequence[Finding], ability: Ability) -> State:
    return worst(one.state for one in findings if ability.name in one.serves)


def clause_verdicts(findings: Sequence[Finding], tier: str) -> tuple[ClauseVerdict, ...]:
    """Each clause that Schoolgate serves or that was looked at, by all it leans on in `tier`."""
    here = {clause for one in abilities(tier) for clause in one.clauses}
    here |= {clause for one in findings for clause in one.clauses}
    above = {clause for one in lacking(tier) for clause in one.clauses} - here
    return tuple(
        ClauseVerdict(clause, None) if clause in above else _of_clause(findings, clause, tier)
        for clause in in_order(iter(here | above))
    )


def _of_clause(findings: Sequence[Finding], clause: str, tier: str) -> ClauseVerdict:
    leant_on = [one for one in findings if clause in one.touches(tier)]
    return ClauseVerdict(
        clause,
        worst(one.state for one in leant_on),
        tuple(one.check for one in leant_on if one.state is not State.GOOD),
    )
