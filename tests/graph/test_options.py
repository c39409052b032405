"""Meeting options: found, read, changed in one PATCH, read back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aiohttp import web

from bot.graph.client import Graph
from bot.graph.options import GraphOptions
from bot.ports import OPTIONS, MeetingDetails, MeetingOptions, Online, OutOfReach, Refused
from bot.sitting import Meeting
from tests.graph.referees import csdl
from tests.graph.tenant import Answer, Tenant, guid, say, wrong

PATEL, APP = guid(100), guid(2)
THREAD, LINK = "19:meeting_maths@thread.v2", "https://teams.microsoft.com/meet/12%3a3?p=it's"
MEETING = Meeting(guid(1), "hill", THREAD)
DETAILS = MeetingDetails(
    kind="Scheduled", organizer=PATEL, title="Maths", join_url=LINK, graph_id="MSo", scheduled_start=None, scheduled_end=None
)  # fmt: skip
BY_LINK = MeetingDetails(
    kind=None, organizer=PATEL, title=None, join_url=LINK, graph_id=None, scheduled_start=None, scheduled_end=None
)
ONE = f"/users/{PATEL}/onlineMeetings/MSo"
ALL = f"/users/{PATEL}/onlineMeetings"
NO_POLICY = "No application access policy found for this app: 1 on the user: 2."


def meeting(**more: Any) -> dict[str, Any]:
    """An onlineMeeting as Graph gives it."""
    return {
        "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#users('x')/onlineMeetings/$entity",
        "id": "MSo",
        "subject": "Maths",
        "participants": {"organizer": {"identity": {"user": {"id": PATEL.upper()}}}, "attendees": []},
        "chatInfo": {"threadId": THREAD, "messageId": "0"},
        "joinMeetingIdSettings": {"isPasscodeRequired": True, "joinMeetingId": "1234567", "passcode": "psw"},
        "meetingOptionsWebUrl": "https://teams.microsoft.com/meetingOptions/?x=1",
        "allowAttendeeToEnableMic": True,
        "allowAttendeeToEnableCamera": True,
        "allowedPresenters": "roleIsPresenter",
        "lobbyBypassSettings": {"scope": "organization", "isDialInBypassEnabled": False},
        "allowedLobbyAdmitters": "organizerAndCoOrganizersAndPresenters",
        "allowMeetingChat": "limited",
        "allowTeamworkReactions": False,
        "allowRecording": True,
        "recordAutomatically": None,
        **more,
    }


@pytest.fixture
def options(graph: Graph) -> GraphOptions:
    made = GraphOptions(graph, APP)
    port: MeetingOptions = made
    assert port is made
    return made


@pytest.fixture
def chat(tenant: Tenant) -> dict[str, Any]:
    """The meeting's chat."""
    info = {"joinWebUrl": LINK, "organizer": {"id": PATEL}}
    tenant.chats[THREAD] = {"id": THREAD, "chatType": "meeting", "onlineMeetingInfo": info}
    return tenant.chats[THREAD]


async def test_a_meeting_is_read_by_the_id_the_connector_gives(options: GraphOptions, tenant: Tenant) -> None:
    """In one call, with all values of this and later versions; what Graph does not say is left out."""
    tenant.next("/MSo", say(200, meeting()))

    assert await options.read(MEETING, DETAILS) == Online(
        organizer=PATEL,
        meeting_id="MSo",
        thread=THREAD,
        join_meeting_id="1234567",
        passcode="psw",
        options={
            "mic": True, "camera": True, "presenters": "roles", "lobby": "organization", "dial_in": False,
            "admitters": "presenters", "chat": "limited", "reactions": False, "record": True,
        },
        options_url="https://teams.microsoft.com/meetingOptions/?x=1",
    )  # fmt: skip
    (asked,) = tenant.asked
    assert (asked.method, asked.path) == ("GET", ONE)
    assert asked.headers["Prefer"] == "include-unknown-enum-members"


