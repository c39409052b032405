"""`make demo`: plays every lesson side by side to real bots, and ends non-zero if one went wrong."""

import argparse
import asyncio
import contextlib
import json
import os
import shlex
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from deploy.rehearsal.player.house import open_house
from deploy.rehearsal.player.lesson import Lesson
from deploy.rehearsal.player.play import Player, Report
from deploy.rehearsal.player.process import Died
from deploy.rehearsal.player.reading import BadLesson, read_lesson
from deploy.rehearsal.player.screen import Screen

LESSONS = Path(__file__).with_name("lessons")
BOT = shlex.join((sys.executable, "app.py"))
PICTURED = "alone"
WIDTH = 150


def read_lessons(folder: Path, only: Sequence[str]) -> dict[str, Lesson]:
    """The lessons asked for, by their file's name; one bad file refuses them all."""
    paths = {path.stem: path for path in sorted(folder.glob("*.toml"))}
    if unknown := [name for name in only if name not in paths]:
        raise BadLesson(f"{folder}: no lesson {unknown[0]!r}; write one of {', '.join(paths)}")
    lessons = {slug: read_lesson(path) for slug, path in paths.items() if not only or slug in only}
    # the longest first: played side by side, they are then over soonest
    return dict(sorted(lessons.items(), key=lambda lesson: -lesson[1].lasts))


async def play_all(lessons: dict[str, Lesson], screen: Screen, bot: tuple[str, ...]) -> list[Report]:
    """All lessons side by side, each with a tenant, a bot and a database of its own."""
    cores = os.cpu_count() or 1
    places = asyncio.Semaphore(7 * cores)

    async def play(player: Player) -> Report:
        async with places:
            return await player.play()

    with tempfile.TemporaryDirectory(prefix="schoolgate-demo-", ignore_cleanup_errors=True) as folder:
        async with open_house(Path(folder), bot, at_once=cores) as house:
            players = [Player(slug, lesson, house, screen.tell) for slug, lesson in lessons.items()]
            for player in players:
                screen.watch(player.report)
            return await asyncio.gather(*map(play, players))


def keep(folder: Path, reports: Sequence[Report]) -> None:
    """Write down what each bot wrote, and all that Microsoft's side saw."""
    folder.mkdir(parents=True, exist_ok=True)
    for report in reports:
        (folder / f"{report.slug}.log").write_text("\n".join(report.output), encoding="utf-8")
        records = "\n".join(json.dumps(record, ensure_ascii=False) for record in report.records)
        (folder / f"{report.slug}.seen.jsonl").write_text(records, encoding="utf-8")


async def demo(options: argparse.Namespace) -> int:
    width = None if sys.stdout.isatty() else WIDTH
    console = Console(force_terminal=False if options.plain else None, highlight=False, width=width)
    lessons = read_lessons(options.lessons, options.only)
    # A polite kill ends the children as Ctrl-C does.
    playing = asyncio.current_task()
    assert playing is not None  # noqa: S101 -- we are in it
    with contextlib.suppress(NotImplementedError):
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, playing.cancel)
    began = time.monotonic()
    screen = Screen(console, list(lessons))
    with screen:
        reports = await play_all(lessons, screen, tuple(shlex.split(options.bot)))
    screen.end(reports)
    wrong = [report for report in reports if not report.good]
    verdict = f"{len(wrong)} of {len(reports)} lessons went wrong" if wrong else "All went as it should"
    console.print(f"{verdict}, in {time.monotonic() - began:.0f} s.", style="bold red" if wrong else "bold green")
    if options.logs:
        keep(options.logs, reports)
    if options.picture:
        shown = next((report for report in reports if report.slug == PICTURED), reports[0])
        screen.picture(reports, shown, options.picture)
    return 1 if wrong else 0


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.rehearsal.demo", description=__doc__)
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="play this lesson only")
    parser.add_argument("--plain", action="store_true", help="plain lines, no colours")
    parser.add_argument("--picture", type=Path, metavar="FILE.svg", help="draw the last screen")
    parser.add_argument("--logs", type=Path, metavar="DIR", help="keep what each bot wrote and all that was seen")
    parser.add_argument("--lessons", type=Path, default=LESSONS, metavar="DIR", help="other lessons")
    parser.add_argument("--bot", default=BOT, metavar="COMMAND", help="another bot to play them to")
    try:
        return asyncio.run(demo(parser.parse_args(arguments)))
    except (BadLesson, Died) as error:
        print(error, file=sys.stderr)
        return 2
    except (KeyboardInterrupt, asyncio.CancelledError):
        return 130


if __name__ == "__main__":
    sys.exit(main())
