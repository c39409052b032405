"""What one transaction writes: the arrival's events, who the newcomers are as far as is known, and the judgement. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.controls import IN_CALL
from bot.engine import judge
from bot.events import (
    Approved,
    Blinded,
    CallMoved,
    CameOnHold,
    Described,
    Ended,
    Event,
    Held,
    Identified,
    Joined,
    Kind,
    Paused,
    PersonKey,
    ReadingAsked,
    Released,
    Resumed,
    RosterSeen,
    oid_of,
)
from bot.fold import fold
from bot.options import SOON, next_reading
from bot.pausing import to_put_back
from bot.ports import Arrival, Before, Job, Ruling
from bot.school import School
from bot.sitting import CUT_OFF, Sitting

SILENT = timedelta(hours=4)
"""An open sitting of which nothing is heard for this long has lost its end."""

REJOIN, REJOIN_LOST = timedelta(seconds=30), timedelta(seconds=2)
"""How long after a call was refused or asked for in vain it is tried again, and how long after it was lost."""

PUT_BACK = timedelta(hours=1)
"""How long after a lesson its options, shut by a pause, are tried to be put back."""

SIGHTLESS = {
    "meetnow": "meet_now",
    "adhoc": "meet_now",
    "channelscheduled": "channel",
    "channelrecurring": "channel",
    "onetoonecall": "call",
    "groupcall": "call",
}
"""Kinds of meeting that raise no join events (teams-platform facts, section 1.1), by Teams' name in lower case."""


def rule_on(arrival: Arrival, before: Before, school: School, events: Sequence[Event] | None = None) -> Ruling:
    """Judge the sitting with this arrival in it. `events` stand in for the arrival's own where they needed `before.now`."""
    own = [*(arrival.events if events is None else events), *_given_up(before, arrival), *_blind(arrival, before)]
    sitting = fold(before.sitting, own)
    known, unknown = _newcomers(sitting, own, before)
    known += [*_approved(sitting, before), *_held(sitting, before)]
    sitting = fold(sitting, known)
    came = _came_on_hold(sitting, before)
    known, sitting = [*known, *came], fold(sitting, came)
    judgement = judge(
        sitting, before.now, school, school_corrected=before.school_corrected, staff_shrunk=before.staff_shrunk
    )
    turns = [event for event in judgement.events if isinstance(event, Paused | Resumed)]
    reading, read_next = _reading(fold(sitting, turns), before, school)
    people = dict.fromkeys([*unknown, *judgement.checks])
    jobs = [Job(kind="identify", sitting=before.sitting_id, person=person) for person in people if oid_of(person)]
    if len(jobs) < len(people):
        jobs.append(Job(kind="glance", sitting=before.sitting_id))  # who has no account is looked at, not up
    if _undescribed(sitting, before, own):
        jobs.append(Job(kind="describe", sitting=before.sitting_id))
    call, call_next = _calling(sitting, before, school)
    if call:
        jobs.append(Job(kind="join", sitting=before.sitting_id))
    if reading:
        jobs.append(Job(kind="options", sitting=before.sitting_id))
    return Ruling(
        events=(*own, *known, *judgement.events, *reading, *call),
        decisions=judgement.decisions,
        jobs=tuple(jobs),
        look_at=min(filter(None, (judgement.look_at, read_next, call_next)), default=None),
        judged=True,
    )


def _calling(sitting: Sitting, before: Before, school: School) -> tuple[list[Event], datetime | None]:
    """Whether to join the call now, and when to try again: in the tier that has hands, while the lesson is held."""
    call = sitting.controls.call
    if school.school.tier != "remove" or not _reachable(sitting):
        return [], None
    if call is not None and call.state in IN_CALL:
        return [], None
    due = sitting.described_at
    if call is not None:
        due = call.at + (REJOIN_LOST if call.state == "ended" else REJOIN)
    if due is not None and due > before.now:
        return [], due
    return [CallMoved(at=before.now, state="asked")], before.now + REJOIN


def _reachable(sitting: Sitting) -> bool:
    """Whether the lesson is held and of a kind that has options and a call."""
    return sitting.is_open() and sitting.described_at is not None and not (sitting.blind.keys() - {*CUT_OFF.values()})


def _left_shut(sitting: Sitting, now: datetime) -> bool:
    """Whether everybody has gone from a lesson that was paused, and its options are still to be put back."""
    over = sitting.over_since
    return over is not None and now - over < PUT_BACK and not sitting.blind and to_put_back(sitting.controls)


