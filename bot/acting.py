"""What is done to a participant of the call. Done is claimed when the roster shows it (law 11)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Set
from dataclasses import dataclass

from bot.controls import Controls
from bot.events import HandsRefused, PersonKey
from bot.leg import CALL_ENDED, POLL, SOON, Leg
from bot.members import ROSTER_LAG
from bot.ordering import wanted_still
from bot.ports import Alert, Calls, Decision, Filed, Hands, OutOfReach, Refused, Roster
from bot.sitting import Sitting

GONE = "participant_gone"
"""A refusal that is none: see `ports.Hands`."""

ROUNDS = 3
"""How often in one attempt a device is acted on that the roster shows only now: it had not been seen, or has just come."""


@dataclass(frozen=True, slots=True)
class Acting:
    """The actions `remove` and `mute`."""

    leg: Leg
    calls: Calls
    hands: Hands

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
        if not wanted_still(filed.sitting, alert.decision):
            return "not_possible", "it is not wanted any more"
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
        return None if sitting is not None and _too_early(sitting, person, filed, acted) else sitting

    async def _shown(self, filed: Filed, call: str) -> Sitting | None:
        """The sitting by the roster after an act; None where it is no roster of ours, or of a call that is over."""
        began = self.leg.monotonic()
        seen = await self._seen(filed, call)
        sitting = await self.leg.shows(filed, call, seen, began)
        # a newer one than this, if it was not believed for that, was asked for after the act too
        return sitting if seen.ours and sitting.controls.current_call() == call else None

    async def _seen(self, filed: Filed, call: str) -> Roster:
        """The roster for acting. Where it is refused, nothing is known of what was done: neither done nor refused."""
        try:
            return await self.calls.roster(call)
        except Refused as refused:
            if refused.code == CALL_ENDED:
                raise
            await self.leg.not_shown(filed, call, refused)
            raise OutOfReach("the roster is not shown", retry_after=2 * POLL) from refused

    async def _not_done(self, filed: Filed, decision: Decision, refused: Refused) -> None:
        """Write down what was refused. A call that was lost is none: it is joined again, and this tried again."""
        code, words, person = refused.code, refused.words, decision.about
        if code == CALL_ENDED:
            await self.leg.moved(filed, "ended", words=code)
            raise OutOfReach("the call was lost", retry_after=SOON) from refused
        if person is not None:
            action = decision.action
            await self.leg.observe(
                filed, lambda at: [HandsRefused(at=at, person=person, action=action, code=code, words=words)]
            )


def _too_early(sitting: Sitting, person: PersonKey, before: Filed, acted: Set[str]) -> bool:
    """Whether the roster may not show this person yet: they came a moment ago, by no device that was tried."""
    came, controls = sitting.newest_join(person), before.sitting.controls
    if came is None or sitting.controls.seats_of(person):
        return False
    sat_before = controls.roster_at is not None and controls.roster_at < came
    by_others = {seat.participant for seat in controls.seats_of(person)} if sat_before else set()
    return came > before.now or (acted <= by_others and before.now - came <= ROSTER_LAG)


async def _unless_gone(acting: Awaitable[None]) -> None:
    """Whoever has gone meanwhile needs nothing done; should they be back, the roster shows it."""
    try:
        await acting
    except Refused as refused:
        if refused.code != GONE:
            raise
