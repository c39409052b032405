"""What stops the start says what is wrong and where; a good start is quick."""

from __future__ import annotations

import pytest

from tests.process.house import School
from tests.process.lives import Bot

WRONG = {
    "an unknown table": ("[school]", "[scool]", "scool"),
    "a duration that is none": ('grace = "1s"', 'grace = "soon"', "lone_pupil.grace"),
    "an unknown key": ('grace = "1s"', 'grase = "1s"', "lone_pupil.grase"),
    "not a group id": ('staff = "', 'staff = "not-', "groups.staff"),
    "not TOML": ("[groups]", "[groups", "school.toml"),
}


async def refused(bot: Bot) -> tuple[int, str]:
    """Exit code and last words of a bot that should not start."""
    await bot.start(ready=False)
    code = await bot.gone(15)
    return code, "\n".join(bot.lines)


async def test_a_good_start_is_quick(school: School, record_property: pytest.RecordProperty):
    """From nothing to /readyz; the time is printed, not judged."""
    seconds = await school.bot().start()
    record_property("seconds", seconds)
    print(f"\n/readyz after {seconds:.1f} s")  # noqa: T201 -- asked for: shown with -s


@pytest.mark.parametrize("name", ["BOT_APP_ID", "BOT_TENANT_ID", "BOT_APP_PASSWORD"])
async def test_no_identity_no_start(school: School, name: str):
    """Without its own identity the bot does not run at all."""
    code, said = await refused(school.bot(**{name: ""}))

    assert code != 0
    assert name in said
    assert "Traceback" not in said


@pytest.mark.parametrize("mistake", WRONG)
async def test_a_mistake_in_school_toml_stops_the_start(school: School, mistake: str):
    """The message names file, line and key."""
    right, wrong, key = WRONG[mistake]
    bot = school.bot()
    file = school.folder / "school.toml"
    text = file.read_text(encoding="utf-8").replace(right, wrong)
    file.write_text(text, encoding="utf-8")
    line = next(number for number, each in enumerate(text.splitlines(), 1) if wrong in each)
    code, said = await refused(bot)

    assert code != 0
    assert str(file) in said
    assert key in said
    assert f":{line}:" in said or f"line {line}" in said
    assert school.cast.secret not in said
    assert "Traceback" not in said
