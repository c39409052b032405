"""The lobby: who passes it, who waits, who admits, and what the bot sees from either side."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rehearsal.leg import HANDS, call, names, refused
from tests.rehearsal.made import ADA, APP, AWAY, BEN, CLASS, GRANTS, GUEST, OKONKWO, PATEL, THREAD
from tests.rehearsal.school import School

OUTSIDERS = [
    {"name": "iPhone", "kind": "anonymous"},
    {"name": "Grandma", "kind": "phone"},
    {"oid": AWAY, "tenant": "other-tenant", "name": "Far Away", "kind": "federated"},
]
EVERYBODY = {PATEL, OKONKWO, ADA, GUEST, AWAY, "iPhone", "Grandma", "bot"}
JOIN = "application/vnd.microsoft.meetingParticipantJoin"


async def put(school: School, scope: str, *, dial_in: bool = False, **more: Any) -> None:
    lobby = {"scope": scope, "isDialInBypassEnabled": dial_in}
    meeting = {"thread": THREAD, "organizer": PATEL, "attendees": [CLASS], "roles": {OKONKWO: "coorganizer"}}
    meeting["options"] = {"lobbyBypassSettings": lobby}
    await school.put(**({"grants": HANDS, "outsiders": OUTSIDERS, "meetings": [meeting]} | more))


@pytest.mark.parametrize(
    ("scope", "waiting"),
    [
        ("everyone", set()),
        ("organizationAndFederated", {"iPhone", "Grandma"}),
        ("organization", {"iPhone", "Grandma", AWAY}),
        ("organizationExcludingGuests", {"iPhone", "Grandma", AWAY, GUEST}),
        ("invited", {"iPhone", "Grandma", AWAY, GUEST, "bot"}),
        ("organizer", {"iPhone", "Grandma", AWAY, GUEST, "bot", ADA}),
    ],
)
async def test_who_waits(school: School, scope: str, waiting: set[str]):
    """The scope decides for people and for the bot, which comes like a colleague who was not invited."""
    await put(school, scope)
    await call(school)
    await school.do("join", meeting=THREAD, who=sorted(EVERYBODY - {"bot"}))

    assert {record["to"][0] for record in await school.seen("lobby")} == waiting


async def test_who_dials_in_has_a_switch_of_their_own(school: School):
    """Whatever the scope."""
    await put(school, "organizer", dial_in=True)
    answer = await school.do("join", meeting=THREAD, who=["Grandma", ADA])

    assert answer["lobby"] == [ADA]


async def test_an_app_let_in_as_a_guest_waits_like_one(school: School):
    """With the guest's permission alone the organisation's lobby holds it."""
    await put(school, "organization", grants=[*GRANTS, "Calls.JoinGroupCallAsGuest.All"])
    leg = await call(school)

    assert (await leg.seat(APP))["isInLobby"] is True


async def test_the_lobby_in_the_roster(school: School):
    """Who waits is in it as waiting and is not told to be in the meeting; once admitted, both."""
    await put(school, "organization")
    await school.do("join", meeting=THREAD, who=[PATEL])
    leg = await call(school)
    answer = await school.do("join", meeting=THREAD, who=["iPhone"])
    waiting = await leg.hears_roster(lambda roster: "iPhone" in names(roster))
    heard = len(await school.bot.hears(2))
    await school.do("admit", meeting=THREAD, who="iPhone")
    activity = (await school.bot.hears(3))[-1]
    inside = await leg.seat("iPhone")

    assert (answer["told"], answer["lobby"]) == (False, ["iPhone"])
    assert [each["isInLobby"] for each in waiting if each["id"] == inside["id"]] == [True]
    assert heard == 2
    assert (activity["name"], activity["value"]["members"][0]["user"]["name"]) == (JOIN, "iPhone")
    assert inside["isInLobby"] is False
    assert [record["text"] for record in await school.seen("lobby")] == ["waits", "admitted"]


async def test_nothing_is_done_to_who_waits(school: School):
    """Neither muted nor removed."""
    await put(school, "organization", switches={"removal": "allowed"})
    leg = await call(school)
    await school.do("join", meeting=THREAD, who="iPhone")

    assert (await leg.mute("iPhone")).status == 403
    assert (await leg.remove((await leg.seat("iPhone"))["id"])).status == 403


async def test_going_from_the_lobby(school: School):
    """Turned away, or of their own accord: Teams tells no leave of somebody who never was inside."""
    await put(school, "organization")
    await school.do("join", meeting=THREAD, who=["iPhone", AWAY])
    await school.do("deny", meeting=THREAD, who="iPhone")
    await school.do("leave", meeting=THREAD, who=AWAY)
    leg = await call(school)

    assert names(await leg.roster()) == {"Schoolgate"}
    assert [r["text"] for r in await school.seen("lobby")] == ["waits", "waits", "denied", "left"]
    assert [r for r in await school.seen("event") if r["text"] == "leave"] == []


async def test_a_second_device_out_of_the_lobby(school: School):
    """Its owner is in the meeting already: Teams tells nothing new."""
    await put(school, "everyone")
    await school.do("join", meeting=THREAD, who=[ADA])
    leg = await call(school)
    await school.do("options", meeting=THREAD, options={"lobbyBypassSettings": {"scope": "organizer"}})
    await school.do("join", meeting=THREAD, who=ADA, device="phone")
    await school.do("admit", meeting=THREAD, who=ADA)
    joins = [record for record in await school.seen("event") if record["text"] == "join"]

    assert [record["raw"]["told"] for record in joins] == [True, False]
    assert [each["isInLobby"] for each in await leg.seats(ADA)] == [False, False]


async def test_who_admits(school: School):
    """Presenters too, unless the options keep it to the hosts; nobody who only attends."""
    await put(school, "organizer")
    await school.do("join", meeting=THREAD, who=[PATEL, ADA, BEN])
    by_pupil = await school.do("admit", meeting=THREAD, who=ADA, by=BEN)
    strict = {"allowedLobbyAdmitters": "organizerAndCoOrganizers"}
    await school.do("options", meeting=THREAD, options=strict)

    assert by_pupil == {}
    assert "may not admit" in await refused(school, "admit", who=BEN, by=ADA)
    assert "wait only" in await refused(school, "admit", who=ADA)
    await school.do("admit", meeting=THREAD, who=BEN, by=OKONKWO)


async def test_the_bot_waits_until_it_is_admitted(school: School):
    """From the lobby it sees itself alone; admitted, everybody."""
    await put(school, "organizer")
    await school.do("join", meeting=THREAD, who=[PATEL])
    leg = await call(school)
    alone = await leg.hears_roster(len)
    asked = await leg.roster()
    joined = await school.do("join", meeting=THREAD, who=[OKONKWO])
    unseen = await leg.graph("POST", f"/participants/{joined['participants'][0]}/mute", {})
    heard = [each for each in school.bot.news_of_calls if each["value"][0]["resourceUrl"].endswith("/participants")]
    await school.do("admit", meeting=THREAD, who="bot")
    told = await leg.hears_roster(lambda roster: len(roster) == 3)

    assert [(each["isInLobby"], each["id"]) for each in alone] == [(True, leg.answer.body["myParticipantId"])]
    assert asked == alone
    assert (unseen.status, len(heard)) == (404, 1)
    assert names(told) == {"Ms Patel", "Mrs Okonkwo", "Schoolgate"}
    assert not any(each["isInLobby"] for each in told)


async def test_tightening_leaves_inside_who_is_inside(school: School):
    """The door is for who comes later, the bot's next call too."""
    await put(school, "everyone")
    await school.do("join", meeting=THREAD, who=[ADA])
    leg = await call(school)
    await school.do("options", meeting=THREAD, options={"lobbyBypassSettings": {"scope": "organizer"}})
    answer = await school.do("join", meeting=THREAD, who=[BEN])
    await school.do("hangup", meeting=THREAD)
    await leg.told("terminated")
    again = await call(school)

    assert answer["lobby"] == [BEN]
    assert (await again.seat(APP))["isInLobby"] is True


@pytest.mark.parametrize(("act", "code"), [("admit", 500), ("deny", 403)])
async def test_the_bot_is_lost_on_admission_or_turned_away(school: School, act: str, code: int):
    """Its call ends, and it is told."""
    await put(school, "organizer", switches={"admission": "drops"})
    leg = await call(school)
    await school.do(act, meeting=THREAD, who="bot")
    told = await leg.told("terminated")

    assert told["resourceData"]["resultInfo"]["code"] == code
    assert (await leg.graph("GET")).status == 404
