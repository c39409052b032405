"""How many alerts were false alarms, rule by rule, so that the school can mend the rules that cry wolf."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.actions import LEADING
from bot.events import Facts
from bot.forms import Forms
from bot.picking import Order
from bot.ports import Alarms, OutOfReach, Refused, Reply, Wording
from bot.school import School
from bot.staffroom import Staffroom

USUAL_DAYS = 30


@dataclass(frozen=True, slots=True)
class AlarmOrders:
    """Carries `/alarms` out, for leads and CLT. It names nobody."""

    school: School
    staffroom: Staffroom
    alarms: Alarms
    words: Wording
    forms: Forms

    async def alarms_of(self, order: Order) -> Reply:
        """How often each rule told people, and how often somebody answered that it was nothing, in so many days.

        No more days than answers are kept (`[keep] presence`).
        """
        try:
            if not await self.staffroom.roles(order.by) & LEADING:
                return self.forms.no("refused.not_lead")
        except (OutOfReach, Refused):
            return self.forms.no("refused.cannot_tell")
        longest = max(1, self.school.keep.presence.days)
        asked = int(order.rest) if order.rest.isascii() and order.rest.isdigit() and len(order.rest) < 5 else USUAL_DAYS
        days = min(max(asked, 1), longest)
        counts = await self.alarms.alarms(timedelta(days=days))
        lines = [
            self.words.reply(
                "alarms.rule", {"rule": one.rule, "told": one.told, "nothing": one.nothing, "taken": one.taken}
            ).headline
            for one in sorted(counts, key=lambda one: (-one.nothing, one.rule))
        ]
        facts: Facts = {
            "days": days,
            "told": sum(one.told for one in counts),
            "nothing": sum(one.nothing for one in counts),
        }
        return Reply(notice=self.words.reply("alarms", facts, details=lines))
