"""A school whose coming lessons are planned, sealed, watched and spoken of, over the fakes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.actions import Role
from bot.events import PersonKey, oid_of
from bot.forewarning import Forewarner
from bot.placing import Placer
from bot.planning import Planner
from bot.ports import CalendarEvent, Invitation, PlannedLesson
from bot.school import School
from bot.sealing import Sealer
from bot.teller import Teller
from bot.watchdog import Watchdog
from tests import fakes
from tests.builders import ADA, LESSON, MR_OKAFOR, MS_PATEL, after
from tests.school_day import SchoolDay

THREAD = "19:meeting_maths@thread.v2"


def lesson(minute: float = 5, event: str = "maths", **more: Any) -> PlannedLesson:
    """A lesson of 3B by Ms Patel that begins at a minute of the day."""
    usual: dict[str, Any] = {
        "organizer": MS_PATEL,
        "title": event,
        "ends": after(minute + 60),
        "join_url": f"https://teams.microsoft.com/meet/{event}",
        "class_name": "3B",
        "invitees": (ADA,),
    }
    return PlannedLesson(event=event, starts=after(minute), **(usual | more))


def entry(minute: float = 5, event: str = "maths", *addresses: str, **more: Any) -> CalendarEvent:
    """The same as a calendar has it."""
    ends = after(minute) + timedelta(hours=1)
    link = f"https://teams.microsoft.com/meet/{event}"
    usual = {"title": event, "starts": after(minute), "ends": ends, "join_url": link, "addresses": addresses}
    return CalendarEvent(event=event, **(usual | more))


class Coming(SchoolDay):
    """The day, and what is done ahead of its lessons. Nobody is asleep, whatever the clock says, unless a test wants it."""

    def __init__(self, school: School | None = None, *lessons: PlannedLesson) -> None:
        super().__init__(school)
        self.plans, self.calendars = fakes.FakePlans(self.clock), fakes.FakeCalendars()
        self.plans.lessons = {each.event: each for each in lessons}
        self.directory.groups[Role.IT] = (MR_OKAFOR,)
        self.directory.groups[Role.ADMINISTRATOR] = (MR_OKAFOR,)
        self.calendars.addresses = {"ada": Invitation(people=frozenset({ADA}))}
        readership = self.circles.readership
        teller = Teller(self.school, self.foretold, self.staffroom, readership, self.messenger, self.mail)
        said = {"school": self.school, "plans": self.plans, "teller": teller, "words": self.words}
        self.planner = Planner(**said, directory=self.directory, calendars=self.calendars)
        self.sealer = Sealer(**said, tenant=LESSON.tenant, options=self.options)
        self.places = fakes.FakePlaces()
        self.placer = Placer(**said, tenant=LESSON.tenant, options=self.options, places=self.places)
        ahead = {**said, "foretold": self.foretold, "people": self.people}
        self.watchdog = Watchdog(**ahead, calendars=self.calendars)
        self.forewarner = Forewarner(**ahead, holds=self.holds, records=self.records)

    def calendar(self, person: PersonKey, *entries: CalendarEvent) -> None:
        """What somebody's calendar plans."""
        self.calendars.planned[oid_of(person) or ""] = list(entries)

    def with_roles(self, **roles: str) -> None:
        """What those invited are in the online meeting, by object id."""
        self.options.online = replace(self.options.online, roles=roles)

    def read(self) -> list[str]:
        """What people were shown, oldest first: the way, to whom, and the words."""
        return [f"{sent.route} {notice.headline}" for sent, notice in self.messenger.shown.values()]
