"""One pupil alone is not a lesson: CLT hears of it, and the host is asked to stop. Both ends of a lesson have a grace.

Clauses: C55 C56 C57
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.policy import Action, Audience, Duration, Facts, Kind, LookAgain, RuleSettings, Sitting, Tell, Verb


class Settings(RuleSettings):
    """`grace` while the class arrives, `leaving_grace` once several had come and are going."""

    grace: Duration = timedelta(minutes=2)
    leaving_grace: Duration = timedelta(minutes=3)


def decide(sitting: Sitting, now: datetime, settings: Settings) -> Iterator[Action]:
    """Tell CLT and the host once exactly one pupil has been present for the grace; say so if no adult is there."""
    pupils = sitting.present(Kind.PUPIL)
    if len(pupils) != 1 or sitting.present(Kind.UNRESOLVED) or sitting.blind:
        return
    pupil = pupils[0]
    # a connection that drops every minute must not begin the grace anew each time
    moments = (sitting.stay_since(pupil, settings.grace), sitting.last_change(Kind.PUPIL, but=pupil))
    alone_since = max((moment for moment in moments if moment is not None), default=now)
    if sitting.one_to_one_approved(pupil, now):
        yield LookAgain(at=sitting.approvals[pupil])
        return
    leaving = sitting.most_present(Kind.PUPIL) > 1
    if now < (due := alone_since + (settings.leaving_grace if leaving else settings.grace)):
        yield LookAgain(at=due)
        return
    adults = sitting.ids(Kind.STAFF)
    facts: Facts = {"since": alone_since.isoformat(), "adults": adults}
    say = "alone" if adults else "no_adult"
    rests_on = sitting.present()
    answers = (Verb.ACKNOWLEDGE, Verb.NOT_A_PROBLEM)
    yield Tell(to=Audience.CLT, say=f"lone_pupil.{say}", about=pupil, facts=facts, choices=answers, rests_on=rests_on)
    if adults:
        yield Tell(to=Audience.HOST, say="lone_pupil.stop", about=pupil, facts=facts, rests_on=rests_on)
