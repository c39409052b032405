"""Everything a bot ever says, on a bad day with everything in it: no child, no adult, no secret, no token, no way in."""

from __future__ import annotations

import json
import re

from deploy.rehearsal.player.canary import sung
from tests.process.house import School
from tests.process.lives import Bot
from tests.process.onlooking import Record, said_yes_to
from tests.process.people import (
    ART,
    HARCOURT,
    LINDQVIST,
    MATHS,
    OKAFOR,
    OTTOLINE,
    PATEL,
    READING,
    STRANGER,
    TAMSIN,
    ZULEIKA,
)
from tests.process.reckoning import alerts

JOIN_URL = "https://teams.microsoft.com/l/meetup-join/19%3ameeting_bench%40thread.v2/0?context=%7b%7d"
JWT = "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsifQ.eyJpc3MiOiJodHRwczovL2FwaSJ9.c2lnbmF0dXJl"
ADULTS = re.compile("|".join(name.split()[-1] for name in (PATEL, OKAFOR, HARCOURT, LINDQVIST)), re.IGNORECASE)
SECRETS = re.compile(r"eyJ[\w-]{6,}|postgres(ql)?://|meetup-join|Bearer \S", re.IGNORECASE)


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
    """One thing after another fails, long enough to be met, while people come and go and commands are given."""
    storms: list[tuple[dict[str, str], bool]] = [
        ({"graph": "down"}, True),
        ({"graph": "403", "connector": "403"}, True),
        ({"graph": "429", "connector": "429", "targeted": "refused"}, True),
        ({"graph": "ok", "connector": "down", "login": "down"}, True),
        ({"connector": "ok", "keys": "rotate", "login": "ok"}, False),
    ]
    for number, (storm, bites) in enumerate(storms):
        await school.switch(**storm)
        before, lesson = len(refusals(await school.look())), (MATHS, ART)[number % 2]
        await school.do("start", lesson)
        await school.do("join", lesson, who=[OTTOLINE])
        text = f"/warn {ZULEIKA} {number}"
        await school.do("say", chat=READING, who=PATEL, text=text, how="slash", mentions=[ZULEIKA])
        if bites:
            await school.sees(lambda seen, least=before: len(refusals(seen)) > least, 10, f"{storm} being met")
        await school.do("end", lesson)
    await school.switch(graph="ok", connector="ok", targeted="ok", keys="ok", login="ok")


def refusals(seen: list[Record]) -> list[Record]:
    return [record for record in seen if record["what"] == "refused"]


async def rubbish(school: School, bot: Bot) -> None:
    """What comes in from anywhere, with names and tokens where none belong."""
    frame = {
        "channelId": "msteams",
        "serviceUrl": f"{school.microsoft.origin}/connector/{school.cast.tenant}/",
        "channelData": {"tenant": {"id": school.cast.tenant}},
        "recipient": {"id": f"28:{school.cast.app_id}", "name": "Schoolgate"},
        "conversation": {"id": school.cast.thread(READING), "conversationType": "groupChat"},
        "from": {"id": f"29:{ZULEIKA}", "name": ZULEIKA, "aadObjectId": ZULEIKA},
    }
    odd: list[Record] = [
        {"type": "message", "text": f"<at>Schoolgate</at> /warn {ZULEIKA}", "entities": [{"type": "mention"}]},
        {"type": "event", "name": f"application/{ZULEIKA}", "value": {"members": ZULEIKA}},
        {"type": "event", "name": "application/vnd.microsoft.meetingStart", "value": {"StartTime": ZULEIKA}},
        {"type": "event", "name": "application/vnd.microsoft.meetingParticipantJoin", "value": {"members": [ZULEIKA]}},
        {"type": "invoke", "name": "adaptiveCard/action", "value": {"action": {"verb": ZULEIKA, "data": ZULEIKA}}},
        {"type": "invoke", "name": ZULEIKA, "value": {"token": JWT}},
        {"type": ZULEIKA, "value": JOIN_URL},
    ]
    for activity in odd:
        await school.do("raw", activity=frame | activity)
    for headers in ({}, {"Authorization": f"Bearer {JWT}"}, {"Authorization": f"Bearer {ZULEIKA} {JWT}"}):
        for body in (f'{{"text": "{ZULEIKA}"}}', f"{ZULEIKA}{JOIN_URL}", "[" * 5000):
            kind = {"Content-Type": "application/json"}
            url = f"http://127.0.0.1:{bot.port}/api/messages?who={ZULEIKA}"
            async with school.session.post(url, data=body, headers={**headers, **kind}) as answer:
                # a key nobody has looked for yet is answered 503: it may be Microsoft's new one
                assert 400 <= answer.status < 500 or (answer.status == 503 and headers)
    status, _ = await bot.get(f"/{ZULEIKA}/{JWT}")
    assert status == 404


async def test_nothing_private_is_ever_said(school: School):
    """Whatever library wrote the line."""
    bot = school.bot()
    await bot.start()
    await a_lesson(school)
    await bad_weather(school)
    await rubbish(school, bot)
    await school.do("join", READING, who=[TAMSIN])
    await school.sees(lambda seen: any(move.oid == school.cast.oid(TAMSIN) for move in said_yes_to(seen)), 15, "life")
    _, metrics = await bot.get("/metrics")
    await bot.end()
    said = [*bot.lines, *metrics.splitlines()]
    heard = [*sung(school.cast, said), *(line for line in said if ADULTS.search(line) or SECRETS.search(line))]

    assert not heard
    assert "schoolgate" in metrics
    assert {"listening", "decided", "done"} <= {json.loads(line)["event"] for line in bot.lines}
