"""kill -9 in the middle of a lesson, again and again: what was promised is kept, what was decided is done once."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
from datetime import datetime

import pytest

from tests.process.house import School
from tests.process.onlooking import by_number, said_yes_to
from tests.process.people import BARNABY, HARCOURT, MATHS, OKAFOR, OTTOLINE, PATEL, READING, TAMSIN, ZULEIKA
from tests.process.reckoning import TAKEN_OVER, alerts, nothing_lost, nothing_waits, one_card_each

TORTURED = int(os.environ.get("SCHOOLGATE_KILLS", "200"))


async def come_and_go(school: School, draw: random.Random) -> None:
    """People stream in and out: of another lesson, and an adult of the lesson that is watched."""
    there: set[tuple[str, str]] = set()
    comers = [(MATHS, who) for who in (OKAFOR, OTTOLINE, BARNABY, TAMSIN)] * 5 + [(READING, HARCOURT)]
    while True:
        one = meeting, who = draw.choice(comers)
        await school.do("leave" if one in there else "join", meeting, who=[who])
        there ^= {one}
        await asyncio.sleep(draw.uniform(0, 0.06))


async def one_death(school: School, draw: random.Random, after: int) -> tuple[datetime, int]:
    """A pupil is alone, and the bot dies at some moment around the alert; then it lives again, and all goes on."""
    bot, channel = school.bots[0], school.cast.channel
    streaming = asyncio.create_task(come_and_go(school, draw))
    await school.do("join", READING, who=[ZULEIKA])
    await asyncio.sleep(draw.uniform(0.3, 2.2))  # the moment of death is what is drawn
    death = await bot.kill()
    streaming.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await streaming
    await bot.start()
    number = await school.sees(
        lambda seen: alerts(seen, about=ZULEIKA, chat=channel, after=after), TAKEN_OVER, "the alert about a lone pupil"
    )
    await school.do("join", READING, who=[TAMSIN])
    await school.sees(lambda seen: _is_over(seen, number), TAKEN_OVER, f"alert {number} saying that it is over")
    await school.do("leave", READING, who=[ZULEIKA, TAMSIN])
    return death, number


def _is_over(seen: list[dict[str, object]], number: int) -> bool:
    return any("✓" in card.text for card in by_number(seen)[number])


async def die_often(school: School, kills: int, seed: int) -> None:
    draw, deaths, newest = random.Random(seed), [], 0
    await school.bot().start()
    await school.do("start", READING)
    await school.do("join", READING, who=[PATEL])
    await school.sees(lambda seen: list(said_yes_to(seen)), 15, "the teacher being there")
    for _ in range(kills):
        death, newest = await one_death(school, draw, newest)
        deaths.append(death)
    await nothing_waits(school, 10)

    assert await nothing_lost(school) > 5 * kills
    assert await one_card_each(school, deaths) >= 2 * kills


async def test_killed_in_a_lesson(school: School):
    """Three deaths around an alert lose nothing that was answered, decide nothing twice, and leave every card up to date."""
    await die_often(school, 3, seed=9)


@pytest.mark.torture
@pytest.mark.timeout(7200)
async def test_killed_hundreds_of_times(school: School):
    """SCHOOLGATE_KILLS deaths (200) at drawn moments are survived like three."""
    await die_often(school, TORTURED, seed=int(os.environ.get("SCHOOLGATE_SEED", "1")))
