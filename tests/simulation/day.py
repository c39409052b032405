"""One simulated lesson: what people do, what Teams makes of telling it, and what goes wrong, all drawn from one seed.

Five minutes in which anything may fail; then nothing fails and nobody moves any more, for as long as Schoolgate needs to be right
again. What must hold then is in verdict.py.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from bot.events import Event, Joined, Left, PersonKey, Started
from bot.policy import find_rules
from bot.ports import Arrival, Description, Heard, How, Named, OutOfReach, Said
from tests.builders import ADA, BEN, CLT, CY, DAN, LESSON, MR_OKAFOR, MS_PATEL, START, school_with
from tests.school_day import SchoolDay
from tests.simulation import teams, virtual
from tests.simulation.process import Decisions, Process, Queue, Register
from tests.simulation.weather import PLACES, STATES, Weather

PUPILS = (ADA, BEN, CY, DAN)
MOVERS = (*PUPILS, MR_OKAFOR)
LIVELY, QUIET = 5 * 60.0, 4.5 * 60.0
"""Seconds of trouble, and of calm."""

WAIT, MOST_WAITS = 30.0, 4
"""Seconds in which what was decided is done, and how often the day waits for that before it is over."""


class Ends(SchoolDay):
    """What all processes share: the store's rows, the directory, the people who read."""

    def __init__(self, fleet: list[Process], faults: list[BaseException], *, known: bool) -> None:
        rules = find_rules({"recording": {"enabled": False}})
        super().__init__(school_with(rules, tier="remove"), known=known)
        self.queue = Queue(fleet, faults)
        self.decisions: Decisions = Decisions(self.clock)
        self.decisions.jobs = self.queue
        self.register = Register(self.school, self.clock, self.people, self.decisions)
        self.housekeeping.register = self.register
        self.lessons.found = Description(
            organizer=MS_PATEL,
            class_name="3B",
            invitees=(),
            invitees_known=True,
            scheduled_start=None,
            scheduled_end=None,
        )


