"""What the Bot Connector takes from a bot, and what it refuses."""

from __future__ import annotations

import asyncio

from tests.rehearsal.made import (
    ADA,
    AWAY,
    CHANNEL,
    GUEST,
    HELLO,
    OKONKWO,
    PATEL,
    TENANT,
    THREAD,
    card,
    channel_post,
)
from tests.rehearsal.school import School


async def test_a_card_in_the_channel_is_read_with_its_mentions(school: School):
    """A channel post is answered 201 with both ids, and an onlooker reads it as people do."""
    said = card("For <at>Mrs Okonkwo</at>: one pupil\\. alone", "Let stay", mentions=((OKONKWO, "Mrs Okonkwo"),))
    answer = await school.call("POST", "/v3/conversations", channel_post(said))
    [record] = await school.seen("posted")

    assert answer.status == 201
    assert answer.body["id"] == f"{CHANNEL};messageid={answer.body['activityId']}"
    assert record["text"] == "For @Mrs Okonkwo: one pupil. alone\nrich words\nSince\n09:02"
    assert (record["chat"], record["to"], record["buttons"]) == (CHANNEL, ["everyone in chat"], ["Let stay"])


async def test_a_mention_of_nobody_is_refused(school: School):
    """A mention needs somebody known, and its words in the text."""
    unknown = card("For <at>X</at>", mentions=((TENANT, "X"),))
    unsaid = card("For nobody", mentions=((OKONKWO, "Mrs Okonkwo"),))
    by_oid = HELLO | {
        "text": "<at>Ada</at>",
        "entities": [{"type": "mention", "text": "<at>Ada</at>", "mentioned": {"id": ADA}}],
    }
    answers = [await school.post(THREAD, each) for each in (unknown, unsaid, by_oid)]

    assert [(each.status, each.code) for each in answers] == [(400, "BadSyntax")] * 3
    assert await school.seen("posted") == []
    assert len(await school.seen("refused")) == 3


async def test_update_and_delete_in_place(school: School):
    """A message is updated and deleted by its id; a deleted one is gone."""
    made = (await school.post(THREAD, HELLO)).body["id"]
    path = f"/v3/conversations/{THREAD}/activities/{made}"
    statuses = [
        (await school.call("PUT", path, HELLO | {"text": "Changed"})).status,
        (await school.call("DELETE", path)).status,
        (await school.call("PUT", path, HELLO)).status,
    ]

    assert statuses == [200, 200, 404]
    assert [(r["what"], r["text"], r["id"]) for r in await school.seen("posted", "updated", "deleted")] == [
        ("posted", "Hello", made),
        ("updated", "Changed", made),
        ("deleted", "Changed", made),
    ]


async def test_a_targeted_message_is_seen_by_one_person(school: School):
    """It goes to somebody in the chat by Teams' id, and is changed only as targeted."""
    mri, query = school.told["mris"][PATEL], "?isTargetedActivity=true"
    made = await school.post(THREAD, HELLO | {"recipient": {"id": mri}}, query)
    path = f"/v3/conversations/{THREAD}/activities/{made.body['id']}"
    untargeted = await school.call("PUT", path, HELLO)
    targeted = await school.call("PUT", path + query, HELLO | {"text": "Privately"})

    assert (made.status, untargeted.status, untargeted.code) == (201, 404, "ActivityNotFoundInConversation")
    assert targeted.status == 200
    assert [record["to"] for record in await school.seen("posted", "updated")] == [[PATEL], [PATEL]]


async def test_who_cannot_get_a_targeted_message(school: School):
    """Nobody, somebody outside the chat, an object id; and none in a 1:1 or where it is switched off."""
    query, mris = "?isTargetedActivity=true", school.told["mris"]
    wrong = [None, {"id": mris[GUEST]}, {"id": PATEL}]
    answers = [await school.post(THREAD, HELLO | ({"recipient": each} if each else {}), query) for each in wrong]
    personal = await school.call("POST", "/v3/conversations", {"members": [{"id": PATEL}], "tenantId": TENANT})
    answers.append(await school.post(personal.body["id"], HELLO | {"recipient": {"id": mris[PATEL]}}, query))
    await school.switch(targeted="refused")
    answers.append(await school.post(THREAD, HELLO | {"recipient": {"id": mris[PATEL]}}, query))

    assert [(each.status, each.code) for each in answers] == [(400, "BadArgument")] * 5


async def test_the_one_to_one(school: School):
    """It is made by object id or Teams' id, never by address, and only with an account of this tenant."""
    said = [PATEL, school.told["mris"][PATEL], "patel@school.example", AWAY, TENANT]
    answers = [
        await school.call(
            "POST", "/v3/conversations", {"members": [{"id": each}], "tenantId": TENANT, "activity": HELLO}
        )
        for each in said
    ]

    assert [answer.status for answer in answers] == [201, 201, 400, 403, 404]
    assert answers[0].body["id"] == answers[1].body["id"]
    assert [record["to"] for record in await school.seen("posted")] == [[PATEL], [PATEL]]


async def test_where_the_bot_is_not_installed(school: School):
    """403 in a chat or channel, until somebody installs it."""
    await school.do("uninstall", chat=CHANNEL)
    refused = await school.call("POST", "/v3/conversations", channel_post(HELLO))
    await school.do("install", chat=CHANNEL)
    taken = await school.call("POST", "/v3/conversations", channel_post(HELLO))

    assert (refused.status, refused.code, taken.status) == (403, "BotNotInConversationRoster", 201)
    heard = await school.bot.hears(4)
    assert {(each["type"], each.get("action")) for each in heard} == {
        ("installationUpdate", "remove"),
        ("installationUpdate", "add"),
        ("conversationUpdate", None),
    }


async def test_more_than_seven_a_second_is_throttled(school: School):
    """The eighth message to one thread in a second waits, as does everything the switch says."""
    answers = await asyncio.gather(*(school.post(THREAD, HELLO) for _ in range(9)))
    refused = [each for each in answers if each.status == 429]
    elsewhere = await school.call("POST", "/v3/conversations", channel_post(HELLO))

    assert [each.status for each in answers].count(201) == 7
    assert {int(each.headers["Retry-After"]) for each in refused} <= {1, 2}
    assert elsewhere.status == 201


async def test_the_weather_of_the_connector(school: School):
    """Down, throttled or forbidden by switch, and well again."""
    statuses = []
    for state in ("down", "429", "403", "ok"):
        await school.switch(connector=state)
        statuses.append((await school.post(THREAD, HELLO)).status)

    assert statuses == [503, 429, 403, 201]


async def test_what_is_no_message(school: School):
    """No type, no words, no JSON, too large a body: refused, and nothing is posted."""
    token = (await school.credential.get_token("https://api.botframework.com/.default")).token
    url = f"{school.microsoft.origin}/connector/{TENANT}/v3/conversations/{THREAD}/activities"
    async with school.session.post(url, data=b"{", headers={"Authorization": f"Bearer {token}"}) as answer:
        statuses = [answer.status]
    for each in ({"text": "x"}, {"type": "message"}, HELLO | {"text": "x" * 120_000}):
        statuses.append((await school.post(THREAD, each)).status)

    assert statuses == [400, 400, 400, 413]
    assert await school.seen("posted") == []


async def test_what_is_not_played_is_refused_and_seen(school: School):
    """A call nobody plays is 404, and the onlooker sees that a bot tried it."""
    answer = await school.call("POST", "/v1/meetings/x/notification", {"type": "targetedMeetingNotification"})
    [record] = await school.seen("refused")

    assert (answer.status, record["status"]) == (404, 404)
