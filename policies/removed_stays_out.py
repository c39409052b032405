"""Somebody who was removed stays out, and a pupil on hold out of every lesson, until CLT has spoken with the parents.

Clauses: C24 C36 C37 C83
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.policy import (
    Action,
    Audience,
    Duration,
    Facts,
    Kind,
    LookAgain,
    PersonKey,
    Remove,
    RuleSettings,
    SetOptions,
    Sitting,
    Tell,
    Verb,
)

RULE = "removed_stays_out"


class Settings(RuleSettings):
    """`tighten_lobby`: while somebody must stay out, only invited people pass the lobby, and only the host admits.

    `patience`: how long a removal may take before the leads hear that somebody is still there.
    """

    tighten_lobby: bool = True
    patience: Duration = timedelta(seconds=20)


def decide(sitting: Sitting, now: datetime, settings: Settings) -> Iterator[Action]:
    """Remove whoever is back and tell the leads, ask about removals in Teams itself, and keep the door tight meanwhile."""
    kept_out = filter(sitting.controls.kept_out, (*sitting.controls.removed, *sitting.controls.held))
    for person in sitting.there(kept_out):
        yield from _back(sitting, now, settings, person)
    for person in sitting.controls.removed_in_teams:
        settled = sitting.controls.kept_out(person) or sitting.answer(RULE, person, Verb.NOT_A_PROBLEM)
        if sitting.kind(person) is Kind.PUPIL and not settled:
            choices = (Verb.KEEP_OUT, Verb.NOT_A_PROBLEM)
            yield Tell(to=Audience.HOST, say="removed_stays_out.did_you", about=person, choices=choices)
    if settings.tighten_lobby and sitting.controls.options is not None:
        yield from _door(sitting)


def _back(sitting: Sitting, now: datetime, settings: Settings, person: PersonKey) -> Iterator[Action]:
    controls = sitting.controls
    yield Remove(about=person, why="removed_stays_out.back")
    ordered, came = controls.removed.get(person), sitting.newest_join(person) or now
    if ordered is not None and came <= ordered.at and now < (due := ordered.at + settings.patience):
        yield LookAgain(at=due)
        return
    facts: Facts = {"since": came.isoformat(), "held": person in controls.held}
    say = "removed_stays_out.back" if ordered is None or came > ordered.at else "removed_stays_out.still_here"
    yield Tell(to=Audience.LEADS, say=say, about=person, facts=facts, choices=(Verb.ACKNOWLEDGE,), anew=True)


def _door(sitting: Sitting) -> Iterator[Action]:
    """Tight while somebody must stay out of a lesson that goes on; after it, as it was before."""
    controls = sitting.controls
    tight: dict[str, str | bool] = {"lobby": "invited", "admitters": "coorganizers", "dial_in": False}
    gone = {done.person for done in sitting.corrected if done.action == "remove"} - controls.undone
    if sitting.is_open() and (gone or any(map(controls.kept_out, (*controls.removed, *controls.held)))):
        yield SetOptions(changes=tight, why="removed_stays_out.door")
    elif any(asked.changes.get("lobby") == tight["lobby"] for asked in controls.asked):
        before = controls.before or {}
        put_back = {option: before[option] for option in tight if option in before}
        yield SetOptions(changes=put_back, why="removed_stays_out.door_put_back")
