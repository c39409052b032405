"""What Graph posts of calls, and the rosters in it."""

from __future__ import annotations

import json
import time
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.events import Kind, account
from bot.graph.notices import CallSeen, Notices, RosterSeen, notices, read_notices
from bot.graph.seats import Us
from bot.ports import Seat
from tests.graph.call_json import APP, BOT, CALL, TENANT_ID, notice, participant, posted, stream, told_roster, user
from tests.graph.referees import csdl
from tests.graph.tenant import guid

US = Us(tenant=TENANT_ID, app_id=APP)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def roster_of(*participants: Any) -> RosterSeen:
    (seen,) = notices(told_roster(*participants), US).seen
    assert isinstance(seen, RosterSeen)
    return seen


def seat_of(identity: dict[str, Any], **more: Any) -> Seat:
    (seat,) = roster_of(participant(1, identity, **more)).roster.seats
    return seat


@pytest.mark.parametrize(
    ("identity", "key", "hint"),
    [
        (user(200), account(guid(200)), Kind.UNRESOLVED),
        ({"user": {"id": guid(200).upper(), "tenantId": None}}, account(guid(200)), Kind.UNRESOLVED),
        (user(200, tenant=guid(77)), f"ext:{guid(77)}:{guid(200)}", Kind.FOREIGN),
        ({"guest": {"id": "G-7", "displayName": "Mum"}, "user": None}, "guest:G-7", Kind.ANONYMOUS),
        ({"phone": {"id": "+442079460000"}}, "phone:+442079460000", Kind.PHONE),
        (BOT, f"mri:28:{APP}", Kind.BOT),
        ({"applicationInstance": {"id": guid(5)}}, f"mri:28:{guid(5)}", Kind.BOT),
        ({"azureCommunicationServicesUser": {"id": "8:acs:x"}}, "mri:8:acs:x", Kind.ANONYMOUS),
        ({"user": {"id": "0" * 8 + "-0000-0000-0000-" + "0" * 12}}, "mri:participant:p-1", Kind.UNRESOLVED),
        ({"robot": {"id": "r2", "displayName": "R2"}}, "mri:participant:p-1", Kind.UNRESOLVED),
        ({}, "mri:participant:p-1", Kind.UNRESOLVED),
    ],
)
def test_who_somebody_is_is_told_by_the_kind_of_identity(identity: dict[str, Any], key: str, hint: Kind) -> None:
    """And never by a name; a kind nobody told us of stays unresolved, so that nothing acts on it."""
    seat = seat_of(identity)

    assert (seat.person, seat.hint) == (key, hint)


@pytest.mark.parametrize(("said", "muted"), [(True, True), (False, False), (None, True), ("false", True)])
def test_only_who_is_said_to_be_unmuted_is_unmuted(said: Any, muted: bool) -> None:
    """Nobody is muted on a guess."""
    assert seat_of(user(200), isMuted=said).muted is muted


@pytest.mark.parametrize(
    ("kind", "direction", "sharing"),
    [
        ("videoBasedScreenSharing", "sendOnly", True),
        ("VideoBasedScreenSharing", "SendReceive", True),
        ("videoBasedScreenSharing", "receiveOnly", False),
        ("videoBasedScreenSharing", "inactive", False),
        ("video", "sendReceive", False),
    ],
)
def test_sharing_is_sending_a_screen(kind: str, direction: str, sharing: bool) -> None:
    """Who watches has the same stream, receiving; a camera is no screen."""
    streams = [stream("audio", "sendReceive"), stream(kind, direction)]

    assert seat_of(user(200), mediaStreams=streams).sharing is sharing


def test_lobby_recording_name_and_sequence_are_read() -> None:
    """As Graph writes them; large numbers may come as text."""
    more = {"isInLobby": True, "recordingInfo": {"recordingStatus": "recording"}, "rosterSequenceNumber": "12"}
    seat = seat_of(user(200, "Ada\u0000 Lovelace"), **more)

    assert (seat.in_lobby, seat.recording, seat.name, seat.sequence) == (True, True, "Ada Lovelace", 12)


