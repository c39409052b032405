"""A rehearsal in this process, a school in it, and a bot that only listens."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deploy.rehearsal.server import running
from tests.rehearsal.school import School, opened


@pytest.fixture
async def school(tmp_path: Path) -> AsyncIterator[School]:
    async with running(tmp_path) as microsoft, opened(microsoft) as school:
        yield school
