"""To whom an alert that nobody takes goes next: person by person, by e-mail to all, and at last to the head. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from bot.events import PassedOn, PersonKey

LAST = ("head", "nobody")
"""The steps after which there is none."""
VAIN = "vain"
"""No step: those whom one went to could not be reached."""


def steps_of(passed: Sequence[PassedOn]) -> tuple[PassedOn, ...]:
    """The steps that were taken."""
    return tuple(step for step in passed if step.how != VAIN)


def next_step(
    passed: Sequence[PassedOn],
    fresh: Sequence[PersonKey],
    people: Sequence[PersonKey],
    last: Sequence[PersonKey],
    most: int,
) -> tuple[str, Sequence[PersonKey]]:
    """How it goes on, and to whom. `fresh` of the alert's `people` have no message of their own yet; `most` are tried."""
    tried = [step for step in passed if step.how == "person"]
    left = [person for person in fresh if person not in {one for step in tried for one in step.to}]
    if len(tried) < most and left and all(step.how == "person" for step in passed):
        return "person", left[:1]
    if people and not any(step.how == "mail" for step in passed):
        return "mail", people
    return ("head", last) if last else ("nobody", ())
