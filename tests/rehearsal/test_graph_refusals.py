"""What Graph refuses, and how."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.rehearsal.made import ADA, CLASS, DAY, GRANTS, PATEL, THREAD
from tests.rehearsal.school import School


@pytest.mark.parametrize(
    ("lost", "path", "code"),
    [
        ("User.Read.All", f"/users/{ADA}", "Authorization_RequestDenied"),
        ("GroupMember.Read.All", f"/groups/{CLASS}/members", "Authorization_RequestDenied"),
        ("Calendars.ReadBasic.All", f"/users/{PATEL}/calendarView?{DAY}", "ErrorAccessDenied"),
        ("OnlineMeetings.Read.All", f"/users/{PATEL}/onlineMeetings?$filter=JoinWebUrl eq 'x'", "Forbidden"),
    ],
)
async def test_no_permission(school: School, lost: str, path: str, code: str):
    """Without the permission Graph refuses in that service's own words."""
    await school.put(grants=[each for each in GRANTS if each != lost])
    answer = await school.graph(path)

    assert (answer.status, answer.code) == (403, code)


async def test_a_chat_needs_the_app_in_it(school: School):
    """A role for the chats the app is in counts only there."""
    inside = await school.graph(f"/chats/{quote(THREAD)}")
    await school.do("uninstall", chat=THREAD)
    outside = await school.graph(f"/chats/{quote(THREAD)}")

    assert (inside.status, outside.status, outside.code) == (200, 403, "Forbidden")


async def test_the_package_may_grant_a_chat(school: School):
    """Without any role, what the Teams package was granted in a chat is enough there."""
    await school.put(grants=[])
    granted = await school.graph(f"/chats/{quote(THREAD)}")
    await school.put(grants=[], rsc=[])
    without = await school.graph(f"/chats/{quote(THREAD)}")

    assert (granted.status, without.status) == (200, 403)


async def test_no_access_policy(school: School):
    """Online meetings need the administrator's policy besides the permission."""
    await school.put(policy=False)
    answer = await school.graph(f"/users/{PATEL}/onlineMeetings?$filter=JoinWebUrl eq 'x'")

    assert (answer.status, answer.body["error"]["message"]) == (403, "No Application Access Policy found for this app.")


async def test_the_weather_of_graph(school: School):
    """Down, throttled or forbidden by switch, with Retry-After where Graph says it."""
    answers = {}
    for state in ("down", "429", "403", "ok"):
        await school.switch(graph=state)
        answers[state] = await school.graph(f"/users/{ADA}")

    assert [each.status for each in answers.values()] == [503, 429, 403, 200]
    assert answers["429"].headers["Retry-After"] == "2"
    assert answers["429"].headers["request-id"]
