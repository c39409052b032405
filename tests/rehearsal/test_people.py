"""What the people do, and what of it Teams tells a bot: with all its unkindness, the same for the same seed."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp import web

from deploy.rehearsal.unkind import Unkind, fate
from tests.rehearsal.school import ADA, BEN, CHANNEL, MEET_NOW, OKONKWO, PATEL, THREAD, School
from tests.rehearsal.test_connector import card, channel_post

JOIN, LEAVE = "application/vnd.microsoft.meetingParticipantJoin", "application/vnd.microsoft.meetingParticipantLeave"


def members(activity: dict[str, Any]) -> list[dict[str, Any]]:
    return [each["user"] for each in activity["value"]["members"]]


async def test_a_meeting_starts_with_its_first_joiners(school: School):
    """The start and one join with all of them, without any address."""
    await school.do("join", meeting=THREAD, who=[PATEL, ADA])
    heard = {each["name"]: each for each in await school.bot.hears(2)}
    join = heard[JOIN]

    assert set(heard) == {"application/vnd.microsoft.meetingStart", JOIN}
    assert [(user["aadObjectId"], user["name"]) for user in members(join)] == [
        (PATEL, "Ms Patel"),
        (ADA, "Ada Lovelace"),
    ]
    assert join["channelData"]["meeting"]["id"] == school.told["meetings"][0]["id"]
    assert "@school.example" not in str(join)


async def test_somebody_without_an_account(school: School):
    """Sent as from the organiser, without an object id, and with another id on the next join."""
    for act in ("join", "leave", "join"):
        await school.do(act, meeting=THREAD, who=["iPhone"])
        await school.bot.hears(2 + len([e for e in school.bot.heard if e["name"] in (JOIN, LEAVE)]))
    moves = [each for each in await school.bot.hears(4) if each["name"] in (JOIN, LEAVE)]
    first, left, second = (members(each)[0] for each in moves)

    assert {each["from"]["aadObjectId"] for each in moves} == {PATEL}
    assert "aadObjectId" not in first
    assert "tenantId" not in first
    assert first["id"] == left["id"] != second["id"]


async def test_what_teams_never_tells(school: School):
    """No event of a Meet-now meeting, none where the bot is not; the onlooker knows all the same."""
    await school.do("join", meeting=MEET_NOW, who=[PATEL])
    await school.do("uninstall", chat=THREAD)
    await school.bot.hears(2)
    await school.do("join", meeting=THREAD, who=[PATEL])
    events = [record for record in await school.seen("event") if record["text"] in ("start", "join")]

    assert [record["raw"]["told"] for record in events] == [False] * 4
    assert {each["type"] for each in school.bot.heard} == {"installationUpdate", "conversationUpdate"}


async def test_words_reach_the_bot_by_slash_mention_or_one_to_one(school: School):
    """Plain words in the meeting do not; a slash is targeted; a mention carries entities, people by Teams' id."""
    mri = school.told["mris"][ADA]
    await school.do("say", chat=THREAD, who=PATEL, text="good morning", how="plain")
    await school.do("say", chat=THREAD, who=PATEL, text="/warn @Ada Lovelace talking", how="slash", mentions=[ADA])
    await school.bot.hears(1)
    await school.do("say", chat=THREAD, who=PATEL, text="status", how="mention")
    await school.bot.hears(2)
    await school.do("say", chat="personal", who=PATEL, text="status", how="slash")
    slash, mention, personal = await school.bot.hears(3)

    assert slash["text"] == "/warn <at>Ada Lovelace</at> talking"
    assert slash["entities"][0]["mentioned"] == {"id": mri, "name": "Ada Lovelace"}
    assert [each["recipient"].get("isTargeted") for each in (slash, mention, personal)] == [True, None, None]
    assert (mention["text"], mention["entities"][0]["mentioned"]["id"]) == (
        "<at>Schoolgate</at> status",
        mention["recipient"]["id"],
    )
    assert personal["conversation"]["conversationType"] == "personal"


