"""What Schoolgate says of itself: what it cannot see, may not set, and is not let do. Pure; the engine asks it like a rule."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from bot.actions import Audience, LookAgain, Tell
from bot.controls import NOT_SHOWN
from bot.events import Facts, Kind
from bot.pausing import NAME as PAUSE
from bot.pausing import changed_meanwhile
from bot.school import School
from bot.sitting import CUT_OFF, NO_ROSTER, Sitting

NAMES = ("sight", "options", "call", "hands", PAUSE)
"""Under which names it is told: no rule's."""

NO_RIGHT = ("organizer", "in_lobby", "participant_gone", "call_ended")
"""Refusals of a removal or muting that no administrator can mend."""


ROSTERS = 6
"""How many times the patience a roster may be missing, if not the call, before people hear: Graph is slow now and then."""


def say(sitting: Sitting, now: datetime, school: School) -> Iterator[tuple[str, Tell | LookAgain]]:
    """Each with the name it is told under."""
    yield from (("sight", what) for what in _sight(sitting, now, school))
    if school.school.tier == "watch" or not sitting.is_open():
        return
    yield from (("options", what) for what in _options(sitting))
    yield from (("call", what) for what in _call(sitting, now, school))
    yield from (("hands", what) for what in _hands(sitting))
    yield from ((PAUSE, what) for what in _pause(sitting))


def _sight(sitting: Sitting, now: datetime, school: School) -> Iterator[Tell | LookAgain]:
    """Say once to CLT what of this sitting cannot be seen (law 14); a short gap in the call or the directory is none."""
    patience = school.school.patience
    why = dict(sitting.blind) if sitting.is_open() else {}
    unknown = sitting.present(Kind.UNRESOLVED)
    first = sitting.since(unknown[0]) if unknown else None
    passing = {"directory": first} if first is not None else {}
    passing |= {cut_off: why.pop(cut_off) for cut_off in CUT_OFF.values() if cut_off in why}
    for what, since in passing.items():
        if now < (due := since + patience * (ROSTERS if what == NO_ROSTER else 1)):
            yield LookAgain(at=due)
        else:
            why[what] = since
    if why:
        facts: Facts = {"why": tuple(sorted(why)), "since": min(why.values()).isoformat()}
        yield Tell(to=Audience.CLT, say="sight.blind", facts=facts)


def _options(sitting: Sitting) -> Iterator[Tell]:
    refused = sitting.controls.refused
    if refused is not None:
        yield Tell(to=Audience.IT, say="options.refused", facts={"code": refused.code, "words": refused.words})


def _call(sitting: Sitting, now: datetime, school: School) -> Iterator[Tell | LookAgain]:
    """In the lobby the host can let us in; where the call is refused, or not shown, CLT hears that nobody is removed, IT why.

    Whom the sitting is blind for already CLT has been told.
    """
    call = sitting.controls.call
    if call is None:
        return
    if call.state == "lobby":
        if now < (due := call.at + school.school.patience):
            yield LookAgain(at=due)
        else:
            yield Tell(to=Audience.HOST, say="call.lobby", facts={"since": call.at.isoformat()})
    elif (refused := sitting.controls.call_refused) and now < (
        due := refused.at + school.school.patience * (ROSTERS if call.state == NOT_SHOWN else 1)
    ):
        yield LookAgain(at=due)
    elif refused:
        say = "call.not_shown" if call.state == NOT_SHOWN else "call.refused"
        yield Tell(to=Audience.IT, say=say, facts={"words": refused.words})
        if not sitting.blind:
            yield Tell(to=Audience.CLT, say="call.without")


def _pause(sitting: Sitting) -> Iterator[Tell]:
    """The leads hear of a pause that a person asked for, and the host of what was changed during one."""
    controls = sitting.controls
    if controls.paused is not None and controls.paused.by is not None:
        facts: Facts = {"by": controls.paused.by, "since": controls.paused.at.isoformat()}
        yield Tell(to=Audience.LEADS, say="pause.on", facts=facts)
    elif changed := changed_meanwhile(controls):
        yield Tell(to=Audience.HOST, say="pause.changed", facts={"options": changed})


def _hands(sitting: Sitting) -> Iterator[Tell]:
    """What Microsoft refused to do to somebody, the host does by hand, and IT mends."""
    refused = sitting.controls.hands_refused
    if refused is None:
        return
    if refused.code not in NO_RIGHT:
        facts: Facts = {"code": refused.code, "words": refused.words}
        yield Tell(to=Audience.IT, say="hands.refused", facts=facts)
    if sitting.since(refused.person) is not None:
        say = "removal.by_hand" if refused.action == "remove" else "muting.by_hand"
        yield Tell(to=Audience.HOST, say=say, about=refused.person)
