"""One bot as a process: its lives, its deaths, and everything it ever said."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

import aiohttp

from deploy.rehearsal.player.house import ROOT
from deploy.rehearsal.player.process import Child, Died

T = TypeVar("T")
READY_WITHIN = 60.0
"""Generous: a machine may have other things to do."""


async def eventually(look: Callable[[], Awaitable[T | None]], within: float, what: str) -> T:
    """What `look` finds, as soon as it finds anything."""
    until = time.monotonic() + within
    while True:
        if found := await look():
            return found
        if time.monotonic() > until:
            raise AssertionError(f"not within {within:g} s: {what}")
        await asyncio.sleep(0.05)


@dataclass(kw_only=True)
class Bot:
    """One bot through all its lives, and everything it ever said on either stream."""

    session: aiohttp.ClientSession
    environment: dict[str, str]
    port: int
    lines: list[str] = field(default_factory=list)
    child: Child | None = None

    async def start(self, *, ready: bool = True) -> float:
        """Begin a life; how many seconds it took until it said it was ready."""
        began = time.monotonic()
        self.child = await Child.start("the bot", (sys.executable, "app.py"), self.environment, ROOT)
        self.child.listen(self.lines.append)
        if ready:
            await self.until(200, "/readyz", READY_WITHIN)
        return time.monotonic() - began

    async def until(self, status: int, path: str, within: float) -> str:
        """What `path` says once it answers with this status."""

        async def look() -> str | None:
            found, text = await self.get(path)
            if self.child is not None and self.child.gone is not None:
                raise Died("the bot ended by itself:\n" + "\n".join(self.lines[-15:]))
            return text if found == status else None

        return await eventually(look, within, f"{path} answering {status}; the bot said {self.lines[-5:]}")

    async def get(self, path: str) -> tuple[int, str]:
        """Its answer, or 0 while there is none."""
        with contextlib.suppress(aiohttp.ClientError, TimeoutError):
            async with self.session.get(f"http://127.0.0.1:{self.port}{path}") as answer:
                return answer.status, await answer.text()
        return 0, ""

    async def gone(self, within: float) -> int:
        """Its exit code, when it has ended by itself and all it said has been read."""
        child = self.child
        assert child is not None

        async def look() -> tuple[int] | None:
            return None if child.gone is None else (child.gone,)

        (code,) = await eventually(look, within, f"the bot ending by itself; it said {self.lines[-5:]}")
        await self.end()
        return code

    async def kill(self) -> datetime:
        """kill -9. When it was dead."""
        assert self.child is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.child.pid, signal.SIGKILL)
        await self.end()
        return datetime.now(UTC)

    async def end(self) -> None:
        if self.child is not None:
            await self.child.end()
            self.child = None
