"""What people read in a message: text, cards and mentions; and what Teams would refuse in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from deploy.rehearsal.model import Person
from deploy.rehearsal.tenant import Tenant

Json = dict[str, Any]
CARD = "application/vnd.microsoft.card.adaptive"
PRESSED = ("Action.Execute", "Action.Submit")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!>~|<&])")
_WORDS = ("text", "title", "value", "label", "altText")
_AT = re.compile(r"<at[^>]*>([^<]*)</at>")


class Broken(Exception):
    """A message Teams refuses, and why."""


def plain(text: Any) -> str:
    """Text as people see it: mentions as @Name, Markdown's escapes taken."""
    return _ESCAPED.sub(r"\1", _AT.sub(r"@\1", text)) if isinstance(text, str) else ""


def cards_of(activity: Json) -> list[Json]:
    attached = activity.get("attachments") or []
    found = [each.get("content") for each in attached if isinstance(each, dict) and each.get("contentType") == CARD]
    return [each for each in found if isinstance(each, dict)]


def parts(node: Any) -> Iterator[Json]:
    """Every element and action of a card, in reading order."""
    if isinstance(node, list):
        for each in node:
            yield from parts(each)
    elif isinstance(node, dict):
        yield node
        for key, value in node.items():
            if key not in ("data", "msteams", "fallback") and isinstance(value, list | dict):
                yield from parts(value)


def _is_action(part: Json) -> bool:
    return str(part.get("type", "")).startswith("Action.")


def card_text(card: Json) -> str:
    """All the text of a card."""
    lines: list[str] = []
    for part in parts(card):
        if _is_action(part):
            continue
        if part.get("type") == "RichTextBlock":
            runs = [run if isinstance(run, str) else run.get("text", "") for run in part.get("inlines", [])]
            lines.append("".join(runs))
        elif part.get("type") == "TextRun":
            continue
        else:
            lines += [plain(part[key]) for key in _WORDS if isinstance(part.get(key), str)]
    return "\n".join(line for line in lines if line)


def buttons(card: Json) -> list[str]:
    return [str(part.get("title", "")) for part in parts(card) if _is_action(part)]


def readable(activity: Json) -> str:
    """All the readable text of a message."""
    return "\n".join(filter(None, [plain(activity.get("text")), *map(card_text, cards_of(activity))]))


def button(card: Json, title: str) -> Json | None:
    """The action behind a button."""
    found = (p for p in parts(card) if p.get("type") in PRESSED and p.get("title") == title)
    return next(found, None)


def known(tenant: Tenant, said: Any, *, in_card: bool) -> Person | str | None:
    """Whom an id in a mention means; cards may also name object ids and addresses."""
    if not isinstance(said, str):
        return None
    if said == tenant.bot:
        return said
    for person in tenant.people.values():
        if person.mri == said or (in_card and said.lower() in (person.oid, (person.mail or "").lower() or None)):
            return person
    return None


def check(tenant: Tenant, activity: Json) -> None:
    """Refuse what Teams refuses: a mention of nobody, a mention that is not in the text, a card of no kind."""
    _mentions(tenant, activity.get("entities"), str(activity.get("text") or ""), in_card=False)
    for attached in activity.get("attachments") or []:
        if not isinstance(attached, dict) or not attached.get("contentType"):
            raise Broken("Attachment without a contentType")
    for card in cards_of(activity):
        check_card(tenant, card)


def check_card(tenant: Tenant, card: Json) -> None:
    if card.get("type") != "AdaptiveCard":
        raise Broken("Invalid AdaptiveCard: type must be AdaptiveCard")
    if str(card.get("version", "")) not in ("1.0", "1.1", "1.2", "1.3", "1.4", "1.5"):
        raise Broken("Invalid AdaptiveCard: version must be 1.0 to 1.5")
    teams = card.get("msteams") or {}
    words = "\n".join(str(value) for part in parts(card) for value in part.values() if isinstance(value, str))
    _mentions(tenant, teams.get("entities") if isinstance(teams, dict) else None, words, in_card=True)


def _mentions(tenant: Tenant, entities: Any, words: str, *, in_card: bool) -> None:
    for each in entities or []:
        if not isinstance(each, dict) or each.get("type") != "mention":
            continue
        text = each.get("text")
        if not isinstance(text, str) or not _AT.fullmatch(text) or text not in words:
            raise Broken("Invalid mention: its text does not occur in the message")
        mentioned = each.get("mentioned")
        if known(tenant, mentioned.get("id") if isinstance(mentioned, dict) else None, in_card=in_card) is None:
            raise Broken("Invalid mention: unknown id")
