"""What staff ask of Schoolgate: each command, who may give it, and its private answer. People's orders always act (law 13)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.commands import NotUnderstood, understand
from bot.events import Facts, Kind, Noted, PersonKey
from bot.picking import Order
from bot.ports import (
    Arrival,
    Before,
    Filed,
    How,
    NoteTaken,
    OutOfReach,
    People,
    Refused,
    Register,
    Reply,
    Ruling,
    Said,
    Wording,
)
from bot.pupil_orders import PupilOrders
from bot.removal_orders import RemovalOrders
from bot.ruling import rule_on
from bot.school import School
from bot.sight import sight_of
from bot.staffroom import Staffroom
from bot.telling import lesson_of

LONGEST_NOTE = 1000
NAMING = ("warn", "approve", "note", "remove", "removed", "release")


@dataclass(frozen=True, slots=True)
class Orders:
    """Carries commands out."""

    school: School
    register: Register
    people: People
    staffroom: Staffroom
    words: Wording
    pupils: PupilOrders
    removals: RemovalOrders

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
        doing = {
            "help": self._help,
            "status": self._status,
            "note": self._note,
            "warn": self.pupils.warn,
            "approve": self.pupils.approve,
            "remove": self.removals.remove,
            "removed": self.removals.removed,
            "undo": self.removals.undo,
            "mic": self.removals.mic,
            "holds": self.removals.list_holds,
            "release": self.removals.release,
        }[asked.name]
        try:
            reply = await doing(order)
        except Refused:
            return self._no("no_lesson")
        return self._public(said, asked.name, reply)

    def _no(self, key: str, **facts: str | None) -> Reply:
        return Reply(notice=self.words.reply(key, facts), accepted=False)

    def _public(self, said: Said, name: str, reply: Reply) -> Reply:
        """Add to the answer that others could read a command that named somebody (architecture section 8)."""
        if said.how is not How.MENTION or name not in NAMING:
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
        lines = [
            self.words.reply(f"status.{line.key}", {"clauses": " ".join(line.clauses)}).headline
            for line in sight_of(self.school, filed.sitting)
        ]
        return Reply(notice=self.words.reply("status", facts, details=lines))

    async def _filed(self, order: Order) -> Filed | None:
        return None if order.sitting_id is None else await self.register.sitting(order.sitting_id)

    async def _note(self, order: Order) -> Reply:
        if order.sitting_id is None:
            return self._no("no_lesson")
        if not order.rest:
            return self._no("note.empty")
        arrival = Arrival(sitting=order.sitting_id, digest=order.said.delivery)
        note = NoteTaken(by=order.by, text=order.rest[:LONGEST_NOTE])

        def ruling(before: Before) -> Ruling:
            ruled = rule_on(arrival, before, self.school, [Noted(at=before.now, by=order.by)])
            return replace(ruled, notes=(note,))

        await self.register.observe(arrival, ruling)
        return Reply(notice=self.words.reply("note.done"))
