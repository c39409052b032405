"""The transport to the bot: as unkind as Microsoft, and the same for the same seed."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web

from deploy.rehearsal.unkind import Unkind, fate
from tests.rehearsal.made import BEN, PATEL, THREAD, card
from tests.rehearsal.school import School

JOIN, LEAVE = "application/vnd.microsoft.meetingParticipantJoin", "application/vnd.microsoft.meetingParticipantLeave"


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
