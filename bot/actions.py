"""What ought to be: the actions a rule may ask for. Imperative, data only; the engine decides, the worker carries out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.events import Facts, PersonKey, Setting, Verb


class Audience(StrEnum):
    """To whom something is told. Who they are is school.toml's to say, and the sitting's for HOST; THEM is whom it is about.

    ON_CALL is one of the adults on call, `about`: each is told by themselves, and told when it is covered.
    """

    HOST = "host"
    THEM = "them"
    ON_CALL = "on_call"
    CLT = "clt"
    LEADS = "leads"
    ADMINISTRATOR = "administrator"
    IT = "it"


class Role(StrEnum):
    """The groups of people that school.toml names; several share one safeguarding channel."""

    STAFF = "staff"
    PUPILS = "pupils"
    CLT = "clt"
    SAFEGUARDING_LEADS = "safeguarding_leads"
    HEAD = "head"
    ADMINISTRATOR = "administrator"
    IT = "it"


ROLES_OF: dict[Audience, tuple[Role, ...]] = {
    Audience.HOST: (),
    Audience.THEM: (),
    Audience.ON_CALL: (),
    Audience.CLT: (Role.CLT,),
    Audience.LEADS: (Role.HEAD, Role.SAFEGUARDING_LEADS),
    Audience.ADMINISTRATOR: (Role.ADMINISTRATOR,),
    Audience.IT: (Role.IT,),
}
"""Whom an alert to an audience mentions, unless the rule's table in school.toml says otherwise (`mention`)."""


LEADING = frozenset({Role.CLT, Role.SAFEGUARDING_LEADS, Role.HEAD})
"""Who leads safeguarding: they may answer every alert and read every record."""


class Mode(StrEnum):
    """How far a rule may go (law 13): act, only tell people, or only write down what it would have done."""

    ACT = "act"
    TELL = "tell"
    WATCH = "watch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tell:
    """Tell people something. `say` is a key of bot/words/; `choices` are the buttons; `rests_on` whom it is checked against.

    `unless`: not told while that rule tells people itself: it has taken over.
    `anew`: where the open alert said something else, this is a new one, so that whoever had seen that hears of it again.
    """

    to: Audience
    say: str
    about: PersonKey | None = None
    facts: Facts = field(default_factory=dict)
    choices: tuple[Verb, ...] = ()
    rests_on: tuple[PersonKey, ...] = ()
    anew: bool = False
    unless: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remove:
    """Remove a person from the lesson (by a call where the tier has one; else the host is told how)."""

    about: PersonKey
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute:
    """Mute a person once (needs the call)."""

    about: PersonKey
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetOptions:
    """Have the meeting's options be so (`ports.OPTIONS`). All that rules want at once becomes one change.

    `roles`: who is to present, and nobody else but the organiser; Teams takes that only before the lesson.
    """

    changes: Mapping[str, Setting]
    why: str
    roles: tuple[PersonKey, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Hold the lesson still for as long as this is asked for, and then put its options back (bot/pausing.py).

    `line`: what the class reads meanwhile, a key of bot/words/.
    """

    why: str
    line: str = "class.paused"


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAgain:
    """Judge this sitting again at `at`, even if nothing happens until then."""

    at: datetime


Corrective = Remove | Mute
Action = Tell | Remove | Mute | SetOptions | Pause | LookAgain
