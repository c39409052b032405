"""The figures as a page and as JSON: medians over the rounds, and the spread of each ratio."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, is_dataclass
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench.growth import Cost
from tests.bench.joins import Figures
from tests.bench.nine import Nine

PEER = "plain"
NAMES = {
    "floor": "bare aiohttp, token checked",
    "plain": "Bot Framework handler",
    "agents": "M365 Agents SDK echo",
    "schoolgate": "**Schoolgate**",
}
BEGIN, END = "<!-- bench: written by `make bench ARGS=--readme` -->", "<!-- end of bench -->"


@dataclass(kw_only=True)
class Results:
    """All that a run has measured; what it left out is empty."""

    at: datetime
    machine: str
    joins: Mapping[str, Sequence[Figures]] = field(default_factory=dict)
    nine: Mapping[str, Sequence[Nine]] = field(default_factory=dict)
    size: Mapping[int, Cost] = field(default_factory=dict)
    history: Mapping[int, Cost] = field(default_factory=dict)
    memory: Mapping[str, float] = field(default_factory=dict)
    replicas: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many times the peer, in each round."""

    least: float
    middle: float
    most: float

    def __str__(self) -> str:
        return f"{self.middle:.1f} ({self.least:.1f}-{self.most:.1f})"


def ratio(mine: Sequence[Any], theirs: Sequence[Any], figure: str) -> Ratio:
    """Round by round, because only figures of one round are comparable."""
    each = [getattr(a, figure) / getattr(b, figure) for a, b in zip(mine, theirs, strict=True)]
    return Ratio(min(each), median(each), max(each))


def middle(rounds: Sequence[Any], figure: str) -> float:
    return float(median(getattr(one, figure) for one in rounds))


def page(results: Results) -> str:
    """All of it in Markdown."""
    parts = [_joins(results.joins), _nine(results.nine), _growth(results)]
    where = f"{results.at:%-d %B %Y}, {results.machine}. Compare within one table only: absolute figures drift with the machine."
    return "\n\n".join(["\n".join(part) for part in map(list, parts) if part] + [where])


def _joins(rounds: Mapping[str, Sequence[Figures]]) -> Iterator[str]:
    if not rounds:
        return
    yield from _head(
        "join events", "a second, one core", f"by {NAMES[PEER]}'s", "CPU ms each", "p50 / p99 ms, one by one"
    )
    for name, figures in rounds.items():
        stored = middle(figures, "database_ms")
        yield _row(
            NAMES[name],
            f"{middle(figures, 'per_second'):,.0f}",
            str(ratio(figures, rounds[PEER], "per_second")) if PEER in rounds else "",
            f"{middle(figures, 'cpu_ms'):.2f}" + (f" + {stored:.2f} of PostgreSQL" if stored else ""),
            f"{middle(figures, 'idle_p50'):.1f} / {middle(figures, 'idle_p99'):.1f}",
        )


def _nine(rounds: Mapping[str, Sequence[Nine]]) -> Iterator[str]:
    if not rounds:
        return
    yield from _head(
        "nine o'clock: 900 joins, 30 lessons, 30 strangers",
        "all answered, s",
        "last stranger's DELETE, s",
        "alone: join to DELETE, p50 / p99 ms",
        "to the alert",
        "start to ready, s",
    )
    for name, figures in rounds.items():
        told = middle(figures, "alert_p50")
        yield _row(
            NAMES[name],
            f"{middle(figures, 'answered'):.2f}",
            f"{middle(figures, 'removed'):.2f} ({_spread(figures, 'removed')})",
            f"{middle(figures, 'idle_p50'):.0f} / {middle(figures, 'idle_p99'):.0f}",
            f"{told:.0f} / {middle(figures, 'alert_p99'):.0f}" if told else "tells nobody",
            f"{middle(figures, 'started'):.1f}",
        )


def _growth(results: Results) -> Iterator[str]:
    rows = [
        ("people in a lesson", _costs(results.size)),
        ("lessons stored", _costs(results.history)),
        ("memory over 20,000 events", _memory(results.memory)),
        ("replicas on one database, two cores", _replicas(results.replicas)),
    ]
    if any(said for _, said in rows):
        yield from _head("Schoolgate as things grow", "CPU ms for each event, PostgreSQL's included")
        yield from (_row(what, said) for what, said in rows if said)


def _costs(costs: Mapping[int, Cost]) -> str:
    return ", ".join(f"{many:,}: {cost.cpu_ms + cost.database_ms:.2f}" for many, cost in costs.items())


def _memory(found: Mapping[str, float]) -> str:
    if not found:
        return ""
    return f"{found['at_start']:.0f} MB, then {found['at_end']:.0f} MB; {found['per_thousand']:+.2f} MB a thousand at the end"


def _replicas(found: Mapping[int, float]) -> str:
    return ", ".join(f"{many}: {joins:,.0f} joins/s" for many, joins in found.items())


def _spread(rounds: Sequence[Any], figure: str) -> str:
    values = [getattr(one, figure) for one in rounds]
    return f"{min(values):.2f}-{max(values):.2f}"


def _head(*names: str) -> Iterator[str]:
    yield _row(*names)
    yield "|" + "---|" * len(names)


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def as_json(results: Results) -> str:
    """The same, whole."""
    return json.dumps(asdict(results), indent=1, default=_plain)


def _plain(value: Any) -> Any:
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else value.isoformat()


def into(readme: Path, text: str) -> None:
    """Put the page between the marks of a file, in place of the last one."""
    before, found, rest = readme.read_text(encoding="utf-8").partition(BEGIN)
    _, ended, after = rest.partition(END)
    if not (found and ended):
        raise ValueError(f"{readme} has no place between {BEGIN} and {END}")
    readme.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")


def machine(processor: Callable[[], str] = platform.processor) -> str:
    """What this runs on, as far as it says."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        name = next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        name = processor() or platform.machine()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{cores} cores of {name}, load {os.getloadavg()[0]:.0f} before it began"
