"""What a rule may import, and how rules are found: one file in policies/, one rule; presence is registration."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import ModuleType
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict

import policies
from bot.actions import Action, Audience, LookAgain, Mode, Mute, Pause, Remove, Role, SetOptions, Tell
from bot.events import Answered, Facts, Kind, PersonKey, RemovalOrdered, Verb
from bot.sitting import Sitting

__all__ = [
    "Action",
    "Answered",
    "Audience",
    "Duration",
    "Facts",
    "Kind",
    "LookAgain",
    "Mute",
    "Pause",
    "PersonKey",
    "RemovalOrdered",
    "Remove",
    "Rule",
    "RuleSettings",
    "SetOptions",
    "Sitting",
    "Tell",
    "Verb",
    "clauses_of",
    "find_rules",
]

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def _duration(value: object) -> timedelta:
    """Read a duration like "90s", "2m", "1h" or "30d"."""
    if isinstance(value, timedelta):
        return value
    found = re.fullmatch(r"(\d{1,6}(?:\.\d{1,3})?)\s*([smhd])", value) if isinstance(value, str) else None
    if not found:
        raise ValueError('write a duration in quotes, like "90s", "2m", "1h" or "30d"')
    return timedelta(seconds=float(found[1]) * _UNITS[found[2]])


Duration = Annotated[timedelta, BeforeValidator(_duration)]
"""A length of time, written in school.toml as "90s", "2m", "1h" or "30d"."""


class RuleSettings(BaseModel):
    """What every rule's table in school.toml may say; a rule adds its own keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    enabled: bool = True
    mode: Mode = Mode.ACT
    mention: tuple[Role, ...] | None = None


Decide = Callable[[Sitting, datetime, Any], Iterator[Action]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule with the school's settings for it."""

    name: str
    decide: Decide
    settings: RuleSettings


def rule_modules() -> Iterator[tuple[str, ModuleType]]:
    """Every file of policies/, by name."""
    for found in sorted(pkgutil.iter_modules(policies.__path__), key=lambda module: module.name):
        yield found.name, importlib.import_module(f"policies.{found.name}")


def clauses_of(rule: ModuleType) -> tuple[str, ...]:
    """The clauses that a rule's module says it serves, by number."""
    return tuple(re.findall(r"\bC\d+\b", (rule.__doc__ or "").partition("Clauses:")[2]))


def find_rules(tables: Mapping[str, Any]) -> tuple[Rule, ...]:
    """The enabled rules, each with its table of school.toml read by its own `Settings`."""
    rules = []
    for name, module in rule_modules():
        settings = module.Settings.model_validate(tables.get(name, {}))
        if settings.enabled:
            rules.append(Rule(name, module.decide, settings))
    return tuple(rules)
