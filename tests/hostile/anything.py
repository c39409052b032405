"""What hypothesis makes up: JSON of all kinds with a child's name in it, and good things with parts turned into anything."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import strategies as st

from tests.graph.call_json import CALL, notice, participant, posted, user
from tests.hostile.front import BEN, PLANTED
from tests.teams.activities import ADA, PATEL, join, message, naming_us
from tests.teams.activities import user as member

URL = "https://made-up.example/"
"""Stands for the service URL, which is known only to the test that sends it."""

TEXT = st.one_of(
    st.text(max_size=40),
    st.just(PLANTED),
    st.sampled_from(
        [
            "",
            "\x00",
            "\u202e" + PLANTED,
            "9" * 5000,
            "-1",
            "1e999",
            "null",
            "../..",
            "%00",
            "<at>",
            "aad:",
            "\ufeff",
            "💥" * 50,
        ]
    ),
    st.sampled_from([ADA, BEN, PATEL, "8:orgid:" + ADA, "28:" + ADA, "29:x", "00000000-0000-0000-0000-000000000000"]),
)
NUMBER = st.one_of(
    st.integers(), st.sampled_from([2**31, 2**63, -(2**63), 10**30]), st.floats(allow_nan=False, allow_infinity=False)
)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | NUMBER | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=10,
)


def _press(data: Any) -> dict[str, Any]:
    value = {"action": {"type": "Action.Execute", "verb": "let_stay", "data": data}, "trigger": "manual"}
    return {**message("", service_url=URL), "type": "invoke", "name": "adaptiveCard/action", "value": value}


def _said(text: str) -> dict[str, Any]:
    mention = {"type": "mention", "text": f"<at>{PLANTED}</at>", "mentioned": {"id": "29:ada", "aadObjectId": ADA}}
    return message(f"<at>Schoolgate</at> {text}", service_url=URL, entities=[naming_us(), mention])


_PEOPLE = [{"user": member(oid, PLANTED), "meeting": {"role": "Attendee"}} for oid in (ADA, BEN)]
GOOD_ACTIVITIES = [
    join(*_PEOPLE, service_url=URL),
    join(*_PEOPLE, service_url=URL, name="application/vnd.microsoft.meetingParticipantLeave"),
    _press({"alert": 1, "verb": "remove"}),
    *(_said(f"{command} <at>{PLANTED}</at> {PLANTED} was rude") for command in ("warn", "remove", "note", "x")),
    {**_said("/status"), "recipient": {"id": "28:us", "isTargeted": True}},
    {**message("", service_url=URL), "type": "installationUpdate", "action": "add"},
]
GOOD_NOTICES = [
    posted(notice({"state": state, "resultInfo": {"code": 0, "message": PLANTED}}))
    for state in ("established", "terminated", "establishing")
] + [posted(notice([participant(1, user(7, PLANTED))], f"/communications/calls/{CALL}/participants"))]


@st.composite
def bent(draw: st.DrawFn, good: list[dict[str, Any]], most: int = 4) -> dict[str, Any]:
    """Something good, of which some parts, at any depth, are gone, or anything, or doubled."""
    made = copy.deepcopy(draw(st.sampled_from(good)))
    for _ in range(draw(st.integers(0, most))):
        place: Any = made
        while True:
            keys = sorted(place) if isinstance(place, dict) else list(range(len(place)))
            key = draw(st.sampled_from(keys))
            if not (isinstance(place[key], dict | list) and place[key]) or draw(st.integers(0, 3)) == 0:
                break
            place = place[key]
        fate = draw(st.integers(0, 9))
        if fate == 0:
            del place[key]
        elif fate == 1 and isinstance(place, list):
            place += place * draw(st.sampled_from([1, 50]))
        else:
            place[key] = draw(JSON)
        if not made:
            break
    return made


def at_home(value: Any, service_url: str) -> Any:
    """The same, with the service URL that this test's Connector has."""
    if isinstance(value, dict):
        return {key: at_home(item, service_url) for key, item in value.items()}
    if isinstance(value, list):
        return [at_home(item, service_url) for item in value]
    return service_url if value == URL else value
