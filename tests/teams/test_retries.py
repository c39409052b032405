"""What is tried again, given up or refused at once, and how fast one thread is spoken to."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from bot.events import Verb
from bot.notice import Button, Notice
from bot.ports import OutOfReach, Refused
from bot.sitting import Meeting
from tests.teams.activities import THREAD
from tests.teams.house import ConnectorSide, Speaking
from tests.teams.issuer import TENANT

CHANNEL = "19:safeguarding@thread.tacv2"
MEETING = Meeting(TENANT, "hill", THREAD)
LINE = Notice(headline="Warned Ada")
ALERT = Notice(alert=7, headline="Alone", buttons=(Button(title="Seen", verb=Verb.ACKNOWLEDGE),))
ACTIVITIES = "/teams/v3/conversations/19%3Ameeting_MTIz%40thread.v2/activities"


@pytest.mark.parametrize("first", [429, 412, 500, 502, 503, 504, 408, "reset"])
async def test_what_may_pass_is_tried_again(speaking: Speaking, teams: ConnectorSide, first: Any) -> None:
    """Also a POST, which botbuilder tries once."""
    teams.script = [first]

    sent = await speaking.connector.say(THREAD, LINE)

    assert sent.activity == "made-2"
    assert len(teams.asked) == 2


async def test_a_message_that_was_taken_is_not_posted_again(speaking: Speaking, teams: ConnectorSide) -> None:
    """The answer said yes and broke off: its id is lost, which is better than two cards. An update may be tried again."""
    teams.script = ["half", "half"]

    sent = await speaking.connector.say(THREAD, LINE)
    taken = len(teams.asked)
    await speaking.connector.update(replace(sent, activity="made-0"), LINE)

    assert (sent.activity, taken) == ("", 1)
    assert len(teams.asked) == 3


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

    assert (caught.value.code, caught.value.words, caught.value.gone) == (code, words, status == 404)
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
