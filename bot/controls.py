"""What stands in a sitting: the meeting's options as last read, who must stay out, and what staff ordered. A part of the fold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.events import (
    CallMoved,
    CameOnHold,
    Event,
    HandsRefused,
    Held,
    MicsOrdered,
    OptionsAsked,
    OptionsRefused,
    OptionsSeen,
    Paused,
    PersonKey,
    ReadingAsked,
    Released,
    RemovalOrdered,
    RemovalPlanned,
    RemovalSeen,
    RemovalUndone,
    Resumed,
    RosterSeen,
    Seat,
    Setting,
    SureAsked,
)

ASSERTED = 2
"""How often an option is set: once, and once more if somebody changes it."""
NOT_SHOWN = "not_shown"
"""The state of a call that exists, of which Microsoft does not show us who is in it."""
IN_CALL = ("joined", "lobby", "in", NOT_SHOWN)
"""The states of a call that exists: asked for, waiting in the lobby, inside, not shown."""


@dataclass(frozen=True, slots=True)
class Controls:
    """`readings` counts how often the options were read; `asked` is what was decided on them, oldest first.

    `call_refused`: since when and why, as last said, we are kept out of the call or not shown it; None once we see it.
    `before_pause`: the options as read for the last pause, before it changed them. `turn_read`: whether they were read since
    the lesson was last paused or let go on.
    `unmuted`: since which roster each person's microphone has been seen open.
    `sharing` and `recording`: who shares a screen, and who has a recording running, by the seats.
    `came_on_hold`: the newest coming of each pupil on hold that was counted.
    """

    options: Mapping[str, Setting] | None = None
    before: Mapping[str, Setting] | None = None
    readings: int = 0
    read_at: datetime | None = None
    reading_asked: datetime | None = None
    asked: tuple[OptionsAsked, ...] = ()
    refused: OptionsRefused | None = None
    mics: MicsOrdered | None = None
    removed: Mapping[PersonKey, RemovalOrdered] = field(default_factory=dict)
    removed_in_teams: Mapping[PersonKey, datetime] = field(default_factory=dict)
    held: Mapping[PersonKey, datetime] = field(default_factory=dict)
    came_on_hold: Mapping[PersonKey, datetime] = field(default_factory=dict)
    undone: frozenset[PersonKey] = frozenset()
    planned: Mapping[PersonKey, RemovalPlanned] = field(default_factory=dict)
    asked_back: frozenset[tuple[PersonKey, PersonKey]] = frozenset()
    call: CallMoved | None = None
    seats: Mapping[str, Seat] = field(default_factory=dict)
    roster_at: datetime | None = None
    unmuted: Mapping[PersonKey, datetime] = field(default_factory=dict)
    sharing: frozenset[PersonKey] = frozenset()
    recording: frozenset[PersonKey] = frozenset()
    hands_refused: HandsRefused | None = None
    paused: Paused | None = None
    resumed: Resumed | None = None
    before_pause: Mapping[str, Setting] | None = None
    turn_read: bool = True
    call_refused: CallMoved | None = None

    def times_asked(self, option: str) -> int:
        """How often this option was set since staff last said what they want of it."""
        since = self.mics.at if self.mics and option == "mic" else None
        return sum(1 for asked in self.asked if option in asked.changes and (since is None or asked.at > since))

    def fought(self, option: str, wanted: Setting) -> bool:
        """Whether this option was set and set once more, and somebody changed it again: then people are asked, not fought."""
        return self.times_asked(option) >= ASSERTED and (self.options or {}).get(option) != wanted

    def seats_of(self, person: PersonKey) -> tuple[Seat, ...]:
        """Every endpoint of a person in the call."""
        return tuple(seat for seat in self.seats.values() if seat.person == person)

    def holds_mics(self) -> bool:
        """Whether attendees could not unmute themselves when the options were last read."""
        return (self.options or {}).get("mic") is False

    def read_since_unmuted(self, person: PersonKey) -> bool:
        """Whether the options were read after this microphone opened: if not, a teacher may have freed it meanwhile."""
        opened = self.unmuted.get(person)
        return opened is not None and self.read_at is not None and opened <= self.read_at

    def recorded(self) -> bool:
        """Whether somebody's seat says that the lesson is being recorded."""
        return bool(self.recording)

    def believes(self, roster: RosterSeen) -> bool:
        """Whether a roster can be believed (law 5): of a call that is not over, not older than the last, and with us in it.

        Where no call was ever heard of, none can be over. Its largest sequence number proves nothing: it is the last change of
        those who are still there.
        """
        over = self.call is not None and self.current_call() is None
        return roster.ours and not over and (self.roster_at is None or roster.at >= self.roster_at)

    def current_call(self) -> str | None:
        """The id of the call we are in, or joining."""
        return self.call.call if self.call is not None and self.call.state in IN_CALL else None

    def order_out(self, person: PersonKey) -> RemovalOrdered | None:
        """The order by which somebody must stay out of this sitting, if a person gave one and nobody took it back."""
        return None if person in self.undone else self.removed.get(person)

    def kept_out(self, person: PersonKey) -> bool:
        """Whether this person must stay out of this sitting."""
        return person not in self.undone and (person in self.removed or person in self.held)


