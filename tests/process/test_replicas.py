"""Two replicas on one database: alike, and either can be lost."""

from __future__ import annotations

import asyncio

from deploy.rehearsal.player.process import free_port
from tests.process.balancer import balanced
from tests.process.house import School
from tests.process.lives import eventually
from tests.process.people import ART, HARCOURT, LINDQVIST, MATHS, MUSIC, OKAFOR, PATEL, PUPILS, READING
from tests.process.reckoning import TAKEN_OVER, nothing_lost, nothing_waits, one_card_each

LESSONS = {READING: PATEL, MATHS: OKAFOR, MUSIC: HARCOURT, ART: LINDQVIST}
_DECIDED = "SELECT id FROM decisions WHERE rule = 'lone_pupil' AND action = 'tell'"
_IN_HAND = "SELECT 1 FROM jobs WHERE status = 'picked' AND entrypoint LIKE '%/carry'"


async def test_one_of_two_dies_with_work_waiting(school: School):
    """Events go to both, each decision is carried out once, and what the dead one had in hand the other finishes."""
    ports = free_port(), free_port()
    bots = [school.bot(port) for port in ports]
    async with balanced(school.port, ports) as given:
        await asyncio.gather(*(bot.start() for bot in bots))
        await school.switch(connector="slow")
        for (lesson, teacher), pupil in zip(LESSONS.items(), PUPILS, strict=True):
            await school.do("start", lesson)
            await school.do("join", lesson, who=[teacher])
            await school.do("join", lesson, who=[pupil])
        await eventually(lambda: _decided(school, 2 * len(LESSONS)), 10, "every lesson has its two alerts")
        death = await bots[0].kill()
        await school.switch(connector="ok")
        await nothing_waits(school, TAKEN_OVER)
        before_the_end = given[ports[1]]
        await school.do("join", READING, who=[PUPILS[1]])
        await school.sees(lambda _: given[ports[1]] > before_the_end, 5, "the other one is given all")

        assert min(given.values()) >= 4
        assert await nothing_lost(school) >= 2 * len(LESSONS)
        assert await one_card_each(school, [death]) >= 2 * len(LESSONS)


async def _decided(school: School, many: int) -> bool:
    return len(await school.ask(_DECIDED)) >= many and bool(await school.ask(_IN_HAND))
