"""Doing the same for many, some at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from bot.ports import OutOfReach

T = TypeVar("T")
AT_ONCE = 4
"""Few: what is done for many is never as urgent as what a lesson waits for."""


async def abreast(work: Callable[[T], Awaitable[None]], items: Iterable[T], at_once: int = AT_ONCE) -> None:
    """Do it for each item. What one raises ends the others: whatever may happen to one alone is for `work` to deal with.

    Of several that find something out of reach, one is raised.
    """
    room = asyncio.Semaphore(at_once)

    async def one(item: T) -> None:
        async with room:
            await work(item)

    try:
        async with asyncio.TaskGroup() as group:
            for item in items:
                group.create_task(one(item))
    except* OutOfReach as troubles:
        first: BaseException = troubles.exceptions[0]
    else:
        return
    raise first
