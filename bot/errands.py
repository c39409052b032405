"""Looking things up after the commit, and looking again by the clock. Results are observed like anything else that happened.

An errand that raises OutOfReach is run again by the queue, later each time.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.actions import Role
from bot.brake import SEEN_WITHIN
from bot.events import Blinded, Described, Event, Identified, Kind, Left, PersonKey, RotaSeen, account, oid_of
from bot.ports import (
    Arrival,
    Before,
    Directory,
    Filed,
    Housekeeping,
    Job,
    Lessons,
    OutOfReach,
    People,
    Person,
    Presence,
    Refused,
    Register,
    Ruling,
)
from bot.routing import INSTEAD
from bot.ruling import rule_on
from bot.school import School
from bot.sitting import Sitting
from bot.staffroom import Staffroom

log = logging.getLogger("schoolgate")
ARRIVED_BEFORE = timedelta(seconds=5)
"""How long somebody must have been there before the Connector's "not in the meeting" is believed over the join."""

SWEEP = 60.0
"""How far ahead a sweep looks, in seconds."""


@dataclass(frozen=True, slots=True)
class Lookups:
    """The errands `identify`, `describe` and `look`, and what the clock asks for: `sweep`, `refresh` and `purge`."""

    school: School
    register: Register
    people: People
    directory: Directory
    lessons: Lessons
    presence: Presence
    housekeeping: Housekeeping
    staffroom: Staffroom

    async def look(self, job: Job) -> None:
        """Judge a sitting again because its time has come."""
        if job.sitting is not None:
            await self._observe(job.sitting, lambda before: ())

    async def identify(self, job: Job) -> None:
        """Ask the directory who somebody is, and the Connector whether they are there."""
        oid = oid_of(job.person) if job.person else None
        if job.sitting is None or job.person is None or oid is None:
            return
        filed = await self.register.sitting(job.sitting)
        if filed is None:
            return
        since = filed.sitting.since(job.person)
        if since is None:
            return
        began = time.monotonic()
        person = await self._person(job.person, oid)
        # of somebody who has just come it would not be believed
        inside = None if filed.now - since <= ARRIVED_BEFORE else await self._inside(filed, person.key, oid)

        def events(before: Before) -> Sequence[Event]:
            at = before.now - timedelta(seconds=time.monotonic() - began)
            found: list[Event] = [Identified(at=at, person=person.key, kind=person.kind, classes=person.classes)]
            since = before.sitting.since(person.key)
            if inside is False and since is not None and at - since > ARRIVED_BEFORE:
                endpoints = before.sitting.members[person.key].endpoints
                found += (Left(at=at, person=person.key, endpoint=endpoint) for endpoint in endpoints)
            return found

        await self._observe(filed.sitting_id, events, {person.key: person.name})

    async def _person(self, key: PersonKey, oid: str) -> Person:
        """An account nobody knows is an account of no group of ours: never a reason to trust it."""
        person = await self.directory.person(oid)
        if person is None:
            return Person(key=key, kind=Kind.ACCOUNT, name="")
        await self.people.learn([person])
        return person

    async def _inside(self, filed: Filed, person: PersonKey, oid: str) -> bool | None:
        if filed.teams_meeting_id is None:
            return None
        roster_at = filed.sitting.controls.roster_at
        if roster_at and filed.now - roster_at <= SEEN_WITHIN and filed.sitting.controls.seats_of(person):
            return True
        try:
            return await self.presence.in_meeting(filed.sitting.meeting, filed.teams_meeting_id, oid)
        except (OutOfReach, Refused) as error:
            why = error.code if isinstance(error, Refused) else error.words
            log.info("presence unknown", extra={"event": "presence_unknown", "sitting": filed.sitting_id, "why": why})
            return None

    async def describe(self, job: Job) -> None:
        """Find out what lesson a sitting is, and who was invited."""
        filed = await self.register.sitting(job.sitting) if job.sitting is not None else None
        if filed is None:
            return
        began = time.monotonic()
        found = await self.lessons.describe(filed.sitting.meeting, filed.teams_meeting_id)
        on_call = await self._on_call()

        def events(before: Before) -> Sequence[Event]:
            at = before.now - timedelta(seconds=time.monotonic() - began)
            described = Described(
                at=at,
                organizer=found.organizer,
                class_name=found.class_name,
                invitees=found.invitees,
                invitees_known=found.invitees_known,
                scheduled_start=found.scheduled_start,
                scheduled_end=found.scheduled_end,
                join_url=found.join_url,
            )
            blind = found.blind is not None and found.blind not in before.sitting.blind
            return [
                described,
                *_rota(before.sitting, on_call, before.now),
                *([Blinded(at=at, why=found.blind)] if blind and found.blind else []),
            ]

        await self._observe(filed.sitting_id, events)

    async def _on_call(self) -> tuple[PersonKey, ...]:
        """Whom school.toml names, in its order; else whoever holds the role it names, by name. Nobody where nobody can tell."""
        chosen = self.school.on_call
        if chosen.people:
            return tuple(map(account, chosen.people))
        holders = await self.staffroom.holders([chosen.role])
        return tuple(person.key for person in sorted(holders, key=lambda one: (one.name.casefold(), one.key)))

    async def _observe(
        self, sitting_id: int, events: Callable[[Before], Sequence[Event]], names: Mapping[PersonKey, str] | None = None
    ) -> None:
        arrival = Arrival(sitting=sitting_id, names=names or {})

        def ruling(before: Before) -> Ruling:
            return rule_on(arrival, before, self.school, events(before) or None)

        await self.register.observe(arrival, ruling)

    async def sweep(self) -> None:
        """Look at every sitting whose time comes before the next sweep, and at those that have gone silent."""
        for sitting_id in await self.housekeeping.due_sittings(SWEEP):
            try:
                await self.look(Job(kind="look", sitting=sitting_id))
            except OutOfReach as error:
                log.info("look put off", extra={"event": "look_put_off", "sitting": sitting_id, "why": error.words})

    async def refresh(self) -> None:
        """Read the lists of staff and pupils, so that a lesson's start costs no look-up (law 2), and who is mentioned."""
        for role, kind in ((Role.STAFF, Kind.STAFF), (Role.PUPILS, Kind.PUPIL)):
            people = await self.directory.list_of(role)
            await self.people.learn(people, whole_list_of=kind)
        for role in {*INSTEAD, self.school.on_call.role}:
            await self.staffroom.read(role)
        for sitting_id in await self.housekeeping.open_sittings():
            await self._reread(sitting_id)

    async def _reread(self, sitting_id: int) -> None:
        """Tell a live sitting whose kind or classes have changed since they came (law 2), and who is on call now."""
        on_call = await self._on_call()
        filed = await self.register.sitting(sitting_id)
        members = filed.sitting.members if filed else {}
        changed = [
            Identified(at=record.as_of, person=key, kind=record.kind, classes=record.classes)
            for key, record in (await self.people.get(members)).items()
            if record.as_of is not None
            and record.kind is not Kind.UNRESOLVED
            and (record.kind, record.classes) != (members[key].kind, members[key].classes)
            and (members[key].as_of is None or record.as_of > (members[key].as_of or record.as_of))
        ]
        if changed or (filed and _rota(filed.sitting, on_call, filed.now)):
            await self._observe(sitting_id, lambda before: [*changed, *_rota(before.sitting, on_call, before.now)])

    async def purge(self) -> None:
        """Delete what has been kept long enough (law 15)."""
        gone = await self.housekeeping.purge()
        log.info("purged", extra={"event": "purged", "rows": gone})


def _rota(sitting: Sitting, on_call: tuple[PersonKey, ...], now: datetime) -> list[RotaSeen]:
    """Who is on call, where the sitting has not heard it so; an empty list is no news but a directory that was silent."""
    return [RotaSeen(at=now, people=on_call)] if on_call and on_call != sitting.on_call else []
