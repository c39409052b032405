"""What a roster of the call, or a notice of it, means to a sitting: its events, whom nobody knows, and what is news. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from bot.controls import NOT_SHOWN
from bot.events import CallMoved, Event, Kind, PersonKey, RemovalSeen, RosterSeen, oid_of
from bot.fold import fold
from bot.members import ROSTER_LAG
from bot.ports import Roster
from bot.sitting import Sitting

WITHOUT_US = "a list without Schoolgate in it"


def events_of(seen: Roster, call: str, at: datetime, known: CallMoved | None = None) -> list[Event]:
    """The roster, and what it shows of ourselves: waiting in the lobby, inside, or, though inside for a while, not at all.

    `known` is what is known of our leg: a roster that goes on without us shows nothing that could be believed (law 14).
    """
    state = "lobby" if seen.waiting else "in" if seen.ours else None
    if state is None and known is not None and known.state == "in" and at - known.at > ROSTER_LAG:
        return [CallMoved(at=at, state=NOT_SHOWN, call=call, words=WITHOUT_US)]
    moved = [CallMoved(at=at, state=state, call=call)] if state else []
    return [*moved, RosterSeen(at=at, seats=seen.seats, ours=seen.ours)]


def unknown(sitting: Sitting, seen: Roster) -> Mapping[PersonKey, str]:
    """Whom the sitting does not know, with their names: the store then says who they are, and nobody is asked (law 2)."""
    return {seat.person: seat.name for seat in seen.seats if sitting.kind(seat.person) is Kind.UNRESOLVED}


def tells_in(event: Event) -> bool:
    """Whether this tells that we are inside."""
    return isinstance(event, CallMoved) and event.state == "in"


def is_news(sitting: Sitting, event: Event) -> bool:
    """What is known already writes nothing (law 8), nor a removal that was our own."""
    controls = sitting.controls
    if isinstance(event, RemovalSeen):
        ours = any(done.person == event.person and done.action == "remove" for done in sitting.corrected)
        return not ours and not controls.kept_out(event.person) and event.person not in controls.removed_in_teams
    if isinstance(event, CallMoved):
        if event.state == NOT_SHOWN and controls.roster_at is not None and event.at < controls.roster_at:
            return False  # a later look has shown it
        return controls.call is None or (controls.call.state, controls.call.call) != (event.state, event.call)
    if not isinstance(event, RosterSeen):
        return True
    seats = {seat.participant: seat for seat in event.seats if not seat.in_lobby}
    if not controls.believes(event):
        return False
    # the same roster is news if a decision waits for it, and once it has outlived a late join or a leave that never came
    return (
        controls.roster_at is None
        or any(asked > controls.roster_at for asked in _asked_of(sitting))
        or seats != controls.seats
        or fold(sitting, [event]).present() != sitting.present()
    )


def _asked_of(sitting: Sitting) -> Iterator[datetime]:
    """When a fresh look was asked at those in the call whom no directory knows."""
    for seat in sitting.controls.seats.values():
        asked = sitting.members[seat.person].check_asked
        if asked is not None and oid_of(seat.person) is None:
            yield asked
