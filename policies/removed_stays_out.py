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
    LookAgain,
    Remove,
    RuleSettings,
    SetOptions,
    Sitting,
    Tell,
    Verb,
)


class Settings(RuleSettings):
    """`tighten_lobby`: while somebody must stay out, only invited people pass the lobby, and only the host admits.

    `patience`: how long a removal may take before the leads hear that somebody is still there.
    """

    tighten_lobby: bool = True
    patience: Duration = timedelta(seconds=20)


def decide(sitting: Sitting, now: datetime, settings: Settings) -> Iterator[Action]:
    """Remove whoever is back, tell the leads, and keep the door tight while the lesson lasts; then put it back."""
    controls = sitting.controls
    for person in sitting.present():
        if not controls.kept_out(person):
            continue
        yield Remove(about=person, why="removed_stays_out.back")
        ordered, came = controls.removed.get(person), sitting.newest_join(person) or now
        if ordered is not None and came <= ordered.at and now < (due := ordered.at + settings.patience):
            yield LookAgain(at=due)
            continue
        facts: Facts = {"since": came.isoformat(), "held": person in controls.held}
        say = "removed_stays_out.back" if ordered is None or came > ordered.at else "removed_stays_out.still_here"
        yield Tell(to=Audience.LEADS, say=say, about=person, facts=facts, choices=(Verb.ACKNOWLEDGE,))
    tight: dict[str, str | bool] = {"lobby": "invited", "admitters": "coorganizers", "dial_in": False}
    if not settings.tighten_lobby or controls.options is None or controls.before is None:
        return
    gone = {done.person for done in sitting.corrected if done.action == "remove"} - controls.undone
    if sitting.is_open() and (gone or any(controls.kept_out(person) for person in (*controls.removed, *controls.held))):
        yield SetOptions(changes=tight, why="removed_stays_out.door")
    elif any("lobby" in asked.changes for asked in controls.asked):
        put_back = {option: controls.before[option] for option in tight if option in controls.before}
        yield SetOptions(changes=put_back, why="removed_stays_out.door_put_back")
