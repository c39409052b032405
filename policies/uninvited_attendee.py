"""Somebody who was not invited is asked about and told of, or removed where the school chose so; Schoolgate watches that.

Clauses: C30 C31 C32 C33
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum

from bot.policy import (
    Action,
    Answered,
    Audience,
    Duration,
    Facts,
    Kind,
    LookAgain,
    PersonKey,
    RemovalOrdered,
    Remove,
    RuleSettings,
    Sitting,
    Tell,
    Verb,
)

RULE = "uninvited_attendee"


class Choice(StrEnum):
    """What the school wants for a kind of stranger."""

    IGNORE = "ignore"
    TELL = "tell"
    ASK = "ask"
    REMOVE = "remove"


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


OTHERS = {Kind.FOREIGN: "other_tenant", Kind.ACCOUNT: "other_account", Kind.PUPIL: "other_class"}
KINDS = {kind: OTHERS.get(kind, kind.value) for kind in (Kind.GUEST, Kind.ANONYMOUS, Kind.PHONE, *OTHERS)}
OURS = (Kind.ACCOUNT, Kind.PUPIL)
SEEN = (Verb.ACKNOWLEDGE, Verb.NOT_A_PROBLEM)
WORSE = ("uninvited_attendee.still_here", "uninvited_attendee.present")
"""After anything else these are news: what was to happen has not, or will not."""
Standing = tuple[str, str, tuple[Verb, ...], Answered | RemovalOrdered | None]
"""What the leads and the host are told, the host's buttons, and who has answered."""


def decide(sitting: Sitting, now: datetime, settings: Settings) -> Iterator[Action]:
    """Judge everybody present whose kind can be a stranger's, those who have been there longest first."""
    for person in sitting.unexpected(*KINDS):
        since = sitting.since(person) or now
        if sitting.described_at is None and now < since + settings.wait:
            yield LookAgain(at=since + settings.wait)
            return  # whoever came later is waited for longer
        if getattr(settings, KINDS[sitting.kind(person)]) is not Choice.IGNORE:
            yield from _stranger(sitting, now, settings, person, since)


def _stranger(
    sitting: Sitting, now: datetime, settings: Settings, person: PersonKey, since: datetime
) -> Iterator[Action]:
    kind = KINDS[sitting.kind(person)]
    choice: Choice = getattr(settings, kind)
    unsure = sitting.invited(person) is None and sitting.kind(person) in OURS
    leads, host, buttons, answer = _standing(sitting, person)
    going_since = answer.at if answer and leads == "uninvited_attendee.being_removed" else None
    if not (answer or unsure or sitting.another_nameless_removed(person)) and choice is Choice.REMOVE:
        leads = host = "uninvited_attendee.to_go"
        buttons, going_since = (Verb.LET_STAY,), sitting.newest_join(person)
        yield Remove(about=person, why=leads)
    if going_since and now < (due := going_since + settings.patience):
        yield LookAgain(at=due)
    elif going_since:
        leads = host = "uninvited_attendee.still_here"
    kind = "pupil" if unsure and sitting.kind(person) is Kind.PUPIL else kind
    facts: Facts = {"kind": kind, "since": since.isoformat(), **({"by": answer.by} if answer else {})}
    if choice is not Choice.TELL or unsure:
        yield Tell(to=Audience.HOST, say=host, about=person, facts=facts, choices=buttons, anew=host in WORSE)
    if not unsure:
        yield Tell(to=Audience.LEADS, say=leads, about=person, facts=facts, choices=SEEN, anew=leads in WORSE)


def _standing(sitting: Sitting, person: PersonKey) -> Standing:
    if stays := sitting.answer(RULE, person, Verb.LET_STAY):
        return "uninvited_attendee.let_stay", "uninvited_attendee.let_stay", (Verb.REMOVE,), stays
    if order := sitting.controls.order_out(person):
        return "uninvited_attendee.ordered_out", "uninvited_attendee.ordered_out", (Verb.LET_STAY,), order
    if asked := sitting.answer(RULE, person, Verb.REMOVE):
        return "uninvited_attendee.being_removed", "uninvited_attendee.by_hand", (Verb.LET_STAY,), asked
    return "uninvited_attendee.present", "uninvited_attendee.ask", (Verb.REMOVE, Verb.LET_STAY), None
