"""Orders about holds (C36 C37 C83): who is on hold, whose hold it is, and what CLT decides, typed or on its form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.actions import LEADING, Role
from bot.events import PersonKey
from bot.forms import Forms
from bot.held import LATER, OPEN, RELEASE, UNTIL, Unfit, Wish, facts_of, seen_of, submitted, typed
from bot.hold_keeping import RELEASING, let_in
from bot.hold_notices import HoldNotices
from bot.naming import meant
from bot.picking import Order, Picking
from bot.ports import (
    Hold,
    HoldBook,
    HoldChange,
    Holds,
    OutOfReach,
    People,
    Person,
    PupilRecord,
    Records,
    Refused,
    Register,
    Reply,
    Wording,
)
from bot.school import School
from bot.staffroom import Staffroom

MINE = "mine"
DONE = {RELEASE: "release.done", UNTIL: "release.until", OPEN: "release.open", LATER: "release.later"}


@dataclass(frozen=True, slots=True)
class ReleaseOrders:
    """Carries these orders out. Whoever sends one is authorised anew each time, whatever a card allowed to be shown."""

    school: School
    register: Register
    people: People
    holds: Holds
    book: HoldBook
    records: Records
    picking: Picking
    staffroom: Staffroom
    words: Wording
    forms: Forms
    notices: HoldNotices

    async def list_holds(self, order: Order) -> Reply:
        """Who may not join lessons yet, or one pupil's hold with all that was done about it: for leads and CLT."""
        try:
            roles = await self.staffroom.roles(order.by)
            if not roles & LEADING:
                return self.forms.no("refused.not_lead")
            found, rest = await self._meant(order)
        except (OutOfReach, Refused):
            return self.forms.no("refused.cannot_tell")
        if order.rest.casefold() == MINE or rest.casefold() == MINE:
            return await self._take(order, found, roles)
        if len(found) == 1:
            return await self._shown(found[0].key)
        holds = await self.holds.standing()
        if (order.rest or order.said.named) and not found:
            return self.forms.no("release.none")
        deciding = bool(roles & RELEASING)
        return await self.notices.listed(order.said, holds, await self.book.now(), deciding=deciding)

    async def _take(self, order: Order, found: Sequence[Person], roles: frozenset[Role]) -> Reply:
        """Become the owner: whoever else opens the card sees it."""
        if not roles & RELEASING:
            return self.forms.no("refused.not_clt")
        if len(found) != 1:
            return self.forms.no("holds.whose")
        if not await self.book.take(found[0].key, order.by):
            return self.forms.no("release.none")
        return await self._shown(found[0].key)

    async def _shown(self, pupil: PersonKey) -> Reply:
        record = await self.records.of_pupil(pupil)
        hold = record.standing or next(iter(record.holds), None)
        if hold is None:
            return self.forms.no("release.none")
        return Reply(notice=await self.notices.card(hold, record.now))

    async def release(self, order: Order) -> Reply:
        """Decide on a hold: for CLT and the head."""
        try:
            if not await self.staffroom.roles(order.by) & RELEASING:
                return self.forms.no("refused.not_clt")
            found, rest = await self._meant(order)
        except (OutOfReach, Refused):
            return self.forms.no("refused.cannot_tell")
        if len(found) != 1:
            return await self._which(order, found)
        record = await self.records.of_pupil(found[0].key)
        if record.standing is None:
            return await self._ended(record)
        return await self._decided(order, record, record.standing, rest)

    async def _meant(self, order: Order) -> tuple[list[Person], str]:
        """Whom of those on hold this means, else of all pupils: no name may fall to the one on hold who is only called alike."""
        mentioned = await self.picking.mentioned(order)
        held = await self.people.get([hold.pupil for hold in await self.holds.standing()])
        there = {**{person.key: person for person in await self.staffroom.holders((Role.PUPILS,))}, **held}
        if mentioned is not None:
            there.setdefault(mentioned.key, mentioned)
        found, rest = meant(order.said.named, order.rest, list(there.values()))
        return [person for person in found if person.key in held] or found, rest

    async def _which(self, order: Order, found: Sequence[Person]) -> Reply:
        """Ask whose hold: those that fit, else all who are on hold."""
        held = await self.people.get([hold.pupil for hold in await self.holds.standing()])
        among = list(found) or list(held.values())
        nobody = "release.none" if order.rest or order.said.named else "release.nobody"
        key = "release.how" if among else nobody
        return self.forms.which_pupil(order.said, "release", self.forms.no(key), among)

    async def _ended(self, record: PupilRecord) -> Reply:
        """There is nothing to decide any more; how it ended is shown."""
        if not record.holds:
            return self.forms.no("release.none")
        notice = await self.notices.card(record.holds[0], record.now)
        return Reply(notice=notice, accepted=False, why="release.none")

    async def _decided(self, order: Order, record: PupilRecord, hold: Hold, rest: str) -> Reply:
        """What was typed or filled in, done; else the form, with what is missing."""
        filled, now = dict(order.said.filled), record.now
        if "decision" not in filled and "form" not in filled and not rest:
            return await self.notices.form(order.said, hold, now, "release.form")
        try:
            wish = typed(rest, hold, now, self.school) if rest else submitted(filled, hold, now, self.school)
        except Unfit as unfit:
            if seen_of(filled) not in (None, (hold.number, hold.revision)):
                return await self._stale(order, hold.pupil, filled)
            if rest:
                filled = {"agreed": rest, **({} if unfit.why in ("too_short", "typed") else {"decision": UNTIL})}
            say = f"release.{unfit.why}"
            return await self.notices.form(order.said, hold, now, say, filled, sure=unfit.why == "sure")
        # what was typed is meant of the hold as it was when the order was read: a colleague's decision since then stands
        seen = (hold.number, hold.revision) if rest else seen_of(filled) or (0, 0)
        change = HoldChange(
            pupil=hold.pupil,
            by=order.by,
            what=wish.what,
            talk=wish.talk,
            why=wish.why,
            until=wish.until,
            seen=seen,
            delivery=order.said.delivery,
        )
        if not await self.book.change(change):
            return await self._stale(order, hold.pupil, filled, wish)
        return await self._done(order, hold, wish)

    async def _done(self, order: Order, hold: Hold, wish: Wish) -> Reply:
        if wish.what == RELEASE:
            await let_in(self.register, self.school, hold.pupil, order.by)
        after = await self.records.of_pupil(hold.pupil)
        now = next((one for one in after.holds if one.number == hold.number), hold)
        names = await self.people.get([hold.pupil])
        notice = self.words.reply(DONE[wish.what], facts_of(now, after.now, self.school), names)
        return Reply(notice=replace(notice, asks=(self.forms.ask("who", hold.pupil),)))

    async def _stale(
        self, order: Order, pupil: PersonKey, filled: Mapping[str, str], wish: Wish | None = None
    ) -> Reply:
        """Nothing was changed: it was done already, by the same press or by a colleague, and this is how it stands.

        What a colleague had not seen stays filled in, so that it can be sent again in the knowledge of what was done.
        """
        record = await self.records.of_pupil(pupil)
        hold = record.standing
        if hold is None:
            return await self._ended(record)
        if wish is not None and _is_there(hold, order.by, wish):
            return Reply(notice=await self.notices.card(hold, record.now, "hold.already"))
        return await self.notices.form(order.said, hold, record.now, "release.changed", filled)


def _is_there(hold: Hold, by: PersonKey, wish: Wish) -> bool:
    """Whether the newest that was done is just this, by the same person."""
    last = hold.steps[-2:] if wish.talk and wish.what != LATER else hold.steps[-1:]
    same = bool(last) and {step.by for step in last} == {by}
    decided = wish.what == LATER or (bool(last) and (last[-1].what, last[-1].until) == (wish.what, wish.until))
    return same and decided and (wish.talk is None or last[0].talk == wish.talk)
