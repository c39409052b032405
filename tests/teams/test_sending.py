"""What is sent to the Connector, as the scripted one on a real port gets it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.events import Verb
from bot.notice import Button, Mention, Notice
from bot.ports import Route, Sent
from bot.sitting import Meeting
from tests.teams.activities import ADA, THREAD
from tests.teams.house import ConnectorSide, Speaking
from tests.teams.issuer import TENANT

CHANNEL = "19:safeguarding@thread.tacv2"
MEETING = Meeting(TENANT, "hill", THREAD)
LINE = Notice(headline="Warned Ada")
ALERT = Notice(alert=7, headline="Alone", buttons=(Button(title="Seen", verb=Verb.ACKNOWLEDGE),))
ACTIVITIES = "/teams/v3/conversations/19%3Ameeting_MTIz%40thread.v2/activities"


async def test_a_card_is_posted_in_a_channel(speaking: Speaking, teams: ConnectorSide) -> None:
    """As a new conversation in it, with what the mention reads aloud."""
    teams.answers = {"/v3/conversations": {"id": f"{CHANNEL};messageid=17", "activityId": "17"}}

    sent = await speaking.connector.post(CHANNEL, ALERT)

    asked = teams.asked[0]
    assert sent == Sent(route=Route.CHANNEL, conversation=f"{CHANNEL};messageid=17", activity="17")
    assert (asked.method, asked.path, asked.token) == ("POST", "/teams/v3/conversations", "Bearer secret-1")
    assert asked.body["channelData"] == {"channel": {"id": CHANNEL}, "tenant": {"id": TENANT}}
    assert asked.body["isGroup"] is True
    attachment = asked.body["activity"]["attachments"][0]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert attachment["content"]["actions"][0]["data"] == {"alert": 7, "verb": "acknowledge"}
    assert "Alone" in asked.body["activity"]["summary"]


async def test_a_whisper_is_targeted(speaking: Speaking, teams: ConnectorSide) -> None:
    """To the Teams id of the roster, which is asked for once."""
    teams.answers = {f"/members/{ADA}": {"id": "29:ada-mri", "aadObjectId": ADA}}

    sent = [await speaking.connector.whisper(THREAD, ADA, LINE) for _ in range(2)]

    roster, first, second = teams.asked
    assert (roster.method, first.path, first.query) == ("GET", ACTIVITIES, {"isTargetedActivity": "true"})
    assert first.body["recipient"] == second.body["recipient"] == {"id": "29:ada-mri"}
    assert first.body["text"] == "Warned Ada."
    assert (sent[0].route, sent[0].to, sent[0].activity) == (Route.WHISPER, ADA, "made-2")


async def test_a_targeted_answer_in_a_channel_asks_the_channel_who_is_in_it(
    speaking: Speaking, teams: ConnectorSide
) -> None:
    """The roster is the channel's, the message goes under the one it answers."""
    await speaking.addresses.remember(CHANNEL, teams.service_url)

    await speaking.connector.whisper(f"{CHANNEL};messageid=17", ADA, LINE)

    roster, sent = teams.asked
    assert roster.path == f"/teams/v3/conversations/19%3Asafeguarding%40thread.tacv2/members/{ADA}"
    assert sent.path.endswith("%3Bmessageid%3D17/activities")


async def test_whoever_is_mentioned_is_notified_by_a_plain_notice_too(speaking: Speaking, teams: ConnectorSide) -> None:
    """A mention stands in a card: a line of text has no place for one."""
    await speaking.connector.post(CHANNEL, replace(LINE, mentions=(Mention(oid=ADA, name="Ms Harcourt"),)))

    (sent,) = [one for one in teams.asked if one.method == "POST"]
    entities = sent.body["activity"]["attachments"][0]["content"]["msteams"]["entities"]
    assert [entity["mentioned"]["id"] for entity in entities] == [ADA]


async def test_a_private_message_opens_its_chat_once(speaking: Speaking, teams: ConnectorSide) -> None:
    """By object id, in our tenant; the chat's id is kept."""
    teams.answers = {"/v3/conversations": {"id": "a:chat"}}

    sent = [await speaking.connector.write_to(ADA, LINE) for _ in range(2)]

    created, first, second = teams.asked
    assert created.body["members"] == [{"id": ADA}]
    assert (created.body["tenantId"], created.body["isGroup"]) == (TENANT, False)
    assert first.path == second.path == "/teams/v3/conversations/a%3Achat/activities"
    assert (sent[0].route, sent[0].conversation) == (Route.PERSONAL, "a:chat")


async def test_a_chat_that_is_gone_is_opened_again(speaking: Speaking, teams: ConnectorSide) -> None:
    """A kept id may be out of date."""
    teams.answers = {"/v3/conversations": {"id": "a:chat"}}
    await speaking.connector.write_to(ADA, LINE)
    teams.script = [(404, {}, {"error": {"code": "ConversationNotFound", "message": "Conversation not found."}})]

    sent = await speaking.connector.write_to(ADA, LINE)

    assert sent.activity
    assert [one.path.rpartition("/")[2] for one in teams.asked] == ["conversations", "activities"] * 1 + [
        "activities", "conversations", "activities",
    ]  # fmt: skip


@pytest.mark.parametrize(("route", "query"), [(Route.WHISPER, {"isTargetedActivity": "true"}), (Route.CHANNEL, {})])
async def test_a_message_is_replaced_in_place(
    speaking: Speaking, teams: ConnectorSide, route: Route, query: dict[str, str]
) -> None:
    """A targeted one as such, and without a recipient."""
    await speaking.connector.update(Sent(route=route, conversation=THREAD, activity="17/x"), ALERT)

    asked = teams.asked[0]
    assert (asked.method, asked.path, asked.query) == ("PUT", f"{ACTIVITIES}/17%2Fx", query)
    assert "recipient" not in asked.body
