"""A lesson that stands still (C78 C94): what is shut off, what is put back, and what was changed meanwhile. Pure.

Staff pause a lesson and let it go on; a rule may ask for the same while no adult is there. What was before is read from the
meeting after the pause was asked for and before anything is changed, so that exactly that is put back; once everybody has
gone too, for the next lesson of a series has the same options.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.actions import Mode, SetOptions
from bot.controls import Controls
from bot.events import Setting
from bot.ports import Decision

NAME = "pause"
"""Under which name it is told and set: no rule's."""

STILL: Mapping[str, Setting] = {
    "mic": False,
    "camera": False,
    "chat": "disabled",
    "reactions": False,
    "lobby": "organizer",
    "admitters": "coorganizers",
}


COVERED: Mapping[str, Setting] = {
    **{option: value for option, value in STILL.items() if option != "admitters"},
    "lobby": "organizationExcludingGuests",
}
"""The same where no adult is inside: nobody could admit whoever comes to take over, so the school's own accounts pass."""


def announced(say: str, now: datetime) -> Decision:
    """One calm line for the whole class, in the meeting's chat: no name, nothing of why."""
    seen = int(now.timestamp() * 1000)
    return Decision(rule=NAME, action="announce", mode=Mode.ACT, to="class", observation=seen, say=say)


def still(controls: Controls) -> SetOptions | None:
    """What a pause wants of the options now, or what its end wants put back, once; nothing before they were read for it."""
    if controls.options is None or controls.before_pause is None:
        return None
    if controls.paused is not None:
        return SetOptions(changes=STILL if controls.paused.by else COVERED, why="pause.paused")
    resumed = controls.resumed
    if resumed is None or not controls.turn_read:
        return None
    if any(asked.at > resumed.at for asked in controls.asked):
        return None
    back = {option: value for option, value in controls.before_pause.items() if option in STILL}
    untouched = {option: value for option, value in back.items() if controls.options.get(option) in _shut(option)}
    return SetOptions(changes=untouched, why="pause.resumed") if untouched else None


def changed_meanwhile(controls: Controls) -> tuple[str, ...]:
    """The options that somebody set otherwise during the last pause: they are said, not overwritten."""
    if controls.resumed is None or not controls.turn_read:
        return ()
    before, now = controls.before_pause or {}, controls.options or {}
    return tuple(option for option in STILL if now.get(option) not in (*_shut(option), before.get(option)))


def to_put_back(controls: Controls) -> bool:
    """Whether a pause is over and the options have not been read since: without that nothing is put back."""
    return controls.paused is None and controls.resumed is not None and not controls.turn_read


def _shut(option: str) -> tuple[Setting | None, ...]:
    """What a pause sets an option to: a person's, or a rule's."""
    return STILL[option], COVERED.get(option, STILL[option])
