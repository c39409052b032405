"""Our leg of the call: joining, the roster, hanging up, and what Graph notifies of it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.controls import NOT_SHOWN
from bot.leg import POLL, SOON, Leg
from bot.ports import (
    Arrival,
    Before,
    Calls,
    Filed,
    Heard,
    Job,
    MeetingOptions,
    Meetings,
    OutOfReach,
    Refused,
    Register,
    Ruling,
)
from bot.rosters import tells_in

log = logging.getLogger("schoolgate")

KEEP = timedelta(minutes=10)
"""How often the call is kept alive."""

GLANCE = 0.4
"""Notices that come within this time share a look at the roster, in seconds: a class comes in all at once."""


@dataclass(frozen=True, slots=True)
class Calling:
    """The errands `join`, `roster` and `glance`, and what Graph notifies."""

    register: Register
    leg: Leg
    calls: Calls
    options: MeetingOptions
    meetings: Meetings
    callback: Callable[[int], str]

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
            await self.leg.moved(filed, "refused", words=f"{refused.code}: {refused.words}")
            return
        except OutOfReach as error:
            # tried again by the clock, not by the queue: an app may be in so many calls only, and people must hear of it
            await self.leg.moved(filed, "refused", words=error.words)
            return
        jobs = [Job(kind="roster", sitting=filed.sitting_id, after=SOON)]
        if (await self.leg.moved(filed, "joined", call, jobs=jobs)).controls.current_call() != call:
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
            await self.leg.moved(filed, "ended", words="the lesson is over")
            return
        again = Job(kind="roster", sitting=filed.sitting_id, after=POLL)
        await self._kept(filed, call)
        await self._look(filed, call, [again])

    async def _look(self, filed: Filed, call: str, again: Sequence[Job] = ()) -> None:
        """Ask for the roster and write down what it shows, or that there is none; `again` unless the call has ended."""
        began = self.leg.monotonic()
        try:
            seen = await self.calls.roster(call)
        except Refused as refused:
            await self.leg.not_shown(filed, call, refused, [replace(job, after=2 * job.after) for job in again])
            return
        except OutOfReach as error:
            await self.leg.moved(filed, NOT_SHOWN, call, words=error.words)
            raise
        await self.leg.shows(filed, call, seen, began, again)

    async def _kept(self, filed: Filed, call: str) -> None:
        """Keep the call alive, every so often. Whether it has ended the roster tells."""
        joined = filed.sitting.controls.call
        if joined is None or (filed.now - joined.at) % KEEP >= timedelta(seconds=4 * POLL):
            return
        try:
            await self.calls.keep(call)
        except (Refused, OutOfReach):
            log.warning("a call is not kept", extra={"event": "call_not_kept", "sitting": filed.sitting_id})

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
            return self.leg.ruled(arrival, before, told, jobs)

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


def _glance(sitting_id: int, now: datetime) -> Job:
    """A look at the end of this span of time, so that it sees all that was notified within it."""
    span, into = divmod(now.timestamp(), GLANCE)
    return Job(kind="glance", sitting=sitting_id, after=GLANCE - into, once=f"{span:.0f}")
