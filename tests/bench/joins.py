"""Join events: every server driven in turn, round after round. Classes come in at full speed, then one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import ceil

from tests.bench.activities import JOINED, Lesson
from tests.bench.driver import Sample, burst
from tests.bench.subjects import ASKED, GUESS, Ground, Subject, on_core, start
from tests.bench.throwaway import NotToBeHad
from tests.bench.world import CLASSES, PUPILS, World, at_nine, openings

AT_ONCE = 32
_SPARE = 1.5
_LONG = 600.0
FASTEST = 4000
"""Joins a second there are lessons for; a faster server meets old lessons again."""


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


async def measure(
    ground: Ground,
    seconds: float,
    rounds: int,
    tell: Callable[[str], None],
    names: Iterable[str] = GUESS,
    classes: int = CLASSES,
) -> dict[str, list[Figures]]:
    """All rounds of all servers, turn and turn about; Wrong if one lost an event or did not judge."""
    lessons = max(2 * classes, int(FASTEST * seconds * rounds / PUPILS))
    world = World.of(lessons, [PUPILS] * classes)
    await ground.tenant(world)
    subjects: list[Subject] = []
    for name in names:
        try:
            subjects.append(await start(name, ground, world))
        except NotToBeHad as error:
            tell(f"{name} is left out: {error}")
    found: dict[str, list[Figures]] = {}
    with on_core(ASKED):
        for number in range(1, rounds + 1):
            for subject in subjects:
                figures = await round_of(subject, world, seconds)
                found.setdefault(subject.name, []).append(figures)
                tell(f"round {number}: {subject.name} {figures.per_second:,.0f} joins/s, {figures.cpu_ms:.2f} ms each")
        for subject in subjects:
            await hold_to_account(subject, world)
            tell(f"{subject.name}: all {subject.sent:,} joins accounted for")
    for subject in subjects:
        await subject.child.end()
    return found


async def round_of(subject: Subject, world: World, seconds: float) -> Figures:
    """Measure: joins at AT_ONCE for `seconds`, then one at a time for half as long."""
    busy_lessons = take(subject, world, subject.guess * seconds * _SPARE)
    idle_lessons = take(subject, world, subject.guess * seconds * _SPARE / 2)
    both = busy_lessons + idle_lessons
    await do(subject, list(openings(both, subject.post)), joins=len(both))
    await subject.quiet()
    busy_requests, idle_requests = at_nine(busy_lessons, subject.post), at_nine(idle_lessons, subject.post)
    before, stored = subject.cpu(), subject.database_cpu()
    busy = good(subject, await burst(subject.port, iter(busy_requests), at_once=AT_ONCE, seconds=seconds))
    cpu, stored = subject.cpu() - before, subject.database_cpu() - stored
    idle = good(subject, await burst(subject.port, iter(idle_requests), at_once=1, seconds=seconds / 2))
    subject.sent += busy.taken + idle.taken
    subject.guess = busy.taken / busy.seconds
    await do(subject, [lesson.closing(subject.post) for lesson in both])
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


async def hold_to_account(subject: Subject, world: World) -> None:
    """Every join that was answered is there, and a stranger was noticed by whoever judges."""
    await _stranger(subject, world)
    if (there := await subject.joined()) != subject.sent:
        raise Wrong(f"{subject.name} was sent {subject.sent} joins and knows of {there}")
    if subject.name in ("plain", "schoolgate") and not await subject.strangers():
        raise Wrong(f"{subject.name} did not notice somebody uninvited")


async def _stranger(subject: Subject, world: World) -> None:
    lesson = take(subject, world, 1)[0]
    guest = subject.post.moved(JOINED, lesson.thread, lesson.teacher, world.stranger())
    await do(subject, [*lesson.opening(subject.post), *lesson.arrivals(subject.post)], joins=1 + len(lesson.pupils))
    await subject.quiet()
    await do(subject, [guest], joins=1)
    await subject.quiet()


async def do(subject: Subject, requests: Sequence[bytes], *, joins: int = 0, at_once: int = 8) -> Sample:
    """Have all these taken."""
    sample = good(subject, await burst(subject.port, iter(requests), at_once=at_once, seconds=_LONG))
    subject.sent += joins
    return sample


def good(subject: Subject, sample: Sample) -> Sample:
    """The sample, if all was taken."""
    if sample.refused or not sample.taken:
        raise Wrong(f"{subject.name} answered {dict(sample.statuses)}")
    return sample


def take(subject: Subject, world: World, joins: float) -> list[Lesson]:
    """Lessons that nobody has been in yet (after a very long run: not for a while)."""
    wanted = min(ceil(joins / PUPILS), len(world.lessons) // 2)
    first, subject.lesson = subject.lesson, subject.lesson + wanted
    return [world.lessons[number % len(world.lessons)] for number in range(first, first + wanted)]
