"""How a call of the bot's ends, and what is left of it."""

from __future__ import annotations

import asyncio

import pytest

from tests.rehearsal.leg import call, names
from tests.rehearsal.made import THREAD
from tests.rehearsal.school import School


async def test_a_call_not_kept_alive_ends(hands: School):
    """Keeping it alive puts that off; afterwards the call is not found."""
    leg = await call(hands)
    await hands.switch(keepalive="0.6")
    clock = asyncio.get_running_loop().time
    until = clock() + 0.9
    while clock() < until:
        assert (await leg.graph("POST", "/keepAlive")).status == 200
        await asyncio.sleep(0.1)
    told = await leg.told("terminated")

    assert told["changeType"] == "deleted"
    assert (await leg.graph("POST", "/keepAlive")).status == 404
    assert (await leg.graph("GET", "/participants")).status == 404


async def test_a_shorter_life_counts_for_calls_there_are(hands: School):
    """From the moment it is set, and for one that nobody keeps alive."""
    leg = await call(hands)
    await hands.switch(keepalive="0.2")

    assert (await leg.told("terminated"))["resourceData"]["resultInfo"]["message"] == "The call was not kept alive."


async def test_hanging_up_ends_only_the_bots_leg(hands: School):
    """The people stay in the meeting."""
    leg = await call(hands)
    other = await call(hands)
    answer = await leg.graph("DELETE")
    await leg.told("terminated")

    assert answer.status == 204
    assert (await leg.graph("GET")).status == 404
    assert names(await other.roster()) == {"Ms Patel", "Ada Lovelace", "Ben Nevis", "Schoolgate"}
    assert len(await other.roster()) == 4


async def test_microsoft_drops_the_call(hands: School):
    """With a word, or without one: then only the next call of the bot's says so."""
    leg = await call(hands)
    await hands.do("hangup", meeting=THREAD)
    told = await leg.told("terminated")
    silent = await call(hands)
    count = len(hands.bot.news_of_calls)
    await hands.do("hangup", meeting=THREAD, silent=True)

    assert told["resourceData"]["resultInfo"]["code"] == 500
    assert (await silent.graph("GET", "/participants")).status == 404
    assert not [n for n in hands.bot.news_of_calls[count:] if "terminated" in str(n)]
    with pytest.raises(AssertionError, match="409"):
        await hands.do("hangup", meeting=THREAD)


async def test_the_end_of_the_meeting_ends_the_call(hands: School):
    """And the next meeting of the series begins empty."""
    leg = await call(hands)
    await hands.do("end", meeting=THREAD)
    await leg.told("terminated")
    again = await call(hands)

    assert names(await again.roster()) == {"Schoolgate"}
