"""A lesson that ought to have begun and of which nothing is seen: said once, with what it may be (law 14)."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta

from bot.actions import Role
from bot.events import oid_of
from bot.ports import Calendars, Foretold, OutOfReach, People, PlannedLesson, Plans, Refused, Word, Wording
from bot.school import School
from bot.teller import Teller

log = logging.getLogger("schoolgate")
KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Watchdog:
    """The duty `watch`."""

    school: School
    plans: Plans
    calendars: Calendars
    foretold: Foretold
    people: People
    teller: Teller
    words: Wording

    async def watch(self) -> None:
        """Tell CLT and the administrator of each silent lesson, once, unless it was cancelled or moved a moment ago."""
        for lesson in await self.plans.silent(self.school.plan.silent_after):
            word = Word(say="plan.silent", event=lesson.event, ground=lesson.starts.isoformat())
            words = await self.teller.new([word], KEPT)
            if words and await self._stands(lesson):
                await self._tell(lesson, words)
            elif words:
                await self.foretold.told(words)

    async def _tell(self, lesson: PlannedLesson, words: list[Word]) -> None:
        names = await self.people.get([lesson.organizer])
        said = self.words.lesson(lesson.title, lesson.class_name, lesson.starts)
        notice = self.words.reply("plan.silent", {"lesson": said, "teacher": lesson.organizer}, names)
        await self.teller.office(words, [Role.CLT, Role.ADMINISTRATOR], notice)

    async def _stands(self, lesson: PlannedLesson) -> bool:
        """Whether the calendar still plans it for now. Where the calendar cannot be read, better told than not."""
        try:
            events = await self.calendars.events(oid_of(lesson.organizer) or "", lesson.starts, lesson.ends)
        except (OutOfReach, Refused):
            return True
        stands = any(one.event == lesson.event and one.starts == lesson.starts for one in events)
        if not stands:
            log.info("cancelled", extra={"event": "plan_cancelled", "organizer": lesson.organizer})
        return stands
