"""What staff ask of Schoolgate: each command, who may give it, and its private answer. People's orders always act (law 13)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.commands import NotUnderstood, understand
from bot.events import Facts, Kind, Noted, PersonKey, Warned
from bot.ports import (
    Arrival,
    Before,
    Filed,
    How,
    NoteTaken,
    OutOfReach,
    People,
    Person,
    Refused,
    Register,
    Reply,
    Ruling,
    Said,
    WarningGiven,
    Wording,
)
from bot.ruling import rule_on
from bot.school import School
from bot.staffroom import Staffroom
from bot.telling import lesson_of
from bot.tiers import sight_of

LONGEST_NOTE = 1000
LONGEST_REASON = 200
MANY = 12


@dataclass(frozen=True, slots=True)
class Order:
    """A command of a known member of staff."""

    said: Said
    rest: str
    by: PersonKey
    sitting_id: int | None


@dataclass(frozen=True, slots=True)
class Orders:
    """Carries commands out."""

    school: School
    register: Register
    people: People
    staffroom: Staffroom
    words: Wording

    async def command(self, said: Said) -> Reply:
        """Understand, authorise by the directory, do, answer."""
        try:
            who = await self.staffroom.who(said.by)
        except (OutOfReach, Refused):
            return self._no("refused.cannot_tell")
        asked = understand(said.text)
        if who is None or who.kind is not Kind.STAFF:
            return self._no(
                "help.pupil" if not isinstance(asked, NotUnderstood) and asked.name == "help" else "refused.not_staff"
            )
        if isinstance(asked, NotUnderstood):
            return self._no("unknown", nearest=asked.nearest)
        order = Order(said, asked.rest, who.key, await self._lesson(said, who.key))
        doing = {"help": self._help, "status": self._status, "note": self._note, "warn": self._warn}[asked.name]
        return self._public(said, await doing(order))

    def _no(self, key: str, **facts: str | None) -> Reply:
        return Reply(notice=self.words.reply(key, facts), accepted=False)

    def _public(self, said: Said, reply: Reply) -> Reply:
        """Add to the answer that others could read a command that named somebody (architecture section 8)."""
        if said.how is not How.MENTION or not (said.named or reply.notice.alert):
            return reply
        note = self.words.reply("public").headline
        return replace(reply, notice=replace(reply.notice, details=(*reply.notice.details, note)))

    async def _lesson(self, said: Said, by: PersonKey) -> int | None:
        """The sitting this is about: the meeting it was said in, else the lesson the teacher is in."""
        if said.meeting is not None:
            return await self.register.sitting_at(said.meeting)
        return next(iter(await self.register.sittings_of(by)), None)

    async def _help(self, order: Order) -> Reply:
        return Reply(notice=self.words.reply("help", {"in_lesson": order.sitting_id is not None}))

    async def _status(self, order: Order) -> Reply:
        filed = await self._filed(order)
        if filed is None:
            return self._no("no_lesson")
        facts: Facts = {
            "lesson": lesson_of(filed, self.words),
            "tier": self.school.school.tier,
            "staff": len(filed.sitting.present(Kind.STAFF)),
            "pupils": len(filed.sitting.present(Kind.PUPIL)),
            "others": len(filed.sitting.present()) - len(filed.sitting.present(Kind.STAFF, Kind.PUPIL)),
        }
        lines = [self.words.reply(f"status.{line}").headline for line in sight_of(self.school, filed.sitting)]
        return Reply(notice=self.words.reply("status", facts, details=lines))

    async def _filed(self, order: Order) -> Filed | None:
        return None if order.sitting_id is None else await self.register.sitting(order.sitting_id)

    async def _note(self, order: Order) -> Reply:
        if order.sitting_id is None:
            return self._no("no_lesson")
        if not order.rest:
            return self._no("note.empty")
        arrival = Arrival(sitting=order.sitting_id)
        note = NoteTaken(by=order.by, text=order.rest[:LONGEST_NOTE])

        def ruling(before: Before) -> Ruling:
            ruled = rule_on(arrival, before, self.school, [Noted(at=before.now, by=order.by)])
            return replace(ruled, notes=(note,))

        await self.register.observe(arrival, ruling)
        return Reply(notice=self.words.reply("note.done"))

    async def _warn(self, order: Order) -> Reply:
        if order.sitting_id is None:
            return self._no("no_lesson")
        there = [person for person in await self.people.in_sitting(order.sitting_id) if person.kind is Kind.PUPIL]
        if not order.rest and not order.said.named:
            return Reply(notice=self.words.reply("warn.pick", details=_listed(there)), accepted=False)
        found, reason = _match(order, there)
        if len(found) > 1:
            return Reply(notice=self.words.reply("warn.who", details=_listed(found)), accepted=False)
        if not found:
            return await self._nobody(order)
        return await self._warned(order, found[0], reason)

    async def _nobody(self, order: Order) -> Reply:
        """Say why nobody was warned: the one who was mentioned is no pupil, or is not in this lesson."""
        named = next((named.person for named in order.said.named if named.person), None)
        if named is not None:
            try:
                who = await self.staffroom.who(named)
            except (OutOfReach, Refused):
                return self._no("refused.cannot_tell")
            if who is not None and who.kind is not Kind.PUPIL:
                return self._no("warn.not_pupil")
        return self._no("warn.not_here")

    async def _warned(self, order: Order, pupil: Person, reason: str) -> Reply:
        arrival = Arrival(sitting=order.sitting_id, counting=pupil.key)
        expire = self.school.school.warnings_expire
        given: list[int] = []

        def ruling(before: Before) -> Ruling:
            given[:] = [before.warnings + 1]
            warned = Warned(at=before.now, pupil=pupil.key, by=order.by, count=given[0])
            row = WarningGiven(
                pupil=pupil.key, by=order.by, reason=reason[:LONGEST_REASON], expires=before.now + expire
            )
            return replace(rule_on(arrival, before, self.school, [warned]), warnings=(row,))

        await self.register.observe(arrival, ruling)
        days = max(1, expire // timedelta(days=1))
        facts: Facts = {"pupil": pupil.key, "count": given[0], "days": days}
        return Reply(notice=self.words.reply("warn.done", facts, {pupil.key: pupil}))


def _listed(people: Sequence[Person]) -> list[str]:
    """Names to choose from, each with the class, because two pupils may share a name."""
    lines = [f"{person.name} ({', '.join(person.classes)})" if person.classes else person.name for person in people]
    return sorted(lines)[:MANY]


def _match(order: Order, there: Sequence[Person]) -> tuple[list[Person], str]:
    """Whom a warning means, and the reason that follows. A mention by id decides; words must fit one pupil only."""
    for named in order.said.named:
        if named.person:
            reason = order.rest.replace(named.words, "", 1).strip(" :,")
            return [person for person in there if person.key == named.person], reason
    words = order.rest.lstrip("@").split()
    for length in range(min(len(words), 4), 0, -1):
        asked = " ".join(words[:length]).casefold().strip(",:")
        found = [person for person in there if _called(person, asked)]
        if found:
            return found, " ".join(words[length:])
    return [], ""


def _called(person: Person, asked: str) -> bool:
    name = person.name.casefold().split()
    return asked in (" ".join(name), name[0] if name else "")
