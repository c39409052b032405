"""The bench itself works: answers are read right, figures add up, and a short run of all three servers loses nothing."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from tests.bench import growth, joins, nine
from tests.bench.activities import JOINED, Post
from tests.bench.driver import Sample, burst, read_answer
from tests.bench.growth import Cost
from tests.bench.joins import Figures
from tests.bench.nine import Nine
from tests.bench.subjects import Ground, ground
from tests.bench.table import BEGIN, END, Results, as_json, into, page, ratio
from tests.bench.world import World


def figures(per_second: float, cpu_ms: float = 1.0) -> Figures:
    rest = dict.fromkeys(("busy_p50", "busy_p99", "idle_p50", "idle_p99", "database_ms"), 1.0)
    return Figures(joins=10, per_second=per_second, cpu_ms=cpu_ms, **rest)


@pytest.mark.parametrize(
    ("heard", "status", "length"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, 40),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no", 200, None),
        (b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n", 503, 55),
        (b"HTTP/1.1 20", 0, None),
    ],
)
def test_an_answer_ends_where_its_length_says(heard: bytes, status: int, length: int | None):
    """Half an answer is no answer yet."""
    assert read_answer(heard) == (status, length)


async def test_a_burst_counts_every_answer():
    """Each request is posted once, and what was answered is what is counted."""
    bodies: Counter[str] = Counter()

    async def take(request: web.Request) -> web.Response:
        bodies[(await request.read()).decode()] += 1
        return web.Response(status=503 if len(bodies) % 10 == 0 else 202, text="taken")

    app = web.Application()
    app.router.add_post("/", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        sample = await burst(runner.addresses[0][1], _requests(95), at_once=7, seconds=30)
    finally:
        await runner.cleanup()

    assert bodies == Counter(str(number) for number in range(100, 195))
    assert sample.refused == {503: 9}
    assert (sample.taken, len(sample.latencies)) == (86, 95)


def _requests(many: int) -> Iterator[bytes]:
    for number in range(100, 100 + many):
        yield b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n%d" % number


def test_ratios_are_taken_round_by_round():
    """A slow machine slows both: only one round's figures are held against each other."""
    found = ratio([figures(900), figures(100)], [figures(100), figures(10)], "per_second")

    assert (found.least, found.middle, found.most) == (9, 9.5, 10)


def results() -> Results:
    """Of every part a little."""
    morning = dict.fromkeys(("answered", "removal_p50", "removal_p99", "idle_p50", "idle_p99", "alert_p50"), 1.0)
    return Results(
        at=datetime(2026, 11, 25, 9, tzinfo=UTC),
        machine="a machine",
        joins={"plain": [figures(100, 10)], "schoolgate": [figures(1200, 2)]},
        nine={"schoolgate": [Nine(started=2.0, removed=removed, **morning) for removed in (1.0, 3.0, 1.5)]},
        size={300: Cost(per_second=10, cpu_ms=1.5, database_ms=0.5)},
        memory={"at_start": 100.0, "at_end": 102.0, "per_thousand": 0.01},
    )


def test_the_page_has_the_peer_as_its_measure():
    """Medians, ratios with their spread, and nothing of what was not measured."""
    text = page(results())

    assert "| **Schoolgate** | 1,200 | 12.0 (12.0-12.0) |" in text
    assert "1.50 (1.00-3.00)" in text
    assert "| people in a lesson | 300: 2.00 |" in text
    assert "replicas" not in text
    assert text.endswith("drift with the machine.")


def test_the_figures_are_kept_whole():
    """What is read back is what was measured."""
    kept = json.loads(as_json(results()))

    assert kept["joins"]["schoolgate"][0]["per_second"] == 1200
    assert kept["at"] == "2026-11-25T09:00:00+00:00"


def test_the_page_goes_between_the_marks_of_the_readme(tmp_path: Path):
    """The last table goes, everything else stays; a README without a place for it is said so."""
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")

    into(readme, "new")

    assert readme.read_text(encoding="utf-8") == f"before\n{BEGIN}\nnew\n{END}\nafter\n"
    readme.write_text("before", encoding="utf-8")
    with pytest.raises(ValueError, match="no place"):
        into(readme, "new")


def test_percentiles_are_of_what_was_measured():
    """The hundredth of a hundred is the slowest."""
    sample = Sample(latencies=[each / 1000 for each in range(100, 0, -1)])

    assert (sample.percentile(0.5), sample.percentile(0.99)) == (0.051, 0.1)


def test_no_two_joins_are_alike():
    """Distinct people and moments, or deduplication would be measured instead."""
    world, seen = World.of(4, [30, 30]), set[str]()
    post = Post("tenant", "app", "https://127.0.0.1/connector/tenant/", "token")
    for lesson in world.lessons:
        for request in lesson.arrivals(post):
            activity: dict[str, Any] = json.loads(request.split(b"\r\n\r\n", 1)[1])
            assert activity["name"] == JOINED
            seen.add(activity["timestamp"])

    assert len(seen) == 4 * 30


@pytest.fixture
async def place() -> AsyncIterator[Ground]:
    """Microsoft's side and a database, as for a run."""
    with tempfile.TemporaryDirectory(prefix="schoolgate-bench-", ignore_cleanup_errors=True) as folder:
        async with ground(Path(folder)) as here:
            yield here


async def test_a_short_run_of_joins(place: Ground):
    """Half a second each: real processes, real tokens, a real database; every join is accounted for, the stranger seen."""
    told: list[str] = []
    names = ("floor", "plain", "schoolgate")
    rounds = await joins.measure(place, 0.5, 1, told.append, names, classes=4)

    assert set(rounds) == set(names)
    assert all(each[0].joins > 0 for each in rounds.values())
    assert sum("accounted for" in line for line in told) == 3


async def test_a_small_nine_o_clock(place: Ground):
    """Two lessons fill, both strangers are removed by Graph, and nobody else."""
    mornings = await nine.measure(place, 1, print, lessons=2, idle=1)

    assert set(mornings) == {"plain", "schoolgate"}
    assert all(morning.removed >= morning.answered > 0 for [morning] in mornings.values())
    assert mornings["schoolgate"][0].alert_p50 > 0


async def test_growth_is_measured(place: Ground):
    """Lessons of two sizes, and a little history."""
    assert set(await growth.by_size(place, 0.2, print, sizes=(2, 4))) == {2, 4}
    assert set(await growth.by_history(place, 0.2, print, stored=(3, 30), lessons=20)) == {3, 30}
