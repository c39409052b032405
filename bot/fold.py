"""The fold: a sitting and its events give the next sitting, one step for each kind of event. Pure.

Order of arrival does not matter (law 5): two sittings folded from the same events in any order are alike in everything that
rules can see.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from bot.changed import but, carried, having, later
from bot.controls import controls_after
from bot.events import (
    Answered,
    Approved,
    Blinded,
    CallMoved,
    CheckAsked,
    Corrected,
    Described,
    Ended,
    EpisodeMoved,
    Event,
    Identified,
    Joined,
    Kind,
    Left,
    Noted,
    NoteTakenBack,
    OrderRefused,
    PassedOn,
    RosterSeen,
    RotaSeen,
    SightReturned,
    Started,
    Warned,
    WarningTakenBack,
    Withheld,
    asks_what,
)
from bot.members import moved
from bot.seating import after_call, after_roster
from bot.sitting import Episode, Sitting, member_of


def takes(sitting: Sitting, event: Event, *, reopen: timedelta, stale: timedelta) -> bool:
    """Whether an event of its meeting belongs to this sitting rather than to a new one (law 1).

    A late event (older than the last seen) always does; a closed sitting reopens for `reopen`. An open one has lost
    its end when it is silent for `stale`, or when the meeting starts once more after it was silent for `reopen`: it
    takes no more.
    """
    last = sitting.over_since or sitting.last_seen_at
    if last is None or event.at <= last:
        return True
    still_held = sitting.is_open() and not isinstance(event, Started)
    return event.at - last <= (stale if still_held else reopen)


def fold(sitting: Sitting, events: Iterable[Event]) -> Sitting:
    """The sitting after these events. Numbers are the store's: see `numbered`.

    A sitting remembers its last step: what is judged and then written down is folded once, not twice.
    """
    for event in events:
        known = sitting.__dict__.get("_next")
        if known is not None and known[0] is event:
            sitting = known[1]
            continue
        after = carried(sitting, _step(sitting, event))
        if after is not sitting:
            sitting.__dict__["_next"] = (event, after)
        sitting = after
    return sitting


def numbered(sitting: Sitting, number: int) -> Sitting:
    """The sitting as of its event `number` (law 10)."""
    return carried(sitting, but(sitting, number=number)) if number != sitting.number else sitting


def _step(sitting: Sitting, event: Event) -> Sitting:  # noqa: C901, PLR0911 -- one flat line per kind of event is the clearest dispatch
    match event:
        case Joined() | Left():
            member = moved(member_of(sitting, event.person), event)
            return having(sitting, member, last_seen_at=later(sitting.last_seen_at, event.at))
        case Identified():
            return _identified(sitting, event)
        case RosterSeen():
            return after_roster(sitting, event)
        case Started():
            return replace(
                sitting,
                started_at=later(sitting.started_at, event.at),
                last_seen_at=later(sitting.last_seen_at, event.at),
            )
        case Ended():
            return replace(
                sitting,
                ended_at=later(sitting.ended_at, event.at),
                last_seen_at=later(sitting.last_seen_at, event.at),
            )
        case Described():
            return _described(sitting, event)
        case RotaSeen():
            return _rota(sitting, event)
        case Blinded():
            return replace(sitting, blind={**sitting.blind, event.why: event.at})
        case SightReturned():
            return replace(sitting, blind={why: at for why, at in sitting.blind.items() if why != event.why})
        case Approved():
            return replace(sitting, approvals={**sitting.approvals, event.pupil: event.until})
        case Answered():
            return _answered(sitting, event)
        case PassedOn():
            steps = (*sitting.passed.get(event.decision, ()), event)
            return replace(sitting, passed={**sitting.passed, event.decision: steps})
        case CheckAsked():
            return having(sitting, replace(member_of(sitting, event.person), check_asked=event.at))
        case Corrected():
            return replace(sitting, corrected=(*sitting.corrected, event))
        case Withheld():
            row = (event.person, event.action, event.rule, event.observation, event.status)
            return replace(sitting, withheld=sitting.withheld | {row})
        case EpisodeMoved():
            return _episode(sitting, event)
        case CallMoved():
            return after_call(sitting, event)
        case Warned() | WarningTakenBack():
            return _warned(sitting, event)
        case Noted() | NoteTakenBack():
            return _noted(sitting, event)
        case OrderRefused():
            return replace(sitting, refused=(*sitting.refused, event))
        case _:
            controls = controls_after(sitting.controls, event)
            return sitting if controls is sitting.controls else replace(sitting, controls=controls)


def _identified(sitting: Sitting, event: Identified) -> Sitting:
    member = member_of(sitting, event.person)
    if member.as_of is not None and event.at < member.as_of and member.kind is not Kind.UNRESOLVED:
        return sitting
    return having(sitting, replace(member, kind=event.kind, classes=event.classes, as_of=event.at))


def _described(sitting: Sitting, event: Described) -> Sitting:
    if sitting.described_at is not None and event.at < sitting.described_at:
        return sitting
    return replace(
        sitting,
        organizer=event.organizer or sitting.organizer,
        class_name=event.class_name,
        invitees=frozenset(event.invitees),
        invitees_known=event.invitees_known,
        described_at=event.at,
        scheduled_start=event.scheduled_start,
        scheduled_end=event.scheduled_end,
        join_url=event.join_url or sitting.join_url,
    )


def _rota(sitting: Sitting, event: RotaSeen) -> Sitting:
    newer = sitting.rota is None or event.at >= sitting.rota.at
    return replace(sitting, rota=event) if newer else sitting


def _noted(sitting: Sitting, event: Noted | NoteTakenBack) -> Sitting:
    """The notes of this lesson that stand."""
    if isinstance(event, Noted):
        return replace(sitting, noted=(*sitting.noted, event))
    standing = tuple(one for one in sitting.noted if (one.by, one.at) != (event.by, event.note))
    return replace(sitting, noted=standing)


def _episode(sitting: Sitting, event: EpisodeMoved) -> Sitting:
    key = (event.rule, event.action, event.to, event.about)
    before = sitting.episodes.get(key)
    same = before is not None and before.number == event.number
    episode = Episode(
        number=event.number,
        state=event.state,
        moved_at=event.at,
        say=event.say,
        facts=event.facts,
        opened_at=before.opened_at if same and before else event.at,
        choices=event.choices,
        times=event.times,
        into=event.into,
        into_number=event.into_number,
    )
    return replace(sitting, episodes={**sitting.episodes, key: episode})


def _answered(sitting: Sitting, event: Answered) -> Sitting:
    key = (event.rule, event.about, asks_what(event.verb))
    newest = sitting.answers.get(key)
    if newest is not None and event.at < newest.at:
        return sitting
    return replace(sitting, answers={**sitting.answers, key: event})


def _warned(sitting: Sitting, event: Warned | WarningTakenBack) -> Sitting:
    """`warned` are the warnings of this lesson that stand; of those that one person gave, the newest is taken back."""
    warnings = {**sitting.warnings, event.pupil: event.count}
    if isinstance(event, Warned):
        return replace(sitting, warnings=warnings, warned=(*sitting.warned, event))
    theirs = [one for one in sitting.warned if (one.pupil, one.by) == (event.pupil, event.by)]
    return replace(sitting, warnings=warnings, warned=tuple(one for one in sitting.warned if one not in theirs[-1:]))
