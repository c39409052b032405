"""The whole bot, as the role that may only read and write rows."""

from __future__ import annotations

import os

import asyncpg

from bot.store.rights import prepare
from tests.process.house import School
from tests.process.people import PATEL, READING, TAMSIN, ZULEIKA
from tests.process.reckoning import alerts, nothing_lost, nothing_waits, one_card_each

ROLE = f"bot_under_test_{os.getpid()}"


async def test_a_lesson_needs_no_more_rights(school: School) -> None:
    """A lone pupil is seen, told of, and over again; the clock's duties are done; nothing fails for want of a right."""
    owner = school.dsn
    bots = owner.replace("postgres@", f"{ROLE}@", 1)
    await prepare(owner, bots)
    bot = school.bot(DATABASE_URL=bots)
    await bot.start()
    await school.do("start", READING)
    await school.do("join", READING, who=[PATEL, ZULEIKA])
    channel = school.cast.channel
    await school.sees(lambda seen: alerts(seen, about=ZULEIKA, chat=channel), 20, "the alert about a lone pupil")
    await school.do("join", READING, who=[TAMSIN])
    await nothing_waits(school, 20)
    await bot.end()
    connection = await asyncpg.connect(owner)
    await connection.execute(f"DROP OWNED BY {ROLE}; DROP ROLE {ROLE}")
    await connection.close()

    assert await nothing_lost(school) >= 3
    assert await one_card_each(school) >= 2
    assert not [line for line in bot.lines if "InsufficientPrivilege" in line or '"duty_failed"' in line]
