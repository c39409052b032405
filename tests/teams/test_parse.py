"""What meeting events and installations mean: as Teams documents them, and as it really sends them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.events import Ended, Joined, Kind, Left, Started, account
from bot.ports import Arrival
from bot.sitting import Meeting
from bot.teams.parse import ENDPOINT, Added
from tests.teams.activities import (
    ADA,
    NOW,
    OTHER,
    PATEL,
    PREFIX,
    SENT,
    THREAD,
    URL,
    arrived,
    event,
    join,
    people,
    read,
    user,
)
from tests.teams.issuer import APP_ID, TENANT


def test_a_join_is_read() -> None:
    """Who, when, where, and what the people table may know."""
    arrival = arrived(join(service_url=URL))

    assert arrival.events == (Joined(at=SENT, person=account(ADA), endpoint=ENDPOINT, role="attendee"),)
    assert arrival.meeting == Meeting(TENANT, "hill", THREAD, "0")
    assert arrival.names == {account(ADA): "Ada Lovelace"}
    assert (arrival.teams_meeting_id, arrival.service_url) == ("MCMxOTptZWV0aW5n", URL)


def test_a_start_and_an_end_are_read() -> None:
    """By their own times, in the case Teams chose that day."""
    said = {"MeetingType": "Scheduled", "Title": "3B Maths", "Id": "x", "StartTime": "2026-11-24T08:59:00.0Z"}
    start = arrived(event(f" {PREFIX}meetingStart", said, service_url=URL))
    end = arrived(event(f"{PREFIX}meetingEnd", {"endTime": "2026-11-24T08:58:00"}, service_url=URL))

    assert start.events == (Started(at=datetime(2026, 11, 24, 8, 59, tzinfo=UTC)),)
    assert (start.meeting_type, start.title) == ("Scheduled", "3B Maths")
    assert end.events == (Ended(at=datetime(2026, 11, 24, 8, 58, tzinfo=UTC)),)


@pytest.mark.parametrize(
    "name",
    [f"{PREFIX}meetingParticipantLeave ", f"\t{PREFIX}MEETINGPARTICIPANTLEAVE", f"{PREFIX}meetingParticipantLeave"],
)
def test_stray_spaces_and_any_case_are_read(name: str) -> None:
    """In the name of the event, and in every key."""
    shouted = json.loads(json.dumps(join(service_url=URL, name=name)).replace('"members"', '" Members"'))
    shouted = {key.upper(): value for key, value in shouted.items()}

    assert people(shouted) == [(account(ADA), Kind.UNRESOLVED)]
    assert isinstance(arrived(shouted).events[0], Left)


MEMBERS = [
    ({"id": "29:x", "objectId": ADA, "tenantId": TENANT}, account(ADA), Kind.UNRESOLVED),
    ({"id": "29:x", "aadObjectId": ADA.upper(), "tenantId": TENANT.upper()}, account(ADA), Kind.UNRESOLVED),
    ({"objectId": ADA}, account(ADA), Kind.UNRESOLVED),
    ({"id": f"8:orgid:{ADA}", "tenantId": TENANT}, account(ADA), Kind.UNRESOLVED),
    ({"id": "29:x", "objectId": ADA, "tenantId": OTHER}, f"ext:{OTHER}:{ADA}", Kind.FOREIGN),
    ({"id": "29:anon", "name": "Mum"}, "mri:29:anon", Kind.ANONYMOUS),
    ({"id": "29:anon", "objectId": "", "aadObjectId": None}, "mri:29:anon", Kind.ANONYMOUS),
    ({"id": "29:anon", "objectId": "00000000-0000-0000-0000-000000000000"}, "mri:29:anon", Kind.ANONYMOUS),
    ({"id": "8:teamsvisitor:abc"}, "mri:8:teamsvisitor:abc", Kind.ANONYMOUS),
    ({"id": "4:+441234567890"}, "mri:4:+441234567890", Kind.PHONE),
    ({"id": "28:another-bot", "objectId": ADA}, "mri:28:another-bot", Kind.BOT),
]


@pytest.mark.parametrize(("said", "key", "hint"), MEMBERS, ids=lambda value: str(value)[:40])
def test_a_member_is_who_the_ids_say(said: dict[str, Any], key: str, hint: Kind) -> None:
    """Ours by object id, another tenant's as such, the rest by Teams' own id; never by name."""
    assert people(join({"user": said}, service_url=URL)) == [(key, hint)]


def test_our_own_bot_is_nobody() -> None:
    """It comes to each lesson, and is not counted, in any case of its id."""
    parsed = read(join({"user": {"id": f"28:{APP_ID.upper()}", "name": "Schoolgate"}}, service_url=URL))

    assert (parsed.what, parsed.skipped) == (None, 0)


def test_unreadable_members_are_skipped_and_counted() -> None:
    """The others of the same event are not lost with them."""
    broken = [None, 1, "x", [], {}, {"user": None}, {"user": []}, {"user": {"id": 7}}, {"user": {"objectId": {}}}]
    parsed = read(join(*broken, {"user": user(ADA, "Ada")}, service_url=URL))

    assert isinstance(parsed.what, Arrival)
    assert [one.person for one in parsed.what.events if isinstance(one, Joined)] == [account(ADA)]
    assert parsed.skipped == len(broken)


def test_many_members_are_all_read_once() -> None:
    """A class in one event; a member twice is one."""
    oids = [f"aaaaaaaa-0000-4000-8000-{number:012}" for number in range(1, 61)]
    members = [{"user": user(oid, f"Pupil {oid[-2:]}")} for oid in [*oids, oids[0]]]

    assert people(join(*members, service_url=URL)) == [(account(oid), Kind.UNRESOLVED) for oid in oids]


def test_the_sender_of_an_event_is_not_there() -> None:
    """When somebody anonymous joins, `from` is the organiser, who may be at home in bed."""
    arrival = arrived(join({"user": {"id": "29:anon", "name": "Guest"}}, service_url=URL))

    assert account(PATEL) not in [one.person for one in arrival.events if isinstance(one, Joined)]
    assert account(PATEL) not in arrival.names


def test_the_same_delivery_is_known_again() -> None:
    """With another activity id, without any, and with its members in another order."""
    two = [{"user": user(ADA, "Ada")}, {"user": user(PATEL, "Ms Patel")}]
    first = arrived(join(*two, service_url=URL))
    again = join(*reversed(two), service_url=URL, id="something else")
    without = join(*two, service_url=URL)
    del without["id"]

    assert first.digest == arrived(again).digest == arrived(without).digest is not None


@pytest.mark.parametrize(
    "change",
    [
        {"timestamp": "2026-11-24T09:00:00.124Z"},
        {"name": f"{PREFIX}meetingParticipantLeave"},
        {"channelData": {"tenant": {"id": TENANT}, "meeting": {"id": "another"}}},
        {"conversation": {"id": "19:another@thread.v2"}},
        {"value": {"members": [{"user": user(PATEL, "Ms Patel")}]}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_another_delivery_is_another(change: dict[str, Any]) -> None:
    """Time, name, meeting, thread and members all count."""
    assert arrived(join(service_url=URL)).digest != arrived({**join(service_url=URL), **change}).digest


def test_without_time_and_id_nothing_is_a_copy() -> None:
    """Rather twice than never."""
    bare = join(service_url=URL)
    del bare["id"], bare["timestamp"]
    arrival = arrived(bare)

    assert arrival.digest is None
    assert arrival.events[0].at == NOW


@pytest.mark.parametrize(
    ("stamp", "at"),
    [
        ("2026-11-24T09:00:00.1234567Z", SENT.replace(microsecond=123456)),
        ("2026-11-24T10:00:00.123+01:00", SENT),
        ("2026-11-24T09:00:00.123", SENT),
        ("2023-02-23T11:34:07.478-8", NOW),
        ("0001-01-01T00:00:00", NOW),
        ("9999-12-31T23:59:59-14:00", NOW),
        ("2026-11-24T10:30:00Z", SENT.replace(hour=10, minute=30, microsecond=0)),
        ("2026-11-25T09:30:00Z", NOW),
        ("tomorrow", NOW),
        (17, NOW),
        (None, NOW),
    ],
)
def test_times_are_read_or_ours(stamp: Any, at: datetime) -> None:
    """A time that is none, or lies a day ahead, is when we received it; an hour ahead, our clock may have been set back."""
    assert arrived(join(service_url=URL, timestamp=stamp)).events[0].at == at


def test_a_channel_meeting_has_its_root_message() -> None:
    """The thread without it is the channel's, and the root tells meetings of it apart (law 1)."""
    where = {"id": "19:abc@thread.tacv2;messageid=1485983408511", "tenantId": TENANT}

    assert arrived(join(service_url=URL, conversation=where)).meeting == Meeting(
        TENANT, "hill", "19:abc@thread.tacv2", "1485983408511"
    )


