"""A lesson in tests of the store: what happens in it, and rules that write down what they were shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg

from bot.events import (
    Event,
    Joined,
    Left,
    PersonKey,
    account,
)
from bot.ports import Arrival, Before, Ruling
from bot.sitting import Meeting
from bot.store.postgres import PostgresStore

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
ADA, BEN, PATEL = account("ada"), account("ben"), account("patel")


def at(minutes: float) -> datetime:
    return NINE + timedelta(minutes=minutes)


def joined(person: PersonKey, minutes: float = 0) -> Joined:
    return Joined(at=at(minutes), person=person, endpoint="phone")


def left(person: PersonKey, minutes: float) -> Left:
    return Left(at=at(minutes), person=person, endpoint="phone")


def only(before: Before) -> Ruling:
    return Ruling()


def ruling(*events: Event, **rest: Any) -> Callable[[Before], Ruling]:
    return lambda before: Ruling(events=events, **rest)


def noting(seen: list[Before], *events: Event, **rest: Any) -> Callable[[Before], Ruling]:
    def rule(before: Before) -> Ruling:
        seen.append(before)
        return Ruling(events=events, **rest)

    return rule


async def counts(dsn: str) -> dict[str, int]:
    connection = await asyncpg.connect(dsn)
    tables = ["meetings", "sittings", "events", "attendance", "deliveries", "decisions", "people", "jobs", "notes"]
    found = {table: len(await connection.fetch(f"TABLE {table}")) for table in tables}
    await connection.close()
    return {table: count for table, count in found.items() if count}


async def join(store: PostgresStore, meeting: Meeting, *events: Event, **rest: Any) -> int:
    receipt = await store.observe(Arrival(events=events, meeting=meeting, **rest), ruling(*events))
    return receipt.sitting_id
