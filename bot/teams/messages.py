"""Messages to us and pressed buttons, read. Whoever speaks is known by the token-checked activity's `from`, by object id."""

from __future__ import annotations

import hashlib
import html
from collections.abc import Mapping
from typing import Any

from bot.events import PersonKey, Verb, account
from bot.held import FIELDS
from bot.ports import How, Named, Pressed, Said
from bot.teams.reading import Ours, belonging, conversation, identifier, inner, meeting, object_id, objects, words

LONGEST_TEXT = 4000
LONGEST_FIELD = 600
_MOST_MENTIONS = 32
_LONGEST_NUMBER = 10
_OPEN, _CLOSE = "<at", "</at>"
_OURS = "aad:"


def said(activity: Mapping[str, Any], ours: Ours) -> Said | None:
    """A message as a command; None where there is nothing in it."""
    text = activity.get("text")
    if not isinstance(text, str):
        return None
    how = _how(activity)
    line, _ = without_mentions(text, _called(activity, ours))
    return Said(
        by=speaker(activity, ours),
        how=how,
        text=line,
        named=_named(activity, ours),
        meeting=None if how is How.PERSONAL else meeting(activity, ours),
        delivery=_delivery(activity),
    )


def _delivery(activity: Mapping[str, Any]) -> bytes | None:
    """The same for the copies of one message; None where nothing tells one message from another."""
    mark = identifier(activity.get("id")) or words(activity.get("timestamp"))
    parts = [conversation(activity), identifier(inner(activity, "from").get("id")), mark, words(activity.get("text"))]
    return hashlib.sha256(repr(parts).encode()).digest() if mark else None


def pressed(activity: Mapping[str, Any], ours: Ours) -> Pressed | Said | None:
    """A pressed button of ours: of an alert, or one that gives a command; None for any other invoke."""
    action = inner(activity, "value", "action")
    data = inner(action, "data")
    if words(activity.get("name")).lower() != "adaptivecard/action":
        return None
    if "command" in data:
        return _ordered(activity, ours, data)
    number = data.get("alert")
    if isinstance(number, str) and len(number) <= _LONGEST_NUMBER and number.isascii() and number.isdigit():
        number = int(number)
    if not isinstance(number, int) or isinstance(number, bool) or not 0 < number < 2**31:
        return None
    try:
        verb = Verb(words(data.get("verb") or action.get("verb")))
    except ValueError:
        return None
    return Pressed(
        by=speaker(activity, ours),
        alert=number,
        verb=verb,
        reason=words(data.get("reason")),
        note=_flat(words(data.get("note"), LONGEST_TEXT)) if verb is Verb.NOTE else "",
        conversation=conversation(activity) or "",
        activity=identifier(activity.get("replytoid")) or "",
    )


def _ordered(activity: Mapping[str, Any], ours: Ours, data: Mapping[str, Any]) -> Said | None:
    """A button that gives a command is that command, said by whoever pressed it. Two presses of one card are one."""
    command, behind = words(data.get("command")), [words(data.get(part)) for part in ("reason", "rest")]
    if not command.isalpha():
        return None
    pupil = object_id(words(data.get("pupil")).removeprefix(_OURS))
    by, mark = speaker(activity, ours), words(data.get("mark")) or identifier(activity.get("replytoid"))
    text = " ".join(filter(None, [f"/{command}", *behind]))
    filled = _filled(data)
    parts = [conversation(activity), by, mark, pupil, text, *([sorted(filled.items())] if filled else [])]
    personal = words(inner(activity, "conversation").get("conversationtype")).lower() == "personal"
    return Said(
        by=by,
        how=How.CARD,
        text=text,
        named=(Named(person=account(pupil), words=""),) if pupil else (),
        meeting=None if personal else meeting(activity, ours),
        delivery=hashlib.sha256(repr(parts).encode()).digest() if mark else None,
        filled=filled,
    )


