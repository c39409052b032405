"""The tiers in tables, from bot/tiers.py: what each does, what it takes, and which clauses lean on it."""

from __future__ import annotations

from collections.abc import Iterator

from bot.policy import clauses_of, rule_modules
from bot.tiers import ABILITIES, TIERS, cmdlets, first_tier, in_order, lacking, permissions


def permission_rows(place: str) -> Iterator[str]:
    """Every permission granted in "entra" or to a "meeting", with the tier that first needs it and the reason."""
    yield "| Permission | From tier | What it is for |"
    yield "|---|---|---|"
    for one in permissions(TIERS[-1], place):
        yield f"| `{one.name}` | {first_tier(one).capitalize()} | {one.why} |"


def overview() -> Iterator[str]:
    """The tiers side by side: what each adds, takes and leaves to people."""
    yield "| | Watch | Guard | Remove |"
    yield "|---|---|---|---|"
    rows = {
        "adds": ["<br>".join(one.does for one in ABILITIES if one.tier == tier) for tier in TIERS],
        "Graph permissions it adds": [_added(tier, "entra") for tier in TIERS],
        "permissions in the Teams package": [_added(tier, "meeting") for tier in TIERS],
        "cmdlets of a Teams administrator": [_cmdlets(tier) for tier in TIERS],
        "leaves to people": [" ".join(left_to_people(tier)) or "nothing that a tier could do" for tier in TIERS],
    }
    for title, cells in rows.items():
        yield f"| {title} | {' | '.join(cells)} |"


def left_to_people(tier: str) -> tuple[str, ...]:
    """The clauses of which some part is done only in a tier above."""
    return in_order(clause for one in lacking(tier) for clause in one.clauses)


def clause_rows() -> Iterator[str]:
    """Every clause served, the rules that serve it, and what each tier adds to it."""
    yield "| clause | rules | Watch | Guard | Remove |"
    yield "|---|---|---|---|---|"
    rules = {name: clauses_of(module) for name, module in rule_modules()}
    for clause in in_order(clause for one in ABILITIES for clause in one.clauses):
        serving = " ".join(f"`{name}`" for name, served in rules.items() if clause in served) or "commands"
        yield f"| {clause} | {serving} | {' | '.join(_part(clause, tier) for tier in TIERS)} |"


def env_lines() -> Iterator[str]:
    """What an .env file may say about the registration's permissions, as comments."""
    for tier in TIERS:
        yield f"#   {tier}: {_added(tier, 'entra', mark='') or 'nothing more'}"


def _part(clause: str, tier: str) -> str:
    return ", ".join(one.name.replace("_", " ") for one in ABILITIES if one.tier == tier and clause in one.clauses)


def _added(tier: str, place: str, mark: str = "`") -> str:
    found = [one for one in permissions(tier, place) if first_tier(one) == tier]
    return ", ".join(f"{mark}{one.name}{mark}" for one in found)


def _cmdlets(tier: str) -> str:
    before = [each for lower in TIERS[: TIERS.index(tier)] for each in cmdlets(lower)]
    mine = [each for each in cmdlets(tier) if each not in before]
    return "<br>".join(f"`{line.split()[0]}`" for each in mine for line in each.run)
