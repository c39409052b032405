"""Waiting for something that may not come."""

from __future__ import annotations

import asyncio
import contextlib


async def comes_within(event: asyncio.Event, seconds: float) -> bool:
    """Return once it has come, or after so many seconds; which of the two. None at all: only look."""
    if seconds > 0 and not event.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(event.wait(), seconds)
    return event.is_set()
