"""A judgement in the making: what one ruling decides, and whether the people it rests on are known freshly enough. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.actions import Corrective, Mode, Pause, SetOptions, Tell
from bot.brake import LOOKED_UP_WITHIN, SEEN_WITHIN
from bot.events import CheckAsked, EpisodeMoved, Event, PersonKey, oid_of
from bot.fold import fold
from bot.ports import Decision
from bot.school import School
from bot.sitting import Episode, EpisodeKey, Sitting

FRESH = LOOKED_UP_WITHIN
"""How old a look-up may be on which a decision rests (laws 2 and 12)."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What one rule asks for, and how far it may go."""

    rule: str
    mode: Mode
    action: Tell | Corrective | SetOptions | Pause


@dataclass(frozen=True, slots=True)
class Judgement:
    """What follows: events to append, decisions to write, people to be looked up (or at) now, when to look again."""

    events: tuple[Event, ...] = ()
    decisions: tuple[Decision, ...] = ()
    checks: tuple[PersonKey, ...] = ()
    look_at: datetime | None = None


@dataclass(slots=True)
class Draft:
    """A judgement in the making."""

    sitting: Sitting
    now: datetime
    school: School
    events: list[Event] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    checks: list[PersonKey] = field(default_factory=list)
    looks: list[datetime] = field(default_factory=list)
    asked: set[EpisodeKey] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)
    shared: dict[EpisodeKey, bool] = field(default_factory=dict)
    """Cards that stand for several and have moved, and whether that is unconfirmed."""
    gave_way: set[EpisodeKey] = field(default_factory=set)
    """What is not told because another rule has taken over."""
    _after: Sitting | None = None

    @property
    def standing(self) -> Sitting:
        """The sitting with the episodes as this judgement leaves them so far."""
        return self._after or self.sitting

    @property
    def episodes(self) -> Mapping[EpisodeKey, Episode]:
        """The episodes as this judgement leaves them so far."""
        return self.standing.episodes

    def move(self, event: EpisodeMoved) -> None:
        """An episode moves."""
        self.events.append(event)
        self._after = fold(self.standing, [event])

    def asked_in_vain(self, person: PersonKey) -> bool:
        """Whether the last look-up of somebody has not been answered in time: newer words about them are unconfirmed too."""
        member = self.sitting.members.get(person)
        if member is None or member.check_asked is None or oid_of(person) is None:
            return False
        answered = member.as_of is not None and member.as_of >= member.check_asked
        return not answered and self.now >= member.check_asked + self.school.school.patience

    def done(self) -> Judgement:
        """The judgement, made."""
        ahead = [look for look in self.looks if look > self.now]
        return Judgement(tuple(self.events), tuple(self.decisions), tuple(self.checks), min(ahead, default=None))


def own(rule: str, tell: Tell) -> Wish:
    """What is said in no rule's name; no mode keeps it back."""
    return Wish(rule, Mode.ACT, tell)


def need(draft: Draft, person: PersonKey) -> bool | None:
    """True: known freshly enough. False: asked in vain for too long. None: a look-up is on its way (asked now if need be)."""
    member = draft.sitting.members.get(person)
    if member is None or oid_of(person) is None:
        return True
    if member.as_of is not None and draft.now - member.as_of <= FRESH:
        return True
    return _asking(draft, person, member.check_asked, FRESH)


def need_look(draft: Draft, person: PersonKey) -> bool | None:
    """The same where only a look at the call tells: None while it is on its way; False in vain, or where there is no call."""
    if oid_of(person) is not None:
        return need(draft, person)
    if not draft.sitting.controls.seats_of(person):
        return False
    return _asking(draft, person, draft.sitting.members[person].check_asked, SEEN_WITHIN)


def _asking(draft: Draft, person: PersonKey, asked: datetime | None, fresh: timedelta) -> bool | None:
    """Ask for a look, unless one was asked for lately; False once the patience with it is over."""
    patience = draft.school.school.patience
    if asked is None or draft.now - asked > fresh + patience:
        asked = draft.now
        if person not in draft.checks:
            draft.checks.append(person)
            draft.events.append(CheckAsked(at=draft.now, person=person))
    due = asked + patience
    if draft.now >= due:
        return False
    draft.looks.append(due)
    return None
