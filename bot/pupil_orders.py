"""Orders about a pupil: warning (C34), and approving lessons alone with one (C56)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.actions import Role
from bot.events import Approved, Facts, Warned
from bot.forms import Forms
from bot.ladder import Order as Asked
from bot.ladder import Step, rung
from bot.naming import listed, meant
from bot.picking import Order, Picking
from bot.ports import (
    Approvals,
    Arrival,
    Before,
    OutOfReach,
    Person,
    Refused,
    Register,
    Reply,
    Ruling,
    WarningGiven,
    Wording,
)
from bot.reasons import Reason, Track, find
from bot.ruling import rule_on
from bot.school import School
from bot.speaking import speak_to
from bot.staffroom import Staffroom

LONGEST_REASON = 200
APPROVING = frozenset({Role.CLT, Role.HEAD})
USUAL_DAYS, MOST_DAYS = 7, 366


@dataclass(frozen=True, slots=True)
class PupilOrders:
    """Carries out what staff order about one pupil."""

    school: School
    register: Register
    picking: Picking
    approvals: Approvals
    staffroom: Staffroom
    words: Wording
    forms: Forms

    async def warn(self, order: Order) -> Reply:
        """Warn one pupil of the lesson; if it is not clear whom, ask and warn nobody."""
        picked = await self.picking.one(order, "warn")
        return picked if isinstance(picked, Reply) else await self._warned(order, *picked)

    async def _warned(self, order: Order, pupil: Person, text: str) -> Reply:
        arrival = Arrival(sitting=order.sitting_id, counting=pupil.key, digest=order.said.delivery)
        reason, expire = find(text, self.school.reasons), self.school.school.warnings_expire
        key = reason.key if reason else ""

        def ruling(before: Before) -> Ruling:
            count = before.warnings + 1
            warned = Warned(at=before.now, pupil=pupil.key, by=order.by, count=count, reason=key)
            row = WarningGiven(
                pupil=pupil.key, by=order.by, reason=text[:LONGEST_REASON], expires=before.now + expire, key=key
            )
            told = speak_to(before, self.school, pupil, "pupil.warned", by=order.by, key=key)
            ruled = rule_on(arrival, before, self.school, [warned])
            return replace(ruled, warnings=(row,), decisions=(told, *ruled.decisions))

        receipt = await self.register.observe(arrival, ruling)
        return self._said(order, pupil, reason, receipt.sitting.warnings.get(pupil.key, 1))

    def _said(self, order: Order, pupil: Person, reason: Reason | None, count: int) -> Reply:
        """What was done, how to undo it, and from the second warning (or for an immediate reason) how to remove."""
        track = reason.track if reason else Track.LADDER
        step = rung(track, count - 1, Asked.WARN).step
        days = max(1, self.school.school.warnings_expire // timedelta(days=1))
        facts: Facts = {"pupil": pupil.key, "count": count, "days": days, "step": step.value, "track": track.value}
        asks = [self.forms.ask("undo", pupil.key, "warning")]
        if step is Step.NEXT_WARNING or track is Track.IMMEDIATE:
            asks.insert(0, self.forms.ask("remove", pupil.key, reason.key if reason else ""))
        done = Reply(notice=self.words.reply("warn.done", facts, {pupil.key: pupil}))
        return self.forms.with_asks(order.said, done, *asks)

    async def approve(self, order: Order) -> Reply:
        """Approve, or end, one-to-one lessons with one pupil. For CLT and the head only."""
        try:
            if not await self.staffroom.roles(order.by) & APPROVING:
                return self.forms.no("refused.not_clt")
            mentioned = await self.picking.mentioned(order)
        except (OutOfReach, Refused):
            return self.forms.no("refused.cannot_tell")
        there = await self.picking.anywhere(order, mentioned)
        found, rest = meant(order.said.named, order.rest, there)
        days = _days(rest)
        if len(found) != 1 or days is None:
            return self.forms.no("approve.how", listed(found if len(found) > 1 else there))
        return await self._approved(order, found[0], timedelta(days=days))

    async def _approved(self, order: Order, pupil: Person, lasting: timedelta) -> Reply:
        until = await self.approvals.approve(pupil.key, order.by, lasting)

        def ruling(before: Before) -> Ruling:
            approved = Approved(at=before.now, pupil=pupil.key, until=until, by=order.by)
            return rule_on(Arrival(), before, self.school, [approved])

        for sitting_id in await self.register.sittings_of(pupil.key):
            await self.register.observe(Arrival(sitting=sitting_id), ruling)
        facts: Facts = {"pupil": pupil.key, "until": until.isoformat(), "days": lasting.days}
        key = "approve.done" if lasting else "approve.ended"
        return Reply(notice=self.words.reply(key, facts, {pupil.key: pupil}))


def _days(text: str) -> int | None:
    """The number of days: a week if nothing is said, None if it is no number of days."""
    if not text.strip():
        return USUAL_DAYS
    found = re.fullmatch(r"(\d{1,3})( days?)?", text.strip().casefold())
    return int(found[1]) if found and int(found[1]) <= MOST_DAYS else None
