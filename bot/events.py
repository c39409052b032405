"""What happened: the events whose fold is a sitting. Frozen, in the past tense, with the source's own time.

`at` is always when it happened at its source (UTC, aware), never when it reached us; the store numbers events in the
order they were written and keeps that time beside them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal, NewType

from pydantic import Field

PersonKey = NewType("PersonKey", str)
"""`aad:<object id>` for an account of our tenant, `ext:<tenant>:<object id>` for another's, `mri:<id>` for anyone else."""

Fact = str | int | float | bool | None | tuple[str, ...]
Setting = str | bool
"""A meeting option's value."""

Facts = Mapping[str, Fact]
"""Structured facts of a decision: times as ISO 8601 strings, people by key only. Never a name, never a ticking clock."""


def account(oid: str) -> PersonKey:
    """The key of an account of our own tenant, by its Entra object id."""
    return PersonKey(f"aad:{oid.lower()}")


def oid_of(person: PersonKey) -> str | None:
    """The Entra object id of an account of our tenant, or None for anyone else."""
    return person[4:] if person.startswith("aad:") else None


class Kind(StrEnum):
    """Who somebody is, by the directory and never by a display name or Teams' meeting role (law 3)."""

    __hash__ = str.__hash__  # an enum's own is in Python, and kinds are looked up for everybody at every event

    UNRESOLVED = "unresolved"
    STAFF = "staff"
    PUPIL = "pupil"
    ACCOUNT = "account"
    GUEST = "guest"
    FOREIGN = "foreign"
    ANONYMOUS = "anonymous"
    PHONE = "phone"
    BOT = "bot"


class Verb(StrEnum):
    """What a person answered on a card."""

    ACKNOWLEDGE = "acknowledge"
    NOT_A_PROBLEM = "not_a_problem"
    REMOVE = "remove"
    LET_STAY = "let_stay"
    OPEN_MICS = "open_mics"
    HOLD_MICS = "hold_mics"
    KEEP_OUT = "keep_out"
    CLAIM = "claim"
    TAKE_OVER = "take_over"
    NOTE = "note"
    COMING = "coming"


_ASKED = {
    **dict.fromkeys((Verb.REMOVE, Verb.LET_STAY, Verb.KEEP_OUT), "doing"),
    **dict.fromkeys((Verb.CLAIM, Verb.TAKE_OVER), "having"),
    Verb.COMING: "coming",
}


def asks_what(verb: Verb) -> str:
    """Which question of an alert an answer is to: what is done with somebody, who has it, who comes, or how it was seen."""
    return _ASKED.get(verb, "seen")


