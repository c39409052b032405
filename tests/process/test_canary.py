"""Everything a bot ever says, on a bad day with everything in it: no child, no adult, no secret, no token, no way in."""

from __future__ import annotations

import json
import re
from typing import Any

import aiohttp

from deploy.rehearsal.player.canary import sung
from tests.process.house import School
from tests.process.lives import Bot
from tests.process.onlooking import said_yes_to
from tests.process.people import ART, HARCOURT, LINDQVIST, MATHS, OKAFOR, OTTOLINE, PATEL, READING, STRANGER, ZULEIKA
from tests.process.reckoning import alerts

JOIN_URL = "https://teams.microsoft.com/l/meetup-join/19%3ameeting_bench%40thread.v2/0?context=%7b%7d"
JWT = "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsifQ.eyJpc3MiOiJodHRwczovL2FwaSJ9.c2lnbmF0dXJl"
ADULTS = {name.split()[-1] for name in (PATEL, OKAFOR, HARCOURT, LINDQVIST)}


async def a_lesson(school: School) -> None:
    """A stranger, a lone pupil, commands of those who may and who may not, buttons."""
    await school.do("start", READING)
    await school.do("join", READING, who=[PATEL, ZULEIKA])
    await school.do("join", READING, who=[STRANGER])
    channel = school.cast.channel
    await school.sees(lambda seen: alerts(seen, about=ZULEIKA, chat=channel), 12, "the alert about a lone pupil")
    await school.sees(lambda seen: alerts(seen, about=STRANGER, chat=channel), 12, "the alert about a stranger")
    for who, words in [
        (PATEL, f"/warn {ZULEIKA} for calling out"),
        (PATEL, f"/note {ZULEIKA} was upset, see {JOIN_URL}"),
        (PATEL, "/status"),
        (ZULEIKA, f"/warn {OTTOLINE}"),
        (PATEL, f"{ZULEIKA} {JWT}"),
    ]:
        await school.do("say", chat=READING, who=who, text=words, how="slash", mentions=[])
    await school.do("press", chat="channel", who=LINDQVIST, button="Acknowledge")


async def bad_weather(school: School) -> None:
    """One thing after another fails while people come and go."""
    storms: list[dict[str, str]] = [
        {"graph": "down"},
        {"graph": "403", "connector": "403"},
        {"graph": "429", "connector": "429", "targeted": "refused"},
        {"login": "down", "graph": "ok", "connector": "down"},
        {"keys": "rotate", "login": "ok"},
    ]
    for number, storm in enumerate(storms):
        await school.switch(**storm)
        lesson = (MATHS, ART)[number % 2]
        await school.do("start", lesson)
        await school.do("join", lesson, who=[OTTOLINE])
        await school.do("say", chat=READING, who=HARCOURT, text=f"/warn {ZULEIKA}", how="mention", mentions=[ZULEIKA])
        await school.do("end", lesson)
    await school.switch(graph="ok", connector="ok", targeted="ok", keys="ok", login="ok")


async def rubbish(school: School, bot: Bot) -> None:
    """What comes in from anywhere, with names and tokens where none belong."""
    url = f"http://127.0.0.1:{bot.port}/api/messages"
    odd: list[dict[str, Any]] = [
        {"type": "message", "text": ZULEIKA, "from": {"name": ZULEIKA}},
        {"type": "event", "name": f"application/{ZULEIKA}", "value": {"members": ZULEIKA}},
        {"type": "event", "name": "application/vnd.microsoft.meetingStart", "value": {"StartTime": ZULEIKA}},
        {"type": "event", "name": "application/vnd.microsoft.meetingParticipantJoin", "value": {"members": [ZULEIKA]}},
        {"type": "invoke", "name": "adaptiveCard/action", "value": {"action": {"verb": ZULEIKA, "data": ZULEIKA}}},
        {"type": ZULEIKA, "value": JOIN_URL},
    ]
    for activity in odd:
        await school.do("raw", activity=activity)
    for headers in ({}, {"Authorization": f"Bearer {JWT}"}, {"Authorization": f"Bearer {ZULEIKA} {JWT}"}):
        for body in (f'{{"text": "{ZULEIKA}"}}', f"{ZULEIKA}{JOIN_URL}", "[" * 5000):
            kind = {"Content-Type": "application/json"}
            async with school.session.post(f"{url}?who={ZULEIKA}", data=body, headers={**headers, **kind}) as answer:
                assert 400 <= answer.status < 500
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{bot.port}/{ZULEIKA}/{JWT}") as answer,
    ):
        assert answer.status == 404


async def test_nothing_private_is_ever_said(school: School):
    """Whatever library wrote the line."""
    bot = school.bot()
    await bot.start()
    await a_lesson(school)
    await bad_weather(school)
    await rubbish(school, bot)
    await school.do("join", READING, who=[OTTOLINE])
    await school.sees(lambda seen: len(list(said_yes_to(seen))) >= 6, 15, "the bot living through it all")
    await bot.end()
    heard = [*sung(school.cast, bot.lines)]
    heard += [line for line in bot.lines if any(re.search(rf"\b{name}\b", line, re.I) for name in ADULTS)]
    heard += [line for line in bot.lines if re.search(r"eyJ[\w-]{6,}|postgres(ql)?://|meetup-join|Bearer \S", line)]

    assert not heard
    assert len(bot.lines) > 10
    assert all(isinstance(json.loads(line), dict) for line in bot.lines)