def test_two_devices_are_two_seats() -> None:
    """Of one person."""
    seats = roster_of(participant(1, user(200)), participant(2, user(200))).roster.seats

    assert [seat.participant for seat in seats] == ["p-1", "p-2"]
    assert {seat.person for seat in seats} == {account(guid(200))}


@pytest.mark.parametrize(
    ("own", "believed"),
    [
        (participant(9, BOT), True),
        (participant(9, BOT, isInLobby=True), False),
        (participant(9, {"application": {"id": guid(3)}}), False),
    ],
)
def test_a_roster_is_believed_if_we_are_in_the_room(own: dict[str, Any], believed: bool) -> None:
    """From the lobby nobody knows who is inside, and another app's seat is not ours."""
    assert roster_of(participant(1, user(200)), own).roster.ours is believed


def test_an_empty_roster_says_nothing() -> None:
    """Graph sends some; it is never "all left"."""
    seen = roster_of()

    assert (seen.roster.seats, seen.roster.ours, seen.whole) == ((), False, True)


def test_somebody_named_as_gone_has_no_seat() -> None:
    """The reason is kept in Microsoft's words, for a teacher may have used Teams' own Remove."""
    gone = participant(2, user(201), removedState={"reason": "Removed by the organizer."})
    seen = roster_of(participant(1, user(200)), gone, participant(3, user(202), removedState={"reason": None}))

    assert [seat.participant for seat in seen.roster.seats] == ["p-1", "p-3"]
    assert [(one.person, one.reason) for one in seen.gone] == [(account(guid(201)), "Removed by the organizer.")]


def test_the_newest_of_one_participant_counts() -> None:
    """A page read while somebody changes may bring them twice."""
    old, new = participant(1, user(200), rosterSequenceNumber=4), participant(1, user(200), rosterSequenceNumber=5)
    seen = roster_of(new | {"isMuted": False}, old)

    assert [seat.muted for seat in seen.roster.seats] == [False]
    assert seen.roster.sequence == 5


def test_what_changed_is_no_whole_roster() -> None:
    """`deltaParticipants` carries its own sequence number; so does one participant alone."""
    path = f"/communications/calls/{CALL}/participants"
    delta = {"@odata.type": "#microsoft.graph.deltaParticipants", "sequenceNumber": 40}
    told = posted(
        notice({**delta, "participants": [participant(1, user(200))]}, path),
        notice({**delta, "participants": []}, path),
        notice(participant(2, user(201)), f"{path}/p-2"),
        notice([participant(3, user(202))], path, "deleted"),
    )
    seen = notices(told, US).seen

    assert [one.whole for one in seen if isinstance(one, RosterSeen)] == [False] * 4
    assert [len(one.roster.seats) for one in seen if isinstance(one, RosterSeen)] == [1, 0, 1, 0]
    assert isinstance(seen[0], RosterSeen)
    assert seen[0].roster.sequence == 40
    assert isinstance(seen[3], RosterSeen)
    assert [one.participant for one in seen[3].gone] == ["p-3"]


def test_a_call_is_established_and_ends_with_its_reason() -> None:
    """Code and words are Microsoft's."""
    over = {"state": "terminated", "resultInfo": {"code": 200, "subcode": 7002, "message": "Ended by host."}}
    seen = notices(posted(notice({"state": "established"}), notice(over)), US).seen

    assert seen == (
        CallSeen(call=CALL, state="established"),
        CallSeen(call=CALL, state="terminated", code=200, subcode=7002, reason="Ended by host."),
    )
    assert [(one.established, one.ended) for one in seen if isinstance(one, CallSeen)] == [(True, False), (False, True)]


@pytest.mark.parametrize(
    ("said", "state"), [("Established", "established"), ("TRANSFERACCEPTED", "transferAccepted"), ("levitating", "levitating")]
)  # fmt: skip
def test_a_state_is_spelt_one_way(said: str, state: str) -> None:
    """One nobody told us of is kept as it came."""
    assert notices(posted(notice({"state": said})), US).seen == (CallSeen(call=CALL, state=state),)


def test_a_deleted_call_is_over() -> None:
    """Whatever state it is said to be in."""
    (seen,) = notices(posted(notice({"state": "established"}, change="Deleted")), US).seen

    assert isinstance(seen, CallSeen)
    assert seen.ended


