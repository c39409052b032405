"""The shape of a lesson file: people, meetings, a script, and what an onlooker must and must not see."""

from typing import Any, Literal

from pydantic import Field

from deploy.rehearsal.player.steps import AnyStep, Part, Seconds, Weather

Role = Literal["staff", "pupils", "clt", "safeguarding_leads", "head", "administrator", "it"]
OfficeRole = Literal["clt", "safeguarding_leads", "head", "administrator", "it"]
Where = Literal["anywhere", "channel", "meeting", "privately", "personal", "mail"]
What = Literal["posted", "updated", "deleted", "mail", "answer", "removed", "muted", "options", "call", "lobby"]
READ: list[What] = ["posted", "updated", "deleted", "mail", "answer"]
"""What people read; the others are what was done to them, or to the meeting."""


class Person(Part):
    """Somebody of the lesson, called by the name that is the table's key."""

    kind: Literal["staff", "pupil", "guest", "federated", "anonymous", "phone"] = Field(alias="is")
    of_class: str | None = Field(None, alias="class")
    roles: list[OfficeRole] = Field(default_factory=list, alias="in")


class Meeting(Part):
    """One meeting of the timetable; all its sittings share one thread."""

    name: str
    organizer: str
    invited: list[str] = Field([])
    kind: Literal["Scheduled", "Recurring", "MeetNow", "ChannelScheduled"] = "Scheduled"
    starts: float = Field(0, description="minutes from now, for the calendar")
    minutes: float = 45
    installed: bool = True
    calendar: bool = True
    options: dict[str, Any] = Field({}, description="by Graph's own names")
    roles: dict[str, Literal["presenter", "coorganizer", "attendee"]] = Field({})


class Sighting(Part):
    """What an onlooker at Microsoft's side would recognise."""

    means: str
    who: str
    where: Where = "anywhere"
    what: list[What] = READ
    text: list[str] = Field([])
    without: list[str] = Field([])
    buttons: list[str] = Field([])
    options: dict[str, Any] = Field({}, description="to which options were set, by Graph's own names")
    since: Seconds = 0


class Expect(Sighting):
    by: Seconds
    count: int | None = Field(None, ge=1, description="exactly so many different messages in the lesson")


class Forbid(Sighting):
    until: Seconds | None = None


class Lesson(Part):
    """A whole lesson file. `school_toml` is its school.toml without the ids, which the player fills in."""

    title: str = Field(min_length=3, max_length=60)
    shows: str = Field(min_length=10)
    tier: Literal["watch", "guard", "remove"] = "watch"
    wizard: bool = Field(False, description="meetings begin as the education wizard leaves them")
    people: dict[str, Person]
    ages: dict[str, Literal["eyfs", "ks1", "ks2"]] = Field({}, description="age bands by class; ks2 if not said")
    meeting: list[Meeting] = Field(min_length=1)
    script: list[AnyStep] = Field(min_length=1)
    school_toml: dict[str, Any] = Field({})
    unkind: dict[str, float | bool] = Field({"twice": 0.2, "no_id": 0.5, "stray": True})
    seed: int = 7
    before: Weather = Field(Weather(), description="how well Microsoft works when the bot starts")
    expect: list[Expect] = Field([])
    forbid: list[Forbid] = Field([])
    lasts: Seconds | None = None

    @property
    def length(self) -> float:
        """Seconds the lesson plays: what it says, else a second past the last thing it mentions."""
        moments = [step.at for step in self.script] + [expected.by for expected in self.expect]
        moments += [forbidden.until or 0 for forbidden in self.forbid]
        return self.lasts if self.lasts is not None else max(moments) + 1

    @property
    def classes(self) -> list[str]:
        return sorted({person.of_class for person in self.people.values() if person.of_class})

    def named(self, *kinds: str) -> list[str]:
        return [name for name, person in self.people.items() if person.kind in kinds]
