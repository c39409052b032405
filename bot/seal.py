"""What a lesson that has not begun needs of its meeting's options and roles, by the rules that will judge it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.actions import Mode, SetOptions
from bot.events import Described, Event, Identified, Kind, OptionsSeen, PersonKey, Setting, oid_of
from bot.fold import fold
from bot.options import wanted
from bot.ports import Online, PlannedLesson
from bot.school import School
from bot.sitting import Meeting, Sitting

NOT_BEFORE = ("lobby", "dial_in", "admitters")
"""Left as they are until the lesson: a lobby that is shut too early keeps our own call out (teams-platform facts, 2.5)."""

PRESENTING = ("presenter", "coorganizer", "producer")
"""Graph's roles that the options for attendees do not bind."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What one rule wants of the options."""

    rule: str
    action: SetOptions


@dataclass(frozen=True, slots=True)
class Seal:
    """What is to be changed: options by our names, roles by object id; and the rules that could not be asked."""

    changes: Mapping[str, Setting]
    roles: Mapping[str, str]
    broken: tuple[str, ...] = ()


def seal_of(lesson: PlannedLesson, online: Online, meeting: Meeting, school: School, now: datetime) -> Seal:
    """Ask every rule about the sitting to come, and compare with what stands."""
    sitting = fold(Sitting(meeting), _to_come(lesson, online, now))
    wishes, broken = list[Wish](), list[str]()
    for rule in school.rules:
        try:
            actions = [action for action in rule.decide(sitting, now, rule.settings) if isinstance(action, SetOptions)]
        except Exception:  # noqa: BLE001 -- whatever a rule raises, the others are asked; the lesson's own judging tells IT
            broken.append(rule.name)
            continue
        wishes += (Wish(rule.name, action) for action in actions if rule.settings.mode is Mode.ACT)
    changes, _, _ = wanted(online.options, wishes)
    presenting = {person for wish in wishes for person in wish.action.roles}
    roles = _roles(online.roles, presenting) if presenting else {}
    kept = {option: value for option, value in changes.items() if option not in NOT_BEFORE}
    return Seal(kept, roles, tuple(broken))


def _to_come(lesson: PlannedLesson, online: Online, now: datetime) -> Iterator[Event]:
    """What is known of a lesson beforehand, as events."""
    yield Described(
        at=now,
        organizer=lesson.organizer,
        class_name=lesson.class_name,
        invitees=lesson.invitees,
        invitees_known=lesson.invitees_known,
        scheduled_start=lesson.starts,
        scheduled_end=lesson.ends,
    )
    for person in (lesson.organizer, *lesson.staff):
        yield Identified(at=now, person=person, kind=Kind.STAFF)
    yield OptionsSeen(at=now, options=dict(online.options))


def _roles(now: Mapping[str, str], presenting: set[PersonKey]) -> dict[str, str]:
    """The roles that must change so that these present, and nobody else does."""
    wanted_oids = {oid for person in presenting if (oid := oid_of(person))}
    raised = {oid: "presenter" for oid in wanted_oids if now.get(oid) not in PRESENTING}
    lowered = {oid: "attendee" for oid, role in now.items() if role in PRESENTING and oid not in wanted_oids}
    return {**raised, **lowered}
