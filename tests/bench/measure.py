"""One round of one server: lessons begin, classes come in at full speed, then one by one, and the lessons end."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from tests.bench.activities import JOINED, Lesson
from tests.bench.driver import Sample, burst
from tests.bench.subjects import Subject
from tests.bench.world import PUPILS, World, at_nine, openings

AT_ONCE = 32
_SPARE = 1.5
_LONG = 600.0


class Wrong(Exception):
    """A server did not do what it was measured doing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a round showed. Times in milliseconds."""

    joins: int
    per_second: float
    cpu_ms: float
    database_ms: float
    busy_p50: float
    busy_p99: float
    idle_p50: float
    idle_p99: float


async def round_of(subject: Subject, world: World, seconds: float) -> Figures:
    """Measure: joins at AT_ONCE for `seconds`, then one at a time for half as long."""
    busy_lessons = _take(subject, world, subject.guess * seconds * _SPARE)
    idle_lessons = _take(subject, world, subject.guess * seconds * _SPARE / 2)
    both = busy_lessons + idle_lessons
    await _do(subject, list(openings(both, subject.post)), joins=len(both))
    await subject.quiet()
    busy_requests, idle_requests = at_nine(busy_lessons, subject.post), at_nine(idle_lessons, subject.post)
    before, stored = subject.cpu(), subject.database_cpu()
    busy = _good(subject, await burst(subject.port, iter(busy_requests), at_once=AT_ONCE, seconds=seconds))
    cpu, stored = subject.cpu() - before, subject.database_cpu() - stored
    idle = _good(subject, await burst(subject.port, iter(idle_requests), at_once=1, seconds=seconds / 2))
    subject.sent += busy.taken + idle.taken
    subject.guess = busy.taken / busy.seconds
    await _do(subject, [lesson.closing(subject.post) for lesson in both])
    await subject.quiet()
    return Figures(
        joins=busy.taken,
        per_second=busy.taken / busy.seconds,
        cpu_ms=1000 * cpu / busy.taken,
        database_ms=1000 * stored / busy.taken,
        busy_p50=1000 * busy.percentile(0.5),
        busy_p99=1000 * busy.percentile(0.99),
        idle_p50=1000 * idle.percentile(0.5),
        idle_p99=1000 * idle.percentile(0.99),
    )


async def stranger(subject: Subject, world: World) -> None:
    """Somebody uninvited comes in: whoever judges must have noticed."""
    lesson = _take(subject, world, 1)[0]
    guest = subject.post.moved(JOINED, lesson.thread, lesson.teacher, world.stranger)
    await _do(subject, [*lesson.opening(subject.post), *lesson.arrivals(subject.post)], joins=1 + PUPILS)
    await subject.quiet()
    await _do(subject, [guest], joins=1)
    await subject.quiet()


async def _do(subject: Subject, requests: list[bytes], *, joins: int = 0) -> None:
    _good(subject, await burst(subject.port, iter(requests), at_once=8, seconds=_LONG))
    subject.sent += joins


def _good(subject: Subject, sample: Sample) -> Sample:
    if sample.refused or not sample.taken:
        raise Wrong(f"{subject.name} answered {dict(sample.statuses)}")
    return sample


def _take(subject: Subject, world: World, joins: float) -> list[Lesson]:
    """Lessons that nobody has been in yet (after a very long run: not for a while)."""
    wanted = min(ceil(joins / PUPILS), len(world.lessons) // 2)
    first, subject.lesson = subject.lesson, subject.lesson + wanted
    return [world.lessons[number % len(world.lessons)] for number in range(first, first + wanted)]
