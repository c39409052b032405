"""The log: what is ours is said, what could tell of a child or a secret is not, whoever wrote the line."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from aiohttp.http_exceptions import BadStatusLine

from bot.web.logs import cut, set_up_logging

TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl"
LINK = "https://teams.microsoft.com/l/meetup-join/19%3ameeting?context=%7b%22Tid%22"
SECRETS = (TOKEN, "meetup-join", "Ada Lovelace", "context=", "29:1abcdef", "hush")


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """A log of its own, put back afterwards."""
    root, kept = logging.getLogger(), logging.getLogger().handlers[:]
    level, written = root.level, io.StringIO()
    set_up_logging(stream=written)
    yield written
    root.handlers[:] = kept
    root.setLevel(level)
    logging.captureWarnings(capture=False)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_our_lines_say_what_happened(stream: io.StringIO) -> None:
    """With an event and its fields."""
    logging.getLogger("schoolgate.keys").info("keys loaded", extra={"event": "keys_loaded", "count": 3})

    (line,) = lines(stream)
    assert (line["event"], line["message"], line["count"], line["level"]) == ("keys_loaded", "keys loaded", 3, "info")
    assert line["time"].endswith("+00:00")


@pytest.mark.parametrize("name", ["httpx", "aiohttp.access", "msrest", "azure.core", "asyncio", "msal", "root", ""])
def test_libraries_are_heard_only_when_something_is_wrong(stream: io.StringIO, name: str) -> None:
    """And then not in their own words."""
    logger = logging.getLogger(name)
    # a library may turn itself up
    level, _ = logger.level, logger.setLevel(logging.DEBUG)
    logger.info("GET %s Bearer %s", LINK, TOKEN)
    logger.debug("Ada Lovelace")
    logger.warning("for Ada Lovelace: GET %s", LINK, extra={"body": "hush"})
    try:
        raise ValueError("Ada Lovelace")
    except ValueError:
        logger.exception("hush 29:1abcdef")
    logger.setLevel(level)

    warning, error = lines(stream)
    assert warning.keys() == {"time", "level", "logger", "event"}
    assert error["error"] == "ValueError"
    assert error["places"][-1].startswith("test_logs.py:")
    assert not any(secret in stream.getvalue() for secret in SECRETS)


def test_in_our_own_lines_secrets_are_cut_as_well(stream: io.StringIO) -> None:
    """In case: in the words, in a field, in an exception."""
    logger = logging.getLogger("schoolgate")
    try:
        raise RuntimeError("Ada Lovelace") from KeyError("hush")
    except RuntimeError:
        logger.exception("got %s for %s", f"Bearer {TOKEN}", LINK, extra={"why": f"29:1abcdef {LINK} {TOKEN}"})

    (line,) = lines(stream)
    assert line["message"] == "got Bearer (cut) for https://teams.microsoft.com"
    assert line["why"] == "(cut) https://teams.microsoft.com (cut)"
    assert line["error"] == "RuntimeError from KeyError"
    assert not any(secret in stream.getvalue() for secret in SECRETS)


@pytest.mark.parametrize("whom", ["mri:4:+441632960000", "phone:+441632960000", "guest:8f2a", "mri:8:anon:one"])
def test_who_has_no_account_is_not_told_by_a_number(whom: str) -> None:
    """A telephone number is somebody's; the ids of our own accounts may stand."""
    assert "(cut)" in cut(f"about {whom}, aad:1-2")
    assert "4416" not in cut(whom)
    assert "aad:1-2" in cut(f"about {whom}, aad:1-2")


def test_what_is_no_http_is_said_once_a_minute(stream: io.StringIO) -> None:
    """Whoever sends it a thousand times fills no disk; what else the server has to say is said."""
    server = logging.getLogger("aiohttp.server")
    for number in range(1000):
        try:
            raise BadStatusLine(f"Ada Lovelace {number}")
        except BadStatusLine:
            server.exception("Error handling request")
    server.error("something else", exc_info=False)

    assert [line.get("error") for line in lines(stream)] == ["BadStatusLine", None]
    assert "Ada" not in stream.getvalue()


def test_a_line_stays_one_line(stream: io.StringIO) -> None:
    """Whatever is in it."""
    logging.getLogger("schoolgate").warning("a\r\n{}\nb")

    assert len(stream.getvalue().splitlines()) == 1


def test_user_names_in_urls_are_cut() -> None:
    """postgresql://somebody:password@host says only the host."""
    assert cut("at postgresql://user:hush@db.example:5432/x?y=1 now") == "at postgresql://db.example:5432 now"
