"""Holds kept in view: CLT hears of each, and of one that is overdue; one that is set to end on a day does (C36 C37 C83)."""

from __future__ import annotations

import contextlib
import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.actions import Role
from bot.events import Event, PersonKey, Released, oid_of
from bot.held import overdue
from bot.hold_notices import HoldNotices
from bot.notice import Severity
from bot.planning import may_tell
from bot.ports import (
    Arrival,
    Before,
    Hold,
    HoldBook,
    HoldCards,
    Holds,
    Job,
    Messenger,
    OutOfReach,
    Records,
    Refused,
    Register,
    Route,
    Ruling,
    Sent,
    Word,
)
from bot.ruling import rule_on
from bot.school import School
from bot.staffroom import Staffroom
from bot.teller import Teller

log = logging.getLogger("schoolgate")
RELEASING = frozenset({Role.CLT, Role.HEAD})
"""Who decides on holds."""
OPENED, ENDED, OVERDUE = "hold.card", "hold.ended", "hold.overdue"
ERRAND_FIRST = timedelta(minutes=1)
"""How long the posting of a card is left to its own errand, which knows when a removal can be taken back no more."""
LATELY = timedelta(days=7)
"""How long after it ended a hold's end is still worth telling: nobody may have been reachable before."""


async def let_in(register: Register, school: School, pupil: PersonKey, by: PersonKey | None) -> None:
    """The lessons a pupil is in, or organises, hear that the hold has ended; later ones know by themselves."""
    for sitting_id in await register.sittings_of(pupil):
        arrival = Arrival(sitting=sitting_id)

        def ruling(before: Before, arrival: Arrival = arrival) -> Ruling:
            released: Event = Released(at=before.now, pupil=pupil, by=by)
            return rule_on(arrival, before, school, [released])

        # a lesson purged since it was looked for has nobody to be let in, and the others still do
        with contextlib.suppress(Refused):
            await register.observe(arrival, ruling)


@dataclass(frozen=True, slots=True)
class HoldKeeper:
    """The errand `hold`, for one pupil at once, and the duty `holds`."""

    school: School
    register: Register
    holds: Holds
    book: HoldBook
    cards: HoldCards
    records: Records
    staffroom: Staffroom
    teller: Teller
    messenger: Messenger
    notices: HoldNotices

    async def show(self, job: Job) -> None:
        """Something about a pupil's holds has changed: CLT has a card of each, which shows it. OutOfReach to be tried again."""
        if job.person is None:
            return
        record = await self.records.of_pupil(job.person)
        for hold in record.holds:
            if await self.cards.card(hold.number) is not None:
                await self._update(hold, record.now)
            elif hold.released_at is None:
                await self._post(hold, record.now)

    async def _post(self, hold: Hold, now: datetime, lost: Sent | None = None) -> None:
        """Once; and once more for each card that was `lost`. By mail there is no card: then a lost one is left at that."""
        words = await self._new(OPENED, hold, f"{hold.number} {lost.activity}" if lost else str(hold.number))
        if not words:
            return
        notice = replace(await self.notices.card(hold, now), severity=Severity.LOOK)
        sent = await self.teller.office(words, [Role.CLT], notice)
        stands = lost if sent is not None and sent.route is Route.MAIL else sent
        if stands is not None:
            await self.cards.card_shows(hold.number, stands, hold.news)

    async def _update(self, hold: Hold, now: datetime) -> None:
        found = await self.cards.card(hold.number)
        if found is None or found[1] >= hold.news:
            return
        over = hold.released_at is not None
        notice = replace(await self.notices.card(hold, now), over=over, severity=Severity.LOOK)
        try:
            await self.messenger.update(found[0], notice)
        except Refused as refused:
            known = {"event": "hold_card_refused", "hold": hold.number, "code": refused.code}
            log.warning("update refused", extra=known)
            if refused.gone and not over:
                await self._post(hold, now, found[0])
                return
        await self.cards.card_shows(hold.number, found[0], hold.news)

    async def keep(self) -> None:
        """The duty: end those whose day has come; tell of it, and remind of those whose time is up, once and not at night."""
        for pupil in await self.book.end_due():
            await let_in(self.register, self.school, pupil, None)
        now = await self.book.now()
        for hold in await self.holds.standing():
            await self._mend(hold, now)
        if may_tell(now, self.school):
            await self._tell(now)

    async def _mend(self, hold: Hold, now: datetime) -> None:
        """A card that could not be posted when the hold was opened, or that two changes at once left behind."""
        if await self.cards.card(hold.number) is not None:
            await self._update(hold, now)
        elif now - hold.since > ERRAND_FIRST:
            await self._post(hold, now)

    async def _tell(self, now: datetime) -> None:
        for hold in await self.holds.ended_by_day(LATELY):
            if words := await self._new(ENDED, hold, str(hold.number)):
                notice = replace(await self.notices.card(hold, now, ENDED), severity=Severity.KNOW)
                await self.teller.office(words, [Role.CLT], notice)
        for hold in await self.holds.standing():
            if overdue(hold, now):
                await self._remind(hold, now)

    async def _remind(self, hold: Hold, now: datetime) -> None:
        """The owner alone, if there is one who may still decide; else CLT. A new due day is another time."""
        words = await self._new(OVERDUE, hold, f"{hold.number} {hold.due}")
        if not words:
            return
        oid = oid_of(hold.owner) if hold.owner and await self._may_decide(hold.owner) else None
        notice = replace(await self.notices.card(hold, now, OVERDUE), severity=Severity.LOOK)
        if oid is not None:
            await self.teller.privately(words, oid, notice)
        else:
            await self.teller.office(words, [Role.CLT], notice)

    async def _may_decide(self, owner: PersonKey) -> bool:
        """While nobody can tell, the whole of CLT is the surer one to hear of it."""
        try:
            return bool(await self.staffroom.roles(owner) & RELEASING)
        except (OutOfReach, Refused):
            return False

    async def _new(self, say: str, hold: Hold, ground: str) -> list[Word]:
        """Told once, and remembered as long as the hold can be."""
        return await self.teller.new([Word(say=say, about=hold.pupil, ground=ground)], self.school.keep.alerts)
