"""Only staff hold a lesson and present in it: options see to the second, people hear of the first.

Clauses: C13 C14 C16 C17 C18
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from bot.policy import Action, Audience, Facts, Kind, RuleSettings, SetOptions, Sitting, Tell, Verb

NOT_STAFF = (Kind.PUPIL, Kind.ACCOUNT, Kind.GUEST)


class Settings(RuleSettings):
    """Who presents: `organizer` (staff: the organiser and, if set before the start, invited colleagues), or `organization`
    to leave it."""

    presenters: Literal["organizer", "organization"] = "organizer"


def decide(sitting: Sitting, now: datetime, settings: Settings) -> Iterator[Action]:
    """Have only staff present; tell CLT of a meeting that somebody else than staff holds."""
    organizer = sitting.organizer
    if organizer is not None and sitting.is_open() and sitting.kind(organizer) in NOT_STAFF:
        facts: Facts = {"adults": sitting.ids(Kind.STAFF)}
        answers = (Verb.ACKNOWLEDGE, Verb.NOT_A_PROBLEM)
        yield Tell(to=Audience.CLT, say="staff_only.organizer", about=organizer, facts=facts, choices=answers)
        return
    if settings.presenters == "organizer" and sitting.controls.options is not None:
        yield from _presenters(sitting, by_roles=sitting.controls.options.get("presenters") == "roles")
    for person in sitting.sharing(Kind.PUPIL):
        yield Tell(to=Audience.HOST, say="staff_only.sharing", about=person)
    for person in sitting.recording(Kind.PUPIL):
        yield Tell(to=Audience.HOST, say="staff_only.recording", about=person)
        yield Tell(to=Audience.CLT, say="staff_only.recording", about=person, choices=(Verb.ACKNOWLEDGE,))


def _presenters(sitting: Sitting, *, by_roles: bool) -> Iterator[Action]:
    """Roles hold while only staff have them; Teams changes none in a running lesson, so then nobody but the organiser."""
    colleagues = sorted(sitting.invitees.intersection(sitting.known(Kind.STAFF)) - {sitting.organizer})
    strays = sitting.presenting(*(kind for kind in Kind if kind not in (Kind.STAFF, Kind.UNRESOLVED)))
    if colleagues and not sitting.opened:
        yield SetOptions(changes={"presenters": "roles"}, why="staff_only.roles", roles=tuple(colleagues))
    elif (strays or not by_roles) and sitting.controls.fought("presenters", "organizer"):
        yield Tell(to=Audience.HOST, say="staff_only.open")
    elif strays or not by_roles:
        yield SetOptions(changes={"presenters": "organizer"}, why="staff_only.presenters")
    for person in strays if by_roles else ():
        yield Tell(to=Audience.HOST, say="staff_only.presenter", about=person)
