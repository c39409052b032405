"""What can happen in a lesson: one model for each kind of step in a script."""

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

Seconds = Annotated[float, Field(ge=0, le=120)]
Names = Annotated[list[str], Field(min_length=1)]


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


class Step(Part):
    """One thing that happens `at` so many seconds into the lesson."""

    at: Seconds


class InMeeting(Step):
    meeting: str | None = None
    ago: timedelta | None = Field(None, description="how long before now Teams dates it")


class Sitting(InMeeting):
    act: Literal["start", "end"]


class Moves(InMeeting):
    act: Literal["join", "leave", "rejoin"]
    who: Names
    device: str | None = Field(None, description="one of several that a person comes in with")
    mic: bool = Field(False, description="comes in with the microphone on")


class Inside(Step):
    """What somebody in the meeting does with a button of Teams'."""

    meeting: str | None = None
    who: Names
    by: str | None = Field(None, description="who does it to them; else the organiser")
    device: str | None = None
    tries: bool = Field(False, alias="try", description="Teams may grey the button out")


class Turns(Inside):
    """Something of theirs goes on, or off."""

    act: Literal["mic", "camera", "share", "record"]
    on: bool = True


class Promotes(Inside):
    """They get another role for as long as the meeting lasts."""

    act: Literal["promote"]
    role: Literal["presenter", "attendee"] = "presenter"


class Hosts(Inside):
    """Admitted from the lobby or not (`bot`: the bot), or removed in Teams' own way."""

    act: Literal["admit", "deny", "remove"]


class Sets(Step):
    """The organiser, or `by` a co-organiser, changes meeting options by Graph's own names."""

    act: Literal["options"]
    meeting: str | None = None
    options: dict[str, Any]
    by: str | None = None


class Replans(Step):
    """The organiser moves a meeting in the calendar (`starts`: minutes from now), or cancels it."""

    act: Literal["plan"]
    meeting: str | None = None
    starts: float | None = None
    cancelled: bool = False


class Hangup(Step):
    """Microsoft drops the bot's call, or `silent`: without a word."""

    act: Literal["hangup"]
    meeting: str | None = None
    silent: bool = False


class Restart(Step):
    """The bot is killed (-9), and started again after so long."""

    act: Literal["restart"]
    down: Seconds = 0


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
    chosen: dict[str, str] = Field(
        {}, description="what they chose on the card before; a person by name, a day as today+7"
    )


class Installs(Step):
    """The bot is added to a chat, or to the team of the channel."""

    act: Literal["install"]
    who: str
    chat: str | None = Field(None, alias="in")


class Weather(Part):
    """How well Microsoft's side works."""

    graph: Literal["ok", "down", "403", "429", "slow"] | None = None
    connector: Literal["ok", "down", "429", "403", "slow"] | None = None
    targeted: Literal["ok", "refused"] | None = None
    keys: Literal["ok", "down", "rotate"] | None = None
    login: Literal["ok", "down", "slow"] | None = None
    access_policy: Literal["ok", "missing"] | None = None
    catalogue: Literal["ok", "empty"] | None = None
    calls: Literal["ok", "refused", "full", "fails"] | None = None
    callbacks: Literal["ok", "lost"] | None = None
    calling_keys: Literal["ok", "down", "rotate"] | None = None
    rosters: Literal["ok", "refused"] | None = None
    mute: Literal["ok", "refused", "ignored"] | None = None
    removal: Literal["allowed", "refused", "ignored"] | None = None
    admission: Literal["ok", "drops"] | None = None


class Switch(Weather, Step):
    act: Literal["switch"]


class Raw(Step):
    act: Literal["raw"]
    activity: dict[str, Any]


AnyStep = Annotated[
    Sitting
    | Moves
    | Turns
    | Promotes
    | Hosts
    | Sets
    | Replans
    | Hangup
    | Restart
    | Say
    | Press
    | Installs
    | Switch
    | Raw,
    Field(discriminator="act"),
]
