"""What a meeting is: organiser, class, invitees, times, and where Teams keeps us blind."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.events import PersonKey, account
from bot.graph.client import Graph
from bot.graph.lessons import GraphLessons
from bot.ports import Description, MeetingDetails, OutOfReach, Refused
from bot.school import School
from bot.sitting import Meeting
from tests.graph.tenant import Tenant, guid, wrong

STAFF, PUPILS, CLASS_3B, CLASS_4A = guid(9000), guid(9001), guid(9010), guid(9011)
THREAD = "19:meeting_MjA@thread.v2"
MEETING = Meeting("t", "hill-primary", THREAD)
JOIN = "https://teams.microsoft.com/l/meetup-join/19%3ameeting_MjA%40thread.v2/0?context=%7b%22Tid%22%3a%22t%22%7d"
PATEL, OTHER = guid(100), guid(101)
NOW = datetime.now(UTC).replace(microsecond=0)


@dataclass
class Connector:
    """The `Meetings` port."""

    answer: MeetingDetails | Exception | None

    async def details(self, meeting: Meeting, teams_meeting_id: str) -> MeetingDetails | None:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


DETAILS = MeetingDetails(
    kind="Scheduled",
    organizer=PATEL,
    title="3B Maths",
    join_url=JOIN,
    graph_id="MSo",
    scheduled_start=NOW,
    scheduled_end=NOW + timedelta(hours=1),
)


def event(*addresses: str, start: datetime = NOW, zone: str = "UTC", link: str = JOIN, **more: Any) -> dict[str, Any]:
    """A calendar event as Graph writes it."""
    end = start + timedelta(minutes=45)
    return {
        "id": "AAMk1", "type": "occurrence", "isCancelled": False, "onlineMeeting": {"joinUrl": link},
        "start": {"dateTime": f"{start:%Y-%m-%dT%H:%M:%S}.0000000", "timeZone": zone},
        "end": {"dateTime": f"{end:%Y-%m-%dT%H:%M:%S}.0000000", "timeZone": zone},
        "attendees": [{"type": "required", "emailAddress": {"address": one, "name": "x"}} for one in addresses],
        **more,
    }  # fmt: skip


@pytest.fixture(autouse=True)
def people(tenant: Tenant) -> None:
    """Ms Patel teaches 3B; Ada and Ben are in 3B, Cleo in 4A."""
    tenant.person(100, "Ms Patel", groups=(STAFF,))
    tenant.person(101, "Mr Okoro", groups=(STAFF,))
    tenant.person(200, "Ada", groups=(PUPILS, CLASS_3B))
    tenant.person(201, "Ben", groups=(PUPILS, CLASS_3B))
    tenant.person(202, "Cleo", groups=(PUPILS, CLASS_4A))
    tenant.events[PATEL] = []
    tenant.events[OTHER] = []


async def describe(
    graph: Graph,
    school: School,
    details: MeetingDetails | Exception | None = DETAILS,
    meeting: Meeting = MEETING,
    number: str | None = "MCMx",
) -> Description:
    return await GraphLessons(graph, Connector(details), school).describe(meeting, number)


def keys(*numbers: int) -> tuple[PersonKey, ...]:
    return tuple(account(guid(number)) for number in numbers)


async def test_a_class_group_among_the_invitees(graph: Graph, school: School, tenant: Tenant) -> None:
    """The lesson is the class's, and its members are the invited, nested ones too."""
    year = tenant.group(20)
    tenant.groups[CLASS_4A]["members"].append(year)
    tenant.person(203, "Dan", groups=(year,))
    tenant.events[PATEL] = [event("4A@school.example")]

    found = await describe(graph, school)

    assert found.class_name == "4A"
    assert found.invitees == keys(202, 203)
    assert found.invitees_known
    assert found.organizer == account(PATEL)
    assert found.blind is None
    (asked,) = tenant.calls("/calendarView")
    assert asked.headers["Prefer"] == 'outlook.timezone="UTC"'
    assert "subject" not in asked.query["$select"]


async def test_single_invitees_and_the_class_by_its_teacher(graph: Graph, school: School, tenant: Tenant) -> None:
    """Two pupils by name, by any of their addresses; the organiser teaches 3B, so it is a lesson of 3B."""
    tenant.users[guid(201)]["mail"] = "b.jones@school.example"
    tenant.users[guid(202)]["proxyAddresses"].append("smtp:c.o'neil@school.example")
    tenant.events[PATEL] = [event("ada@school.example", "ben@school.example", "C.O'Neil@school.example")]

    found = await describe(graph, school)

    assert found.class_name == "3B"
    assert found.invitees == keys(200, 201, 202)
    assert found.invitees_known


