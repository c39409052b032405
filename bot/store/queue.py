"""The worker: runs jobs after the commit, and duties by the clock. PgQueuer does the queueing; here is who looks after it.

PgQueuer's runner raises or falls silent when its connection is lost. The supervisor sees that at once, opens another, and
lets what is running finish beside it. A job whose process died is picked up by another within half a minute.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import asyncpg
from pgqueuer.adapters.drivers.asyncpg import AsyncpgPoolDriver
from pgqueuer.qm import QueueManager

from bot.store.clock import Duty, keep_time
from bot.store.inheriting import called, inherit
from bot.store.jobs import SETTINGS, PatientQueries, entrypoint, queries
from bot.store.running import Errand, Runner
from bot.store.shortcut import Shortcut
from bot.store.waiting import comes_within

log = logging.getLogger("schoolgate")

PATIENCE, BRIEFLY = 2.0, 0.25
"""How long what can wait lets others go first, in seconds: what Teams delivers (all at once at nine o'clock), and removals."""

Calm = Callable[[float], Awaitable[bool]]
"""Returns once nobody waits for an answer, or after so many seconds; which of the two."""

_LONGEST_WAIT = 30.0
_POLL = timedelta(seconds=5)
_HEARTBEAT = timedelta(seconds=20)
_STEADY = 10.0


@dataclass(frozen=True, slots=True, eq=False)
class _Session:
    """One connection to the queue, and what hangs on it."""

    connection: Any
    manager: QueueManager
    lost: asyncio.Event
    run: asyncio.Task[None]
    clock: asyncio.Task[None]


class Worker:
    """Runs the errands of one school (`scope` is the store's), some at once, and its duties, by one replica at a time."""

    def __init__(
        self,
        dsn: str,
        errands: Mapping[str, Errand],
        clock: Mapping[str, Duty],
        *,
        scope: str,
        at_once: int = 20,
        pool: Any = None,
        calm: Calm | None = None,
    ) -> None:
        self._dsn = dsn
        self._errands = errands
        self._duties = clock
        self._scope = scope
        self._at_once = max(at_once, 2)
        self._stopping = asyncio.Event()
        self._ending: set[asyncio.Task[None]] = set()
        self._duty_runs: dict[str, float] = {}
        self._session: _Session | None = None
        self._supervisor: asyncio.Task[None] | None = None
        self.counts: Counter[tuple[str, str]] = Counter()
        """(errand or duty, done | again | failed | dropped), for the metrics."""
        self._first = True
        self._calm = calm
        self._patient = self._patient_briefly = True
        self._runner = Runner(errands, self.counts, self._at_once)
        self.shortcut = Shortcut(self._runner, queries(AsyncpgPoolDriver(pool))) if pool is not None else None
        """For the store on this pool, which commits what cannot wait."""

    @property
    def healthy(self) -> bool:
        """Whether jobs are being run just now."""
        session = self._session
        return session is not None and not session.run.done() and not session.connection.is_closed()

    async def _let_go_first(self) -> None:
        """Let go first whoever waits for an answer, and what leads to a removal. Patience comes back with the next calm."""
        if self._calm is not None:
            self._patient = await self._calm(PATIENCE if self._patient else 0.0)
        if self.shortcut is not None:
            self._patient_briefly = await self.shortcut.idle(BRIEFLY if self._patient_briefly else 0.0)

    def start(self) -> None:
        """Begin. A database that is not there yet is waited for."""
        self._supervisor = asyncio.create_task(self._supervise())

    async def stop(self, grace: float = 10.0) -> None:
        """Take no more, let what runs finish for `grace` seconds, hand the rest back to the queue, and end."""
        self._stopping.set()
        if self._supervisor is None:
            return
        waits = {self._supervisor, *([asyncio.create_task(self.shortcut.close())] if self.shortcut else [])}
        _, running = await asyncio.wait(waits, timeout=grace)
        if running:
            self._runner.hand_back()
            await asyncio.wait(running, timeout=5.0)
        for left in (*waits, *self._ending):
            left.cancel()
        await asyncio.gather(*waits, *self._ending, return_exceptions=True)

    async def _supervise(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            began = asyncio.get_running_loop().time()
            try:
                await self._serve()
            except Exception as error:  # noqa: BLE001 -- whatever ends a session, the next one is begun
                log.warning("the queue was lost", extra={"event": "queue_lost", "why": type(error).__name__})
            failures = 0 if asyncio.get_running_loop().time() - began > _STEADY else failures + 1
            await comes_within(self._stopping, min(0.1 * 2**failures, _LONGEST_WAIT))

    async def _serve(self) -> None:
        """Work on one connection until it is lost or we are told to stop."""
        session = await self._open()
        self._session = session
        try:
            waits = [asyncio.create_task(event.wait()) for event in (self._stopping, session.lost)]
            ends: set[asyncio.Task[Any]] = {session.run, session.clock, *waits}
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            for waiting in waits:
                waiting.cancel()
        finally:
            self._session = None
            ending = asyncio.create_task(self._end(session))
            self._ending.add(ending)
            ending.add_done_callback(self._ending.discard)
        if self._stopping.is_set():
            await ending
            return
        for task in (session.run, session.clock):
            if task.done() and not task.cancelled():
                task.result()
        if session.lost.is_set():
            raise ConnectionError("closed by the other side")

    async def _open(self) -> _Session:
        connection = await asyncpg.connect(
            self._dsn, timeout=5, command_timeout=15, server_settings={"application_name": called(self._scope)}
        )
        lost = asyncio.Event()
        connection.add_termination_listener(lambda _: lost.set())
        found = await inherit(connection, self._scope, self._runner.in_hand, first=self._first)
        self._first = False
        if found:
            log.info("jobs taken over", extra={"event": "jobs_taken_over", "jobs": found})
        ours = PatientQueries.on(connection, self._let_go_first)
        manager = QueueManager(ours, channel=SETTINGS.channel)
        for kind in self._errands:
            # messages wait for their turn to speak: they may not hold up all that is to be done
            limit = max(self._at_once // 2, 1) if kind == "carry" else 0
            manager.entrypoint(
                entrypoint(self._scope, kind), accepts_context=False, on_failure="hold", concurrency_limit=limit
            )(self._runner.runs(kind))
        run = asyncio.create_task(
            manager.run(
                dequeue_timeout=_POLL,
                batch_size=min(10, self._at_once // 2),
                max_concurrent_tasks=self._at_once,
                shutdown_on_listener_failure=True,
                heartbeat_timeout=_HEARTBEAT,
            )
        )
        clock = asyncio.create_task(keep_time(ours.driver, self._scope, self._duties, self._duty_runs, self.counts))
        return _Session(connection, manager, lost, run, clock)

    async def _end(self, session: _Session) -> None:
        """Let the errands of a session finish; what they cannot report is run again by whoever finds it."""
        session.manager.shutdown.set()
        session.clock.cancel()
        try:
            await asyncio.gather(session.run, session.clock, return_exceptions=True)
        finally:
            session.run.cancel()
            session.connection.terminate()
