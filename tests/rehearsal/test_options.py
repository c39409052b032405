"""Meeting options: what they are, who may change them, whom they bind, and when."""

from __future__ import annotations

import pytest

from tests.rehearsal.leg import CLOSED, MEETING, meeting, patch, put
from tests.rehearsal.made import ADA, BEN, GRANTS, OKONKWO, PATEL, THREAD, Json
from tests.rehearsal.school import School


async def test_what_a_meeting_starts_with(school: School):
    """As Teams leaves it, or the education wizard, or as told for this meeting."""
    await put(school)
    usual = (await school.graph(meeting(school))).body
    await put(school, wizard=True, options={"recordAutomatically": True}, roles={OKONKWO: "coorganizer"})
    wizard = (await school.graph(meeting(school))).body

    assert (usual["allowedPresenters"], usual["lobbyBypassSettings"]["scope"]) == ("everyone", "everyone")
    assert (wizard["allowedPresenters"], wizard["lobbyBypassSettings"]) == (
        "organizer",
        {"scope": "organizer", "isDialInBypassEnabled": False},
    )
    assert (usual["recordAutomatically"], wizard["recordAutomatically"]) == (False, True)
    roles = {each["identity"]["user"]["id"]: each["role"] for each in wizard["participants"]["attendees"]}
    assert roles == {ADA: "attendee", BEN: "attendee", OKONKWO: "coorganizer"}
    assert wizard["chatInfo"]["threadId"] == THREAD
    assert "meetingOptions" in wizard["meetingOptionsWebUrl"]


async def test_one_patch_for_all_of_it(school: School):
    """What was not named stays, also inside an object; before and after are seen."""
    await put(school)
    changes = {"@odata.type": "#microsoft.graph.onlineMeeting", **CLOSED, "lobbyBypassSettings": {"scope": "invited"}}
    answer = await patch(school, changes)
    read = (await school.graph(meeting(school))).body
    [record] = await school.seen("options")

    assert answer.status == 200
    assert (read["allowAttendeeToEnableMic"], read["allowAttendeeToEnableCamera"]) == (False, True)
    assert read["lobbyBypassSettings"] == {"scope": "invited", "isDialInBypassEnabled": False}
    assert record["raw"]["before"]["lobbyBypassSettings"]["scope"] == "everyone"
    assert record["raw"]["after"] == CLOSED | {"lobbyBypassSettings": read["lobbyBypassSettings"]}
    assert record["by"] == "bot"


@pytest.mark.parametrize(
    "changes",
    [
        {"allowAttendeeToEnableMic": "no"},
        {"allowedPresenters": "nobody"},
        {"allowedPresenters": True},
        {"lobbyBypassSettings": {"scope": "friends"}},
        {"lobbyBypassSettings": {"open": True}},
        {"lobbyBypassSettings": "organizer"},
        {"joinMeetingIdSettings": {"isPasscodeRequired": False}},
        {"joinWebUrl": "https://teams.microsoft.com/l/x"},
        {"isLocked": True},
        {"allowedPresenters": "roleIsPresenter"},
        {"participants": {"organizer": {"identity": {"user": {"id": OKONKWO}}}}},
        {"participants": {"attendees": [{"identity": {"user": {"id": ADA}}, "role": "king"}]}},
    ],
)
async def test_a_patch_with_a_fault_changes_nothing(school: School, changes: Json):
    """Not even what was good in it."""
    await put(school)
    answer = await patch(school, {"allowRecording": False, **changes})

    assert (answer.status, answer.code) == (400, "BadRequest")
    assert (await school.graph(meeting(school))).body["allowRecording"] is True


async def test_who_may_change_options_through_graph(school: School):
    """The address names the organiser or a co-organiser, and the administrator's policy is there."""
    await put(school, roles={OKONKWO: "coorganizer"})
    as_co, as_pupil = await patch(school, CLOSED, OKONKWO), await patch(school, CLOSED, ADA)
    await school.switch(access_policy="missing")
    no_policy = await patch(school, CLOSED)

    assert (as_co.status, as_pupil.status) == (200, 404)
    assert (no_policy.status, no_policy.body["error"]["message"]) == (
        403,
        "No Application Access Policy found for this app.",
    )


async def test_reading_is_not_changing(school: School):
    """The role to read options does not let the bot change them."""
    await school.put(grants=[*GRANTS, "Calls.JoinGroupCall.All"], meetings=[MEETING])
    read, changed = await school.graph(meeting(school)), await patch(school, CLOSED)

    assert (read.status, changed.status) == (200, 403)
    assert "OnlineMeetings.ReadWrite.All" in changed.body["error"]["message"]


async def test_found_by_number_and_by_short_link(school: School):
    """The new short link holds neither thread nor organiser."""
    await put(school, link="short")
    link = school.told["meetings"][0]["join_url"]
    by_link = await school.graph(f"/users/{PATEL}/onlineMeetings?$filter=JoinWebUrl eq '{link}'")
    number = by_link.body["value"][0]["joinMeetingIdSettings"]["joinMeetingId"]
    wanted = f"joinMeetingIdSettings/joinMeetingId eq '{number}'"
    by_number = await school.graph(f"/users/{PATEL}/onlineMeetings?$filter={wanted}")

    assert "/meet/" in link
    assert PATEL not in link
    assert by_link.body["value"] == by_number.body["value"]
