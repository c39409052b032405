"""From a decision to what is read: whom it mentions, whom it speaks of, and the words with their names (law 7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.actions import ROLES_OF, Audience, Role
from bot.events import Answered, PersonKey, oid_of
from bot.joining import join_link
from bot.likeness import like_whom
from bot.notice import Mention, Notice
from bot.ports import Alert, Filed, People, Person, Wording
from bot.school import School

STRANGERS = "uninvited_attendee"
"""The rule whose alerts are about somebody who was not invited."""


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
    alert, names = await _hinted(alert, names, people)
    tagged = [Mention(oid=oid, name=person.name) for person in mentions if (oid := oid_of(person.key))]
    notice = words.alert(replace(alert, answered=answers), names, lesson=lesson_of(filed, words), mentions=tagged)
    return replace(notice, link=(join_link(filed.sitting) or "") if notice.join else "")


async def _hinted(
    alert: Alert, names: Mapping[PersonKey, Person], people: People
) -> tuple[Alert, Mapping[PersonKey, Person]]:
    """The fact `like`: the member of staff whose name a stranger's looks like. Names meet only here, so it is said only here."""
    decision = alert.decision
    stranger = names.get(decision.about) if decision.about else None
    if decision.rule != STRANGERS or decision.over or stranger is None or not stranger.names_itself:
        return alert, names
    staff = {person.key: person for person in await people.staff()}
    like = like_whom(stranger.name, ((key, person.name) for key, person in staff.items()))
    if like is None:
        return alert, names
    return replace(alert, decision=replace(decision, facts={**decision.facts, "like": like})), {
        **names,
        like: staff[like],
    }


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
