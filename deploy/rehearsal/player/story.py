"""The story of a lesson, line by line: what happened, what was judged, what was done, who saw what."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from deploy.rehearsal.player.cast import Cast
from deploy.rehearsal.player.onlooker import DONE, EVERYONE, Sight
from deploy.rehearsal.player.steps import (
    AnyStep,
    Hangup,
    Hosts,
    Installs,
    Moves,
    Press,
    Promotes,
    Raw,
    Replans,
    Restart,
    Say,
    Sets,
    Sitting,
    Switch,
    Turns,
)

Kind = Literal["happened", "judged", "did", "saw", "trouble"]
JUDGED = ("decided", "braked", "blind")
OUTCOMES = ("done", "refused", "not_possible", "given_up", "failed", "outcome")
SHOWN = 220
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT(\d\d:\d\d:\d\d)[.\d]*(?:Z|\+00:00)")


@dataclass(frozen=True)
class Line:
    """One line of the story, `at` so many seconds into the lesson."""

    at: float
    slug: str
    kind: Kind
    text: str


def happened(step: AnyStep, cast: Cast) -> str:
    """A step of the script, in plain words."""
    if isinstance(step, Moves):
        return _comes_or_goes(step)
    if isinstance(step, Sitting | Replans):
        return _times(step, step.meeting or cast.lesson.meeting[0].name)
    if isinstance(step, Say):
        how = {"slash": "by slash", "mention": "to @Schoolgate", "plain": "plainly"}[step.how]
        return f"{step.who} types {step.text!r} ({how}, in {_place(step.chat, cast)})"
    if isinstance(step, Press):
        how = "forges a press of" if step.forged else "presses"
        chosen = f" with {_and(step.chosen.values())}" if step.chosen else ""
        return f"{step.who} {how} [{step.button}]{chosen} in {_place(step.chat, cast)}"
    if isinstance(step, Turns | Promotes | Hosts):
        return _inside(step)
    return _machinery(step, cast)


def _times(step: Sitting | Replans, name: str) -> str:
    if isinstance(step, Replans):
        return f"{name} is {'cancelled' if step.cancelled else 'moved'} in the calendar"
    return f"{name} {step.act}s" + ("" if step.ago is None else f", dated {step.ago} ago")


def _comes_or_goes(step: Moves) -> str:
    one, several = {"join": ("joins", "join"), "leave": ("leaves", "leave"), "rejoin": ("rejoins", "rejoin")}[step.act]
    by = f" by {step.device}" if step.device else ""
    return f"{_and(step.who)} {one if len(step.who) == 1 else several}{by}{', unmuted' if step.mic else ''}"


def _inside(step: Turns | Promotes | Hosts) -> str:
    who, tries = _and(step.who), "tries: " if step.tries else ""
    if isinstance(step, Turns):
        what = {"mic": "microphone", "camera": "camera", "share": "shared screen", "record": "recording"}[step.act]
        return f"{tries}{who}: {what} {'on' if step.on else 'off'}"
    if isinstance(step, Promotes):
        return f"{tries}{step.by or 'the organiser'} makes {who} {step.role}"
    verb = {"admit": "admits", "deny": "turns away", "remove": "removes"}[step.act]
    return f"{tries}{step.by or 'the organiser'} {verb} {who} in Teams"


def _machinery(step: Installs | Switch | Raw | Sets | Hangup | Restart, cast: Cast) -> str:
    if isinstance(step, Installs):
        return f"{step.who} adds Schoolgate to {_place(step.chat, cast)}"
    if isinstance(step, Sets):
        changes = _and([f"{name} {value}" for name, value in step.options.items()])
        return f"{step.by or 'the organiser'} sets the meeting's options by hand: {changes}"
    if isinstance(step, Hangup):
        return f"Microsoft drops the bot's call{' without a word' if step.silent else ''}"
    if isinstance(step, Restart):
        return "the bot is killed (-9) and started again"
    if isinstance(step, Raw):
        return f"Microsoft sends a {step.activity.get('type', 'strange')} activity"
    parts = step.model_dump(exclude_none=True, exclude={"act", "at"})
    return "Microsoft's side changes: " + _and([f"{part} is {state}" for part, state in parts.items()])


def _place(chat: str | None, cast: Cast) -> str:
    names = {"channel": "the safeguarding channel", "personal": "the 1:1"}
    return names.get(chat or "") or cast.names.get(chat or "", chat or cast.lesson.meeting[0].name)


def logged(line: str, cast: Cast) -> tuple[Kind, str] | None:
    """What a line of the bot's log says was judged or done; nothing for any other line."""
    try:
        said = json.loads(line)
    except ValueError:
        return None
    if not isinstance(said, dict) or said.get("event") not in JUDGED + OUTCOMES:
        return None
    return ("judged" if said["event"] in JUDGED else "did"), named(_sentence(said), cast)


def _sentence(said: dict[str, Any]) -> str:
    words = [f"{said['rule']}:"] if said.get("rule") else []
    words += [str(said[key]) for key in ("action", "say") if said.get(key)]
    words += [f"{key} {_flat(said[key])}" for key in ("to", "about") if said.get(key)]
    if said["event"] not in ("decided", "outcome"):
        words.append(f"— {said['event'].replace('_', ' ')}")
    if said.get("outcome") and said["outcome"] != said["event"]:
        words.append(f"— {_flat(said['outcome'])}")
    return " ".join([*words, *([f"because {_flat(said['why'])}"] if said.get("why") else [])])


def _flat(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_flat(each)}" for key, each in value.items())
    return _and([_flat(each) for each in value]) if isinstance(value, list | tuple) else str(value)


def named(text: str, cast: Cast) -> str:
    """The text with the lesson's own names for ids; the bot's log has only ids."""
    known = sorted(cast.names, key=len, reverse=True)
    pattern = re.compile(rf"(?:aad:)?(?P<id>{'|'.join(map(re.escape, known))})", re.IGNORECASE)
    return MOMENT.sub(r"\1", pattern.sub(lambda found: cast.names[found["id"].lower()], text))


def saw(seen: Sight, cast: Cast) -> str:
    """Who saw what, as an onlooker would say it."""
    if seen.what in DONE:
        return _done(seen, cast)
    if EVERYONE in seen.to:
        place = cast.names.get(seen.chat, "a chat")
        who = "the safeguarding channel sees" if seen.chat == cast.channel else f"everyone in {place} sees"
    else:
        who = f"only {_and([cast.names.get(oid, oid) for oid in seen.to]) or 'nobody'} sees"
    how = {"updated": " (updated)", "deleted": " (deleted)", "mail": " (e-mail)"}.get(seen.what, "")
    text = re.sub(r"\s+", " ", seen.text).strip()
    text = text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
    return f"{who}{how}: {text}" + "".join(f" [{button}]" for button in seen.buttons)


def _done(seen: Sight, cast: Cast) -> str:
    """What was done to whom."""
    who = _and([cast.names.get(oid, oid) for oid in seen.to])
    return {
        "removed": f"{who} is removed by Schoolgate",
        "muted": f"{who} is muted by Schoolgate",
        "options": f"the meeting's options are set by Schoolgate: {seen.text}",
        "call": f"Schoolgate's call is {seen.text}",
        "lobby": f"Schoolgate in the lobby: {seen.text}",
    }[seen.what]


def _and(names: Iterable[str]) -> str:
    *most, last = [*names] or [""]
    return f"{', '.join(most)} and {last}" if most else last
