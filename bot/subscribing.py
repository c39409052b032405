"""Keeping Graph's word on staff's calendars: subscribed to each, renewed in time. The plan is read again all the same."""

from __future__ import annotations

import logging
import time
from datetime import timedelta

from bot.abreast import abreast
from bot.actions import Role
from bot.events import PersonKey, oid_of
from bot.ports import Directory, Job, OutOfReach, Refused, Standing, Subscriptions

log = logging.getLogger("schoolgate")
EVERY, AGAIN = 3600.0, 60.0
"""How often what stands is looked through, in seconds, and how soon after something failed."""

RENEW_WITHIN = timedelta(days=2)


class Subscriber:
    """The duty `subscribe`, and the errand `resubscribe`."""

    def __init__(self, directory: Directory, subscriptions: Subscriptions) -> None:
        self._directory = directory
        self._subscriptions = subscriptions
        self._due = 0.0

    async def subscribe(self) -> None:
        """Look through all of them, if it is time. OutOfReach where nothing can be known."""
        if time.monotonic() < self._due:
            return
        self._due = time.monotonic() + AGAIN
        staff = [person.key for person in await self._directory.list_of(Role.STAFF)]
        standing = await self._subscriptions.standing()
        failed = list[str]()

        async def keep(person: PersonKey) -> None:
            if (trouble := await self._keep(person, standing.get(person))) is not None:
                failed.append(trouble)

        await abreast(keep, staff)
        if not failed:
            self._due = time.monotonic() + EVERY
        known = {"calendars": len(staff), "failed": len(failed), "why": sorted(set(failed))}
        log.info("subscribed", extra={"event": "subscribed", **known})

    async def resubscribe(self, job: Job) -> None:
        """Graph says that a subscription is no more, or needs us."""
        self._due = 0.0
        await self.subscribe()

    async def _keep(self, person: PersonKey, standing: Standing | None) -> str | None:
        """What went wrong, if something did. Nobody is told: without it the plan is only a quarter of an hour older."""
        try:
            if standing is None:
                await self._subscriptions.subscribe(oid_of(person) or "")
            elif standing.left < RENEW_WITHIN:
                await self._subscriptions.renew(standing.id)
        except Refused as refused:
            return refused.code
        except OutOfReach as error:
            return error.words
        return None
