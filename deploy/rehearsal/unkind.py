"""How unkind the transport is to the n-th activity of a tenant: decided by seed and number alone, so it can be replayed."""

from __future__ import annotations

import random
from dataclasses import dataclass, fields
from typing import Any

USUAL = {"twice": 0.05, "late": 0.05, "drop": 0.02, "no_id": 0.5, "stray": True, "empty": 0.03}
CASES = ("as is", "lower", "upper")


@dataclass(frozen=True, kw_only=True)
class Unkind:
    """Chances from 0 to 1; `latest` and `patience` in seconds."""

    twice: float = 0.0
    late: float = 0.0
    drop: float = 0.0
    no_id: float = 0.0
    stray: bool = False
    empty: float = 0.0
    latest: float = 2.0
    patience: float = 15.0

    @classmethod
    def of(cls, said: dict[str, Any] | None) -> Unkind:
        """As a tenant's body says; as Microsoft usually is when it says nothing."""
        said = USUAL if said is None else said
        if strange := set(said) - {each.name for each in fields(cls)}:
            raise ValueError(f"unkind knows no {', '.join(sorted(strange))}")
        return cls(**said)


@dataclass(frozen=True, kw_only=True)
class Fate:
    """What becomes of one activity: when each copy of it is sent, and in which shape."""

    copies: tuple[float, ...] = (0.0,)
    no_id: bool = False
    spaces: tuple[str, str] = ("", "")
    case: str = "as is"
    odd_time: bool = False
    new_id: bool = False
    again: int = 1


def fate(unkind: Unkind, seed: int, number: int, *, event: bool) -> Fate:
    """The fate of activity `number`. Only meeting events are lost, late or without id; anything may come twice."""
    dice = random.Random(f"{seed}:{number}")
    chance = [dice.random() for _ in range(7)]
    delay = dice.uniform(0.2, 1) * unkind.latest if event and chance[0] < unkind.late else 0.0
    copies = (delay, delay + dice.uniform(0.05, 0.6)) if chance[1] < unkind.twice else (delay,)
    spaces = (" " * dice.randint(0, 1), " " * dice.randint(0, 1)) if event and unkind.stray else ("", "")
    return Fate(
        copies=() if event and chance[2] < unkind.drop else copies,
        no_id=event and chance[3] < unkind.no_id,
        spaces=spaces,
        case=dice.choice(CASES) if event and unkind.stray else "as is",
        odd_time=unkind.stray and chance[4] < 0.3,
        new_id=chance[5] < 0.5,
        again=dice.randint(1, 2),
    )


def call_fate(unkind: Unkind, seed: int, number: int, *, roster: bool) -> tuple[tuple[float, ...], bool]:
    """Of a call's notification: after how many seconds each copy is sent, and whether its roster is empty.

    Rosters are lost, doubled, late and empty; a call's states are doubled and late.
    """
    dice = random.Random(f"{seed}:call:{number}")
    chance = [dice.random() for _ in range(4)]
    delay = dice.uniform(0.2, 1) * unkind.latest if chance[0] < unkind.late else 0.0
    copies = (delay, delay + dice.uniform(0.05, 0.6)) if chance[1] < unkind.twice else (delay,)
    return () if roster and chance[2] < unkind.drop else copies, roster and chance[3] < unkind.empty


def disguised(activity: dict[str, Any], fated: Fate) -> dict[str, Any]:
    """The activity in the shape it arrives in."""
    shown = dict(activity)
    if fated.no_id:
        shown.pop("id", None)
    if "name" in shown:
        shown["name"] = f"{fated.spaces[0]}{shown['name']}{fated.spaces[1]}"
    if fated.odd_time and "timestamp" in shown:
        # Microsoft's own page shows such a one: an offset without minutes.
        shown["localTimestamp"] = str(shown["timestamp"]).rstrip("Z") + "-8"
    if shown.get("type") == "event":
        shown["value"] = _cased(shown.get("value"), fated.case)
    return shown


def _cased(value: Any, case: str) -> Any:
    if isinstance(value, list):
        return [_cased(each, case) for each in value]
    if not isinstance(value, dict):
        return value
    return {_first(key, case): _cased(each, case) for key, each in value.items()}


def _first(key: str, case: str) -> str:
    first = {"lower": key[:1].lower(), "upper": key[:1].upper()}.get(case, key[:1])
    return first + key[1:]
