"""A rehearsal in this process, and a school in it that the doctor finds in good health."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deploy.rehearsal.keys import Key
from deploy.rehearsal.server import running
from tests.database import fresh_database
from tests.doctor.school import Surgery, opened


@pytest.fixture(scope="session")
def keys() -> tuple[Key, Key, Key]:
    """Made once: they take longer than most tests."""
    return Key.new(), Key.new(), Key.new()


@pytest.fixture(scope="session")
def dsn() -> str:
    """One database for all: the doctor writes nothing, and what happened in one test may have happened in all."""
    return asyncio.run(fresh_database())


@pytest.fixture
async def surgery(
    tmp_path: Path, keys: tuple[Key, Key, Key], dsn: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Surgery]:
    async with running(tmp_path, keys=keys) as microsoft, opened(microsoft, tmp_path, dsn, monkeypatch) as made:
        yield made
