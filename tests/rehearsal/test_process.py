"""The rehearsal as a process of its own, and Microsoft's own Graph client on it."""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.rehearsal.made import PATEL, body, guid

ROOT = Path(__file__).parents[2]


@pytest.fixture
async def process(tmp_path: Path) -> AsyncIterator[tuple[asyncio.subprocess.Process, dict[str, str]]]:
    command = [sys.executable, "-m", "deploy.rehearsal", "--dir", str(tmp_path)]
    started = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    assert started.stdout
    try:
        async with asyncio.timeout(20):
            await started.stdout.readline()
        yield started, json.loads((tmp_path / "ready.json").read_text())
    finally:
        if started.returncode is None:
            started.kill()
        await started.wait()


async def test_it_starts_and_ends(process: tuple[asyncio.subprocess.Process, dict[str, str]], tmp_path: Path):
    """Ready when the file says so, two tenants side by side, and on SIGTERM it ends cleanly with a poll still open."""
    started, ready = process
    trust = ssl.create_default_context(cafile=ready["ca"])
    nobody = "http://127.0.0.1:1/api/messages"
    async with aiohttp.ClientSession() as session:
        for tenant in (guid("one"), guid("two")):
            async with session.put(f"{ready['control']}/tenants/{tenant}", json=body(nobody)) as answer:
                assert answer.status == 200
        url = ready["origin"].replace("127.0.0.1", "localhost") + "/botframework/v1/.well-known/openidconfiguration"
        async with session.get(url, ssl=trust) as answer:
            assert answer.status == 200
        said = {"act": "join", "meeting": "19:meeting_maths@thread.v2", "who": [PATEL]}
        async with session.post(f"{ready['control']}/tenants/{guid('one')}/do", json=said) as answer:
            assert answer.status == 200
        poll = asyncio.create_task(_poll(session, f"{ready['control']}/tenants/{guid('two')}/seen?after=0&wait=50"))
        await asyncio.sleep(0)
        started.terminate()
        async with asyncio.timeout(10):
            await started.wait()
        await asyncio.gather(poll, return_exceptions=True)

    assert started.returncode == 0
    assert not (tmp_path / "ready.json").exists()


async def _poll(session: aiohttp.ClientSession, url: str) -> Any:
    async with session.get(url) as answer:
        return await answer.json()
