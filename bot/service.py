"""The shell: read, decide, write down, hand on. What comes in comes in here; there is no rule in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.actions import LEADING, Audience
from bot.answering import LONGEST_NOTE, answers_to, holder, offered, shared
from bot.events import Answered, Kind, RemovalUndone, Verb, oid_of
from bot.notice import Notice
from bot.ordering import first, ordered_out
from bot.orders import Orders
from bot.ports import (
    Alert,
    Arrival,
    Before,
    Decisions,
    HoldOpened,
    Job,
    NoteTaken,
    OutOfReach,
    People,
    Pressed,
    Receipt,
    Refused,
    Register,
    Reply,
    Route,
    Ruling,
    Said,
    Wording,
)
from bot.reasons import Ends, Reason, find
from bot.routing import meant
from bot.ruling import rule_on
from bot.school import School
from bot.sitting import DOING
from bot.speaking import speak_to
from bot.staffroom import Staffroom
from bot.telling import mentioned, notice_of


@dataclass(frozen=True, slots=True)
class Service:
    """Everything that can come to Schoolgate; implements `ports.Doors`."""

    school: School
    register: Register
    decisions: Decisions
    people: People
    staffroom: Staffroom
    words: Wording
    orders: Orders

    async def observe(self, arrival: Arrival) -> Receipt:
        """A meeting event, a look-up's result, a due look: one transaction."""
        return await self.register.observe(arrival, lambda before: rule_on(arrival, before, self.school))

    async def command(self, said: Said) -> Reply:
        """A command, or words meant as one."""
        return await self.orders.command(said)

    async def welcome(self, place: str, thread: str = "") -> Notice:
        """Introduce ourselves, fitly for `place` and the conversation `thread`."""
        return await self.orders.contact.welcome(place, thread)

    async def press(self, pressed: Pressed) -> Reply:
        """A button of an alert: who pressed it is looked up again each time, whatever the card allowed to be shown."""
        alert = await self.decisions.alert(pressed.alert)
        try:
            allowed = alert is not None and await self._may_press(pressed, alert)
        except (OutOfReach, Refused):
            return Reply(notice=self.words.reply("refused.cannot_tell"), accepted=False)
        if alert is None or not allowed:
            await self._tried(pressed, alert)
            return Reply(notice=self.words.reply("press.not_yours"), accepted=False)
        await self._stands_there_too(pressed, alert)
        return await self._taken(pressed, alert)

    async def _taken(self, pressed: Pressed, alert: Alert) -> Reply:
        """What somebody who may do so pressed: written down, unless the card was out of date or there is nothing in it."""
        if pressed.verb is Verb.NOTE and shared(alert.decision):
            return await self._noted(pressed, alert) if pressed.note else await self._as_it_stands(alert)
        filed = await self.register.sitting(alert.sitting_id)
        answers = answers_to(filed.sitting, alert) if filed else ()
        if pressed.verb in offered(alert.decision, answers) and not _again(pressed, answers):
            if pressed.verb is Verb.KEEP_OUT and alert.decision.about and not find(pressed.reason, self.school.reasons):
                forms = self.orders.forms
                return forms.why_kept_out(forms.no("removed.why"), alert.decision.about)
            return await self._answered(pressed, alert)
        if alert.decision.over:
            return Reply(notice=self.words.reply("press.over"), accepted=False)
        return await self._as_it_stands(alert)

    async def _stands_there_too(self, pressed: Pressed, alert: Alert) -> None:
        """A copy of a card, made when the process died or Teams did not answer, is found when somebody presses it (law 11).

        From then on both are kept up to date.
        """
        known = [sent for sent in alert.sendings if sent.route is not Route.MAIL]
        there = [sent for sent in known if thread_of(sent.conversation) == thread_of(pressed.conversation)]
        if pressed.activity and there and all(sent.activity != pressed.activity for sent in known):
            copy = replace(there[0], conversation=pressed.conversation, activity=pressed.activity)
            await self.decisions.sent(alert, copy)

    async def _tried(self, pressed: Pressed, alert: Alert | None) -> None:
        """Somebody pressed what is not theirs: logged, and counted if it was a pupil."""
        self.orders.refusals.logged(pressed.by, pressed.verb.value, "press.not_yours")
        try:
            who = await self.staffroom.who(pressed.by)
        except (OutOfReach, Refused):
            return
        if alert is not None and who is not None and who.kind is Kind.PUPIL:
            await self.orders.refusals.count(who, pressed.verb.value, alert.sitting_id)

    async def _may_press(self, pressed: Pressed, alert: Alert) -> bool:
        """The host's alerts: any staff. The others: those who lead safeguarding, and whoever the alert mentions or was sent to.

        Never the adult whom it is about.
        """
        if pressed.by is None or alert.decision.action != "tell":
            return False
        filed = await self.register.sitting(alert.sitting_id)
        if filed is not None and pressed.by in meant(alert.decision, filed.sitting):
            return False
        doing = pressed.verb in DOING and pressed.verb in alert.decision.choices
        called = alert.decision.to == Audience.ON_CALL and pressed.by == alert.decision.about
        if doing or called or alert.decision.to == Audience.HOST:
            who = await self.staffroom.who(pressed.by)
            if who is not None and who.kind is Kind.STAFF:
                return True
        if any(sent.route is Route.PERSONAL and sent.to == oid_of(pressed.by) for sent in alert.sendings):
            return True
        roles = await self.staffroom.roles(pressed.by)
        return bool(roles & (LEADING | set(mentioned(self.school, alert))))

    async def _noted(self, pressed: Pressed, alert: Alert) -> Reply:
        """A note on an alert: kept, and shown on its cards. It is no answer: somebody still has to take it."""
        if pressed.by is None:
            raise ValueError("a note has somebody who wrote it")
        note = NoteTaken(by=pressed.by, text=pressed.note[:LONGEST_NOTE], alert=alert.number)
        redraw = Job(kind="redraw", decision=alert.number)
        await self.register.observe(
            Arrival(sitting=alert.sitting_id), lambda before: Ruling(notes=(note,), jobs=(redraw,))
        )
        return await self._as_it_stands(await self.decisions.alert(alert.number) or alert)

    async def _answered(self, pressed: Pressed, alert: Alert) -> Reply:
        decision, by = alert.decision, pressed.by
        if by is None:
            raise ValueError("an answer has somebody who gave it")
        arrival, reason = Arrival(sitting=alert.sitting_id), find(pressed.reason, self.school.reasons)
        known = await self.people.get([decision.about] if decision.about else [])

        def ruling(before: Before) -> Ruling:
            answer = Answered(at=before.now, rule=decision.rule, about=decision.about, verb=pressed.verb, by=by)
            done = self._done_by(answer, before, reason)
            told = [
                speak_to(before, self.school, pupil, "pupil.removed", by=by, key=reason.key)
                for pupil in known.values()
                if reason and done.holds
            ]
            ruled = first((*done.decisions, *told), rule_on(arrival, before, self.school, [answer, *done.events]))
            jobs = (*ruled.jobs, Job(kind="redraw", decision=alert.number))
            return replace(ruled, jobs=jobs, holds=done.holds)

        receipt = await self.register.observe(arrival, ruling)
        if pressed.verb is Verb.KEEP_OUT and decision.about is not None:
            await self.orders.removals.tell_others(decision.about, alert.sitting_id)
        return await self._as_it_stands(revised(alert, receipt))

    def _done_by(self, answer: Answered, before: Before, reason: Reason | None) -> Ruling:
        """What an answer does besides being one: in the tier that has hands, Remove removes and Let stay takes that back.

        Keep out is the order of whoever removed a pupil in Teams itself: it opens the hold too, with its reason (C37).
        """
        person, by = answer.about, answer.by
        if person is None or self.school.school.tier != "remove":
            return Ruling()
        if answer.verb in (Verb.REMOVE, Verb.KEEP_OUT):
            key = reason.key if reason else ""
            events, decisions = ordered_out(before.sitting, person, by, before.now, acting=True, reason=key)
            ends = (reason.ends if reason else Ends.PARENTS).value
            plan = before.sitting.controls.planned.get(person)
            planned = plan.at if plan else None
            hold = HoldOpened(pupil=person, by=by, reason="", key=key, ends=ends, planned=planned)
            return Ruling(
                events=tuple(events), decisions=decisions, holds=(hold,) if answer.verb is Verb.KEEP_OUT else ()
            )
        if answer.verb is Verb.LET_STAY and before.sitting.controls.order_out(person):
            return Ruling(events=(RemovalUndone(at=answer.at, person=person, by=by),))
        return Ruling()

    async def _as_it_stands(self, alert: Alert) -> Reply:
        """The card of now in place of the one that was pressed: a colleague, or the same press before, may have changed it."""
        filed = await self.register.sitting(alert.sitting_id)
        if filed is None:
            return Reply(notice=self.words.reply("press.over"), accepted=False)
        return Reply(notice=await notice_of(alert, filed, self.people, self.words))


def thread_of(conversation: str) -> str:
    """What the posts of a channel share."""
    return conversation.partition(";messageid=")[0]


def _again(pressed: Pressed, answers: Sequence[Answered]) -> bool:
    """Whether somebody takes over what they have already."""
    return pressed.verb is Verb.TAKE_OVER and holder(answers) == pressed.by


def revised(alert: Alert, receipt: Receipt) -> Alert:
    """The alert as this receipt left it: newer words of the same episode, if the ruling had any, and the answers."""
    key = (alert.decision.rule, alert.decision.action, alert.decision.to, alert.decision.about)
    for decision in receipt.ruling.decisions:
        if (decision.rule, decision.action, decision.to, decision.about) == key:
            alert = replace(alert, decision=decision)
    return alert
