"""Speaking to the Connector, against a scripted one on a real port: what is sent, tried again, given up, and how fast."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from bot.events import Verb
from bot.notice import Button, Notice
from bot.ports import OutOfReach, Refused, Route, Sent
from bot.sitting import Meeting
from bot.teams.connector import Connector, make_session
from bot.teams.hosts import Hosts
from tests.fakes import FakeAddresses
from tests.teams.house import ADA, PATEL, THREAD, ConnectorSide, FixedToken
from tests.teams.issuer import APP_ID, TENANT

CHANNEL = "19:safeguarding@thread.tacv2"
MEETING = Meeting(TENANT, "hill", THREAD)
LINE = Notice(headline="Warned Ada")
ALERT = Notice(alert=7, headline="Alone", buttons=(Button(title="Seen", verb=Verb.ACKNOWLEDGE),))
ACTIVITIES = "/teams/v3/conversations/19%3Ameeting_MTIz%40thread.v2/activities"


@dataclass
class Speaking:
    connector: Connector
    tokens: FixedToken
    addresses: FakeAddresses
    tries: list[tuple[str, str]]


@pytest.fixture
async def speaking(teams: ConnectorSide) -> AsyncIterator[Speaking]:
    """The product's Connector client, which knows one service URL and gives up after two seconds."""
    session, tokens, addresses = make_session(), FixedToken(), FakeAddresses()
    tries: list[tuple[str, str]] = []
    await addresses.remember(THREAD, teams.service_url)
    connector = Connector(
        session,
        tokens=tokens,
        hosts=Hosts((teams.url,)),
        addresses=addresses,
        app_id=APP_ID,
        tenant=TENANT,
        deadline=2.0,
        watch=lambda method, answer, seconds: tries.append((method, answer)),
    )
    yield Speaking(connector, tokens, addresses, tries)
    await session.close()


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


@pytest.mark.parametrize("first", [429, 412, 500, 502, 503, 504, 408, "reset"])
async def test_what_may_pass_is_tried_again(speaking: Speaking, teams: ConnectorSide, first: Any) -> None:
    """Also a POST, which botbuilder tries once."""
    teams.script = [first]

    sent = await speaking.connector.say(THREAD, LINE)

    assert sent.activity == "made-2"
    assert len(teams.asked) == 2


async def test_each_wait_is_longer_than_the_one_before(speaking: Speaking, teams: ConnectorSide) -> None:
    """Exponential, with some chance in it, so that not everybody comes back at once."""
    teams.script = [503, 503]

    await speaking.connector.say(THREAD, LINE)

    first, second, third = (one.at for one in teams.asked)
    assert 0.25 < second - first < third - second


async def test_a_wait_asked_for_is_kept(speaking: Speaking, teams: ConnectorSide) -> None:
    """Retry-After is honoured, not guessed."""
    teams.script = [(429, {"Retry-After": "1"})]

    await speaking.connector.say(THREAD, LINE)

    assert teams.asked[1].at - teams.asked[0].at >= 1.0
    assert speaking.tries == [("POST", "429"), ("POST", "200")]


async def test_a_long_wait_is_handed_back(speaking: Speaking, teams: ConnectorSide) -> None:
    """The job comes back later, nobody waits for minutes."""
    teams.script = [(429, {"Retry-After": "170"})]

    with pytest.raises(OutOfReach) as caught:
        await speaking.connector.say(THREAD, LINE)

    assert caught.value.retry_after == 170
    assert len(teams.asked) == 1


@pytest.mark.parametrize("step", [503, "hang"])
async def test_at_the_deadline_it_is_given_up(speaking: Speaking, teams: ConnectorSide, step: Any) -> None:
    """Whether the other side answers or not."""
    teams.script = [step] * 20
    began = asyncio.get_running_loop().time()

    with pytest.raises(OutOfReach):
        await speaking.connector.say(THREAD, LINE)

    assert asyncio.get_running_loop().time() - began < 2.5


@pytest.mark.parametrize(
    ("status", "said", "code", "words"),
    [
        (403, {"error": {"code": "MessageWritesBlocked", "message": "blocked"}}, "MessageWritesBlocked", "blocked"),
        (404, {"error": {"code": "BotNotInConversationRoster", "message": "no"}}, "BotNotInConversationRoster", "no"),
        (400, "nonsense", "400", "answered 400"),
        (302, {}, "302", "answered 302"),
    ],
)
async def test_a_no_is_a_no(
    speaking: Speaking, teams: ConnectorSide, status: int, said: Any, code: str, words: str
) -> None:
    """With the other side's own words, and not asked again; a redirect is not followed."""
    teams.script = [(status, {"Location": f"{teams.url}/elsewhere"}, said)]

    with pytest.raises(Refused) as caught:
        await speaking.connector.say(THREAD, LINE)

    assert (caught.value.code, caught.value.words) == (code, words)
    assert len(teams.asked) == 1


