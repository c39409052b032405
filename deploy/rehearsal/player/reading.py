"""Reads a lesson file, and refuses a bad one with the file, the key and what to write instead."""

import difflib
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from deploy.rehearsal.player.lesson import Lesson, Role, Sighting
from deploy.rehearsal.player.steps import AnyStep, Hosts, Installs, Press, Say

ACTS = (
    *("start", "end", "join", "leave", "rejoin", "say", "press", "mic", "camera", "share", "record", "promote"),
    *("admit", "deny", "remove", "options", "plan", "hangup", "restart", "install", "switch", "raw"),
)
ADVICE = {
    "missing": "add it",
    "union_tag_not_found": "add act = one of {acts}",
    "union_tag_invalid": "write one of {acts}",
    "literal_error": "write one of {expected}",
    "unknown_key": "take it out, or write one of: {known}",
    "float_parsing": "write seconds as a number, such as 2.5",
    "float_type": "write seconds as a number, such as 2.5",
    "less_than_equal": "write a number of at most {le}",
    "greater_than_equal": "write a number of at least {ge}",
    "string_type": 'write words in quotes, such as "3B Maths"',
    "list_type": 'write a list, such as ["Ms Patel"]',
    "too_short": "write at least {min_length} of them",
    "string_too_short": "write at least {min_length} letters",
    "string_too_long": "write at most {max_length} letters",
}


class BadLesson(Exception):
    """A lesson file nobody can play; its words name file, key and remedy."""


def read_lesson(path: Path) -> Lesson:
    try:
        lesson = Lesson.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise BadLesson(f"{path}: is not TOML: {error}") from None
    except ValidationError as error:
        raise BadLesson("\n".join(f"{path}: {_remedy(each)}" for each in error.errors())) from None
    if faults := list(_strangers(lesson)):
        raise BadLesson("\n".join(f"{path}: {key}: {remedy}" for key, remedy in faults))
    return lesson


def _remedy(error: ErrorDetails) -> str:
    ctx = {"acts": ", ".join(ACTS)} | error.get("ctx", {})
    # pydantic puts the chosen kind of step into the path, which is no key of the file.
    path = [str(part) for at, part in enumerate(error["loc"]) if not (at == 2 and part in ACTS)]
    if error["type"] == "unknown_key":
        path.append(str(ctx["key"]))
    if error["type"].startswith("union_tag"):
        path.append("act")
    advice = ADVICE.get(error["type"], error["msg"]).format(**ctx)
    return f"{'.'.join(path) or 'the whole file'}: {error['msg']}; {advice}"


def _strangers(lesson: Lesson) -> Iterator[tuple[str, str]]:
    """Every name that is used but never introduced."""
    people, meetings = list(lesson.people), [meeting.name for meeting in lesson.meeting]
    for at, meeting in enumerate(lesson.meeting):
        yield from _unknown(f"meeting.{at}.organizer", [meeting.organizer], people)
        classes = [f"class {name}" for name in lesson.classes]
        yield from _unknown(f"meeting.{at}.invited", meeting.invited, people + classes)
        yield from _unknown(f"meeting.{at}.roles", list(meeting.roles), people)
    for at, step in enumerate(lesson.script):
        yield from _doers(at, step, people)
        if chat := getattr(step, "meeting", None):
            yield from _unknown(f"script.{at}.meeting", [chat], meetings)
        if isinstance(step, Say | Press | Installs) and step.chat:
            yield from _unknown(f"script.{at}.in", [step.chat], [*meetings, "channel", "personal"])
        if isinstance(step, Say):
            yield from _unknown(f"script.{at}.mentions", step.mentions, people)
    for kind, sightings in (("expect", lesson.expect), ("forbid", lesson.forbid)):
        yield from _onlookers(kind, sightings, people)


def _doers(at: int, step: AnyStep, people: list[str]) -> Iterator[tuple[str, str]]:
    who, by = getattr(step, "who", []), getattr(step, "by", None)
    known = [*people, "bot"] if isinstance(step, Hosts) else people
    yield from _unknown(f"script.{at}.who", [who] if isinstance(who, str) else who, known)
    yield from _unknown(f"script.{at}.by", [by] if by else [], people)


def _onlookers(kind: str, sightings: Iterable[Sighting], people: list[str]) -> Iterator[tuple[str, str]]:
    known = [*people, *get_args(Role), "channel", "host", "anyone"]
    for at, sighting in enumerate(sightings):
        yield from _unknown(f"{kind}.{at}.who", [sighting.who], known)


def _unknown(key: str, names: list[str], known: list[str]) -> Iterator[tuple[str, str]]:
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1) or known
            yield key, f"nobody and nothing here is called {name!r}; write {', '.join(near)}"
