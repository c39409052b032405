"""The figures as a table and as JSON: medians over the rounds, and the spread of each ratio."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from rich.table import Table

from tests.bench.measure import Figures

Rounds = Mapping[str, Sequence[Figures]]
PEER = "plain"


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many times the peer, in each round."""

    least: float
    middle: float
    most: float

    def __str__(self) -> str:
        return f"{self.middle:.2f} ({self.least:.2f}-{self.most:.2f})"


def ratio(mine: Sequence[Figures], theirs: Sequence[Figures], figure: str) -> Ratio:
    """Round by round, because only figures of one round are comparable."""
    each = [getattr(a, figure) / getattr(b, figure) for a, b in zip(mine, theirs, strict=True)]
    return Ratio(min(each), median(each), max(each))


def rows(rounds: Rounds) -> Iterator[tuple[str, ...]]:
    peer = rounds.get(PEER)
    for name, figures in rounds.items():
        middle = {key: median(getattr(each, key) for each in figures) for key in asdict(figures[0])}
        yield (
            name,
            f"{middle['per_second']:,.0f}",
            f"{middle['cpu_ms']:.2f}",
            f"{middle['database_ms']:.2f}" if middle["database_ms"] else "",
            f"{middle['busy_p50']:.1f} / {middle['busy_p99']:.1f}",
            f"{middle['idle_p50']:.1f} / {middle['idle_p99']:.1f}",
            str(ratio(figures, peer, "per_second")) if peer else "",
            str(ratio(figures, peer, "cpu_ms")) if peer else "",
        )


def table(rounds: Rounds) -> Table:
    many = len(next(iter(rounds.values())))
    drawn = Table(title=f"Join events, medians of {many} rounds", title_justify="left")
    heads = (
        "server",
        "joins/s",
        "CPU ms",
        "+ database's",
        "p50 / p99 ms, 32 at once",
        "p50 / p99 ms, idle",
        f"joins/s by {PEER}'s",
        f"CPU by {PEER}'s",
    )
    for number, head in enumerate(heads):
        drawn.add_column(head, justify="right" if number else "left")
    for row in rows(rounds):
        drawn.add_row(*row)
    return drawn


def as_json(rounds: Rounds, **about: Any) -> dict[str, Any]:
    found: dict[str, Any] = {**about, "rounds": {name: [asdict(each) for each in rounds[name]] for name in rounds}}
    if PEER in rounds:
        found["by_plain"] = {
            name: {key: asdict(ratio(rounds[name], rounds[PEER], key)) for key in ("per_second", "cpu_ms", "idle_p50")}
            for name in rounds
        }
    return found
