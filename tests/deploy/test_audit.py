"""The dependency audit, by the real pip-audit, with a stand-in for the database of advisories on this machine."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from deploy.audit import LOCK
from deploy.replay import ROOT

PINNED = "sound==1.0 --hash=sha256:" + "a" * 64 + "\nweak==2.0 --hash=sha256:" + "b" * 64 + "\n"
ADVISORY = {
    "id": "PYSEC-2026-1",
    "modified": "2026-01-01T00:00:00Z",
    "published": "2026-01-01T00:00:00Z",
    "summary": "Says secrets out loud",
    "affected": [
        {
            "package": {"ecosystem": "PyPI", "name": "weak"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.1"}]}],
            "versions": ["2.0"],
        }
    ],
}


@pytest.fixture
async def advisories() -> AsyncIterator[str]:
    """OSV's query interface, which knows of one weakness."""

    async def query(request: web.Request) -> web.Response:
        asked = await request.json()
        return web.json_response({"vulns": [ADVISORY]} if asked["package"]["name"] == "weak" else {})

    app = web.Application()
    app.router.add_post("/v1/query", query)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/v1/query"
    await runner.cleanup()


async def run(folder: Path, pinned: str, url: str, *more: str) -> tuple[int, str]:
    (lock := folder / "lock.txt").write_text(pinned, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "deploy.audit",
        "--lock",
        str(lock),
        "--osv-url",
        url,
        "--cache-dir",
        str(folder),
        *more,
    ]
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


async def test_a_known_weakness_fails(tmp_path: Path, advisories: str) -> None:
    """With the package, the advisory, and the version in which it is mended."""
    code, said = await run(tmp_path, PINNED, advisories)

    assert code == 1
    assert "weak 2.0: PYSEC-2026-1, mended in 2.1" in said
    assert "sound" not in said


async def test_what_is_sound_is_said_with_its_number(tmp_path: Path, advisories: str) -> None:
    """So that an empty lock is no success."""
    one = PINNED.splitlines()[0] + "\n"

    assert await run(tmp_path, one, advisories) == (0, "audited 1 pinned packages: no known weakness\n")
    assert (await run(tmp_path, "", advisories, "--must"))[0] == 2


async def test_out_of_reach_is_said_and_fails_where_it_must_not_be(tmp_path: Path) -> None:
    """Never a silent success."""
    nowhere = "http://127.0.0.1:1/v1/query"
    code, said = await run(tmp_path, PINNED, nowhere)
    must, again = await run(tmp_path, PINNED, nowhere, "--must")

    assert (code, must) == (0, 2)
    assert said.startswith("NOT AUDITED")
    assert again.startswith("NOT AUDITED")


def test_everything_that_is_installed_is_audited() -> None:
    """The development lock holds all of what runs, and every pin its hash."""
    runs = {line.split()[0] for line in (ROOT / "requirements.txt").read_text().splitlines() if "==" in line}
    all_of_it = {line.split()[0] for line in LOCK.read_text().splitlines() if "==" in line}

    assert runs
    assert runs <= all_of_it
    for lock in (ROOT / "requirements.txt", LOCK):
        pins = re.split(r"^(?=\S+==)", lock.read_text(), flags=re.MULTILINE)[1:]
        assert [
            pin.split()[0] for pin in pins if not re.search(r"^    --hash=sha256:[0-9a-f]{64}", pin, re.MULTILINE)
        ] == []
