"""Orders about a pupil: warning (C34), and approving lessons alone with one (C56)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.actions import Role
from bot.events import Approved, Facts, Kind, Warned
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
from bot.ruling import rule_on
from bot.school import School
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

    def _no(self, key: str, details: Sequence[str] = ()) -> Reply:
        return Reply(notice=self.words.reply(key, details=details), accepted=False)

    async def warn(self, order: Order) -> Reply:
        """Warn one pupil of the lesson; if it is not clear whom, ask and warn nobody."""
        picked = await self.picking.one(order, "warn")
        return picked if isinstance(picked, Reply) else await self._warned(order, *picked)

    async def _warned(self, order: Order, pupil: Person, reason: str) -> Reply:
        arrival = Arrival(sitting=order.sitting_id, counting=pupil.key, digest=order.said.delivery)
        expire = self.school.school.warnings_expire

        def ruling(before: Before) -> Ruling:
            warned = Warned(at=before.now, pupil=pupil.key, by=order.by, count=before.warnings + 1)
            row = WarningGiven(
                pupil=pupil.key, by=order.by, reason=reason[:LONGEST_REASON], expires=before.now + expire
            )
            return replace(rule_on(arrival, before, self.school, [warned]), warnings=(row,))

        receipt = await self.register.observe(arrival, ruling)
        days = max(1, expire // timedelta(days=1))
        facts: Facts = {"pupil": pupil.key, "count": receipt.sitting.warnings.get(pupil.key, 1), "days": days}
        return Reply(notice=self.words.reply("warn.done", facts, {pupil.key: pupil}))

    async def approve(self, order: Order) -> Reply:
        """Approve, or end, one-to-one lessons with one pupil. For CLT and the head only."""
        try:
            if not await self.staffroom.roles(order.by) & APPROVING:
                return self._no("refused.not_clt")
            mentioned = await self.picking.mentioned(order)
        except (OutOfReach, Refused):
            return self._no("refused.cannot_tell")
        there = await self.picking.there(order) or list(await self.staffroom.holders((Role.PUPILS,)))
        if mentioned is not None and mentioned.kind is Kind.PUPIL:
            there = [mentioned, *(person for person in there if person.key != mentioned.key)]
        found, rest = meant(order.said.named, order.rest, there)
        days = _days(rest)
        if len(found) != 1 or days is None:
            return self._no("approve.how", listed(found if len(found) > 1 else there))
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
