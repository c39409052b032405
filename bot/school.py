"""The school's own choices: school.toml, read once at the start. A mistake stops the start and names file, line and key."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import time, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from bot.actions import Role
from bot.policy import Duration, Rule, find_rules, rule_modules
from bot.reasons import USUAL, AgeBand, Ends, Reason, Track

_GUID = r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"
GroupId = Annotated[str, Field(pattern=_GUID), AfterValidator(str.lower)]


class WrongSchoolFile(Exception):
    """school.toml cannot be used; the text says where and what to write instead."""


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError('write a time zone like "Europe/London"') from error
    return name


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SchoolTable(_Table):
    """[school]: who we are and how far Schoolgate goes."""

    name: str = Field(min_length=1, max_length=80)
    timezone: Annotated[str, AfterValidator(_zone)] = "Europe/London"
    tier: Literal["watch", "guard", "remove"] = "watch"
    reopen: Duration = timedelta(minutes=15)
    settle: Duration = timedelta(seconds=30)
    patience: Duration = timedelta(seconds=10)
    warnings_expire: Duration = timedelta(days=30)


class GroupsTable(_Table):
    """[groups]: Entra group ids by role."""

    staff: GroupId
    pupils: GroupId
    clt: GroupId
    safeguarding_leads: GroupId
    head: GroupId
    administrator: GroupId
    it: GroupId


class ChannelsTable(_Table):
    """[channels]: where alerts go; `mail_from` is the object id of the mailbox that e-mails are sent from. `readers`: the object
    ids of those who read the safeguarding channel and have no role above, for when Teams does not say who does.
    """

    mail_from: GroupId | None = None
    readers: tuple[GroupId, ...] = ()
    safeguarding: str = Field(pattern=r"^19:.+@thread\.(tacv2|skype|v2)$")


class OnCallTable(_Table):
    """[on_call]: who is told, one after the other, when pupils are without an adult: `people` by their own Entra object ids,
    in this order; where none is named, whoever holds `role`.
    """

    role: Role = Role.CLT
    people: tuple[GroupId, ...] = ()

    @field_validator("role")
    @classmethod
    def _adults(cls, role: Role) -> Role:
        if role is Role.PUPILS:
            raise ValueError("pupils are never on call")
        return role


class ClassTable(_Table):
    """[[class]]: a class, its Entra group, its age band; `teachers` organise lessons of it by themselves."""

    name: str = Field(min_length=1, max_length=40)
    group: GroupId
    age_band: AgeBand = AgeBand.KS2
    teachers: tuple[GroupId, ...] = ()


class ReasonTable(_Table):
    """[[reason]]: why pupils are warned or removed; a school that lists any lists all of its own. `words` is what adults call
    it, `also` what else they may write, `pupil` a sentence to the child by age band (eyfs, ks1, ks2). `track`: ladder (warn,
    then remove) or immediate (may be removed at once). `ends`, what the hold needs to end: parents (the leadership team has
    spoken with them), clt_decides (it says for how long) or open (until further notice).
    """

    key: str = Field(pattern=r"^[a-z][a-z_]{1,30}$")
    track: Track = Track.LADDER
    ends: Ends = Ends.PARENTS
    words: str = Field(default="", max_length=60)
    also: tuple[Annotated[str, Field(min_length=2, max_length=40)], ...] = ()
    pupil: dict[AgeBand, Annotated[str, Field(min_length=2, max_length=160)]] = {}


class RemovalTable(_Table):
    """[removal]: how long an ordered removal waits for /undo, by track; a removal for abuse should not wait. `confirm_first`:
    whether somebody's first removal on the ladder is asked back about.
    """

    undo_ladder: Duration = timedelta(seconds=5)
    undo_immediate: Duration = timedelta(0)
    confirm_first: bool = True

    @property
    def longest_wait(self) -> timedelta:
        """After so long nobody can take a removal back before it is carried out."""
        return max(self.undo_ladder, self.undo_immediate)


class HoldTable(_Table):
    """[hold]: by when the leadership team is to have dealt with a hold (`due`; a weekend moves it to Monday), when it looks
    again at one that stands until further notice (`review`), and how far ahead a hold may be set to end (`longest`).
    """

    due: Duration = Field(default=timedelta(days=2), gt=timedelta(0))
    review: Duration = Field(default=timedelta(days=28), gt=timedelta(0))
    longest: Duration = Field(default=timedelta(days=90), ge=timedelta(days=1), le=timedelta(days=366))


class BrakeTable(_Table):
    """[brake]: how many people rules may correct before they stop (law 12)."""

    per_sitting: int = Field(default=3, ge=0)
    sitting_window: Duration = timedelta(minutes=5)
    share_of_pupils: float = Field(default=0.25, gt=0, le=1)
    per_school: int = Field(default=10, ge=0)
    school_window: Duration = timedelta(minutes=10)


def _time_of_day(value: object) -> object:
    """Read a time of day like "07:30"."""
    if isinstance(value, time):
        return value
    if isinstance(value, str) and re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        return time.fromisoformat(value)
    raise ValueError('write a time of day in quotes, like "07:30"')


TimeOfDay = Annotated[time, BeforeValidator(_time_of_day)]


class AlertsTable(_Table):
    """[alerts]: how long an alert to several people may wait for one of them to take it before it is passed on: `act` where
    somebody has to act now, `look` where somebody has to look ("0s": never). It goes to so many `people` one after another,
    each with the same time, then by e-mail to all, then to the head. `fold`: how long the same alert of the same lesson
    goes on one card while nobody has taken it ("0s": each has its own).
    """

    act: Duration = timedelta(minutes=3)
    look: Duration = timedelta(minutes=15)
    people: int = Field(default=2, ge=0, le=20)
    fold: Duration = timedelta(minutes=10)

    def wait(self, severity: str) -> timedelta | None:
        """How long an alert of this severity waits; None: it is not passed on."""
        return {"act": self.act, "look": self.look}.get(severity) or None


class PlanTable(_Table):
    """[plan]: what is done ahead of the lessons in staff's calendars."""

    place: bool = True
    seal_before: Duration = Field(default=timedelta(minutes=10), gt=timedelta(0))
    tell_sealed: bool = False
    silent_after: Duration = Field(default=timedelta(minutes=5), gt=timedelta(0))
    tell_from: TimeOfDay = time(7)
    tell_until: TimeOfDay = time(18, 30)

    @field_validator("tell_until")
    @classmethod
    def _after(cls, until: time, info: ValidationInfo) -> time:
        if "tell_from" in info.data and until <= info.data["tell_from"]:
            raise ValueError("must be later than tell_from, or nobody is ever told")
        return until


