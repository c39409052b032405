"""Writes reference.md from the code: rules with their settings, tiers, clauses, commands, school.toml, the environment.

`python -m deploy.docs.reference` writes it; a test keeps it fresh.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time, timedelta
from enum import Enum
from pathlib import Path

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from bot.commands import COMMANDS
from bot.environment import Environment
from bot.ladder import LADDER
from bot.policy import RuleSettings, clauses_of, rule_modules
from bot.reasons import USUAL
from bot.school import (
    AlertsTable,
    BrakeTable,
    ChannelsTable,
    ClassTable,
    GroupsTable,
    HoldTable,
    KeepTable,
    OnCallTable,
    PlanTable,
    ReasonTable,
    RemovalTable,
    SchoolTable,
)
from bot.words.phrases import phrases
from deploy.docs import doctor, tiers

PAGE = Path(__file__).with_name("reference.md")
TABLES: dict[str, type[BaseModel]] = {
    "[school]": SchoolTable,
    "[groups]": GroupsTable,
    "[channels]": ChannelsTable,
    "[on_call]": OnCallTable,
    "[[class]]": ClassTable,
    "[[reason]]": ReasonTable,
    "[removal]": RemovalTable,
    "[hold]": HoldTable,
    "[brake]": BrakeTable,
    "[keep]": KeepTable,
    "[plan]": PlanTable,
    "[alerts]": AlertsTable,
}


def plain(value: object) -> str:
    """A default as school.toml would write it."""
    if value is PydanticUndefined:
        return "must be given"
    if value is None or value in ((), {}, ""):
        return "none"
    if isinstance(value, timedelta):
        return f'"{_duration(int(value.total_seconds()))}"'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, time):
        return f'"{value:%H:%M}"'
    text = value.value if isinstance(value, Enum) else value
    return f'"{text}"' if isinstance(text, str) else str(text)


def _duration(seconds: int) -> str:
    unit, size = next(
        ((unit, size) for unit, size in (("d", 86400), ("h", 3600), ("m", 60)) if seconds and seconds % size == 0),
        ("s", 1),
    )
    return f"{seconds // size}{unit}"


def settings(model: type[BaseModel], *, without: type[BaseModel] | None = None) -> Iterator[str]:
    """A table of a model's keys and defaults."""
    yield "| key | default |"
    yield "|---|---|"
    for name, field in model.model_fields.items():
        if without is None or name not in without.model_fields:
            default = field.default_factory() if field.default_factory else field.default  # type: ignore[call-arg]  # none of ours takes data
            yield f"| `{name}` | {plain(default)} |"


def rules() -> Iterator[str]:
    """Every rule: what it does, its clauses, its keys."""
    for name, module in rule_modules():
        says = (module.__doc__ or "").strip().partition("Clauses:")[0]
        yield f"### `{name}`\n"
        yield " ".join(says.split()) + "\n"
        yield f"Clauses of the policy: {', '.join(clauses_of(module))}.\n"
        yield " ".join((module.Settings.__doc__ or "").split()) + "\n"
        yield from settings(module.Settings, without=RuleSettings)
        yield ""


def commands(whose: str | None = None) -> Iterator[str]:
    """The table of commands: all, or those that (`whose` "") all staff may give, or others only."""
    yield "| command | what it does | who |"
    yield "|---|---|---|"
    for command in COMMANDS:
        if whose is None or bool(command.whose) == bool(whose):
            shown = f"/{command.name} {command.usage}".strip().replace("|", "\\|")
            yield f"| `{shown}` | {command.summary} | {command.whose or 'all staff'} |"


def ladder() -> Iterator[str]:
    """The ladder, row by row."""
    yield "| the reason's track | a warning still counts | the teacher says | what happens |"
    yield "|---|---|---|---|"
    for row in LADDER:
        yield f"| {row.track.value} | {'yes' if row.warned else 'no'} | `/{row.order.value}` | {row.aloud} |"


def reasons() -> Iterator[str]:
    """The usual reasons: what they are called, their track, and what the hold needs to end."""
    yield "| key | in words | track | the hold ends |"
    yield "|---|---|---|---|"
    for reason in USUAL:
        words = phrases().say(f"reason.{reason.key}")
        ends = phrases().say("stays-out", {"ends": reason.ends.value}).removeprefix("until ")
        yield f"| `{reason.key}` | {words} | {reason.track.value} | {ends} |"


def page() -> str:
    """The whole page."""
    lines = [
        "# Reference",
        "",
        "Made from the code by `python -m deploy.docs.reference`: change the code, not this page.",
        "",
        "## Rules",
        "",
        "Every rule's table in school.toml also takes `enabled` (true), `mode` (`act`: do what the rule asks, `tell`: only",
        "tell people, `watch`: only write down what it would have done) and `mention` (the roles an alert mentions).",
        "",
        *rules(),
        "## Tiers",
        "",
        "Each tier does what those before it do, and more (`bot/tiers.py`).",
        "",
        *tiers.overview(),
        "",
        "### Clauses served",
        "",
        "What each tier adds to a clause of the policy. Up to the first cell that is filled, people see to it by themselves.",
        "",
        *tiers.clause_rows(),
        "",
        "### Permissions that an administrator consents to in Entra",
        "",
        *tiers.permission_rows("entra"),
        "",
        "### Permissions that come with the Teams package",
        "",
        *tiers.permission_rows("meeting"),
        "",
        "### What the doctor wants of the tenant's meeting policies",
        "",
        "`python -m bot doctor` reads them out of `meeting-policies.json`, which the set-up writes: no Graph API gives them.",
        "",
        *doctor.setting_rows(),
        "",
        "### What the doctor wants of the options of coming lessons",
        "",
        *doctor.option_rows(),
        "",
        "## Commands",
        "",
        "The same by slash and @mention in the meeting chat, in a 1:1 chat with Schoolgate and by the buttons of its answers.",
        "For staff only.",
        "",
        *commands(),
        "",
        "## The two tracks",
        "",
        "A reason is of the ladder or of the immediate track; one that is not of the school's list is of the ladder. What a",
        "warning or a removal then does, row by row; there is no other way to a removal by command.",
        "",
        *ladder(),
        "",
        "The reasons of a school that lists none in school.toml:",
        "",
        *reasons(),
        "",
        "## school.toml",
        "",
    ]
    for title, model in TABLES.items():
        lines += [f"### `{title}`", "", " ".join((model.__doc__ or "").split()), "", *settings(model), ""]
    lines += ["## Environment", "", "| variable | default |", "|---|---|"]
    for name, field in Environment.model_fields.items():
        lines.append(f"| `{name.upper()}` | {plain(field.default)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
