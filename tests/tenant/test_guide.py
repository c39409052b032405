"""What the IT guide has people type exists, and what it points to is there. The walk itself: tests/process/test_walk.py."""

import re
from pathlib import Path

from bot.environment import Environment
from deploy.tenant import pages
from deploy.tenant.steps import STEPS, VALUES, number
from manifest.build import parser
from tests.tenant.powershell import parsed

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "deploy/docs/it-guide.md"
GUIDE = PAGE.read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", GUIDE, re.DOTALL)
AT = {step.key: number(step) for step in STEPS}
GUID = "7d0c1f0e-4b43-4f5c-9b1e-2f6a5d3c8e90"


def parameters(script: str) -> dict[str, bool]:
    """What a script takes, and whether it must be given."""
    text = (pages.HERE / script).read_text(encoding="utf-8").partition("\nparam(")[2].partition("\n)\n")[0]
    return {
        name: "Mandatory" in line for line in text.splitlines() for name in re.findall(r"\] \$(\w+)(?: = .*)?,?$", line)
    }


def test_limitations_come_first_and_the_way_out_last():
    """Before anything is asked of the reader."""
    titles = re.findall(r"^## (.+)$", GUIDE, re.MULTILINE)

    assert titles[0] == "Known limitations, first"
    assert titles[-1] == "Uninstall"
    assert "Nothing here was ever run in a real" in GUIDE.partition("## What you need")[0]


def test_every_part_says_what_one_should_see():
    """Each numbered part, and the uninstalling."""
    parts = re.split(r"^## ", GUIDE, flags=re.MULTILINE)

    assert [
        part.splitlines()[0] for part in parts if re.match(r"[1-7]\.|Uninstall", part) and "You should see" not in part
    ] == []


def test_what_is_typed_in_a_shell_exists():
    """Targets of make, lessons, files, and the options of the package."""
    typed = [line for kind, block in BLOCKS if kind == "sh" for line in block.splitlines()]
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)

    assert len(typed) >= 5
    for line in typed:
        words = line.split()
        assert words[0] in ("make", "cp")
        if words[0] == "cp":
            assert (ROOT / words[1]).exists()
        else:
            assert words[1] in targets
        for lesson in re.findall(r"--only (\w+)", line):
            assert (ROOT / f"deploy/rehearsal/lessons/{lesson}.toml").exists()
        if words[1] == "package":
            filled = (
                line.partition('ARGS="')[2].rstrip('"').replace("APP-ID", GUID).replace("HOST", "gate.school.example")
            )
            assert parser().parse_args(filled.split()).tier == "watch"


def test_what_is_typed_in_powershell_is_taken_by_the_scripts():
    """Each parameter exists, and each that must be there is; the table of parameters is PowerShell."""
    table = re.search(r"\$school = @\{.*?\}", GUIDE, re.DOTALL)
    assert table
    assert not parsed(table[0]).has_error
    splatted = set(re.findall(r"(\w+) = '", table[0]))
    typed = [line for kind, block in BLOCKS if kind == "powershell" for line in block.splitlines() if line[0] == "."]

    assert len(typed) == 6
    for line in typed:
        taken = parameters(line.split()[0].removeprefix("./"))
        given = {*re.findall(r" -(\w+)", line)} | (splatted if "@school" in line else set())
        assert given - {"WhatIf", "Confirm"} <= {*taken}
        assert {name for name, must in taken.items() if must} <= given


def test_the_blanks_of_the_guide_are_those_of_the_page():
    """APP-ID and the others are explained on the page by hand, by the same names."""
    used = {word for _, block in BLOCKS for word in re.findall(r"\b[A-Z]+(?:-[A-Z]+)*\b", block)} - {"ARGS"}

    assert used == {*VALUES}


def test_the_steps_it_names_are_those():
    """By their numbers: the boxes, and the certificate."""
    assert (AT["bot"], AT["endpoint"], AT["events"], AT["certificate"]) == (1, 2, 3, 5)
    assert "Take steps 1 to 3 of" in GUIDE
    assert "the boxes of step 3" in GUIDE
    assert "schoolgate.pem of step 5" in GUIDE


def test_links_lead_somewhere():
    """And the lines of .env are settings."""
    links = re.findall(r"\]\(([^)#:]+)(?:#\w+)?\)", GUIDE)

    assert links
    assert [link for link in links if not (PAGE.parent / link).exists()] == []
    assert {name.lower() for name in re.findall(r"^\| `([A-Z_]+)` \|", GUIDE, re.MULTILINE)} <= {
        *Environment.model_fields
    }
