"""From a decision to what is read: whom it mentions, whom it speaks of, and the words with their names (law 7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.actions import ROLES_OF, Audience, Role
from bot.answering import answers_to
from bot.events import Answered, PassedOn, PersonKey, oid_of
from bot.notice import Mention, Notice
from bot.ports import Alert, Filed, People, Person, Wording
from bot.school import School


def mentioned(school: School, alert: Alert) -> tuple[Role, ...]:
    """The roles an alert mentions: the rule's own choice in school.toml, else its audience's."""
    rule = school.rule(alert.decision.rule)
    chosen = rule.settings.mention if rule else None
    audience = Audience(alert.decision.to)
    return ROLES_OF[audience] if chosen is None or audience is Audience.HOST else chosen


def lesson_of(filed: Filed, words: Wording) -> str:
    """The lesson in a few words."""
    return words.lesson(filed.title, filed.sitting.class_name, filed.sitting.started_at)


async def notice_of(
    alert: Alert, filed: Filed, people: People, words: Wording, mentions: Sequence[Person] = ()
) -> Notice:
    """An alert in words, names and all, with the newest answers."""
    answers, passed = answers_to(filed.sitting, alert), filed.sitting.passed.get(alert.number, ())
    names = await people.get(_spoken_of(alert, answers, passed))
    tagged = [Mention(oid=oid, name=person.name) for person in mentions if (oid := oid_of(person.key))]
    alert = replace(alert, answered=answers, passed=passed)
    return words.alert(alert, names, lesson=lesson_of(filed, words), mentions=tagged)


def _spoken_of(alert: Alert, answers: Sequence[Answered], passed: Sequence[PassedOn]) -> set[PersonKey]:
    """Everybody an alert speaks of: whom it is about, who answered or wrote, who got it, and the keys among its facts."""
    found = {answer.by for answer in answers} | {note.by for note in alert.notes}
    found.update(person for step in passed for person in step.to)
    if alert.decision.about:
        found.add(alert.decision.about)
    for value in alert.decision.facts.values():
        if isinstance(value, str):
            found.add(PersonKey(value))
        elif isinstance(value, tuple):
            found.update(PersonKey(item) for item in value)
    return found
