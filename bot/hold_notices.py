"""What is shown of a hold: its card, its history line by line, the list, and the form that CLT fills in (C36 C37 C83)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.events import Facts, PersonKey
from bot.forms import Forms, mark_of
from bot.held import DECISIONS, facts_of, how_ended, step_told, today
from bot.notice import Ask, Choice, Field, Filling, Notice
from bot.ports import Hold, People, Person, Register, Reply, Said, Wording
from bot.school import School
from bot.telling import lesson_of

MOST_STEPS = 12
"""How much of the history a card shows, the newest; /who has all of it."""

NAMING = ("release.form", "release.changed", "release.sure")
"""What names the pupil by itself; whatever else is said above the form, its first line says whose hold it is."""

DISPUTED, CAME = "hold.disputed", "hold.came"


@dataclass(frozen=True, slots=True)
class HoldNotices:
    """Makes them."""

    school: School
    register: Register
    people: People
    words: Wording
    forms: Forms

    async def card(self, hold: Hold, now: datetime, say: str = "") -> Notice:
        """The hold as it stands, or how it ended; with what can be done about it. `say`: what is said of it now."""
        names = await self._names([hold])
        facts: Facts = {**facts_of(hold, now, self.school), "lesson": await self._lesson(hold)}
        if hold.released_at is not None:
            facts = {**facts, **self._end(hold)}
        key = say or ("hold.over" if hold.released_at else "hold.card")
        notice = self.words.reply(key, facts, names, self._history(hold, names))
        if hold.released_at is not None:
            return replace(notice, asks=(self.forms.ask("who", hold.pupil),))
        owned = [] if hold.owner else [self.forms.ask("holds", hold.pupil, "mine", title="mine")]
        return replace(notice, asks=(self.forms.ask("release", hold.pupil), *owned))

    def _end(self, hold: Hold) -> Facts:
        ended = today(hold.released_at or hold.since, self.school).isoformat()
        return {"ended": ended, "released_by": hold.released_by, "how": how_ended(hold), "agreed": hold.agreed or None}

    async def _lesson(self, hold: Hold) -> str | None:
        """The lesson it began in, while that is still on file."""
        filed = await self.register.sitting(hold.sitting) if hold.sitting else None
        return lesson_of(filed, self.words) if filed else None

    async def _names(self, holds: Iterable[Hold]) -> Mapping[PersonKey, Person]:
        spoken_of: set[PersonKey] = set()
        for hold in holds:
            keys = (hold.pupil, hold.by, hold.owner, hold.released_by, *(step.by for step in hold.steps))
            spoken_of |= {key for key in keys if key}
        return await self.people.get(spoken_of)

    def _history(self, hold: Hold, names: Mapping[PersonKey, Person]) -> list[str]:
        """Every talk and decision, and by whom, oldest first; then that the teacher took it back, and comings."""
        lines = [self.words.reply(key, facts, names).headline for key, facts in self._told(hold)]
        return lines[-MOST_STEPS:]

    def _told(self, hold: Hold) -> list[tuple[str, Facts]]:
        told: list[tuple[str, Facts]] = [step_told(step, self.school) for step in hold.steps]
        if hold.disputed:
            told.append((DISPUTED, {}))
        if hold.came:
            last = today(hold.last_came or hold.since, self.school).isoformat()
            told.append((CAME, {"came": hold.came, "last": last}))
        return told

    async def listed(self, said: Said, holds: Sequence[Hold], now: datetime, *, deciding: bool) -> Reply:
        """All of them in a line each, and a choice of one: to decide on it, or (`deciding` False) to look at it."""
        names = await self._names(holds)
        lines = [self.words.reply("holds.one", facts_of(hold, now, self.school), names).headline for hold in holds]
        reply = Reply(notice=self.words.reply("holds.list", {"count": len(lines)}, details=lines))
        pupils = [names[hold.pupil] for hold in holds if hold.pupil in names]
        return self.forms.which_pupil(said, "release" if deciding else "holds", reply, pupils)

    async def form(
        self, said: Said, hold: Hold, now: datetime, say: str, filled: Mapping[str, str] = {}, *, sure: bool = False
    ) -> Reply:
        """The form of this hold as it is now; what was filled in before stands in it. `sure`: to be pressed once more."""
        names = await self._names([hold])
        facts: Facts = {**facts_of(hold, now, self.school), "days": self.school.hold.longest // timedelta(days=1)}
        needs = [self.words.reply(f"ends.{hold.ends}").headline]
        if say not in NAMING:
            needs.insert(0, self.words.reply("hold.card", {**facts, "lesson": None}, names).headline)
        notice = self.words.reply(say, facts, names, [*needs, *self._history(hold, names)])
        seen = (("form", f"{hold.number}.{hold.revision}"),)
        save = replace(self.forms.ask("release", hold.pupil, title="save"), filled=seen)
        asks: list[Ask] = [save]
        if sure:
            again = replace(self.forms.ask("release", hold.pupil, title="without"), filled=(*seen, ("sure", "yes")))
            asks.insert(0, again)
        made = replace(notice, choices=self._fields(filled), asks=tuple(asks), mark=mark_of(said))
        return Reply(notice=made, accepted=False, why=say)

    def _fields(self, filled: Mapping[str, str]) -> tuple[Choice | Field, ...]:
        """Who spoke with whom, when, what was agreed; then the decision, and its day."""
        kinds = {"day": Filling.DAY, "until": Filling.DAY, "agreed": Filling.LINES}

        def one(name: str) -> Field:
            value, filling = filled.get(name, ""), kinds.get(name, Filling.LINE)
            return Field(name=name, label=self._label(name), filling=filling, value=value)

        among = tuple((what, self._label(f"decision_{what}")) for what in DECISIONS)
        missing = self._label("decision_missing")
        decision = Choice(
            name="decision",
            label=self._label("decision"),
            among=among,
            needed=missing,
            value=filled.get("decision", ""),
        )
        return (*map(one, ("spoke", "whom", "day", "agreed")), decision, one("until"))

    def _label(self, name: str) -> str:
        return self.words.reply(f"choose.{name}").headline
