"""The permissions we name are those Microsoft names."""

from __future__ import annotations

import re

import pytest

from bot.graph.permissions import NEEDS, Call, missing
from bot.tiers import TIERS, resting_on
from bot.tiers import permissions as granted
from tests.graph.referees import permissions

NOT_AT_HAND = (Call.CATALOGUE, Call.PLACE)
"""Not in the part of Microsoft's table that we keep (teams-platform facts, section 8)."""

CHECKED_WHEN_JOINING = (Call.ROSTER, Call.KEEP, Call.LEAVE)


def names(tier: str) -> set[str]:
    """All that a school grants for a tier, in either place."""
    return {permission.name for place in ("entra", "meeting") for permission in granted(tier, place)}


def firsts(call: Call) -> set[str]:
    """What we ask for to be allowed a call."""
    return {choices[0] for choices in NEEDS[call]}


def calls_of(tier: str) -> list[Call]:
    """The calls that a tier's permissions are enough for, and those of the tier before it are not."""
    before = names(TIERS[TIERS.index(tier) - 1]) if tier != TIERS[0] else set()
    return [call for call in Call if firsts(call) <= names(tier) and not firsts(call) <= before]


@pytest.mark.parametrize("call", Call)
def test_every_call_is_allowed_in_some_tier_and_says_what_it_lacks(call: Call) -> None:
    """The tier table asks for it, and what is missing names all of its choices."""
    choices = [name for either in NEEDS[call] for name in either]

    assert choices
    assert all(name in missing(call) for name in choices)
    resting = [clause for either in NEEDS[call] for clause in resting_on(either[0])]
    assert bool(re.search(r"; until then people must see to C\d+( C\d+)*$", missing(call))) is bool(resting)
    assert [call in calls_of(tier) for tier in TIERS].count(True) == 1


@pytest.mark.parametrize("call", calls_of("watch"))
def test_watching_can_change_nothing_of_the_school(call: Call) -> None:
    """Read-only everywhere, but for sending mail."""
    choices = [name for either in NEEDS[call] for name in either]

    assert all("ReadWrite" not in name and "Directory." not in name for name in choices)


def test_the_table_agrees_with_microsofts() -> None:
    """Where Microsoft's table at hand has the call, our first choice is in it.

    For calls whose permission is checked when joining, by Microsoft's own page, the table's is our second.
    """
    table = {call.casefold(): known["Application"] for call, known in permissions().items() if "Application" in known}
    allowed = {call: table[str(call).casefold()] for call in Call if str(call).casefold() in table}

    assert allowed.keys() >= {*calls_of("guard"), *calls_of("remove")} - {*NOT_AT_HAND}
    for call, known_names in allowed.items():
        known = {name.rstrip("*") for name in known_names}
        for choices in NEEDS[call]:
            assert choices[0] in known or (call in CHECKED_WHEN_JOINING and known.intersection(choices)), call


def test_nothing_is_asked_for_that_no_call_needs() -> None:
    """What an administrator consents to in Entra is what Graph is asked with, tier by tier."""
    for tier in TIERS:
        needed = {name for call in Call if firsts(call) <= names(tier) for name in firsts(call)}
        assert {permission.name for permission in granted(tier, "entra")} == needed - {"ChatSettings.Read.Chat"}
