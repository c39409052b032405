"""The bot's call: how it is made, told, kept and ended, as a client of Graph sees it."""

from __future__ import annotations

from typing import Any

import jwt
import pytest

from tests.rehearsal.leg import HANDS, G, call, joining, meeting, names, whose
from tests.rehearsal.made import ADA, APP, BEN, GRANTS, GRAPH, PATEL, TENANT, THREAD
from tests.rehearsal.school import School


async def states(school: School) -> list[str]:
    return [record["text"] for record in await school.seen("call")]


async def test_a_call_comes_to_be(hands: School):
    """201 and establishing; then the callback hears establishing, established and the whole roster, in this order."""
    leg = await call(hands)
    roster = await leg.hears_roster(len)
    told = [each["value"][0] for each in hands.bot.news_of_calls]

    assert (leg.answer.body["state"], leg.answer.body["tenantId"]) == ("establishing", TENANT)
    assert [each["changeType"] for each in told] == ["updated"] * 3
    assert [each["resourceData"]["state"] for each in told[:2]] == ["establishing", "established"]
    assert told[1]["resourceData"]["myParticipantId"] in {each["id"] for each in roster}
    assert names(roster) == {"Ms Patel", "Ada Lovelace", "Ben Nevis", "Schoolgate"} == names(await leg.roster())
    assert await states(hands) == ["establishing", "established"]


@pytest.mark.parametrize(("seed", "issuer"), [(1, "https://graph.microsoft.com"), (4, "https://api.botframework.com")])
async def test_notifications_are_signed_by_the_calling_service(school: School, seed: int, issuer: str):
    """With a key of its own document, not of the bot's; for this app and tenant; the issuer by seed."""
    await school.put(grants=HANDS, seed=seed)
    await call(school)
    address = f"{school.microsoft.origin}/calling/v1/.well-known/OpenIdConfiguration"
    async with school.session.get(address) as answer:
        document = await answer.json()
    async with school.session.get(document["jwks_uri"]) as answer:
        keys = jwt.PyJWKSet.from_dict(await answer.json())
    async with school.session.get(f"{school.microsoft.origin}/botframework/v1/.well-known/keys") as answer:
        others = {key["kid"] for key in (await answer.json())["keys"]}
    token = school.bot.calling_tokens[0]
    kid = jwt.get_unverified_header(token)["kid"]
    claims = jwt.decode(token, keys[kid].key, algorithms=["RS256"], audience=APP, options={"require": ["exp", "tid"]})

    assert kid not in others
    assert (claims["tid"], claims["iss"]) == (TENANT, issuer)


async def test_the_calling_keys_rotate_and_go_down(hands: School):
    """A new key is in the document at once, unless that is out of reach; the bot's own keys do not care."""
    address = hands.told["calling_openid"].replace(".well-known/OpenIdConfiguration", "keys")
    await call(hands)
    before = jwt.get_unverified_header(hands.bot.calling_tokens[0])["kid"]
    await hands.switch(calling_keys="rotate")
    await hands.do("mic", meeting=THREAD, who=ADA, on=True)
    await hands.bot.hears_of(lambda each: isinstance(each["resourceData"], list) and "False" in str(each))
    async with hands.session.get(address) as answer:
        [shown] = (await answer.json())["keys"]
    await hands.switch(calling_keys="down")
    async with hands.session.get(address) as down, hands.session.get(hands.told["openid"]) as bots:
        statuses = down.status, bots.status

    assert jwt.get_unverified_header(hands.bot.calling_tokens[-1])["kid"] == shown["kid"] != before
    assert statuses == (503, 200)


async def test_joining_by_number(school: School):
    """The meeting's number and passcode do as well as its organiser; a wrong passcode finds nothing."""
    await school.put(grants=HANDS)
    settings = (await school.graph(meeting(school))).body["joinMeetingIdSettings"]
    info = {"@odata.type": f"{G}joinMeetingIdMeetingInfo", "joinMeetingId": settings["joinMeetingId"]}
    wrong = joining(school, meetingInfo=info | {"passcode": None}, chatInfo=None)
    refused = await school.call("POST", "/communications/calls", wrong, GRAPH)
    leg = await call(school, meetingInfo=info | {"passcode": settings["passcode"]}, chatInfo=None)

    assert refused.status == 404
    assert names(await leg.roster()) == {"Schoolgate"}


