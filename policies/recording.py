"""Lessons are recorded by Teams itself, and only those who present can stop it; nothing recording is told.

Clauses: C42 C52 C62 C91
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.policy import Action, Audience, Duration, Facts, LookAgain, RuleSettings, SetOptions, Sitting, Tell


class Settings(RuleSettings):
    """`grace` until the host is asked to record, `then_clt` until CLT hears of it."""

    grace: Duration = timedelta(minutes=3)
    then_clt: Duration = timedelta(minutes=6)


def decide(sitting: Sitting, now: datetime, settings: Settings) -> Iterator[Action]:
    """Have the meeting record by itself; where the call shows that nothing records, say so."""
    if sitting.controls.options is not None and not sitting.controls.fought("record_automatically", True):
        yield SetOptions(changes={"record_automatically": True, "record": True}, why="recording.automatic")
    began = sitting.started_at
    if began is None or not sitting.is_open() or sitting.controls.roster_at is None or sitting.controls.recorded():
        return
    facts: Facts = {"since": began.isoformat()}
    for after, audience in ((settings.grace, Audience.HOST), (settings.then_clt, Audience.CLT)):
        if now < began + after:
            yield LookAgain(at=began + after)
        else:
            yield Tell(to=audience, say="recording.none", facts=facts)
