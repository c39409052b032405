"""When the last adult has dropped out of a lesson, it is paused and adults on call are told, until one is back.

Clauses: C94
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from bot.policy import (
    Action,
    Answered,
    Audience,
    Duration,
    Facts,
    Kind,
    LookAgain,
    Pause,
    RuleSettings,
    Sitting,
    Tell,
    Verb,
)

RULE = "teacher_dropped"
AFTERWARDS = "stragglers"
"""The rule that takes over once the lesson is over by its plan, if the school has it tell people."""


class Settings(RuleSettings):
    """`grace` for a connection that drops; `pause` whether the lesson is held still meanwhile (tier guard and up).

    `next_after`: how long after one adult on call the next is told too; `coming` how long whoever says that they are coming is
    waited for first. After the lesson's planned end, see `stragglers`.
    """

    grace: Duration = timedelta(minutes=1)
    pause: bool = True
    next_after: Duration = timedelta(minutes=2)
    coming: Duration = timedelta(minutes=3)


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
    adults = tuple(sorted(sitting.came(Kind.STAFF)))
    known: Facts = {"since": gone.isoformat(), "pupils": sitting.ids(Kind.PUPIL), "adults": adults}
    facts: Facts = {**known, "paused": sitting.controls.paused is not None}
    said = sorted(_coming(sitting, gone), key=lambda answer: answer.at)
    coming = tuple(dict.fromkeys(answer.by for answer in said)) or None
    told: Facts = {**facts, "on_call": bool(sitting.on_call), "coming": coming}
    answers = (Verb.ACKNOWLEDGE, Verb.NOT_A_PROBLEM)
    yield Tell(to=Audience.CLT, say="teacher_dropped.alone", facts=told, choices=answers, unless=AFTERWARDS)
    if settings.pause:
        yield Pause(why="teacher_dropped.alone")
    yield from _called(sitting, now, settings, due, [answer.at for answer in said], facts)


def _coming(sitting: Sitting, gone: datetime) -> Iterator[Answered]:
    """Who has said since then that they are coming."""
    for person in sitting.on_call:
        answer = sitting.answer(RULE, person, Verb.COMING)
        if answer is not None and answer.at >= gone:
            yield answer


def _called(
    sitting: Sitting, now: datetime, settings: Settings, turn_at: datetime, said: list[datetime], facts: Facts
) -> Iterator[Action]:
    """One adult on call after the other; none while somebody has said that they are coming, for as long as that is believed."""
    # whoever was in the lesson and went knows of it, and is asked last
    for person in sorted(sitting.on_call, key=lambda person: person in sitting.members):
        if now < turn_at:
            yield LookAgain(at=turn_at)
            return
        page = Tell(to=Audience.ON_CALL, say="teacher_dropped.page", about=person, facts=facts, choices=(Verb.COMING,))
        yield replace(page, unless=AFTERWARDS)
        turn_at += settings.next_after
        for at in said:
            if at < turn_at:  # said later it comes too late for that turn: who was told stays told
                turn_at = max(turn_at, at + settings.coming)
