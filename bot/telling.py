"""From a decision to what is read: whom it mentions, whom it speaks of, and the words with their names (law 7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.actions import ROLES_OF, Audience, Role
from bot.answering import answers_to
from bot.events import Answered, EpisodeState, Facts, PersonKey, oid_of
from bot.joining import join_link
from bot.likeness import like_whom
from bot.notice import Mention, Notice, Severity
from bot.ports import Alert, Decision, Filed, People, Person, Wording
from bot.repeats import added, repeats
from bot.school import School
from bot.sitting import EpisodeKey, Sitting

URGENCY = tuple(Severity)
"""The most urgent first."""

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
    alert = replace(alert, answered=answers_to(filed.sitting, alert), passed=filed.sitting.passed.get(alert.number, ()))
    several = [replace(alert, decision=decision) for decision in _several(alert.decision, filed.sitting)]
    names = await people.get({key for one in several for key in _spoken_of(one)})
    tagged = [Mention(oid=oid, name=person.name) for person in mentions if (oid := oid_of(person.key))]
    lesson = lesson_of(filed, words)
    hinted = [await _hinted(one, names, people) for one in several]
    said = [words.alert(one, known, lesson=lesson, mentions=tagged) for one, known in hinted]
    # what is most urgent of those that still hold stands first
    first = min(said, key=lambda notice: (notice.over, URGENCY.index(notice.severity)))
    rest = [notice.headline for notice in said if notice is not first]
    first = replace(first, link=(join_link(filed.sitting) or "") if first.join else "")
    if not rest:
        return first
    since: Facts = {"count": len(rest), "first": alert.since.isoformat()}
    return replace(first, more=(*first.more, words.reply("folded", since).headline, *rest))


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


def _several(decision: Decision, sitting: Sitting) -> list[Decision]:
    """An alert, and besides what was added to its card, each with its own words and whether it is over."""
    card: EpisodeKey = (decision.rule, decision.action, decision.to, decision.about)
    own, others = sitting.episodes.get(card), added(sitting, card)
    if own is None or own.number != decision.episode or not others:
        return [decision]
    return [
        replace(
            decision,
            about=about,
            say=episode.say,
            facts={**episode.facts, **repeats(episode)},
            over=episode.state == EpisodeState.CLOSED,
        )
        for about, episode in ((decision.about, own), *others)
    ]


def _spoken_of(alert: Alert) -> set[PersonKey]:
    """Everybody an alert speaks of: whom it is about, who answered or wrote, who got it, and the keys among its facts."""
    found = {answer.by for answer in alert.answered if isinstance(answer, Answered)} | {note.by for note in alert.notes}
    found.update(person for step in alert.passed for person in step.to)
    if alert.decision.about:
        found.add(alert.decision.about)
    for value in alert.decision.facts.values():
        if isinstance(value, str):
            found.add(PersonKey(value))
        elif isinstance(value, tuple):
            found.update(PersonKey(item) for item in value)
    return found
