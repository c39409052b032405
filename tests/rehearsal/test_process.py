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
import httpx
import pytest
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph_core import GraphClientFactory

from tests.rehearsal.made import ADA, CLASS, GRAPH, GUEST, PATEL, SCHOOL, body, guid
from tests.rehearsal.school import School

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


# The client warns of its own classes when they are first imported.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
async def test_microsofts_graph_client_is_served(school: School):
    """msgraph-sdk signs in, selects, follows pages, posts, and sees errors as errors."""
    await school.put(page=2)
    trust = ssl.create_default_context(cafile=school.microsoft.ca)
    # The client's own closing forgets what its middleware wraps.
    async with httpx.AsyncHTTPTransport(verify=trust) as transport, httpx.AsyncClient(transport=transport) as http:
        provider = AzureIdentityAuthenticationProvider(school.credential, scopes=[GRAPH], allowed_hosts=["127.0.0.1"])
        client = GraphServiceClient(
            request_adapter=GraphRequestAdapter(
                provider, GraphClientFactory.create_with_default_middleware(client=http)
            )
        )
        client.request_adapter.base_url = f"{school.microsoft.origin}/v1.0"
        ada = await client.users.by_user_id(ADA).get()
        first = await client.groups.by_group_id(SCHOOL).transitive_members.get()
        assert first
        second = await client.groups.by_group_id(SCHOOL).transitive_members.with_url(first.odata_next_link or "").get()
        with pytest.raises(Exception, match="does not exist"):
            await client.users.by_user_id(guid("nobody")).get()

    assert ada
    assert ada.display_name == "Ada Lovelace"
    assert [type(one).__name__ for one in first.value or []] == ["Group", "Group"]
    assert CLASS in [one.id for one in first.value or []]
    assert second
    assert [one.id for one in second.value or []] == [GUEST, PATEL]