async def test_many_single_invitees_are_asked_in_parts(graph: Graph, school: School, tenant: Tenant) -> None:
    """Graph takes fifteen values in a filter."""
    for number in range(300, 340):
        tenant.person(number, f"Pupil P{number}")
    tenant.events[PATEL] = [event(*(f"p{number}@school.example" for number in range(300, 340)))]

    assert (await describe(graph, school)).invitees == keys(*range(300, 340))


async def test_an_invited_guest_is_found_by_the_address_at_home(graph: Graph, school: School, tenant: Tenant) -> None:
    """An author invited by her own address is the guest account of that address; a parent without account is nobody."""
    tenant.person(
        400,
        "An Author",
        userType="Guest",
        mail=None,
        userPrincipalName="author_example.org#EXT#@school.example",
        otherMails=["Author@example.org"],
        proxyAddresses=[],
    )
    tenant.events[PATEL] = [event("ada@school.example", "author@example.org", "parent@example.net")]

    found = await describe(graph, school)

    assert found.invitees == keys(200, 400)
    assert found.invitees_known


async def test_rooms_are_not_invited(graph: Graph, school: School, tenant: Tenant) -> None:
    """A resource is no person."""
    tenant.person(500, "The Hall")
    room = {"type": "resource", "emailAddress": {"address": "hall@school.example"}}
    tenant.events[PATEL] = [event(attendees=[room])]

    found = await describe(graph, school)

    assert found.invitees == ()
    assert found.invitees_known


async def test_two_classes_invited_are_no_class_but_all_invited(graph: Graph, school: School, tenant: Tenant) -> None:
    """An assembly belongs to no class, unless one of them is the organiser's."""
    tenant.events[OTHER] = [event("3b@school.example", "4a@school.example")]
    assembly = await describe(graph, school, replace(DETAILS, organizer=OTHER))
    tenant.events[PATEL] = tenant.events[OTHER]
    mine = await describe(graph, school)

    assert (assembly.class_name, assembly.invitees) == (None, keys(200, 201, 202))
    assert mine.class_name == "3B"


async def test_without_a_calendar_event_nobody_is_known_as_invited(graph: Graph, school: School) -> None:
    """Who is in the chat came by coming: that is no invitation."""
    found = await describe(graph, school)

    assert (found.invitees, found.invitees_known, found.class_name) == ((), False, "3B")
    assert (found.scheduled_start, found.scheduled_end) == (DETAILS.scheduled_start, DETAILS.scheduled_end)


async def test_the_chat_says_whose_meeting_it_is_when_the_connector_does_not(
    graph: Graph, school: School, tenant: Tenant
) -> None:
    """Organiser and join link come from the chat's meeting information."""
    info = {"organizer": {"id": PATEL}, "joinWebUrl": JOIN, "calendarEventId": "AAMk1"}
    tenant.chats[THREAD] = {"id": THREAD, "chatType": "meeting", "onlineMeetingInfo": info}
    tenant.events[PATEL] = [event("ada@school.example")]

    for details in (None, Refused("Forbidden", "no consent")):
        found = await describe(graph, school, details)
        assert (found.organizer, found.invitees) == (account(PATEL), keys(200))


async def test_a_lesson_held_far_from_its_day_keeps_its_invitees(graph: Graph, school: School, tenant: Tenant) -> None:
    """Out of the calendar's days the event is found by the id the chat holds; a series' first times are not today's."""
    info = {"organizer": {"id": PATEL}, "joinWebUrl": JOIN, "calendarEventId": "AAMk1"}
    tenant.chats[THREAD] = {"id": THREAD, "chatType": "meeting", "onlineMeetingInfo": info}
    old = event("ada@school.example", start=NOW - timedelta(days=90), type="seriesMaster")
    tenant.events[PATEL] = [{**old, "onlineMeeting": None}]

    found = await describe(graph, school, replace(DETAILS, scheduled_start=None, scheduled_end=None))

    assert (found.invitees, found.invitees_known, found.scheduled_start) == (keys(200), True, None)


async def test_of_a_series_the_nearest_holding_counts(graph: Graph, school: School, tenant: Tenant) -> None:
    """Yesterday's, today's and tomorrow's share the link; another meeting in between does not; cancelled ones are last."""
    other = "https://teams.microsoft.com/l/meetup-join/19%3ameeting_ZZ%40thread.v2/0"
    tenant.events[PATEL] = [
        event("cleo@school.example", start=NOW - timedelta(hours=23)),
        event("cleo@school.example", link=other),
        event("cleo@school.example", isCancelled=True),
        event("ada@school.example", start=NOW + timedelta(minutes=5)),
        event("cleo@school.example", start=NOW + timedelta(hours=23)),
    ]

    found = await describe(graph, school)

    assert found.invitees == keys(200)
    assert found.scheduled_start == NOW + timedelta(minutes=5)


