"""Our leg of a call as it is written down: how it is with it, what its roster shows, and what is news of that."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from bot.controls import NOT_SHOWN
from bot.events import CallMoved, Event, PersonKey, RosterSeen
from bot.ports import Arrival, Before, Filed, Job, Refused, Register, Roster, Ruling
from bot.rosters import events_of, is_news, unknown
from bot.ruling import rule_on
from bot.school import School
from bot.sitting import Sitting

POLL = 15.0
SOON = 2.0
"""How often the roster is asked for, and how soon after joining, or again after an act, in seconds."""

CALL_ENDED = "call_ended"
"""A refusal that is none: see `ports.Calls`."""


@dataclass(frozen=True, slots=True)
class Leg:
    """Writes down what is seen of our leg of a call, and through it; of a call that is over neither its state nor its roster."""

    school: School
    register: Register
    monotonic: Callable[[], float] = time.monotonic
    """Seconds, of this process only: how long an answer was on its way."""

    async def observe(
        self,
        filed: Filed,
        events: Callable[[datetime], Sequence[Event]],
        jobs: Sequence[Job] = (),
        names: Mapping[PersonKey, str] = MappingProxyType({}),
    ) -> Sitting:
        """Write down what is news of this, and judge it; the sitting after it."""
        arrival, call = Arrival(sitting=filed.sitting_id, names=names), filed.sitting.controls.current_call()

        def ruling(before: Before) -> Ruling:
            told = events(before.now)
            if before.sitting.controls.current_call() == call:
                return self.ruled(arrival, before, told, jobs)
            # an answer about a call that has ended meanwhile must not bring it back, nor end the next one
            return self.ruled(arrival, before, [one for one in told if not isinstance(one, CallMoved | RosterSeen)])

        return (await self.register.observe(arrival, ruling)).sitting

    async def moved(
        self, filed: Filed, state: str, call: str = "", words: str = "", jobs: Sequence[Job] = ()
    ) -> Sitting:
        """Write down how it is with our leg."""
        return await self.observe(filed, lambda at: [CallMoved(at=at, state=state, call=call, words=words)], jobs)

    async def not_shown(self, filed: Filed, call: str, refused: Refused, jobs: Sequence[Job] = ()) -> None:
        """The call has ended, or it goes on and Microsoft does not show who is in it: then people hear, and it is asked again."""
        if refused.code == CALL_ENDED:
            await self.moved(filed, "ended", words=refused.code)
        else:
            await self.moved(filed, NOT_SHOWN, call, words=f"{refused.code}: {refused.words}", jobs=jobs)

    async def shows(self, filed: Filed, call: str, seen: Roster, began: float, jobs: Sequence[Job] = ()) -> Sitting:
        """Write down a roster as of when it was asked for (`began`): what it shows may have changed while it was on its way."""
        known = filed.sitting.controls.call

        def events(now: datetime) -> Sequence[Event]:
            return events_of(seen, call, now - timedelta(seconds=self.monotonic() - began), known)

        return await self.observe(filed, events, jobs, unknown(filed.sitting, seen))

    def ruled(self, arrival: Arrival, before: Before, told: Sequence[Event], jobs: Sequence[Job] = ()) -> Ruling:
        """What is news of this, judged. Whoever begins the next call asks for its roster anew: those jobs are not for it."""
        news = [event for event in told if is_news(before.sitting, event)]
        if not news and not arrival.names:
            return Ruling(jobs=tuple(jobs))  # nothing has changed: what time alone brings has its own look
        ruled = rule_on(arrival, before, self.school, news)
        return replace(ruled, jobs=(*ruled.jobs, *jobs))
