"""kill -9 in the middle of a lesson, again and again: what was promised is kept, what was decided is done once."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import pytest

from tests.database import fresh_database
from tests.process.house import Microsoft, School, school_of
from tests.process.lives import READY_WITHIN
from tests.process.onlooking import said_yes_to
from tests.process.people import BARNABY, HARCOURT, MATHS, OKAFOR, OTTOLINE, PATEL, READING, TAMSIN, ZULEIKA, script
from tests.process.reckoning import TAKEN_OVER, nothing_lost, nothing_waits, one_card_each, register_is_true

TORTURED = int(os.environ.get("SCHOOLGATE_KILLS", "1000"))
SEED = int(os.environ.get("SCHOOLGATE_SEED", "1"))
COMERS = [(MATHS, who) for who in (OTTOLINE, BARNABY)] * 10 + [(READING, TAMSIN), (READING, HARCOURT)]
"""Two lessons, each with a teacher who stays; in one a pupil is alone with hers whenever the other two have gone."""

There = set[tuple[str, str]]


async def come_and_go(school: School, draw: random.Random, there: There, ready: asyncio.Event) -> None:
    """People stream in and out, fewer while nobody listens; who is there is written down once Microsoft's side has done it."""
    while True:
        one = meeting, who = draw.choice(COMERS)
        await school.do("leave" if one in there else "join", meeting, who=[who])
        there ^= {one}
        await asyncio.sleep(draw.uniform(0, 0.08 if ready.is_set() else 1.0))


@asynccontextmanager
async def a_busy_school(school: School, draw: random.Random, ready: asyncio.Event) -> AsyncIterator[There]:
    # who stays is known before anybody dies: what Teams told only the dead is healed as long as the lesson is known to be held
    there = {(READING, PATEL), (READING, ZULEIKA), (MATHS, OKAFOR)}
    await school.do("join", READING, who=[PATEL, ZULEIKA])
    await school.do("join", MATHS, who=[OKAFOR])
    await school.sees(lambda seen: len(set(said_yes_to(seen))) >= 3, 60, "those who stay being known")
    streaming = asyncio.create_task(come_and_go(school, draw, there, ready))
    try:
        yield there
    finally:
        streaming.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await streaming


async def one_life(school: School, draw: random.Random, ready: asyncio.Event) -> datetime:
    """Live a while, or not even that, and die. When."""
    bot = school.bots[0]
    await bot.start(ready=False)
    if draw.random() < 0.8:
        await bot.until(200, "/readyz", READY_WITHIN)
        ready.set()
    await asyncio.sleep(draw.uniform(0, 1.5))  # the moment of death is what is drawn
    ready.clear()
    return await bot.kill()


async def die_often(school: School, kills: int, seed: int) -> str:
    """Die at drawn moments, be it while starting; then live on, and be reckoned with. What was counted, in words."""
    draw, ready = random.Random(seed), asyncio.Event()
    await school.bot().start()
    async with a_busy_school(school, random.Random(seed + 0.5), ready) as there:
        deaths = [await school.bots[0].kill()]
        deaths += [await one_life(school, draw, ready) for _ in range(kills)]
        await school.bots[0].start()
    await school.do("leave" if (READING, TAMSIN) in there else "join", READING, who=[TAMSIN])
    there ^= {(READING, TAMSIN)}
    await register_is_true(school, there, TAKEN_OVER)
    await nothing_waits(school, TAKEN_OVER)
    kept, told = await nothing_lost(school), await one_card_each(school, deaths)
    return f"seed {seed}: {kills} kills, {kept} events answered 2xx and kept, {told} alerts on one card each"


@asynccontextmanager
async def busy(microsoft: Microsoft, folder: Path, slug: str) -> AsyncIterator[School]:
    """A school whose bot is in the calls, so that the roster heals what was lost while nobody listened."""
    lively = script(tier="remove", school_toml={**script()["school_toml"], "recording": {"enabled": False}})
    async with school_of(microsoft, slug, lively, await fresh_database(), folder) as school:
        yield school


@pytest.mark.timeout(600)
async def test_killed_in_a_lesson(microsoft: Microsoft, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """Twenty deaths at any moment lose nothing that was answered, decide nothing twice, and the register is true again."""
    async with busy(microsoft, tmp_path, "killed") as school:
        counted = await die_often(school, 20, seed=9)
    with capsys.disabled():
        print(f"\n{counted}")  # noqa: T201 -- the figure of the reliability page


@pytest.mark.torture
@pytest.mark.timeout(7200)
async def test_killed_a_thousand_times(microsoft: Microsoft, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """SCHOOLGATE_KILLS deaths (1,000) are survived like twenty, fifty to a school; SCHOOLGATE_SEED begins elsewhere."""
    for number in range(0, TORTURED, 50):
        folder = tmp_path / str(number)
        folder.mkdir()
        async with busy(microsoft, folder, f"tortured-{number}") as school:
            counted = await die_often(school, min(50, TORTURED - number), seed=SEED + number // 50)
        with capsys.disabled():
            print(f"\n{counted}")  # noqa: T201 -- the figure of the reliability page
