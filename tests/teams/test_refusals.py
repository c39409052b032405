"""The refusal matrix, on the real server: every wrong token, body and activity has its status and nothing else."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from tests.teams.activities import join
from tests.teams.house import House
from tests.teams.wrongs import INSIDES, ROWS, Row, bearer, later, spoken


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_whatever_is_wrong_is_turned_away(house: House, row: Row) -> None:
    """It gets its status and a line of JSON; the doors see nothing, and the answer shows nothing of our insides."""
    activity = join(service_url=house.teams.service_url)
    if row.change:
        row.change(activity, house)
    token = row.token(house) if row.token else bearer(**row.claims)(house)

    status, said = await house.post(activity, token=token, body=row.body, **row.headers)

    assert status == row.status, said
    assert list(json.loads(said)) == ["error"]
    assert "\n" not in said
    assert not any(inside in said for inside in INSIDES)
    assert house.doors.seen == 0
    assert house.addresses.urls == {}


async def test_what_is_right_comes_in(house: House) -> None:
    """The matrix turns away the wrong, not everything."""
    status, said = await house.post(join(service_url=house.teams.service_url))

    assert (status, said) == (200, "")
    assert len(house.doors.arrivals) == 1


async def test_as_deep_as_allowed_comes_in(house: House) -> None:
    """The bound is at 32 levels, of which the activity itself is one."""
    deep = join(service_url=house.teams.service_url, x=json.loads("[" * 31 + "]" * 31))

    assert (await house.post(deep))[0] == 200


@pytest.mark.parametrize(
    "claims", [{"exp": later(-200)}, {"nbf": later(200)}], ids=["expired a moment ago", "valid in a moment"]
)
async def test_clocks_may_differ_by_five_minutes(house: House, claims: dict[str, Any]) -> None:
    """A token within the skew is good."""
    status, _ = await house.post(join(service_url=house.teams.service_url), token=bearer(**claims)(house))

    assert status == 200


async def test_a_missing_last_slash_makes_no_difference(house: House) -> None:
    """Token and activity may spell the service URL with and without it."""
    bare = house.teams.service_url.rstrip("/")

    status, _ = await house.post(join(service_url=bare))

    assert status == 200


@pytest.mark.parametrize("body", [b"{", b"x" * 200_000, b"[" * 60_000], ids=["not JSON", "too large", "too deep"])
async def test_a_stranger_learns_nothing_of_what_a_body_must_be(house: House, body: bytes) -> None:
    """Without a token every body is answered alike."""
    status, said = await house.post(token=None, body=body, **{"Content-Type": "text/plain"})

    assert (status, json.loads(said)) == (401, {"error": "unauthorised"})


async def test_two_authorization_headers_are_one_too_many(house: House) -> None:
    """Nobody chooses which of two tokens counts."""
    good = bearer()(house) or ""
    body = json.dumps(join(service_url=house.teams.service_url))
    head = f"Authorization: {good}\r\nAuthorization: {good}\r\nContent-Length: {len(body)}"

    assert (await spoken(house, head, body.encode()))[0] == 401


async def test_a_body_told_in_pieces_is_counted(house: House) -> None:
    """Chunked, without a Content-Length, it is refused as soon as it is too large."""
    head = f"Authorization: {bearer()(house)}\r\nTransfer-Encoding: chunked"
    piece = b"4000\r\n" + b" " * 0x4000 + b"\r\n"

    assert (await spoken(house, head, piece * 9))[0] == 413
    assert house.doors.seen == 0


async def test_a_slow_body_is_not_waited_for(house: House) -> None:
    """A body that stops half-way is given up."""
    head = f"Authorization: {bearer()(house)}\r\nContent-Length: 500"

    assert (await spoken(house, head, b'{"type":'))[0] == 408
    assert house.doors.seen == 0


async def test_no_byte_of_the_body_is_waited_for_without_a_token(house: House) -> None:
    """A stranger who never sends the body has the answer at once."""
    began = time.perf_counter()

    status, took = await spoken(house, "Content-Length: 100000", b"")

    assert status == 401
    assert took - began < 0.25


async def test_a_deep_body_is_refused_quickly(house: House) -> None:
    """128 KiB of brackets, or of numbers, cost milliseconds."""
    bodies = [b'{"value":' + b"[" * 65_000 + b"]" * 65_000 + b"}", b'{"value":[' + b"1," * 64_000 + b"1]}"]
    token = bearer()(house)
    await house.post(join(service_url=house.teams.service_url), token=token)
    began = time.process_time()

    for body in bodies:
        status, _ = await house.post(token=token, body=body)
        assert status == 400

    assert time.process_time() - began < 0.25


async def test_a_broken_compression_is_a_bad_request(house: House) -> None:
    """A body that says gzip and is none."""
    status, _ = await house.post(body=b"not gzip at all", **{"Content-Encoding": "gzip"})

    assert status == 400
