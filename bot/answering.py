"""What can be answered to an alert, and what was: who has it, who took it over, who says that it is nothing. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.actions import Audience
from bot.events import Answered, PersonKey, Verb, asks_what
from bot.ports import Alert, Decision
from bot.sitting import Sitting

SHARED = (Audience.CLT, Audience.LEADS, Audience.ADMINISTRATOR, Audience.IT)
"""Audiences of several people: one of them has to take what they are told."""
HAVING = {Verb.CLAIM, Verb.TAKE_OVER}
TAKING = {*HAVING, Verb.COMING}
"""What whoever reads it is asked for first."""
AFTERWARDS = (Verb.NOT_A_PROBLEM,)
"""What can still be said of an alert that is over: a false alarm is often over before anybody has read of it."""
LONGEST_NOTE = 500


def shared(decision: Decision) -> bool:
    """Whether several people are told, so that one of them has to take it."""
    return decision.action == "tell" and decision.to in SHARED


def offered(decision: Decision, answers: Iterable[Answered]) -> tuple[Verb, ...]:
    """The buttons of an alert as it stands, in the order in which they are read."""
    given = {answer.verb for answer in answers}
    held, nothing = bool(given & HAVING), Verb.NOT_A_PROBLEM in given
    having = (Verb.TAKE_OVER if held else Verb.CLAIM,) if shared(decision) and not nothing else ()
    gone = given | ({Verb.ACKNOWLEDGE} if held or nothing else set())
    verbs = (*having, *(verb for verb in decision.choices if verb not in gone))
    if decision.over:
        return tuple(verb for verb in verbs if verb in AFTERWARDS and shared(decision))
    return verbs


def answers_to(sitting: Sitting, alert: Alert) -> tuple[Answered, ...]:
    """The newest answer to each question of an alert. What to do with somebody holds on; the rest is of this alert alone.

    What one person is asked shows only answers to what that person was asked: who has seen to it is the others' to read.
    """
    decision = alert.decision
    return tuple(
        answer
        for (rule, about, asked), answer in sitting.answers.items()
        if (rule, about) == (decision.rule, decision.about)
        and (asked == "doing" or answer.at >= alert.since)
        and (asked == "doing" or shared(decision) or answer.verb in decision.choices)
    )


def is_taken(sitting: Sitting, rule: str, about: PersonKey | None, since: datetime) -> bool:
    """Whether somebody has seen to it since then: has it, has acknowledged it, or says that it is nothing."""
    found = (sitting.answers.get((rule, about, asked)) for asked in ("seen", "having"))
    return any(answer is not None and answer.at >= since for answer in found)


def holder(answers: Iterable[Answered]) -> PersonKey | None:
    """Who has an alert, by these answers."""
    having = [answer for answer in answers if asks_what(answer.verb) == "having"]
    return max(having, key=lambda answer: answer.at).by if having else None
