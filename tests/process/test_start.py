"""What stops the start says what is wrong and where; a good start is quick."""

from __future__ import annotations

import asyncio

from tests.process.house import School
from tests.process.lives import Bot

IDENTITY = ("BOT_APP_ID", "BOT_TENANT_ID", "BOT_APP_PASSWORD")
MISTAKES = {
    "an unknown table": ("[school]", "[scool]", "scool"),
    "a duration that is none": ('leaving_grace = "1s"', 'leaving_grace = "soon"', "lone_pupil.leaving_grace"),
    "an unknown key": ('leaving_grace = "1s"', 'leaving_grase = "1s"', "lone_pupil.leaving_grase"),
    "not a group id": ('staff = "', 'staff = "not-', "groups.staff"),
    "not TOML": ("[groups]", "[groups", "school.toml"),
}


async def refused(bot: Bot) -> tuple[int, str]:
    """Exit code and all the words of a bot that should not start."""
    await bot.start(ready=False)
    code = await bot.gone(40)
    return code, "\n".join(bot.lines)


async def test_a_good_start_is_quick(school: School):
    """From nothing to /readyz; the time is printed, not judged."""
    seconds = await school.bot().start()
    print(f"\n/readyz after {seconds:.1f} s")  # noqa: T201 -- asked for: shown with -s


async def test_no_identity_no_start(school: School):
    """Without its own identity the bot does not run at all, and says what is missing."""
    ends = await asyncio.gather(*(refused(school.bot(**{name: ""})) for name in IDENTITY))

    for name, (code, said) in zip(IDENTITY, ends, strict=True):
        assert code != 0
        assert name in said
        assert "Traceback" not in said


async def test_a_mistake_in_school_toml_stops_the_start(school: School):
    """The message names file, line and key; nothing else of the environment is shown."""
    school.bot()
    right = (school.folder / "school.toml").read_text(encoding="utf-8")
    bots = {}
    for mistake, (good, bad, _) in MISTAKES.items():
        file = school.folder / f"{mistake.replace(' ', '-')}-school.toml"
        file.write_text(right.replace(good, bad), encoding="utf-8")
        bots[mistake] = (file, school.bot(SCHOOL_FILE=str(file)))
    ends = await asyncio.gather(*(refused(bot) for _, bot in bots.values()))

    for (mistake, (file, _)), (code, said) in zip(bots.items(), ends, strict=True):
        _, bad, key = MISTAKES[mistake]
        line = next(number for number, each in enumerate(file.read_text().splitlines(), 1) if bad in each)
        assert code != 0, mistake
        assert str(file) in said, mistake
        assert key in said, mistake
        assert f":{line}:" in said or f"line {line}" in said, mistake
        assert school.cast.secret not in said, mistake
        assert "Traceback" not in said, mistake
