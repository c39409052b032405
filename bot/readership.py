"""Who reads the safeguarding channel: as Teams tells it, else as school.toml says. Where neither can tell, nobody guesses."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from bot.actions import Role
from bot.events import PersonKey, account
from bot.ports import OutOfReach, Readers, Refused
from bot.school import School
from bot.staffroom import Staffroom

log = logging.getLogger("schoolgate")
KEPT, STALE_KEPT = 60.0, 900.0
"""How long Teams' list is believed, and how long while Teams cannot be asked, in seconds."""
PATIENCE = 3.0
"""How long an alert waits for that list, in seconds."""
READING = (Role.CLT, Role.SAFEGUARDING_LEADS, Role.HEAD, Role.ADMINISTRATOR, Role.IT)
"""Whom the channel is for: they are taken to read it besides those whom school.toml lists."""


class Readership:
    """The readers of the safeguarding channel."""

    def __init__(
        self,
        school: School,
        staffroom: Staffroom,
        readers: Readers,
        within: Callable[[float], AbstractAsyncContextManager[object]] = asyncio.timeout,
    ) -> None:
        self._school = school
        self._staffroom = staffroom
        self._readers = readers
        self._within = within
        self._heard: tuple[float, frozenset[PersonKey]] | None = None

    async def known(self) -> frozenset[PersonKey] | None:
        """Everybody who reads it; None where nobody can tell."""
        heard = self._heard
        if heard and time.monotonic() - heard[0] < KEPT:
            return heard[1]
        try:
            async with self._within(PATIENCE):
                return await self._read()
        except (OutOfReach, Refused, TimeoutError):
            stale = heard is not None and time.monotonic() - heard[0] < STALE_KEPT
            return heard[1] if heard and stale else await self._listed()

    async def refresh(self) -> None:
        """Ask Teams anew: done by the clock too, so that a bad moment of Teams' does not close the channel."""
        try:
            await self._read()
        except (OutOfReach, Refused) as error:
            why = error.code if isinstance(error, Refused) else error.words
            log.info("readers unknown", extra={"event": "readers_unknown", "why": why})

    async def _read(self) -> frozenset[PersonKey]:
        found = await self._readers.readers(self._school.channels.safeguarding)
        self._heard = (time.monotonic(), found)
        return found

    async def _listed(self) -> frozenset[PersonKey] | None:
        listed = self._school.channels.readers
        if not listed:
            return None
        holders = await self._staffroom.holders(READING)
        return frozenset(map(account, listed)) | {one.key for one in holders}
