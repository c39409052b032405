"""From a decision to what is read: whom it mentions, whom it speaks of, and the words with their names (law 7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.actions import ROLES_OF, Audience, Role
from bot.events import Answered, PersonKey, oid_of
from bot.joining import join_link
from bot.notice import Mention, Notice
from bot.ports import Alert, Filed, People, Person, Wording
from bot.school import School


def mentioned(school: School, alert: Alert) -> tuple[Role, ...]:
    """The roles an alert mentions: the rule's own choice in school.toml, else its audience's."""
    rule = school.rule(alert.decision.rule)
    chosen = rule.settings.mention if rule else None
    audience = Audience(alert.decision.to)
    return ROLES_OF[audience] if chosen is None or audience in (Audience.HOST, Audience.ON_CALL) else chosen


def lesson_of(filed: Filed, words: Wording) -> str:
    """The lesson in a few words."""
    return words.lesson(filed.title, filed.sitting.class_name, filed.sitting.started_at)


async def notice_of(
    alert: Alert, filed: Filed, people: People, words: Wording, mentions: Sequence[Person] = ()
) -> Notice:
    """An alert in words, names and all, with the newest answers."""
    subject = (alert.decision.rule, alert.decision.about)
    answers = tuple(answer for (*about, _), answer in filed.sitting.answers.items() if tuple(about) == subject)
    names = await people.get(_spoken_of(alert, answers))
    tagged = [Mention(oid=oid, name=person.name) for person in mentions if (oid := oid_of(person.key))]
    notice = words.alert(replace(alert, answered=answers), names, lesson=lesson_of(filed, words), mentions=tagged)
    return replace(notice, link=(join_link(filed.sitting) or "") if notice.join else "")


def _spoken_of(alert: Alert, answers: Sequence[Answered]) -> set[PersonKey]:
    """Everybody an alert speaks of: whom it is about, who answered, and the keys among its facts."""
    found = {answer.by for answer in answers}
    if alert.decision.about:
        found.add(alert.decision.about)
    for value in alert.decision.facts.values():
        if isinstance(value, str):
            found.add(PersonKey(value))
        elif isinstance(value, tuple):
            found.update(PersonKey(item) for item in value)
    return found
