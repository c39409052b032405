"""A small made-up lesson and sightings for the player's tests."""

import textwrap
from pathlib import Path

from deploy.rehearsal.player.cast import Cast
from deploy.rehearsal.player.lesson import Expect, Forbid, Lesson
from deploy.rehearsal.player.onlooker import EVERYONE, Onlooker, Sight
from deploy.rehearsal.player.reading import read_lesson

LESSON = """
title = "A small lesson"
shows = "A made-up lesson with a stranger."
lasts = 4

[people]
"Ms Patel" = { is = "staff" }
"Mrs Okonkwo" = { is = "staff", in = ["head"] }
"Zuleika Farrow" = { is = "pupil", class = "3B" }
"Big Dave 99" = { is = "anonymous" }

[[meeting]]
name = "3B Maths"
organizer = "Ms Patel"
invited = ["class 3B"]

[[script]]
at = 0.5
act = "join"
who = ["Ms Patel", "Zuleika Farrow"]
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "small.toml"
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return path


def lesson(folder: Path, more: str = "") -> Lesson:
    return read_lesson(write(folder, LESSON + textwrap.dedent(more)))


def onlooker(folder: Path) -> Onlooker:
    return Onlooker(cast=Cast("small", lesson(folder)))


def saw(
    cast: Cast,
    *to: str,
    at: float = 1,
    chat: str = "3B Maths",
    text: str = "hello",
    buttons: tuple[str, ...] = (),
    id: str = "1",
    what: str = "posted",
) -> Sight:
    """Something the bot showed: to the persons named, else to everyone in the chat."""
    seers = tuple(cast.oid(name) for name in to) or (EVERYONE,)
    return Sight(at=at, what=what, chat=cast.chat(chat), to=seers, text=text, buttons=buttons, id=id)


def expect(who: str, by: float = 3, **more: object) -> Expect:
    return Expect.model_validate({"means": "it", "who": who, "by": by, **more})


def forbid(who: str, **more: object) -> Forbid:
    return Forbid.model_validate({"means": "it", "who": who, **more})
