"""The bench itself works: answers are read right, figures add up, and a short run of all three servers loses nothing."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from aiohttp import web

from tests.bench.__main__ import measure
from tests.bench.activities import JOINED, Post
from tests.bench.driver import Sample, burst, read_answer
from tests.bench.measure import Figures
from tests.bench.table import as_json, ratio, rows
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


def test_the_table_has_the_peer_as_its_measure():
    """Medians of every figure, and both ratios."""
    rounds = {"plain": [figures(100, 10)], "schoolgate": [figures(1000, 2)]}

    assert [row[0] for row in rows(rounds)] == ["plain", "schoolgate"]
    assert list(rows(rounds))[1][-2:] == ("10.00 (10.00-10.00)", "0.20 (0.20-0.20)")
    assert json.loads(json.dumps(as_json(rounds)))["by_plain"]["schoolgate"]["per_second"]["middle"] == 10


def test_percentiles_are_of_what_was_measured():
    """The hundredth of a hundred is the slowest."""
    sample = Sample(latencies=[each / 1000 for each in range(100, 0, -1)])

    assert (sample.percentile(0.5), sample.percentile(0.99)) == (0.051, 0.1)


def test_no_two_joins_are_alike():
    """Distinct people and moments, or deduplication would be measured instead."""
    world, seen = World.of(4, classes=2), set[str]()
    post = Post("tenant", "app", "https://127.0.0.1/connector/tenant/", "token")
    for lesson in world.lessons:
        for request in lesson.arrivals(post):
            activity: dict[str, Any] = json.loads(request.split(b"\r\n\r\n", 1)[1])
            assert activity["name"] == JOINED
            seen.add(activity["timestamp"])

    assert len(seen) == 4 * 30


async def test_a_short_run_of_everything():
    """Half a second each: real processes, real tokens, a real database; every join is accounted for, the stranger seen."""
    told: list[str] = []
    rounds = await measure(0.5, 1, [], told.append, classes=4)

    assert set(rounds) == {"floor", "plain", "schoolgate"}
    assert all(each[0].joins > 0 for each in rounds.values())
    assert sum("accounted for" in line for line in told) == 3
