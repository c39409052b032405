"""Graph and the Connector answering badly while an alert is due: it is told once they answer, and the lesson goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.database import fresh_database
from tests.process.house import Microsoft, School, school_of
from tests.process.lives import eventually
from tests.process.people import PATEL, QUICK, READING, TAMSIN, ZULEIKA, script
from tests.process.reckoning import TAKEN_OVER, alerts, nothing_lost, nothing_waits, one_card_each

WEATHERS = ("500", "429", "reset", "half", "nonsense", "slow")
UNREAD = ("half", "nonsense")
"""Of a message taken with such an answer nobody knows the id, so it cannot be brought up to date: tests/teams/test_retries.py."""
_TRIED = "SELECT 1 FROM decisions WHERE id > $1 AND attempts > 0"
_OVER = "SELECT 1 FROM decisions WHERE id > $1 AND rule = 'lone_pupil' AND over"
_NEWEST = "SELECT coalesce(max(id), 0) AS newest FROM decisions"


async def through(school: School, weather: str) -> None:
    """A pupil becomes alone while nothing answers well; then all is well again, and everybody hears of it."""
    (row,) = await school.ask(_NEWEST)
    await school.switch(graph=weather, connector=weather if weather not in UNREAD else "ok")
    await school.do("leave", READING, who=[TAMSIN])
    await eventually(lambda: school.ask(_TRIED, row["newest"]), 20, f"the alert being tried: {weather}")
    await school.switch(graph="ok", connector="ok")
    await school.sees(lambda seen: alerts(seen, about=ZULEIKA, after=row["newest"]), 45, f"the alert after: {weather}")
    await school.do("join", READING, who=[TAMSIN])
    await eventually(lambda: school.ask(_OVER, row["newest"]), 20, f"the alert being over: {weather}")
    await nothing_waits(school, TAKEN_OVER)


@pytest.mark.timeout(600)
async def test_an_alert_comes_through_whatever_weather(microsoft: Microsoft, tmp_path: Path):
    """500, 429, a reset, half an answer, HTML for JSON, no answer: the alert is told once, and nothing is lost."""
    each_anew = script(school_toml=QUICK | {"alerts": {"fold": "0s"}})
    async with school_of(microsoft, "weather", each_anew, await fresh_database(), tmp_path) as school:
        await school.bot().start()
        await school.do("join", READING, who=[PATEL, ZULEIKA, TAMSIN])
        for weather in WEATHERS:
            await through(school, weather)

        assert await nothing_lost(school) >= 2 * len(WEATHERS)
        assert await one_card_each(school) >= len(WEATHERS)
