"""What the Bot Connector tells of chats and meetings."""

from __future__ import annotations

from tests.rehearsal.made import ADA, GUEST, PATEL, TENANT, THREAD
from tests.rehearsal.school import School

HELLO = {"type": "message", "text": "Hello"}


async def test_members_and_their_pages(school: School):
    """A meeting's chat has its organiser, its invitees with groups expanded, and whoever came in."""
    await school.do("join", meeting=THREAD, who=["iPhone"])
    everyone = (await school.call("GET", f"/v3/conversations/{THREAD}/members")).body
    first = (await school.call("GET", f"/v3/conversations/{THREAD}/pagedmembers?pageSize=3")).body
    token = first["continuationToken"]
    rest = (
        await school.call("GET", f"/v3/conversations/{THREAD}/pagedmembers?pageSize=3&continuationToken={token}")
    ).body
    one = (await school.call("GET", f"/v3/conversations/{THREAD}/members/{school.told['mris'][ADA]}")).body
    nobody = await school.call("GET", f"/v3/conversations/{THREAD}/members/{GUEST}")

    assert [member["name"] for member in everyone] == ["Ms Patel", "Ada Lovelace", "Ben Nevis", "Mrs Okonkwo", "iPhone"]
    assert first["members"] + rest["members"] == everyone
    assert "continuationToken" not in rest
    assert (one["aadObjectId"], one["email"], one["tenantId"]) == (ADA, "lovelace@school.example", TENANT)
    assert "aadObjectId" not in everyone[-1]
    assert (nobody.status, nobody.code) == (404, "MemberNotFoundInConversation")


async def test_a_meeting_and_who_is_in_it(school: School):
    """Details lead to Graph's meeting; a participant is in it or not, with Teams' role."""
    meeting = school.told["meetings"][0]["id"]
    details = (await school.call("GET", f"/v1/meetings/{meeting}")).body
    await school.do("join", meeting=THREAD, who=[ADA])
    path = f"/v1/meetings/{meeting}/participants"
    ada = (await school.call("GET", f"{path}/{ADA}?tenantId={TENANT}")).body
    patel = (await school.call("GET", f"{path}/{PATEL}?tenantId={TENANT}")).body
    wrong = [
        await school.call("GET", f"{path}/{GUEST}?tenantId={TENANT}"),
        await school.call("GET", f"{path}/{ADA}"),
        await school.call("GET", "/v1/meetings/MCMxOTp/participants/x?tenantId=y"),
    ]
    graph = await school.call(
        "GET",
        f"/users/{PATEL}/onlineMeetings/{details['details']['msGraphResourceId']}",
        scope="https://graph.microsoft.com/.default",
    )

    assert (details["details"]["type"], details["organizer"]["aadObjectId"]) == ("Recurring", PATEL)
    assert ada["meeting"] == {"role": "Presenter", "inMeeting": True}
    assert patel["meeting"] == {"role": "Organizer", "inMeeting": False}
    assert [each.status for each in wrong] == [404, 400, 404]
    assert graph.body["joinWebUrl"] == details["details"]["joinUrl"]
