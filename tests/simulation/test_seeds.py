"""Seeded days: 300 here, 10,000 in torture; SCHOOLGATE_SEED=N plays day N again, and only that."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter

import pytest

from tests.simulation.day import Day
from tests.simulation.verdict import broken, counted

ONE = os.environ.get("SCHOOLGATE_SEED")
SEEDS = range(int(ONE), int(ONE) + 1) if ONE else range(300)
TORTURED = SEEDS if ONE else range(int(os.environ.get("SCHOOLGATE_SEEDS", "10000")))
AGAIN = "import sys; from tests.simulation.day import Day; print(Day(int(sys.argv[1])).run().history())"


def live(seeds: range) -> str:
    """Live these days; every broken promise is told with its seed. What was lived through, in words."""
    found, total = list[str](), Counter[str]()
    for seed in seeds:
        day = Day(seed).run()
        total += counted(day)
        found += [f"SCHOOLGATE_SEED={seed}: {words}" for words in broken(day)]
    assert not found, "\n".join(found)
    return f"{len(seeds)} simulated lessons: " + ", ".join(f"{many} {what}" for what, many in sorted(total.items()))


@pytest.mark.timeout(600)
def test_no_seed_breaks_a_promise(capsys: pytest.CaptureFixture[str]):
    """Three hundred lessons in which everything fails that can."""
    lived = live(SEEDS)
    with capsys.disabled():
        print(f"\n{lived}")  # noqa: T201 -- the figure of the reliability page


@pytest.mark.torture
@pytest.mark.timeout(4 * 3600)
def test_no_seed_of_ten_thousand_breaks_a_promise(capsys: pytest.CaptureFixture[str]):
    """SCHOOLGATE_SEEDS lessons (10,000)."""
    lived = live(TORTURED)
    with capsys.disabled():
        print(f"\n{lived}")  # noqa: T201 -- the figure of the reliability page


def test_a_seed_is_the_same_day_again():
    """In another process too, where sets are walked through in another order."""
    seen = set()
    for walk in ("1", "2"):
        run = [sys.executable, "-c", AGAIN, "8"]
        done = subprocess.run(
            run, env={**os.environ, "PYTHONHASHSEED": walk}, capture_output=True, text=True, check=True
        )
        seen.add(done.stdout)

    assert len(seen) == 1
