"""A school of the bench: classes, a teacher each, people nobody invited, and as many lessons as a run can fill."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import Any

from deploy.rehearsal.player.cast import Cast
from deploy.rehearsal.player.lesson import Lesson as Script
from tests.bench.activities import Lesson, Post

PUPILS = 30
CLASSES = 60
HEAD = "Head"


@dataclass(frozen=True, slots=True)
class World:
    """A cast for Microsoft's side, and its lessons in the order in which they are used."""

    cast: Cast
    lessons: tuple[Lesson, ...]

    @classmethod
    def of(cls, lessons: int, sizes: Sequence[int], *, slug: str = "bench", strangers: int = 1, **script: Any) -> World:
        """Lesson after lesson, one class after the other. `sizes`: the pupils of each class; `script`: more of a lesson file."""
        cast = Cast(slug, Script.model_validate(_script(lessons, sizes, strangers) | script))
        return cls(cast, tuple(_lesson(cast, number, number % len(sizes)) for number in range(lessons)))

    def stranger(self, number: int = 0) -> str:
        """The object id of somebody whom nobody invited."""
        return self.cast.oid(f"Visitor {number}")

    def known(self) -> dict[str, Any]:
        """Who is who, for a handler that asks nobody."""
        staff = [self.cast.oid(name) for name in self.cast.members["staff"]]
        return {"staff": staff, "invited": {lesson.thread: lesson.pupils for lesson in self.lessons}}


def _script(lessons: int, sizes: Sequence[int], strangers: int) -> dict[str, Any]:
    """A lesson file, made: nothing is played, it only describes Microsoft's side."""
    people: dict[str, Any] = {HEAD: {"is": "staff", "in": ["head", "clt", "safeguarding_leads"]}}
    people |= {f"Visitor {each}": {"is": "guest"} for each in range(strangers)}
    meetings = []
    for number, pupils in enumerate(sizes):
        people[f"Teacher {number}"] = {"is": "staff"}
        people |= {f"Pupil {number} {each}": {"is": "pupil", "class": f"C{number}"} for each in range(pupils)}
    for number in range(lessons):
        of_class = number % len(sizes)
        meetings.append(
            {"name": f"L{number}", "organizer": f"Teacher {of_class}", "invited": [f"class C{of_class}"], "minutes": 60}
        )
    return {
        "title": "Bench",
        "shows": "A whole school at nine o'clock.",
        "people": people,
        "meeting": meetings,
        "script": [{"at": 0, "act": "start"}],
        "unkind": {"twice": 0, "late": 0, "drop": 0, "no_id": 0, "stray": False},
    }


def _lesson(cast: Cast, number: int, of_class: int) -> Lesson:
    pupils = tuple(cast.oid(name) for name in cast.members[f"class C{of_class}"])
    return Lesson(cast.thread(f"L{number}"), cast.oid(f"Teacher {of_class}"), pupils)


def at_nine(lessons: Sequence[Lesson], post: Post) -> list[bytes]:
    """All these classes coming in at once: a pupil here, a pupil there."""
    rows = zip_longest(*(lesson.arrivals(post) for lesson in lessons))
    return [request for request in chain.from_iterable(rows) if request is not None]


def openings(lessons: Sequence[Lesson], post: Post) -> Iterator[bytes]:
    return chain.from_iterable(lesson.opening(post) for lesson in lessons)
