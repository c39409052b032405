"""Orders that only look: the lesson so far (C50 C51), and what is on record of a pupil, for leads and CLT (C36)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.actions import LEADING
from bot.answering import SHARED
from bot.coverage import Coverage, coverage_of
from bot.events import (
    CameOnHold,
    Ended,
    EpisodeMoved,
    EpisodeState,
    Event,
    Fact,
    Facts,
    Joined,
    MicsOrdered,
    PersonKey,
    Released,
    RemovalOrdered,
    RemovalPlanned,
    RemovalUndone,
    RosterSeen,
    Started,
    Warned,
    WarningTakenBack,
)
from bot.forms import Forms
from bot.held import how_ended, step_told, today
from bot.naming import listed, meant
from bot.picking import Order, Picking
from bot.ports import (
    NoteFiled,
    OutOfReach,
    People,
    Person,
    PupilRecord,
    Records,
    Refused,
    Register,
    Reply,
    Wording,
)
from bot.school import School
from bot.sitting import Sitting
from bot.staffroom import Staffroom
from bot.telling import lesson_of

NEWEST = 18
"""How many lines of a lesson are shown: a card has room for twenty."""

ENDINGS = ("release", "ended")
"""What the line of how a hold ended says already."""

Line = tuple[datetime, str, Facts]
"""When, which words, and with which facts."""


@dataclass(frozen=True, slots=True)
class RecordOrders:
    """Carries these orders out."""

    school: School
    register: Register
    people: People
    records: Records
    picking: Picking
    staffroom: Staffroom
    words: Wording
    forms: Forms

    async def log(self, order: Order) -> Reply:
        """The lesson so far, newest last."""
        filed = await self.register.sitting(order.sitting_id) if order.sitting_id is not None else None
        if filed is None:
            return self.forms.no("no_lesson")
        events = await self.records.events(filed.sitting_id)
        lines = [
            *happened(_readable(events, order.by)),
            *recorded(events),
            *map(_noted, await self.records.notes(filed.sitting_id)),
        ]
        lines.sort(key=lambda line: line[0])
        people = await self.people.get(_keys(facts for _, _, facts in lines))
        shown = [self._line(line, people) for line in lines[-NEWEST:]]
        seen = coverage_of(Sitting(filed.sitting.meeting), events, filed.now)
        alerts = sum(key == "log.alert" for _, key, _ in happened(_readable(events, order.by)))
        shown += [self.words.reply(key, _seen(seen, alerts)).headline for key in ("log.seen", "log.sources")]
        facts: Facts = {"lesson": lesson_of(filed, self.words), "earlier": max(0, len(lines) - NEWEST)}
        return Reply(notice=self.words.reply("log", facts, details=shown))

    def _line(self, line: Line, people: Mapping[PersonKey, Person]) -> str:
        at, key, facts = line
        return self.words.reply(key, {"at": at.isoformat(), **facts}, people).headline

    async def who(self, order: Order) -> Reply:
        """A pupil's warnings, removals and holds over all lessons: for leads and CLT."""
        try:
            if not await self.staffroom.roles(order.by) & LEADING:
                return self.forms.no("refused.not_lead")
            mentioned = await self.picking.mentioned(order)
        except (OutOfReach, Refused):
            return self.forms.no("refused.cannot_tell")
        there = await self.picking.anywhere(order, mentioned)
        found, _ = meant(order.said.named, order.rest, there)
        if len(found) != 1:
            among = found or there
            return self.forms.which_pupil(order.said, "who", self.forms.no("who.pick", listed(among)), among)
        return await self._record(found[0])

    async def _record(self, pupil: Person) -> Reply:
        record = await self.records.of_pupil(pupil.key)
        lines = sorted(filed(record, self.school), key=lambda line: line[0], reverse=True)
        people = {**await self.people.get(_keys(facts for _, _, facts in lines)), pupil.key: pupil}
        details = [
            self.words.reply(key, {"on": today(at, self.school).isoformat(), **facts}, people).headline
            for at, key, facts in lines[:NEWEST]
        ]
        facts: Facts = {"pupil": pupil.key, "counting": record.counting, "warnings": len(record.warnings)}
        held = any(hold.released_at is None for hold in record.holds)
        return Reply(notice=self.words.reply("who.record", {**facts, "held": held}, people, details))