async def test_every_option_of_ours_can_be_read_and_written(options: GraphOptions, tenant: Tenant) -> None:
    """The table has all of the port's names."""
    full = meeting(recordAutomatically=True)
    tenant.next("/MSo", *[say(200, full)] * 4)
    online = await options.read(MEETING, DETAILS)
    await options.change(online, online.options)

    assert online.options.keys() == OPTIONS.keys()
    (body,) = (one.body for one in tenant.asked if one.method == "PATCH")
    said = {name: value for name, value in body.items() if "@" not in name and name != "participants"}
    assert said == {name: full[name] for name in said}
    assert len(said) == len(OPTIONS) - 1


@pytest.mark.parametrize("details", [BY_LINK, None], ids=["the Connector's link", "the chat's"])
async def test_without_an_id_it_is_found_by_its_link(
    options: GraphOptions, tenant: Tenant, chat: dict[str, Any], details: MeetingDetails | None
) -> None:
    """Which is quoted, in a filter."""
    tenant.next(ALL, say(200, {"value": [meeting()]}))

    assert (await options.read(MEETING, details)).meeting_id == "MSo"
    asked = tenant.calls("/onlineMeetings")[0]
    assert asked.query == {"$filter": "JoinWebUrl eq 'https://teams.microsoft.com/meet/12%3a3?p=it''s'"}
    assert asked.headers["Prefer"] == "include-unknown-enum-members"


async def test_an_id_that_is_not_there_is_no_end(options: GraphOptions, tenant: Tenant, chat: dict[str, Any]) -> None:
    """Then by the Connector's link, then by the chat's."""
    chat["onlineMeetingInfo"]["joinWebUrl"] = "https://teams.microsoft.com/l/meetup-join/other"
    tenant.next(ALL, say(200, {"value": []}), say(200, {"value": [meeting()]}))

    assert (await options.read(MEETING, DETAILS)).meeting_id == "MSo"
    assert [one.path.rpartition("/")[2] for one in tenant.asked] == ["MSo", "onlineMeetings", THREAD, "onlineMeetings"]


async def test_an_id_whose_organiser_only_the_chat_knows_is_used(
    options: GraphOptions, tenant: Tenant, chat: dict[str, Any]
) -> None:
    """The Connector names no organiser of some meetings."""
    tenant.next("/MSo", say(200, meeting()))
    nameless = MeetingDetails(
        kind=None, organizer=None, title=None, join_url=None, graph_id="MSo", scheduled_start=None, scheduled_end=None
    )

    assert (await options.read(MEETING, nameless)).organizer == PATEL


@pytest.mark.parametrize("thread", [THREAD, "19:class@thread.tacv2"], ids=["no such chat", "a channel"])
async def test_a_meeting_graph_does_not_have_is_said_so(options: GraphOptions, tenant: Tenant, thread: str) -> None:
    """A channel is no chat and is not asked for."""
    with pytest.raises(Refused, match="no_online_meeting"):
        await options.read(Meeting(guid(1), "hill", thread), None)
    assert len(tenant.asked) == (1 if thread == THREAD else 0)


async def test_all_changes_go_in_one_patch_and_are_read_back(options: GraphOptions, tenant: Tenant) -> None:
    """What comes back is what Graph then says, not what was asked for; the two halves of the lobby go together."""
    now = meeting(
        allowAttendeeToEnableMic=False, lobbyBypassSettings={"scope": "organizer", "isDialInBypassEnabled": False}
    )
    tenant.next("/MSo", say(200, meeting()), say(200, meeting()), say(200, now))
    before = await options.read(MEETING, DETAILS)
    after = await options.change(before, {"mic": False, "presenters": "organizer", "lobby": "organizer"})

    assert [(one.method, one.path) for one in tenant.asked] == [("GET", ONE), ("PATCH", ONE), ("GET", ONE)]
    assert tenant.asked[1].body == {
        "@odata.type": "#microsoft.graph.onlineMeeting",
        "allowAttendeeToEnableMic": False,
        "allowedPresenters": "organizer",
        "lobbyBypassSettings": {"scope": "organizer", "isDialInBypassEnabled": False},
    }
    assert (after.options["mic"], after.options["presenters"], after.options["lobby"]) == (False, "roles", "organizer")
    assert tenant.asked[2].headers["Prefer"] == "include-unknown-enum-members"


