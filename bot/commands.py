"""The one command table, and the grammar of what staff type. Pure: who may, and what happens, is the service's."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches

WATCH = frozenset({"watch", "guard", "remove"})
GUARD = frozenset({"guard", "remove"})
NEAR = 0.6
"""How alike a word must be to a command to be offered it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command: the same in slash, @mention, 1:1 and as a button. `summary` is the line Teams' menus show.

    `whose`: the roles that may give it (none: all staff). `also`: other words people try, which are offered it. `listed`:
    whether it is in Teams' menus, which take twelve.
    """

    name: str
    usage: str
    summary: str
    tiers: frozenset[str] = WATCH
    whose: str = ""
    also: tuple[str, ...] = ()
    listed: bool = True


COMMANDS: tuple[Command, ...] = (
    Command(
        name="help",
        usage="",
        summary="What Schoolgate does here, and what you can ask of it",
        also=("commands", "menu", "start", "info"),
    ),
    Command(
        name="warn",
        usage="@pupil [reason]",
        summary="Warn a pupil privately, and record it",
        also=("warning", "caution", "strike"),
    ),
    Command(
        name="remove",
        usage="@pupil [reason]",
        summary="Remove a pupil and keep them out; only you see it",
        also=("kick", "ban", "eject", "expel", "exclude", "boot"),
    ),
    Command(
        name="removed",
        usage="@pupil [reason]",
        summary="You removed a pupil yourself: have them kept out",
        listed=False,
    ),
    Command(
        name="undo",
        usage="[@pupil]",
        summary="Take back your last warning, removal or note in this lesson",
        also=("cancel", "revert", "sorry", "oops", "stop"),
    ),
    Command(
        name="mic",
        usage="on|off",
        summary="Free or hold the pupils' microphones",
        tiers=GUARD,
        also=("mute", "unmute", "microphone", "mics"),
    ),
    Command(
        name="pause",
        usage="",
        summary="Hold the lesson still: microphones, cameras, chat and door shut",
        tiers=GUARD,
        also=("freeze", "halt"),
    ),
    Command(
        name="resume",
        usage="",
        summary="Let a paused lesson go on, with everything as it was before",
        tiers=GUARD,
        also=("continue", "unpause", "unfreeze"),
    ),
    Command(name="note", usage="text", summary="Add a line to this lesson's log", also=("write", "record")),
    Command(name="status", usage="", summary="What Schoolgate can see and do in this lesson", also=("state", "check")),
    Command(name="log", usage="", summary="The lesson so far; only you see it", also=("history", "events", "today")),
    Command(
        name="holds",
        usage="[@pupil]",
        summary="Leads and CLT: pupils who may not join lessons yet, and what was done about it",
        whose="leads, CLT, head",
        also=("hold", "held", "banned", "blocked"),
    ),
    Command(
        name="release",
        usage="@pupil [until day]",
        summary="CLT: decide on a hold, on its form: who spoke to the parents, what was agreed, how long it stands",
        whose="CLT, head",
        also=("unban", "unblock", "readmit", "free"),
    ),
    Command(
        name="who",
        usage="@pupil",
        summary="Leads and CLT: a pupil's warnings, removals and holds",
        whose="leads, CLT, head",
        also=("pupil", "whois", "profile"),
        listed=False,
    ),
    Command(
        name="approve",
        usage="@pupil [days]",
        summary="CLT: allow one-to-one lessons with this pupil; 0 days ends it",
        whose="CLT, head",
        also=("allow", "permit"),
        listed=False,
    ),
    Command(
        name="alarms",
        usage="[days]",
        summary="Leads and CLT: how many alerts were false alarms, rule by rule",
        whose="leads, CLT, head",
        also=("alarm", "alerts", "report", "false"),
        listed=False,
    ),
    Command(
        name="test",
        usage="",
        summary="Leads, CLT and IT: send a test alert to the safeguarding channel",
        whose="leads, CLT, head, IT",
        also=("try", "alert"),
        listed=False,
    ),
)
_BY_NAME = {command.name: command for command in COMMANDS}
_MEANT = {**{word: command.name for command in COMMANDS for word in command.also}, **{name: name for name in _BY_NAME}}
"""What people try, and the command it is nearest to."""
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
    """Anything else, with the nearest command if one is near, and what followed the word that was no command."""

    nearest: str | None
    rest: str = field(default="", compare=False)


def understand(text: str) -> Asked | NotUnderstood:
    """Read a line with mentions of the bot already taken out. A greeting or an empty line asks for help."""
    words = text.split()
    line = " ".join(words)
    if not words or line.casefold().rstrip("!.") in _GREETINGS:
        return Asked(name="help", rest="")
    name = words[0].lstrip("/").casefold()
    if name in _BY_NAME:
        return Asked(name=name, rest=" ".join(words[1:]))
    near = get_close_matches(name[:32].rstrip(":,.!"), _MEANT, n=1, cutoff=NEAR)
    return NotUnderstood(nearest=_MEANT[near[0]] if near else None, rest=" ".join(words[1:]))
