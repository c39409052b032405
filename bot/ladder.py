"""The ladder, as a table that can be read aloud: what a warning or a removal does, by track and by what went before.

There is one row for every case and no other road to a removal by command, so no step can be skipped silently (C34-C37 C82).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.reasons import Track


class Order(StrEnum):
    """What the teacher asks for."""

    WARN = "warn"
    REMOVE = "remove"


class Step(StrEnum):
    """What is done."""

    FIRST_WARNING = "first_warning"
    NEXT_WARNING = "next_warning"
    REMOVE = "remove"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class Rung:
    """One row. `warned`: whether a warning of this pupil still counts. `aloud` says the row in a sentence."""

    track: Track
    warned: bool
    order: Order
    step: Step
    aloud: str


LADDER = (
    Rung(
        Track.LADDER,
        False,
        Order.WARN,
        Step.FIRST_WARNING,
        "A first warning: the pupil is told privately what to stop, and what happens next.",
    ),
    Rung(
        Track.LADDER,
        True,
        Order.WARN,
        Step.NEXT_WARNING,
        "Another warning: the pupil is told privately, and the teacher is offered to remove.",
    ),
    Rung(
        Track.LADDER,
        False,
        Order.REMOVE,
        Step.ASK,
        "Nobody is removed: the teacher warns first, or says which immediate reason it is.",
    ),
    Rung(
        Track.LADDER,
        True,
        Order.REMOVE,
        Step.REMOVE,
        "Removed and on hold, until the leadership team has spoken with the parents.",
    ),
    Rung(
        Track.IMMEDIATE,
        False,
        Order.WARN,
        Step.FIRST_WARNING,
        "A first warning, and the teacher is offered to remove at once.",
    ),
    Rung(
        Track.IMMEDIATE,
        True,
        Order.WARN,
        Step.NEXT_WARNING,
        "Another warning, and the teacher is offered to remove at once.",
    ),
    Rung(
        Track.IMMEDIATE,
        False,
        Order.REMOVE,
        Step.REMOVE,
        "Removed at once and on hold, until what the reason asks for.",
    ),
    Rung(
        Track.IMMEDIATE, True, Order.REMOVE, Step.REMOVE, "Removed at once and on hold, until what the reason asks for."
    ),
)
"""A reason that is not of the school's list is of the ladder."""


def rung(track: Track, warnings: int, order: Order) -> Rung:
    """The row that applies to a pupil with so many warnings that count."""
    return next(row for row in LADDER if (row.track, row.warned, row.order) == (track, warnings > 0, order))
