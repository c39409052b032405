"""The whole demo, on Microsoft's side as rehearsed and a scripted bot: what it says, and how it ends."""

import asyncio
import signal
import sys
from pathlib import Path

import psutil
import pytest

from tests.rehearsal_player.made import LESSON

ROOT = Path(__file__).resolve().parents[2]
BOT = f"{sys.executable} {Path(__file__).with_name('scripted_bot.py')}"
TOLD = """
[[expect]]
means = "the head hears of it"
who = "head"
where = "channel"
text = ["joined"]
by = 3.5

[[forbid]]
means = "a pupil hears of it"
who = "pupils"
"""


PRESS = """
[[script]]
at = 1
act = "press"
who = "Ms Patel"
button = "Remove"
in = "3B Maths"
patience = 0
"""
COMPLAINTS = {
    "silent": "missing: the head hears of it (never seen)",
    "chat": "forbidden: a pupil hears of it (seen at",
    "leak": "forbidden: nothing about a child in the bot's output (the name of Zuleika Farrow stands in",
    "die": "the bot ended by itself with exit code 7",
    "unready": "cannot start today",
    "press": "trouble: POST do of press:",
}


async def start_demo(folder: Path, lessons: dict[str, str]) -> asyncio.subprocess.Process:
    """Each lesson's name is what its scripted bot does."""
    for name, more in lessons.items():
        (folder / f"{name}.toml").write_text(LESSON + TOLD + more, encoding="utf-8")
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "deploy.rehearsal.demo", "--plain", "--lessons", str(folder), "--bot", BOT),
        *("--picture", str(folder / "demo.svg"), "--logs", str(folder / "logs")),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )


async def demo(folder: Path, lessons: dict[str, str]) -> tuple[int | None, str]:
    process = await start_demo(folder, lessons)
    said, _ = await process.communicate()
    return process.returncode, said.decode()


async def test_a_good_lesson_ends_well(tmp_path: Path):
    """What happened, what was done and what was seen are told with names; the picture is drawn, the logs are kept."""
    code, said = await demo(tmp_path, {"tell": ""})

    assert code == 0, said
    assert "Ms Patel and Zuleika Farrow join" in said
    assert "did    tell to the safeguarding channel — done" in said
    assert "the safeguarding channel sees: Somebody joined" in said
    assert "All went as it should" in said
    assert "Somebody" in (tmp_path / "demo.svg").read_text(encoding="utf-8")
    assert '"event": "done"' in (tmp_path / "logs" / "tell.log").read_text(encoding="utf-8")


async def test_a_bad_bot_ends_it_non_zero(tmp_path: Path):
    """Missing, forbidden, a leak, a bot that dies or never starts, a step refused: each is named; a good one is not."""
    code, said = await demo(tmp_path, {name: PRESS if name == "press" else "" for name in COMPLAINTS} | {"tell": ""})

    assert code == 1
    assert [complaint for complaint in COMPLAINTS.values() if complaint not in said] == []
    assert "6 of 7 lessons went wrong" in said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_stopped_halfway_it_leaves_nothing_running(number: int, tmp_path: Path):
    """Ctrl-C, or a polite kill, ends the bot, Microsoft's side and the database too."""
    process = await start_demo(tmp_path, {"tell": ""})
    assert process.stdout is not None
    while b"join" not in await process.stdout.readline():
        assert process.returncode is None
    children = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(number)
    await process.communicate()

    assert len(children) >= 2
    assert process.returncode == 130
    assert [child for child in children if child.is_running() and child.status() != psutil.STATUS_ZOMBIE] == []
