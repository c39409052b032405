"""Taking back what one ordered: a warning, or a removal with the hold it opened (C34 C35 C37)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.events import (
    Kind,
    Noted,
    NoteTakenBack,
    PersonKey,
    RemovalOrdered,
    RemovalPlanned,
    RemovalUndone,
    Warned,
    WarningTakenBack,
)
from bot.forms import Forms
from bot.naming import meant
from bot.picking import Order, Picking
from bot.ports import (
    Arrival,
    Before,
    Filed,
    Holds,
    People,
    Person,
    Register,
    Reply,
    Ruling,
    Wording,
)
from bot.ruling import rule_on
from bot.school import School
from bot.sitting import Sitting
from bot.speaking import speak_to

SLACK = timedelta(minutes=1)

NOTE_UNDO = timedelta(minutes=15)
"""How long a note may be taken back: later it is part of what the lesson's log has told."""

Undoable = Warned | RemovalPlanned | RemovalOrdered | Noted
KINDS = {"warning": Warned, "removal": RemovalPlanned | RemovalOrdered, "note": Noted}
"""What the button of an older answer is about, so that it takes back nothing else."""


@dataclass(frozen=True, slots=True)
class HoldOrders:
    """Carries these orders out."""

    school: School
    register: Register
    people: People
    holds: Holds
    picking: Picking
    words: Wording
    forms: Forms

    async def undo(self, order: Order) -> Reply:
        """Take one's last warning, removal or note in this lesson back, or the last about the pupil who is named."""
        filed = await self.register.sitting(order.sitting_id) if order.sitting_id is not None else None
        if filed is None:
            return self.forms.no("no_lesson")
        (kind, _, written), about = order.rest.partition(" "), None
        if kind != "note" and (order.rest or order.said.named):
            found, kind = meant(order.said.named, order.rest, await self.picking.there(order))
            about = {person.key for person in found}
        standing = _standing(filed.sitting, order.by, about, filed.now - NOTE_UNDO)
        mine = [one for one in standing if isinstance(one, KINDS.get(kind, Undoable)) and _is_it(one, kind, written)]
        if not mine:
            return self.forms.no("undo.nothing")
        last = max(mine, key=lambda one: (one.at, not isinstance(one, Warned)))
        if isinstance(last, Noted):
            return await self._unnote(filed, last)
        return await (self._unwarn(filed, last) if isinstance(last, Warned) else self._unremove(filed, last))

    async def _unnote(self, filed: Filed, noted: Noted) -> Reply:
        """The note stays in the record, which says that it was taken back."""
        arrival = Arrival(sitting=filed.sitting_id)

        def ruling(before: Before) -> Ruling:
            back = NoteTakenBack(at=before.now, by=noted.by, note=noted.at)
            return replace(rule_on(arrival, before, self.school, [back]), unnoted=((noted.by, noted.at),))

        await self.register.observe(arrival, ruling)
        return Reply(notice=self.words.reply("undo.note"))

    async def _unwarn(self, filed: Filed, warned: Warned) -> Reply:
        """The warning counts no more; it stays in the record, and the pupil is told."""
        arrival, pupil = Arrival(sitting=filed.sitting_id, counting=warned.pupil), await self._person(warned.pupil)

        def ruling(before: Before) -> Ruling:
            if warned not in before.sitting.warned:
                return rule_on(arrival, before, self.school, [])
            counts = max(0, before.warnings - 1)
            back = WarningTakenBack(at=before.now, pupil=warned.pupil, by=warned.by, count=counts)
            told = speak_to(before, self.school, pupil, "pupil.taken_back", by=warned.by, key=warned.reason)
            ruled = rule_on(arrival, before, self.school, [back])
            return replace(ruled, taken_back=((warned.pupil, warned.by),), decisions=(told, *ruled.decisions))

        await self.register.observe(arrival, ruling)
        return self._about("undo.warning", pupil)

    async def _unremove(self, filed: Filed, last: RemovalPlanned | RemovalOrdered) -> Reply:
        """Before it was carried out nothing has happened, and its hold ends; after it the hold is disputed.

        A hold that somebody else opened, or an earlier removal, is CLT's alone: no undoing lets such a pupil in.
        """
        hold = next((one for one in await self.holds.standing() if one.pupil == last.person), None)
        ours = hold is not None and hold.by == last.by and hold.since >= last.at - self._longest_wait
        pupil, planned = await self._person(last.person), filed.sitting.controls.planned.get(last.person) == last
        if hold is not None and not ours and not planned:
            return self.forms.no("undo.held")
        arrival, in_time = Arrival(sitting=filed.sitting_id), False

        def ruling(before: Before) -> Ruling:
            nonlocal in_time
            in_time = before.sitting.controls.planned.get(last.person) == last
            if hold is not None and not ours and not in_time:
                return rule_on(arrival, before, self.school, [])
            undone = RemovalUndone(at=before.now, person=last.person, by=last.by)
            return rule_on(arrival, before, self.school, [undone])

        await self.register.observe(arrival, ruling)
        if in_time:
            ended = await self.holds.take_back(last.person, last.by, last.at)
            return self._about("undo.in_time" if ended or hold is None else "undo.held_before", pupil)
        if hold is not None and not ours:
            return self.forms.no("undo.held")
        if ours:
            await self.holds.dispute(last.person, last.by)
        return self._about("undo.done", pupil)

    @property
    def _longest_wait(self) -> timedelta:
        """How long before a removal its hold may have been opened: the hold stands from the order on."""
        return self.school.removal.longest_wait + SLACK

    def _about(self, key: str, pupil: Person) -> Reply:
        return Reply(notice=self.words.reply(key, {"pupil": pupil.key}, {pupil.key: pupil}))

    async def _person(self, key: PersonKey) -> Person:
        return (await self.people.get([key])).get(key, Person(key=key, kind=Kind.PUPIL, name=""))


def _standing(sitting: Sitting, by: PersonKey, about: set[PersonKey] | None, notes_since: datetime) -> list[Undoable]:
    """What this person has ordered in this lesson and not taken back: about anybody, or about these. A note is about nobody."""
    controls = sitting.controls
    removals: list[RemovalPlanned | RemovalOrdered] = [
        *(plan for plan in controls.planned.values() if plan.by == by),
        *(one for one in controls.removed.values() if one.by == by and one.person not in controls.undone),
    ]
    mine: list[Warned | RemovalPlanned | RemovalOrdered] = [*(one for one in sitting.warned if one.by == by), *removals]
    if about is not None:
        return [one for one in mine if (one.pupil if isinstance(one, Warned) else one.person) in about]
    return [*mine, *(one for one in sitting.noted if one.by == by and one.at >= notes_since)]


def _is_it(one: Undoable, kind: str, written: str) -> bool:
    """The button under a note means that note, and no later one."""
    return kind != "note" or not written or one.at.isoformat() == written