class EpisodeState(StrEnum):
    """The life of an episode: open, quiet (the rule no longer asks) and, after the settling time, closed."""

    OPEN = "open"
    QUIET = "quiet"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """Teams says the meeting started (`meetingStart`, `value.StartTime`)."""

    at: datetime
    type: Literal["started"] = "started"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """Teams says the meeting ended (`meetingEnd`, `value.EndTime`), or the sweep gave a silent sitting up."""

    at: datetime
    type: Literal["ended"] = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """Somebody entered by one endpoint. `hint` is what the event alone tells: a kind that needs no look-up, or UNRESOLVED.

    `role` is Teams' meeting role in lower case, which tells who binds to the options and never who is staff.
    """

    at: datetime
    person: PersonKey
    endpoint: str
    hint: Kind = Kind.UNRESOLVED
    role: str = ""
    type: Literal["joined"] = "joined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """Somebody left by one endpoint, or a look-up found them gone."""

    at: datetime
    person: PersonKey
    endpoint: str
    hint: Kind = Kind.UNRESOLVED
    type: Literal["left"] = "left"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """The directory said who somebody is, as of `at`."""

    at: datetime
    person: PersonKey
    kind: Kind
    classes: tuple[str, ...] = ()
    type: Literal["identified"] = "identified"


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """Graph and the Connector said what meeting this is, as of `at`.

    `class_name` by the order of architecture.md section 4, `invitees` with groups expanded; `invitees_known` is False
    where neither calendar nor chat would tell; `join_url` is where an adult enters, if Teams said it.
    """

    at: datetime
    organizer: PersonKey | None
    class_name: str | None
    invitees: tuple[PersonKey, ...] = ()
    invitees_known: bool = False
    scheduled_start: datetime | None = None
    scheduled_end: datetime | None = None
    join_url: str | None = None
    type: Literal["described"] = "described"


@dataclass(frozen=True, slots=True, kw_only=True)
class RotaSeen:
    """Who is on call, in the order in which they are to be told: by school.toml, else whoever holds the role it names."""

    at: datetime
    people: tuple[PersonKey, ...]
    type: Literal["rota_seen"] = "rota_seen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Blinded:
    """From `at` on, something of this sitting cannot be seen (law 14). `why`: `meet_now`, `channel`, `directory`, ..."""

    at: datetime
    why: str
    type: Literal["blinded"] = "blinded"


@dataclass(frozen=True, slots=True, kw_only=True)
class SightReturned:
    """From `at` on, what `why` hid is seen again."""

    at: datetime
    why: str
    type: Literal["sight_returned"] = "sight_returned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """CLT approved one-to-one lessons of this pupil until `until` (C56); `by` is the approver."""

    at: datetime
    pupil: PersonKey
    until: datetime
    by: PersonKey
    type: Literal["approved"] = "approved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """A member of staff warned a pupil (C34); `count` is how many unexpired warnings over all lessons that makes.

    `reason` is a key of the school's list, or empty; what staff wrote themselves is kept apart, in `warnings`.
    """

    at: datetime
    pupil: PersonKey
    by: PersonKey
    count: int
    reason: str = ""
    type: Literal["warned"] = "warned"


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningTakenBack:
    """Who gave a warning took their newest one of this pupil back; `count` is how many still count."""

    at: datetime
    pupil: PersonKey
    by: PersonKey
    count: int
    type: Literal["warning_taken_back"] = "warning_taken_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRefused:
    """A pupil tried a command or a button that is for staff (C72); `order` is its name, never what was typed."""

    at: datetime
    by: PersonKey
    order: str
    type: Literal["order_refused"] = "order_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """A member of staff wrote a note for the lesson's log (C50); its words are kept apart, in `notes`."""

    at: datetime
    by: PersonKey
    type: Literal["noted"] = "noted"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteTakenBack:
    """Who wrote a note takes it back; `note` is when they wrote it. It stays in the record, and the record says so."""

    at: datetime
    by: PersonKey
    note: datetime
    type: Literal["note_taken_back"] = "note_taken_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A person pressed a button of the alert about `about` that `rule` raised."""

    at: datetime
    rule: str
    about: PersonKey | None
    verb: Verb
    by: PersonKey
    type: Literal["answered"] = "answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedOn:
    """Nobody had seen to an alert in time: it goes on to these, privately. `how`: `person`, `mail`, or `head`, the last."""

    at: datetime
    decision: int
    to: tuple[PersonKey, ...]
    how: str
    type: Literal["passed_on"] = "passed_on"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckAsked:
    """The engine asked for a fresh look at somebody on whom a decision rests (law 2)."""

    at: datetime
    person: PersonKey
    type: Literal["check_asked"] = "check_asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """The engine decided to mute or remove somebody: what the brake counts (law 12).

    `observation` is the join that showed the need, in milliseconds since 1970 (law 6).
    """

    at: datetime
    person: PersonKey
    action: str
    rule: str
    observation: int
    type: Literal["corrected"] = "corrected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """The engine wrote down a correction that is not carried out: `watched` by the rule's mode, or `braked` (law 12)."""

    at: datetime
    person: PersonKey
    action: str
    rule: str
    observation: int
    status: str
    type: Literal["withheld"] = "withheld"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandsRefused:
    """Microsoft would not remove or mute somebody: `code` is ours, `words` its own and how to mend it."""

    at: datetime
    person: PersonKey
    action: str
    code: str
    words: str = ""
    type: Literal["hands_refused"] = "hands_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeMoved:
    """An episode opened, changed its words or facts, fell quiet, resumed, or closed (law 6).

    `times`: how often it has opened on the same card. `into`: on whose card it stands, where that is somebody else's, and
    `into_number` that card's episode.
    """

    at: datetime
    rule: str
    action: str
    to: str
    about: PersonKey | None
    number: int
    state: EpisodeState
    say: str = ""
    facts: Facts = field(default_factory=dict)
    choices: tuple[Verb, ...] = ()
    times: int = 1
    into: PersonKey | None = None
    into_number: int = 0
    type: Literal["episode_moved"] = "episode_moved"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeSeen:
    """What became of a decided action: done, refused, not_possible or given_up, with the other side's words."""

    at: datetime
    decision: int
    outcome: str
    words: str = ""
    type: Literal["outcome_seen"] = "outcome_seen"


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionsSeen:
    """The meeting's options were read (`ports.OPTIONS`). `ours`: read back after our own change."""

    at: datetime
    options: dict[str, Setting]
    ours: bool = False
    type: Literal["options_seen"] = "options_seen"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingAsked:
    """The options are to be read, by a job of its own."""

    at: datetime
    type: Literal["reading_asked"] = "reading_asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionsAsked:
    """The engine decided to change options. `observation` is the number of the reading that showed the need (law 6)."""

    at: datetime
    changes: dict[str, Setting]
    observation: int
    type: Literal["options_asked"] = "options_asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionsRefused:
    """Microsoft would not let us read or change the options; `code` is ours, `words` its own and how to mend it."""

    at: datetime
    code: str
    words: str = ""
    type: Literal["options_refused"] = "options_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class MicsOrdered:
    """A member of staff wants the pupils' microphones free (`open`) or held (C19 C20)."""

    at: datetime
    open: bool
    by: PersonKey
    type: Literal["mics_ordered"] = "mics_ordered"


