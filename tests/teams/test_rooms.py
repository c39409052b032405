"""What the Connector says of meetings and of who is in them."""

from __future__ import annotations

from typing import Any

import pytest

from bot.events import Verb, account
from bot.notice import Button, Notice
from bot.ports import Refused
from bot.sitting import Meeting
from tests.teams.activities import ADA, PATEL, THREAD
from tests.teams.house import ConnectorSide, Speaking
from tests.teams.issuer import TENANT

CHANNEL = "19:safeguarding@thread.tacv2"
MEETING = Meeting(TENANT, "hill", THREAD)
LINE = Notice(headline="Warned Ada")
ALERT = Notice(alert=7, headline="Alone", buttons=(Button(title="Seen", verb=Verb.ACKNOWLEDGE),))
ACTIVITIES = "/teams/v3/conversations/19%3Ameeting_MTIz%40thread.v2/activities"


@pytest.mark.parametrize(
    ("step", "inside"),
    [
        ((200, {}, {"user": {}, "meeting": {"role": "Attendee", "inMeeting": True}}), True),
        ((200, {}, {"Meeting": {"InMeeting": False}}), False),
        ((200, {}, {"meeting": {}}), None),
        ((200, {}, "nonsense"), None),
        ((404, {}, {"error": {"code": "NotFound", "message": "The user was not found in the meeting"}}), False),
        ((404, {}, {"error": {"code": "ParticipantNotFound", "message": "no"}}), False),
        ((404, {}, {"error": {"code": "MeetingNotFound", "message": "Meeting not found"}}), None),
        ((404, {}, {}), None),
        ((403, {}, {"error": {"code": "BotNotInConversationRoster", "message": "no"}}), None),
    ],
)
async def test_presence_is_what_the_connector_can_say(
    speaking: Speaking, teams: ConnectorSide, step: Any, inside: bool | None
) -> None:
    """A 404 may also be a meeting's that is over: only one that speaks of the person says that they are gone."""
    if step[0] == 200:
        teams.answers = {f"/participants/{PATEL}": step[2]}
    else:
        teams.script = [step]

    assert await speaking.connector.in_meeting(MEETING, "MCM/x==", PATEL) is inside
    assert teams.asked[0].path == f"/teams/v1/meetings/MCM%2Fx%3D%3D/participants/{PATEL}"
    assert teams.asked[0].query == {"tenantId": TENANT}


async def test_a_meeting_is_described(speaking: Speaking, teams: ConnectorSide) -> None:
    """By its own details, read in any case of the keys."""
    teams.answers = {
        "/v1/meetings/m": {
            "details": {
                "id": "m", "msGraphResourceId": "graph", "scheduledStartTime": "2026-11-24T09:00:00Z",
                "scheduledEndTime": "", "joinUrl": "https://x", "title": "3B Maths", "type": "Recurring",
            },
            "organizer": {"id": "29:p", "aadObjectId": PATEL, "tenantId": TENANT},
        }
    }  # fmt: skip

    found = await speaking.connector.details(MEETING, "m")

    assert found is not None
    assert (found.kind, found.organizer, found.title, found.graph_id) == ("Recurring", PATEL, "3B Maths", "graph")
    assert found.scheduled_start is not None
    assert found.scheduled_end is None


async def test_an_unknown_meeting_has_no_description(speaking: Speaking, teams: ConnectorSide) -> None:
    """404 says so; anything else is told on."""
    teams.script = [404, 403]

    assert await speaking.connector.details(MEETING, "m") is None
    with pytest.raises(Refused):
        await speaking.connector.details(MEETING, "m")


async def test_who_reads_a_channel_is_asked_page_by_page(speaking: Speaking, teams: ConnectorSide) -> None:
    """Everybody with an account; somebody without one reads nothing that can be kept from them."""
    first = {"members": [{"aadObjectId": PATEL.upper()}, {"name": "no account"}, "x"], "continuationToken": "2/3"}
    teams.script = [(200, {}, first), (200, {}, {"members": [{"objectId": ADA}]})]

    assert await speaking.connector.readers("19:x@thread.tacv2") == {account(PATEL), account(ADA)}
    assert [asked.query.get("continuationToken") for asked in teams.asked] == [None, "2/3"]
    assert teams.asked[0].path == "/teams/v3/conversations/19%3Ax%40thread.tacv2/pagedmembers"


async def test_a_list_without_an_end_is_no_list(speaking: Speaking, teams: ConnectorSide) -> None:
    """Half a list would say that somebody does not read the channel who does."""
    teams.answers = {"/pagedmembers": {"members": [], "continuationToken": "again"}}

    with pytest.raises(Refused):
        await speaking.connector.readers("19:x@thread.tacv2")


@pytest.mark.parametrize("said", [{}, {"members": []}, {"members": "x"}, {"members": [{"name": "no account"}]}])
async def test_a_list_of_nobody_is_no_list(speaking: Speaking, teams: ConnectorSide, said: Any) -> None:
    """Somebody reads the channel that alerts go to: an answer that names nobody is not believed."""
    teams.answers = {"/pagedmembers": said}

    with pytest.raises(Refused):
        await speaking.connector.readers("19:x@thread.tacv2")
