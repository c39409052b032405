"""Our leg of the call: joining, the roster, hanging up; and what is done to a participant of it.

Done is claimed when the roster shows it (law 11).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from bot.controls import NOT_SHOWN, Controls
from bot.events import CallMoved, Event, HandsRefused, PersonKey, RosterSeen
from bot.members import ROSTER_LAG
from bot.ports import (
    Alert,
    Arrival,
    Before,
    Calls,
    Decision,
    Filed,
    Hands,
    Heard,
    Job,
    MeetingOptions,
    Meetings,
    OutOfReach,
    Refused,
    Register,
    Roster,
    Ruling,
)
from bot.rosters import events_of, is_news, tells_in, unknown
from bot.ruling import rule_on
from bot.school import School
from bot.sitting import Sitting

log = logging.getLogger("schoolgate")

POLL = 15.0
SOON = 2.0
KEEP = timedelta(minutes=10)
"""How often the roster is asked for, how soon after joining, and how often the call is kept alive."""

GLANCE = 0.4
"""Notices that come within this time share a look at the roster, in seconds: a class comes in all at once."""

CALL_ENDED, GONE = "call_ended", "participant_gone"
"""Refusals that are none: see `ports.Calls` and `ports.Hands`."""

ROUNDS = 3
"""How often in one attempt a device is acted on that the roster shows only now: it had not been seen, or has just come."""


@dataclass(frozen=True, slots=True)
class Calling:
    """The errands `join` and `roster`, the actions `remove` and `mute`, and what Graph notifies."""

    school: School
    register: Register
    calls: Calls
    hands: Hands
    options: MeetingOptions
    meetings: Meetings
    callback: Callable[[int], str]
    monotonic: Callable[[], float] = time.monotonic
    """Seconds, of this process only: how long an answer was on its way."""

    async def join(self, job: Job) -> None:
        """Join the call of a sitting; what Microsoft refuses is written down and tried again later."""
        filed = await self.register.sitting(job.sitting) if job.sitting is not None else None
        if filed is None or not filed.sitting.is_open() or filed.sitting.controls.current_call() is not None:
            return
        meeting, known = filed.sitting.meeting, filed.teams_meeting_id
        try:
            online = await self.options.read(meeting, await self.meetings.details(meeting, known) if known else None)
            call = await self.calls.join(online, self.callback(filed.sitting_id))
        except Refused as refused:
            await self._moved(filed, "refused", words=f"{refused.code}: {refused.words}")
            return
        except OutOfReach as error:
            # tried again by the clock, not by the queue: an app may be in so many calls only, and people must hear of it
            await self._moved(filed, "refused", words=error.words)
            return
        jobs = [Job(kind="roster", sitting=filed.sitting_id, after=SOON)]
        if (await self._moved(filed, "joined", call, jobs=jobs)).controls.current_call() != call:
            await self._hang_up(filed.sitting_id, call)  # another process was first: one leg is enough

    async def _hang_up(self, sitting: int, call: str) -> None:
        """Leave a leg that nobody needs. Where Microsoft refuses even that, nothing more can be done about it."""
        try:
            await self.calls.leave(call)
        except Refused as refused:
            log.warning("a leg cannot be left", extra={"event": "leg_left", "sitting": sitting, "code": refused.code})

    async def roster(self, job: Job) -> None:
        """Ask for the roster, and again in a while, until the call or the lesson is over."""
        filed = await self.register.sitting(job.sitting) if job.sitting is not None else None
        call = filed.sitting.controls.current_call() if filed else None
        if filed is None or call is None:
            return
        if not filed.sitting.is_open():
            await self.calls.leave(call)
            await self._moved(filed, "ended", words="the lesson is over")
            return
        again = Job(kind="roster", sitting=filed.sitting_id, after=POLL)
        await self._kept(filed, call)
        await self._look(filed, call, [again])

    async def _look(self, filed: Filed, call: str, again: Sequence[Job] = ()) -> None:
        """Ask for the roster and write down what it shows, or that there is none; `again` unless the call has ended."""
        began = self.monotonic()
        try:
            seen = await self.calls.roster(call)
        except Refused as refused:
            await self._not_shown(filed, call, refused, [replace(job, after=2 * job.after) for job in again])
            return
        except OutOfReach as error:
            await self._moved(filed, NOT_SHOWN, call, words=error.words)
            raise
        await self._observe(
            filed,
            lambda at: events_of(seen, call, self._asked_at(began, at), filed.sitting.controls.call),
            again,
            unknown(filed.sitting, seen),
        )

    async def _kept(self, filed: Filed, call: str) -> None:
        """Keep the call alive, every so often. Whether it has ended the roster tells."""
        joined = filed.sitting.controls.call
        if joined is None or (filed.now - joined.at) % KEEP >= timedelta(seconds=4 * POLL):
            return
        try:
            await self.calls.keep(call)
        except (Refused, OutOfReach):
            log.warning("a call is not kept", extra={"event": "call_not_kept", "sitting": filed.sitting_id})

    async def _not_shown(self, filed: Filed, call: str, refused: Refused, jobs: Sequence[Job] = ()) -> None:
        """The call has ended, or it goes on and Microsoft does not show who is in it: then people hear, and it is asked again."""
        if refused.code == CALL_ENDED:
            await self._moved(filed, "ended", words=refused.code)
        else:
            await self._moved(filed, NOT_SHOWN, call, words=f"{refused.code}: {refused.words}", jobs=jobs)

    async def remove(self, alert: Alert, filed: Filed) -> tuple[str, str]:
        """Remove every endpoint of a person from the call."""
        return await self._done_to(alert, filed, self.hands.remove, lambda controls, who: not controls.seats_of(who))

    async def mute(self, alert: Alert, filed: Filed) -> tuple[str, str]:
        """Mute every endpoint of a person."""
        return await self._done_to(
            alert, filed, self.hands.mute, lambda controls, who: all(seat.muted for seat in controls.seats_of(who))
        )

    async def _done_to(
        self,
        alert: Alert,
        filed: Filed,
        act: Callable[[str, str], Awaitable[None]],
        shown: Callable[[Controls, PersonKey], bool],
    ) -> tuple[str, str]:
        call, person = filed.sitting.controls.current_call(), alert.decision.about
        if call is None or person is None:
            raise OutOfReach("not in the call yet", retry_after=SOON)
        try:
            seen = await self._acted(filed, call, person, act)
        except Refused as refused:
            await self._not_done(filed, alert.decision, refused)
            return "refused", f"{refused.code}: {refused.words}"
        if seen is None or not shown(seen.controls, person):
            raise OutOfReach("the roster does not show it yet", retry_after=SOON)
        return "done", "the roster shows it"

    async def _acted(
        self, filed: Filed, call: str, person: PersonKey, act: Callable[[str, str], Awaitable[None]]
    ) -> Sitting | None:
        """Act once on every device that the roster shows, and on those it shows after that; None if it shows nothing yet."""
        sitting, acted = None, set[str]()
        # whoever has just come is acted on before what shows them is written down
        seats = filed.sitting.controls.seats_of(person) or (await self._seen(filed, call)).seats_of(person)
        for _ in range(ROUNDS):
            for seat in seats:
                if seat.participant not in acted:
                    await _unless_gone(act(call, seat.participant))
                    acted.add(seat.participant)
            sitting = await self._shown(filed, call)
            seats = sitting.controls.seats_of(person) if sitting else ()
            if sitting is None or acted.issuperset(seat.participant for seat in seats):
                break
        return None if sitting is not None and _too_early(sitting, person, filed.now, acted) else sitting

    async def _shown(self, filed: Filed, call: str) -> Sitting | None:
        """The sitting by the roster after an act; None where it is no roster of ours, or of a call that is over."""
        began = self.monotonic()
        seen = await self._seen(filed, call)
        sitting = await self._observe(
            filed, lambda at: events_of(seen, call, self._asked_at(began, at)), names=unknown(filed.sitting, seen)
        )
        # a newer one than this, if it was not believed for that, was asked for after the act too
        return sitting if seen.ours and sitting.controls.current_call() == call else None

    async def _seen(self, filed: Filed, call: str) -> Roster:
        """The roster for acting. Where it is refused, nothing is known of what was done: neither done nor refused."""
        try:
            return await self.calls.roster(call)
        except Refused as refused:
            if refused.code == CALL_ENDED:
                raise
            await self._not_shown(filed, call, refused)
            raise OutOfReach("the roster is not shown", retry_after=2 * POLL) from refused

    async def _not_done(self, filed: Filed, decision: Decision, refused: Refused) -> None:
        """Write down what was refused. A call that was lost is none: it is joined again, and this tried again."""
        code, words, person = refused.code, refused.words, decision.about
        if code == CALL_ENDED:
            await self._moved(filed, "ended", words=code)
            raise OutOfReach("the call was lost", retry_after=SOON) from refused
        if person is not None:
            action = decision.action
            await self._observe(
                filed, lambda at: [HandsRefused(at=at, person=person, action=action, code=code, words=words)]
            )

    async def heard(self, sitting_id: int, heard: Heard) -> None:
        """What Graph notified of a call; nothing is believed of one that is not this sitting's when its turn comes to write.

        A notified roster comes late, twice or out of order, with nothing to order it by: it only makes us look (law 5).
        Another leg of ours than the one we know of was begun by a process that died over it: it is hung up, unless this
        is the late news that it is over, or it is another sitting's own.
        """
        arrival = Arrival(sitting=sitting_id)

        def ruling(before: Before) -> Ruling:
            controls = before.sitting.controls
            if controls.current_call() != heard.call:
                return Ruling()
            # that we are in is known: who else is, only a roster shows
            hidden = controls.call is not None and controls.call.state == NOT_SHOWN
            told = [one for one in heard.events(before.now) if not (hidden and tells_in(one))]
            jobs = [_glance(sitting_id, before.now)] if heard.roster else []
            return self._ruled(arrival, before, told, jobs)

        try:
            known = (await self.register.observe(arrival, ruling)).sitting.controls.current_call()
        except Refused:
            return  # there is no such sitting any more
        stray = heard.roster and known is not None and known != heard.call
        if stray and await self.register.sitting_in_call(heard.call) is None:
            await self._hang_up(sitting_id, heard.call)

    async def glance(self, job: Job) -> None:
        """Look at the roster now, because something changed in the call."""
        filed = await self.register.sitting(job.sitting) if job.sitting is not None else None
        call = filed.sitting.controls.current_call() if filed else None
        if filed is None or call is None:
            return
        await self._look(filed, call)

    async def _moved(
        self, filed: Filed, state: str, call: str = "", words: str = "", jobs: Sequence[Job] = ()
    ) -> Sitting:
        return await self._observe(filed, lambda at: [CallMoved(at=at, state=state, call=call, words=words)], jobs)

    async def _observe(
        self,
        filed: Filed,
        events: Callable[[datetime], Sequence[Event]],
        jobs: Sequence[Job] = (),
        names: Mapping[PersonKey, str] = MappingProxyType({}),
    ) -> Sitting:
        arrival, call = Arrival(sitting=filed.sitting_id, names=names), filed.sitting.controls.current_call()

        def ruling(before: Before) -> Ruling:
            told = events(before.now)
            if before.sitting.controls.current_call() == call:
                return self._ruled(arrival, before, told, jobs)
            # an answer about a call that has ended meanwhile must not bring it back, nor end the next one
            return self._ruled(arrival, before, [one for one in told if not isinstance(one, CallMoved | RosterSeen)])

        return (await self.register.observe(arrival, ruling)).sitting

    def _asked_at(self, began: float, now: datetime) -> datetime:
        """When a roster was asked for, by the database's clock: what it shows may have changed while it was on its way."""
        return now - timedelta(seconds=self.monotonic() - began)

    def _ruled(self, arrival: Arrival, before: Before, told: Sequence[Event], jobs: Sequence[Job] = ()) -> Ruling:
        """What is news of this, judged. Whoever begins the next call asks for its roster anew: those jobs are not for it."""
        news = [event for event in told if is_news(before.sitting, event)]
        if not news and not arrival.names:
            return Ruling(jobs=tuple(jobs))  # nothing has changed: what time alone brings has its own look
        ruled = rule_on(arrival, before, self.school, news)
        return replace(ruled, jobs=(*ruled.jobs, *jobs))


def _glance(sitting_id: int, now: datetime) -> Job:
    """A look at the end of this span of time, so that it sees all that was notified within it."""
    span, into = divmod(now.timestamp(), GLANCE)
    return Job(kind="glance", sitting=sitting_id, after=GLANCE - into, once=f"{span:.0f}")


def _too_early(sitting: Sitting, person: PersonKey, began: datetime, acted: Collection[str]) -> bool:
    """Whether the roster may not show this person yet: they came in a moment ago by no device that was acted on."""
    came = sitting.newest_join(person)
    if came is None or sitting.controls.seats_of(person):
        return False
    return came > began or (not acted and began - came <= ROSTER_LAG)


async def _unless_gone(acting: Awaitable[None]) -> None:
    """Whoever has gone meanwhile needs nothing done; should they be back, the roster shows it."""
    try:
        await acting
    except Refused as refused:
        if refused.code != GONE:
            raise