async def test_short_links_match_without_their_passcode(graph: Graph, school: School, tenant: Tenant) -> None:
    """The new links hold no thread."""
    tenant.events[PATEL] = [
        event("cleo@school.example", link="https://teams.microsoft.com/meet/2222?p=x"),
        event("ada@school.example", link="https://teams.microsoft.com/meet/1111?p=abc"),
    ]

    found = await describe(graph, school, replace(DETAILS, join_url="https://TEAMS.microsoft.com/meet/1111"))

    assert found.join_url == "https://TEAMS.microsoft.com/meet/1111"
    assert found.invitees == keys(200)


@pytest.mark.parametrize(
    ("zone", "hours"),
    [("GMT Standard Time", 1), ("Europe/London", 1), ("India Standard Time", 5.5), ("tzone://x", None)],
)
async def test_times_in_any_zone(graph: Graph, school: School, tenant: Tenant, zone: str, hours: float | None) -> None:
    """Windows and IANA names, summer time counted; an unknown zone falls back on the Connector's times."""
    summer = datetime(2026, 7, 1, 9, tzinfo=UTC)
    tenant.events[PATEL] = [event("ada@school.example", start=summer, zone=zone)]

    found = await describe(graph, school)

    expected = DETAILS.scheduled_start if hours is None else summer - timedelta(hours=hours)
    assert found.scheduled_start == expected
    assert found.invitees == keys(200)


@pytest.mark.parametrize(
    ("kind", "thread", "blind"),
    [
        ("ChannelScheduled", THREAD, "channel"),
        ("channelRecurring", THREAD, "channel"),
        (None, "19:abc@thread.tacv2", "channel"),
        ("MeetNow", THREAD, "meet_now"),
        ("Adhoc", THREAD, "meet_now"),
        ("OneToOneCall", THREAD, "call"),
        ("GroupCall", THREAD, "call"),
        ("Scheduled", THREAD, None),
        ("Recurring", THREAD, None),
    ],
)
async def test_where_joining_cannot_be_seen(
    graph: Graph, school: School, kind: str | None, thread: str, blind: str | None
) -> None:
    """Blind is said."""
    found = await describe(graph, school, replace(DETAILS, kind=kind), replace(MEETING, thread=thread))

    assert found.blind == blind


async def test_a_channel_meeting_is_blind_even_without_details(graph: Graph, school: School, tenant: Tenant) -> None:
    """And its channel is not asked for as a chat."""
    found = await describe(graph, school, None, replace(MEETING, thread="19:abc@thread.tacv2"), None)

    assert (found.blind, found.organizer, found.invitees_known) == ("channel", None, False)
    assert tenant.asked == []


async def test_a_refused_calendar_is_logged_with_the_permission(
    graph: Graph, school: School, tenant: Tenant, caplog: pytest.LogCaptureFixture
) -> None:
    """The lesson is still described, without its invitees, and the log says what is missing and no join link."""
    tenant.next("/calendarView", wrong(403, "ErrorAccessDenied", "Access is denied to Ada Lovelace."))

    found = await describe(graph, school)

    assert (found.organizer, found.invitees_known, found.class_name) == (account(PATEL), False, "3B")
    assert "Calendars.ReadBasic.All" in caplog.text
    assert "meetup-join" not in caplog.text
    assert "Ada" not in caplog.text


async def test_a_refused_group_does_not_make_a_short_list_a_known_one(
    graph: Graph, school: School, tenant: Tenant
) -> None:
    """If one invited group cannot be read, the invitees are not known."""
    tenant.events[PATEL] = [event("ada@school.example", "4a@school.example")]
    tenant.next("/transitiveMembers", wrong(403, "Authorization_RequestDenied"))

    assert not (await describe(graph, school)).invitees_known


async def test_out_of_reach_goes_through(graph: Graph, school: School, tenant: Tenant) -> None:
    """So that the look-up is tried again, and not taken for an empty invitation."""
    tenant.next("/calendarView", *[wrong(503)] * 40)

    with pytest.raises(OutOfReach):
        await describe(graph, school)
    with pytest.raises(OutOfReach):
        await describe(graph, school, OutOfReach("connector"))
