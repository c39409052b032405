"""A pupil who goes on trying what is for staff only is told to the leads, once a lesson.

Clauses: C72
"""

from collections.abc import Iterator
from datetime import datetime

from bot.policy import Action, Audience, Facts, Kind, RuleSettings, Sitting, Tell, Verb


class Settings(RuleSettings):
    """`tries`: how many refused commands of a pupil in one lesson are told (0: none ever); a single one is curiosity."""

    tries: int = 3


def decide(sitting: Sitting, now: datetime, settings: Settings) -> Iterator[Action]:
    """Tell the leads of every pupil who has tried that often; how often by now is not said again and again."""
    tried: dict[str, list[datetime]] = {}
    for one in sitting.refused:
        tried.setdefault(one.by, []).append(one.at)
        if len(tried[one.by]) == settings.tries and sitting.kind(one.by) is Kind.PUPIL and sitting.is_open():
            facts: Facts = {"since": tried[one.by][0].isoformat(), "count": settings.tries}
            choices = (Verb.ACKNOWLEDGE, Verb.NOT_A_PROBLEM)
            yield Tell(to=Audience.LEADS, say="misuse.pupil", about=one.by, facts=facts, choices=choices)