def _filled(data: Mapping[str, Any]) -> dict[str, str]:
    """The fields of a form that something stands in, each on one line."""
    said = {name: value for name in FIELDS if isinstance(value := data.get(name), str)}
    lines = {name: words(" ".join(value[:LONGEST_TEXT].split()), LONGEST_FIELD) for name, value in said.items()}
    return {name: line for name, line in lines.items() if line}


def speaker(activity: Mapping[str, Any], ours: Ours) -> PersonKey | None:
    """Who sent a message or pressed a button; None without an account."""
    sender = inner(activity, "from")
    oid = object_id(sender.get("aadobjectid"), sender.get("objectid"))
    return belonging(oid, identifier(sender.get("tenantid")), ours) if oid else None


def addressed(activity: Mapping[str, Any], ours: Ours) -> bool:
    """Whether a message is meant for us: alone with us, by slash, or naming us."""
    return _how(activity) is not How.MENTION or bool(_called(activity, ours))


def mentioned_ids(activity: Mapping[str, Any], ours: Ours) -> list[str | None]:
    """The Teams ids of the others who are mentioned, in the order of `Said.named`; None where there is none."""
    ids = (identifier(whom.get("id")) for whom, _ in _mentions(activity) if not _is_us(whom, ours))
    return [mri if mri and mri.startswith("29:") else None for mri in ids]


def without_mentions(text: str, called: set[str]) -> tuple[str, list[str]]:
    """The text with the mentions of `called` taken out and others left as words, which are also given. One pass."""
    parts: list[str] = []
    others: list[str] = []
    pieces = text.split(_CLOSE)
    for piece in pieces[:-1]:
        start = piece.rfind(_OPEN)
        end = piece.find(">", start) if start >= 0 else -1
        if end < 0:
            parts.append(piece)
            continue
        name = _flat(piece[end + 1 :])
        parts.append(piece[:start])
        if name.casefold() not in called:
            parts.append(name)
            others.append(name)
    parts.append(pieces[-1])
    return _flat("".join(parts)), others


def _flat(text: str) -> str:
    # cut first: html.unescape gives up on a number of more than 4,300 digits
    return words(" ".join(html.unescape(text[:LONGEST_TEXT]).split()), LONGEST_TEXT)


def _how(activity: Mapping[str, Any]) -> How:
    where = inner(activity, "conversation")
    if words(where.get("conversationtype")).lower() == "personal":
        return How.PERSONAL
    return How.SLASH if inner(activity, "recipient").get("istargeted") is True else How.MENTION


def _mentions(activity: Mapping[str, Any]) -> list[tuple[Mapping[str, Any], str]]:
    """Who is mentioned, and by which words."""
    found = []
    for entity in objects(activity.get("entities"), 4 * _MOST_MENTIONS)[:_MOST_MENTIONS]:
        if words(entity.get("type")).lower() != "mention":
            continue
        whom, text = inner(entity, "mentioned"), words(entity.get("text"), LONGEST_TEXT)
        names = without_mentions(text, set())[1]
        found.append((whom, names[0] if names else _flat(text) or words(whom.get("name"))))
    return found


def _is_us(whom: Mapping[str, Any], ours: Ours) -> bool:
    return (identifier(whom.get("id")) or "").lower() in (ours.bot, ours.app_id.lower())


def _called(activity: Mapping[str, Any], ours: Ours) -> set[str]:
    """What we are called in this message, by the entities that mention us."""
    return {name.casefold() for whom, name in _mentions(activity) if _is_us(whom, ours)}


def _named(activity: Mapping[str, Any], ours: Ours) -> tuple[Named, ...]:
    """The others who are mentioned. The words a message shows may lie, the id of the mention does not."""
    found = []
    for whom, name in _mentions(activity):
        if _is_us(whom, ours):
            continue
        oid = object_id(whom.get("aadobjectid"), whom.get("objectid"), whom.get("id"))
        person = belonging(oid, identifier(whom.get("tenantid")), ours) if oid else None
        found.append(Named(person=person, words=name))
    return tuple(found)
