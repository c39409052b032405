"""What is written about Schoolgate is true of it."""

import re
from pathlib import Path

import pytest

from deploy.docs.generated import WRITTEN, part

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.name)
def test_what_the_code_writes_is_fresh(path):
    """Each page, or part of one, is what the code makes of itself today (`python -m deploy.docs` writes it)."""
    text = path.read_text(encoding="utf-8")

    assert WRITTEN[path](text) == text


def test_a_part_without_its_markers_is_not_passed_over():
    """A page from which the markers were deleted would otherwise look fresh for ever."""
    fresh = part("table", lambda: ["new"])

    assert (
        fresh("a\n<!-- table: made by python -m deploy.docs -->\nold\n<!-- end of table -->\nz\n").split("\n")[2]
        == "new"
    )
    with pytest.raises(ValueError, match="0 parts"):
        fresh("a page\n")


def test_commands_in_the_readme_exist():
    """Every `make` target that README and CONTRIBUTING name is one."""
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    texts = [(ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "CONTRIBUTING.md")]
    named = {found for text in texts for found in re.findall(r"(?:`|^)make ([a-z]+)", text, re.MULTILINE)}

    assert named
    assert named <= targets


def test_links_in_the_readme_lead_somewhere():
    """Every relative link and picture of the README is a file."""
    links = re.findall(r"\]\(([^)#:]+)\)", (ROOT / "README.md").read_text(encoding="utf-8"))

    assert [link for link in links if not (ROOT / link).exists()] == []


def test_no_sentence_of_the_policy_is_copied():
    """The policy is cited by clause number, in our own words (checked where the policy is at hand)."""
    policy = ROOT.parent / "shared" / "policy" / "video-conferencing-policy.txt"
    if not policy.exists():
        pytest.skip("the policy is not part of this repository")
    sentences = {
        " ".join(words[start : start + 9])
        for line in policy.read_text(encoding="utf-8").splitlines()
        for words in [re.findall(r"[a-z']+", line.casefold())]
        for start in range(len(words) - 8)
    }
    ours = [
        *ROOT.glob("*.md"),
        *(ROOT / "bot").rglob("*.*"),
        *(ROOT / "policies").glob("*.*"),
        *(ROOT / "deploy").rglob("*.*"),
    ]
    texts = {
        path: " ".join(re.findall(r"[a-z']+", path.read_text(encoding="utf-8").casefold()))
        for path in ours
        if _is_text(path)
    }

    assert [path.name for path, text in texts.items() if any(sentence in text for sentence in sentences)] == []


def _is_text(path: Path) -> bool:
    return path.suffix in {".py", ".md", ".toml", ".ftl"} and "__pycache__" not in path.parts


def test_the_tests_on_the_reliability_page_exist():
    """Every promise there names what shows it: a file or folder, or words of a test's name."""
    text = (ROOT / "deploy" / "docs" / "reliability.md").read_text(encoding="utf-8")
    tests = "\n".join(path.read_text(encoding="utf-8") for path in ROOT.glob("tests/*/test_*.py"))
    paths, words = re.findall(r"ARGS=(tests/[\w/.]+\w)", text), re.findall(r'ARGS="-k (\w+)"', text)

    assert [path for path in paths if not (ROOT / path).exists()] == []
    assert [word for word in words if f"_{word}" not in tests] == []
    assert len(paths) > 5
