"""Placing: the app put into the chat of every planned lesson where it is missing, before anybody comes."""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta

from bot.abreast import abreast
from bot.actions import Role
from bot.planning import DAYS, may_tell
from bot.ports import MeetingOptions, OutOfReach, Places, PlannedLesson, Plans, Refused, Word, Wording
from bot.school import School
from bot.sealing import REFUSAL_KEPT, details_of
from bot.sitting import Meeting
from bot.teller import Teller

log = logging.getLogger("schoolgate")
AGAIN = 600.0
"""After how many seconds a chat that would not take the app is tried again."""


class Placer:
    """The duty `place`, in the tiers that have the permission. Elsewhere Teams' own set-up policy has to do it."""

    def __init__(
        self,
        tenant: str,
        school: School,
        plans: Plans,
        options: MeetingOptions,
        places: Places,
        teller: Teller,
        words: Wording,
    ) -> None:
        self._tenant = tenant
        self._school = school
        self._plans = plans
        self._options = options
        self._places = places
        self._teller = teller
        self._words = words
        self._tried: dict[str, float] = {}

    async def place(self) -> None:
        """Put it into the chats of today's and tomorrow's lessons; what is out of reach is tried again by the next round."""
        if self._school.school.tier == "watch" or not self._school.plan.place:
            return
        at, lessons = await self._plans.planned(timedelta(0), timedelta(days=DAYS))
        now = time.monotonic()
        self._tried = {event: tried for event, tried in self._tried.items() if now - tried < AGAIN}
        waiting = [one for one in lessons if not (one.placed or one.blind or one.event in self._tried)]
        await abreast(lambda lesson: self._place(lesson, at), waiting)

    async def _place(self, lesson: PlannedLesson, now: datetime) -> None:
        try:
            thread = lesson.thread or await self._thread(lesson)
            await self._places.place(thread)
        except OutOfReach as error:
            _log(lesson, "put_off", error.words)
        except Refused as refused:
            self._tried[lesson.event] = time.monotonic()
            _log(lesson, "refused", refused.code)
            if may_tell(now, self._school):
                await self._tell(lesson, refused)
        else:
            await self._plans.placed(lesson.event, thread)
            _log(lesson, "placed", "in the chat")

    async def _thread(self, lesson: PlannedLesson) -> str:
        """A short link tells no thread: the online meeting does."""
        online = await self._options.read(Meeting(self._tenant, self._school.id, ""), details_of(lesson))
        if not online.thread:
            raise Refused("no_thread", "Graph does not say which chat this meeting has")
        return online.thread

    async def _tell(self, lesson: PlannedLesson, refused: Refused) -> None:
        """Once a day for each kind of refusal, with the first lesson it struck."""
        words = await self._teller.new([Word(say="plan.not_placed", ground=refused.code)], REFUSAL_KEPT)
        if words:
            said = self._words.lesson(lesson.title, lesson.class_name, lesson.starts)
            notice = self._words.reply("plan.not_placed", {"lesson": said, "words": refused.words})
            await self._teller.office(words, [Role.IT, Role.ADMINISTRATOR], notice)


def _log(lesson: PlannedLesson, event: str, outcome: str) -> None:
    log.info(event, extra={"event": f"place_{event}", "organizer": lesson.organizer, "outcome": outcome})
