"""When the last adult has dropped out of a lesson, it is paused until one is back, and CLT hears that pupils are alone.

Clauses: C94
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.policy import Action, Audience, Duration, Facts, Kind, LookAgain, Pause, RuleSettings, Sitting, Tell, Verb


class Settings(RuleSettings):
    """`grace` for a connection that drops; `pause` whether the lesson is held still meanwhile (tier guard and up)."""

    grace: Duration = timedelta(minutes=1)
    pause: bool = True


def decide(sitting: Sitting, now: datetime, settings: Settings) -> Iterator[Action]:
    """Pupils without the adult they had, for the grace: hold the lesson still and tell CLT."""
    gone = sitting.last_change(Kind.STAFF)
    if not sitting.present(Kind.PUPIL) or sitting.present(Kind.STAFF, Kind.UNRESOLVED) or sitting.blind:
        return
    if gone is None or not sitting.most_present(Kind.STAFF):
        return
    if now < (due := gone + settings.grace):
        yield LookAgain(at=due)
        return
    adults = tuple(sorted(one.person for one in sitting.members.values() if one.kind is Kind.STAFF and one.first_seen))
    facts: Facts = {
        "since": gone.isoformat(),
        "pupils": sitting.ids(Kind.PUPIL),
        "adults": adults,
        "paused": settings.pause,
    }
    answers = (Verb.ACKNOWLEDGE, Verb.NOT_A_PROBLEM)
    yield Tell(to=Audience.CLT, say="teacher_dropped.alone", facts=facts, choices=answers)
    if settings.pause:
        yield Pause(why="teacher_dropped.alone")
