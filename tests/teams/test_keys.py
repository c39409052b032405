"""Keys come and go: rotation, being out of reach, and who may make us fetch them."""

from __future__ import annotations

import asyncio
import time

import pytest

from bot.teams.gate import Gate
from bot.teams.hosts import Hosts
from bot.teams.refusal import TurnedAway
from tests.teams.activities import join
from tests.teams.house import ConnectorSide, House, built
from tests.teams.issuer import APP_ID, TENANT, Issuer


async def status(house: House, kid: str) -> int:
    token = f"Bearer {house.issuer.token(house.teams.service_url, kid=kid)}"
    return (await house.post(join(service_url=house.teams.service_url), token=token))[0]


async def test_a_new_key_is_fetched_when_it_is_first_used(house: House) -> None:
    """After a rotation the first activity signed with the new key comes in."""
    house.issuer.publish("two")

    assert await status(house, "two") == 200
    assert house.issuer.fetches == 2


async def test_strangers_cannot_make_us_fetch_again_and_again(house: House) -> None:
    """Unknown keys force one refresh in a while, also when they come at once; who invents more learns nothing."""
    house.issuer.new_key("three", publish=False)
    house.issuer.new_key("four", publish=False)

    first = await status(house, "two")
    found = await asyncio.gather(*(status(house, kid) for kid in ("two", "three", "two", "four")))

    assert first == 401
    assert found == [401, 503, 401, 503]
    assert house.issuer.fetches == 2


async def test_a_new_key_comes_in_soon_whatever_strangers_invent(issuer: Issuer, teams: ConnectorSide) -> None:
    """Until then it is asked for again, not turned away; and the strangers are not asked for at every turn."""
    house = await built(issuer, teams, forced_gap=0.5)
    issuer.new_key("three", publish=False)
    assert await status(house, "three") == 401
    issuer.publish("two")

    at_once, stranger = await status(house, "two"), await status(house, "three")
    soon = await eventually_good(house, "two")
    again = await status(house, "three")
    await house.stop()

    assert (at_once, stranger, soon, again) == (503, 401, 200, 401)
    assert issuer.fetches == 3


async def eventually_good(house: House, kid: str) -> int:
    """The first answer that is not `come again`."""
    async with asyncio.timeout(5):
        while (found := await status(house, kid)) == 503:
            pass
    return found


async def test_only_so_many_strangers_are_remembered(issuer: Issuer, teams: ConnectorSide) -> None:
    """Who was looked for in vain is kept for a while, and no more than some hundreds of them."""
    house = await built(issuer, teams, forced_gap=0.0)
    for number in range(300):
        with pytest.raises(TurnedAway, match="unknown_key"):
            await house.keys.find(f"stranger {number}")
    fetched = issuer.fetches
    for number in range(299, 50, -1):
        with pytest.raises(TurnedAway, match="unknown_key"):
            await house.keys.find(f"stranger {number}")
    await house.stop()

    assert issuer.fetches == fetched
    assert len(house.keys._vain) == 256


async def test_a_key_published_a_little_late_is_found(issuer: Issuer, teams: ConnectorSide) -> None:
    """One that was looked for in vain is looked for again after a while."""
    house = await built(issuer, teams, forced_gap=0.0, in_vain=0.2)
    before = await status(house, "two")
    issuer.publish("two")
    await asyncio.sleep(0.2)
    after = await status(house, "two")
    await house.stop()

    assert (before, after) == (401, 200)


async def test_a_key_that_was_taken_back_opens_nothing(issuer: Issuer, teams: ConnectorSide) -> None:
    """Also not for a token that was good a moment ago and is remembered."""
    house = await built(issuer, teams, forced_gap=0.0)
    assert await status(house, "one") == 200
    del issuer.published["one"]
    issuer.publish("two")
    assert await status(house, "two") == 200

    assert await status(house, "one") == 401
    await house.stop()


async def test_keys_out_of_reach_ask_for_patience_and_recover(issuer: Issuer, teams: ConnectorSide) -> None:
    """503 while there are none, and 200 once the issuer is back, without anybody's help."""
    issuer.down = True
    house = await built(issuer, teams)
    before = await status(house, "one")
    issuer.down = False
    await asyncio.wait_for(house.keys.wait(), 5)

    assert (before, await status(house, "one")) == (503, 200)
    await house.stop()


async def test_known_keys_do_while_the_issuer_is_out_of_reach(house: House) -> None:
    """A key at hand needs no issuer; an unknown one is not called wrong while nobody can tell."""
    house.issuer.down = True

    assert [await status(house, kid) for kid in ("one", "two", "two")] == [200, 503, 503]


async def test_a_remembered_token_still_expires(house: House, teams: ConnectorSide) -> None:
    """Remembering that a token was good does not make it good for ever."""
    ahead = 0.0
    hosts = Hosts((teams.url,))
    gate = Gate(app_id=APP_ID, tenant=TENANT, keys=house.keys, hosts=hosts, clock=lambda: time.time() + ahead)
    token = f"Bearer {house.issuer.token(teams.service_url, exp=int(time.time()) + 10)}"
    await gate.admit(token)
    ahead = 309.0
    await gate.admit(token)
    ahead = 311.0

    with pytest.raises(TurnedAway, match="expired"):
        await gate.admit(token)


async def test_one_bad_key_does_not_spoil_the_others(house: House) -> None:
    """What is published and unreadable, or too small, is left out."""
    house.issuer.published |= {
        "bad": {"kty": "RSA", "kid": "bad", "n": "!", "e": "AQAB"},
        "ec": {"kty": "EC", "kid": "ec"},
        "nothing": {},
    }
    house.issuer.publish("two")

    assert await status(house, "two") == 200


def test_the_gate_does_not_stand_without_an_app_id(house: House) -> None:
    """botbuilder would let everybody in."""
    with pytest.raises(ValueError, match="app id"):
        Gate(app_id="", tenant=TENANT, keys=house.keys, hosts=Hosts())


async def test_a_clock_that_is_set_back_turns_nobody_away(house: House) -> None:
    """A token that begins now seems to begin in an hour: the time that has passed since we began says otherwise."""
    back = [0.0]
    hosts = Hosts([house.teams.service_url])
    gate = Gate(app_id=APP_ID, tenant=TENANT, keys=house.keys, hosts=hosts, clock=lambda: time.time() - back[0])
    back[0] = 3600.0

    assert await gate.admit(f"Bearer {house.issuer.token(house.teams.service_url)}")
    with pytest.raises(TurnedAway) as refused:
        await gate.admit(f"Bearer {house.issuer.token(house.teams.service_url, nbf=int(time.time()) + 400)}")
    assert (refused.value.status, refused.value.reason) == (401, "not_yet_valid")
