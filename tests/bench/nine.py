"""Nine o'clock: a school's lessons all fill at once and one stranger comes to each, until the last is out by DELETE.

And the same one by one: how long from a stranger's join to the DELETE, and to the alert in the safeguarding channel.
The clock is Microsoft's side's: a removal counts when its Graph has it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from tests.bench.activities import JOINED, Lesson
from tests.bench.driver import burst, percentile
from tests.bench.joins import Wrong, do, good
from tests.bench.subjects import ASKED, Ground, Subject, on_core, start
from tests.bench.world import World, openings

LESSONS, PUPILS = 30, 29
AT_ONCE = 64
IDLE = 15
SPACED = 0.5
"""Seconds between strangers who come one by one: Teams lets a bot write to one channel sixty times in half a minute."""
WITHIN = 60.0
NAMES = ("plain", "schoolgate")


@dataclass(frozen=True, slots=True, kw_only=True)
class Nine:
    """What one nine o'clock showed. `answered`, `removed`: seconds from the first post to the last of these; else ms."""

    started: float
    answered: float
    removed: float
    removal_p50: float
    removal_p99: float
    idle_p50: float
    idle_p99: float
    alert_p50: float = 0.0
    alert_p99: float = 0.0


async def measure(
    ground: Ground,
    rounds: int,
    tell: Callable[[str], None],
    names: Sequence[str] = NAMES,
    *,
    lessons: int = LESSONS,
    idle: int = IDLE,
) -> dict[str, list[Nine]]:
    """A new school for every round of each."""
    found: dict[str, list[Nine]] = {}
    for number in range(1, rounds + 1):
        for name in names:
            morning = await _morning(ground, name, f"nine-{name}-{number}", lessons, idle)
            found.setdefault(name, []).append(morning)
            tell(f"nine o'clock {number}: {name} {morning.removed:.2f} s, alone {morning.idle_p50:.0f} ms")
    return found


async def _morning(ground: Ground, name: str, slug: str, lessons: int, idle: int) -> Nine:
    # who comes alone does so in a lesson of their own: of a class that is not there yet the brake lets one be removed
    world = World.of(
        lessons + idle,
        [PUPILS] * (lessons + idle),
        slug=slug,
        strangers=lessons + idle,
        tier="remove",
        before={"removal": "allowed"},
        school_toml={"brake": {"per_school": 60}, "uninvited_attendee": {"guest": "remove"}},
    )
    await ground.tenant(world)
    house = ground.house
    hands = {"BENCH_MICROSOFT": house.origin, "SSL_CERT_FILE": house.ca} if name == "plain" else {}
    subject = await start(name, ground, world, **hands)
    site = Site(ground, subject, world)
    try:
        with on_core(ASKED):
            await site.open()
            alone = [await site.alone(each) for each in range(lessons, lessons + idle)]
            await subject.quiet()
            answered, removals = await site.rush(world.lessons[:lessons])
            await subject.quiet()
    finally:
        await subject.child.end()
    gone, told = [each.removed for each in alone], [each.told for each in alone if each.told]
    return Nine(
        started=subject.started,
        answered=answered,
        removed=max(answered, max(at for _, at in removals)),
        removal_p50=1000 * percentile([at - came for came, at in removals], 0.5),
        removal_p99=1000 * percentile([at - came for came, at in removals], 0.99),
        idle_p50=1000 * percentile(gone, 0.5),
        idle_p99=1000 * percentile(gone, 0.99),
        alert_p50=1000 * percentile(told, 0.5),
        alert_p99=1000 * percentile(told, 0.99),
    )


@dataclass(frozen=True, slots=True)
class Alone:
    """Seconds from a stranger's join to the DELETE, and to the alert (None for a server that tells nobody)."""

    removed: float
    told: float | None


