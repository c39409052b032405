"""Orders that keep somebody out: removing, taking it back, and CLT's holds (C24 C35 C36 C37 C82 C83); and the microphones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.actions import Role
from bot.events import (
    Event,
    Facts,
    Held,
    Kind,
    MicsOrdered,
    PersonKey,
    Released,
    RemovalUndone,
)
from bot.naming import meant
from bot.ordering import first, ordered_out
from bot.picking import Order, Picking
from bot.ports import (
    Arrival,
    Before,
    HoldOpened,
    Holds,
    OutOfReach,
    People,
    Person,
    Refused,
    Register,
    Reply,
    Ruling,
    Wording,
)
from bot.ruling import rule_on
from bot.school import School
from bot.staffroom import Staffroom

LONGEST_REASON = 200
LEADING = frozenset({Role.CLT, Role.HEAD, Role.SAFEGUARDING_LEADS})
RELEASING = frozenset({Role.CLT, Role.HEAD})


@dataclass(frozen=True, slots=True)
class RemovalOrders:
    """Carries these orders out. They always act, whatever the modes of the rules (law 13)."""

    school: School
    register: Register
    people: People
    holds: Holds
    picking: Picking
    staffroom: Staffroom
    words: Wording

    def _no(self, key: str, details: Sequence[str] = ()) -> Reply:
        return Reply(notice=self.words.reply(key, details=details), accepted=False)

    async def remove(self, order: Order) -> Reply:
        """Remove one pupil and keep them out; without an earlier warning a reason must be given (C82)."""
        picked = await self.picking.one(order, "remove")
        if isinstance(picked, Reply):
            return picked
        pupil, reason = picked
        filed = await self.register.sitting(order.sitting_id) if order.sitting_id is not None else None
        warned = filed is not None and filed.sitting.warnings.get(pupil.key, 0) > 0
        if not reason and not warned:
            return self._no("remove.why")
        await self._ordered(order, pupil, reason, act=True)
        key = "remove.done" if self.school.school.tier == "remove" else "remove.by_hand"
        return self._about(key, pupil)

    async def removed(self, order: Order) -> Reply:
        """A pupil was removed in Teams itself: keep them out."""
        picked = await self.picking.one(order, "remove")
        if isinstance(picked, Reply):
            return picked
        await self._ordered(order, *picked, act=False)
        return self._about("removed.done", picked[0])

    def _about(self, key: str, pupil: Person, **facts: str) -> Reply:
        said: Facts = {"pupil": pupil.key, **facts}
        return Reply(notice=self.words.reply(key, said, {pupil.key: pupil}))

    async def _ordered(self, order: Order, pupil: Person, reason: str, *, act: bool) -> None:
        arrival = Arrival(sitting=order.sitting_id, digest=order.said.delivery)
        acting = act and self.school.school.tier == "remove"
        hold = HoldOpened(pupil=pupil.key, by=order.by, reason=reason[:LONGEST_REASON])

        def ruling(before: Before) -> Ruling:
            events, decisions = ordered_out(before.sitting, pupil.key, order.by, before.now, acting=acting)
            return replace(first(decisions, rule_on(arrival, before, self.school, events)), holds=(hold,))

        receipt = await self.register.observe(arrival, ruling)
        for sitting_id in await self.register.sittings_of(pupil.key):
            if sitting_id != receipt.sitting_id:
                await self._tell_sitting(sitting_id, lambda at: Held(at=at, pupil=pupil.key, since=at))

    async def undo(self, order: Order) -> Reply:
        """Take one's last removal in this lesson back; the pupil may come in again, and the hold is disputed."""
        filed = await self.register.sitting(order.sitting_id) if order.sitting_id is not None else None
        if filed is None:
            return self._no("no_lesson")
        controls = filed.sitting.controls
        mine = [one for one in controls.removed.values() if one.by == order.by and one.person not in controls.undone]
        if not mine:
            return self._no("undo.nothing")
        last = max(mine, key=lambda one: one.at)
        await self._tell_sitting(filed.sitting_id, lambda at: RemovalUndone(at=at, person=last.person, by=order.by))
        await self.holds.dispute(last.person, order.by)
        return self._about("undo.done", await self._person(last.person))

    async def mic(self, order: Order) -> Reply:
        """Free the pupils' microphones, or hold them."""
        wanted = order.rest.strip().casefold()
        if order.sitting_id is None:
            return self._no("no_lesson")
        if self.school.school.tier == "watch":
            return self._no("mic.by_hand")
        if wanted not in ("on", "off"):
            return self._no("mic.how")
        is_open = wanted == "on"
        await self._tell_sitting(order.sitting_id, lambda at: MicsOrdered(at=at, open=is_open, by=order.by))
        return Reply(notice=self.words.reply("mic.on" if is_open else "mic.off"))

    async def list_holds(self, order: Order) -> Reply:
        """Who may not join lessons yet: for leads and CLT."""
        try:
            if not await self.staffroom.roles(order.by) & LEADING:
                return self._no("refused.not_lead")
        except (OutOfReach, Refused):
            return self._no("refused.cannot_tell")
        standing = await self.holds.standing()
        names = await self.people.get([hold.pupil for hold in standing])
        lines = [
            self.words.reply(
                "holds.disputed" if hold.disputed else "holds.one",
                {"pupil": hold.pupil, "since": hold.since.date().isoformat(), "reason": hold.reason or None},
                names,
            ).headline
            for hold in standing
        ]
        return Reply(notice=self.words.reply("holds.list", {"count": len(lines)}, details=lines))

    async def release(self, order: Order) -> Reply:
        """End a hold: for CLT and the head, with what was agreed."""
        try:
            if not await self.staffroom.roles(order.by) & RELEASING:
                return self._no("refused.not_clt")
            mentioned = await self.picking.mentioned(order)
        except (OutOfReach, Refused):
            return self._no("refused.cannot_tell")
        held = await self.people.get([hold.pupil for hold in await self.holds.standing()])
        there = [*held.values(), *([mentioned] if mentioned and mentioned.key not in held else [])]
        found, reason = meant(order.said.named, order.rest, there)
        if len(found) != 1 or not reason:
            return self._no("release.how")
        pupil = found[0]
        if not await self.holds.release(pupil.key, order.by, reason[:LONGEST_REASON]):
            return self._no("release.none")
        for sitting_id in await self.register.sittings_of(pupil.key):
            await self._tell_sitting(sitting_id, lambda at: Released(at=at, pupil=pupil.key, by=order.by))
        return self._about("release.done", pupil)

    async def _person(self, key: PersonKey) -> Person:
        return (await self.people.get([key])).get(key, Person(key=key, kind=Kind.PUPIL, name=""))

    async def _tell_sitting(self, sitting_id: int, event: Callable[[datetime], Event]) -> None:
        arrival = Arrival(sitting=sitting_id)
        await self.register.observe(arrival, lambda before: rule_on(arrival, before, self.school, [event(before.now)]))
