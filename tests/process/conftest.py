"""Microsoft's side, started once for all tests of this folder, and a school for each."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from deploy.rehearsal.player.house import ROOT
from tests.database import fresh_database
from tests.process.house import Microsoft, School, school_of
from tests.process.people import script


@pytest.fixture(scope="session")
def microsoft(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Microsoft]:
    folder = tmp_path_factory.mktemp("microsoft")
    command = [sys.executable, "-m", "deploy.rehearsal", "--dir", str(folder)]
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)
    try:
        ready = _ready(folder / "ready.json", process)
        yield Microsoft(ready["origin"], ready["control"], ready["ca"])
    finally:
        process.terminate()
        process.wait(10)


def _ready(file: Path, process: subprocess.Popen[bytes]) -> dict[str, str]:
    until = time.monotonic() + 30
    while time.monotonic() < until and process.poll() is None:
        try:
            return dict(json.loads(file.read_text(encoding="utf-8")))
        except (FileNotFoundError, json.JSONDecodeError):
            time.sleep(0.05)
    raise AssertionError("Microsoft's side did not start: " + (file.parent / "output").read_text()[-2000:])


@pytest.fixture
async def school(microsoft: Microsoft, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[School]:
    """A school with a database of its own, and no bot yet."""
    slug = request.node.name.removeprefix("test_")[:60]
    async with school_of(microsoft, slug, script(), await fresh_database(), tmp_path) as school:
        yield school