async def test_a_button_is_pressed_and_its_answer_seen_by_the_presser_only(school: School):
    """The invoke names card and verb; a card in the answer replaces it for this person, and nobody else."""
    content = card("Done", "Undo")["attachments"][0]["content"]
    answer = {"statusCode": 200, "type": "application/vnd.microsoft.card.adaptive", "value": content}
    school.bot.answer = lambda _: web.json_response(answer)
    made = (await school.call("POST", "/v3/conversations", channel_post(card("Stranger", "Remove", "Let stay")))).body
    await school.do("press", who=OKONKWO, chat=CHANNEL, button="Let stay")
    [invoke] = await school.bot.hears(1)
    record = await school.comes("answer")
    with pytest.raises(AssertionError, match="409"):
        await school.do("press", who=OKONKWO, chat=CHANNEL, button="Let stay")
    await school.do("press", who=OKONKWO, chat=CHANNEL, button="Undo")
    await school.do("press", who=PATEL, chat=CHANNEL, button="Let stay")
    await school.bot.hears(3)

    assert (invoke["name"], invoke["replyToId"]) == ("adaptiveCard/action", made["activityId"])
    action = {"type": "Action.Execute", "title": "Let stay", "verb": "let stay", "data": {"n": 1}}
    assert invoke["value"] == {"action": action, "trigger": "manual"}
    assert (record["to"], record["buttons"], record["id"]) == ([OKONKWO], ["Undo"], made["activityId"])


async def test_nobody_presses_what_they_cannot_see(school: School):
    """A targeted card shows its buttons to one person, and a deleted one to nobody."""
    mri, query = school.told["mris"][PATEL], "?isTargetedActivity=true"
    made = (await school.post(THREAD, card("Ask", "Remove") | {"recipient": {"id": mri}}, query)).body["id"]
    with pytest.raises(AssertionError, match="no live card"):
        await school.do("press", who=ADA, chat=THREAD, button="Remove")
    await school.do("press", who=PATEL, chat=THREAD, button="Remove")
    await school.call("DELETE", f"/v3/conversations/{THREAD}/activities/{made}{query}")
    with pytest.raises(AssertionError, match="no live card"):
        await school.do("press", who=PATEL, chat=THREAD, button="Remove")

    assert len(await school.bot.hears(1)) == 1


async def test_doubled_messages_are_alike_and_doubled_presses_may_not_be(school: School):
    """The copy of a message has its id; the copy of a press often has another, and yet is the same press."""
    await school.put(unkind={"twice": 1})
    await school.post(THREAD, card("Ask", "Remove"))
    for _ in range(6):
        await school.do("say", chat=THREAD, who=PATEL, text="/status", how="slash")
        await school.do("press", who=PATEL, chat=THREAD, button="Remove")
    heard = await school.bot.hears(24)
    ids = {kind: {each["id"] for each in heard if each["type"] == kind} for kind in ("message", "invoke")}

    assert len(ids["message"]) == 6
    assert 6 < len(ids["invoke"]) < 12


async def test_a_submit_button_sends_a_message(school: School):
    """An Action.Submit comes as a message with a value and no words."""
    said = card("Ask")
    said["attachments"][0]["content"]["actions"] = [{"type": "Action.Submit", "title": "Send", "data": {"n": 2}}]
    made = (await school.post(THREAD, said)).body["id"]
    await school.do("press", who=ADA, chat=THREAD, button="Send", inputs={"why": "x"})
    [message] = await school.bot.hears(1)

    assert (message["type"], message["value"], message["replyToId"]) == ("message", {"n": 2, "why": "x"}, made)
    assert "text" not in message


async def test_a_channel_post_heads_its_own_thread(school: School):
    """Its activity id is the message id in the conversation's name."""
    await school.do("say", chat=CHANNEL, who=PATEL, text="help", how="mention")
    [message] = await school.bot.hears(1)

    assert message["conversation"]["id"] == f"{CHANNEL};messageid={message['id']}"