async def test_a_token_that_is_not_accepted_is_replaced_once(speaking: Speaking, teams: ConnectorSide) -> None:
    """A second no is a no."""
    teams.script = [401]
    await speaking.connector.say(THREAD, LINE)
    assert [one.token for one in teams.asked] == ["Bearer secret-1", "Bearer secret-2"]

    teams.script = [503, 401, 401]
    with pytest.raises(Refused):
        await speaking.connector.say(THREAD, LINE)


async def test_no_token_goes_to_a_foreign_host(speaking: Speaking, teams: ConnectorSide) -> None:
    """Also where such an address was written down long ago."""
    stranger = ConnectorSide()
    await stranger.start()
    await speaking.addresses.remember(THREAD, stranger.service_url)

    with pytest.raises(Refused, match="foreign_host"):
        await speaking.connector.say(THREAD, LINE)

    assert stranger.asked == teams.asked == []
    await stranger.stop()


async def test_without_any_address_nothing_is_sent(speaking: Speaking) -> None:
    """Where only listed hosts are allowed there is nothing to fall back on."""
    speaking.addresses.urls.clear()

    with pytest.raises(OutOfReach):
        await speaking.connector.say(THREAD, LINE)


async def test_one_thread_is_spoken_to_slowly_and_no_other_waits(speaking: Speaking, teams: ConnectorSide) -> None:
    """Seven a second at most, first come first served; another thread's message goes out between them."""
    loop = asyncio.get_running_loop()
    notices = [Notice(headline=f"number {number}") for number in range(8)]
    began = loop.time()
    storm = [asyncio.create_task(speaking.connector.say(THREAD, notice)) for notice in notices]
    await asyncio.sleep(0)
    await speaking.connector.say("19:another@thread.v2", LINE)
    other = loop.time() - began
    await asyncio.gather(*storm)

    mine = [one for one in teams.asked if one.path == ACTIVITIES]
    assert [one.body["text"] for one in mine] == [f"number {number}." for number in range(8)]
    assert mine[7].at - mine[0].at >= 1.0
    assert mine[6].at - mine[0].at < 0.5
    assert other < 0.5


@pytest.mark.parametrize(
    ("step", "inside"),
    [
        ((200, {}, {"user": {}, "meeting": {"role": "Attendee", "inMeeting": True}}), True),
        ((200, {}, {"Meeting": {"InMeeting": False}}), False),
        ((200, {}, {"meeting": {}}), None),
        ((200, {}, "nonsense"), None),
        ((404, {}, {"error": {"code": "NotFound", "message": "The user was not found in the meeting"}}), False),
        ((404, {}, {"error": {"code": "ParticipantNotFound", "message": "no"}}), False),
        ((404, {}, {"error": {"code": "MeetingNotFound", "message": "Meeting not found"}}), None),
        ((404, {}, {}), None),
        ((403, {}, {"error": {"code": "BotNotInConversationRoster", "message": "no"}}), None),
    ],
)
async def test_presence_is_what_the_connector_can_say(
    speaking: Speaking, teams: ConnectorSide, step: Any, inside: bool | None
) -> None:
    """A 404 may also be a meeting's that is over: only one that speaks of the person says that they are gone."""
    if step[0] == 200:
        teams.answers = {f"/participants/{PATEL}": step[2]}
    else:
        teams.script = [step]

    assert await speaking.connector.in_meeting(MEETING, "MCM/x==", PATEL) is inside
    assert teams.asked[0].path == f"/teams/v1/meetings/MCM%2Fx%3D%3D/participants/{PATEL}"
    assert teams.asked[0].query == {"tenantId": TENANT}


async def test_a_meeting_is_described(speaking: Speaking, teams: ConnectorSide) -> None:
    """By its own details, read in any case of the keys."""
    teams.answers = {
        "/v1/meetings/m": {
            "details": {
                "id": "m", "msGraphResourceId": "graph", "scheduledStartTime": "2026-11-24T09:00:00Z",
                "scheduledEndTime": "", "joinUrl": "https://x", "title": "3B Maths", "type": "Recurring",
            },
            "organizer": {"id": "29:p", "aadObjectId": PATEL, "tenantId": TENANT},
        }
    }  # fmt: skip

    found = await speaking.connector.details(MEETING, "m")

    assert found is not None
    assert (found.kind, found.organizer, found.title, found.graph_id) == ("Recurring", PATEL, "3B Maths", "graph")
    assert found.scheduled_start is not None
    assert found.scheduled_end is None


async def test_an_unknown_meeting_has_no_description(speaking: Speaking, teams: ConnectorSide) -> None:
    """404 says so; anything else is told on."""
    teams.script = [404, 403]

    assert await speaking.connector.details(MEETING, "m") is None
    with pytest.raises(Refused):
        await speaking.connector.details(MEETING, "m")
