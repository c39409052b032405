"""What the doctor found, as a table for the terminal and as JSON."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence
from dataclasses import asdict

from bot.doctor.findings import Finding, State, clause_verdicts, tier_verdicts, worst
from bot.tiers import ABILITIES

SIGNS = {State.GOOD: "✓", State.UNPROVEN: "?", State.RED: "✗"}
_COLOURS = {State.GOOD: "\x1b[32m", State.UNPROVEN: "\x1b[33m", State.RED: "\x1b[31m"}
_PLAIN = "\x1b[0m"
_WIDTH, _CHECK = 118, 43
"""How wide the table is, and how wide the names in it; words about a longer name stand below it."""
_DOES = {one.name: one.does for one in ABILITIES}


def as_json(findings: Sequence[Finding], tier: str) -> str:
    """Everything, for machines. `state` is null for a tier that is not used, and for clauses that only a higher one helps."""
    return json.dumps(
        {
            "tier": tier,
            "state": worst(one.state for one in findings),
            "findings": [{**asdict(one), "unprotected": _unprotected(one, tier)} for one in findings],
            "tiers": [asdict(one) for one in tier_verdicts(findings, tier)],
            "clauses": [asdict(one) for one in clause_verdicts(findings, tier)],
        },
        ensure_ascii=False,
        indent=2,
    )


def _unprotected(finding: Finding, tier: str) -> tuple[str, ...]:
    return () if finding.state is State.GOOD else finding.touches(tier)


def as_text(findings: Sequence[Finding], tier: str, *, colour: bool = False) -> str:
    """What was seen, what to mend, each tier and each clause, and the sum of it, which stands last."""
    parts = [
        _table(findings),
        _mends(findings, tier),
        _tiers(findings, tier),
        _clauses(findings, tier),
        [_sum(findings)],
    ]
    text = "\n".join(line for part in parts if part for line in (*part, ""))
    return _coloured(text) if colour else text


def _table(findings: Sequence[Finding]) -> list[str]:
    lines = ["What was looked at"]
    for one in findings:
        name = f"  {SIGNS[one.state]} {one.check:<{_CHECK}}  "
        if len(one.check) > _CHECK:
            lines.append(name.rstrip())
            name = " " * (_CHECK + 6)
        lines += _filled(one.saw, name)
    return lines


def _filled(words: str, start: str = " " * 6) -> list[str]:
    """Words after a start, their further lines below the first; ids and addresses whole."""
    return textwrap.wrap(
        words,
        _WIDTH,
        initial_indent=start,
        subsequent_indent=" " * len(start),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _mends(findings: Sequence[Finding], tier: str) -> list[str]:
    lines = ["What to mend"]
    for one in sorted(findings, key=lambda one: one.state is not State.RED):
        if one.state is State.GOOD:
            continue
        lines.append(f"  {SIGNS[one.state]} {one.check}")
        for step in one.mend or ("Nothing to do now; it shows itself with the first lesson.",):
            lines += [f"      {step}"] if _is_typed(step) else _filled(step)
        if one.wait:
            lines.append(f"      Until it counts: {one.wait}.")
        if left := one.touches(tier):
            lines += _filled(f"{_MEANWHILE[one.state]} {' '.join(left)}")
    return lines if len(lines) > 1 else []


_MEANWHILE = {State.RED: "Unprotected meanwhile:", State.UNPROVEN: "Not certain meanwhile:"}


def _is_typed(step: str) -> bool:
    """Whether it is a cmdlet on a line of its own, which must not be broken."""
    return step.partition(" ")[0].partition("-")[2].startswith("Cs")


def _tiers(findings: Sequence[Finding], tier: str) -> list[str]:
    lines = ["Tier by tier"]
    for one in tier_verdicts(findings, tier):
        if one.state is None:
            lines.append(f"    {one.tier:<8} not used")
            continue
        lines.append(f"  {SIGNS[one.state]} {one.tier:<8} {_TIER[one.state]}")
        for name in (*one.broken, *one.unproven):
            lines.append(f"      {SIGNS[State.RED if name in one.broken else State.UNPROVEN]} {_DOES[name]}")
    return lines


_TIER = {State.GOOD: "works", State.UNPROVEN: "not all of it is certain:", State.RED: "does not do all it should:"}


def _clauses(findings: Sequence[Finding], tier: str) -> list[str]:
    found = clause_verdicts(findings, tier)
    lines = ["Clause by clause"]
    for state, words in _CLAUSE.items():
        if these := [one for one in found if one.state is state]:
            sign = SIGNS[state] if state else " "
            lines += _filled(" ".join(one.clause for one in these), f"  {sign} {words:<26}  ")
    return lines


_CLAUSE: dict[State | None, str] = {
    State.RED: "not protected just now",
    State.UNPROVEN: "not certain",
    State.GOOD: "served",
    None: "left to people in this tier",
}


def _sum(findings: Sequence[Finding]) -> str:
    counted = {state: sum(one.state is state for one in findings) for state in State}
    red, unproven = counted[State.RED], counted[State.UNPROVEN]
    verdict = f"{red} to mend" if red else "Nothing to mend"
    return f"{verdict}, {unproven} not certain, {counted[State.GOOD]} good."


def _coloured(text: str) -> str:
    for state, sign in SIGNS.items():
        text = text.replace(f"  {sign} ", f"  {_COLOURS[state]}{sign}{_PLAIN} ")
    return text
