"""First contact: introducing ourselves fitly, and the test alert that shows leads that alerts reach them (part of C33)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.actions import ROLES_OF, Audience, Role
from bot.events import oid_of
from bot.forms import Forms
from bot.notice import Mention, Notice, Severity
from bot.picking import Order
from bot.ports import Messenger, OutOfReach, Refused, Reply, Wording
from bot.school import School
from bot.staffroom import Staffroom

TESTING = frozenset({Role.CLT, Role.HEAD, Role.SAFEGUARDING_LEADS, Role.IT})
TOLD = (*ROLES_OF[Audience.LEADS], *ROLES_OF[Audience.CLT])


@dataclass(frozen=True, slots=True)
class FirstContact:
    """Says hello, and tries the road that alerts take."""

    school: School
    staffroom: Staffroom
    messenger: Messenger
    words: Wording
    forms: Forms

    async def welcome(self, place: str, thread: str = "") -> Notice:
        """Introduce ourselves, fitly for the place; where alerts will come, a test one is offered.

        Another channel may be one that pupils read: nothing to press there, only where alerts go instead.
        """
        facts = {"school": self.school.school.name}
        if thread == self.school.channels.safeguarding:
            return replace(self.words.reply("welcome.safeguarding", facts), asks=(self.forms.ask("test"),))
        return self.words.reply(f"welcome.{place}", facts)

    async def test(self, order: Order) -> Reply:
        """Send a test alert to the safeguarding channel, mentioning whom a real one would."""
        try:
            if not await self.staffroom.roles(order.by) & TESTING:
                return self.forms.no("refused.not_lead")
        except (OutOfReach, Refused):
            return self.forms.no("refused.cannot_tell")
        holders = await self.staffroom.holders(TOLD)
        mentions = tuple(Mention(oid=oid, name=one.name) for one in holders if (oid := oid_of(one.key)))
        alert = replace(
            self.words.reply("test.alert", {"count": len(mentions)}), mentions=mentions, severity=Severity.KNOW
        )
        try:
            await self.messenger.post(self.school.channels.safeguarding, alert)
        except (OutOfReach, Refused):
            return self.forms.no("test.failed")
        return Reply(notice=self.words.reply("test.done", {"count": len(mentions)}))
