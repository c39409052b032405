"""The package before a checker that nobody here wrote."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from bot.tiers import TIERS
from tests.manifest.packages import build

REFEREES = Path(__file__).parents[3] / "shared" / "referees"
CHECKER = REFEREES / "check_package.py"

pytestmark = pytest.mark.skipif(not CHECKER.exists(), reason="the referees are not part of this repository")


def verdict(package: Path) -> tuple[int, str]:
    command = [sys.executable, str(CHECKER), str(package), str(REFEREES / "rsc-permissions.json")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.strip()


@pytest.mark.parametrize("tier", TIERS)
def test_the_referee_passes_the_package(tmp_path: Path, tier: str):
    """Layout, icons and permission names are as Microsoft's pages ask."""
    assert verdict(build(tmp_path / "a.zip", tier=tier)) == (0, "ok")


def test_the_referee_would_have_refused_a_worse_one(tmp_path: Path):
    """A permission that Teams does not know is seen, so its silence above means something."""
    worse = tmp_path / "worse.zip"
    with zipfile.ZipFile(build(tmp_path / "a.zip")) as good, zipfile.ZipFile(worse, "w") as archive:
        for name in good.namelist():
            archive.writestr(name, good.read(name).replace(b"ChatMember.Read.Chat", b"ChatMember.Peek.Chat"))

    assert verdict(worse) == (1, "unknown RSC permission ChatMember.Peek.Chat")
