"""Somebody who was not invited is asked about and told of; a person removes them, and Schoolgate watches that.

Clauses: C30 C31 C32 C33
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum

from bot.policy import Action, Audience, Duration, Facts, Kind, LookAgain, PersonKey, RuleSettings, Sitting, Tell, Verb

RULE = "uninvited_attendee"


class Choice(StrEnum):
    """What the school wants for a kind of stranger."""

    IGNORE = "ignore"
    TELL = "tell"
    ASK = "ask"


class Settings(RuleSettings):
    """A choice for each kind of stranger; `wait` for the invitation to be known; `patience` with a removal by hand."""

    guest: Choice = Choice.ASK
    other_tenant: Choice = Choice.ASK
    anonymous: Choice = Choice.ASK
    phone: Choice = Choice.ASK
    other_account: Choice = Choice.ASK
    other_class: Choice = Choice.ASK
    wait: Duration = timedelta(seconds=20)
    patience: Duration = timedelta(minutes=1)


KINDS = {
    Kind.GUEST: "guest",
    Kind.FOREIGN: "other_tenant",
    Kind.ANONYMOUS: "anonymous",
    Kind.PHONE: "phone",
    Kind.ACCOUNT: "other_account",
    Kind.PUPIL: "other_class",
}
OURS = (Kind.ACCOUNT, Kind.PUPIL)


def decide(sitting: Sitting, now: datetime, settings: Settings) -> Iterator[Action]:
    """Judge everybody present whose kind can be a stranger's."""
    for person in sitting.present(*KINDS):
        since = sitting.since(person)
        if since is None or sitting.invited(person):
            continue
        if sitting.described_at is None and now < since + settings.wait:
            yield LookAgain(at=since + settings.wait)
            continue
        kind = KINDS[sitting.kind(person)]
        choice: Choice = getattr(settings, kind)
        if choice is not Choice.IGNORE:
            yield from _stranger(sitting, now, settings, person, {"kind": kind, "since": since.isoformat()}, choice)


def _stranger(
    sitting: Sitting, now: datetime, settings: Settings, person: PersonKey, facts: Facts, choice: Choice
) -> Iterator[Action]:
    unsure = sitting.invited(person) is None and sitting.kind(person) in OURS
    if unsure and sitting.kind(person) is Kind.PUPIL:
        facts = {**facts, "kind": "pupil"}
    leads, host = "uninvited_attendee.present", "uninvited_attendee.ask"
    buttons: tuple[Verb, ...] = (Verb.REMOVE, Verb.LET_STAY)
    if stays := sitting.answer(RULE, person, Verb.LET_STAY):
        leads = host = "uninvited_attendee.let_stay"
        buttons, facts = (Verb.REMOVE,), {**facts, "by": stays.by}
    elif removing := sitting.answer(RULE, person, Verb.REMOVE):
        leads, host = "uninvited_attendee.being_removed", "uninvited_attendee.by_hand"
        buttons, facts = (Verb.LET_STAY,), {**facts, "by": removing.by}
        if now < (due := removing.at + settings.patience):
            yield LookAgain(at=due)
        else:
            leads, host = "uninvited_attendee.still_here", "uninvited_attendee.still_here"
    if choice is Choice.ASK or unsure:
        yield Tell(to=Audience.HOST, say=host, about=person, facts=facts, choices=buttons)
    if not unsure:
        answers = (Verb.ACKNOWLEDGE, Verb.NOT_A_PROBLEM)
        yield Tell(to=Audience.LEADS, say=leads, about=person, facts=facts, choices=answers)
