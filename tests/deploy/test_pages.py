"""The pages for those who run it: what they name exists, and where they lead is somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.commands import COMMANDS
from bot.environment import Environment, Owner
from deploy.replay import ROOT

DOCS = ROOT / "deploy" / "docs"
PAGES = [
    *(DOCS / name for name in ("threats.md", "runbook.md", "data.md", "what-it-sees.md")),
    *(ROOT / name for name in ("SECURITY.md", "deploy/azure/README.md")),
]
THREATS = [f"T{number}" for number in range(1, 29)]
"""Those of the threat model that the design was made with."""


def rows() -> dict[str, str]:
    found = re.findall(r"^\| (T\d+) \w.*$", (DOCS / "threats.md").read_text(encoding="utf-8"), re.MULTILINE)
    lines = re.findall(r"^\| T\d+ .*$", (DOCS / "threats.md").read_text(encoding="utf-8"), re.MULTILINE)
    return dict(zip(found, lines, strict=True))


def test_every_threat_has_its_line() -> None:
    """In order, none left out, none twice."""
    assert list(rows()) == [*THREATS, "T29", "T30"]


@pytest.mark.parametrize("threat", rows())
def test_what_shows_it_is_a_test(threat: str) -> None:
    """Every test that a line names exists by that name, and each line names one."""
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", rows()[threat])

    assert named
    for path, name in named:
        assert re.search(rf"^(async )?def {name}\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE), (
            f"{path}::{name}"
        )


def _anchor(title: str) -> str:
    return re.sub(r"[^\w -]", "", title).strip().lower().replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_files_lead_somewhere(page: Path) -> None:
    """Relative links to files, headings of this page, and files named in passing."""
    text = page.read_text(encoding="utf-8")
    headings = {
        re.sub(r"[^\w -]", "", title).strip().lower().replace(" ", "-")
        for title in re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    }
    links = re.findall(r"\]\(([^)\s]+)\)", text)
    named = re.findall(r"`((?:tests|deploy|bot|policies)/[\w./-]+\.(?:py|md|toml|yaml|bicep))`", text)

    assert [link for link in links if "#" not in link and "//" not in link and not (page.parent / link).exists()] == []
    assert [link for link in links if link.startswith("#") and link[1:] not in headings] == []
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_what_readyz_says_is_in_the_runbook_as_it_says_it() -> None:
    """A symptom that nobody would ever see is no help."""
    runbook = (DOCS / "runbook.md").read_text(encoding="utf-8")
    source = "".join((ROOT / name).read_text(encoding="utf-8") for name in ("app.py", "bot/web/routes.py"))
    quoted = re.findall(r"\*\*`/readyz`: ([^*]+)\*\*", runbook)

    assert len(quoted) >= 4
    assert [words for words in quoted if f'"{words}"' not in source] == []


def test_commands_and_settings_that_the_pages_name_are_there() -> None:
    """Slash commands, make targets, variables."""
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    commands = set(re.findall(r"`/([a-z]+)(?: [A-Z][^`]*)?`", text)) - {"livez", "readyz", "metrics", "about"}
    targets = set(re.findall(r"`make ([a-z-]+)`", text))
    variables = set(re.findall(r"`([A-Z]+_[A-Z_]+)`", text))
    known = {name.upper() for name in (*Environment.model_fields, *Owner.model_fields, "secrets_dir")}

    assert commands
    assert commands <= {command.name for command in COMMANDS}
    assert {target for target in targets if f"\n{target}:" not in makefile} == set()
    assert variables <= known
