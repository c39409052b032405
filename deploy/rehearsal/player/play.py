"""Plays one lesson to its own bot and holds what was seen against what was expected."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import aiohttp

from deploy.rehearsal.player.bot import Bot
from deploy.rehearsal.player.canary import sung
from deploy.rehearsal.player.cast import Cast
from deploy.rehearsal.player.control import CannotPlay, Control
from deploy.rehearsal.player.forgery import forged
from deploy.rehearsal.player.house import House
from deploy.rehearsal.player.lesson import Lesson
from deploy.rehearsal.player.onlooker import DONE, Onlooker, Verdict, sight
from deploy.rehearsal.player.process import Died
from deploy.rehearsal.player.steps import AnyStep, Moves, Press, Raw, Restart
from deploy.rehearsal.player.story import Kind, Line, happened, logged, saw


@dataclass(kw_only=True)
class Report:
    """What came of a lesson."""

    slug: str
    title: str
    shows: str
    state: str = "waits"
    seconds: float = 0
    expected: list[Verdict] = field(default_factory=list)
    forbidden: list[Verdict] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)
    story: list[Line] = field(default_factory=list)
    output: list[str] = field(default_factory=list)
    records: list[dict[str, Any]] = field(default_factory=list)

    @property
    def good(self) -> bool:
        return not self.trouble and all(verdict.good for verdict in self.expected + self.forbidden)

    @property
    def last_seen(self) -> list[Line]:
        return [line for line in self.story if line.kind == "saw"][-6:]


class Player:
    """One lesson being played."""

    def __init__(self, slug: str, lesson: Lesson, house: House, tell: Callable[[Line], None]) -> None:
        self.lesson, self.house = lesson, house
        self.cast = Cast(slug, lesson)
        self.control = Control(house.session, house.control, self.cast)
        self.onlooker = Onlooker(cast=self.cast)
        self.report = Report(slug=slug, title=lesson.title, shows=lesson.shows)
        self.bot = Bot(house, self._hear)
        self._news = asyncio.Event()
        self._tell, self._started, self._clock = tell, datetime.now(UTC), time.monotonic()

    async def play(self) -> Report:
        """Start the bot, play the script, judge what was seen; trouble is reported, never raised."""
        try:
            await self._start_bot()
            await self._play()
        except (CannotPlay, Died, OSError, TimeoutError, aiohttp.ClientError) as error:
            self._trouble(f"{type(error).__name__}: {error}")
            self.report.trouble += [f"  bot said: {line[:300]}" for line in self.bot.lines[-12:]]
        finally:
            await self.bot.end()
            self.report.output = self.bot.lines
        self._judge()
        return self.report

    async def _start_bot(self) -> None:
        # Starting costs a core: a few at a time, and no lesson's clock runs before its bot is ready.
        async with self.house.starting:
            self.report.state = "starting"
            environment = await self.house.environment(self.cast, self.bot.port)
            await self.control.open(f"{self.bot.url}/api/messages")
            await self.bot.start(environment)

    async def _play(self) -> None:
        self._started, self._clock = datetime.now(UTC), time.monotonic()
        self.report.state = "plays"
        watching = asyncio.create_task(self._watch())
        try:
            for step in sorted(self.lesson.script, key=lambda step: step.at):
                await self._wait_for(step.at, watching)
                await self._step(step)
            await self._wait_for(self.lesson.length, watching)
        finally:
            watching.cancel()
            self.report.seconds = self._now

    @property
    def _now(self) -> float:
        return time.monotonic() - self._clock

    async def _wait_for(self, moment: float, watching: asyncio.Task[None]) -> None:
        while (left := moment - self._now) > 0:
            self.bot.check()
            if watching.done():
                await watching
            await asyncio.sleep(min(left, 0.25))

    async def _step(self, step: AnyStep) -> None:
        if isinstance(step, Moves) and step.act != "leave":
            self.onlooker.note_join(self.cast.chat(step.meeting), step.who)
        if isinstance(step, Press):
            step = await self._button(step)
        self._line(self._now, "happened", happened(step, self.cast))
        if isinstance(step, Restart):
            await self.bot.restart(step.down)
            return
        try:
            await self.control.do(self._forged(step) if isinstance(step, Press) and step.forged else step)
        except CannotPlay as error:
            self._trouble(str(error))

    async def _button(self, step: Press) -> Press:
        """Nobody presses a button before it is shown, and they press it where they last saw it."""
        who = None if step.forged else step.who
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(step.patience):
                while not self.onlooker.shown(step.button, who):
                    self._news.clear()
                    await self._news.wait()
        shown = self.onlooker.shown(step.button, who)
        if step.chat is not None or not shown:
            return step
        return step.model_copy(update={"chat": shown[-1].chat})

    def _forged(self, step: Press) -> Raw:
        shown = self.onlooker.shown(step.button)
        if not shown:
            raise CannotPlay(f"nobody was shown a button {step.button}")
        return forged(step, shown[-1], self.cast, self.control.told)

    async def _watch(self) -> None:
        async for record in self.control.follow():
            self.report.records.append(record)
            # What the bot told before the lesson began counts as told at its beginning.
            at = max((datetime.fromisoformat(record["at"]) - self._started).total_seconds(), 0)
            if seen := sight(record, at):
                self.onlooker.sights.append(seen)
                self._news.set()
                self._line(at, "did" if seen.what in DONE else "saw", saw(seen, self.cast))
            elif record["what"] == "sent" and int(record.get("status") or 0) >= 500:
                self._line(at, "trouble", f"the bot answered {record['status']}")

    def _hear(self, line: str) -> None:
        if told := logged(line, self.cast):
            self._line(self._now, *told)

    def _line(self, at: float, kind: Kind, text: str) -> None:
        line = Line(at, self.report.slug, kind, text)
        self.report.story.append(line)
        self._tell(line)

    def _trouble(self, text: str) -> None:
        self.report.trouble.append(text)
        self._line(self._now, "trouble", text)

    def _judge(self) -> None:
        for kind, verdict in self.onlooker.verdicts():
            (self.report.expected if kind == "expect" else self.report.forbidden).append(verdict)
        self.report.forbidden += [
            Verdict(means="nothing about a child in the bot's output", good=False, why=heard)
            for heard in sung(self.cast, self.report.output)
        ]
        self.report.state = "passed" if self.report.good else "FAILED"