def _seen(seen: Coverage, alerts: int) -> Facts:
    """How much of the lesson was seen, as facts for its words."""
    return {
        "alerts": alerts,
        "percent": seen.percent,
        "blind": int(seen.blind.total_seconds()),
        "messages": seen.messages,
        "rosters": seen.rosters,
        "disagreed": seen.disagreed,
    }


def filed(record: PupilRecord, school: School) -> Iterator[Line]:
    """A pupil's record, line by line; what was taken back or has ended says so."""
    for one in record.warnings:
        state = "back" if one.taken_back else "counts" if one.expires > record.now else "expired"
        yield one.at, "who.warning", {"by": one.by, "reason": one.reason or None, "key": one.key, "state": state}
    for hold in record.holds:
        facts: Facts = {"by": hold.by, "reason": hold.reason or None, "key": hold.key, "ends": hold.ends}
        yield hold.since, "who.hold", {**facts, "came": hold.came}
        yield from ((step.at, *step_told(step, school)) for step in hold.steps if step.what not in ENDINGS)
        if hold.released_at is not None and hold.released_by is not None:
            ended: Facts = {"by": hold.released_by, "agreed": hold.agreed or None, "how": how_ended(hold)}
            yield hold.released_at, "who.released", ended


def recorded(events: Iterable[Event]) -> Iterator[Line]:
    """When a recording was first seen to run, and whose it is; with that, where Teams keeps it (C42 C52)."""
    seats = ((event.at, seat) for event in events if isinstance(event, RosterSeen) for seat in event.seats)
    first = next(((at, seat.person) for at, seat in seats if seat.recording), None)
    if first is not None:
        yield first[0], "log.recording", {"about": first[1]}


def happened(events: Iterable[Event]) -> Iterator[Line]:
    """What of a lesson's events an adult wants to read; the machinery's own, and what only repeats, are left out."""
    told: set[str] = set()
    for event in events:
        line = _line_of(event)
        if line is not None and (mark := _once(event)) not in told:
            told |= {mark} - {""}
            yield event.at, *line


def _readable(events: Iterable[Event], by: PersonKey) -> Iterator[Event]:
    """Without the alerts to others that are about whoever asks: they are not that person's to read."""
    for event in events:
        if isinstance(event, EpisodeMoved) and event.to in SHARED:
            adults = event.facts.get("adults")
            if by == event.about or (isinstance(adults, tuple) and by in adults):
                continue
        yield event


def _once(event: Event) -> str:
    """What is told once a lesson: that somebody came, and each alert however often its facts change."""
    match event:
        case Joined():
            return f"came {event.person}"
        case EpisodeMoved():
            return f"{event.rule} {event.to} {event.about} {event.number}"
        case _:
            return ""


def _line_of(event: Event) -> tuple[str, Facts] | None:  # noqa: C901, PLR0911 -- one flat line per kind of event is the clearest dispatch
    match event:
        case Joined():
            return "log.joined", {"about": event.person}
        case Started():
            return "log.started", {}
        case Ended():
            return "log.ended", {}
        case Warned():
            return "log.warned", {"about": event.pupil, "by": event.by, "key": event.reason, "count": event.count}
        case WarningTakenBack():
            return "log.taken_back", {"about": event.pupil, "by": event.by}
        case RemovalOrdered():
            return "log.removed", {"about": event.person, "by": event.by, "key": event.reason}
        case RemovalPlanned():
            return "log.planned", {"about": event.person, "by": event.by, "key": event.reason}
        case RemovalUndone():
            return "log.undone", {"about": event.person, "by": event.by}
        case Released():
            return "log.released", {"about": event.pupil}
        case CameOnHold():
            return "log.came_on_hold", {"about": event.pupil}
        case MicsOrdered():
            return "log.mics", {"open": event.open, "by": event.by}
        case EpisodeMoved() if event.state is EpisodeState.OPEN:
            return "log.alert", {"rule": event.rule, "to": event.to, "about": event.about}
        case _:
            return None


def _noted(note: NoteFiled) -> Line:
    return note.at, "log.note", {"by": note.by, "text": note.text, "back": note.taken_back}


def _keys(facts: Iterable[Facts]) -> set[PersonKey]:
    """Everybody these speak of."""
    named: Iterator[Fact] = (one.get(name) for one in facts for name in ("about", "by", "pupil"))
    return {PersonKey(value) for value in named if isinstance(value, str)}
