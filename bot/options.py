"""Meeting options: what rules want of them at once, and when to read them again. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.actions import SetOptions
from bot.controls import Controls
from bot.events import Setting

SOON, LATER = timedelta(minutes=1), timedelta(minutes=5)

STRICTER: dict[str, tuple[Setting, ...]] = {
    "presenters": ("organizer", "roles", "organization", "everyone"),
    "lobby": (
        "organizer",
        "invited",
        "organizationExcludingGuests",
        "organization",
        "organizationAndFederated",
        "everyone",
    ),
    "admitters": ("coorganizers", "presenters"),
    "chat": ("disabled", "limited", "enabled"),
    "record_automatically": (True, False),
}
"""Which value of an option is stricter, first the strictest; of a yes or no, no is stricter unless said here."""


class Wanting(Protocol):
    """A rule's wish."""

    @property
    def rule(self) -> str:
        """Whose."""
        ...

    @property
    def action(self) -> object:
        """What."""
        ...


def wanted(now: Mapping[str, Setting] | None, wishes: Sequence[Wanting]) -> tuple[dict[str, Setting], str, str]:
    """What must change, why, and which rules want it. Nothing while the options are unknown; the stricter wish wins."""
    asked = [(wish.rule, wish.action) for wish in wishes if isinstance(wish.action, SetOptions)]
    merged: dict[str, Setting] = {}
    for _, action in sorted(asked, key=lambda one: one[0]):
        for option, value in action.changes.items():
            merged[option] = _stricter(option, merged[option], value) if option in merged else value
    changes = {
        option: value for option, value in sorted(merged.items()) if now is not None and now.get(option) != value
    }
    needed = [(rule, action.why) for rule, action in asked if changes.keys() & action.changes.keys()]
    return changes, " ".join(sorted({why for _, why in needed})), "+".join(sorted({rule for rule, _ in needed}))


def _stricter(option: str, one: Setting, other: Setting) -> Setting:
    order = STRICTER.get(option, (False, True))
    return min(one, other, key=lambda value: order.index(value) if value in order else len(order))


def next_reading(controls: Controls, known_since: datetime, unmuted_since: datetime | None = None) -> datetime:
    """When the options are to be read (again): at once, a minute after the first reading, then every five minutes.

    At once too when the lesson was paused or goes on, and when a pupil's microphone opens (`unmuted_since`) though held.
    A reading that was asked for and brought nothing is asked for again after a minute.
    """
    if controls.reading_asked is not None and (controls.read_at is None or controls.read_at < controls.reading_asked):
        return controls.reading_asked + SOON
    if controls.read_at is None:
        return known_since
    turn = controls.paused or controls.resumed
    if turn is not None and not controls.turn_read:
        return turn.at if controls.read_at < turn.at else controls.read_at + SOON
    if unmuted_since is not None and unmuted_since > controls.read_at and controls.holds_mics():
        return unmuted_since
    return controls.read_at + (SOON if controls.readings <= 2 and controls.refused is None else LATER)
