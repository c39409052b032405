"""Removal: the bot's and the people's own, of one endpoint at a time, and how the removed come back."""

from __future__ import annotations

from tests.rehearsal.leg import HANDS, call, moved, names, refused, whose
from tests.rehearsal.made import ADA, APP, BEN, PATEL, THREAD
from tests.rehearsal.school import School

LEAVE = "application/vnd.microsoft.meetingParticipantLeave"
JOIN = "application/vnd.microsoft.meetingParticipantJoin"


async def test_a_removal(hands: School):
    """204, out of the roster without a removedState, told as a leave; they come back under another id."""
    leg = await call(hands)
    before = (await leg.seat(ADA))["id"]
    answer = await leg.remove(before)
    told = await leg.hears_roster(lambda roster: "Ada Lovelace" not in names(roster) and len(roster) == 3)
    await hands.bot.hears(3)
    again = await leg.remove(before)
    await hands.do("rejoin", meeting=THREAD, who=ADA)
    back = (await leg.seat(ADA))["id"]

    assert answer.status == 204
    assert {each["removedState"] for each in told} == {None}
    assert moved(hands, LEAVE) == [["Ada Lovelace"]]
    assert again.status == 404
    assert (await leg.remove(before)).status == 404
    assert back != before
    assert [(r["by"], r["to"], r["id"]) for r in await hands.seen("removed")] == [("bot", [ADA], before)]


async def test_who_cannot_be_removed(hands: School):
    """The organiser; the bot itself; anybody while the tenant has not allowed it."""
    leg = await call(hands)
    organizer = await leg.remove((await leg.seat(PATEL))["id"])
    itself = await leg.remove((await leg.seat(APP))["id"])
    await hands.switch(removal="refused")
    nobody = await leg.remove((await leg.seat(ADA))["id"])
    await hands.switch(removal="ignored")
    ignored = await leg.remove((await leg.seat(ADA))["id"])

    assert [each.status for each in (organizer, itself, nobody, ignored)] == [403, 400, 403, 204]
    assert organizer.body["error"]["message"] == "Bot is not authorized to remove organizer."
    assert names(await leg.roster()) >= {"Ms Patel", "Ada Lovelace", "Schoolgate"}


async def test_removal_is_not_allowed_unless_the_tenant_did(school: School):
    """Without the administrator's cmdlet it is refused."""
    await school.put(grants=HANDS)
    await school.do("join", meeting=THREAD, who=[ADA])
    leg = await call(school)

    assert (await leg.remove((await leg.seat(ADA))["id"])).status == 403


async def test_two_devices_are_two_endpoints(hands: School):
    """Removing one leaves the other, and only the last one's going is told."""
    await hands.do("join", meeting=THREAD, who=ADA, device="phone")
    leg = await call(hands)
    first, second = await leg.seats(ADA)
    await leg.remove(first["id"])
    still = await leg.seats(ADA)
    await leg.remove(second["id"])
    await hands.bot.hears(3)

    assert first["id"] != second["id"]
    assert [each["id"] for each in still] == [second["id"]]
    assert moved(hands, JOIN) == [["Ms Patel", "Ada Lovelace", "Ben Nevis"]]
    assert moved(hands, LEAVE) == [["Ada Lovelace"]]
    events = [r for r in await hands.seen("event") if r["text"] == "leave"]
    assert [each["raw"]["told"] for each in events] == [False, True]


async def test_leaving_with_one_device(hands: School):
    """The person is in the meeting until the last has gone; leaving without naming one takes all."""
    await hands.do("join", meeting=THREAD, who=ADA, device="phone")
    leg = await call(hands)
    await hands.do("leave", meeting=THREAD, who=ADA, device="phone")
    one = len(await leg.seats(ADA))
    await hands.do("join", meeting=THREAD, who=ADA, device="phone")
    await hands.do("leave", meeting=THREAD, who=ADA)

    assert (one, await leg.seats(ADA)) == (1, [])


async def test_joining_again_on_the_same_device_takes_its_place(hands: School):
    """As after a lost connection: another id, and still one endpoint."""
    leg = await call(hands)
    before = await leg.seat(ADA)
    await hands.do("join", meeting=THREAD, who=ADA)

    assert (await leg.seat(ADA))["id"] != before["id"]


async def test_a_person_removes_in_teams_own_way(hands: School):
    """The roster shows the removed once, with a removedState; a presenter may, an attendee not, the organiser stays."""
    leg = await call(hands)
    await hands.do("remove", meeting=THREAD, who=ADA)
    told = await leg.hears_roster(lambda roster: any(one["removedState"] for one in roster))
    await hands.do("mic", meeting=THREAD, who=BEN, on=False)
    after = await leg.hears_roster(lambda roster: "Ada Lovelace" not in names(roster))
    await hands.do("promote", meeting=THREAD, who=BEN, role="attendee")
    [record] = await hands.seen("removed")

    assert [whose(one)[0] for one in told if one["removedState"]] == [ADA]
    assert after
    assert names(await leg.roster()) == {"Ms Patel", "Ben Nevis", "Schoolgate"}
    assert (record["by"], record["to"]) == ("person", [ADA])
    assert "attendee" in await refused(hands, "remove", who=PATEL, by=BEN)
    assert "organizer" in await refused(hands, "remove", who=PATEL, by=PATEL)
    assert "none of them" in await refused(hands, "remove", who=ADA)
