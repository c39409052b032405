"""What the bot does to participants, what people do themselves, and what each sees of it."""

from __future__ import annotations

import pytest

from tests.rehearsal.leg import HANDS, call, moved, refused, whose
from tests.rehearsal.made import ADA, BEN, GUEST, OKONKWO, PATEL, THREAD, Json
from tests.rehearsal.school import School

LEAVE = "application/vnd.microsoft.meetingParticipantLeave"
JOIN = "application/vnd.microsoft.meetingParticipantJoin"


async def test_a_mute_lasts_until_they_unmute(hands: School):
    """The server mutes; the roster says so to the callback; nothing keeps them from unmuting but the options."""
    leg = await call(hands)
    answer = await leg.mute(ADA)
    muted = await leg.seat(ADA)
    heard = await leg.hears_roster(lambda roster: any(ADA in whose(one) and one["isMuted"] for one in roster))
    await hands.do("mic", meeting=THREAD, who=ADA, on=True)
    after = await leg.seat(ADA)
    [record] = await hands.seen("muted")

    assert (answer.status, answer.body["status"], answer.body["clientContext"]) == (200, "Completed", "c")
    assert (muted["isMuted"], muted["mediaStreams"][0]["serverMuted"]) == (True, True)
    assert (after["isMuted"], after["mediaStreams"][0]["serverMuted"]) == (False, False)
    assert muted["rosterSequenceNumber"] < after["rosterSequenceNumber"]
    assert len(heard) == 4
    assert (record["to"], record["raw"]["before"]["isMuted"], record["id"]) == ([ADA], False, muted["id"])


async def test_a_clients_mute_is_no_servers(hands: School):
    """isMuted is either, serverMuted the server's only."""
    await hands.do("mic", meeting=THREAD, who=ADA, on=False)
    seat = await (await call(hands)).seat(ADA)

    assert (seat["isMuted"], seat["mediaStreams"][0]["serverMuted"]) == (True, False)


@pytest.mark.parametrize(("state", "status"), [("refused", 403), ("ignored", 200)])
async def test_a_mute_that_does_nothing(hands: School, state: str, status: int):
    """Refused, or taken and without effect: the roster is the only witness."""
    await hands.switch(mute=state)
    leg = await call(hands)

    assert (await leg.mute(ADA)).status == status
    assert (await leg.seat(ADA))["isMuted"] is False


async def test_who_has_no_account(hands: School):
    """An anonymous guest has another id on every join, a phone its number; other apps are applications."""
    await hands.do("join", meeting=THREAD, who=["iPhone", "Grandma", "Notetaker"])
    leg = await call(hands)
    first = await leg.seat("iPhone")
    phone, other = await leg.seat("Grandma"), await leg.seat("Notetaker")
    await hands.do("rejoin", meeting=THREAD, who="iPhone")
    second = await leg.seat("iPhone")
    await hands.bot.hears(5)

    assert set(first["info"]["identity"]) >= {"guest"}
    assert whose(first) != whose(second)
    assert phone["info"]["identity"]["phone"]["id"] == "+44123456"
    assert "application" in other["info"]["identity"]
    assert moved(hands, JOIN)[1:] == [["iPhone"], ["iPhone"]]


async def test_sharing_and_recording(hands: School):
    """Who shares sends, the others receive; the recording shows at the seat of who began it, with their name."""
    leg = await call(hands)
    await hands.do("share", meeting=THREAD, who=ADA, on=True)
    await hands.do("record", meeting=THREAD, who=ADA, on=True)
    roster = {whose(each)[0]: each for each in await leg.roster()}
    await hands.do("leave", meeting=THREAD, who=ADA)
    left = {whose(each)[0]: each for each in await leg.roster()}
    await hands.do("record", meeting=THREAD, who=PATEL, on=False)
    over = {each["recordingInfo"]["recordingStatus"] for each in await leg.roster()}

    assert (_sharing(roster[ADA]), _sharing(roster[BEN]), _sharing(left[BEN])) == ("sendOnly", "receiveOnly", None)
    recording = {who: each["recordingInfo"]["recordingStatus"] for who, each in roster.items()}
    assert [who for who, status in recording.items() if status == "recording"] == [ADA]
    assert roster[ADA]["recordingInfo"]["initiator"]["user"]["id"] == ADA
    assert left[PATEL]["recordingInfo"]["recordingStatus"] == "recording"
    assert over == {"notRecording"}


def _sharing(seat: Json) -> str | None:
    return {each["mediaType"]: each["direction"] for each in seat["mediaStreams"]}.get("videoBasedScreenSharing")


async def test_who_may_not_record_or_share(hands: School):
    """The options, the role, and a policy of one's own; guests never record."""
    await hands.do("join", meeting=THREAD, who=GUEST)
    guest = await refused(hands, "record", who=GUEST, on=True)
    await hands.do("options", meeting=THREAD, options={"allowRecording": False})
    nobody = await refused(hands, "record", who=PATEL, on=True)
    await hands.do("options", meeting=THREAD, options={"allowRecording": True, "allowedPresenters": "organizer"})
    pupil = await refused(hands, "record", who=ADA, on=True)
    shares = await refused(hands, "share", who=ADA, on=True)
    absent = await refused(hands, "mic", who=OKONKWO, on=True)

    assert ["may not record" in guest, "options" in nobody, "may not" in pupil] == [True] * 3
    assert "attendee" in shares
    assert "not in the meeting" in absent


async def test_a_policy_against_recording(school: School):
    """Somebody's own policy forbids what their role would let them."""
    users = [{"oid": PATEL, "name": "Ms Patel"}, {"oid": ADA, "name": "Ada Lovelace", "records": False}]
    await school.put(grants=HANDS, users=users, groups=[], meetings=[{"thread": THREAD, "organizer": PATEL}])
    await school.do("join", meeting=THREAD, who=[PATEL, ADA])

    assert "may not record" in await refused(school, "record", who=ADA, on=True)
    await school.do("record", meeting=THREAD, who=PATEL, on=True)
