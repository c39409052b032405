"""The permissions we name are those Microsoft names."""

from __future__ import annotations

import pytest

from bot.graph.permissions import NEEDS, Call, missing
from tests.graph.referees import permissions

# Permissions for which nothing less would do what we do, and nothing that could change a school's data.
READS_OR_SENDS = ("User.Read.All", "GroupMember.Read.All", "Calendars.ReadBasic.All", "Mail.Send")


@pytest.mark.parametrize("call", Call)
def test_every_call_has_its_permission_and_none_can_change_the_school(call: Call) -> None:
    """Read-only everywhere, but for sending mail."""
    names = [name for choices in NEEDS[call] for name in choices]

    assert names
    assert all("ReadWrite" not in name and "Directory." not in name for name in names)
    assert all(name in missing(call) for name in names)


def test_the_table_agrees_with_microsofts() -> None:
    """Where Microsoft's table at hand has the call, our first choice is in it."""
    allowed = {call: known["Application"] for call in Call if (known := permissions().get(str(call)))}

    assert allowed
    for call, names in allowed.items():
        assert all(choices[0] in {name.rstrip("*") for name in names} for choices in NEEDS[call])


def test_the_school_is_asked_for_five() -> None:
    """The whole of what an administrator consents to for this tier."""
    firsts = {choices[0] for needs in NEEDS.values() for choices in needs}

    assert firsts == {*READS_OR_SENDS, "ChatSettings.Read.Chat"}
