"""Messages, buttons and installations, all the way: from a signed activity to what people are answered."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from bot.events import Verb, account
from bot.notice import Notice
from bot.ports import How, OutOfReach, Pressed, Reply
from tests.teams.activities import ADA, PATEL, event, message, naming_us
from tests.teams.house import House
from tests.teams.issuer import APP_ID, TENANT

SLASH = {"id": f"28:{APP_ID}", "isTargeted": True}
PERSONAL = {"id": "a:patel", "conversationType": "personal", "tenantId": TENANT}


def press(house: House, **more: Any) -> dict[str, Any]:
    value = {"action": {"type": "Action.Execute", "verb": "acknowledge", "data": {"alert": 7, "verb": "acknowledge"}}}
    activity = event("adaptiveCard/action", value, service_url=house.teams.service_url)
    return {**activity, "type": "invoke", **more}


async def test_a_slash_command_is_answered_to_the_asker_alone(house: House) -> None:
    """Targeted in the chat, after the doors have answered."""
    house.teams.answers = {f"/members/{PATEL}": {"id": "29:patel"}}
    sent_before: list[int] = []
    house.doors.before_answer = lambda: sent_before.append(len(house.teams.asked))

    status, said = await house.post(message("/warn Ada", service_url=house.teams.service_url, recipient=SLASH))
    await house.teams.until(1)

    sent = house.teams.sends()[0]
    assert (status, said) == (200, "")
    assert (house.doors.said[0].how, house.doors.said[0].by) == (How.SLASH, account(PATEL))
    assert (sent.query, sent.body["recipient"]) == ({"isTargetedActivity": "true"}, {"id": "29:patel"})
    assert sent.body["text"] == "Warned Ada."
    assert sent_before == [0]


async def test_where_targeting_is_refused_the_answer_is_a_private_message(house: House) -> None:
    """Never one that the class can read."""
    house.teams.script = [(404, {}, {"error": {"code": "BotNotInConversationRoster", "message": "no"}})]
    house.teams.answers = {"/v3/conversations": {"id": "a:private"}}
    command = message("<at>Schoolgate</at> status", service_url=house.teams.service_url, entities=[naming_us()])

    await house.post(command)
    await house.teams.until(2)

    created, sent = house.teams.sends()
    assert created.body["members"] == [{"id": PATEL}]
    assert sent.path.endswith("/a%3Aprivate/activities")
    assert not any("meeting_" in one.path for one in house.teams.sends())


async def test_alone_with_the_bot_it_answers_in_the_chat(house: House) -> None:
    """A 1:1 chat is private anyway."""
    await house.post(message("status", service_url=house.teams.service_url, conversation=PERSONAL))
    await house.teams.until(1)

    assert house.teams.sends()[0].path.endswith("/a%3Apatel/activities")
    assert house.teams.sends()[0].query == {}


async def test_who_is_mentioned_is_asked_of_the_roster(house: House) -> None:
    """A mention carries Teams' own id; the account behind it is looked up, so that namesakes are told apart."""
    house.teams.answers = {"/members/29%3Aada": {"id": "29:ada", "aadObjectId": ADA}}
    ada = {"type": "mention", "text": "<at>Ada</at>", "mentioned": {"id": "29:ada", "name": "Ada"}}
    text = "<at>Schoolgate</at> warn <at>Ada</at>"

    await house.post(message(text, service_url=house.teams.service_url, entities=[naming_us(), ada]))

    assert [one.person for one in house.doors.said[0].named] == [account(ADA)]


async def test_a_roster_that_does_not_answer_leaves_the_words(house: House) -> None:
    """The command is carried out by name, or asked back, as the doors see fit."""
    house.teams.script = [403]
    ada = {"type": "mention", "text": "<at>Ada</at>", "mentioned": {"id": "29:ada", "name": "Ada"}}

    status, _ = await house.post(
        message("/warn <at>Ada</at>", service_url=house.teams.service_url, entities=[ada], recipient=SLASH)
    )

    assert status == 200
    assert [(one.person, one.words) for one in house.doors.said[0].named] == [(None, "Ada")]


async def test_a_message_delivered_twice_is_carried_out_once(house: House) -> None:
    """Teams sends it again beside the first one."""
    command = message("/warn Ada", service_url=house.teams.service_url, recipient=SLASH)

    found = await asyncio.gather(*(house.post(command) for _ in range(3)))

    assert [status for status, _ in found] == [200] * 3
    assert len(house.doors.said) == 1


async def test_a_store_out_of_reach_asks_for_the_message_again(house: House) -> None:
    """503, nothing said; and when it comes again it is carried out."""
    command = message("/warn Ada", service_url=house.teams.service_url, recipient=SLASH)
    house.doors.trouble = OutOfReach("no commit")
    before = await house.post(command)
    house.doors.trouble = None

    assert before[0] == 503
    assert (await house.post(command))[0] == 200
    assert len(house.doors.said) == 1