@pytest.mark.parametrize(
    "path",
    [
        f"communications/calls/{CALL}",
        f"/app/calls/{CALL}/",
        f"https://graph.microsoft.com/v1.0/communications/calls/{CALL}?x=1",
        f"/Communications/Calls/{CALL}",
    ],
)
def test_the_call_is_read_out_of_any_spelling_of_its_path(path: str) -> None:
    """Keys may be spelt otherwise too, and older notices say `resource`."""
    told = {"VALUE": [{"ChangeType": "updated", "Resource": path, "RESOURCEDATA": {"State": "established"}}]}

    assert notices(told, US) == Notices(seen=(CallSeen(call=CALL, state="established"),))


@pytest.mark.parametrize(
    "what",
    [
        notice({"state": "established"}, "/communications/calls/"),
        notice({"state": "established"}, "/communications/calls/../../users/x"),
        notice({"state": "established"}, "/communications/calls/a%2Fb"),
        notice({"state": "established"}, f"/communications/calls/{'a' * 129}"),
        notice([], f"/communications/calls/{CALL}/contentSharingSessions"),
        notice({}, f"/communications/calls/{CALL}"),
        notice("x", f"/communications/calls/{CALL}/participants"),
        notice({"state": "established"}, "/communications/onlineMeetings/x"),
        "x",
        None,
    ],
)
def test_what_means_nothing_is_counted_and_spoils_nothing(what: Any) -> None:
    """The notice after it is read all the same."""
    found = notices(posted(what, notice({"state": "established"})), US)

    assert found == Notices(seen=(CallSeen(call=CALL, state="established"),), skipped=1)


def test_unreadable_participants_are_counted() -> None:
    """The others are seen."""
    found = notices(told_roster(participant(1, user(200)), {"id": 7}, "x", None), US)

    assert found.skipped == 3
    assert isinstance(found.seen[0], RosterSeen)
    assert len(found.seen[0].roster.seats) == 1


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000], ids=["empty", "half", "no text", "deep"])
def test_what_is_no_json_is_a_value_error(body: bytes) -> None:
    """The edge answers 400."""
    with pytest.raises(orjson.JSONDecodeError):
        read_notices(body, US)


@pytest.mark.parametrize(
    "body",
    [
        b'{"value":[' + b"{}," * 600_000 + b"{}]}",
        b'{"value":[' + b"1," * 900_000 + b"1]}",
        json.dumps(told_roster(*({"id": str(number)} for number in range(100_000)))).encode(),
        json.dumps(posted(*[notice({"state": "established"})] * 9000)).encode(),
    ],
    ids=["empty", "numbers", "a hundred thousand members", "thousands of notices"],
)
def test_two_megabytes_of_anything_hold_nobody_up(body: bytes) -> None:
    """The loop is not held for a second, and no more is made of it than a lesson can be."""
    began = time.process_time()
    found = read_notices(body, US)

    assert time.process_time() - began < 0.8
    assert len(found.seen) <= 200
    assert all(len(seen.roster.seats) <= 5000 for seen in found.seen if isinstance(seen, RosterSeen))


@given(JSON)
def test_any_json_has_a_meaning(said: Any) -> None:
    """If only none."""
    assert isinstance(notices(said, US), Notices)


@given(JSON, st.sampled_from(["info", "identity", "removedState", "mediaStreams", "recordingInfo", "id"]), JSON)
def test_any_field_of_a_notice_may_be_anything(data: Any, field: str, value: Any) -> None:
    """At any depth, for every kind of path."""
    odd = participant(1, user(200)) | {field: value}
    paths = [f"/communications/calls/{CALL}{rest}" for rest in ("", "/participants", "/x")]
    told = posted(
        *(notice(each, path) for path in paths for each in (data, [data, odd], {"participants": [odd, data]}))
    )

    for one in notices(told, US).seen:
        assert one.call == CALL


def test_these_notices_are_microsofts() -> None:
    """Where the metadata is at hand: what the tests call Graph's JSON is Graph's."""
    told = json.loads(orjson.dumps(participant(1, user(200))))

    assert csdl().check("microsoft.graph.participant", told) == []
    assert csdl().check("microsoft.graph.commsNotifications", told_roster(told)) == []
