"""Anything at all over HTTP, with a good token and without: never a 500, never a page of somebody else's, never a name.

A 503 would mean that something failed on it: the database is there, and what is wrong is the sender's to mend.
"""

from __future__ import annotations

import asyncio
import base64
import json
from typing import Any

import pytest
from aiohttp import http_exceptions
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.hostile.anything import GOOD_ACTIVITIES, GOOD_NOTICES, JSON, TEXT, at_home, bent
from tests.hostile.front import PLANTED, Front
from tests.teams.activities import ADA, PATEL, join
from tests.teams.wrongs import INSIDES

pytestmark = pytest.mark.asyncio(loop_scope="module")
ANSWERS = {200, 400, 403, 501}
half_as_often = settings(max_examples=settings.default.max_examples // 2)
PLACES = st.sampled_from(["messages", "calls"])


def nothing_failed(front: Front) -> None:
    """Nothing that came in was more than could be borne, and no line says whose lesson it was."""
    failed = {"inlet_failed", "web_failed", "errand_failed", "errand_dropped"}
    lines = [line for line in front.events_logged() if not line["logger"].startswith("azure.")]
    assert not [
        line for line in lines if line["event"] in failed or (line["event"] == "library" and not bad_http(line))
    ]
    assert sum(map(bad_http, lines)) <= 1
    assert not [part for part in (*PLANTED.split(), "Khan") if part in front.log.getvalue()]


def bad_http(line: dict[str, Any]) -> bool:
    """Whether this says that somebody did not speak HTTP."""
    return line["logger"] == "aiohttp.server" and issubclass(
        getattr(http_exceptions, line.get("error", ""), Exception), http_exceptions.HttpProcessingError
    )


async def test_it_is_the_real_thing(front: Front) -> None:
    """A join comes in, is written down, and somebody known is identified."""
    assert (await front.send("messages", join(service_url=front.teams.service_url)))[0] == 200
    types = [row["type"] for row in await front.rows("SELECT type FROM events ORDER BY number")]

    assert {"joined", "identified"} <= set(types)


@half_as_often
@given(activity=bent(GOOD_ACTIVITIES), by=st.sampled_from([ADA, PATEL]))
async def test_any_activity_is_answered_and_breaks_nothing(front: Front, activity: Any, by: str) -> None:
    """Signed by Microsoft and written by whoever: parsed, kept in the real database, or turned away."""
    if "from" in activity:
        activity = {**activity, "from": {"id": "29:x", "aadObjectId": by, "name": PLANTED}}
    status, said = await front.send("messages", at_home(activity, front.teams.service_url))

    assert status in ANSWERS, said
    nothing_failed(front)


@given(told=bent(GOOD_NOTICES) | JSON)
async def test_any_notice_of_a_call_is_answered_and_breaks_nothing(front: Front, told: Any) -> None:
    """For a sitting that is there and for one that is not."""
    status, said = await front.send("calls", told)

    assert status in ANSWERS, said
    nothing_failed(front)


@given(place=PLACES, body=st.binary(max_size=200) | JSON.map(lambda made: json.dumps(made).encode()))
async def test_any_body_is_answered(front: Front, place: str, body: bytes) -> None:
    """Also where it is no JSON."""
    assert (await front.send(place, body))[0] in ANSWERS
    nothing_failed(front)


def _seven_bits(text: str) -> str:
    return "".join(sign for sign in text if " " <= sign <= "~")


def _token_like(head: Any, payload: Any, signature: bytes) -> str:
    parts = [json.dumps(head).encode(), json.dumps(payload).encode(), signature]
    return "Bearer " + ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


HEADS = st.dictionaries(st.sampled_from(["alg", "kid", "typ", "crit", "b64", "jku", "x5u", "jwk"]), JSON) | JSON
TOKENS = st.one_of(
    TEXT.map(lambda text: _seven_bits(text) or " "),
    TEXT.map(lambda text: "Bearer " + _seven_bits(text)),
    st.builds(_token_like, HEADS, JSON, st.binary(max_size=40)),
    st.builds(_token_like, HEADS.map(lambda head: {"alg": "RS256", "kid": "one", **(head if isinstance(head, dict) else {})}),
              JSON, st.binary(max_size=300)),
)  # fmt: skip


@given(place=PLACES, token=TOKENS.map(lambda token: token[:8000]))
async def test_any_token_header_is_turned_away(front: Front, place: str, token: str) -> None:
    """401, or 503 where its key has yet to be looked for; and not a byte of the body matters. (Longer is no HTTP.)"""
    status, said = await front.send(place, {"text": PLANTED}, token=token)

    assert status in (401, 503)
    assert list(json.loads(said)) == ["error"]
    assert not any(inside in said for inside in INSIDES)
    nothing_failed(front)


@given(
    method=st.sampled_from(["GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "POST", "TRACE", "PROPFIND"]),
    path=st.lists(TEXT.map(lambda text: text.replace("\x00", "")), max_size=3).map("/".join),
)
async def test_any_method_and_path_is_answered_in_json(front: Front, method: str, path: str) -> None:
    """404 and 405 without a page of the server's own, and without what was asked for."""
    url = f"{front.url}/{path}"
    async with front.session.request(method, url, data=b"{}", headers={"X-Name": PLANTED}) as answer:
        status, said = answer.status, await answer.text()

    assert status in (200, 400, 404, 405)
    assert PLANTED not in said
    nothing_failed(front)


@given(
    start=st.sampled_from([b"", b"POST /api/messages HTTP/1.1\r\nHost: x\r\n", b"GET / HTTP/1.0\r\n"]),
    rest=st.binary(max_size=80),
)
async def test_whatever_is_no_http_is_dropped_or_answered_with_a_4xx(front: Front, start: bytes, rest: bytes) -> None:
    """On a bare socket."""
    host, port = front.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(start + rest + PLANTED.encode() + b"\r\n\r\n")
    writer.write_eof()
    async with asyncio.timeout(20):
        said = await reader.read()
    writer.close()

    assert not said or 400 <= int(said.split()[1]) < 500
    assert b"Traceback" not in said
    nothing_failed(front)


@pytest.mark.parametrize("place", ["messages", "calls"])
async def test_ten_megabytes_are_not_read(front: Front, place: str) -> None:
    """With a good token and without: turned away by what the head says, or as soon as it is too much."""
    for token, wanted in (("", 413), (None, 401)):
        status, _ = await front.send(place, b'{"a":"' + b"x" * 10_000_000 + b'"}', token=token)
        assert status == wanted
    nothing_failed(front)
