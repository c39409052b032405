"""The one command table, and the grammar of what staff type. Pure: who may, and what happens, is the service's."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

WATCH = frozenset({"watch", "guard", "remove"})
GUARD = frozenset({"guard", "remove"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command: the same in slash, @mention and 1:1. `summary` is the line Teams' menus show."""

    name: str
    usage: str
    summary: str
    tiers: frozenset[str] = WATCH


COMMANDS: tuple[Command, ...] = (
    Command(name="help", usage="", summary="What Schoolgate does here, and what you can ask of it"),
    Command(name="warn", usage="@pupil [reason]", summary="Record a warning; only you see it"),
    Command(
        name="approve", usage="@pupil [days]", summary="CLT: allow one-to-one lessons with this pupil; 0 days ends it"
    ),
    Command(name="status", usage="", summary="What Schoolgate can see and do in this lesson"),
    Command(name="remove", usage="@pupil [reason]", summary="Remove a pupil and keep them out; only you see it"),
    Command(name="removed", usage="@pupil [reason]", summary="You removed a pupil yourself: have them kept out"),
    Command(name="undo", usage="", summary="Take your last removal back for this lesson"),
    Command(name="mic", usage="on|off", summary="Free or hold the pupils' microphones", tiers=GUARD),
    Command(name="holds", usage="", summary="Leads and CLT: pupils who may not join lessons yet"),
    Command(
        name="release",
        usage="@pupil reason",
        summary="CLT: end a hold; say who spoke to the parents and what was agreed",
    ),
    Command(name="note", usage="text", summary="Add a line to this lesson's log"),
)
_BY_NAME = {command.name: command for command in COMMANDS}
_GREETINGS = frozenset(
    {"hi", "hello", "hey", "hiya", "morning", "good morning", "good afternoon", "thanks", "thank you", "?"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A command that was understood: its name and everything after it, spaces folded."""

    name: str
    rest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotUnderstood:
    """Anything else, with the nearest command if one is near."""

    nearest: str | None


def understand(text: str) -> Asked | NotUnderstood:
    """Read a line with mentions of the bot already taken out. A greeting or an empty line asks for help."""
    words = text.split()
    line = " ".join(words)
    if not words or line.casefold().rstrip("!.") in _GREETINGS:
        return Asked(name="help", rest="")
    name = words[0].lstrip("/").casefold()
    if name in _BY_NAME:
        return Asked(name=name, rest=" ".join(words[1:]))
    near = get_close_matches(name[:32], _BY_NAME, n=1)
    return NotUnderstood(nearest=near[0] if near else None)
