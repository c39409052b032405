"""A notice: what one person or channel is to read, in finished words, before it becomes a card, a line or a mail."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.events import PersonKey, Verb


class Severity(StrEnum):
    """How urgent it is for the reader: act now, look soon, or know. NONE for plain answers."""

    ACT = "act"
    LOOK = "look"
    KNOW = "know"
    NONE = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """Somebody to be mentioned by Entra object id, so that Teams notifies them."""

    oid: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A button: its words, and what pressing it answers. `alone`: without what is chosen on the card."""

    title: str
    verb: Verb
    alone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Something to choose from a list on a card: what it is (`name`), its label, and what can be chosen, as (value, words).

    `value`: what is chosen already.
    """

    name: str
    label: str
    among: tuple[tuple[str, str], ...]
    needed: str = ""
    value: str = ""


class Filling(StrEnum):
    """What a field takes: a line, several lines, or a day."""

    LINE = "line"
    LINES = "lines"
    DAY = "day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """Something to fill in on a card: what it is (`name`), its label, and what stands in it already."""

    name: str
    label: str
    filling: Filling = Filling.LINE
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A button that gives a command, about `pupil` and with `rest` behind it where they are settled already.

    `alone`: without what is chosen on the card. `filled`: fields that are settled already, as (name, value).
    """

    title: str
    command: str
    pupil: PersonKey | None = None
    rest: str = ""
    alone: bool = False
    filled: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One alert or answer in words. `alert` is the number it is known by (0: a plain answer to a command).

    `headline` what happened, `done` what Schoolgate did, `next_step` what the reader can do, `details` lines kept folded,
    `over` True once it no longer holds, `answered` who answered and when, `passed` to whom it was passed on, `more` what was
    folded into it, `notes` what people wrote on it (`notable`: more may be written). Names inside are as the directory or
    Teams gave them: whoever renders makes them inert. `join` is the title of a button that leads into the lesson, at `link`.
    An answer may have `asks`, buttons that give a command, with the `choices` that go with them; `mark` makes two presses of
    the same card one.
    """

    alert: int = 0
    headline: str
    done: str = ""
    next_step: str = ""
    details: tuple[str, ...] = ()
    buttons: tuple[Button, ...] = ()
    mentions: tuple[Mention, ...] = ()
    over: bool = False
    answered: str = ""
    passed: str = ""
    more: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    notable: bool = False
    severity: Severity = Severity.NONE
    join: str = ""
    link: str = ""
    choices: tuple[Choice | Field, ...] = ()
    asks: tuple[Ask, ...] = ()
    mark: str = ""
