"""A flood that lasts is told to IT, once; the log and the figures tell of every other."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

from bot.actions import Role
from bot.events import oid_of
from bot.notice import Mention, Notice, Severity
from bot.ports import Mail, Messenger, OutOfReach, Person, Refused, Wording
from bot.school import School
from bot.staffroom import Staffroom

log = logging.getLogger("schoolgate")
LASTING = 3
"""So many rounds in a row in which something was turned away are a flood that lasts, and so many without are its end."""


@dataclass(slots=True)
class Overload:
    """Looks every so many seconds whether more was turned away; `async with` it. `shed` is how much it is by now."""

    school: School
    shed: Callable[[], int]
    messenger: Messenger
    mail: Mail
    staffroom: Staffroom
    words: Wording
    every: float = 60.0
    _seen: int = 0
    _flooded: int = 0
    _calm: int = 0
    _told: bool = False
    _task: asyncio.Task[None] | None = field(default=None)

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._keep_looking(), name="overload")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(self.every)
            await self.look()

    async def look(self) -> None:
        """One round."""
        more, self._seen = self.shed() > self._seen, self.shed()
        self._flooded, self._calm = (self._flooded + 1, 0) if more else (0, self._calm + 1)
        if self._calm >= LASTING:
            self._told = False
        if self._flooded >= LASTING and not self._told:
            self._told = await self._tell()

    async def _tell(self) -> bool:
        """By the channel, else by a letter; whether it was told. If not, the next round tries again."""
        people = await self.staffroom.holders([Role.IT])
        tagged = [Mention(oid=oid, name=person.name) for person in people if (oid := oid_of(person.key))]
        notice = replace(self.words.reply("flooded"), mentions=tuple(tagged), severity=Severity.LOOK)
        try:
            await self._send(notice, people)
        except (OutOfReach, Refused) as error:
            log.warning("flood not told", extra={"event": "flood_not_told", "why": type(error).__name__})
            return False
        log.warning("flood told to IT", extra={"event": "flood_told"})
        return True

    async def _send(self, notice: Notice, people: Sequence[Person]) -> None:
        try:
            await self.messenger.post(self.school.channels.safeguarding, notice)
        except (OutOfReach, Refused):
            await self.mail.mail([oid for person in people if (oid := oid_of(person.key))], notice)
