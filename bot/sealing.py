"""The seal: options and roles of the policy set shortly before a lesson, and told where it needs a person's hand."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.abreast import abreast
from bot.actions import Role
from bot.events import oid_of
from bot.ports import MeetingDetails, MeetingOptions, Online, OutOfReach, PlannedLesson, Plans, Refused, Word, Wording
from bot.school import School
from bot.seal import Seal, seal_of
from bot.sitting import Meeting
from bot.teller import Teller

log = logging.getLogger("schoolgate")
REFUSAL_KEPT = timedelta(days=1)
"""How long IT hears no more of the same refusal."""


@dataclass(frozen=True, slots=True)
class Sealer:
    """The duty `seal`, in the tiers that may set options."""

    tenant: str
    school: School
    plans: Plans
    options: MeetingOptions
    teller: Teller
    words: Wording

    async def seal(self) -> None:
        """Seal every lesson that begins soon and is not sealed; what is out of reach is tried again by the next round."""
        if self.school.school.tier == "watch":
            return
        now, lessons = await self.plans.planned(timedelta(0), self.school.plan.seal_before)
        waiting = [lesson for lesson in lessons if lesson.sealed is None and lesson.blind is None]
        await abreast(lambda lesson: self._seal(lesson, now), waiting)

    async def _seal(self, lesson: PlannedLesson, now: datetime) -> None:
        meeting = Meeting(self.tenant, self.school.id, lesson.thread or "")
        try:
            online = await self.options.read(meeting, details_of(lesson))
            seal = seal_of(lesson, online, meeting, self.school, now)
            after = (
                await self.options.change(online, seal.changes, seal.roles) if seal.changes or seal.roles else online
            )
        except OutOfReach as error:
            _log(lesson, "put_off", error.words)
        except Refused as refused:
            await self._done(lesson, f"refused: {refused.code}", lesson.thread)
            await self._tell_it(lesson, refused)
        else:
            missed = _missed(seal, after)
            await self._done(lesson, f"missed: {', '.join(missed)}" if missed else "sealed", online.thread)
            await self._tell_teacher(lesson, seal, missed)

    async def _done(self, lesson: PlannedLesson, outcome: str, thread: str | None) -> None:
        await self.plans.sealed(lesson.event, outcome, thread or None)
        _log(lesson, "sealed", outcome)

    async def _tell_it(self, lesson: PlannedLesson, refused: Refused) -> None:
        words = await self.teller.new([Word(say="plan.refused", ground=refused.code)], REFUSAL_KEPT)
        if words:
            facts = {"lesson": self._lesson(lesson), "words": refused.words}
            await self.teller.office(words, [Role.IT], self.words.reply("plan.refused", facts))

    async def _tell_teacher(self, lesson: PlannedLesson, seal: Seal, missed: Sequence[str]) -> None:
        """Only where it needs them, unless the school wants every seal told. No child is named."""
        changed = [*seal.changes, *(["roles"] if seal.roles else [])]
        say, options = ("plan.needs_you", missed) if missed else ("plan.sealed", changed)
        if not missed and not self.school.plan.tell_sealed:
            return
        words = await self.teller.new([Word(say=say, event=lesson.event, to=lesson.organizer)], REFUSAL_KEPT)
        if words:
            lines = [self.words.reply(f"option.{option}").headline for option in options]
            notice = self.words.reply(say, {"lesson": self._lesson(lesson)}, details=lines)
            await self.teller.privately(words, oid_of(lesson.organizer) or "", notice)

    def _lesson(self, lesson: PlannedLesson) -> str:
        return self.words.lesson(lesson.title, lesson.class_name, lesson.starts)


def details_of(lesson: PlannedLesson) -> MeetingDetails:
    """What is known of the meeting from the calendar alone."""
    return MeetingDetails(
        kind=None,
        organizer=oid_of(lesson.organizer),
        title=lesson.title,
        join_url=lesson.join_url,
        graph_id=None,
        scheduled_start=lesson.starts,
        scheduled_end=lesson.ends,
    )


def _missed(seal: Seal, after: Online) -> list[str]:
    """What was asked for and is not so, read back."""
    options = [option for option, value in seal.changes.items() if after.options.get(option) != value]
    roles = any(after.roles.get(oid) != role for oid, role in seal.roles.items())
    return [*options, *(["roles"] if roles else [])]


def _log(lesson: PlannedLesson, event: str, outcome: str) -> None:
    log.info(event, extra={"event": f"seal_{event}", "organizer": lesson.organizer, "outcome": outcome})