class KeepTable(_Table):
    """[keep]: how long things are kept."""

    deliveries: Duration = timedelta(days=7)
    presence: Duration = timedelta(days=30)
    alerts: Duration = timedelta(days=365)


class _File(_Table):
    school: SchoolTable
    groups: GroupsTable
    channels: ChannelsTable
    classes: tuple[ClassTable, ...] = Field(default=(), alias="class")
    reasons: tuple[ReasonTable, ...] = Field(default=(), alias="reason")
    removal: RemovalTable = RemovalTable()
    hold: HoldTable = HoldTable()
    brake: BrakeTable = BrakeTable()
    keep: KeepTable = KeepTable()
    plan: PlanTable = PlanTable()
    on_call: OnCallTable = OnCallTable()
    alerts: AlertsTable = AlertsTable()

    @field_validator("reasons")
    @classmethod
    def _enough(cls, reasons: tuple[ReasonTable, ...]) -> tuple[ReasonTable, ...]:
        """Each key once, and where a list is given at least one immediate reason: else nobody could be removed at once."""
        if len({reason.key for reason in reasons}) < len(reasons):
            raise ValueError("two reasons have the same key")
        if reasons and not any(reason.track is Track.IMMEDIATE for reason in reasons):
            raise ValueError('at least one reason needs track = "immediate" (C78 C82)')
        return reasons


