"""`make bench`: Schoolgate beside a floor, a plain Bot Framework handler and Microsoft's newer SDK, in one run."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.markdown import Markdown

from deploy.rehearsal.player.process import Died
from tests.bench import growth, joins, nine
from tests.bench.joins import Wrong
from tests.bench.subjects import ground
from tests.bench.table import Results, as_json, into, machine, page

ROOT = Path(__file__).resolve().parents[2]
ONCE, KEPT = ROOT / "build" / "bench", ROOT / "tests" / "bench" / "results"
MORNINGS = 2
"""A plain handler takes a quarter of a minute for one."""
PARTS = ("joins", "nine", "size", "history", "memory", "replicas")


async def measure(parts: Sequence[str], seconds: float, rounds: int, tell: Callable[[str], None]) -> Results:
    """These parts, one after the other."""
    results = Results(at=datetime.now(UTC), machine=machine())
    with tempfile.TemporaryDirectory(prefix="schoolgate-bench-", ignore_cleanup_errors=True) as folder:
        async with ground(Path(folder)) as place:
            if "joins" in parts:
                results.joins = await joins.measure(place, seconds, rounds, tell)
            if "nine" in parts:
                results.nine = await nine.measure(place, min(rounds, MORNINGS), tell)
            if "size" in parts:
                results.size = await growth.by_size(place, seconds, tell)
            if "history" in parts:
                results.history = await growth.by_history(place, seconds, tell)
            if "memory" in parts:
                results.memory = await growth.memory(place, tell)
            if "replicas" in parts:
                results.replicas = await growth.replicas(place, seconds, tell)
    return results


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--seconds", type=float, default=2.0, help="how long each server is driven in a round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", action="append", default=[], choices=PARTS, metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--readme", action="store_true", help="keep the figures, and show them in the README")
    options = parser.parse_args(arguments)
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 140)
    try:
        results = asyncio.run(measure(options.only or PARTS, options.seconds, options.rounds, console.print))
    except (Died, Wrong) as error:
        console.print(str(error))
        return 1
    text = page(results)
    console.print(Markdown(text))
    file = (KEPT if options.readme else ONCE) / f"{results.at:%Y-%m-%d-%H%M}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(as_json(results) + "\n", encoding="utf-8")
    if options.readme:
        into(ROOT / "README.md", text)
    console.print(f"Figures in {file}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
