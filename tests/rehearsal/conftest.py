"""A rehearsal in this process, a school in it, and a bot that only listens."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deploy.rehearsal.keys import Key
from deploy.rehearsal.server import running
from tests.rehearsal.leg import HANDS, OUTSIDERS
from tests.rehearsal.made import ADA, BEN, PATEL, THREAD
from tests.rehearsal.school import School, opened


@pytest.fixture(scope="session")
def keys() -> tuple[Key, Key, Key]:
    """Made once: they take longer than most tests."""
    return Key.new(), Key.new(), Key.new()


@pytest.fixture
async def school(tmp_path: Path, keys: tuple[Key, Key, Key]) -> AsyncIterator[School]:
    async with running(tmp_path, keys=keys) as microsoft, opened(microsoft) as school:
        yield school


@pytest.fixture
async def hands(school: School) -> School:
    """A meeting with three in it, microphones on, and a bot that has all the permissions there are."""
    await school.put(grants=HANDS, switches={"removal": "allowed"}, outsiders=OUTSIDERS)
    await school.do("join", meeting=THREAD, who=[PATEL, ADA, BEN], mic=True)
    return school