class Day:
    """A lesson in the making."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.chance = random.Random(seed)
        self.weather = Weather(random.Random(seed + 0.5))
        self.fleet: list[Process] = []
        self.faults: list[BaseException] = []
        self.ends = Ends(self.fleet, self.faults, known=self.chance.random() < 0.5)
        self.teams = teams.Teams(self.ends.clock, self._notify, self._put_out)
        self.ends.options, self.ends.presence = self.teams.options, teams.Meetings(self.teams)
        self.ends.meetings = teams.Meetings(self.teams)
        self.ends.calls = self.ends.hands = teams.Calls(self.teams)
        self.promised: list[Event] = []
        self.removed: set[PersonKey] = set()
        self.released: set[PersonKey] = set()
        self.deaths = 0
        self.said = 0
        self.behind: set[asyncio.Task[Any]] = set()
        self.kind = False

    def history(self) -> str:
        """All that is written down, so that two days can be compared."""
        happened = [line for held in self.ends.register.sittings.values() for line in held.lines]
        return hashlib.sha256("\n".join(happened).encode()).hexdigest()

    def run(self) -> Day:
        """Live it."""
        random.seed(self.seed)
        virtual.run(self._live(), self._on_time)
        return self

    def _on_time(self, seconds: float) -> None:
        self.ends.clock.now = START + timedelta(seconds=seconds)

    async def _live(self) -> None:
        for _ in range(self.chance.choice((1, 1, 2))):
            self._start()
        around = [asyncio.ensure_future(work) for work in (self.ends.queue.work(), self._duties(), self._nemesis())]
        self.kind = True
        await self._tell(Started(at=self.ends.clock.now))
        for person in (MS_PATEL, ADA, BEN):
            await self._enters(person)
        self.kind = False
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LIVELY):
                await self._people_move()
        around[2].cancel()
        self.weather.calm()
        self.kind = True
        while not any(not one.dead for one in self.fleet):
            self._start()
        await asyncio.sleep(QUIET)
        for _ in range(MOST_WAITS):  # what is decided in the last moment is seen done
            if not self._just_decided():
                break
            await asyncio.sleep(WAIT)
        for task in (*around, *self.behind):
            task.cancel()
        for process in self.fleet:
            process.die()
        await asyncio.gather(*around, *self.behind, return_exceptions=True)

    def _just_decided(self) -> bool:
        alerts = self.ends.decisions.alerts.values()
        return any(self.ends.clock.now - alert.decided_at < timedelta(seconds=WAIT) for alert in alerts)

    # --- processes ----------------------------------------------------------------------------------------------------

    def _start(self) -> None:
        alone = not any(not one.dead for one in self.fleet)
        self.fleet.append(Process(self.ends, self.weather))
        if alone:
            self.ends.decisions.inherited()
            self.ends.queue.inherited()

    def _living(self) -> list[Process]:
        return [one for one in self.fleet if not one.dead]

    async def _nemesis(self) -> None:
        """Weather changes, processes die and come back."""
        while True:
            await asyncio.sleep(self.chance.expovariate(1 / 8))
            what = self.chance.random()
            if what < 0.45:
                self.weather.states[self.chance.choice(PLACES)] = self.chance.choice(STATES)
            elif what < 0.65:
                self.weather.calm()
            elif self._living():
                self.weather.strike_at = self.weather.calls + self.chance.randint(1, 25)

    async def _bury(self) -> None:
        for process in [one for one in self.fleet if one.dead]:
            self.fleet.remove(process)
            self.deaths += 1
            self.ends.queue.died(process)
        if not self._living() and self.chance.random() < 0.3:
            self._start()

    async def _duties(self) -> None:
        """What the clock asks of one that lives: sweeps, refreshes, what was left lying; and the dead are replaced."""
        last = 0.0
        while True:
            await asyncio.sleep(1)
            await self._bury()
            now = asyncio.get_running_loop().time()
            if self._living() and now - last >= 60:
                last = now
                process = self.chance.choice(self._living())
                for duty in (process.day.lookups.sweep(), process.day.lookups.refresh(), self.ends.decisions.recarry()):
                    process.begin(_put_off(duty))

    # --- what Teams tells ---------------------------------------------------------------------------------------------

    def _later(self, work: Awaitable[Any]) -> None:
        task = asyncio.ensure_future(work)
        self.behind.add(task)
        task.add_done_callback(self.behind.discard)

    def _notify(self) -> None:
        """Graph notifies every leg of a changed roster, but for some."""
        for leg, sitting in self.teams.legs.items():
            if self.chance.random() < 0.8:
                self._later(self._notified(sitting, leg, self.chance.expovariate(2)))

    async def _notified(self, sitting: int, leg: str, delay: float) -> None:
        await asyncio.sleep(delay)
        if self._living():
            process = self.chance.choice(self._living())
            await process.begin(_put_off(process.day.calling.heard(sitting, Heard(call=leg, roster=True))))

    async def _tell(self, event: Event) -> None:
        """At once, late, twice or never."""
        fate = 1.0 if self.kind else self.chance.random()
        copies = 0 if fate < 0.05 else 2 if fate < 0.2 else 1
        digest = f"event {self.said}".encode()
        self.said += 1
        arrival = Arrival(events=(event,), meeting=LESSON, digest=digest, teams_meeting_id="MCM")
        for _ in range(copies):
            delay = self.chance.uniform(0.5, 8) if fate > 0.9 and not self.kind else self.chance.uniform(0, 0.4)
            if self.kind:
                await self._deliver(arrival, 0)
            else:
                self._later(self._deliver(arrival, delay))

    async def _deliver(self, arrival: Arrival, delay: float) -> None:
        """Sent again twice if it is not answered."""
        await asyncio.sleep(delay)
        if await self._sent_to_one(lambda day: day.service.observe(arrival), tries=50 if self.kind else 3):
            self.promised += arrival.events

    async def _sent_to_one(self, what: Callable[[SchoolDay], Awaitable[Any]], tries: int = 3) -> Any:
        """The answer of one that lives, or None."""
        for attempt in range(tries):
            await asyncio.sleep(self.chance.uniform(1, 3) if attempt else 0)
            if not self._living():
                continue
            process = self.chance.choice(self._living())
            try:
                return await process.begin(what(process.day)) or True
            except (OutOfReach, asyncio.CancelledError):
                current = asyncio.current_task()
                if current is not None and current.cancelling():
                    raise
            except Exception as error:  # noqa: BLE001 -- whatever an edge raises is a finding
                self.faults.append(error)
                return None
        return None

    # --- what people do -----------------------------------------------------------------------------------------------

    async def _people_move(self) -> None:
        acts = (
            [self._comes] * 8
            + [self._goes] * 5
            + [self._unmutes] * 4
            + [self._orders] * 4
            + [self._hang_up, self._mics]
        )
        while True:
            await asyncio.sleep(self.chance.expovariate(1 / 5))
            await self.chance.choice(acts)()

    async def _enters(self, person: PersonKey) -> None:
        if self.teams.enters(person, muted=self.chance.random() < 0.6):
            await self._tell(Joined(at=self.ends.clock.now, person=person, endpoint="teams"))

    async def _comes(self) -> None:
        await self._enters(self.chance.choice(MOVERS))

    async def _goes(self) -> None:
        moving = sorted(name for name, device in self.teams.devices.items() if device.person != MS_PATEL)
        if moving:
            await self._leaves(self.chance.choice(moving))

    async def _leaves(self, participant: str) -> None:
        person = self.teams.devices[participant].person
        if self.teams.goes(participant):
            await self._tell(Left(at=self.ends.clock.now, person=person, endpoint="teams"))

    def _put_out(self, participant: str) -> None:
        """The bot has removed this device: it is out at once, and Teams tells of it as of any leaving."""
        person = self.teams.devices[participant].person
        if self.teams.goes(participant):
            self._later(self._tell(Left(at=self.ends.clock.now, person=person, endpoint="teams")))

    async def _unmutes(self) -> None:
        for device in self.teams.devices.values():
            if self.teams.may_speak(device.person) and self.chance.random() < 0.5:
                device.muted = False
                self.teams.changed()

    async def _hang_up(self) -> None:
        """Microsoft drops our leg."""
        self.teams.legs.clear()

    async def _mics(self) -> None:
        if self.chance.random() < 0.5:
            self.teams.options.set_by_hand(mic=True)
        else:
            await self._says(MS_PATEL, f"/mic {self.chance.choice(('on', 'off'))}")

    async def _orders(self) -> None:
        pupil, draw = self.chance.choice(PUPILS[1:]), self.chance.random()
        if draw < 0.6:
            reply = await self._says(MS_PATEL, "/remove abuse, throwing things", pupil)
            if reply is not None and reply.accepted:
                self.removed.add(pupil)
                self.released.discard(pupil)
        elif draw < 0.8:
            await self._says(MS_PATEL, "/warn shouting", pupil)
        else:
            # said to have been released as soon as it was asked: whether the answer came or not
            self.released.add(pupil)
            await self._says(CLT, "/release I spoke with her parents", pupil)

    async def _says(self, by: PersonKey, text: str, *named: PersonKey) -> Any:
        self.said += 1
        said = Said(
            by=by,
            how=How.SLASH,
            text=text,
            named=tuple(Named(person=person, words="") for person in named),
            meeting=LESSON,
            delivery=f"said {self.said}".encode(),
        )
        return await self._sent_to_one(lambda day: day.service.command(said))


async def _put_off(work: Awaitable[Any]) -> None:
    """Something nobody waits for: it is tried again by others."""
    try:
        await work
    except OutOfReach:
        return