class Site:
    """One school and its server: people come in at Microsoft's side and in Teams' events, and it is seen what is done."""

    def __init__(self, ground: Ground, subject: Subject, world: World) -> None:
        self._house, self._subject, self._world = ground.house, subject, world
        self._url = f"{ground.house.control}/tenants/{world.cast.tenant}"
        self._seen = 0

    async def open(self) -> None:
        """The lessons begin; the bot has time to look them up and to be in every call."""
        for lesson in self._world.lessons:
            await self._act("start", lesson)
            await self._act("join", lesson, [lesson.teacher])
        await do(self._subject, list(openings(self._world.lessons, self._subject.post)))
        calls: set[str] = set()
        while len(calls) < len(self._world.lessons):
            calls |= {record["chat"] for record in await self._next("call") if record.get("text") == "established"}
        await self._subject.quiet()

    async def alone(self, number: int) -> Alone:
        """A stranger comes into this lesson while nothing else happens."""
        await asyncio.sleep(SPACED)
        lesson, who = self._world.lessons[number], self._world.stranger(number)
        request = self._subject.post.moved(JOINED, lesson.thread, lesson.teacher, who)
        await self._act("join", lesson, [who])
        came = time.time()
        good(self._subject, await burst(self._subject.port, iter([request]), at_once=1, seconds=WITHIN))
        wanted = {"removed", "posted"} if self._subject.name == "schoolgate" else {"removed"}
        at: dict[str, float] = {}
        while wanted - at.keys():
            for record in await self._next(*wanted):
                if record["what"] == "removed" or record.get("chat") == self._world.cast.channel:
                    at.setdefault(record["what"], _moment(record) - came)
        return Alone(at["removed"], at.get("posted"))

    async def rush(self, lessons: Sequence[Lesson]) -> tuple[float, list[tuple[float, float]]]:
        """Everybody at once. Until all was answered, and for each stranger when they came and when they were removed."""
        await self._next()
        sent: dict[str, float] = {}
        began = time.time()
        answers, *_ = await asyncio.gather(
            burst(self._subject.port, self._arrivals(lessons, sent), at_once=AT_ONCE, seconds=WITHIN),
            *(self._act("join", lesson, self._class(number)) for number, lesson in enumerate(lessons)),
        )
        answered = good(self._subject, answers).seconds
        removed: dict[str, float] = {}
        while len(removed) < len(sent):
            removed |= {record["to"][0]: _moment(record) for record in await self._next("removed")}
        if removed.keys() != sent.keys():
            others = removed.keys() - sent.keys()
            raise Wrong(f"{self._subject.name} removed {len(others)} who were invited, first {sorted(others)[0]}")
        return answered, [(sent[who] - began, removed[who] - began) for who in sent]

    def _arrivals(self, lessons: Sequence[Lesson], sent: dict[str, float]) -> Iterator[bytes]:
        """A pupil here, a pupil there; each lesson's stranger somewhere among them. `sent` is told when strangers were."""
        post = self._subject.post
        made = {
            (row, number): post.moved(JOINED, lesson.thread, lesson.teacher, who)
            for number, lesson in enumerate(lessons)
            for row, who in enumerate(self._class(number))
        }
        strangers = {self._world.stranger(number) for number in range(len(lessons))}
        for row, number in sorted(made):
            if (who := self._class(number)[row]) in strangers:
                sent[who] = time.time()
            yield made[row, number]

    def _class(self, number: int) -> list[str]:
        pupils = self._world.lessons[number].pupils
        at = number % (len(pupils) + 1)
        return [*pupils[:at], self._world.stranger(number), *pupils[at:]]

    async def _act(self, act: str, lesson: Lesson, who: Sequence[str] = ()) -> None:
        body: dict[str, Any] = {"act": act, "meeting": lesson.thread, "who": list(who)}
        async with self._house.session.post(f"{self._url}/do", json=body) as answer:
            if answer.status != 200:
                raise Wrong(f"Microsoft's side could not {act}: {await answer.text()}")

    async def _next(self, *wanted: str) -> list[dict[str, Any]]:
        """What has been seen since the last time, waiting for the first of it if anything is wanted."""
        deadline = time.monotonic() + WITHIN
        while True:
            query = f"{self._url}/seen?after={self._seen}&wait={5 if wanted else 0}"
            async with self._house.session.get(query) as answer:
                said = await answer.json()
            self._seen = said["next"]
            found = [record for record in said["seen"] if record["what"] in wanted]
            if found or not wanted:
                return found
            if time.monotonic() > deadline:
                raise Wrong(f"{self._subject.name}: nothing of {', '.join(wanted)} within {WITHIN:g} s")


def _moment(record: dict[str, Any]) -> float:
    return datetime.fromisoformat(record["at"]).timestamp()


def as_json(found: dict[str, list[Nine]]) -> dict[str, Any]:
    return {name: [asdict(each) for each in mornings] for name, mornings in found.items()}
