"""To whom an alert may not go, and to whom it goes instead: the adult whom it is about never reads it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.actions import Audience, Role
from bot.events import Kind, PersonKey, oid_of
from bot.ports import Decision, Person, Route, Sent
from bot.sitting import Sitting

TOLD = (Audience.THEM, Audience.ON_CALL)
"""Audiences whose `about` is who is told."""

INSTEAD = (Role.HEAD, Role.CLT, Role.SAFEGUARDING_LEADS, Role.ADMINISTRATOR, Role.IT)
"""Where nobody else of the alert's own roles remains: the first of these in whom somebody does."""


def meant(decision: Decision, sitting: Sitting) -> frozenset[PersonKey]:
    """The adults with an account whom an alert is about, as far as is known: whoever is not known as a pupil.

    What is told to somebody alone is about others only in name: the host is asked to stop being alone with a pupil. An
    adult on call is the one who is told; where that goes elsewhere, it is of the adults who had been there.
    """
    named = {decision.about} if decision.about and decision.to not in TOLD else set()
    adults = decision.facts.get("adults")
    if decision.to not in (Audience.HOST, Audience.THEM) and isinstance(adults, tuple):
        named |= {PersonKey(adult) for adult in adults}
    if decision.to == Audience.ON_CALL and decision.about:
        named.discard(decision.about)  # they are told, though they may have been there
    return frozenset(one for one in named if oid_of(one) and sitting.kind(one) is not Kind.PUPIL)


def is_private(about: frozenset[PersonKey], readers: frozenset[PersonKey] | None) -> bool:
    """Whether the channel is closed to an alert about these. `readers` None: nobody can tell who reads it, so it is."""
    return bool(about) and (readers is None or bool(about & readers))


def may_read(sent: Sent, about: frozenset[PersonKey], *, closed: bool) -> bool:
    """Whether a message that stands somewhere may say more of these.

    In the channel also while nobody can tell who reads it: it was posted when that was known, and must not go on saying
    what is over.
    """
    if sent.route is Route.CHANNEL:
        return not closed
    return sent.to not in {oid_of(one) for one in about}


def others(
    holders: Mapping[Role, Sequence[Person]], roles: Sequence[Role], about: frozenset[PersonKey]
) -> tuple[Person, ...]:
    """Those of the roles whom it is not about; else of the head, CLT and so on. Nobody only where there is nobody else."""
    found: dict[PersonKey, Person] = {}
    for role in roles:
        found |= {one.key: one for one in holders.get(role, ()) if one.key not in about and oid_of(one.key)}
    if found:
        return tuple(found.values())
    for role in INSTEAD:
        if left := tuple(one for one in holders.get(role, ()) if one.key not in about and oid_of(one.key)):
            return left
    return ()
