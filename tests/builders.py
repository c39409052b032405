"""Lessons for tests, told in plain words: who joined, who left, what was known, and when, in minutes from the start.

Everything goes through real events and the fold. `joined` also brings what the directory says of the person, unless told not to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

from bot.actions import Action, Mode
from bot.events import (
    Answered,
    Approved,
    Blinded,
    Described,
    Ended,
    Event,
    Identified,
    Joined,
    Kind,
    Left,
    PersonKey,
    RotaSeen,
    SightReturned,
    Started,
    Verb,
    account,
)
from bot.fold import fold
from bot.policy import Rule, RuleSettings
from bot.school import School, read_school
from bot.sitting import Meeting, Sitting

START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TENANT = "11111111-1111-4111-8111-111111111111"
LESSON = Meeting(tenant=TENANT, school="example-primary-school", thread="19:meeting_3b@thread.v2")
SCHOOL_FILE = Path(__file__).parents[1] / "policies" / "school.toml"


def _ours(name: str) -> PersonKey:
    return account(str(uuid5(NAMESPACE_DNS, name)))


MS_PATEL, MR_OKAFOR, HEAD, CLT = map(_ours, ("Ms Patel", "Mr Okafor", "Mrs Stone", "Miss Lee"))
ADA, BEN, CY, DAN = map(_ours, ("Ada Moss", "Ben Hall", "Cy Reed", "Dan Wood"))
ADA_B, ZOE = map(_ours, ("Ada Bell", "Zoe Fern"))
CARETAKER = _ours("Caretaker")
ROBOT = PersonKey("mri:28:99999999-9999-4999-8999-999999999999")
GUEST = _ours("Guest of the tenant")
PARENT = PersonKey("ext:22222222-2222-4222-8222-222222222222:33333333-3333-4333-8333-333333333333")
NOBODY = PersonKey("mri:8:anon:one")
NOBODY_ELSE = PersonKey("mri:8:anon:two")
PHONE = PersonKey("mri:4:+441632960000")

NAMES: dict[PersonKey, str] = {
    MS_PATEL: "Ms Patel",
    MR_OKAFOR: "Mr Okafor",
    HEAD: "Mrs Stone",
    CLT: "Miss Lee",
    ADA: "Ada Moss",
    BEN: "Ben Hall",
    CY: "Cy Reed",
    DAN: "Dan Wood",
    ADA_B: "Ada Bell",
    ZOE: "Zoe Fern",
    CARETAKER: "Caretaker",
    GUEST: "A Guest",
    PARENT: "A Parent",
    NOBODY: "xX_Sniper_Xx",
    NOBODY_ELSE: "Ada Moss",
    PHONE: "+44 1632 960000",
}
KINDS: dict[PersonKey, Kind] = {
    **dict.fromkeys((MS_PATEL, MR_OKAFOR, HEAD, CLT), Kind.STAFF),
    **dict.fromkeys((ADA, BEN, CY, DAN, ADA_B, ZOE), Kind.PUPIL),
    CARETAKER: Kind.ACCOUNT,
    GUEST: Kind.GUEST,
    PARENT: Kind.FOREIGN,
    NOBODY: Kind.ANONYMOUS,
    NOBODY_ELSE: Kind.ANONYMOUS,
    PHONE: Kind.PHONE,
    ROBOT: Kind.BOT,
}
CLASSES: dict[PersonKey, tuple[str, ...]] = {**dict.fromkeys((ADA, BEN, CY, DAN, ADA_B), ("3B",)), ZOE: ("4A",)}

Told = Event | Iterable[Event]


def after(minutes: float) -> datetime:
    """So many minutes after the lesson's start."""
    return START + timedelta(minutes=minutes)


def flat(told: Iterable[Told]) -> Iterator[Event]:
    """The events, one by one, however deep: a list within a list is no event, and would be folded as nothing at all."""
    for one in told:
        if isinstance(one, Iterable):
            yield from flat(one)
        else:
            yield one


def sitting_of(*told: Told) -> Sitting:
    """The sitting in which this happened."""
    return fold(Sitting(LESSON), flat(told))


