"""Reading a card in tests: its parts, its words, its build, and what Microsoft's schema has against it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jsonschema import Draft6Validator

SCHEMA = Path(__file__).parents[3] / "shared" / "referees" / "adaptive-card-1.5.json"
BIGGEST = 20_000


def everything(node: Any) -> Iterator[dict[str, Any]]:
    """Every element and action of a card."""
    if isinstance(node, dict):
        if "type" in node:
            yield node
        for value in node.values():
            yield from everything(value)
    elif isinstance(node, list):
        for value in node:
            yield from everything(value)


def texts(made: dict[str, Any]) -> list[str]:
    return [str(part["text"]) for part in everything(made["body"]) if "text" in part]


def said(made: dict[str, Any]) -> str:
    return " ".join(" ".join(texts(made)).split())


def shape(node: Any) -> Any:
    """A card without its words: types and keys only, runs and details counted as one."""
    if isinstance(node, dict):
        return {key: shape(value) for key, value in sorted(node.items())}
    if isinstance(node, list):
        return [shape(value) for value in node]
    return type(node).__name__


def complaints(made: dict[str, Any]) -> list[str]:
    """What Microsoft's schema has against a card, where it is at hand; always what we know of Teams."""
    found = [str(part) for part in everything(made) if part["type"] == "TextBlock" and part.get("wrap") is not True]
    if SCHEMA.exists():
        stripped = {key: value for key, value in made.items() if key != "msteams"}
        found += [error.message for error in validator().iter_errors(stripped)]
    return found


def validator(made: list[Draft6Validator] = []) -> Draft6Validator:  # noqa: B006 -- kept on purpose: building it is slow
    if not made:
        made.append(Draft6Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))))
    return made[0]


def size(made: dict[str, Any]) -> int:
    return len(json.dumps(made).encode())