async def test_what_is_patched_fits_microsofts_metadata(options: GraphOptions, tenant: Tenant) -> None:
    """Where the metadata is at hand: every value we know."""
    tenant.next("/MSo", say(200, meeting()), *[say(200, meeting())] * 30)
    online = await options.read(MEETING, DETAILS)
    for changes in (
        {
            "mic": False,
            "camera": False,
            "dial_in": True,
            "reactions": True,
            "record": False,
            "record_automatically": True,
        },
        *({"presenters": name} for name in ("everyone", "organization", "roles", "organizer")),
        *({"admitters": name} for name in ("presenters", "coorganizers")),
        {"lobby": "organizationExcludingGuests", "chat": "disabled"},
    ):
        await options.change(online, changes)

    bodies = [json.loads(json.dumps(one.body)) for one in tenant.asked if one.method == "PATCH"]
    assert len(bodies) == 8
    assert [csdl().check("microsoft.graph.onlineMeeting", body) for body in bodies] == [[]] * 8


async def test_values_nobody_told_us_of_are_kept_and_never_written(options: GraphOptions, tenant: Tenant) -> None:
    """As they stand in what is read; a snapshot put back leaves them alone, and alone they are no PATCH."""
    strange = meeting(
        allowedPresenters="unknownFutureValue",
        lobbyBypassSettings={"scope": "friends", "isDialInBypassEnabled": True},
        allowMeetingChat=7,
    )
    tenant.next("/MSo", *[say(200, strange)] * 4)
    online = await options.read(MEETING, DETAILS)
    await options.change(online, {"presenters": "unknownFutureValue", "lobby": "friends", "dial_in": False})
    alone = await options.change(online, {"presenters": "unknownFutureValue"})

    assert (online.options["presenters"], online.options["lobby"]) == ("unknownFutureValue", "friends")
    assert "chat" not in online.options
    assert [one.method for one in tenant.asked] == ["GET", "PATCH", "GET", "GET"]
    assert tenant.asked[1].body == {
        "@odata.type": "#microsoft.graph.onlineMeeting", "lobbyBypassSettings": {"isDialInBypassEnabled": False},
    }  # fmt: skip
    assert alone == online


@pytest.mark.parametrize("changes", [{"microphone": False}, {"mic": "off"}, {"lobby": True}])
async def test_a_change_that_makes_no_sense_is_our_own_mistake(
    options: GraphOptions, tenant: Tenant, changes: dict[str, Any]
) -> None:
    """And is not sent."""
    tenant.next("/MSo", say(200, meeting()))
    online = await options.read(MEETING, DETAILS)

    with pytest.raises(ValueError, match=r"option|cannot be"):
        await options.change(online, changes)
    assert len(tenant.asked) == 1


@pytest.mark.parametrize("words", [NO_POLICY, "No Application Access Policy found for this app"])
@pytest.mark.parametrize("when", ["read", "found", "changed"])
async def test_a_missing_access_policy_names_what_to_run(
    options: GraphOptions, tenant: Tenant, words: str, when: str
) -> None:
    """For this app and this teacher, and how long it takes."""
    refusal = wrong(403, "Forbidden", words)
    if when == "found":
        tenant.next(ALL, refusal)
    else:
        tenant.next("/MSo", *([refusal] if when == "read" else [say(200, meeting()), refusal]))

    async def read_and_change() -> None:
        online = await options.read(MEETING, BY_LINK if when == "found" else DETAILS)
        await options.change(online, {"mic": False})

    with pytest.raises(Refused) as no:
        await read_and_change()
    assert no.value.code == "no_access_policy"
    assert f'New-CsApplicationAccessPolicy -Identity Schoolgate -AppIds "{APP}"' in no.value.words.splitlines()
    grant = f'Grant-CsApplicationAccessPolicy -PolicyName Schoolgate -Identity "{PATEL}"'
    assert grant in no.value.words.splitlines()
    assert "30 minutes" in no.value.words


