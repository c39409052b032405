"""What the people do, and what of it Teams tells a bot: with all its unkindness, the same for the same seed."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import web

from tests.rehearsal.made import ADA, CHANNEL, MEET_NOW, OKONKWO, PATEL, THREAD, card, channel_post
from tests.rehearsal.school import School

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


async def test_raw_is_sent_verbatim(school: School):
    """Whatever it is, signed with a good token."""
    strange = {"type": "event", "name": "application/vnd.microsoft.unheardOf", "Value": [1]}
    await school.do("raw", activity=strange)

    assert await school.bot.hears(1) == [strange]