@dataclass(frozen=True, slots=True, kw_only=True)
class SureAsked:
    """Somebody's first removal was asked back about: the same order once more, and it is carried out."""

    at: datetime
    person: PersonKey
    by: PersonKey
    type: Literal["sure_asked"] = "sure_asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovalPlanned:
    """A member of staff ordered a removal that waits until `due`, so that it can be taken back (`reason`: as in Warned)."""

    at: datetime
    person: PersonKey
    by: PersonKey
    due: datetime
    reason: str = ""
    type: Literal["removal_planned"] = "removal_planned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused:
    """The lesson is held still: by a member of staff, or by a rule (`by` None) while it asks for it (C78 C94).

    `line`: what the class reads of it; another such event tells it another.
    """

    at: datetime
    by: PersonKey | None = None
    line: str = "class.paused"
    type: Literal["paused"] = "paused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed:
    """The lesson goes on: a member of staff said so, or no rule asks for the pause any more (`by` None)."""

    at: datetime
    by: PersonKey | None = None
    type: Literal["resumed"] = "resumed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovalOrdered:
    """A member of staff removed somebody, or had them removed (C32 C35 C82): they stay out of this sitting.

    `reason`: as in Warned.
    """

    at: datetime
    person: PersonKey
    by: PersonKey
    reason: str = ""
    type: Literal["removal_ordered"] = "removal_ordered"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovalSeen:
    """Graph said that somebody was removed in Teams itself (`removedState`), not by whom: a hint, to ask the host about."""

    at: datetime
    person: PersonKey
    type: Literal["removal_seen"] = "removal_seen"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovalUndone:
    """A member of staff took a removal back for this sitting; a hold is disputed, not ended."""

    at: datetime
    person: PersonKey
    by: PersonKey
    type: Literal["removal_undone"] = "removal_undone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A pupil is on hold: kept out of every lesson until CLT has spoken with the parents (C37 C83)."""

    at: datetime
    pupil: PersonKey
    since: datetime
    type: Literal["held"] = "held"


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """CLT ended a pupil's hold; `by` None where this sitting learns of it later."""

    at: datetime
    pupil: PersonKey
    by: PersonKey | None
    type: Literal["released"] = "released"


@dataclass(frozen=True, slots=True, kw_only=True)
class CameOnHold:
    """A pupil on hold came in all the same; `since` when. Counted with the hold (C37)."""

    at: datetime
    pupil: PersonKey
    since: datetime
    type: Literal["came_on_hold"] = "came_on_hold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """One endpoint in a call's roster. `person` as everywhere; somebody without an account: `guest:<id>` or `phone:<id>`."""

    participant: str
    person: PersonKey
    hint: Kind
    name: str = ""
    muted: bool = False
    sharing: bool = False
    in_lobby: bool = False
    recording: bool = False
    sequence: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CallMoved:
    """Our own leg of the call: `asked`, `joined`, `lobby`, `in`, `not_shown`, `ended` (then blind for `dropped`) or `refused`.

    `not_shown`: it goes on, and Microsoft does not show who is in it (then blind for `roster`).
    """

    at: datetime
    state: str
    call: str = ""
    words: str = ""
    type: Literal["call_moved"] = "call_moved"


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterSeen:
    """The call's roster, complete, as we asked for it. One without `ours` is never believed (law 5)."""

    at: datetime
    seats: tuple[Seat, ...]
    ours: bool
    type: Literal["roster_seen"] = "roster_seen"


Event = (
    Started
    | Ended
    | Joined
    | Left
    | Identified
    | Described
    | RotaSeen
    | Blinded
    | SightReturned
    | Approved
    | Warned
    | WarningTakenBack
    | OrderRefused
    | Noted
    | NoteTakenBack
    | Answered
    | PassedOn
    | CheckAsked
    | Corrected
    | Withheld
    | HandsRefused
    | EpisodeMoved
    | OutcomeSeen
    | OptionsSeen
    | ReadingAsked
    | OptionsAsked
    | OptionsRefused
    | MicsOrdered
    | Paused
    | Resumed
    | SureAsked
    | RemovalPlanned
    | RemovalOrdered
    | RemovalSeen
    | RemovalUndone
    | Held
    | Released
    | CameOnHold
    | CallMoved
    | RosterSeen
)

AnyEvent = Annotated[Event, Field(discriminator="type")]
"""For pydantic's TypeAdapter: how the store writes events down and reads them back."""
