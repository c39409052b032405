"""Processes of Schoolgate that live and die, and the queue and the store they share, in memory and honest."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import heapq
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any, SupportsIndex

from bot.ports import Alert, Arrival, Before, Job, OutOfReach, Receipt, Ruling
from bot.store.deciding import LEASE, RENEWALS, RENEWED, STUCK
from bot.store.running import later
from tests.fakes import FakeDecisions, FakeRegister
from tests.school_day import SchoolDay
from tests.simulation.weather import Through, Weather

PLACE_OF = {
    "register": "store",
    "decisions": "store",
    "people": "store",
    "holds": "store",
    "approvals": "store",
    "housekeeping": "store",
    "directory": "graph",
    "lessons": "graph",
    "options": "graph",
    "calls": "graph",
    "hands": "graph",
    "mail": "graph",
    "messenger": "connector",
    "meetings": "connector",
    "presence": "connector",
    "readers": "connector",
    "errands_asked": "store",
    "alarms": "store",
}
BEYOND = ("forewarn",)
"""Jobs about lessons to come, of which this day has none but its own; and the cards of holds, which write nothing of a lesson."""
HEARTBEAT = 20.0
AT_ONCE = 20


class Process:
    """Everything wired as bot/wiring wires it, on what all processes share; dead from one moment to the next."""

    def __init__(self, ends: SchoolDay, weather: Weather) -> None:
        self.dead = False
        self.tasks: set[asyncio.Task[Any]] = set()
        self.day = copy.copy(ends)
        for name, place in PLACE_OF.items():
            setattr(self.day, name, Through(getattr(ends, name), weather, self, place))
        self.day.decisions = Claiming(self.day.decisions, self)
        self.day.within = asyncio.timeout
        self.day.restart()

    def begin(self, work: Awaitable[Any]) -> asyncio.Task[Any]:
        """Something this process does, as long as it lives."""
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task

    def die(self) -> None:
        """kill -9: nothing of it has any effect any more."""
        self.dead = True
        for task in self.tasks:
            task.cancel()


@dataclass(order=True)
class Waiting:
    """A job in the queue."""

    due: float
    number: int
    job: Job = field(compare=False)
    attempts: int = field(compare=False, default=0)


class Claiming:
    """The decisions as one process reaches them; whoever has claimed one says again and again that they live."""

    def __init__(self, through: Any, process: Process) -> None:
        self._through, self._process = through, process

    def __getattr__(self, name: str) -> Any:
        return getattr(self._through, name)

    async def claim(self, decision: int) -> Alert | None:
        alert: Alert | None = await self._through.claim(decision)
        if alert is not None:
            self._process.begin(self._renew(decision, self._through.attempts(decision)))
        return alert

    async def _renew(self, decision: int, attempts: int) -> None:
        for _ in range(RENEWALS):
            await asyncio.sleep(RENEWED)
            with contextlib.suppress(OutOfReach):
                if not await self._through.renew(decision, attempts):
                    return


class Queue(list[Job]):
    """Where the store's fakes put their jobs; whoever lives is given them when they are due, some at once."""

    def __init__(self, fleet: list[Process], faults: list[BaseException]) -> None:
        super().__init__()
        self.fleet, self.faults = fleet, faults
        self.waiting: list[Waiting] = []
        self.in_hand: dict[Process, dict[int, Waiting]] = {}
        self.numbers = count(1)
        self.news = asyncio.Event()

    def append(self, job: Job) -> None:
        if job.kind not in BEYOND:
            self._put(Waiting(_now() + job.after, next(self.numbers), job))

    def __iadd__(self, jobs: Iterable[Job]) -> Queue:  # type: ignore[override, misc]  # -- it only ever grows by jobs
        for job in jobs:
            self.append(job)
        return self

    def pop(self, index: SupportsIndex = -1) -> Job:
        raise NotImplementedError("the queue gives its jobs away itself")

    def _put(self, one: Waiting) -> None:
        heapq.heappush(self.waiting, one)
        self.news.set()

    async def work(self) -> None:
        """Give away what is due, for ever."""
        while True:
            self.news.clear()
            due = self.waiting[0].due - _now() if self.waiting else None
            process = self._free() if due is not None and due <= 0 else None
            if process is not None:
                self._give(process, heapq.heappop(self.waiting))
                continue
            wait = 0.5 if due is None or due <= 0 else due
            try:
                async with asyncio.timeout(wait):
                    await self.news.wait()
            except TimeoutError:
                continue

    def _free(self) -> Process | None:
        able = [one for one in self.fleet if not one.dead and len(self.in_hand.setdefault(one, {})) < AT_ONCE]
        return min(able, key=lambda one: len(self.in_hand[one]), default=None)

    def _give(self, process: Process, one: Waiting) -> None:
        self.in_hand[process][one.number] = one
        process.begin(self._run(process, one))

    async def _run(self, process: Process, one: Waiting) -> None:
        again: timedelta | None = None
        try:
            await process.day.errands()[one.job.kind](one.job)
        except OutOfReach as error:
            again = later(one.attempts, error.retry_after).delay
        except asyncio.CancelledError:
            raise
        except Exception as error:  # noqa: BLE001 -- whatever an errand raises is a finding
            self.faults.append(error)
        if process.dead:
            return
        del self.in_hand[process][one.number]
        self.news.set()
        if again is not None:
            self._put(Waiting(_now() + again.total_seconds(), one.number, one.job, one.attempts + 1))

    def died(self, process: Process) -> None:
        """What it had in hand is picked up once its heartbeat is too old."""
        for one in self.in_hand.pop(process, {}).values():
            self._put(Waiting(_now() + HEARTBEAT, one.number, one.job, one.attempts + 1))

    def inherited(self) -> None:
        """One begins alone: nothing has to wait for a heartbeat."""
        for one in [*self.waiting]:
            if one.attempts and one.due <= _now() + HEARTBEAT:
                one.due = min(one.due, _now())
        heapq.heapify(self.waiting)
        self.news.set()


