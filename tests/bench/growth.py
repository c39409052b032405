"""What a join costs as meetings and history grow, what memory does over many events, and what a second replica brings."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count

import asyncpg

from tests.bench.activities import JOINED, LEFT, Lesson, Post
from tests.bench.driver import burst
from tests.bench.joins import AT_ONCE, do, good, take
from tests.bench.subjects import ASKED, Ground, Subject, on_core, replica, start
from tests.bench.world import PUPILS, World, at_nine, openings

SIZES = (10, 30, 100, 300)
STORED = (10, 1_000, 100_000)
EVENTS, SAMPLES = 20_000, 10
_LESSONS = 8
_SPARE = 1.5

_PAST = """
WITH whose AS (SELECT tenant, school FROM meetings LIMIT 1), past AS (
    SELECT tenant, school, n, nextval('sitting_ids') AS id, now() - n * interval '7 minutes' AS at
    FROM whose, generate_series($1::int, $2::int) AS n
), met AS (
    INSERT INTO meetings (tenant, school, thread, root, keep_until)
    SELECT tenant, school, 'past ' || n, '0', now() + interval '30 days' FROM past
), held AS (
    INSERT INTO sittings (tenant, school, id, thread, root, opened_at, closed_at, last_seen_at, last_number, keep_until)
    SELECT tenant, school, id, 'past ' || n, '0', at, at, at, 4, now() + interval '30 days' FROM past
), happened AS (
    INSERT INTO events (tenant, school, sitting, number, type, at, written_at, data, keep_until)
    SELECT tenant, school, id, e, 'started', at, at, jsonb_build_object('type', 'started', 'at', at), now() + interval '30 days'
    FROM past, generate_series(1, 4) AS e
), came AS (
    INSERT INTO attendance (tenant, school, sitting, person, keep_until)
    SELECT tenant, school, id, 'aad:' || e, now() + interval '30 days' FROM past, generate_series(1, 4) AS e
)
INSERT INTO deliveries (tenant, school, digest, sitting, keep_until)
SELECT tenant, school, sha256((n || ' ' || e)::text::bytea), id, now() + interval '7 days'
FROM past, generate_series(1, 4) AS e
"""
"""Closed lessons of the past weeks: four events, four people and four deliveries each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Events a second, and the processor's ms for each: the server's and its database's."""

    per_second: float
    cpu_ms: float
    database_ms: float


async def by_size(
    ground: Ground, seconds: float, tell: Callable[[str], None], sizes: Sequence[int] = SIZES
) -> dict[int, Cost]:
    """People leave and come again in lessons of each size, everybody else being there."""
    world = World.of(_LESSONS * len(sizes), sizes, slug="sizes")
    await ground.tenant(world)
    subject = await start("schoolgate", ground, world)
    found: dict[int, Cost] = {}
    with on_core(ASKED):
        for number, size in enumerate(sizes):
            lessons = world.lessons[number :: len(sizes)]
            await do(subject, list(openings(lessons, subject.post)))
            await subject.quiet()
            await do(subject, at_nine(lessons, subject.post), at_once=AT_ONCE)
            await subject.quiet()
            found[size] = await _cost(subject, _to_and_fro(lessons, subject.post), seconds)
            tell(f"{size} people in a lesson: {found[size].cpu_ms:.2f} ms an event")
    await subject.child.end()
    return found


