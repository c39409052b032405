"""kill -9 while a removal waits for second thoughts: carried out when its time has come, or not at all if it was taken back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.database import fresh_database
from tests.process.house import Microsoft, School, school_of
from tests.process.lives import eventually
from tests.process.people import OTTOLINE, PATEL, READING, TAMSIN, ZULEIKA, script
from tests.process.reckoning import TAKEN_OVER
from tests.process.test_removal import REMOVING, in_the_roster, removals

WAITING = {
    **REMOVING,
    "school_toml": {
        **REMOVING["school_toml"],  # type: ignore[dict-item]  # -- it is a table
        "removal": {"undo_ladder": "5s", "confirm_first": False},
    },
}
_EVENTS = "SELECT 1 FROM events WHERE type = $1"
_NO_HOLD = "SELECT 1 WHERE NOT EXISTS (SELECT FROM holds WHERE released_at IS NULL)"
_NO_JOB = "SELECT 1 WHERE NOT EXISTS (SELECT FROM jobs WHERE entrypoint LIKE '%/remove')"


@pytest.fixture
async def waiting(microsoft: Microsoft, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[School]:
    """A lesson in which Zuleika was warned, and her removal has been ordered and waits."""
    slug = request.node.name.removeprefix("test_")[:60]
    async with school_of(microsoft, slug, script(**WAITING), await fresh_database(), tmp_path) as school:
        await school.switch(removal="allowed")
        await school.bot().start()
        await school.do("join", READING, who=[PATEL, ZULEIKA, TAMSIN, OTTOLINE])
        await in_the_roster(school, ZULEIKA)
        for order, written in (("warn", "warned"), ("remove", "removal_planned")):
            text = f"/{order} @{ZULEIKA} chatting"
            await school.do("say", chat=READING, who=PATEL, text=text, mentions=[ZULEIKA], how="slash")
            await eventually(lambda what=written: school.ask(_EVENTS, what), 15, written)
        yield school


async def test_a_removal_that_waits_outlives_the_process(waiting: School) -> None:
    """The waiting is a row: whoever is alive when its time has come carries it out, once."""
    await waiting.bots[0].kill()
    assert removals(await waiting.look(), waiting, ZULEIKA) == []
    await waiting.bots[0].start()
    await waiting.sees(lambda seen: removals(seen, waiting, ZULEIKA), TAKEN_OVER, "the pupil being out")

    assert len(await waiting.ask(_EVENTS, "removal_ordered")) == 1


async def test_one_taken_back_is_not_carried_out_after_a_death(waiting: School) -> None:
    """Taken back, then the process dies: its job finds nothing to do, and no hold is left."""
    await waiting.do("say", chat=READING, who=PATEL, text="/undo", how="slash")
    await eventually(lambda: waiting.ask(_EVENTS, "removal_undone"), 15, "the order taken back")
    await eventually(lambda: waiting.ask(_NO_HOLD), 15, "no hold left")
    await waiting.bots[0].kill()
    await waiting.bots[0].start()
    await eventually(lambda: waiting.ask(_NO_JOB), TAKEN_OVER, "the job having run")

    assert removals(await waiting.look(), waiting, ZULEIKA) == []
    assert await waiting.ask(_EVENTS, "removal_ordered") == []