@pytest.mark.parametrize(
    ("wrong", "status", "code"),
    [
        ({"tenantId": BEN}, 403, "7505"),
        ({"callbackUri": "http://bot.example/api/calls"}, 400, "BadRequest"),
        ({"requestedModalities": []}, 400, "BadRequest"),
        ({"requestedModalities": ["smell"]}, 400, "BadRequest"),
        ({"mediaConfig": {"@odata.type": f"{G}appHostedMediaConfig", "blob": "x"}}, 400, "BadRequest"),
        ({"meetingInfo": {"@odata.type": f"{G}tokenMeetingInfo", "token": "x"}}, 400, "BadRequest"),
        ({"meetingInfo": None}, 400, "BadRequest"),
        ({"chatInfo": None}, 400, "BadRequest"),
        ({"chatInfo": {"threadId": "19:meeting_other@thread.v2", "messageId": "0"}}, 404, "NotFound"),
    ],
)
async def test_a_join_with_a_fault_is_refused(school: School, wrong: dict[str, Any], status: int, code: str):
    """And the bot is nowhere afterwards."""
    await school.put(grants=HANDS)
    answer = await school.call("POST", "/communications/calls", joining(school, **wrong), GRAPH)

    assert (answer.status, answer.code) == (status, code)
    assert await states(school) == []


async def test_no_permission_no_call(school: School):
    """403 without the role; what the package was granted in this chat lets it in, but gives it no hands."""
    refused = await school.call("POST", "/communications/calls", joining(school), GRAPH)
    await school.put(rsc=["Calls.JoinGroupCalls.Chat"], grants=GRANTS)
    await school.do("join", meeting=THREAD, who=[ADA])
    leg = await call(school)

    assert (refused.status, refused.code) == (403, "7504")
    assert (await leg.mute(ADA)).code == "7504"
    assert (await leg.remove((await leg.seat(ADA))["id"])).code == "7504"


async def test_a_hundred_calls_and_no_more(school: School):
    """The next one is refused until one has ended."""
    threads = [f"19:meeting_{number}@thread.v2" for number in range(101)]
    await school.put(grants=HANDS, meetings=[{"thread": each, "organizer": PATEL} for each in threads])
    bodies = [joining(school, chatInfo={"threadId": each, "messageId": "0"}) for each in threads]
    legs = [await school.call("POST", "/communications/calls", body, GRAPH) for body in bodies]
    ended = await school.call("DELETE", f"/communications/calls/{legs[0].body['id']}", scope=GRAPH)
    again = await school.call("POST", "/communications/calls", bodies[100], GRAPH)

    assert [each.status for each in legs] == [201] * 100 + [429]
    assert (ended.status, again.status) == (204, 201)


@pytest.mark.parametrize(("state", "status"), [("refused", 403), ("full", 429)])
async def test_a_join_is_refused_by_switch(school: School, state: str, status: int):
    """Whatever the bot may otherwise."""
    await school.put(grants=HANDS, switches={"calls": state})

    assert (await school.call("POST", "/communications/calls", joining(school), GRAPH)).status == status


async def test_a_call_that_fails_after_its_201(school: School):
    """Only the callback says so."""
    await school.put(grants=HANDS, switches={"calls": "fails"})
    answer = await school.call("POST", "/communications/calls", joining(school), GRAPH)
    told = await school.bot.hears_of(lambda each: each["changeType"] == "deleted")

    assert answer.status == 201
    assert (told["resourceData"]["state"], told["resourceData"]["resultInfo"]["code"]) == ("terminated", 500)
    assert await states(school) == ["establishing", "terminated"]


async def test_the_roster_has_pages(hands: School):
    """Each page with a link to the next, nobody twice."""
    await hands.put(grants=HANDS, page=2)
    await hands.do("join", meeting=THREAD, who=[PATEL, ADA, BEN])
    leg = await call(hands)
    first = await leg.graph("GET", "/participants")
    second = await hands.call("GET", first.body["@odata.nextLink"], scope=GRAPH)

    assert [len(each.body["value"]) for each in (first, second)] == [2, 2]
    assert len(names(first.body["value"] + second.body["value"])) == 4
    assert "@odata.nextLink" not in second.body


async def test_one_participant(hands: School):
    """By id; an id nobody has, or had and has no more, is not found."""
    leg = await call(hands)
    ada = await leg.seat(ADA)
    there = await leg.graph("GET", f"/participants/{ada['id']}")
    await hands.do("leave", meeting=THREAD, who=[ADA])
    gone = await leg.graph("GET", f"/participants/{ada['id']}")

    assert (there.status, whose(there.body)) == (200, (ADA, "Ada Lovelace"))
    assert gone.status == 404
