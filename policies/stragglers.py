"""Pupils who stay in a meeting when the lesson is over and the adults have gone are named, and removed where the school says so.

Clauses: C94
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
    Pause,
    Remove,
    RuleSettings,
    Sitting,
    Tell,
    Verb,
)

RULE, LINE = "stragglers", "class.over"


class Settings(RuleSettings):
    """`grace` to say goodbye and leave; `pause` whether the meeting is held still then (tier guard and up).

    `remove`: whether they are removed too (tier remove), one by one, `apart` from each other and from the asking, within the
    brake; once the brake has stopped it, the rest are left to people.
    """

    grace: Duration = timedelta(minutes=2)
    pause: bool = True
    remove: bool = False
    apart: Duration = timedelta(seconds=30)


def decide(sitting: Sitting, now: datetime, settings: Settings) -> Iterator[Action]:
    """After the planned end, with no adult there: tell the host and the leads who is left."""
    gone = sitting.last_change(Kind.STAFF)
    if not sitting.present(Kind.PUPIL) or sitting.present(Kind.STAFF, Kind.UNRESOLVED) or sitting.blind:
        return
    if gone is None or not sitting.most_present(Kind.STAFF) or (over := sitting.over_by_plan(gone)) is None:
        return
    if now < (due := over + settings.grace):
        yield LookAgain(at=due)
        return
    stopped = any(rule == RULE and status == "braked" for _, _, rule, _, status in sitting.withheld)
    removing = "no" if not settings.remove else "stopped" if stopped else "one_by_one"
    known: Facts = {"since": over.isoformat(), "pupils": sitting.ids(Kind.PUPIL)}
    paused = sitting.controls.paused is not None and sitting.controls.paused.line == LINE
    facts: Facts = {**known, "removing": removing, "paused": paused}
    answers = (Verb.ACKNOWLEDGE, Verb.NOT_A_PROBLEM)
    yield Tell(to=Audience.HOST, say="stragglers.host", facts=facts)
    yield Tell(to=Audience.LEADS, say="stragglers.left", facts=facts, choices=answers)
    if settings.pause:
        yield Pause(why="stragglers.left", line=LINE)
    if removing == "one_by_one":
        yield from _next(sitting, now, settings, due)


def _next(sitting: Sitting, now: datetime, settings: Settings, asked: datetime) -> Iterator[Action]:
    """Remove whoever has been there longest and was not removed since they came; before and after that a while nobody.

    `asked`: when the class was asked to leave, so that everybody has had the time to.
    """
    mine = [done.at for done in sitting.corrected if done.rule == RULE]
    if now < (due := max([asked, *mine]) + settings.apart):
        yield LookAgain(at=due)
        return
    tried = {(done.person, done.observation) for done in sitting.corrected if done.action == "remove"}
    for pupil in sitting.present(Kind.PUPIL):
        came = sitting.newest_join(pupil)
        if came is not None and (pupil, int(came.timestamp() * 1000)) not in tried:
            yield Remove(about=pupil, why="stragglers.removed")
            return