@pytest.mark.parametrize("trouble", [OutOfReach("no commit"), RuntimeError("secret Ada Lovelace")])
async def test_no_trouble_shows(house: House, trouble: Exception) -> None:
    """Neither the store's nor a mistake of our own: 503, and not a word of it."""
    house.doors.trouble = trouble

    for activity in (press(house), message("/status", service_url=house.teams.service_url, recipient=SLASH)):
        status, said = await house.post(activity)
        assert (status, json.loads(said)) == (503, {"error": "try again later"})
    assert house.teams.asked == []


async def test_an_accepted_press_shows_the_new_card(house: House) -> None:
    """In the place of the old one, for everybody."""
    house.doors.reply = Reply(notice=Notice(alert=7, headline="Ada was alone", answered="Seen by Ms Patel"))

    status, said = await house.post(press(house))

    answer = json.loads(said)
    assert (status, answer["statusCode"]) == (200, 200)
    assert answer["type"] == "application/vnd.microsoft.card.adaptive"
    assert answer["value"]["type"] == "AdaptiveCard"
    assert "Seen by Ms Patel" in json.dumps(answer["value"])
    assert house.doors.pressed == [
        Pressed(by=account(PATEL), alert=7, verb=Verb.ACKNOWLEDGE, conversation="19:meeting_MTIz@thread.v2")
    ]


async def test_a_refused_press_is_one_line(house: House) -> None:
    """Which only the one who pressed sees."""
    house.doors.reply = Reply(notice=Notice(headline="This is not yours to answer"), accepted=False)

    status, said = await house.post(press(house))

    assert (status, json.loads(said)) == (
        200,
        {
            "statusCode": 200,
            "type": "application/vnd.microsoft.activity.message",
            "value": "This is not yours to answer.",
        },
    )


@pytest.mark.parametrize(
    "more",
    [
        {"name": "composeExtension/query"},
        {"name": "task/fetch"},
        {"name": "adaptiveCard/action", "value": {"action": {"verb": "explode"}}},
        {"name": "signin/verifyState", "value": {"state": "1"}},
        {"name": None},
    ],
    ids=lambda more: str(more["name"]),
)
async def test_other_invokes_are_not_implemented(house: House, more: dict[str, Any]) -> None:
    """501, as botbuilder says; not an error."""
    status, said = await house.post(press(house, **more))

    assert (status, json.loads(said)) == (501, {"error": "not implemented"})
    assert house.doors.seen == 0


async def test_being_added_is_greeted_once(house: House) -> None:
    """Teams tells it as an installation and as a new member, within a moment."""
    base = event("", None, service_url=house.teams.service_url)
    del base["name"]
    for more in (
        {"type": "installationUpdate", "action": "add", "id": "1"},
        {"type": "conversationUpdate", "membersAdded": [{"id": f"28:{APP_ID}"}], "id": "2"},
    ):
        assert (await house.post({**base, **more}))[0] == 200
    await house.teams.until(1)
    await house.inlet.aclose()

    assert house.doors.welcomed == ["meeting"]
    assert [one.body["text"] for one in house.teams.sends()] == ["Hello meeting."]


@pytest.mark.parametrize(
    "odd",
    [
        {"localTimestamp": "2023-02-23T11:34:07.478-8"},
        {"timestamp": "yesterday"},
        {"attachments": "x"},
        {"entities": {"type": 1}},
        {"deliveryMode": "expectReplies"},
        {"recipient": None},
        {"from": 7},
        {"membersAdded": "x"},
        {"value": [1] * 1000},
        {"callerId": 1, "relatesTo": [], "suggestedActions": 3},
        {"id": None},
        {"type": " Message "},
    ],
    ids=lambda odd: next(iter(odd)),
)
async def test_what_botbuilder_stumbles_over_does_not_show(house: House, odd: dict[str, Any]) -> None:
    """Its deserialiser sees only what it can read."""
    command = message("status", service_url=house.teams.service_url, conversation=PERSONAL)

    status, said = await house.post({**command, **odd})

    assert (status, said) == (200, "")
    assert len(house.doors.said) == 1


async def test_the_newest_address_is_remembered(house: House) -> None:
    """Proactive messages go where the Connector last said it is."""
    await house.post(message("status", service_url=house.teams.service_url, conversation=PERSONAL))

    assert house.addresses.urls == {"a:patel": house.teams.service_url}


async def test_a_chat_among_others_is_not_listened_to(house: House) -> None:
    """What people say to each other is not kept, nor asked about."""
    status, said = await house.post(message("Ada is being silly", service_url=house.teams.service_url))

    assert (status, said, house.doors.seen, house.teams.asked) == (200, "", 0, [])


async def test_a_turn_asks_nothing_of_the_network_by_itself(house: House) -> None:
    """The SDK has no client: the only requests are the answers we send."""
    house.teams.answers = {f"/members/{PATEL}": {"id": "29:patel"}}
    await house.post(message("/status", service_url=house.teams.service_url, recipient=SLASH))
    await house.post(press(house))
    await house.teams.until(1)
    await house.inlet.aclose()

    assert [one.method for one in house.teams.asked] == ["GET", "POST"]
    assert house.issuer.fetches == 1
