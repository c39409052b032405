"""What the demo shows: the story live and in colour, what went wrong, and the table at the end."""

import re
from collections.abc import Iterable, Sequence
from io import StringIO
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from deploy.rehearsal.player.play import Report
from deploy.rehearsal.player.story import Kind, Line

STYLES: dict[Kind, tuple[str, str]] = {
    "happened": ("bold", "●"),
    "judged": ("cyan", "  judged"),
    "did": ("magenta", "  did   "),
    "saw": ("green", "  seen  "),
    "trouble": ("bold red", "  trouble"),
}
# Whoever opens the picture fetches nothing: rich would load its fonts from a stranger's server.
PICTURE = re.sub(r"@font-face \{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
COLOURS = (
    "blue",
    "yellow",
    "bright_cyan",
    "bright_magenta",
    "bright_green",
    "bright_blue",
    "orange3",
    "purple",
)
STATES = {"waits": "dim", "starting": "yellow", "plays": "cyan", "passed": "green", "FAILED": "bold red"}


class Screen:
    """Lines of the story as they come; below them, on a terminal, how each lesson stands."""

    def __init__(self, console: Console, slugs: Sequence[str]) -> None:
        self._console, self._reports = console, list[Report]()
        width = max(map(len, slugs), default=0)
        self._tags = {slug: Text(f"{slug:<{width}} ", COLOURS[n % len(COLOURS)]) for n, slug in enumerate(slugs)}
        self._live = Live(console=console, get_renderable=self._standing, refresh_per_second=4)

    def __enter__(self) -> "Screen":
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._console.is_terminal:
            self._live.stop()

    def watch(self, report: Report) -> None:
        self._reports.append(report)

    def tell(self, line: Line) -> None:
        self._console.print(self._render(line), soft_wrap=not self._console.is_terminal)

    def _render(self, line: Line) -> Text:
        style, mark = STYLES[line.kind]
        return Text.assemble((f"{line.at:5.1f} s ", "dim"), self._tags[line.slug], (f"{mark} {line.text}", style))

    def _standing(self) -> Text:
        states = [(f" {report.slug} {report.state} ", STATES[report.state]) for report in self._reports]
        return Text("·", "dim").join(Text(text, style) for text, style in states)

    def end(self, reports: Iterable[Report]) -> None:
        """The table, after what every failed lesson missed."""
        reports = list(reports)
        for report in reports:
            if not report.good:
                self._console.print(failure(report), soft_wrap=not self._console.is_terminal)
        self._console.print(table(reports))

    def picture(self, reports: Sequence[Report], shown: Report, file: Path) -> None:
        """The last screen as SVG: one lesson's story and the table."""
        paper = Console(record=True, width=118, file=StringIO(), force_terminal=True, color_system="truecolor")
        paper.print(Text(f"{shown.title}. {shown.shows}", "bold"), "")
        for line in shown.story:
            paper.print(self._render(line))
        paper.print("", table(reports))
        # The same picture from the same story: rich would put a random id in it.
        paper.save_svg(str(file), title="make demo", code_format=PICTURE, unique_id="schoolgate-demo")


def failure(report: Report) -> Group:
    """What a lesson missed, what should not have been, and what was seen last."""
    lines = [Text(f"\n✗ {report.title}: {report.shows}", "bold red")]
    lines += [Text(f"  trouble: {each}", "red") for each in report.trouble]
    for what, verdicts in (("missing", report.expected), ("forbidden", report.forbidden)):
        for verdict in verdicts:
            if not verdict.good:
                lines.append(Text(f"  {what}: {verdict.means} ({verdict.why})", "red"))
    lines += [Text(f"  last seen at {line.at:.1f} s: {line.text}", "dim") for line in report.last_seen]
    return Group(*lines)


def table(reports: Iterable[Report]) -> Table:
    rows = Table(title="Lessons", title_justify="left", header_style="bold")
    for heading in ("lesson", "what it shows"):
        rows.add_column(heading, overflow="fold")
    for heading in ("expected", "seen", "forbidden seen", "time"):
        rows.add_column(heading, justify="right")
    for report in reports:
        seen = sum(verdict.good for verdict in report.expected)
        wrong = sum(not verdict.good for verdict in report.forbidden)
        mark = Text("✓ ", "green") if report.good else Text("✗ ", "bold red")
        rows.add_row(
            mark + Text(report.title),
            report.shows,
            str(len(report.expected)),
            Text(str(seen), "green" if seen == len(report.expected) else "bold red"),
            Text(str(wrong), "bold red" if wrong else "green"),
            f"{report.seconds:.1f} s",
        )
    return rows
