"""The machine's clock is set back an hour in the middle of a lesson: the lesson goes on, by the database's clock."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from tests.process.house import School
from tests.process.onlooking import said_yes_to
from tests.process.people import OTTOLINE, PATEL, READING, TAMSIN, ZULEIKA
from tests.process.reckoning import alerts, nothing_lost, nothing_waits, one_card_each

LIBRARY = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")


@pytest.mark.skipif(not LIBRARY.exists(), reason="needs Debian's faketime to set a clock that is nobody else's")
async def test_the_clock_is_set_back_an_hour(school: School, tmp_path: Path):
    """Events are still taken, though their tokens seem to begin in an hour; the alert comes when it should, once."""
    clock = tmp_path / "clock"
    clock.write_text("+0")
    faked = {
        "LD_PRELOAD": str(LIBRARY),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    bot = school.bot(**faked)
    await bot.start()
    await school.do("join", READING, who=[PATEL, ZULEIKA, TAMSIN])
    await school.sees(lambda seen: len(list(said_yes_to(seen))) >= 3, 20, "a lesson under way")
    clock.write_text("-1h")
    await school.switch(keys="rotate")
    await school.do("join", READING, who=[OTTOLINE])
    await school.do("leave", READING, who=[TAMSIN, OTTOLINE])
    channel = school.cast.channel
    number = await school.sees(
        lambda seen: alerts(seen, about=ZULEIKA, chat=channel), 30, "the alert about a lone pupil"
    )
    await nothing_waits(school, 30)
    said = [line[10:23] for line in bot.lines if '"time"' in line]

    assert number
    assert any(later < earlier for earlier, later in itertools.pairwise(said)), "the clock was never set back"
    assert await nothing_lost(school) >= 6
    assert await one_card_each(school) >= 2
