"""Carrying decisions out: telling people, by the first way that works, and keeping what was sent up to date (law 11)."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.acting import Acting
from bot.actions import Audience
from bot.circles import Circle, Circles
from bot.door import Door
from bot.escalating import Escalation
from bot.events import OutcomeSeen
from bot.notice import Notice
from bot.paging import for_others, tell_covered
from bot.ports import (
    Alert,
    Arrival,
    Before,
    Decisions,
    Filed,
    Job,
    Mail,
    Messenger,
    OutOfReach,
    People,
    Refused,
    Register,
    Route,
    Ruling,
    Sent,
    Tally,
    Wording,
)
from bot.routing import may_read
from bot.ruling import rule_on
from bot.school import School
from bot.speaking import Speaking
from bot.telling import notice_of

log = logging.getLogger("schoolgate")
GIVE_UP = timedelta(minutes=30)
"""How long a message is tried before it is given up, and said so."""

TEAMS_PATIENCE = 25.0
"""How long all the ways through Teams together may take before a letter is sent, in seconds."""

Way = Callable[[Notice], Awaitable[Sequence[Sent]]]


async def _no_hands(alert: Alert, filed: Filed) -> tuple[str, str]:
    return "not_possible", "this tier has no hands"


@dataclass(frozen=True, slots=True)
class Carrier:
    """The errands of a decision: `carry` and `redraw`."""

    school: School
    register: Register
    decisions: Decisions
    people: People
    messenger: Messenger
    mail: Mail
    words: Wording
    tally: Tally
    door: Door
    speaking: Speaking
    circles: Circles
    escalation: Escalation
    acting: Acting | None = None

    async def carry(self, job: Job) -> None:
        """Carry one decision out, or bring its messages up to date; OutOfReach to be run again."""
        alert = await self.decisions.claim(job.decision) if job.decision else None
        filed = await self.register.sitting(alert.sitting_id) if alert else None
        if alert is None or filed is None:
            return
        act = self._acts().get(alert.decision.action, _no_hands)
        try:
            words = await act(alert, filed)
        except OutOfReach as error:
            if filed.now - alert.decided_at > GIVE_UP:
                await self._settle(alert, "given_up", error.words)
                return
            await self.decisions.settle(alert, outcome="again", words=error.words)
            raise
        await self._settle(alert, *words)

    def _acts(self) -> dict[str, Callable[[Alert, Filed], Awaitable[tuple[str, str]]]]:
        acting = {"remove": self.acting.remove, "mute": self.acting.mute} if self.acting else {}
        return {
            "tell": self._tell,
            "speak": self.speaking.speak,
            "announce": self.speaking.announce,
            "set_options": self.door.set_options,
            **acting,
        }

    async def redraw(self, job: Job) -> None:
        """Show an alert as it stands now: somebody answered it, or it went on to somebody."""
        alert = await self.decisions.alert(job.decision) if job.decision else None
        filed = await self.register.sitting(alert.sitting_id) if alert else None
        if alert is None or filed is None or not alert.sendings:
            return
        circle = await self.circles.of(alert, filed)
        await self._update(alert, filed, await self._notice(alert, filed, circle), circle)

    async def _settle(self, alert: Alert, outcome: str, words: str = "") -> None:
        await self.decisions.settle(alert, outcome=outcome, words=words)
        self.tally.settled(alert.decision.rule, outcome)
        log.log(
            logging.ERROR if outcome == "given_up" else logging.INFO,
            outcome,
            extra={
                "event": outcome,
                "sitting": alert.sitting_id,
                "decision": alert.number,
                "rule": alert.decision.rule,
                "action": alert.decision.action,
                "to": alert.decision.to,
                "say": alert.decision.say,
                "outcome": words if alert.decision.action == "tell" else words.partition(":")[0],
            },
        )
        arrival = Arrival(sitting=alert.sitting_id)

        def ruling(before: Before) -> Ruling:
            seen = OutcomeSeen(at=before.now, decision=alert.number, outcome=outcome, words=words)
            return rule_on(arrival, before, self.school, [seen])

        await self.register.observe(arrival, ruling)

    async def _tell(self, alert: Alert, filed: Filed) -> tuple[str, str]:
        """The outcome and its words. A message that is gone, or is a letter, is sent anew; OutOfReach if a way may yet work."""
        circle = await self.circles.of(alert, filed)
        notice = await self._notice(alert, filed, circle)
        await self.escalation.expect(alert, filed, notice)
        if await self._update(alert, filed, notice, circle):
            await tell_covered(alert, filed, notice, circle.alone, self.messenger)
            return "done", "updated"
        return await self._send(alert, filed, notice, circle)

    async def _update(self, alert: Alert, filed: Filed, notice: Notice, circle: Circle) -> bool:
        """Bring every message up to date that may be; whether the alert stands where it was told first."""
        stands: list[Sent] = []
        shared = await self._for_others(alert, filed, notice, circle)
        for sent in _messages(alert):
            if not may_read(sent, circle.about, closed=circle.closed):
                continue
            words = notice if sent.to == circle.alone else shared
            if sent.route is not Route.CHANNEL:
                words = replace(words, mentions=())  # who is not in a chat cannot be mentioned there
            try:
                await self.messenger.update(sent, words)
            except Refused as refused:
                known = {"event": "update_refused", "decision": alert.number, "code": refused.code}
                log.warning("update refused", extra=known)
            else:
                stands.append(sent)
        first = {sent.route for sent in _messages(alert)[:1] if may_read(sent, circle.about, closed=circle.closed)}
        return bool(stands) and (not first or first <= {sent.route for sent in stands})

    async def _send(self, alert: Alert, filed: Filed, notice: Notice, circle: Circle) -> tuple[str, str]:
        faults, waiting, began = [], False, time.monotonic()
        for route, way in self._ways(alert, filed, circle):
            if waiting and route is not Route.MAIL and time.monotonic() - began > TEAMS_PATIENCE:
                continue
            try:
                sent = await way(notice)
            except Refused as refused:
                faults.append(f"{route}: {refused.code}")
            except OutOfReach as error:
                faults.append(f"{route}: {error.words}")
                waiting = True
            else:
                for one in sent:
                    await self.decisions.sent(alert, one)
                return "done", "; ".join([*faults, str(route)])
        if waiting or (circle.private and not circle.oids):
            raise OutOfReach("; ".join(faults) or "nobody is known who may read this")
        return "given_up", "; ".join(faults)

    async def _notice(self, alert: Alert, filed: Filed, circle: Circle) -> Notice:
        return await notice_of(alert, filed, self.people, self.words, circle.tagged)

    async def _for_others(self, alert: Alert, filed: Filed, notice: Notice, circle: Circle) -> Notice:
        """What others read of a notice for an adult on call, where that adult was not reached; else the notice."""
        if alert.decision.to != Audience.ON_CALL:
            return notice
        return await self._notice(for_others(alert), filed, circle)

    def _ways(self, alert: Alert, filed: Filed, circle: Circle) -> list[tuple[Route, Way]]:
        """The ways to these people, best first (architecture section 3, law 11). None goes past the circle."""
        key, thread, oids = circle.alone, filed.sitting.meeting.thread, circle.oids
        ways: list[tuple[Route, Way]] = []
        if key is not None:
            oids = [key]
            ways.append((Route.PERSONAL, lambda notice: self._one(self.messenger.write_to(key, notice))))
            if alert.decision.to != Audience.ON_CALL:  # who is on call is not in the lesson's chat
                ways.insert(0, (Route.WHISPER, lambda notice: self._one(self.messenger.whisper(thread, key, notice))))
        if circle.private:
            ways.append((Route.PERSONAL, lambda notice: self._each(alert, filed, circle, notice)))
        else:
            ways.append((Route.CHANNEL, lambda notice: self._post(alert, filed, circle, notice)))
        if oids:
            ways.append((Route.MAIL, lambda notice: self._one(self.mail.mail(oids, notice))))
        return ways

    async def _one(self, sending: Awaitable[Sent]) -> Sequence[Sent]:
        return [await sending]

    async def _post(self, alert: Alert, filed: Filed, circle: Circle, notice: Notice) -> Sequence[Sent]:
        words = await self._for_others(alert, filed, notice, circle)
        return [await self.messenger.post(self.school.channels.safeguarding, words)]

    async def _each(self, alert: Alert, filed: Filed, circle: Circle, notice: Notice) -> Sequence[Sent]:
        """A 1:1 to everybody who is to act, and a letter to those it does not reach. Raises if it reaches nobody."""
        notice = await self._for_others(alert, filed, notice, circle)
        reached = [sent for sent in _messages(alert) if sent.to in circle.oids]
        missed = list[str]()
        trouble: Refused | OutOfReach = Refused("nobody", "there is nobody else to tell")
        for oid in circle.oids:
            if oid in {sent.to for sent in reached}:
                continue
            try:
                sent = await self.messenger.write_to(oid, notice)
            except (Refused, OutOfReach) as error:
                missed.append(oid)
                trouble = error
            else:
                await self.decisions.sent(alert, sent)
                reached.append(sent)
        if not reached:
            raise trouble
        if missed:
            with contextlib.suppress(Refused, OutOfReach):
                reached.append(await self.mail.mail(missed, notice))
        return reached


def _messages(alert: Alert) -> list[Sent]:
    """Where an alert stands and can be changed: everywhere but in letters."""
    return [sent for sent in alert.sendings if sent.route is not Route.MAIL]
