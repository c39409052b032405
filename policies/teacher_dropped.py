"""When the last adult has dropped out of a lesson, it is paused and adults on call are told, until one is back.

Clauses: C94
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.policy import Action, Audience, Duration, Facts, Kind, LookAgain, Pause, RuleSettings, Sitting, Tell, Verb


class Settings(RuleSettings):
    """`grace` for a connection that drops; `pause` whether the lesson is held still meanwhile (tier guard and up).

    `next_after`: how long after one adult on call the next is told too. After the lesson's planned end, see `stragglers`.
    """

    grace: Duration = timedelta(minutes=1)
    pause: bool = True
    next_after: Duration = timedelta(minutes=2)


def decide(sitting: Sitting, now: datetime, settings: Settings) -> Iterator[Action]:
    """Pupils without the adult they had, for the grace: hold the lesson still, tell CLT and whoever is on call."""
    gone = sitting.last_change(Kind.STAFF)
    if not sitting.present(Kind.PUPIL) or sitting.present(Kind.STAFF, Kind.UNRESOLVED) or sitting.blind:
        return
    if gone is None or not sitting.most_present(Kind.STAFF) or sitting.over_by_plan(gone) == gone:
        return
    if now < (due := gone + settings.grace):
        yield LookAgain(at=due)
        return
    facts: Facts = {"since": gone.isoformat(), "pupils": sitting.ids(Kind.PUPIL), "paused": settings.pause}
    adults = tuple(sorted(one.person for one in sitting.members.values() if one.kind is Kind.STAFF and one.first_seen))
    told: Facts = {**facts, "adults": adults, "on_call": bool(sitting.on_call)}
    answers = (Verb.ACKNOWLEDGE, Verb.NOT_A_PROBLEM)
    yield Tell(to=Audience.CLT, say="teacher_dropped.alone", facts=told, choices=answers)
    if settings.pause:
        yield Pause(why="teacher_dropped.alone")
    # whoever was in the lesson and went knows of it, and is asked last
    for turn, person in enumerate(sorted(sitting.on_call, key=lambda person: person in sitting.members)):
        if now < (turn_at := due + turn * settings.next_after):
            yield LookAgain(at=turn_at)
            return
        yield Tell(to=Audience.ON_CALL, say="teacher_dropped.page", about=person, facts=facts)
