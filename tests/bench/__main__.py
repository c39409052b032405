"""`make bench`: the road's cost beside a floor and a plain Bot Framework handler, interleaved in one run."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from deploy.rehearsal.player.process import Died
from tests.bench.issuer import published
from tests.bench.measure import AT_ONCE, Figures, Wrong, round_of, stranger
from tests.bench.subjects import ASKED, Subject, on_core, opened
from tests.bench.table import as_json, table
from tests.bench.world import CLASSES, PUPILS, World

NAMES = ("floor", "plain", "schoolgate")
RESULTS = Path(__file__).resolve().parents[2] / "build" / "bench"
FASTEST = 3000
"""Joins a second there are lessons for; a faster server meets old lessons again."""


async def measure(
    seconds: float, rounds: int, only: list[str], tell: Callable[[str], None], classes: int = CLASSES
) -> dict[str, list[Figures]]:
    """All rounds of all servers, turn and turn about; Wrong if one lost an event or did not judge."""
    lessons = max(2 * classes, int(FASTEST * seconds * rounds / PUPILS))
    world = World.of(lessons, classes)
    found: dict[str, list[Figures]] = {}
    with tempfile.TemporaryDirectory(prefix="schoolgate-bench-", ignore_cleanup_errors=True) as folder:
        async with published() as issuer, opened(world, issuer, Path(folder), only) as subjects:
            with on_core(ASKED):
                for number in range(1, rounds + 1):
                    for subject in subjects:
                        figures = await round_of(subject, world, seconds)
                        found.setdefault(subject.name, []).append(figures)
                        tell(f"round {number}: {subject.name} {figures.per_second:,.0f} joins/s")
                for subject in subjects:
                    await hold_to_account(subject, world)
                    tell(f"{subject.name}: all {subject.sent:,} joins accounted for")
    return found


async def hold_to_account(subject: Subject, world: World) -> None:
    """Every join that was answered is there, and a stranger was noticed by whoever judges."""
    await stranger(subject, world)
    if (there := await subject.joined()) != subject.sent:
        raise Wrong(f"{subject.name} was sent {subject.sent} joins and knows of {there}")
    if subject.name != "floor" and not await subject.strangers():
        raise Wrong(f"{subject.name} did not notice somebody uninvited")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0, help="how long each server is driven in a round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", action="append", default=[], choices=NAMES, metavar="NAME")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where the figures go (default: build/bench/)")
    options = parser.parse_args(arguments)
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 140)
    try:
        rounds = asyncio.run(measure(options.seconds, options.rounds, options.only, console.print))
    except (Died, Wrong) as error:
        console.print(str(error))
        return 1
    console.print(table(rounds))
    at = datetime.now(UTC)
    file = options.json or RESULTS / f"{at:%Y-%m-%d-%H%M%S}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    about = {"at": at.isoformat(), "seconds": options.seconds, "at_once": AT_ONCE}
    file.write_text(json.dumps(as_json(rounds, **about), indent=1), encoding="utf-8")
    console.print(f"Figures in {file}. Compare ratios of one run only.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
