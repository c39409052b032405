"""Whom meeting options bind, and from when."""

from __future__ import annotations

from tests.rehearsal.leg import CLOSED, HANDS, MEETING, call, meeting, patch, put, refused
from tests.rehearsal.made import ADA, BEN, OKONKWO, PATEL, THREAD, Json
from tests.rehearsal.school import School


async def test_closed_microphones_bind_attendees_at_once(school: School):
    """Who speaks is silenced, and cannot unmute; the organiser and whoever presents can; who dialled in too."""
    phone = {"name": "Grandma", "kind": "phone"}
    await school.put(grants=HANDS, meetings=[MEETING], outsiders=[phone])
    await school.do("join", meeting=THREAD, who=[PATEL, ADA, OKONKWO, "Grandma"], mic=True)
    leg = await call(school)
    await patch(school, CLOSED)
    muted = {who: (await leg.seat(who))["isMuted"] for who in (PATEL, ADA, OKONKWO, "Grandma")}
    why = await refused(school, "mic", who=ADA, on=True)
    await school.do("promote", meeting=THREAD, who=ADA)
    await school.do("mic", meeting=THREAD, who=ADA, on=True)
    await school.do("mic", meeting=THREAD, who=[PATEL, "Grandma"], on=True)

    assert muted == {PATEL: False, ADA: True, OKONKWO: True, "Grandma": False}
    assert "options" in why
    assert (await leg.seat(ADA))["isMuted"] is False


async def test_an_attendee_comes_in_muted(school: School):
    """Whatever their own switch says."""
    await put(school, options=CLOSED)
    await school.do("join", meeting=THREAD, who=[ADA, PATEL], mic=True)
    leg = await call(school)

    assert [(await leg.seat(who))["isMuted"] for who in (ADA, PATEL)] == [True, False]


async def test_presenters_by_role(school: School):
    """roleIsPresenter takes the roles that the same PATCH names, and a meeting that goes on keeps its own."""
    await put(school)
    named = [
        {"identity": {"user": {"id": who}}, "role": role} for who, role in ((OKONKWO, "presenter"), (ADA, "attendee"))
    ]
    changes = {"allowedPresenters": "roleIsPresenter", "participants": {"attendees": named}}
    await patch(school, changes)
    await school.do("join", meeting=THREAD, who=[ADA, OKONKWO])
    named[1]["role"] = "presenter"
    await patch(school, changes)
    still = await refused(school, "share", who=ADA, on=True)
    await school.do("share", meeting=THREAD, who=OKONKWO, on=True)
    await school.do("end", meeting=THREAD)
    await school.do("join", meeting=THREAD, who=[ADA])
    await school.do("share", meeting=THREAD, who=ADA, on=True)

    assert "attendee" in still
    read = (await school.graph(meeting(school))).body["participants"]["attendees"]
    assert {each["identity"]["user"]["id"] for each in read} == {ADA, OKONKWO}


async def test_the_connector_tells_the_role_as_it_is_now(school: School):
    """Options and a promotion change it; the end of the meeting forgets the promotion."""
    await put(school, options={"allowedPresenters": "organizer"})
    [made] = school.told["meetings"]
    path = f"/v1/meetings/{made['id']}/participants/{ADA}?tenantId={school.told['service_url'].split('/')[-2]}"

    async def role() -> str:
        return (await school.call("GET", path)).body["meeting"]["role"]

    await school.do("join", meeting=THREAD, who=[ADA])
    roles = [await role()]
    await school.do("promote", meeting=THREAD, who=ADA)
    roles.append(await role())
    await school.do("promote", meeting=THREAD, who=ADA, role="attendee")
    roles.append(await role())
    await school.do("promote", meeting=THREAD, who=ADA)
    await school.do("end", meeting=THREAD)
    roles.append(await role())
    await school.do("options", meeting=THREAD, options={"allowedPresenters": "everyone"})
    roles.append(await role())

    assert roles == ["Attendee", "Presenter", "Attendee", "Attendee", "Presenter"]


async def test_taking_the_stage_away(school: School):
    """Who no longer presents no longer shares, from the same moment."""
    await put(school)
    await school.do("join", meeting=THREAD, who=[ADA])
    await school.do("share", meeting=THREAD, who=ADA, on=True)
    leg = await call(school)
    shared = _sends(await leg.seat(ADA))
    await patch(school, {"allowedPresenters": "organizer"})

    assert (shared, _sends(await leg.seat(ADA))) == (True, False)


def _sends(seat: Json) -> bool:
    kinds = {each["mediaType"]: each["direction"] for each in seat["mediaStreams"]}
    return kinds.get("videoBasedScreenSharing") == "sendOnly"


async def test_recording_by_itself_is_read_when_a_meeting_begins(school: School):
    """Set in the middle it waits for the next one; it shows at the organiser's seat."""
    await put(school)
    await school.do("join", meeting=THREAD, who=[PATEL, ADA])
    await patch(school, {"recordAutomatically": True})
    leg = await call(school)
    before = {(await leg.seat(who))["recordingInfo"]["recordingStatus"] for who in (PATEL, ADA)}
    await school.do("end", meeting=THREAD)
    await school.do("join", meeting=THREAD, who=[PATEL, ADA])
    leg = await call(school)
    after = {who: (await leg.seat(who))["recordingInfo"]["recordingStatus"] for who in (PATEL, ADA)}

    assert before == {"notRecording"}
    assert after == {PATEL: "recording", ADA: "notRecording"}


async def test_a_person_changes_options_in_teams(school: School):
    """The organiser or a co-organiser, with the same effect as the bot's PATCH; nobody else."""
    await put(school, roles={OKONKWO: "coorganizer"})
    await school.do("join", meeting=THREAD, who=[ADA, BEN], mic=True)
    await school.do("options", meeting=THREAD, who=OKONKWO, options=CLOSED)
    why = await refused(school, "options", who=ADA, options={"allowAttendeeToEnableMic": True})
    [record] = await school.seen("options")
    leg = await call(school)

    assert (await leg.seat(ADA))["isMuted"] is True
    assert "organizer" in why
    assert (record["by"], record["raw"]["after"]) == ("person", CLOSED)
