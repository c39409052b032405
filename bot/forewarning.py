"""Teachers told beforehand of a pupil on hold who may try to join their lessons, and of the release (C37 C83)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.events import Fact, PersonKey, oid_of
from bot.held import how_ended, today
from bot.planning import DAYS, days, may_tell
from bot.ports import Foretold, Hold, Holds, Job, People, Person, PlannedLesson, Plans, Records, Word, Wording
from bot.school import School
from bot.teller import Teller

ON_HOLD, RELEASED = "plan.on_hold", "plan.released"


@dataclass(frozen=True, slots=True)
class Forewarner:
    """The errand `forewarn`, for one pupil at once, and the duty `remind`, for all whom nobody has told yet."""

    school: School
    holds: Holds
    records: Records
    plans: Plans
    foretold: Foretold
    people: People
    teller: Teller
    words: Wording

    async def forewarn(self, job: Job) -> None:
        """A pupil's hold was opened or ended: their teachers of today and tomorrow hear of it now."""
        await self._tell_all(only=job.person)

    async def remind(self) -> None:
        """Holds that stand and lessons that were planned since; not at night."""
        now, _ = await self.plans.planned(timedelta(0), timedelta(0))
        if may_tell(now, self.school):
            await self._tell_all()

    async def _tell_all(self, only: PersonKey | None = None) -> None:
        standing = await self.holds.standing()
        now, lessons = await self.plans.planned(timedelta(0), timedelta(days=DAYS))
        coming = [lesson for lesson in lessons if lesson.starts < days(now, self.school)[1]]
        names = await self.people.get([hold.pupil for hold in standing])
        for hold in standing:
            if self._is_to_be_told(hold, only, now) and (pupil := names.get(hold.pupil)) is not None:
                theirs = [one for one in coming if _takes_part(pupil, one) and _stands_then(hold, one)]
                await self._on_hold(hold, pupil, theirs, now)
        await self._released({_ground(hold) for hold in standing}, {lesson.event: lesson for lesson in coming}, now)

    def _is_to_be_told(self, hold: Hold, only: PersonKey | None, now: datetime) -> bool:
        """By the clock none that was opened a moment ago: while its removal can be taken back, its own errand waits too."""
        return hold.pupil == only if only else now - hold.since > self.school.removal.longest_wait

    async def _on_hold(self, hold: Hold, pupil: Person, lessons: Sequence[PlannedLesson], now: datetime) -> None:
        """Tell each teacher of these lessons, in one message for all of them."""
        for teacher in sorted({teacher for lesson in lessons for teacher in _teachers(lesson)}):
            theirs = [lesson for lesson in lessons if teacher in _teachers(lesson)]
            words = [
                word
                for lesson in theirs
                for word in await self.teller.new(
                    [Word(say=ON_HOLD, event=lesson.event, about=pupil.key, to=teacher, ground=_ground(hold))],
                    lesson.ends - now,
                )
            ]
            await self._tell(ON_HOLD, words, teacher, pupil, theirs, now, **self._how_long(hold))

    def _how_long(self, hold: Hold) -> dict[str, str]:
        until = {"until": today(hold.until, self.school).isoformat()} if hold.until else {}
        return {"ends": hold.decided or hold.ends, **until}

    async def _released(self, grounds: set[str], coming: dict[str, PlannedLesson], now: datetime) -> None:
        """Those who were told of a hold that stands no longer, and whose lesson is still to come."""
        told = [word for word in await self.foretold.standing_words(ON_HOLD) if word.ground not in grounds]
        told = [word for word in told if word.event in coming]
        names = await self.people.get({PersonKey(word.about) for word in told})
        for teacher, about, ground in sorted({(word.to, word.about, word.ground) for word in told}):
            mine = [word for word in told if (word.to, word.about, word.ground) == (teacher, about, ground)]
            again = [Word(say=RELEASED, event=w.event, about=w.about, to=w.to, ground=w.ground) for w in mine]
            words = await self.teller.new(again, max(coming[word.event].ends for word in mine) - now)
            lessons = [coming[word.event] for word in words]
            if (pupil := names.get(PersonKey(about))) is not None:
                back = await self._was_taken_back(pupil.key, ground)
                await self._tell(RELEASED, words, PersonKey(teacher), pupil, lessons, now, back=back)

    async def _was_taken_back(self, pupil: PersonKey, ground: str) -> bool:
        ended = (await self.records.of_pupil(pupil)).holds
        return any(_ground(hold) == ground and how_ended(hold) == "undone" for hold in ended)

    async def _tell(
        self,
        say: str,
        words: Sequence[Word],
        teacher: PersonKey,
        pupil: Person,
        lessons: Iterable[PlannedLesson],
        now: datetime,
        **more: Fact,
    ) -> None:
        if words:
            new = {word.event for word in words}
            said = tuple(self._lesson(lesson, now) for lesson in lessons if lesson.event in new)
            notice = self.words.reply(say, {"pupil": pupil.key, "lessons": said, **more}, {pupil.key: pupil})
            await self.teller.privately(words, oid_of(teacher) or "", notice)

    def _lesson(self, lesson: PlannedLesson, now: datetime) -> str:
        said = self.words.lesson(lesson.title, lesson.class_name, lesson.starts)
        zone = ZoneInfo(self.school.school.timezone)
        today = lesson.starts.astimezone(zone).date() == now.astimezone(zone).date()
        return said if today else self.words.reply("plan.tomorrow", {"lesson": said}).headline


def _ground(hold: Hold) -> str:
    """This hold of this pupil: a later one is told anew."""
    return f"{hold.pupil} {hold.since.isoformat()}"


def _stands_then(hold: Hold, lesson: PlannedLesson) -> bool:
    """Whether the pupil may not come to it: a hold that is set to end may have ended by then."""
    return hold.stands_at(lesson.starts)


def _teachers(lesson: PlannedLesson) -> tuple[PersonKey, ...]:
    return (lesson.organizer, *lesson.staff)


def _takes_part(pupil: Person, lesson: PlannedLesson) -> bool:
    return pupil.key in lesson.invitees or (lesson.class_name is not None and lesson.class_name in pupil.classes)