@pytest.mark.parametrize("status", [400, 403])
async def test_other_refusals_keep_microsofts_words(options: GraphOptions, tenant: Tenant, status: int) -> None:
    """With the permission that is missing where it may be that."""
    tenant.next("/MSo", wrong(status, "BadThing", "Not today"))

    with pytest.raises(Refused, match=r"BadThing: .*Not today") as no:
        await options.read(MEETING, DETAILS)
    assert ("OnlineMeetings.ReadWrite.All" in no.value.words) is (status == 403)


async def test_a_patch_is_tried_again_for_twice_is_the_same_as_once(options: GraphOptions, tenant: Tenant) -> None:
    """Also where it may have arrived."""
    tenant.next("/MSo", say(200, meeting()), wrong(503), say(200, meeting()), say(200, meeting()))
    await options.change(await options.read(MEETING, DETAILS), {"mic": False})

    assert [one.method for one in tenant.asked] == ["GET", "PATCH", "PATCH", "GET"]


async def test_graph_out_of_reach_is_said_so(options: GraphOptions, tenant: Tenant) -> None:
    """It is no refusal: the job tries again."""
    tenant.next("/MSo", wrong(429, headers={"Retry-After": "30"}))

    with pytest.raises(OutOfReach) as out:
        await options.read(MEETING, DETAILS)
    assert out.value.retry_after == 30


async def test_roles_are_given_with_the_full_list_of_those_invited(options: GraphOptions, tenant: Tenant) -> None:
    """Graph takes them no other way; whoever is not named keeps their role, and is kept."""
    okoro, ada = guid(101), guid(200)
    invited = [
        {"upn": "ada@school.example", "role": "attendee", "identity": {"user": {"id": ada, "displayName": None}}},
        {"upn": "okoro@school.example", "role": "attendee", "identity": {"user": {"id": okoro.upper()}}},
        {"upn": "mum@elsewhere.example", "role": "attendee", "identity": None},
    ]
    full = meeting(participants={"organizer": {"identity": {"user": {"id": PATEL}}}, "attendees": invited})
    tenant.next("/MSo", *[say(200, full)] * 7)
    online = await options.read(MEETING, DETAILS)
    await options.change(online, {"presenters": "roles"}, roles={okoro: "coorganizer", guid(102): "presenter"})
    await options.change(online, {"presenters": "roles"})

    given, kept = (one.body for one in tenant.asked if one.method == "PATCH")
    assert given["allowedPresenters"] == "roleIsPresenter"
    assert given["participants"]["attendees"] == [
        {"upn": "ada@school.example", "role": "attendee", "identity": {"user": {"id": ada}}},
        {"upn": "okoro@school.example", "role": "coorganizer", "identity": {"user": {"id": okoro}}},
        {"upn": "mum@elsewhere.example", "role": "attendee"},
        {"role": "presenter", "identity": {"user": {"id": guid(102)}}},
    ]
    assert [one["role"] for one in kept["participants"]["attendees"]] == ["attendee"] * 3
    assert csdl().check("microsoft.graph.onlineMeeting", given) == []


def stateful(held: dict[str, Any]) -> Answer:
    """An onlineMeeting that keeps what is patched."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.method == "PATCH":
            held.update({name: value for name, value in (await request.json()).items() if "@" not in name})
        return web.json_response(held)

    return answer


async def test_a_snapshot_put_back_is_as_it_was(options: GraphOptions, tenant: Tenant) -> None:
    """The door tightened and restored leaves nothing behind."""
    held = meeting(recordAutomatically=False)
    tenant.next("/MSo", *[stateful(held)] * 5)
    before = await options.read(MEETING, DETAILS)
    tightened = await options.change(before, {"lobby": "organizer", "admitters": "coorganizers", "mic": False})
    after = await options.change(tightened, {name: before.options[name] for name in ("lobby", "admitters", "mic")})

    assert tightened.options != before.options
    assert after == before
    assert held == meeting(recordAutomatically=False)
