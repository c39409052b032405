"""Whatever comes in, reading it raises nothing, and nobody is present because of `from`."""

from __future__ import annotations

import json
from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from bot.events import Joined, Left, account
from bot.ports import Arrival
from bot.teams.parse import parse
from bot.teams.reading import opened
from tests.teams.activities import (
    NOW,
    OURS,
    PATEL,
    URL,
    join,
    message,
    press,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
KEYS = ["type", "name", "id", "timestamp", "conversation", "channelData", "value", "recipient", "entities", "text"]
TYPES = st.sampled_from(["event", "message", "invoke", "installationUpdate", "conversationUpdate", "typing"])


@st.composite
def activities(draw: st.DrawFn) -> dict[str, Any]:
    """A good activity with some of its fields, at any depth, turned into anything."""
    activity = draw(st.sampled_from([join(service_url=URL), press({"alert": 7}), message("hi", service_url=URL)]))
    activity = json.loads(json.dumps(activity))
    activity["from"] = {"id": "29:sender", "aadObjectId": PATEL, "objectId": PATEL, "name": "Ms Patel"}
    for _ in range(draw(st.integers(1, 4))):
        place: Any = activity
        key: Any = draw(st.sampled_from(KEYS))
        while draw(st.booleans()) and isinstance(place.get(key), dict) and place[key]:
            place, key = place[key], draw(st.sampled_from(sorted(place[key])))
        place[key] = draw(JSON | TYPES)
    return activity


@given(activities())
def test_nothing_that_comes_in_raises(activity: dict[str, Any]) -> None:
    """Whatever its fields are; and nobody is present because of `from`."""
    try:
        body = orjson.dumps(activity)
    except orjson.JSONEncodeError:
        return
    parsed = parse(opened(body), OURS, NOW)

    if isinstance(parsed.what, Arrival):
        present = [one.person for one in parsed.what.events if isinstance(one, Joined | Left)]
        assert account(PATEL) not in [*present, *parsed.what.names]


@given(st.dictionaries(st.text(), JSON, max_size=6))
def test_nor_does_anything_else(activity: dict[str, Any]) -> None:
    """Any object at all."""
    try:
        body = orjson.dumps(activity)
    except orjson.JSONEncodeError:
        return

    assert parse(opened(body), OURS, NOW).kind
