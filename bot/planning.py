"""Reading the plan of lessons from staff's calendars, by the clock; and saying which of them cannot be seen, and why."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.abreast import abreast
from bot.actions import Role
from bot.events import PersonKey, oid_of
from bot.ports import (
    CalendarEvent,
    Calendars,
    Directory,
    Invitation,
    Job,
    OutOfReach,
    PlannedLesson,
    Plans,
    Refused,
    Word,
    Wording,
)
from bot.school import School
from bot.teller import Teller

log = logging.getLogger("schoolgate")
EVERY = 900.0
"""How old the plan may become, in seconds; a reading that failed is tried again sooner."""

INVITED_KEPT = 3600.0
"""How long it is believed who is behind a list of addresses, in seconds."""

DAYS = 2
"""Today and tomorrow."""


@dataclass(slots=True)
class _Reading:
    """One reading of all calendars."""

    staff: frozenset[PersonKey]
    pupils: frozenset[PersonKey]
    since: datetime
    until: datetime
    lessons: list[PlannedLesson] = field(default_factory=list)
    unread: int = 0
    out_of_reach: int = 0


class Planner:
    """The duty `plan`, and the errand `replan`."""

    def __init__(
        self, school: School, directory: Directory, calendars: Calendars, plans: Plans, teller: Teller, words: Wording
    ) -> None:
        self._school = school
        self._directory = directory
        self._calendars = calendars
        self._plans = plans
        self._teller = teller
        self._words = words
        self._read_at: float | None = None
        self._people: list[frozenset[PersonKey]] = [frozenset(), frozenset()]
        self._invited: dict[tuple[str, ...], tuple[float, Invitation]] = {}

    async def plan(self) -> None:
        """Read today's and tomorrow's lessons, unless that was done a while ago. OutOfReach to be tried again."""
        if self._read_at is not None and time.monotonic() - self._read_at < EVERY:
            return
        staff, pupils = self._people = await self._lists()
        now, reading = await self._reading(staff, pupils)
        await abreast(lambda person: self._read(reading, person), sorted(staff))
        _log(reading, len(staff))
        if reading.out_of_reach:
            raise OutOfReach(f"{reading.out_of_reach} calendars did not answer")
        self._read_at = time.monotonic()
        if may_tell(now, self._school):
            await self._tell_unseen(reading, now)

    async def reread(self, job: Job) -> None:
        """The errand `replan`: one calendar changed, so it alone is read again. OutOfReach to be tried again."""
        if not self._people[0]:
            self._people = await self._lists()
        if job.person is None or job.person not in self._people[0]:
            return
        _, reading = await self._reading(*self._people)
        await self._read(reading, job.person)
        _log(reading, 1)
        if reading.out_of_reach:
            raise OutOfReach("the calendar did not answer")

    async def _lists(self) -> list[frozenset[PersonKey]]:
        """Staff, and pupils."""
        return [
            frozenset(person.key for person in await self._directory.list_of(role))
            for role in (Role.STAFF, Role.PUPILS)
        ]

    async def _reading(self, staff: frozenset[PersonKey], pupils: frozenset[PersonKey]) -> tuple[datetime, _Reading]:
        now, _ = await self._plans.planned(timedelta(0), timedelta(0))
        return now, _Reading(staff, pupils, *days(now, self._school))

    async def _read(self, reading: _Reading, person: PersonKey) -> None:
        """One calendar. One that is refused (no mailbox, no right) has no lessons that we can know."""
        try:
            events = await self._calendars.events(oid_of(person) or "", reading.since, reading.until)
            lessons = [lesson for event in events if (lesson := await self._lesson(reading, person, event)) is not None]
        except Refused:
            reading.unread += 1
            return
        except OutOfReach:
            reading.out_of_reach += 1
            return
        await self._plans.replan(person, lessons, reading.since, reading.until)
        reading.lessons += lessons

    async def _lesson(self, reading: _Reading, person: PersonKey, event: CalendarEvent) -> PlannedLesson | None:
        """The lesson that an event is; None where neither a pupil is invited nor a class known."""
        invited = await self._invitation(event.addresses)
        class_name = self._school.class_of(invited.groups, oid_of(person))
        is_class = any(one.group in invited.groups for one in self._school.classes)
        alone = not invited.people - {person}
        if not (invited.people & reading.pupils or is_class or (class_name and alone)):
            return None
        return PlannedLesson(
            event=event.event,
            organizer=person,
            title=event.title,
            starts=event.starts,
            ends=event.ends,
            join_url=event.join_url,
            thread=event.thread,
            class_name=class_name,
            invitees=tuple(sorted(invited.people)),
            invitees_known=invited.complete and bool(event.addresses),
            staff=tuple(sorted(invited.people & reading.staff - {person})),
            blind=event.blind,
        )

    async def _invitation(self, addresses: Sequence[str]) -> Invitation:
        key = tuple(sorted({address.casefold() for address in addresses}))
        kept = self._invited.get(key)
        now = time.monotonic()
        if kept is None or now - kept[0] > INVITED_KEPT:
            kept = now, await self._calendars.invited(key)
            self._invited = {known: each for known, each in self._invited.items() if now - each[0] <= INVITED_KEPT}
            self._invited[key] = kept
        return kept[1]

    async def _tell_unseen(self, reading: _Reading, now: datetime) -> None:
        """Tell the administrator which lessons cannot be seen, each once, and of calendars that are closed, once a day."""
        unseen = {lesson.event: lesson for lesson in reading.lessons if lesson.blind and lesson.ends > now}
        closed = [Word(say="plan.closed", ground=str(reading.unread))] if reading.unread else []
        words = await self._teller.new(
            [*(Word(say="plan.unseen", event=event, ground=str(one.blind)) for event, one in unseen.items()), *closed],
            reading.until - now,
        )
        if not words:
            return
        lessons = [unseen[word.event] for word in words if word.event]
        lines = [self._words.reply("plan.unseen_one", self._facts(lesson)).headline for lesson in lessons]
        if len(words) > len(lessons):
            lines.append(self._words.reply("plan.closed", {"count": reading.unread}).headline)
        notice = self._words.reply("plan.unseen", {"count": len(lessons)}, details=lines)
        await self._teller.office(words, [Role.ADMINISTRATOR], notice)

    def _facts(self, lesson: PlannedLesson) -> dict[str, str | tuple[str, ...]]:
        return {
            "lesson": self._words.lesson(lesson.title, lesson.class_name, lesson.starts),
            "why": (str(lesson.blind),),
        }


def days(now: datetime, school: School) -> tuple[datetime, datetime]:
    """From the beginning of today to the end of tomorrow by the school's clock, in the database's zone."""
    today = now.astimezone(ZoneInfo(school.school.timezone)).replace(hour=0, minute=0, second=0, microsecond=0)
    return today.astimezone(now.tzinfo), (today + timedelta(days=DAYS)).astimezone(now.tzinfo)


def may_tell(now: datetime, school: School) -> bool:
    """Whether people may be written to about what is to come: not at night."""
    clock = now.astimezone(ZoneInfo(school.school.timezone)).time()
    return school.plan.tell_from <= clock <= school.plan.tell_until


def _log(reading: _Reading, calendars: int) -> None:
    known = {"lessons": len(reading.lessons), "calendars": calendars, "unread": reading.unread}
    log.info("planned", extra={"event": "planned", **known, "out_of_reach": reading.out_of_reach})
