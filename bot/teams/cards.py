"""A notice as an Adaptive Card, as one plain line, or as a mail. Nothing in it can be more than letters (threat T7).

What people are called, and whatever else came from outside, stands in rich text runs, in which Teams reads no Markdown, and
is made inert besides. The one Markdown-reading block that holds a name is the line of mentions, and there only object ids
that we looked up ourselves are mentioned.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.answering import LONGEST_NOTE, TAKING
from bot.events import Verb
from bot.notice import Ask, Button, Choice, Field, Filling, Mention, Notice, Severity
from bot.words.inert import clean, inert, visible
from bot.words.phrases import phrases

Json = dict[str, Any]

SIGNS = {Severity.ACT: "⚠", Severity.LOOK: "◉", Severity.KNOW: "ℹ", Severity.NONE: "●"}
STYLES = {Severity.ACT: "attention", Severity.LOOK: "warning", Severity.KNOW: "accent", Severity.NONE: "emphasis"}
OVER_SIGN, OVER_STYLE, PASSED_SIGN = "✓", "good", "→"
LONGEST = {"headline": 400, "text": 700, "detail": 700, "button": 40, "mention": 40, "choice": 60, "field": 600}
MOST = {"details": 20, "buttons": 3, "mentions": 12, "choices": 60, "more": 12, "notes": 5}
UNFOLDED = 2
BIGGEST = 20_000
"""Bytes of a card as sent; Teams' own limit is not documented for bots, and 28 KB for webhooks."""
GRAVE = "remove"
"""The command whose button looks like what it does."""
_DETAILS, _NOTE = "details", "writing"
_OID = re.compile(r"[0-9a-fA-F-]{36}")


def card(notice: Notice, language: str = "en") -> Json:
    """The card of an alert or an answer: valid Adaptive Cards 1.5, and small enough for Teams whatever it says."""
    for scale in (1, 2, 4, 8):
        made = _card(_harmless(notice, language, scale), language)
        if len(json.dumps(made)) < BIGGEST:
            break
    return made


def _card(notice: Notice, language: str) -> Json:
    mentions = _mentions(notice.mentions, language)
    told = _told(notice, language, [mention["text"] for mention in mentions])
    chosen = [_choice(one) if isinstance(one, Choice) else _field(one) for one in notice.choices]
    made: Json = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.5",
        "fallbackText": _line(notice, language),
        "body": [*told, *_joining(notice), *_having(notice), *_unfolding(notice, language)],
    }
    if notice.buttons or notice.asks:
        made["body"] += chosen
    if actions := _actions(notice):
        made["actions"] = actions
    if mentions:
        made["msteams"] = {"entities": mentions}
    return made


def _told(notice: Notice, language: str, mentioned: Sequence[str]) -> list[Json]:
    """What is read, in the order in which it is wanted."""
    say = phrases(language).say
    body: list[Json] = []
    if notice.alert or notice.severity or notice.over:
        body.append(_header(notice, language))
    body.append(_runs("", notice.headline, size="medium", weight="bolder"))
    if notice.answered:
        body.append(_runs(OVER_SIGN, notice.answered))
    if notice.passed:
        body.append(_runs(PASSED_SIGN, notice.passed))
    if mentioned:
        body.append(_block(say("card-for", {"people": ", ".join(mentioned)})))
    body += [_runs("", text) | ({"spacing": "small"} if at else {}) for at, text in enumerate(notice.more)]
    body += [_runs(label, text) for label, text in _labelled(notice, language)]
    return body + [_runs(say("card-notes") if at == 0 else "", text) for at, text in enumerate(notice.notes)]


def _actions(notice: Notice) -> list[Json]:
    """The buttons below: an alert's answers but for the taking, or the commands that an answer offers."""
    if notice.alert and notice.buttons:
        return [_button(notice, button) for button in notice.buttons if button.verb not in TAKING]
    return [_ask(notice.mark, ask) for ask in notice.asks]


def line(notice: Notice, language: str = "en") -> str:
    """One line of plain text that no Markdown reader makes anything of, for answers without a card and for previews."""
    return _line(_harmless(notice, language), language)


def _line(notice: Notice, language: str) -> str:
    parts = [notice.headline, *notice.more[:1], notice.done, notice.next_step, notice.answered]
    parts += [] if notice.alert else [" · ".join(notice.details)]
    urgency = f"{_level(notice, language)}: " if notice.alert else ""
    whole = urgency + " ".join(part if part.endswith((".", "?", "!")) else f"{part}." for part in parts if part)
    # No list, quotation or rule can begin where the line does not begin with its sign.
    return re.sub(r"^(?=[-+=>]|\d{1,9}[.)])", "\u2009", whole)


def plain(notice: Notice, language: str = "en") -> str:
    """The text of a mail: everything, unfolded, one thing a line."""
    notice = _harmless(notice, language)
    number = phrases(language).say("card-number", {"alert": str(notice.alert)}) if notice.alert else ""
    labelled = [f"{label} {text}".strip() for label, text in _labelled(notice, language)]
    details = "\n".join(f"- {detail}" for detail in notice.details)
    more, notes = "\n".join(notice.more), "\n".join(notice.notes)
    link = f"{notice.join}: {notice.link}" if notice.join and notice.link else ""
    told = [notice.headline, more, *labelled, link, notice.answered, notice.passed, notes, details, number]
    return "\n\n".join(filter(None, told)) + "\n"


