"""Reading Graph's plain JSON, where a key may be in any case and a field may be anything. Nothing here raises."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

DEEPEST = 32
WIDEST = 5000
"""How many items of a list are read: more than any lesson has people."""

_LARGEST = 2**63 - 1
_NESTED = (dict, list)
_CONTROLS = {code: None for code in (*range(32), *range(127, 160))}


def lowered(value: Any, deeper: int = DEEPEST) -> Any:
    """The same with every key in lower case; what lies deeper than that, or further along a list, is left out."""
    if isinstance(value, dict):
        found: dict[str, Any] = {}
        for key, item in value.items():
            # most of a roster is text and flags: they are not worth a call each
            if isinstance(item, _NESTED) or not deeper:
                item = lowered(item, deeper - 1) if deeper else None
            found.setdefault(str(key).strip().lower(), item)
        return found
    if isinstance(value, list):
        return [lowered(item, deeper - 1) for item in value[:WIDEST]] if deeper else []
    return value


def inner(value: Any, *path: str) -> Mapping[str, Any]:
    """The object at the end of a path; an empty one where there is none."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def objects(value: Any) -> list[Mapping[str, Any]]:
    """The objects of a list; what is no list has none."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def words(value: Any, longest: int = 256) -> str:
    """Text for people: without control signs, not too long; empty where there is none."""
    return value[:longest].translate(_CONTROLS).strip() if isinstance(value, str) else ""


def identifier(value: Any, longest: int = 512) -> str | None:
    """An id, whole or not at all: half an id would be somebody else's."""
    if not isinstance(value, str):
        return None
    found = value.strip()
    return found if 0 < len(found) <= longest and found.isprintable() else None


def number(value: Any) -> int | None:
    """A whole number; OData writes large ones as text."""
    if isinstance(value, str) and len(value) < 20 and value.isascii() and value.removeprefix("-").isdigit():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if abs(value) <= _LARGEST else None