@pytest.mark.parametrize(
    ("activity", "kind"),
    [
        ({"type": "event", "name": f"{PREFIX}meetingRoomOnFire"}, "unknown_event"),
        ({"type": "event", "name": f"{PREFIX}meetingStart", "conversation": {}}, "unknown_event"),
        ({"type": "typing"}, "unknown_type"),
        ({"type": "invoke", "name": "composeExtension/query"}, "unknown_invoke"),
        ({"type": "message", "text": "talking to each other"}, "unaddressed"),
        ({"type": "conversationUpdate", "membersAdded": [{"id": "29:ada"}]}, "moved_in_or_out"),
        ({"type": "installationUpdate", "action": "remove"}, "moved_in_or_out"),
    ],
)
def test_what_means_nothing_to_us_is_counted(activity: Any, kind: str) -> None:
    """It is answered 2xx all the same."""
    parsed = read({**event("", None, service_url=URL), **activity})

    assert (parsed.what, parsed.kind) == (None, kind)


@pytest.mark.parametrize(
    ("kind", "thread", "place"),
    [
        ("personal", "a:1", "personal"),
        ("channel", "19:x", "team"),
        ("groupChat", "19:meeting_x@thread.v2", "meeting"),
        ("groupChat", "19:x@thread.v2", "chat"),
        (None, "19:meeting_x@thread.v2", "meeting"),
    ],
)
def test_being_added_is_noticed_in_both_ways(kind: str | None, thread: str, place: str) -> None:
    """As an installation, and as a new member; a chat that is no meeting's is told apart."""
    where = {"id": thread, "conversationType": kind, "tenantId": TENANT}
    one = {"type": "installationUpdate", "action": "add", "conversation": where}
    two = {"type": "conversationUpdate", "membersAdded": [{"id": f"28:{APP_ID}"}], "conversation": where}

    assert read(one).what == read(two).what == Added(place=place, thread=thread)


def test_the_channel_that_a_team_was_given_is_the_one_that_was_chosen() -> None:
    """Teams tells an installation as the team's own conversation, and beside it the chosen channel."""
    where = {"id": "19:general@thread.tacv2", "conversationType": "channel", "tenantId": TENANT}
    settings = {"selectedChannel": {"id": "19:safeguarding@thread.tacv2"}}
    added = {
        "type": "installationUpdate",
        "action": "add",
        "conversation": where,
        "channelData": {"settings": settings},
    }

    assert read(added).what == Added(place="team", thread="19:safeguarding@thread.tacv2")


def test_control_signs_do_not_come_in() -> None:
    """PostgreSQL takes no NUL in a text, and a log no line break in a name."""
    arrival = arrived(join({"user": user(ADA, "A\x00d\x1ba\x85\n")}, service_url=URL))

    assert arrival.names == {account(ADA): "Ada"}
    assert read(join(service_url=URL, conversation={"id": "19:\x00x"})).what is None
