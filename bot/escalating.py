"""An alert that nobody takes goes on: to the next person 1:1, by e-mail, and at last to the head, who is told once.

Each step is written down in the lesson before it is made, and the next one waits in the queue: so none is lost in a restart,
none is made twice, and whoever takes the alert stops them all.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.answering import is_taken, shared
from bot.circles import Circle, Circles
from bot.events import PassedOn, PersonKey, oid_of
from bot.notice import Notice
from bot.passing import LAST, VAIN, next_step, steps_of
from bot.ports import (
    Alert,
    Arrival,
    Before,
    Decisions,
    Errands,
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
    Wording,
)
from bot.school import School
from bot.sitting import Sitting
from bot.telling import notice_of

log = logging.getLogger("schoolgate")
GIVE_UP = timedelta(minutes=30)
"""How long somebody is tried to be told; the steps after go on meanwhile."""


@dataclass(frozen=True, slots=True)
class Escalation:
    """The errands `escalate`, which takes the next step when it is due, and `pass_on`, which tells of it."""

    school: School
    register: Register
    decisions: Decisions
    people: People
    circles: Circles
    messenger: Messenger
    mail: Mail
    words: Wording
    errands: Errands

    async def expect(self, alert: Alert, filed: Filed, notice: Notice) -> None:
        """Before an alert is told: have it seen to that somebody takes it. Asked again it waits only once."""
        wait = self._wait(alert, notice)
        passed = steps_of(filed.sitting.passed.get(alert.number, ()))
        if wait is None or _is_done(alert, filed.sitting):
            return
        due = _due(alert, passed, wait)
        after = max(0.0, (due - filed.now).total_seconds())
        await self.errands.ask(Job(kind="escalate", decision=alert.number, step=len(passed), after=after))

    async def escalate(self, job: Job) -> None:
        """Take the next step, if it is still wanted and due."""
        found = await self._found(job)
        if found is None:
            return
        alert, filed, circle = found
        wait = self._wait(alert, await notice_of(alert, filed, self.people, self.words))
        if wait is None:
            return
        last = await self.circles.last(circle.about)

        def ruling(before: Before) -> Ruling:
            return self._step(job, alert, before, wait, circle, [person.key for person in last])

        receipt = await self.register.observe(Arrival(sitting=alert.sitting_id), ruling)
        for event in receipt.ruling.events:
            if isinstance(event, PassedOn):
                level = logging.INFO if event.to else logging.ERROR
                known = {"event": "passed_on", "decision": alert.number, "how": event.how, "people": len(event.to)}
                log.log(level, "passed on", extra=known)

    def _step(
        self, job: Job, alert: Alert, before: Before, wait: timedelta, circle: Circle, last: Sequence[PersonKey]
    ) -> Ruling:
        """Under the lock: another may have taken the alert, or the step, meanwhile."""
        passed = steps_of(before.sitting.passed.get(alert.number, ()))
        if len(passed) != job.step or _is_done(alert, before.sitting):
            return Ruling()
        due, again = _due(alert, passed, wait), Job(kind="escalate", decision=alert.number, step=job.step)
        if before.now < due:
            return Ruling(jobs=(replace(again, after=(due - before.now).total_seconds()),))
        reached = {sent.to for sent in alert.sendings if sent.route is Route.PERSONAL}
        fresh = [person.key for person in circle.people if oid_of(person.key) not in reached]
        how, to = next_step(passed, fresh, [one.key for one in circle.people], last, self.school.alerts.people)
        event = PassedOn(at=before.now, decision=alert.number, to=tuple(to), how=how)
        jobs = [Job(kind="pass_on", decision=alert.number, step=job.step)]
        if how not in LAST:
            jobs.append(replace(again, step=job.step + 1, after=wait.total_seconds()))
        return Ruling(events=(event,), jobs=tuple(jobs))

    async def pass_on(self, job: Job) -> None:
        """Tell those to whom it went on, then show all its cards anew. OutOfReach to be run again."""
        found = await self._found(job)
        if found is None:
            return
        alert, filed, circle = found
        passed = steps_of(filed.sitting.passed.get(alert.number, ()))
        if job.step >= len(passed):
            return
        step = passed[job.step]
        # whom it is about may have become known since: they are left out here too
        oids = [oid for one in step.to if one not in circle.about and (oid := oid_of(one))]
        notice = await notice_of(alert, filed, self.people, self.words)
        try:
            reached = await self._tell(alert, notice, step.how, oids)
        except OutOfReach:
            if filed.now - step.at < GIVE_UP:
                raise
            reached = False
        if not reached:
            await self._in_vain(alert, step)
        await self.errands.ask(Job(kind="redraw", decision=alert.number))

    async def _in_vain(self, alert: Alert, step: PassedOn) -> None:
        """Said on the card and in the log; the next step comes in its time."""
        known = {"event": "given_up", "decision": alert.number, "rule": alert.decision.rule, "outcome": step.how}
        log.error("passed on in vain", extra=known)
        await self.register.observe(
            Arrival(sitting=alert.sitting_id),
            lambda before: Ruling(events=(replace(step, at=before.now, how=VAIN),)),
        )

    async def _tell(self, alert: Alert, notice: Notice, how: str, oids: Sequence[str]) -> bool:
        """1:1 where it is not a matter of a letter; a letter to all at the end, and to whoever is not reached otherwise.

        Whether anybody is reached; OutOfReach if that may yet be.
        """
        there = {sent.to for sent in alert.sendings if sent.route is Route.PERSONAL}
        missed = list(oids) if how != "person" else []
        for oid in oids if how != "mail" else ():
            if oid not in there:
                try:
                    await self.decisions.sent(alert, await self.messenger.write_to(oid, notice))
                except (Refused, OutOfReach):
                    missed = list(dict.fromkeys([*missed, oid]))
                else:
                    there.add(oid)
        letters = [{*sent.to.split(",")} for sent in alert.sendings if sent.route is Route.MAIL]
        if missed and {*missed} not in letters:
            try:
                await self.decisions.sent(alert, await self.mail.mail(missed, notice))
            except Refused:
                return bool(there & {*oids}) and how != "mail"
        return bool(oids)

    async def _found(self, job: Job) -> tuple[Alert, Filed, Circle] | None:
        alert = await self.decisions.alert(job.decision) if job.decision else None
        filed = await self.register.sitting(alert.sitting_id) if alert else None
        return (alert, filed, await self.circles.of(alert, filed)) if alert and filed else None

    def _wait(self, alert: Alert, notice: Notice) -> timedelta | None:
        """How long somebody may take to take it; None where nothing is passed on."""
        return self.school.alerts.wait(notice.severity.value) if shared(alert.decision) else None


def _due(alert: Alert, passed: Sequence[PassedOn], wait: timedelta) -> datetime:
    return (passed[-1].at if passed else alert.since) + wait


def _is_done(alert: Alert, sitting: Sitting) -> bool:
    """Whether nothing more is to be done: it is over or taken, or the last were told."""
    decision, passed = alert.decision, steps_of(sitting.passed.get(alert.number, ()))
    at_the_end = bool(passed) and passed[-1].how in LAST
    return decision.over or at_the_end or is_taken(sitting, decision.rule, decision.about, alert.since)
