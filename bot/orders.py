"""What staff ask of Schoolgate: each command, who may give it, and its private answer. People's orders always act (law 13)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace

from bot.alarm_orders import AlarmOrders
from bot.commands import NotUnderstood, understand
from bot.events import Facts, Kind, Noted, PersonKey
from bot.first_contact import FirstContact
from bot.forms import Forms
from bot.hold_orders import HoldOrders
from bot.picking import WORDS, Order
from bot.ports import (
    Arrival,
    Before,
    Filed,
    How,
    NoteTaken,
    OutOfReach,
    Refused,
    Register,
    Reply,
    Ruling,
    Said,
    Wording,
)
from bot.pupil_orders import PupilOrders
from bot.record_orders import RecordOrders
from bot.refusals import Refusals
from bot.release_orders import ReleaseOrders
from bot.removal_orders import RemovalOrders
from bot.ruling import rule_on
from bot.school import School
from bot.sight import sight_of
from bot.sitting import Sitting
from bot.staffroom import Staffroom
from bot.telling import lesson_of

LONGEST_NOTE = 1000
NAMING = ("warn", "approve", "note", "remove", "removed", "holds", "release", "who", "undo")

OF_A_LESSON = ("status", "note", "warn", "remove", "removed", "undo", "mic", "pause", "resume", "log")
"""What needs a lesson: where that has been purged meanwhile, nothing was done."""

OFFERED = ("help", "undo", "status", "log")
"""What a button can start that needs nothing behind it; a bare order of `WORDS` asks whom."""


@dataclass(frozen=True, slots=True)
class Orders:
    """Carries commands out."""

    school: School
    register: Register
    staffroom: Staffroom
    words: Wording
    forms: Forms
    refusals: Refusals
    pupils: PupilOrders
    removals: RemovalOrders
    undoing: HoldOrders
    holds: ReleaseOrders
    records: RecordOrders
    contact: FirstContact
    alarms: AlarmOrders

    async def command(self, said: Said) -> Reply:
        """Understand, authorise by the directory, do, answer; what was refused is logged."""
        asked = understand(said.text)
        name = "" if isinstance(asked, NotUnderstood) else asked.name
        reply = await self._answer(said)
        if not reply.accepted:
            self.refusals.logged(said.by, name or "unknown", reply.why)
        return reply

    async def _answer(self, said: Said) -> Reply:
        try:
            who = await self.staffroom.who(said.by)
        except (OutOfReach, Refused):
            return self.forms.no("refused.cannot_tell")
        asked = understand(said.text)
        if who is None or who.kind is not Kind.STAFF:
            if not isinstance(asked, NotUnderstood) and asked.name == "help":
                return self.forms.no("help.pupil")
            await self.refusals.tried(who, asked, await self._lesson(said, who.key) if who else None)
            return self.forms.no("refused.not_staff")
        if isinstance(asked, NotUnderstood):
            return self._unknown(said, asked)
        order = Order(said, asked.name, asked.rest, who.key, await self._lesson(said, who.key))
        try:
            reply = await self._doing(asked.name)(order)
        except Refused:
            if asked.name not in OF_A_LESSON:
                raise  # what may have been done is not said to be undone: whoever answers says that something went wrong
            return self.forms.no("no_lesson")
        return self._public(said, asked.name, reply)

    def _doing(self, name: str) -> Callable[[Order], Awaitable[Reply]]:
        return {
            "help": self._help,
            "status": self._status,
            "note": self._note,
            "warn": self.pupils.warn,
            "approve": self.pupils.approve,
            "remove": self.removals.remove,
            "removed": self.removals.removed,
            "undo": self.undoing.undo,
            "mic": self.removals.mic,
            "pause": self.removals.pause,
            "resume": self.removals.resume,
            "holds": self.holds.list_holds,
            "release": self.holds.release,
            "log": self.records.log,
            "who": self.records.who,
            "alarms": self.alarms.alarms_of,
            "test": self.contact.test,
        }[name]

    def _unknown(self, said: Said, asked: NotUnderstood) -> Reply:
        """The nearest command, as a button that keeps whom and what was typed behind it, and the way to help."""
        notice = self.words.reply("unknown", {"nearest": asked.nearest})
        pupil, rest = None, ""
        if len(said.named) == 1 and said.named[0].person and asked.nearest in WORDS:
            pupil, rest = said.named[0].person, asked.rest.replace(said.named[0].words, "", 1).strip(" :,")
        near = [self.forms.ask(asked.nearest, pupil, rest)] if asked.nearest in (*OFFERED, *WORDS) else []
        help_ = [] if asked.nearest == "help" else [self.forms.ask("help")]
        return self.forms.with_asks(said, Reply(notice=notice, accepted=False, why="unknown"), *near, *help_)

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
            return self.forms.no("no_lesson")
        facts: Facts = {
            "lesson": lesson_of(filed, self.words),
            "tier": self.school.school.tier,
            "staff": len(filed.sitting.present(Kind.STAFF)),
            "pupils": len(filed.sitting.present(Kind.PUPIL)),
            "others": len(filed.sitting.present()) - len(filed.sitting.present(Kind.STAFF, Kind.PUPIL)),
        }
        lines = list(status_lines(self.words, self.school, filed.sitting))
        return Reply(notice=self.words.reply("status", facts, details=lines))

    async def _filed(self, order: Order) -> Filed | None:
        return None if order.sitting_id is None else await self.register.sitting(order.sitting_id)

    async def _note(self, order: Order) -> Reply:
        if order.sitting_id is None:
            return self.forms.no("no_lesson")
        if not order.rest:
            return self.forms.no("note.empty")
        arrival = Arrival(sitting=order.sitting_id, digest=order.said.delivery)
        note = NoteTaken(by=order.by, text=order.rest[:LONGEST_NOTE])

        def ruling(before: Before) -> Ruling:
            ruled = rule_on(arrival, before, self.school, [Noted(at=before.now, by=order.by)])
            return replace(ruled, notes=(note,))

        receipt = await self.register.observe(arrival, ruling)
        written = [event.at.isoformat() for event in receipt.ruling.events if isinstance(event, Noted)]
        done = Reply(notice=self.words.reply("note.done"))
        return self.forms.with_asks(order.said, done, self.forms.ask("undo", rest=" ".join(["note", *written])))


def status_lines(words: Wording, school: School, sitting: Sitting) -> Iterator[str]:
    """The lines of /status, and beneath each trouble in words what it leaves to people."""
    for line in sight_of(school, sitting):
        facts: Facts = {
            "clauses": " ".join(line.clauses),
            "permissions": " ".join(line.permissions),
            "rule": line.rules,
        }
        yield words.reply(f"status.{line.key}", facts).headline
        if line.lost:
            left = ", ".join(words.reply(f"left.{name}").headline for name in line.lost)
            yield words.reply("status.left", {"left": left}).headline
