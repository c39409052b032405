"""A lesson file is read whole, or refused with the file, the key and what to write instead."""

import tomllib
from pathlib import Path

import pytest

from bot.school import read_school
from deploy.rehearsal.demo import LESSONS, main, read_lessons
from deploy.rehearsal.player.cast import Cast
from deploy.rehearsal.player.reading import BadLesson, read_lesson
from tests.rehearsal_player.made import LESSON, lesson, write

REQUIRED = {"quiet", "alone", "slowly", "stranger", "pupil_commands", "two_days"}
GIVEN = sorted(path.stem for path in LESSONS.glob("*.toml"))


def test_the_required_lessons_are_there():
    """The six lessons a school asks about first are all played, and more."""
    assert set(GIVEN) >= REQUIRED
    assert len(GIVEN) >= 8


@pytest.mark.parametrize("slug", GIVEN)
def test_every_lesson_can_be_played_and_can_fail(slug: str, tmp_path: Path):
    """Every lesson reads, forbids or expects something, and its school.toml is one the bot accepts."""
    given = read_lesson(LESSONS / f"{slug}.toml")
    school = tmp_path / "school.toml"
    school.write_text(Cast(slug, given).school_toml(), encoding="utf-8")

    assert given.expect or given.forbid
    assert given.length <= 40
    assert read_school(school).channels.safeguarding == Cast(slug, given).channel


@pytest.mark.parametrize(
    ("wrong", "right", "key", "remedy"),
    [
        ('title = "A small lesson"', "", "title", "add it"),
        ("lasts = 4", "last = 4", "last", "take it out, or write one of: title"),
        ("at = 0.5", 'at = "soon"', "script.0.at", "write seconds as a number, such as 2.5"),
        ("at = 0.5", "at = 400", "script.0.at", "write a number of at most 120"),
        ('act = "join"', 'act = "dance"', "script.0.act", "write one of start, end, join"),
        ('act = "join"', "", "script.0.act", "add act = one of"),
        ('who = ["Ms Patel", "Zuleika Farrow"]', "who = []", "script.0.who", "write at least 1 of them"),
        ('["Ms Patel", "Zule', '["Ms Patil", "Zule', "script.0.who", "write Ms Patel"),
        ('organizer = "Ms Patel"', 'organizer = "Mr X"', "meeting.0.organizer", "write Ms Patel"),
        ('["class 3B"]', '["class 4B"]', "meeting.0.invited", "write class 3B"),
        (
            '{ is = "anonymous" }',
            '{ is = "ghost" }',
            "people.Big Dave 99.is",
            "write one of 'staff', 'pupil'",
        ),
        ('act = "join"', 'act = "join"\nspeed = 3', "script.0.speed", "write one of: at, meeting"),
    ],
)
def test_a_mistake_names_file_key_and_remedy(wrong: str, right: str, key: str, remedy: str, tmp_path: Path):
    """Whoever wrote the file learns where the mistake is and what to write."""
    path = write(tmp_path, LESSON.replace(wrong, right))

    with pytest.raises(BadLesson) as refusal:
        read_lesson(path)

    assert f"{path}: {key}: " in str(refusal.value)
    assert remedy in str(refusal.value)


def test_a_file_that_is_not_toml_is_refused(tmp_path: Path):
    """Broken TOML is said to be so, with the line."""
    with pytest.raises(BadLesson, match=r"small\.toml: is not TOML: Expected .*line 1"):
        read_lesson(write(tmp_path, "title: small\n"))


def test_a_sighting_of_nobody_is_refused(tmp_path: Path):
    """An expectation of somebody who is not in the lesson could never be met."""
    with pytest.raises(BadLesson, match=r"expect\.0\.who: nobody .* 'Ms Pattel'; write Ms Patel"):
        lesson(tmp_path, '[[expect]]\nmeans = "x"\nwho = "Ms Pattel"\nby = 2\n')


def test_the_demo_refuses_an_unknown_lesson():
    """A lesson that is not there is refused with the names of those that are."""
    with pytest.raises(BadLesson, match=r"no lesson 'loud'; write one of .*quiet"):
        read_lessons(LESSONS, ["loud"])


def test_the_demo_ends_non_zero_on_a_bad_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """A bad file ends the demo before anything is started, and says why."""
    write(tmp_path, LESSON.replace("at = 0.5", "at = -1"))

    assert main(["--lessons", str(tmp_path)]) == 2
    assert "script.0.at" in capsys.readouterr().err


def test_a_lessons_own_choices_reach_school_toml(tmp_path: Path):
    """What the lesson says of its school stands beside the ids the player fills in."""
    more = '[school_toml]\nschool = { reopen = "2s" }\nlone_pupil = { grace = "3s", enabled = true }\n'
    cast = Cast("small", lesson(tmp_path, more))
    school = tomllib.loads(cast.school_toml())

    assert school["lone_pupil"] == {"grace": "3s", "enabled": True}
    assert school["school"]["reopen"] == "2s"
    assert school["school"]["tier"] == "watch"
    assert school["class"] == [{"name": "3B", "group": cast.group("class 3B"), "age_band": "ks2"}]