async def by_history(
    ground: Ground, seconds: float, tell: Callable[[str], None], stored: Sequence[int] = STORED, lessons: int = 400
) -> dict[int, Cost]:
    """Joins while more and more closed lessons are stored."""
    world = World.of(lessons, [PUPILS] * (lessons // 10), slug="history")
    await ground.tenant(world)
    subject = await start("schoolgate", ground, world)
    found: dict[int, Cost] = {}
    there = 0
    connection = await asyncpg.connect(subject.environment["DATABASE_URL"])
    try:
        with on_core(ASKED):
            await _joining(subject, world, seconds / 2)
            for many in stored:
                await connection.execute(_PAST, there + 1, many, timeout=120)
                await connection.execute("ANALYZE")
                there = many
                found[many] = await _joining(subject, world, seconds)
                tell(f"{many:,} lessons stored: {found[many].cpu_ms:.2f} ms a join")
    finally:
        await connection.close()
    await subject.child.end()
    return found


async def memory(
    ground: Ground, tell: Callable[[str], None], events: int = EVENTS, samples: int = SAMPLES
) -> dict[str, float]:
    """Resident MB at the start and at the end of so many events, and by how many it grew for each thousand of the last half."""
    world = World.of(_LESSONS * 2, [PUPILS] * _LESSONS * 2, slug="memory")
    await ground.tenant(world)
    subject = await start("schoolgate", ground, world)
    seen = [subject.memory()]
    with on_core(ASKED):
        await do(subject, list(openings(world.lessons, subject.post)))
        await do(subject, at_nine(world.lessons, subject.post), at_once=AT_ONCE)
        requests = _to_and_fro(world.lessons, subject.post)
        for _ in range(samples):
            some = [next(requests) for _ in range(events // samples)]
            await do(subject, some, at_once=len(world.lessons))
            seen.append(subject.memory())
    half = len(seen) // 2
    slope = (seen[-1] - seen[half]) / ((len(seen) - 1 - half) * (events / samples) / 1000)
    tell(f"{events:,} events: {seen[0]:.0f} MB, at the end {seen[-1]:.0f} MB")
    await subject.child.end()
    return {"at_start": seen[0], "at_end": seen[-1], "per_thousand": slope}


async def replicas(ground: Ground, seconds: float, tell: Callable[[str], None]) -> dict[int, float]:
    """Joins a second by one replica, and by two on one database, on the same two cores as the driver and the database."""
    world = World.of(800, [PUPILS] * 40, slug="replicas")
    await ground.tenant(world)
    first = await start("schoolgate", ground, world)
    found = {1: (await _joining(first, world, seconds)).per_second}
    second = await replica(ground, first.environment, first.post, ASKED)
    lessons = take(first, world, 2 * found[1] * seconds * _SPARE)
    await do(first, list(openings(lessons, first.post)))
    await first.quiet()
    halves = (at_nine(lessons[::2], first.post), at_nine(lessons[1::2], first.post))
    both = await asyncio.gather(
        *(
            burst(subject.port, iter(requests), at_once=AT_ONCE // 2, seconds=seconds)
            for subject, requests in zip((first, second), halves, strict=True)
        )
    )
    found[2] = sum(good(first, sample).taken / sample.seconds for sample in both)
    tell(f"one replica {found[1]:,.0f} joins/s, two {found[2]:,.0f}")
    for subject in (first, second):
        await subject.child.end()
    return found


async def _joining(subject: Subject, world: World, seconds: float) -> Cost:
    lessons = take(subject, world, subject.guess * seconds * _SPARE)
    await do(subject, list(openings(lessons, subject.post)))
    await subject.quiet()
    cost = await _cost(subject, iter(at_nine(lessons, subject.post)), seconds)
    await do(subject, [lesson.closing(subject.post) for lesson in lessons])
    await subject.quiet()
    return cost


async def _cost(subject: Subject, requests: Iterator[bytes], seconds: float) -> Cost:
    cpu, stored = subject.cpu(), subject.database_cpu()
    sample = good(subject, await burst(subject.port, requests, at_once=_LESSONS, seconds=seconds))
    return Cost(
        per_second=sample.taken / sample.seconds,
        cpu_ms=1000 * (subject.cpu() - cpu) / sample.taken,
        database_ms=1000 * (subject.database_cpu() - stored) / sample.taken,
    )


def _to_and_fro(lessons: Sequence[Lesson], post: Post) -> Iterator[bytes]:
    """One after the other leaves a lesson and comes back, in all these lessons by turns; made as they are sent."""
    for turn in count():
        for lesson in lessons:
            pupil = lesson.pupils[turn // 2 % len(lesson.pupils)]
            yield post.moved(JOINED if turn % 2 else LEFT, lesson.thread, lesson.teacher, pupil)
