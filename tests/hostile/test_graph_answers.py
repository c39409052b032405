"""Whatever Graph answers: what is asked of it is answered, out of reach or refused, never anything else."""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from bot.actions import Role
from bot.graph.calls import GraphCalls
from bot.graph.client import Graph
from bot.graph.directory import GraphDirectory
from bot.graph.lessons import GraphLessons
from bot.graph.options import GraphOptions
from bot.graph.seats import Us
from bot.ports import MeetingDetails, OutOfReach, Refused
from bot.school import School
from bot.sitting import Meeting
from tests.builders import school_with
from tests.fakes import FakeMeetings
from tests.graph.call_json import participant, user
from tests.graph.tenant import Server, Tenant, guid
from tests.hostile.anything import JSON

pytestmark = pytest.mark.asyncio(loop_scope="module")
THREAD = "19:meeting_x@thread.v2"
LINK = "https://teams.microsoft.com/l/meetup-join/x"
GOOD: dict[str, Any] = {
    "id": guid(3),
    "displayName": "Ada Lovelace",
    "userType": "Member",
    "accountEnabled": True,
    "@odata.type": "#microsoft.graph.user",
    "mail": "ada@school.example",
    "proxyAddresses": ["SMTP:ada@school.example"],
    "otherMails": [],
    "attendees": [{"type": "required", "emailAddress": {"address": "ada@school.example"}}],
    "start": {"dateTime": "2026-11-25T09:00:00", "timeZone": "UTC"},
    "end": {"dateTime": "2026-11-25T10:00:00", "timeZone": "GMT Standard Time"},
    "onlineMeeting": {"joinUrl": LINK},
    "onlineMeetingInfo": {"organizer": {"id": guid(100)}, "joinWebUrl": LINK, "calendarEventId": "e1"},
    "participants": {"organizer": {"identity": {"user": {"id": guid(100)}}}, "attendees": []},
    "lobbyBypassSettings": {"scope": "everyone", "isDialInBypassEnabled": True},
    "joinMeetingIdSettings": {"joinMeetingId": "1", "passcode": "x"},
    "allowedPresenters": "everyone",
    **participant(1, user(7)),
}
"""One object that is an account, a group, an event, a chat, a meeting and a participant at once: each reads what it knows."""


class Odd:
    """Graph, answering everything with `says`."""

    says: Any = None

    async def answer(self, _: web.Request) -> web.StreamResponse:
        return web.Response(text=json.dumps(self.says), content_type="application/json")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def odd(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Odd, Graph]]:
    """A Graph that answers oddly, and the product's client of it."""
    folder: Path = tmp_path_factory.mktemp("odd")
    says, server = Odd(), Server(Tenant(), folder)

    async def played(request: web.Request) -> web.StreamResponse | None:
        return await says.answer(request) if request.path.startswith("/v1.0") else None

    server._played = played  # a server of answers, of which this is the only one
    origin = await server.start()
    graph = Graph(
        guid(1), guid(2), "secret", authority=origin, url=f"{origin}/v1.0", ca_file=str(server.ca), deadline=0.2
    )
    yield says, graph
    await graph.aclose()
    await server.stop()


@st.composite
def answers(draw: st.DrawFn) -> Any:
    """The good object, alone or in a list, of which parts are gone or anything."""
    made = copy.deepcopy(GOOD)
    for _ in range(draw(st.integers(0, 4))):
        place: Any = made
        key = draw(st.sampled_from(sorted(place)))
        while isinstance(place[key], dict | list) and place[key] and draw(st.booleans()):
            place = place[key]
            key = draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        place[key] = draw(JSON)
    return draw(st.sampled_from([made, {"value": [made]}, {"value": [made, made]}, {**made, "value": [made]}, [made]]))


async def asked(graph: Graph, school: School) -> list[Any]:
    """Everything that is asked of Graph, at once."""
    directory, options = GraphDirectory(graph, school), GraphOptions(graph, guid(2))
    meetings = FakeMeetings()
    lessons, calls = GraphLessons(graph, meetings, school), GraphCalls(graph, Us(tenant=guid(1), app_id=guid(2)))
    meeting = Meeting(guid(1), school.id, THREAD)
    details = MeetingDetails(
        kind="scheduled",
        organizer=guid(100),
        title=None,
        join_url=LINK,
        graph_id="g",
        scheduled_start=None,
        scheduled_end=None,
    )
    work = [
        directory.person(guid(3)),
        directory.roles_of(guid(3)),
        directory.list_of(Role.STAFF),
        directory.list_of(Role.CLT),
        lessons.describe(meeting, "m"),
        options.read(meeting, details),
        options.read(meeting, None),
        calls.roster("call-1"),
        calls.mute("call-1", "p-1"),
    ]
    return await asyncio.gather(*work, return_exceptions=True)


@given(says=answers() | JSON)
async def test_any_answer_is_read_or_refused(odd: tuple[Odd, Graph], says: Any) -> None:
    """An errand that raises something else is tried five times and dropped: nobody would be looked up any more."""
    teller, graph = odd
    teller.says = says
    found = await asked(graph, school_with())

    strange = [one for one in found if isinstance(one, BaseException) and not isinstance(one, OutOfReach | Refused)]
    assert strange == []