def controls_after(controls: Controls, event: Event) -> Controls:  # noqa: PLR0911 -- one flat line per kind of event
    """The controls after an event; most events leave them as they are."""
    match event:
        case OptionsSeen() | OptionsRefused() | OptionsAsked() | ReadingAsked() | MicsOrdered():
            return _options(controls, event)
        case SureAsked() | RemovalPlanned() | RemovalOrdered() | RemovalUndone() | Held() | Released():
            return _kept_out(controls, event)
        case RemovalSeen():
            return replace(controls, removed_in_teams={**controls.removed_in_teams, event.person: event.at})
        case Paused() | Resumed():
            return _pause(controls, event)
        case CameOnHold():
            return replace(controls, came_on_hold={**controls.came_on_hold, event.pupil: event.since})
        case HandsRefused():
            return replace(controls, hands_refused=event)
        case CallMoved():
            return _call(controls, event)
        case _:
            return controls


def _pause(controls: Controls, event: Paused | Resumed) -> Controls:
    """A second pause within one changes nothing: what was before it is not forgotten."""
    if isinstance(event, Resumed):
        return replace(controls, paused=None, resumed=event, turn_read=False) if controls.paused else controls
    if controls.paused is not None:
        # whoever pauses a lesson that a rule had paused is the one to let it go on; only a rule tells the class another line
        line = controls.paused.line if event.by else event.line
        return replace(controls, paused=replace(controls.paused, by=controls.paused.by or event.by, line=line))
    return replace(controls, paused=event, resumed=None, before_pause=None, turn_read=False)


def _call(controls: Controls, event: CallMoved) -> Controls:
    refused = controls.call_refused
    if event.state in ("refused", NOT_SHOWN):
        refused = replace(event, at=refused.at) if refused else event
    if event.state in IN_CALL:
        refused = refused if event.state == NOT_SHOWN else None
    # seats are of the call they were seen in: the next one begins with nobody in it
    if event.state in IN_CALL and controls.current_call() in (None, event.call):
        return replace(controls, call=event, call_refused=refused)
    nobody = frozenset[PersonKey]()
    return replace(controls, call=event, call_refused=refused, seats={}, unmuted={}, sharing=nobody, recording=nobody)


def seated(controls: Controls, roster: RosterSeen) -> Controls:
    """The controls after a roster that is believed."""
    seats = {seat.participant: seat for seat in roster.seats if not seat.in_lobby}
    speaking = {seat.person for seat in seats.values() if not seat.muted}
    unmuted = {person: controls.unmuted.get(person, roster.at) for person in speaking}
    return replace(
        controls,
        seats=seats,
        roster_at=roster.at,
        unmuted=unmuted,
        sharing=frozenset(seat.person for seat in seats.values() if seat.sharing),
        recording=frozenset(seat.person for seat in seats.values() if seat.recording),
    )


def _kept_out(
    controls: Controls, event: SureAsked | RemovalPlanned | RemovalOrdered | RemovalUndone | Held | Released
) -> Controls:
    match event:
        case SureAsked():
            return replace(controls, asked_back=controls.asked_back | {(event.by, event.person)})
        case RemovalPlanned():
            return replace(controls, planned={**controls.planned, event.person: event})
        case RemovalOrdered():
            removed = {**controls.removed, event.person: event}
            planned = _without(controls.planned, event.person)
            return replace(controls, removed=removed, undone=controls.undone - {event.person}, planned=planned)
        case RemovalUndone():
            # where nothing had been done yet, what kept this person out before goes on doing so
            undone = controls.undone if event.person in controls.planned else controls.undone | {event.person}
            return replace(controls, undone=undone, planned=_without(controls.planned, event.person))
        case Held():
            return replace(controls, held={**controls.held, event.pupil: event.since})
        case Released():
            return _released(controls, event.pupil)


def _options(
    controls: Controls, event: OptionsSeen | OptionsRefused | OptionsAsked | ReadingAsked | MicsOrdered
) -> Controls:
    match event:
        case OptionsSeen():
            turn, before_pause = controls.paused or controls.resumed, controls.before_pause
            turn_read = controls.turn_read or (turn is not None and event.at >= turn.at)
            if controls.paused is not None and turn_read and before_pause is None:
                before_pause = event.options
            return replace(
                controls,
                options=event.options,
                before=controls.before or event.options,
                before_pause=before_pause,
                turn_read=turn_read,
                readings=controls.readings + 1,
                read_at=event.at,
                refused=None,
            )
        case OptionsRefused():
            return replace(controls, refused=event, read_at=event.at)
        case ReadingAsked():
            return replace(controls, reading_asked=event.at)
        case OptionsAsked():
            return replace(controls, asked=(*controls.asked, event))
        case MicsOrdered():
            return replace(controls, mics=event)


def _without(planned: Mapping[PersonKey, RemovalPlanned], person: PersonKey) -> Mapping[PersonKey, RemovalPlanned]:
    return {one: plan for one, plan in planned.items() if one != person}


def _released(controls: Controls, pupil: PersonKey) -> Controls:
    return replace(
        controls,
        held={held: since for held, since in controls.held.items() if held != pupil},
        removed={removed: order for removed, order in controls.removed.items() if removed != pupil},
    )
