"""Duties by the clock. Of all replicas the one that holds the lock does them; when it dies another takes over."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping

from pgqueuer.ports.driver import Driver

from bot.ports import OutOfReach

log = logging.getLogger("schoolgate")

Duty = tuple[float, Callable[[], Awaitable[object]]]
"""Every how many seconds, and what."""

_ASK_AGAIN = 2.0
_LOCK = "SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS ours"


async def keep_time(
    driver: Driver,
    scope: str,
    duties: Mapping[str, Duty],
    runs: dict[str, float],
    counts: Counter[tuple[str, str]],
) -> None:
    """Wait for the lock, which goes with the connection, and do the duties until cancelled.

    `runs` remembers when each was last done, so that a new connection is no reason to do them all again.
    """
    while not (await driver.fetch(_LOCK, f"{scope}/clock"))[0]["ours"]:  # noqa: ASYNC110 -- nobody is told when an advisory lock is let go
        await asyncio.sleep(_ASK_AGAIN)
    async with asyncio.TaskGroup() as group:
        for name, (every, duty) in duties.items():
            group.create_task(_repeat(name, every, duty, runs, counts))
        await asyncio.Event().wait()


async def _repeat(
    name: str,
    every: float,
    duty: Callable[[], Awaitable[object]],
    runs: dict[str, float],
    counts: Counter[tuple[str, str]],
) -> None:
    now = asyncio.get_running_loop().time
    while True:
        await asyncio.sleep(max(0.0, runs[name] + every - now()) if name in runs else 0.0)
        outcome = await _do(name, duty)
        counts[name, outcome] += 1
        runs[name] = now()


async def _do(name: str, duty: Callable[[], Awaitable[object]]) -> str:
    try:
        await duty()
    except OutOfReach:
        log.info("duty put off", extra={"event": "duty_again", "duty": name})
        return "again"
    except Exception as error:  # noqa: BLE001 -- one duty that fails must not stop the others; only its type is logged
        log.error("duty failed", extra={"event": "duty_failed", "duty": name, "why": type(error).__name__})
        return "failed"
    return "done"
