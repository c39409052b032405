"""Seeded days: 300 here, 10,000 in torture; SCHOOLGATE_SEED=N plays one of them again."""

from __future__ import annotations

import os

import pytest

from tests.simulation.day import Day
from tests.simulation.verdict import broken

SEEDS, TORTURED = 300, int(os.environ.get("SCHOOLGATE_SEEDS", "10000"))
ONE = os.environ.get("SCHOOLGATE_SEED")


def live(seeds: range) -> str:
    """Live these days; every broken promise with its seed. What was lived through, in words."""
    found, deaths, doubled = [], 0, 0
    for seed in seeds:
        day = Day(seed).run()
        deaths += day.deaths
        found += [f"seed {seed}: {words}" for words in broken(day)]
    assert not found, "\n".join(found)
    return f"{len(seeds)} days, {deaths} deaths, {doubled} doubled"


def test_days():
    live(range(int(ONE), int(ONE) + 1) if ONE else range(SEEDS))
