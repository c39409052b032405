"""What is written by the code about itself: whole pages, and parts of pages between two markers.

`python -m deploy.docs` writes all of it; a test keeps it fresh.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import reduce
from pathlib import Path

from deploy.docs import reference, stores, tiers
from deploy.tenant import pages

ROOT = Path(__file__).parents[2]
TEACHERS, LEADS = (Path(__file__).with_name(f"for-{whom}.md") for whom in ("teachers", "leads"))


def part(name: str, make: Callable[[], Iterable[str]], open_: str = "<!-- {} -->") -> Callable[[str], str]:
    """Puts what `make` gives between the markers of a text; ValueError if they are not there once."""
    start, end = open_.format(f"{name}: made by python -m deploy.docs"), open_.format(f"end of {name}")
    between = re.compile(f"(?<={re.escape(start)}\n).*?(?={re.escape(end)}\n)", re.DOTALL)

    def fresh(text: str) -> str:
        made, times = between.subn(lambda _: "\n".join(make()) + "\n", text)
        if times != 1:
            raise ValueError(f"{times} parts called {name!r} where one should be")
        return made

    return fresh


def together(*parts: Callable[[str], str]) -> Callable[[str], str]:
    """Several parts of one text."""
    return lambda text: reduce(lambda done, fresh: fresh(done), parts, text)


WRITTEN: dict[Path, Callable[[str], str]] = {
    reference.PAGE: lambda _: reference.page(),
    TEACHERS: part("commands", lambda: reference.commands("")),
    LEADS: together(
        part("commands", lambda: reference.commands("leads")),
        part("ladder", reference.ladder),
        part("reasons", reference.reasons),
    ),
    ROOT / "README.md": part("tiers", tiers.overview),
    ROOT / "manifest/README.md": part("permissions", lambda: tiers.permission_rows("meeting")),
    pages.PLAN: lambda _: pages.plan(),
    pages.BY_HAND: lambda _: pages.by_hand(),
    ROOT / "deploy/docs/data.md": part("stores", stores.rows),
    ROOT / ".env.example": part("permissions", tiers.env_lines, open_="# {}"),
}
"""Each file, and what makes it fresh from its present text."""


def write() -> None:
    """Write them all anew."""
    for path, fresh in WRITTEN.items():
        path.write_text(fresh(path.read_text(encoding="utf-8") if path.exists() else ""), encoding="utf-8")
