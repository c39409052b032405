"""What is written from the table of steps: the plan that the scripts read, and the page for taking the steps by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from bot.tiers import POLICY, TIERS, permissions
from deploy.tenant.steps import MEETING_SETTINGS, SEEING, STEPS, TENANT_SETTINGS, VALUES, Step, number

HERE = Path(__file__).parent
PLAN, BY_HAND = HERE / "steps.json", HERE / "by-hand.md"
SCRIPTED = {"hand": "by hand only", "graph": "script, part graph", "teams": "script, part teams"}


def plan() -> str:
    """steps.json: what the scripts know of the steps and of the tiers."""
    known = {
        "tiers": TIERS,
        "policy": POLICY,
        "permissions": {
            tier: {place: [one.name for one in permissions(tier, place)] for place in ("entra", "meeting")}
            for tier in TIERS
        },
        "meetingSettings": MEETING_SETTINGS,
        "tenantSettings": TENANT_SETTINGS,
        "steps": [
            {
                "number": number(step),
                "key": step.key,
                "title": step.title,
                "by": step.by,
                "tier": step.tier,
                "changes": step.changes,
                "undo": step.undo,
                "wait": step.wait,
                "onlyIf": step.only_if,
                "function": step.function,
                "undoFunction": step.undo_function,
                "scopes": step.scopes,
            }
            for step in STEPS
        ],
    }
    return json.dumps(known, indent=2, ensure_ascii=False) + "\n"


def by_hand() -> str:
    """by-hand.md."""
    return "\n".join(_page()) + "\n"


def _page() -> Iterator[str]:
    yield from (
        "# Setting up the school's Microsoft 365 by hand",
        "",
        "Made from the table of steps by `python -m deploy.docs`: change `deploy/tenant/steps.py`, not this page. "
        "`set-up.ps1` takes the steps that name a part; those by hand only are always taken here. "
        "**None of these steps was ever tried in a real tenant: they are checked on paper.**",
        "",
        "The C-numbers are clauses of the school's policy. To print: A4, landscape.",
        "",
        "| Write down first | what it is |",
        "|---|---|",
        *(f"| {value}: | {what} |" for value, what in VALUES.items()),
        "",
        "| Tier | application permissions in step 6 |",
        "|---|---|",
        *(f"| {tier.capitalize()} | {', '.join(one.name for one in permissions(tier, 'entra'))} |" for tier in TIERS),
        "",
    )
    yield "| ☐ | Step | Do | You should see | Undo; until it is done |"
    yield "|---|---|---|---|---|"
    yield from map(_row, STEPS)


def _row(step: Step) -> str:
    from_tier = f", from {step.tier.capitalize()} on" if step.tier != TIERS[0] else ""
    only_if = f"<br>Only if {step.only_if}." if step.only_if else ""
    without = "everything" if step.serves == SEEING else " ".join(step.clauses) or "nothing"
    cells = (
        f"☐ {number(step)}",
        f"**{step.title}**<br>{SCRIPTED[step.by]}{from_tier}; as {step.role}.<br>*Changes:* {step.changes}{only_if}",
        "<br>".join(step.by_hand),
        step.see + (f"<br>*Wait:* {step.wait}." if step.wait else ""),
        f"{step.undo}<br>*Left to people meanwhile:* {without}.",
    )
    return f"| {' | '.join(cells)} |"