def subject(notice: Notice, language: str = "en") -> str:
    """The subject of a mail: how urgent and which alert, and nobody's name."""
    return phrases(language).say("subject", {"alert": notice.alert, "level": _level(notice, language)})


def _level(notice: Notice, language: str) -> str:
    return phrases(language).say("level.over" if notice.over else f"level.{notice.severity.value or 'know'}")


def _harmless(notice: Notice, language: str, scale: int = 1) -> Notice:
    """The same notice with everything in it inert and cut; `scale` is how many times shorter than usual."""
    longest = {part: length // scale for part, length in LONGEST.items()}
    kept = notice.details[: MOST["details"] // scale]
    rest = len(notice.details) - len(kept)
    more = [phrases(language).say("card-rest", {"count": rest})] if rest else []
    return replace(
        notice,
        headline=_cut(notice.headline, longest["headline"]) or "…",
        done=_cut(notice.done, longest["text"]),
        next_step=_cut(notice.next_step, longest["text"]),
        answered=_cut(notice.answered, longest["text"]),
        join=_cut(notice.join, LONGEST["button"]),
        passed=_cut(notice.passed, longest["text"]),
        more=tuple(cut for text in notice.more[: MOST["more"] // scale or 1] if (cut := _cut(text, longest["detail"]))),
        notes=tuple(cut for text in notice.notes[-MOST["notes"] // scale :] if (cut := _cut(text, longest["text"]))),
        details=(*(cut for detail in kept if (cut := _cut(detail, longest["detail"]))), *more),
        buttons=tuple(replace(b, title=_cut(b.title, LONGEST["button"])) for b in notice.buttons[: MOST["buttons"]]),
        asks=tuple(replace(a, title=_cut(a.title, LONGEST["button"])) for a in notice.asks[: MOST["buttons"]]),
        choices=tuple(_harmless_choice(choice, scale) for choice in notice.choices),
    )


def _harmless_choice(choice: Choice | Field, scale: int) -> Choice | Field:
    if isinstance(choice, Field):
        return replace(choice, value=visible(choice.value)[: LONGEST["field"]])
    among = choice.among[: MOST["choices"] // scale]
    return replace(choice, among=tuple((value, _cut(title, LONGEST["choice"]) or "…") for value, title in among))


def _cut(text: str, longest: int) -> str:
    words = inert(text[: 4 * longest])
    return words if len(words) <= longest else words[: longest - 1].rstrip() + "…"


def _labelled(notice: Notice, language: str) -> list[tuple[str, str]]:
    """What was done and what can be done, each with its label; an answer, and what is over, need none."""
    say = phrases(language).say
    done = say("card-done") if notice.alert and not notice.over else ""
    pairs = ((done, notice.done), (say("card-next") if notice.alert else "", notice.next_step))
    return [(label, text) for label, text in pairs if text]


def _header(notice: Notice, language: str) -> Json:
    """How urgent, in a sign and a word, and small the alert's number."""
    sign = OVER_SIGN if notice.over else SIGNS[notice.severity]
    word = _block(f"{sign} {_level(notice, language)}", style="heading", size="medium", weight="bolder")
    columns: list[Json] = [{"type": "Column", "width": "stretch", "items": [word]}]
    if notice.alert:
        number = phrases(language).say("card-number", {"alert": str(notice.alert)})
        small = _block(number, size="small", horizontalAlignment="right")
        columns.append({"type": "Column", "width": "auto", "verticalContentAlignment": "center", "items": [small]})
    return {
        "type": "Container",
        "style": OVER_STYLE if notice.over else STYLES[notice.severity],
        "bleed": True,
        "items": [{"type": "ColumnSet", "columns": columns}],
    }


def _block(text: str, **looks: str) -> Json:
    return {"type": "TextBlock", "text": text, "wrap": True, **looks}


def _runs(label: str, words: str, **looks: str) -> Json:
    """Rich text: a label of ours in bold, if any, and words that are never read as Markdown."""
    bold: list[Json] = [{"type": "TextRun", "text": f"{label} ", "weight": "bolder"}] if label else []
    return {"type": "RichTextBlock", "inlines": [*bold, {"type": "TextRun", "text": words, **looks}]}


def _having(notice: Notice) -> list[Json]:
    """The button that takes an alert, or takes it over: first, and in a row of its own, because a phone cuts three in one."""
    taking = [_button(notice, button) | {"style": "positive"} for button in notice.buttons if button.verb in TAKING]
    return [{"type": "ActionSet", "actions": taking}] if notice.alert and taking else []


def _unfolding(notice: Notice, language: str) -> list[Json]:
    """What is folded until it is asked for: an alert's details if there are more than two, and the place to write a note."""
    say = phrases(language).say
    details, folded = _details(notice)
    toggles = [_toggle(say("card-more"), _DETAILS)] if folded else []
    note = [_note(notice, language)] if notice.alert and notice.notable else []
    toggles += [_toggle(say("card-write"), _NOTE)] if note else []
    # In a row of their own: beside two buttons a phone would cut all of them short.
    return [*([{"type": "ActionSet", "actions": toggles}] if toggles else []), *details, *note]


def _toggle(title: str, what: str) -> Json:
    return {"type": "Action.ToggleVisibility", "title": title, "targetElements": [what]}


def _details(notice: Notice) -> tuple[list[Json], bool]:
    """Those of an alert are folded if there are more than two; an answer says all at once."""
    titles = {title for choice in notice.choices if isinstance(choice, Choice) for _, title in choice.among}
    # what can be chosen is not listed besides
    lines = [_runs("", text) | {"spacing": "small"} for text in notice.details if text not in titles]
    if not lines:
        return [], False
    folded = bool(notice.alert) and len(lines) > UNFOLDED
    return [{"type": "Container", "id": _DETAILS, "items": lines, "isVisible": not folded}], folded


def _note(notice: Notice, language: str) -> Json:
    """A place to write. The other buttons leave it alone: only its own sends what is in it."""
    say = phrases(language).say
    text = {
        "type": "Input.Text",
        "id": "note",
        "label": say("card-note"),
        "isMultiline": True,
        "maxLength": LONGEST_NOTE,
        "isRequired": True,
        "errorMessage": say("card-note_missing"),
    }
    keep = _button(notice, Button(title=say("button.note"), verb=Verb.NOTE, alone=False))
    items = [text, {"type": "ActionSet", "actions": [keep]}]
    return {"type": "Container", "id": _NOTE, "items": items, "isVisible": False}


def _button(notice: Notice, button: Button) -> Json:
    """A press says which alert and which answer; who pressed is for the token to say. It sends nothing that is not its own."""
    verb = button.verb.value
    data = {"alert": notice.alert, "verb": verb}
    made: Json = {"type": "Action.Execute", "title": button.title, "verb": verb, "data": data}
    return made | ({"associatedInputs": "none"} if button.alone and (notice.notable or notice.choices) else {})


def _joining(notice: Notice) -> list[Json]:
    """A button that leads into the lesson, in a row of its own. Teams opens the link itself; nothing comes back to us."""
    if not (notice.join and notice.link):
        return []
    into = {"type": "Action.OpenUrl", "title": notice.join, "url": notice.link, "style": "positive"}
    return [{"type": "ActionSet", "actions": [into]}]


def _ask(mark: str, ask: Ask) -> Json:
    """A press gives the command; what was chosen on the card is sent along under its own names."""
    data = {"command": ask.command, "mark": mark, "pupil": ask.pupil, "rest": ask.rest, **dict(ask.filled)}
    sent = {name: value for name, value in data.items() if value}
    made: Json = {"type": "Action.Execute", "title": ask.title, "verb": ask.command, "data": sent}
    looks = {"associatedInputs": "none" if ask.alone else "", "style": "destructive" if ask.command == GRAVE else ""}
    return made | {name: value for name, value in looks.items() if value}


def _choice(choice: Choice) -> Json:
    """A list to choose one thing from; a phone shows it as a menu."""
    among = [{"title": title, "value": value} for value, title in choice.among]
    made: Json = {"type": "Input.ChoiceSet", "id": choice.name, "label": choice.label, "choices": among}
    made |= {"value": choice.value} if choice.value else {}
    return made | ({"isRequired": True, "errorMessage": choice.needed} if choice.needed else {})


def _field(field: Field) -> Json:
    """Something to fill in; a client keeps what stands in it as letters."""
    value = {"value": field.value} if field.value else {}
    if field.filling is Filling.DAY:
        # a day that no calendar can show would leave the field empty without a word
        value = value if re.fullmatch(r"\d{4}-\d\d-\d\d", field.value) else {}
        return {"type": "Input.Date", "id": field.name, "label": field.label, **value}
    lines = {"isMultiline": True} if field.filling is Filling.LINES else {}
    return {
        "type": "Input.Text",
        "id": field.name,
        "label": field.label,
        "maxLength": LONGEST["field"],
        **lines,
        **value,
    }


def _mentions(mentions: Sequence[Mention], language: str) -> list[Json]:
    """Teams finds a mention by its text, so every text differs and holds nothing but a name."""
    entities: dict[str, Json] = {}
    for mention in [one for one in mentions if _OID.fullmatch(one.oid)][: MOST["mentions"]]:
        name = re.sub(r"[\[\]()!@$]", "", clean(mention.name, LONGEST["mention"])).strip()
        name = name or phrases(language).say("colleague")
        called = next(way for way in (name, *(f"{name} {n}" for n in range(2, 99))) if way not in entities)
        who = {"id": mention.oid, "name": called}
        entities[called] = {"type": "mention", "text": f"<at>{called}</at>", "mentioned": who}
    return list(entities.values())
