"""Only staff hold a lesson and present in it: options see to the second, people hear of the first.

Clauses: C13 C14 C16 C17
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from bot.policy import Action, Audience, Facts, Kind, RuleSettings, SetOptions, Sitting, Tell, Verb

NOT_STAFF = (Kind.PUPIL, Kind.ACCOUNT, Kind.GUEST)


class Settings(RuleSettings):
    """Who presents: `organizer` (only whose meeting it is, others are promoted by hand), or `organization` to leave it."""

    presenters: Literal["organizer", "organization"] = "organizer"


def decide(sitting: Sitting, now: datetime, settings: Settings) -> Iterator[Action]:
    """Have only the organiser present and record; tell CLT of a meeting that somebody else than staff holds."""
    organizer = sitting.organizer
    if organizer is not None and sitting.is_open() and sitting.kind(organizer) in NOT_STAFF:
        facts: Facts = {"adults": sitting.ids(Kind.STAFF)}
        answers = (Verb.ACKNOWLEDGE, Verb.NOT_A_PROBLEM)
        yield Tell(to=Audience.CLT, say="staff_only.organizer", about=organizer, facts=facts, choices=answers)
        return
    if settings.presenters == "organizer" and sitting.controls.options is not None:
        yield SetOptions(changes={"presenters": "organizer"}, why="staff_only.presenters")
    for person in sitting.sharing(Kind.PUPIL):
        yield Tell(to=Audience.HOST, say="staff_only.sharing", about=person)
