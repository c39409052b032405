"""The shape of a lesson file: people, meetings, a script, and what an onlooker must and must not see."""

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

Role = Literal["staff", "pupils", "clt", "safeguarding_leads", "head", "administrator", "it"]
OfficeRole = Literal["clt", "safeguarding_leads", "head", "administrator", "it"]
Seconds = Annotated[float, Field(ge=0, le=120)]
Where = Literal["anywhere", "channel", "meeting", "privately", "personal", "mail"]
What = Literal["posted", "updated", "deleted", "mail", "answer"]


class Part(BaseModel):
    """Any table of a lesson file; a key it does not know is refused with the keys it does."""

    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=True)

    @model_validator(mode="before")
    @classmethod
    def _only_known_keys(cls, data: Any) -> Any:
        known = [field.alias or name for name, field in cls.model_fields.items()]
        for key in data if isinstance(data, dict) else ():
            if key not in known:
                raise PydanticCustomError("unknown_key", "is not a key here", {"key": key, "known": ", ".join(known)})
        return data


class Person(Part):
    """Somebody of the lesson, called by the name that is the table's key."""

    kind: Literal["staff", "pupil", "guest", "federated", "anonymous"] = Field(alias="is")
    of_class: str | None = Field(None, alias="class")
    roles: list[OfficeRole] = Field(default_factory=list, alias="in")


class Meeting(Part):
    """One meeting of the timetable; all its sittings share one thread."""

    name: str
    organizer: str
    invited: list[str] = []
    kind: Literal["Scheduled", "Recurring", "MeetNow", "ChannelScheduled"] = "Scheduled"
    starts: float = Field(0, description="minutes from now, for the calendar")
    minutes: float = 45
    installed: bool = True
    calendar: bool = True


class Step(Part):
    """One thing that happens `at` so many seconds into the lesson."""

    at: Seconds


class InMeeting(Step):
    meeting: str | None = None
    ago: timedelta | None = Field(None, description="how long before now Teams dates it")


class Sitting(InMeeting):
    act: Literal["start", "end"]


class Moves(InMeeting):
    act: Literal["join", "leave"]
    who: list[str] = Field(min_length=1)


class Say(Step):
    act: Literal["say"]
    who: str
    text: str
    how: Literal["slash", "mention", "plain"] = "slash"
    chat: str | None = Field(None, alias="in")
    mentions: list[str] = []


class Press(Step):
    act: Literal["press"]
    who: str
    button: str
    chat: str | None = Field(None, alias="in", description="else wherever they last saw that button")
    patience: Seconds = Field(5, description="how long to wait for the button to appear")
    forged: bool = Field(False, description="a tampered Teams sends a press of what only others were shown")


class Weather(Part):
    """How well Microsoft's side works."""

    graph: Literal["ok", "down", "403", "429", "slow"] | None = None
    connector: Literal["ok", "down", "429", "403", "slow"] | None = None
    targeted: Literal["ok", "refused"] | None = None
    keys: Literal["ok", "down", "rotate"] | None = None
    login: Literal["ok", "down", "slow"] | None = None


class Switch(Weather, Step):
    act: Literal["switch"]


class Raw(Step):
    act: Literal["raw"]
    activity: dict[str, Any]


AnyStep = Annotated[Sitting | Moves | Say | Press | Switch | Raw, Field(discriminator="act")]


class Sighting(Part):
    """What an onlooker at Microsoft's side would recognise."""

    means: str
    who: str
    where: Where = "anywhere"
    what: list[What] = ["posted", "updated", "deleted", "mail", "answer"]
    text: list[str] = []
    without: list[str] = []
    buttons: list[str] = []
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
    people: dict[str, Person]
    meeting: list[Meeting] = Field(min_length=1)
    script: list[AnyStep] = Field(min_length=1)
    school_toml: dict[str, Any] = {}
    unkind: dict[str, float | bool] = {"twice": 0.2, "no_id": 0.5, "stray": True}
    seed: int = 7
    before: Weather = Field(Weather(), description="how well Microsoft works when the bot starts")
    expect: list[Expect] = []
    forbid: list[Forbid] = []
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