async def test_a_bot_that_fails_hears_it_again(school: School):
    """A 5xx is redelivered, the same activity with the same id, once or twice and never for ever."""
    school.bot.answer = lambda _: web.Response(status=503 if len(school.bot.heard) < 2 else 202)
    await school.do("end", meeting=THREAD)
    first, second = await school.bot.hears(2)

    assert first == second
    assert (await school.seen("sent"))[0]["status"] == 503


async def test_a_bot_too_slow_hears_it_again(school: School):
    """No answer in time is taken for none: the copy comes beside the first, which is still at work."""
    release = asyncio.Event()

    async def slow(request: web.Request) -> web.Response:
        answer = await type(school.bot).handle(school.bot, request)
        if len(school.bot.heard) == 1:
            await release.wait()
        return answer

    runner = web.AppRunner(app := web.Application())
    app.router.add_post("/api/messages", slow)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    school.endpoint = f"http://127.0.0.1:{runner.addresses[0][1]}/api/messages"
    await school.put(unkind={"patience": 0.2})
    await school.do("end", meeting=THREAD)
    heard = list(await school.bot.hears(2))
    release.set()
    await runner.cleanup()

    assert heard[0] == heard[1]
    assert (await school.seen("sent"))[0].get("status") is None


async def test_raw_is_sent_verbatim(school: School):
    """Whatever it is, signed with a good token."""
    strange = {"type": "event", "name": "application/vnd.microsoft.unheardOf", "Value": [1]}
    await school.do("raw", activity=strange)

    assert await school.bot.hears(1) == [strange]


def fates(seed: int, **chances: float | bool) -> list[Any]:
    return [fate(Unkind(**chances), seed, number, event=True) for number in range(2000)]


def test_the_same_seed_is_unkind_in_the_same_way():
    """What happens to the n-th activity is decided by seed and number; another seed decides otherwise."""
    usual = {"twice": 0.05, "late": 0.05, "drop": 0.02, "no_id": 0.5, "stray": True}

    assert fates(7, **usual) == fates(7, **usual)
    assert fates(7, **usual) != fates(8, **usual)


def test_about_so_many_are_lost_doubled_and_late():
    """The chances are kept over many activities, and messages are never lost or late."""
    usual = fates(7, twice=0.05, late=0.05, drop=0.02, no_id=0.5, stray=True)
    lost = sum(not each.copies for each in usual)
    doubled = sum(len(each.copies) == 2 for each in usual)
    late = sum(each.copies[0] > 0 for each in usual if each.copies)
    spoken = [fate(Unkind(late=1, drop=1), 7, number, event=False) for number in range(100)]

    assert 20 <= lost <= 60
    assert 60 <= doubled <= 140
    assert 60 <= late <= 140
    assert 800 <= sum(each.no_id for each in usual) <= 1200
    assert {each.copies for each in spoken} == {(0.0,)}


async def test_events_at_their_worst(school: School):
    """Twice, without id, with stray spaces and keys in any case; lost ones are known to the onlooker alone."""
    await school.put(unkind={"twice": 1, "no_id": 1, "stray": True})
    for _ in range(6):
        await school.do("join", meeting=THREAD, who=[BEN])
        await school.do("leave", meeting=THREAD, who=[BEN])
    heard = list(await school.bot.hears(26))
    await school.put(unkind={"drop": 1})
    await school.do("end", meeting=THREAD)
    [lost] = await school.seen("event")

    assert all("id" not in each for each in heard)
    assert {each["name"].strip() for each in heard} >= {JOIN, LEAVE}
    assert any(each["name"] != each["name"].strip() for each in heard)
    assert {key for each in heard if "oin" in each["name"] for key in each["value"]} == {"members", "Members"}
    assert all(heard.count(each) >= 2 for each in heard)
    assert (lost["text"], lost["raw"]["told"]) == ("end", False)
