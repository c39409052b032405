"""Staff's calendars: which events are online meetings of their owner, and who is invited."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.events import account
from bot.graph.client import Graph
from bot.graph.timetable import GraphCalendars
from bot.ports import CalendarEvent, OutOfReach, Refused
from tests.graph.tenant import Tenant, guid, say, wrong

PATEL = guid(100)
STARTS = datetime(2026, 11, 24, 9, tzinfo=UTC)
SHORT = "https://teams.microsoft.com/meet/123?p=abc"
OLD = "https://teams.microsoft.com/l/meetup-join/19%3ameeting_MjA%40thread.v2/0?context=%7b%22Tid%22%3a%22t%22%7d"


def event(**more: Any) -> dict[str, Any]:
    """An event as Graph writes it."""
    return {
        "id": "AAMk1", "subject": "3B Maths", "isCancelled": False, "isOrganizer": True,
        "onlineMeeting": {"joinUrl": SHORT},
        "start": {"dateTime": f"{STARTS:%Y-%m-%dT%H:%M:%S}.0000000", "timeZone": "UTC"},
        "end": {"dateTime": f"{STARTS + timedelta(hours=1):%Y-%m-%dT%H:%M:%S}.0000000", "timeZone": "UTC"},
        "attendees": [
            {"type": "required", "emailAddress": {"address": "3b@school.example"}},
            {"type": "resource", "emailAddress": {"address": "room@school.example"}},
        ],
        **more,
    }  # fmt: skip


async def read(graph: Graph) -> list[CalendarEvent]:
    return list(await GraphCalendars(graph).events(PATEL, STARTS, STARTS + timedelta(days=2)))


async def test_an_online_meeting_of_the_calendars_owner(graph: Graph, tenant: Tenant) -> None:
    """With its times, its link and the addresses of those invited; in UTC, and no more than is needed."""
    tenant.events[PATEL] = [event()]

    assert await read(graph) == [
        CalendarEvent(
            event="AAMk1",
            title="3B Maths",
            starts=STARTS,
            ends=STARTS + timedelta(hours=1),
            join_url=SHORT,
            addresses=("3b@school.example",),
        )
    ]
    (asked,) = tenant.calls("calendarView")
    assert asked.query["startDateTime"] == "2026-11-24T09:00:00Z"
    assert asked.query["endDateTime"] == "2026-11-26T09:00:00Z"
    assert asked.headers["Prefer"] == 'outlook.timezone="UTC"'
    assert "body" not in asked.query["$select"]


@pytest.mark.parametrize(
    "other",
    [
        {"isCancelled": True},
        {"isOrganizer": False},
        {"onlineMeeting": None},
        {"onlineMeeting": {"joinUrl": None}},
        {"start": None},
        {"id": None},
    ],
)
async def test_what_is_none(graph: Graph, tenant: Tenant, other: dict[str, Any]) -> None:
    """Cancelled, somebody else's, in a room, or not to be read."""
    tenant.events[PATEL] = [event(**other)]

    assert await read(graph) == []


@pytest.mark.parametrize(
    ("link", "thread", "blind"),
    [
        (OLD, "19:meeting_MjA@thread.v2", None),
        (OLD.replace("%3a", "%253A"), "19:meeting_MjA@thread.v2", None),
        (OLD.replace("meeting_MjA%40thread.v2", "abc%40thread.tacv2"), "19:abc@thread.tacv2", "channel"),
        (SHORT, None, None),
    ],
)
async def test_a_link_of_the_old_form_tells_the_thread(
    graph: Graph, tenant: Tenant, link: str, thread: str | None, blind: str | None
) -> None:
    """And that of a channel shows nobody's joins."""
    tenant.events[PATEL] = [event(onlineMeeting={"joinUrl": link})]
    (found,) = await read(graph)

    assert (found.thread, found.blind) == (thread, blind)


async def test_all_pages_of_a_calendar_are_read(graph: Graph, tenant: Tenant) -> None:
    """A long day."""
    more = f"{tenant.origin}/v1.0/users/{PATEL}/calendarView?$skip=1"
    first, last = {"value": [event()], "@odata.nextLink": more}, {"value": [event(id="AAMk2")]}
    tenant.next("calendarView", say(200, first), say(200, last))

    assert [one.event for one in await read(graph)] == ["AAMk1", "AAMk2"]


async def test_an_account_without_a_mailbox_plans_nothing_and_a_closed_calendar_is_refused(
    graph: Graph, tenant: Tenant
) -> None:
    """The first is no trouble, the second names the permission."""
    tenant.next("calendarView", wrong(404, "MailboxNotEnabledForRESTAPI"), wrong(403, "ErrorAccessDenied"))

    assert await read(graph) == []
    with pytest.raises(Refused, match=r"Calendars\.ReadBasic\.All"):
        await read(graph)


async def test_a_calendar_longer_than_any_is_not_believed_in_half(graph: Graph, tenant: Tenant) -> None:
    """Lessons that are not in it would be taken for cancelled."""
    pages = [say(200, {"value": [event()] * 250, "@odata.nextLink": f"{tenant.origin}/v1.0/{n}"}) for n in range(2)]
    tenant.answers = [("calendarView", pages[0]), ("/0", pages[1])]

    with pytest.raises(OutOfReach):
        await read(graph)


async def test_who_is_behind_the_addresses(graph: Graph, tenant: Tenant) -> None:
    """People by their keys, groups with their members."""
    tenant.person(200, "Ada", groups=(guid(9010),))
    found = await GraphCalendars(graph).invited(("3b@school.example", "mother@home.example"))

    assert found.people == {account(guid(200))}
    assert found.groups == {guid(9010)}
    assert found.complete
