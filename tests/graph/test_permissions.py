"""The permissions we name are those Microsoft names."""

from __future__ import annotations

import pytest

from bot.graph.permissions import NEEDS, TIERS, Call, asked_for, missing
from tests.graph.referees import permissions

# Permissions for which nothing less would do what we do, and nothing that could change a school's data.
READS_OR_SENDS = ("User.Read.All", "GroupMember.Read.All", "Calendars.ReadBasic.All", "Mail.Send")
WATCH = {*READS_OR_SENDS, "ChatSettings.Read.Chat"}
CHECKED_WHEN_JOINING = (Call.ROSTER, Call.KEEP, Call.LEAVE)


@pytest.mark.parametrize("call", Call)
def test_every_call_has_its_permission_and_its_tier(call: Call) -> None:
    """One tier each, and what is missing names all of its choices."""
    names = [name for choices in NEEDS[call] for name in choices]

    assert names
    assert all(name in missing(call) for name in names)
    assert [call in calls for calls in TIERS.values()].count(True) == 1


@pytest.mark.parametrize("call", TIERS["watch"])
def test_watching_can_change_nothing_of_the_school(call: Call) -> None:
    """Read-only everywhere, but for sending mail."""
    names = [name for choices in NEEDS[call] for name in choices]

    assert all("ReadWrite" not in name and "Directory." not in name for name in names)


def test_the_table_agrees_with_microsofts() -> None:
    """Where Microsoft's table at hand has the call, our first choice is in it.

    For calls whose permission is checked when joining, by Microsoft's own page, the table's is our second.
    """
    table = {call.casefold(): known["Application"] for call, known in permissions().items() if "Application" in known}
    allowed = {call: table[str(call).casefold()] for call in Call if str(call).casefold() in table}

    assert allowed.keys() >= {*TIERS["guard"], *TIERS["remove"]}
    for call, names in allowed.items():
        known = {name.rstrip("*") for name in names}
        for choices in NEEDS[call]:
            assert choices[0] in known or (call in CHECKED_WHEN_JOINING and known.intersection(choices)), call


def test_each_tier_asks_for_one_more() -> None:
    """The whole of what an administrator consents to."""
    assert set(asked_for("watch")) == WATCH
    assert asked_for("guard") == (*asked_for("watch"), "OnlineMeetings.ReadWrite.All")
    assert asked_for("remove") == (*asked_for("guard"), "Calls.JoinGroupCall.All")
    assert {*asked_for("remove")} == {choices[0] for needs in NEEDS.values() for choices in needs}
