"""The way into a lesson: what Teams said, else what follows from its chat; and never out of Teams."""

from dataclasses import replace

import pytest

from bot.fold import fold
from bot.joining import join_link
from bot.sitting import Sitting
from tests.builders import CARETAKER, LESSON, MS_PATEL, PARENT, TENANT, described, sitting_of

GIVEN = "https://teams.microsoft.com/meet/2871?p=Ab3"


def test_the_link_that_teams_gave_is_used():
    """Short ones carry no thread, so nothing else would do; a later look-up without one does not take it away."""
    assert join_link(sitting_of(described(join_url=GIVEN), described(1))) == GIVEN


@pytest.mark.parametrize(
    "link",
    [
        None,
        "http://teams.microsoft.com/meet/1",
        "https://teams.microsoft.com.evil.example/meet/1",
        "https://teams.microsoft.com@evil.example/meet/1",
        "https://teams.microsoft.com:8443/meet/1",
        "https://evil.example/l/meetup-join/x",
        "javascript:alert(1)",
        "https://[teams.microsoft.com",
        "https://teams.microsoft.com/meet/" + "1" * 2000,
    ],
)
def test_one_that_leads_elsewhere_is_not(link):
    """Then it is made of thread, tenant and organiser, as Teams' own links were."""
    found = join_link(sitting_of(described(join_url=link)))

    assert found is not None
    assert found.startswith(
        "https://teams.microsoft.com/l/meetup-join/19%3Ameeting_3b%40thread.v2/0?context=%7B%22Tid%22"
    )
    assert TENANT in found
    assert MS_PATEL.removeprefix("aad:") in found


def test_where_nothing_is_known_there_is_none():
    """No organiser of ours, or a channel's thread, from which no link follows."""
    channel = Sitting(replace(LESSON, thread="19:3b@thread.tacv2"))

    assert join_link(sitting_of()) is None
    assert join_link(sitting_of(described(organizer=PARENT))) is None
    assert join_link(fold(channel, [described(organizer=CARETAKER)])) is None
