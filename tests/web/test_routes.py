"""The other pages, the metrics, and the cost of the fast lane."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime

import aiohttp
import orjson
import pytest

from bot.ports import OutOfReach
from bot.teams.parse import parse
from bot.teams.reading import opened
from tests.teams.activities import ADA, OURS, event, join
from tests.teams.conftest import house, issuer, teams
from tests.teams.house import House

__all__ = ["house", "issuer", "teams"]


async def test_it_says_whether_it_lives_and_is_ready(house: House) -> None:
    """Ready with reasons; living needs nobody."""
    house_is_well = await house.get("/readyz")
    house.problems.append("store")

    assert house_is_well == (200, '{"status":"ready","reasons":[]}')
    assert await house.get("/readyz") == (503, '{"status":"not ready","reasons":["store"]}')
    assert await house.get("/livez") == (200, '{"status":"alive"}')


@pytest.mark.parametrize(
    ("method", "path", "status", "said"),
    [
        ("GET", "/", 404, "not found"),
        ("GET", "/api/messages/../../etc/passwd", 404, "not found"),
        ("GET", "/api/messages", 405, "method not allowed"),
        ("PUT", "/api/messages", 405, "method not allowed"),
        ("POST", "/livez", 405, "method not allowed"),
        ("POST", "/api/calls", 404, "not found"),
    ],
)
async def test_what_there_is_not_is_said_in_json(house: House, method: str, path: str, status: int, said: str) -> None:
    """No page of the server's own."""
    async with aiohttp.ClientSession() as session, session.request(method, house.url + path) as response:
        assert (response.status, await response.json()) == (status, {"error": said})


async def test_what_came_is_counted_without_saying_of_whom(house: House) -> None:
    """By kind and by reason; no name, id or tenant is a label."""
    url = house.teams.service_url
    await house.post(join(service_url=url))
    await house.post(join(None, service_url=url))
    await house.post(event("application/vnd.microsoft.meetingRoomOnFire", {}, service_url=url))
    await house.post(join(service_url=url), token="Bearer x")
    await house.post(b"", body=b"{")

    _, page = await house.get("/metrics")

    assert 'schoolgate_events_received_total{kind="join",source="teams"} 2.0' in page
    assert 'schoolgate_events_received_total{kind="unknown_event",source="teams"} 1.0' in page
    assert 'schoolgate_events_rejected_total{reason="garbage"} 1.0' in page
    assert 'schoolgate_events_rejected_total{reason="not_json"} 1.0' in page
    assert "schoolgate_members_skipped_total 1.0" in page
    assert "schoolgate_ack_duration_seconds_count 3.0" in page
    assert ADA not in page
    assert "Ada" not in page


async def test_a_meeting_event_waits_for_the_store(house: House) -> None:
    """While it cannot commit, Teams is asked to come again; how soon, if the store says."""
    house.doors.trouble = OutOfReach("no commit", 3.0)

    async with (
        aiohttp.ClientSession() as session,
        session.post(
            f"{house.url}/api/messages",
            json=join(service_url=house.teams.service_url),
            headers={"Authorization": f"Bearer {house.issuer.token(house.teams.service_url)}"},
        ) as response,
    ):
        found = response.status, response.headers["Retry-After"], json.loads(await response.text())

    assert found == (503, "3", {"error": "try again later"})


async def test_gate_and_parser_cost_little(house: House) -> None:
    """Under 0.3 ms of CPU for a join whose token is known."""
    token = f"Bearer {house.issuer.token(house.teams.service_url)}"
    body = orjson.dumps(join(service_url=house.teams.service_url))
    gate = house.inlet._gate
    await gate.admit(token)
    times = 500
    began = time.process_time()
    for _ in range(times):
        claims = await gate.admit(token)
        activity = opened(body)
        gate.check(claims, activity)
        parse(activity, OURS, datetime.now(UTC))

    assert (time.process_time() - began) / times < 0.0003
