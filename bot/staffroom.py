"""Who may do what: staff and roles, by the directory, with what is remembered while the directory cannot be reached."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta

from bot.actions import Role
from bot.events import Kind, PersonKey, oid_of
from bot.ports import Directory, OutOfReach, People, Person, Refused

OLDEST_RECORD = timedelta(hours=24)
"""How old a record of somebody being staff may be for a command (reliability promise R9)."""
LIST_KEPT = 900.0
LIST_PATIENCE = 2.0
"""How long an alert waits for whom to mention, in seconds: better told at once and to the channel alone."""
ROLE_KEPT = 60.0
STALE_ROLE_KEPT = 24 * 3600.0


class Staffroom:
    """Answers by the directory; what it once heard is kept so long, in seconds, as the constants above say."""

    def __init__(
        self,
        people: People,
        directory: Directory,
        within: Callable[[float], AbstractAsyncContextManager[object]] = asyncio.timeout,
    ) -> None:
        self._within = within
        self._people = people
        self._directory = directory
        self._lists: dict[Role, tuple[float, Sequence[Person]]] = {}
        self._roles: dict[str, tuple[float, frozenset[Role]]] = {}

    async def who(self, person: PersonKey | None) -> Person | None:
        """Somebody as the directory knows them, not older than a day. OutOfReach where nobody can tell."""
        oid = oid_of(person) if person else None
        if person is None or oid is None:
            return None
        record = (await self._people.get([person])).get(person)
        if record and record.kind is not Kind.UNRESOLVED and _recent(record):
            return record
        found = await self._directory.person(oid)
        if found is not None:
            await self._people.learn([found])
        return found

    async def roles(self, person: PersonKey | None) -> frozenset[Role]:
        """The roles somebody holds, a minute old at the most; up to a day old while the directory is out of reach."""
        oid = oid_of(person) if person else None
        if oid is None:
            return frozenset()
        heard = self._roles.get(oid)
        if heard and time.monotonic() - heard[0] < ROLE_KEPT:
            return heard[1]
        try:
            roles = await self._directory.roles_of(oid)
        except OutOfReach:
            if heard and time.monotonic() - heard[0] < STALE_ROLE_KEPT:
                return heard[1]
            raise
        self._roles[oid] = (time.monotonic(), roles)
        return roles

    async def holders(self, roles: Sequence[Role]) -> list[Person]:
        """Everybody who holds one of these roles, for mentioning; an old list is better than none, none than a failure."""
        found: dict[PersonKey, Person] = {}
        for role in roles:
            for person in await self._list(role):
                found.setdefault(person.key, person)
        return list(found.values())

    async def _list(self, role: Role) -> Sequence[Person]:
        heard = self._lists.get(role)
        if heard and time.monotonic() - heard[0] < LIST_KEPT:
            return heard[1]
        try:
            async with self._within(LIST_PATIENCE):
                return await self.read(role)
        except (OutOfReach, Refused, TimeoutError):
            return heard[1] if heard else ()

    async def read(self, role: Role) -> Sequence[Person]:
        """Read who holds a role, and keep it: done by the clock too, so that alerts need not wait."""
        people = await self._directory.list_of(role)
        self._lists[role] = (time.monotonic(), people)
        return people


def _recent(record: Person) -> bool:
    return record.as_of is not None and datetime.now(UTC) - record.as_of < OLDEST_RECORD