def came(person: PersonKey, minute: float = 0, device: str = "laptop") -> Joined:
    """Somebody joins, and that is all that is known: outsiders show what they are by the event itself."""
    hint = KINDS[person] if not person.startswith("aad:") else Kind.UNRESOLVED
    return Joined(at=after(minute), person=person, endpoint=device, hint=hint)


def joined(person: PersonKey, minute: float = 0, device: str = "laptop") -> tuple[Event, ...]:
    """Somebody joins whom the directory knows at once."""
    arrival = came(person, minute, device)
    return (arrival, identified(person, minute)) if arrival.hint is Kind.UNRESOLVED else (arrival,)


def left(person: PersonKey, minute: float, device: str = "laptop") -> Left:
    """Somebody leaves."""
    return Left(at=after(minute), person=person, endpoint=device)


def identified(person: PersonKey, minute: float, kind: Kind | None = None) -> Identified:
    """The directory says who somebody is."""
    kind = kind or KINDS[person]
    return Identified(at=after(minute), person=person, kind=kind, classes=CLASSES.get(person, ()))


def started(minute: float = 0) -> Started:
    """Teams says that the meeting started."""
    return Started(at=after(minute))


def ended(minute: float) -> Ended:
    """Teams says that the meeting ended."""
    return Ended(at=after(minute))


def described(
    minute: float = 0,
    *,
    organizer: PersonKey | None = MS_PATEL,
    class_name: str | None = "3B",
    invitees: tuple[PersonKey, ...] = (),
    invitees_known: bool = True,
    until: float | None = None,
    join_url: str | None = None,
) -> Described:
    """Graph says what lesson this is; `until` is the minute at which it is planned to end."""
    return Described(
        at=after(minute),
        organizer=organizer,
        class_name=class_name,
        invitees=invitees,
        invitees_known=invitees_known,
        scheduled_end=None if until is None else after(until),
        join_url=join_url,
    )


def rota(*people: PersonKey, minute: float = 0) -> RotaSeen:
    """Who is on call."""
    return RotaSeen(at=after(minute), people=people)


def approved(pupil: PersonKey, minute: float, until: float) -> Approved:
    """CLT approves lessons alone with this pupil."""
    return Approved(at=after(minute), pupil=pupil, until=after(until), by=CLT)


def answered(verb: Verb, about: PersonKey, minute: float, rule: str = "uninvited_attendee") -> Answered:
    """Ms Patel presses a button."""
    return Answered(at=after(minute), rule=rule, about=about, verb=verb, by=MS_PATEL)


def blinded(why: str, minute: float) -> Blinded:
    """Something cannot be seen from now on."""
    return Blinded(at=after(minute), why=why)


def sight_returned(why: str, minute: float) -> SightReturned:
    """It is seen again."""
    return SightReturned(at=after(minute), why=why)


def judge_by(decide: Callable[..., Iterator[Action]], settings: RuleSettings) -> Callable[..., list[Action]]:
    """A `judge(*told, minute=)` for one rule, with these settings unless others are given."""

    def judge(*told: Told, minute: float, **chosen: Any) -> list[Action]:
        return list(decide(sitting_of(*told), after(minute), settings.model_copy(update=chosen)))

    return judge


def rule_of(
    decide: Callable[..., Iterator[Action]], name: str = "test_rule", mode: Mode = Mode.ACT, **more: Any
) -> Rule:
    """A rule made in a test."""
    return Rule(name, decide, RuleSettings(mode=mode, **more))


def school_with(rules: tuple[Rule, ...] | None = None, **chosen: Any) -> School:
    """The example school, with these rules and these choices: of [school], or `brake={...}` or `removal={...}`."""
    school = read_school(SCHOOL_FILE)
    brake = school.brake.model_copy(update=chosen.pop("brake", {}))
    removal = school.removal.model_copy(update=chosen.pop("removal", {}))
    return replace(
        school,
        brake=brake,
        removal=removal,
        school=school.school.model_copy(update=chosen),
        rules=school.rules if rules is None else rules,
    )
