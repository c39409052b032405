"""What data.md says of the database is true of a real one: which tables there are, and when each row ends."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

from bot.school import KeepTable, read_school
from bot.store.housekeeping import TABLES
from bot.store.postgres import open_store
from deploy.docs.stores import CLOCKS, STORES, Store
from tests.database import fresh_database
from tests.store.conftest import TENANT
from tests.store.test_keeping import _fill

_COLUMNS = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
_ENDS = """
SELECT max(keep_until) = 'infinity' AS never, max(nullif(keep_until, 'infinity') - {since}) AS kept FROM {table}
"""
SLACK = timedelta(days=2)
"""A meeting's own row is not written anew at every event, and so is kept a little longer."""


def test_every_table_is_on_the_page() -> None:
    """No more and no fewer than are purged, each by a clock that there is."""
    assert sorted(one.table for one in STORES) == sorted(TABLES)
    assert {one.clock for one in STORES} <= {*KeepTable.model_fields, "released", "told"}
    assert set(CLOCKS) == {one.clock for one in STORES}


@pytest.mark.parametrize("store", STORES, ids=lambda store: store.table)
async def test_each_row_ends_when_the_page_says(store: Store) -> None:
    """Asked of rows that were really written."""
    school = read_school(Path("policies/school.toml"))
    dsn = await fresh_database()
    opened = await open_store(dsn, school, TENANT)
    await _fill(opened, school, TENANT)
    await opened.close()
    connection = await asyncpg.connect(dsn)
    since = "ends" if store.table == "planned_lessons" else "now()"
    row = await connection.fetchrow(_ENDS.format(since=since, table=store.table))
    await connection.close()

    if store.clock == "released":
        assert row["never"]
    elif store.clock == "told":
        assert timedelta(0) < row["kept"] <= SLACK
    else:
        clock = getattr(school.keep, store.clock)
        assert clock - timedelta(hours=1) < row["kept"] <= clock + SLACK


async def test_only_one_table_has_names_in_it() -> None:
    """Of the columns of text that people never type, none holds a name; the page says which hold what was typed."""
    connection = await asyncpg.connect(await fresh_database())
    columns = await connection.fetch(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
    )
    await connection.close()
    named = {row["table_name"] for row in columns if row["column_name"] == "name"}
    typed = {row["table_name"] for row in columns if row["column_name"] in ("reason", "text", "agreed")}

    assert named - {"job_schedules"} == {"people"}
    assert typed == {one.table for one in STORES if "may name anybody" in one.about}
