"""The grammar of what staff type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands import COMMANDS, Asked, NotUnderstood, understand


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_is_understood_in_every_way_it_is_said(command):
    """With and without a slash, in any case, with any spaces."""
    for line in (command.name, f"/{command.name}", command.name.upper(), f"  /{command.name.title()}\n"):
        assert understand(line) == Asked(name=command.name, rest="")
    assert understand(f"/{command.name}  two\t words ") == Asked(name=command.name, rest="two words")


@pytest.mark.parametrize("line", ["", "   ", "hi", "Hello!", "GOOD  MORNING.", "thank you!!", "?", "Thanks."])
def test_a_greeting_or_nothing_asks_for_help(line):
    """Nobody is told off for being polite."""
    assert understand(line) == Asked(name="help", rest="")


@pytest.mark.parametrize(
    ("line", "nearest"),
    [
        ("/wran @Ada", "warn"),
        ("statsu", "status"),
        ("note: lost", "note"),
        ("halp", "help"),
        ("banish Ada", "remove"),
        ("kick him", "remove"),
        ("xyzzy", None),
    ],
)
def test_anything_else_is_not_understood_but_the_nearest_is_offered(line, nearest):
    """A slip of the finger is not carried out."""
    assert understand(line) == NotUnderstood(nearest=nearest)


@pytest.mark.parametrize("line", ["!", "/", "...", "warnada", "hi there"])
def test_what_is_near_nothing(line):
    """Words that only look like one."""
    found = understand(line)

    assert isinstance(found, NotUnderstood)
    assert found.nearest in (None, "warn")


@given(line=st.text(max_size=200))
def test_any_text_is_answered(line):
    """Nothing typed raises, and only whole names are commands."""
    found = understand(line)

    if isinstance(found, Asked) and found.name != "help":
        assert line.split()[0].lstrip("/").casefold() == found.name
        assert found.rest == " ".join(line.split()[1:])


def test_the_longest_line_is_answered_at_once():
    """Looking for the nearest command costs nothing however long a word is."""
    assert understand("w" * 100_000) == NotUnderstood(nearest=None)


def test_names_and_usages_fit_teams_menus():
    """Names are single small words, all different; summaries are one line."""
    names = [command.name for command in COMMANDS]

    assert len(set(names)) == len(names)
    assert all(name.isalpha() and name.islower() for name in names)
    assert all(command.summary and "\n" not in command.summary for command in COMMANDS)


@pytest.mark.parametrize(("tried", "meant"), [("/hold Ada", "holds"), ("/freeze", "pause")])
def test_hold_is_about_a_pupil_and_freezing_about_the_lesson(tried, meant):
    """Somebody who holds a pupil does not want the lesson paused."""
    assert understand(tried).nearest == meant