@dataclass(frozen=True)
class School:
    """The school's choices and its rules, ready for use. `id` is part of every key (law 1)."""

    id: str
    school: SchoolTable
    groups: GroupsTable
    channels: ChannelsTable
    classes: tuple[ClassTable, ...]
    brake: BrakeTable
    keep: KeepTable
    plan: PlanTable
    rules: tuple[Rule, ...] = field(repr=False)
    reasons: tuple[Reason, ...] = USUAL
    removal: RemovalTable = RemovalTable()
    hold: HoldTable = HoldTable()
    on_call: OnCallTable = OnCallTable()
    alerts: AlertsTable = AlertsTable()

    def group(self, role: Role) -> str:
        """The Entra group id of a role."""
        return str(getattr(self.groups, role.value))

    def age_band(self, *classes: str | None) -> AgeBand:
        """How old the children of the first of these classes are that is listed; the middle band where none is."""
        return next((one.age_band for name in classes for one in self.classes if one.name == name), AgeBand.KS1)

    def class_of(self, groups: Collection[str], organizer: str | None) -> str | None:
        """A meeting's class: a class group among the invited; else the one its organiser teaches. Two that fit are none."""
        invited = [one.name for one in self.classes if one.group in groups]
        taught = [one.name for one in self.classes if organizer and organizer.lower() in one.teachers]
        if len(invited) > 1:
            taught = [name for name in taught if name in invited]
            invited = []
        only = invited or taught
        return only[0] if len(only) == 1 else None

    def rule(self, name: str) -> Rule | None:
        """An enabled rule by its name."""
        return next((rule for rule in self.rules if rule.name == name), None)


def read_school(path: Path) -> School:
    """Read school.toml at `path`, or raise WrongSchoolFile with file, line, key and what is expected."""
    try:
        text = path.read_text(encoding="utf-8")
        tables = tomllib.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        raise WrongSchoolFile(f"{path}: cannot be read: {error}") from error
    except (ValueError, RecursionError) as error:
        # not all of tomllib's: a number of thousands of digits, a list in a list in a list
        raise WrongSchoolFile(f"{path}: {error}") from error
    names = [name for name, _ in rule_modules()]
    rules = {name: tables.pop(name) for name in names if name in tables}
    try:
        file = _File.model_validate(tables)
    except ValidationError as error:
        raise WrongSchoolFile(_explain(path, text, error, (), known=[*_File.model_fields, *names])) from error
    return School(
        id=re.sub(r"[^a-z0-9]+", "-", file.school.name.casefold()).strip("-") or "school",
        rules=_read_rules(path, text, rules),
        reasons=tuple(Reason(**dict(reason)) for reason in file.reasons) or USUAL,
        **{name: getattr(file, name) for name in _File.model_fields if name != "reasons"},
    )


def _read_rules(path: Path, text: str, tables: dict[str, Any]) -> tuple[Rule, ...]:
    for name, module in rule_modules():
        try:
            module.Settings.model_validate(tables.get(name, {}))
        except ValidationError as error:
            known = list(module.Settings.model_fields)
            raise WrongSchoolFile(_explain(path, text, error, (name,), known=known)) from error
    return find_rules(tables)


def _explain(path: Path, text: str, error: ValidationError, above: tuple[str, ...], *, known: list[str]) -> str:
    lines = []
    for fault in error.errors():
        keys = (*above, *(str(part) for part in fault["loc"]))
        what = fault["msg"].removeprefix("Value error, ")
        if fault["type"] == "extra_forbidden":
            what = f"nothing is called that here; known: {', '.join(sorted(known))}"
        elif fault["type"] == "missing":
            what = "is missing"
        lines.append(f"{path}:{_line_of(text, keys)}: {'.'.join(keys)}: {what}")
    return "\n".join(lines)


def _line_of(text: str, keys: tuple[str, ...]) -> int:
    """The line a key stands on, or its table's, counting from 1."""
    listed = len(keys) > 2 and keys[1].isdigit()
    before = int(keys[1]) if listed else 0
    key = keys[2] if listed else keys[min(1, len(keys) - 1)]
    table, inside = 1, len(keys) == 1
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*\[\[?\s*([^\]]*?)\s*\]", line):
            inside = header[1] == keys[0] and before == 0
            before -= header[1] == keys[0]
            table = number if inside else table
        elif inside and re.match(rf"\s*{re.escape(key)}\s*=", line):
            return number
    return table
