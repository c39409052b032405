"""What the tests of the store share: a school, a fresh database, an open store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.school import School, read_school
from bot.sitting import Meeting
from bot.store.postgres import PostgresStore, open_store
from tests.database import fresh_database

TENANT = "11111111-1111-4111-8111-111111111111"


@pytest.fixture(scope="session")
def school() -> School:
    return read_school(Path(__file__).parents[2] / "policies" / "school.toml")


@pytest.fixture
async def dsn() -> str:
    return await fresh_database()


@pytest.fixture
async def store(dsn: str, school: School) -> AsyncIterator[PostgresStore]:
    opened = await open_store(dsn, school, TENANT)
    yield opened
    await opened.close()


@pytest.fixture
def meeting(school: School) -> Meeting:
    return Meeting(TENANT, school.id, "19:meeting_a@thread.v2")
