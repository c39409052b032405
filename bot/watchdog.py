"""A lesson that ought to have begun and of which nothing is seen: said once, with what it may be (law 14)."""

from __future__ import annotations

import logging
from collections.abc import Sequence
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
        """Tell CLT and the administrator of silent lessons, each once, unless it was cancelled or moved a moment ago."""
        silent = {lesson.event: lesson for lesson in await self.plans.silent(self.school.plan.silent_after)}
        words = await self.teller.new([_word(lesson) for lesson in silent.values()], KEPT)
        gone = [word for word in words if not await self._stands(silent[word.event])]
        await self.foretold.told(gone)
        if still := [word for word in words if word not in gone]:
            closed = {word.event for word in still if await self.teller.closed_to(silent[word.event].organizer)}
            for some in (
                [word for word in still if word.event not in closed],
                [word for word in still if word.event in closed],
            ):
                if some:
                    await self._tell([silent[word.event] for word in some], some)

    async def _tell(self, lessons: Sequence[PlannedLesson], words: Sequence[Word]) -> None:
        """One message, however many there are: when Teams tells nothing at all, it is all of them at once.

        Whose lesson it is need not be at fault, but may be: they are not asked to look into it themselves.
        """
        names = await self.people.get([lesson.organizer for lesson in lessons])
        facts = [{"lesson": self._lesson(lesson), "teacher": lesson.organizer} for lesson in lessons]
        if len(lessons) == 1:
            notice = self.words.reply("plan.silent", facts[0], names)
        else:
            lines = [self.words.reply("plan.silent_one", each, names).headline for each in facts]
            notice = self.words.reply("plan.silent_many", {"count": len(lessons)}, details=lines)
        await self.teller.office(
            words, [Role.CLT, Role.ADMINISTRATOR], notice, [lesson.organizer for lesson in lessons]
        )

    def _lesson(self, lesson: PlannedLesson) -> str:
        return self.words.lesson(lesson.title, lesson.class_name, lesson.starts)

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


def _word(lesson: PlannedLesson) -> Word:
    return Word(say="plan.silent", event=lesson.event, ground=lesson.starts.isoformat())
