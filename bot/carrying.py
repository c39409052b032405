"""Carrying decisions out: telling people, by the first way that works, and keeping what was sent up to date (law 11)."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.actions import ROLES_OF, Audience
from bot.calling import Calling
from bot.door import Door
from bot.events import Kind, OutcomeSeen, PersonKey, oid_of
from bot.notice import Notice
from bot.paging import on_call, tell_covered
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
    Person,
    Refused,
    Register,
    Route,
    Ruling,
    Sent,
    Tally,
    Wording,
)
from bot.ruling import rule_on
from bot.school import School
from bot.sitting import Sitting
from bot.speaking import Speaking
from bot.staffroom import Staffroom
from bot.telling import mentioned, notice_of

log = logging.getLogger("schoolgate")
GIVE_UP = timedelta(minutes=30)
"""How long a message is tried before it is given up, and said so."""

TEAMS_PATIENCE = 25.0
"""How long all the ways through Teams together may take before a letter is sent, in seconds."""

Way = Callable[[Notice], Awaitable[Sent]]


def host_of(sitting: Sitting) -> PersonKey | None:
    """Who is teaching: the organiser if present (or if no staff is), else the member of staff who has been there longest."""
    staff = sitting.present(Kind.STAFF)
    return sitting.organizer if sitting.organizer in staff or not staff else staff[0]


async def _no_hands(alert: Alert, filed: Filed) -> tuple[str, str]:
    return "not_possible", "this tier has no hands"


@dataclass(frozen=True, slots=True)
class Carrier:
    """The errands of a decision: `carry` and `redraw`."""

    school: School
    register: Register
    decisions: Decisions
    people: People
    staffroom: Staffroom
    messenger: Messenger
    mail: Mail
    words: Wording
    tally: Tally
    door: Door
    speaking: Speaking
    calling: Calling | None = None

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
        calling = {"remove": self.calling.remove, "mute": self.calling.mute} if self.calling else {}
        return {
            "tell": self._tell,
            "speak": self.speaking.speak,
            "announce": self.speaking.announce,
            "set_options": self.door.set_options,
            **calling,
        }

    async def redraw(self, job: Job) -> None:
        """Show an alert as it stands now: somebody answered it."""
        alert = await self.decisions.alert(job.decision) if job.decision else None
        filed = await self.register.sitting(alert.sitting_id) if alert else None
        if alert is None or filed is None or not alert.sendings:
            return
        await self._update(alert, await self._notice(alert, filed))

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
        notice = await self._notice(alert, filed)
        if any(sent.route is not Route.MAIL for sent in alert.sendings):
            try:
                await self._update(alert, notice)
            except Refused as refused:
                log.warning(
                    "update refused", extra={"event": "update_refused", "decision": alert.number, "code": refused.code}
                )
            else:
                await tell_covered(alert, filed, notice, self.staffroom, self.messenger)
                return "done", "updated"
        return await self._send(alert, filed, notice)

    async def _send(self, alert: Alert, filed: Filed, notice: Notice) -> tuple[str, str]:
        faults, waiting, began = [], False, time.monotonic()
        for route, way in await self._ways(alert, filed):
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
                await self.decisions.sent(alert, sent)
                return "done", "; ".join([*faults, str(route)])
        if waiting:
            raise OutOfReach("; ".join(faults))
        return "given_up", "; ".join(faults)

    async def _update(self, alert: Alert, notice: Notice) -> None:
        for sent in alert.sendings:
            if sent.route is not Route.MAIL:
                await self.messenger.update(sent, notice)

    async def _notice(self, alert: Alert, filed: Filed) -> Notice:
        mentions = await self._to_mention(alert, filed)
        return await notice_of(alert, filed, self.people, self.words, mentions)

    async def _to_mention(self, alert: Alert, filed: Filed) -> Sequence[Person]:
        """Who is mentioned in the channel. Nobody any more once it is over: an update must not look like a new alarm."""
        if alert.decision.over:
            return ()
        if alert.decision.to == Audience.ON_CALL and alert.decision.about:
            return list((await self.people.get([alert.decision.about])).values())
        return await self.staffroom.holders(mentioned(self.school, alert))

    async def _host(self, sitting: Sitting) -> str | None:
        """The host's object id, if known as staff: a pupil or a guest may have organised the meeting (law 4)."""
        host = host_of(sitting)
        if host is None or sitting.kind(host) is Kind.STAFF:
            return oid_of(host) if host else None
        known = (await self.people.get([host])).get(host)
        return oid_of(host) if known is not None and known.kind is Kind.STAFF else None

    async def _alone(self, alert: Alert, filed: Filed) -> str | None:
        """The one person a message is for, if it is for one: the host, or whom it is about."""
        if alert.decision.to == Audience.THEM:
            return oid_of(alert.decision.about) if alert.decision.about else None
        if alert.decision.to == Audience.ON_CALL:
            return await on_call(alert, filed.sitting, self.staffroom)
        return await self._host(filed.sitting) if alert.decision.to == Audience.HOST else None

    async def _ways(self, alert: Alert, filed: Filed) -> list[tuple[Route, Way]]:
        """The ways to these people, best first (architecture section 3, law 11)."""
        ways: list[tuple[Route, Way]] = [
            (Route.CHANNEL, lambda notice: self.messenger.post(self.school.channels.safeguarding, notice))
        ]
        to_mail = await self._to_mention(alert, filed) or await self.staffroom.holders(ROLES_OF[Audience.CLT])
        oids = [oid for person in to_mail if (oid := oid_of(person.key))]
        oid = await self._alone(alert, filed)
        if oid is not None:
            thread, key = filed.sitting.meeting.thread, oid
            oids = [key]
            aside = (Route.WHISPER, lambda notice: self.messenger.whisper(thread, key, notice))
            # who is on call is not in the lesson's chat
            ways = [
                *([] if alert.decision.to == Audience.ON_CALL else [aside]),
                (Route.PERSONAL, lambda notice: self.messenger.write_to(key, notice)),
                *ways,
            ]
        if oids:
            ways.append((Route.MAIL, lambda notice: self.mail.mail(oids, notice)))
        return ways
