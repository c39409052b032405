"""The screen's last words: what a failed lesson missed, and a table with a row for each."""

from io import StringIO
from pathlib import Path

from rich.console import Console

from deploy.rehearsal.player.onlooker import Verdict
from deploy.rehearsal.player.play import Report
from deploy.rehearsal.player.screen import Screen
from deploy.rehearsal.player.story import Line

GOOD = Report(slug="quiet", title="A quiet lesson", shows="Nothing", seconds=9.04)
BAD = Report(
    slug="alone",
    title="One pupil alone",
    shows="CLT are told",
    expected=[Verdict(means="CLT told", good=False, why="never seen"), Verdict(means="host told", good=True)],
    forbidden=[Verdict(means="a pupil reads it", good=False, why="seen at 3.0 s: alone")],
    story=[Line(2.5, "alone", "saw", "only Ms Patel sees: alone"), Line(3, "alone", "happened", "Ada joins")],
)


def screen() -> tuple[Screen, StringIO]:
    paper = StringIO()
    return Screen(Console(file=paper, width=120), ["quiet", "alone"]), paper


def test_a_failed_lesson_says_what_was_missing_and_what_was_seen_last():
    """Whoever reads the end needs neither the log nor the lesson file."""
    shown, paper = screen()
    shown.end([GOOD, BAD])
    said = paper.getvalue()

    assert "✗ One pupil alone: CLT are told" in said
    assert "missing: CLT told (never seen)" in said
    assert "forbidden: a pupil reads it (seen at 3.0 s: alone)" in said
    assert "last seen at 2.5 s: only Ms Patel sees: alone" in said
    assert "host told" not in said


def test_the_table_counts():
    """One row a lesson: expected, seen, forbidden seen, time."""
    shown, paper = screen()
    shown.end([GOOD, BAD])
    rows = {line.split("│")[1].strip(): line for line in paper.getvalue().splitlines() if line.startswith("│")}

    assert [cell.strip() for cell in rows["✓ A quiet lesson"].split("│")[3:-1]] == ["0", "0", "0", "9.0 s"]
    assert [cell.strip() for cell in rows["✗ One pupil alone"].split("│")[3:-1]] == ["2", "1", "1", "0.0 s"]


def test_a_line_of_the_story_carries_its_time_and_lesson():
    """Lessons run side by side, so every line says which and when."""
    shown, paper = screen()
    shown.tell(BAD.story[0])

    assert paper.getvalue().rstrip() == "  2.5 s alone   seen   only Ms Patel sees: alone"


def test_the_picture_is_the_same_each_time(tmp_path: Path):
    """The SVG of one story does not change from run to run, and loads nothing from anywhere."""
    shown, _ = screen()
    for name in ("one", "two"):
        shown.picture([GOOD, BAD], BAD, tmp_path / name)

    assert (tmp_path / "one").read_text() == (tmp_path / "two").read_text()
    assert "Ms&#160;Patel" in (tmp_path / "one").read_text()
    assert "url(" not in (tmp_path / "one").read_text().replace("url(#", "")