def _now() -> float:
    return asyncio.get_running_loop().time()


class Decisions(FakeDecisions):
    """With leases that are renewed while the process lives and hears of its claim, as in bot/store/deciding.py."""

    def __init__(self, clock: Any) -> None:
        super().__init__(clock)
        self.settled: list[tuple[Alert, str]] = []
        self.lapsed = 0
        """How often a claim was taken over because nobody had renewed it for a lease: a death, or a store that was away."""

    async def claim(self, decision: int) -> Alert | None:
        held = self._claimed.get(decision)
        alert = await super().claim(decision)
        if alert is None and held is not None and held > self.clock.now and self.status.get(decision) == "due":
            wait = held - self.clock.now + timedelta(seconds=1)
            self.jobs.append(Job(kind="carry", decision=decision, after=wait.total_seconds()))
        if alert is not None:
            self._claimed[decision] = self.clock.now + LEASE
            self.lapsed += held is not None
        return alert

    async def renew(self, decision: int, attempts: int) -> bool:
        """Whether this claim is still under way."""
        if self.status[decision] != "due" or self._attempts[decision] != attempts or decision not in self._claimed:
            return False
        self._claimed[decision] = self.clock.now + LEASE
        return True

    def attempts(self, decision: int) -> int:
        return self._attempts.get(decision, 0)

    async def settle(self, alert: Alert, *, outcome: str, words: str = "") -> None:
        newest = self._as_it_stands(alert.number).attempt == alert.attempt
        if newest or outcome == "done" or self.alerts[alert.number].revision > alert.revision:
            await super().settle(alert, outcome=outcome, words=words)
        self.settled.append((alert, outcome))

    def inherited(self) -> None:
        self._claimed.clear()

    async def recarry(self) -> None:
        """The store's duty: what has been due for long and is in nobody's hands."""
        for number, status in self.status.items():
            held = self._claimed.get(number)
            old = self.clock.now - self.alerts[number].decided_at > STUCK
            if status == "due" and old and (held is None or held < self.clock.now):
                self.jobs.append(Job(kind="carry", sitting=self.alerts[number].sitting_id, decision=number))


class Register(FakeRegister):
    """With the look that the store enqueues when a ruling asks for one."""

    def _write(self, arrival: Arrival, before: Before, ruling: Ruling) -> Receipt:
        was = self.sittings[before.sitting_id].look_at
        receipt = super()._write(arrival, before, ruling)
        look_at = self.sittings[before.sitting_id].look_at
        if look_at is not None and look_at != was:
            after = (look_at - self.clock.now).total_seconds()
            self.jobs.append(Job(kind="look", sitting=before.sitting_id, after=after))
        return receipt
