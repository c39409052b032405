"""Orders that keep somebody out: removing, and saying that one was removed by hand (C24 C35 C82); and the microphones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.events import (
    Event,
    Facts,
    Held,
    Kind,
    MicsOrdered,
    Paused,
    PersonKey,
    RemovalOrdered,
    RemovalPlanned,
    Resumed,
    SureAsked,
)
from bot.forms import Forms
from bot.ladder import Order as Asked
from bot.ladder import Step, rung
from bot.ordering import first, ordered_out
from bot.pausing import announced
from bot.picking import Order, Picking
from bot.ports import (
    Arrival,
    Before,
    HoldOpened,
    Job,
    People,
    Person,
    Receipt,
    Records,
    Register,
    Reply,
    Ruling,
    Wording,
)
from bot.reasons import Ends, Reason, Track, find
from bot.ruling import rule_on
from bot.school import School
from bot.speaking import speak_to

LONGEST_REASON = 200
EARLY = timedelta(seconds=1)
"""How much before its time the job of a removal that waits may run; one that is earlier was for a plan taken back since."""


@dataclass(frozen=True, slots=True)
class RemovalOrders:
    """Carries these orders out. They always act, whatever the modes of the rules (law 13)."""

    school: School
    register: Register
    people: People
    records: Records
    picking: Picking
    words: Wording
    forms: Forms

    async def remove(self, order: Order) -> Reply:
        """Remove one pupil and keep them out, as the ladder says (bot/ladder.py); else ask."""
        picked = await self.picking.one(order, "remove")
        if isinstance(picked, Reply):
            return picked
        pupil, text = picked
        reason = find(text, self.school.reasons)
        track = reason.track if reason else Track.LADDER
        unsure = (
            self.school.removal.confirm_first and track is Track.LADDER and not await self.records.has_removed(order.by)
        )
        waits = self._waits(reason)
        arrival = Arrival(sitting=order.sitting_id, counting=pupil.key, digest=order.said.delivery)

        def ruling(before: Before) -> Ruling:
            controls = before.sitting.controls
            if rung(track, before.warnings, Asked.REMOVE).step is Step.ASK:
                return rule_on(arrival, before, self.school, [])
            if unsure and (order.by, pupil.key) not in controls.asked_back and pupil.key not in controls.planned:
                asked = SureAsked(at=before.now, person=pupil.key, by=order.by)
                return rule_on(arrival, before, self.school, [asked])
            hold = _hold(pupil, order, text, reason)
            # who was asked back, or asks twice, need not wait
            if waits and self._has_hands and not unsure and pupil.key not in controls.planned:
                return self._planned(before, arrival, hold, waits)
            return self._ordered(before, arrival, hold, pupil, by_hand=False)

        return await self._answered(order, pupil, text, await self.register.observe(arrival, ruling))

    def _waits(self, reason: Reason | None) -> timedelta:
        immediate = reason is not None and reason.track is Track.IMMEDIATE
        return self.school.removal.undo_immediate if immediate else self.school.removal.undo_ladder

    @property
    def _has_hands(self) -> bool:
        return self.school.school.tier == "remove"

    async def _answered(self, order: Order, pupil: Person, text: str, receipt: Receipt) -> Reply:
        """What came of it. Of a message that came twice the sitting tells."""
        reason = find(text, self.school.reasons)
        controls = receipt.sitting.controls
        came = {type(event) for event in receipt.ruling.events}
        stands = pupil.key in controls.planned or controls.order_out(pupil.key) is not None
        asked_back = receipt.copy and not stands and (order.by, pupil.key) in controls.asked_back
        if SureAsked in came or asked_back:
            sure = replace(self._about("remove.sure", pupil, reason), accepted=False, why="remove.sure")
            again = self.forms.ask("remove", pupil.key, text)
            return self.forms.with_asks(order.said, sure, again)
        if not (stands if receipt.copy else came & {RemovalPlanned, RemovalOrdered}):
            return self.forms.which_reason(order.said, self.forms.no("remove.why"), pupil.key, text)
        if pupil.key in controls.planned:
            key = "remove.planned"
        else:
            await self.tell_others(pupil.key, receipt.sitting_id)
            key = "remove.done" if self._has_hands else "remove.by_hand"
        return self.forms.with_asks(
            order.said, self._about(key, pupil, reason), self.forms.ask("undo", pupil.key, "removal")
        )

    async def removed(self, order: Order) -> Reply:
        """A pupil was removed in Teams itself: keep them out. What has happened needs no step of the ladder."""
        picked = await self.picking.one(order, "remove")
        if isinstance(picked, Reply):
            return picked
        pupil, text = picked
        reason = find(text, self.school.reasons)
        arrival = Arrival(sitting=order.sitting_id, digest=order.said.delivery)
        hold = _hold(pupil, order, text, reason)
        receipt = await self.register.observe(
            arrival, lambda before: self._ordered(before, arrival, hold, pupil, by_hand=True)
        )
        await self.tell_others(pupil.key, receipt.sitting_id)
        done = self._about("removed.done", pupil, reason)
        return self.forms.with_asks(order.said, done, self.forms.ask("undo", pupil.key, "removal"))

    async def carry_out(self, job: Job) -> None:
        """The errand `remove`: a removal has waited long enough, and nobody has taken it back."""
        if job.sitting is None or job.person is None:
            return
        person, arrival = job.person, Arrival(sitting=job.sitting)
        pupil = (await self.people.get([person])).get(person) or Person(key=person, kind=Kind.PUPIL, name="")

        def ruling(before: Before) -> Ruling:
            plan = before.sitting.controls.planned.get(person)
            if plan is None or plan.due > before.now + EARLY:
                return rule_on(arrival, before, self.school, [])
            # its reason, and what it needs to end, stand already: in its own hold, or in the history of an older one
            hold = _kept(pupil, plan.by, "", find(plan.reason, self.school.reasons))
            return self._ordered(before, arrival, hold, pupil, by_hand=False)

        receipt = await self.register.observe(arrival, ruling)
        if any(isinstance(event, RemovalOrdered) for event in receipt.ruling.events):
            await self.tell_others(person, receipt.sitting_id)

    def _about(self, key: str, pupil: Person, reason: Reason | None) -> Reply:
        ends = (reason.ends if reason else Ends.PARENTS).value
        seconds = int(self._waits(reason).total_seconds())
        said: Facts = {"pupil": pupil.key, "ends": ends, "seconds": seconds}
        return Reply(notice=self.words.reply(key, said, {pupil.key: pupil}))

    def _planned(self, before: Before, arrival: Arrival, hold: HoldOpened, waits: timedelta) -> Ruling:
        """Removed unless taken back meanwhile; the hold is opened now, so that nothing of it can be lost."""
        due = before.now + waits
        plan = RemovalPlanned(at=before.now, person=hold.pupil, by=hold.by, due=due, reason=hold.key)
        ruled = rule_on(arrival, before, self.school, [plan])
        job = Job(kind="remove", sitting=before.sitting_id, person=hold.pupil, after=waits.total_seconds())
        return replace(ruled, jobs=(*ruled.jobs, job), holds=(replace(hold, waits=True),))

    def _ordered(self, before: Before, arrival: Arrival, hold: HoldOpened, pupil: Person, *, by_hand: bool) -> Ruling:
        """They stay out from now on; where we have hands they are removed too, and told why."""
        acting = self._has_hands and not by_hand
        events, decisions = ordered_out(before.sitting, pupil.key, hold.by, before.now, acting=acting, reason=hold.key)
        if by_hand or decisions:
            decisions = (
                *decisions,
                speak_to(before, self.school, pupil, "pupil.removed", by=hold.by, key=hold.key),
            )
        plan = before.sitting.controls.planned.get(pupil.key)
        opened = replace(hold, planned=plan.at if plan else None)
        return replace(first(decisions, rule_on(arrival, before, self.school, events)), holds=(opened,))

    async def tell_others(self, pupil: PersonKey, here: int) -> None:
        """The other lessons the pupil is in hear of the hold."""
        for sitting_id in await self.register.sittings_of(pupil):
            if sitting_id != here:
                await self._observe(sitting_id, lambda before: Held(at=before.now, pupil=pupil, since=before.now))

    async def mic(self, order: Order) -> Reply:
        """Free the pupils' microphones, or hold them."""
        wanted = order.rest.strip().casefold()
        if order.sitting_id is None:
            return self.forms.no("no_lesson")
        if self.school.school.tier == "watch":
            return self.forms.no("mic.by_hand")
        if wanted not in ("on", "off"):
            return self.forms.no("mic.how")
        is_open = wanted == "on"
        await self._observe(order.sitting_id, lambda before: MicsOrdered(at=before.now, open=is_open, by=order.by))
        return Reply(notice=self.words.reply("mic.on" if is_open else "mic.off"))

    async def pause(self, order: Order) -> Reply:
        """Hold the lesson still; the leads hear of it, and the class reads one calm line (C78)."""
        return await self._turn(order, Paused, "pause.done", "class.paused")

    async def resume(self, order: Order) -> Reply:
        """Let it go on, with the options as they were before."""
        return await self._turn(order, Resumed, "resume.done", "class.resumed")

    async def _turn(self, order: Order, turn: type[Paused | Resumed], done: str, line: str) -> Reply:
        if order.sitting_id is None:
            return self.forms.no("no_lesson")
        if self.school.school.tier == "watch":
            return self.forms.no("pause.by_hand")
        arrival, pausing = Arrival(sitting=order.sitting_id, digest=order.said.delivery), turn is Paused

        def ruling(before: Before) -> Ruling:
            if (before.sitting.controls.paused is not None) is pausing:
                return rule_on(arrival, before, self.school, [turn(at=before.now, by=order.by)] if pausing else [])
            ruled = rule_on(arrival, before, self.school, [turn(at=before.now, by=order.by)])
            return first((announced(line, before.now),), ruled)

        receipt = await self.register.observe(arrival, ruling)
        if not (receipt.copy or any(isinstance(event, turn) for event in receipt.ruling.events)):
            return self.forms.no("resume.nothing")
        reply = Reply(notice=self.words.reply(done))
        return self.forms.with_asks(order.said, reply, self.forms.ask("resume")) if pausing else reply

    async def _observe(self, sitting_id: int, event: Callable[[Before], Event]) -> None:
        arrival = Arrival(sitting=sitting_id)
        await self.register.observe(arrival, lambda before: rule_on(arrival, before, self.school, [event(before)]))


def _hold(pupil: Person, order: Order, text: str, reason: Reason | None) -> HoldOpened:
    return _kept(pupil, order.by, text[:LONGEST_REASON], reason)


def _kept(pupil: Person, by: PersonKey, text: str, reason: Reason | None) -> HoldOpened:
    ends = (reason.ends if reason else Ends.PARENTS).value
    return HoldOpened(pupil=pupil.key, by=by, reason=text, key=reason.key if reason else "", ends=ends)