def _reading(sitting: Sitting, before: Before, school: School) -> tuple[list[Event], datetime | None]:
    """Whether the meeting's options are to be read now, and when next: in a tier that may set them, while it is held."""
    if school.school.tier == "watch" or sitting.described_at is None:
        return [], None
    if not (_reachable(sitting) or _left_shut(sitting, before.now)):
        return [], None
    controls = sitting.controls
    # where the microphones are free, any number may be open, and none of them calls for a reading
    opened = [controls.unmuted[person] for person in sitting.unmuted(Kind.PUPIL)] if controls.holds_mics() else []
    due = next_reading(controls, sitting.described_at, max(opened, default=None))
    return ([ReadingAsked(at=before.now)], before.now + SOON) if due <= before.now else ([], due)


def _newcomers(sitting: Sitting, events: Iterable[Event], before: Before) -> tuple[list[Event], list[PersonKey]]:
    """Who has just come: those the directory is known to know, and those to be looked up (law 2)."""
    known: list[Event] = []
    unknown: list[PersonKey] = []
    for person in dict.fromkeys(_came(events, before.sitting)):
        record = before.known.get(person)
        if sitting.kind(person) is not Kind.UNRESOLVED or oid_of(person) is None:
            continue
        if record is not None and record.fresh and record.kind is not Kind.UNRESOLVED:
            at = min(record.as_of, before.now)
            known.append(Identified(at=at, person=person, kind=record.kind, classes=record.classes))
        else:
            unknown.append(person)
    return known, unknown


def _came(events: Iterable[Event], before: Sitting) -> Iterator[PersonKey]:
    """Everybody whom these events bring in: by a join, or by the call's roster, which shows all who are there every time."""
    for event in events:
        if isinstance(event, Joined):
            yield event.person
        elif isinstance(event, RosterSeen):
            yield from (seat.person for seat in event.seats if not seat.in_lobby and before.since(seat.person) is None)


def _approved(sitting: Sitting, before: Before) -> list[Approved]:
    """Approvals of one-to-one lessons that this sitting has not heard of, and the end of one that it still believes in."""
    return [
        Approved(at=before.now, pupil=person, until=record.approved[0], by=record.approved[1])
        for person, record in before.known.items()
        if record.approved
        and sitting.approvals.get(person, before.now) != record.approved[0]
        and (record.approved[0] > before.now or sitting.one_to_one_approved(person, before.now))
    ]


def _held(sitting: Sitting, before: Before) -> list[Event]:
    """Pupils on hold of whom this sitting has not heard, and the release of those it still keeps out."""
    controls, found = sitting.controls, list[Event]()
    for person, record in before.known.items():
        held = person in controls.held
        if record.held and not held:
            found.append(Held(at=before.now, pupil=person, since=record.held))
        elif record.held is None and record.kind is Kind.PUPIL and (held or person in controls.removed):
            found.append(Released(at=before.now, pupil=person, by=None))
    return found


def _came_on_hold(sitting: Sitting, before: Before) -> list[Event]:
    """Pupils on hold who have come in since, each coming once: a second device of somebody who is there is none."""
    controls, found = sitting.controls, list[Event]()
    for person, held in controls.held.items():
        since, known = sitting.since(person), before.sitting.newest_join(person)
        counted = controls.came_on_hold.get(person)
        same_stay = counted is not None and known is not None and since is not None and since <= known
        if since is not None and since > (counted or held) and controls.kept_out(person) and not same_stay:
            found.append(CameOnHold(at=before.now, pupil=person, since=since))
    return found


def _undescribed(sitting: Sitting, before: Before, events: Iterable[Event]) -> bool:
    """Whether this arrival opened the sitting, so that somebody must find out what lesson it is."""
    news = any(not isinstance(event, Described) for event in events)
    return news and before.opened_now and sitting.described_at is None


def _blind(arrival: Arrival, before: Before) -> list[Event]:
    """Say at the opening that this kind of meeting shows no joins (law 14)."""
    why = SIGHTLESS.get((arrival.meeting_type or "").casefold())
    if why is None or why in before.sitting.blind:
        return []
    return [Blinded(at=before.now, why=why)]


def _given_up(before: Before, arrival: Arrival) -> list[Event]:
    """End a sitting that has been silent too long, as of the last that was seen of it."""
    last = before.sitting.last_seen_at
    if arrival.events or last is None or not before.sitting.is_open() or before.now - last < SILENT:
        return []
    return [Ended(at=last)]


def stamped(events: Iterable[Event], before: Before, ago: timedelta = timedelta()) -> tuple[Event, ...]:
    """The same events as of the database's time, `ago` earlier: for what we saw ourselves (law 9)."""
    return tuple(replace(event, at=before.now - ago) for event in events)
