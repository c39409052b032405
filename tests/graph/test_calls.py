"""Being in a call: join, roster, keep alive, hang up, mute, remove."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aiohttp import web

from bot.events import Kind, account
from bot.graph.calls import GraphCalls
from bot.graph.client import Graph
from bot.graph.seats import Us
from bot.ports import Calls, Hands, Online, OutOfReach, Refused
from tests.graph.call_json import APP, BOT, CALL, TENANT_ID, participant, stream, user
from tests.graph.referees import csdl
from tests.graph.tenant import Answer, Tenant, cut, guid, say, wrong

PATEL, THREAD = guid(100), "19:meeting_maths@thread.v2"
CALLBACK = "https://bot.example/api/calls"
ONLINE = Online(
    organizer=PATEL, meeting_id="MSo", thread=THREAD, join_meeting_id="1234567", passcode="psw", options={}
)  # fmt: skip
BY_ID = Online(organizer="", meeting_id="MSo", thread="", join_meeting_id="1234567", passcode="psw", options={})
CHANNEL = Online(
    organizer=PATEL, meeting_id="MSo", thread="19:c@thread.tacv2", join_meeting_id="1234567", passcode=None, options={}
)  # fmt: skip
IN_CALL = f"/communications/calls/{CALL}"
SEATS = f"{IN_CALL}/participants"
ENDED = wrong(404, "8522", "Call not found.")
STALE = wrong(404, "8508", "Participant not found.")
AMBIGUOUS = [wrong(503), wrong(500), wrong(504), cut]
UNSURE = ["503", "500", "504", "cut off"]


class Room(GraphCalls):
    """Both ports, as the type checker sees them: this must be enough."""


@pytest.fixture
def room(graph: Graph) -> Room:
    made = Room(graph, Us(tenant=TENANT_ID, app_id=APP))
    calls: Calls = made
    hands: Hands = made
    assert calls is hands
    return made


async def nothing(_: web.Request) -> web.StreamResponse:
    """204."""
    return web.Response(status=204)


def seats(*participants: Any) -> Answer:
    """A roster of one page."""
    return say(200, {"value": list(participants)})


def made_call(state: str = "establishing") -> Answer:
    """A call was made."""
    return say(201, {"@odata.type": "#microsoft.graph.call", "id": CALL, "state": state, "myParticipantId": "p-9"})


async def test_joining_asks_for_what_microsofts_page_shows(room: Room, tenant: Tenant) -> None:
    """By organiser and chat, media carried by Microsoft, whole rosters, nobody kept waiting for the host."""
    tenant.next("/communications/calls", made_call())

    assert await room.join(ONLINE, CALLBACK) == CALL
    (asked,) = tenant.calls("/communications/calls")
    assert asked.method == "POST"
    assert asked.body == {
        "@odata.type": "#microsoft.graph.call",
        "callbackUri": CALLBACK,
        "requestedModalities": ["audio"],
        "mediaConfig": {"@odata.type": "#microsoft.graph.serviceHostedMediaConfig", "preFetchMedia": []},
        "chatInfo": {"@odata.type": "#microsoft.graph.chatInfo", "threadId": THREAD, "messageId": "0"},
        "meetingInfo": {
            "@odata.type": "#microsoft.graph.organizerMeetingInfo",
            "organizer": {
                "@odata.type": "#microsoft.graph.identitySet",
                "user": {"@odata.type": "#microsoft.graph.identity", "id": PATEL, "tenantId": TENANT_ID},
            },
            "allowConversationWithoutHost": True,
        },
        "tenantId": TENANT_ID,
        "callOptions": {
            "@odata.type": "#microsoft.graph.outgoingCallOptions",
            "isDeltaRosterEnabled": False,
            "isContentSharingNotificationEnabled": True,
        },
    }


@pytest.mark.parametrize("online", [BY_ID, CHANNEL], ids=["nothing else known", "a channel"])
async def test_a_meeting_id_will_do(room: Room, tenant: Tenant, online: Online) -> None:
    """Then without a chat: a channel's would need its root message, which nobody gave us."""
    tenant.next("/communications/calls", made_call())
    await room.join(online, CALLBACK)

    body = tenant.calls("/communications/calls")[0].body
    told = {"@odata.type": "#microsoft.graph.joinMeetingIdMeetingInfo", "joinMeetingId": "1234567"}
    assert body["meetingInfo"] == told | ({"passcode": "psw"} if online.passcode else {})
    assert "chatInfo" not in body


async def test_nothing_to_join_by_is_refused_without_asking(room: Room, tenant: Tenant) -> None:
    """Neither organiser nor id."""
    nowhere = Online(organizer="", meeting_id="MSo", thread="", join_meeting_id=None, passcode=None, options={})

    with pytest.raises(Refused, match="not_joinable"):
        await room.join(nowhere, CALLBACK)
    assert tenant.asked == []


@pytest.mark.parametrize("online", [ONLINE, BY_ID])
async def test_what_is_posted_fits_microsofts_metadata(room: Room, tenant: Tenant, online: Online) -> None:
    """Where the metadata is at hand."""
    tenant.next("/communications/calls", made_call())
    tenant.next("/mute", say(200, {"id": "op"}))
    await room.join(online, CALLBACK)
    await room.mute(CALL, "p-1")
    join, mute = (json.loads(json.dumps(one.body)) for one in tenant.asked)

    assert csdl().check("microsoft.graph.call", join) == []
    assert csdl().check_action("mute", "microsoft.graph.participant", mute) == []


@pytest.mark.parametrize("trouble", [*AMBIGUOUS, say(201, {}), say(201, text='{"id":')], ids=[*UNSURE, "blank", "half"])
async def test_a_join_that_may_have_been_done_is_not_asked_twice(room: Room, tenant: Tenant, trouble: Answer) -> None:
    """A second leg in the call would be nobody's."""
    tenant.next("/communications/calls", trouble, made_call())

    with pytest.raises(OutOfReach):
        await room.join(ONLINE, CALLBACK)
    assert len(tenant.calls("/communications/calls")) == 1


async def test_a_join_that_was_put_off_is_asked_again(room: Room, tenant: Tenant) -> None:
    """A 429 did nothing."""
    tenant.next("/communications/calls", wrong(429, headers={"Retry-After": "0"}), made_call())

    assert await room.join(ONLINE, CALLBACK) == CALL


async def test_a_join_without_permission_names_it(room: Room, tenant: Tenant) -> None:
    """With Microsoft's words."""
    tenant.next("/communications/calls", wrong(403, "7504", "Insufficient enterprise tenant permissions."))

    with pytest.raises(Refused, match=r"7504: .*Calls\.JoinGroupCall\.All.*Insufficient enterprise") as no:
        await room.join(ONLINE, CALLBACK)
    assert no.value.code == "7504"


async def test_a_roster_is_all_pages(room: Room, tenant: Tenant) -> None:
    """Who is where, and whether we are among them."""
    shares = [stream("videoBasedScreenSharing", "sendOnly")]
    first = [participant(1, user(200), isMuted=False), participant(2, {"guest": {"id": "g"}}, isInLobby=True)]
    second = [participant(3, user(100, "Ms Patel"), mediaStreams=shares), participant(9, BOT)]
    link = f"{tenant.origin}/v1.0{SEATS}?$skiptoken=2"
    tenant.next(SEATS, say(200, {"value": first, "@odata.nextLink": link}), seats(*second))
    roster = await room.roster(CALL)

    assert roster.ours
    assert roster.sequence == 9
    assert [(seat.participant, seat.person) for seat in roster.seats] == [
        ("p-1", account(guid(200))),
        ("p-2", "guest:g"),
        ("p-3", account(guid(100))),
        ("p-9", f"mri:28:{APP}"),
    ]
    assert [seat.muted for seat in roster.seats] == [False, True, True, True]
    assert [seat.sharing for seat in roster.seats] == [False, False, True, False]
    assert [seat.in_lobby for seat in roster.seats] == [False, True, False, False]
    assert [seat.hint for seat in roster.seats] == [Kind.UNRESOLVED, Kind.ANONYMOUS, Kind.UNRESOLVED, Kind.BOT]


async def test_half_a_roster_is_no_roster(room: Room, tenant: Tenant) -> None:
    """If the second page stays away, nobody is taken for gone."""
    link = f"{tenant.origin}/v1.0{SEATS}?$skiptoken=2"
    tenant.next(SEATS, say(200, {"value": [participant(9, BOT)], "@odata.nextLink": link}), *[wrong(503)] * 40)

    with pytest.raises(OutOfReach):
        await room.roster(CALL)


@pytest.mark.parametrize("gone", [ENDED, wrong(410, "Gone", "The call is gone.")], ids=["404", "410"])
@pytest.mark.parametrize("what", ["roster", "keep"])
async def test_a_call_that_is_gone_has_ended(room: Room, tenant: Tenant, what: str, gone: Answer) -> None:
    """Clean up, and join again."""
    tenant.next(SEATS if what == "roster" else "/keepAlive", gone)

    with pytest.raises(Refused) as no:
        await getattr(room, what)(CALL)
    assert no.value.code == "call_ended"


@pytest.mark.parametrize(("status", "raised"), [(400, Refused), (403, Refused), (429, OutOfReach)])
async def test_a_roster_that_is_refused_is_no_call_that_ended(
    room: Room, tenant: Tenant, status: int, raised: type[Exception]
) -> None:
    """It is asked for again; the call is not joined a second time."""
    tenant.next(SEATS, *[wrong(status, "Forbidden", "Insufficient privileges.")] * 40)

    with pytest.raises(raised) as no:
        await room.roster(CALL)
    assert getattr(no.value, "code", "") != "call_ended"


async def test_keeping_alive_is_one_post(room: Room, tenant: Tenant) -> None:
    """Without a body."""
    tenant.next("/keepAlive", say(200))
    await room.keep(CALL)

    assert [(one.method, one.path, one.body) for one in tenant.asked] == [("POST", f"{IN_CALL}/keepAlive", None)]


async def test_leaving_hangs_up_once_or_finds_it_done(room: Room, tenant: Tenant) -> None:
    """Twice is the same as once, and gone is well."""
    tenant.next(IN_CALL, nothing, wrong(503), nothing, ENDED)
    for _ in range(3):
        await room.leave(CALL)

    assert [(one.method, one.path) for one in tenant.asked] == [("DELETE", IN_CALL)] * 4


async def test_muting_is_one_post(room: Room, tenant: Tenant) -> None:
    """Graph answers with an operation, of which nothing is needed: the roster shows it."""
    tenant.next("/mute", say(200, {"@odata.type": "#microsoft.graph.muteParticipantOperation", "id": "op"}))
    await room.mute(CALL, "p-1")

    (asked,) = tenant.asked
    assert (asked.method, asked.path) == ("POST", f"{SEATS}/p-1/mute")
    assert set(asked.body) == {"clientContext"}
    assert len(asked.body["clientContext"]) <= 256


@pytest.mark.parametrize("trouble", AMBIGUOUS, ids=UNSURE)
async def test_a_mute_that_may_have_been_done_is_not_asked_twice(room: Room, tenant: Tenant, trouble: Answer) -> None:
    """In between the teacher may have let the pupil speak."""
    tenant.next("/mute", trouble, say(200, {"id": "op"}))

    with pytest.raises(OutOfReach):
        await room.mute(CALL, "p-1")
    assert len(tenant.calls("/mute")) == 1


async def test_a_mute_refused_keeps_microsofts_words(room: Room, tenant: Tenant) -> None:
    """They are shown to people."""
    tenant.next("/mute", wrong(400, "8000", "Muting is not possible in a call of two."))

    with pytest.raises(Refused, match=r"8000: .*not possible in a call of two"):
        await room.mute(CALL, "p-1")


@pytest.mark.parametrize(
    ("then", "code"), [(ENDED, "call_ended"), (seats(participant(9, BOT)), "participant_gone")], ids=["call", "person"]
)
async def test_muting_nobody_says_whether_the_call_is_over(room: Room, tenant: Tenant, then: Answer, code: str) -> None:
    """A 404 may mean either; the roster tells."""
    tenant.next("/mute", STALE)
    tenant.next(SEATS, then)

    with pytest.raises(Refused) as no:
        await room.mute(CALL, "p-1")
    assert no.value.code == code


async def test_removing_is_one_delete(room: Room, tenant: Tenant) -> None:
    """And is asked again where nobody knows: twice is the same as once."""
    tenant.next("/p-1", nothing, wrong(503), nothing)
    await room.remove(CALL, "p-1")
    await room.remove(CALL, "p-1")

    assert [(one.method, one.path) for one in tenant.asked] == [("DELETE", f"{SEATS}/p-1")] * 3


async def test_somebody_gone_already_is_well(room: Room, tenant: Tenant) -> None:
    """Somebody who came again has another id."""
    tenant.next("/p-1", STALE)
    tenant.next(SEATS, seats(participant(9, BOT), participant(4, user(200))))

    await room.remove(CALL, "p-1")


async def test_a_delete_that_was_lost_and_then_finds_nobody_is_well(room: Room, tenant: Tenant) -> None:
    """The first did it, only its answer was lost."""
    tenant.next("/p-1", cut, STALE)
    tenant.next(SEATS, seats(participant(9, BOT)))

    await room.remove(CALL, "p-1")


async def test_nobody_is_called_removed_because_the_call_is_over(room: Room, tenant: Tenant) -> None:
    """We fell out; the pupil may still be there."""
    tenant.next("/p-1", ENDED)
    tenant.next(SEATS, ENDED)

    with pytest.raises(Refused) as no:
        await room.remove(CALL, "p-1")
    assert no.value.code == "call_ended"


async def test_nobody_is_called_removed_while_the_roster_shows_them(room: Room, tenant: Tenant) -> None:
    """Graph contradicts itself: try again."""
    tenant.next("/p-1", STALE)
    tenant.next(SEATS, seats(participant(9, BOT), participant(1, user(200))))

    with pytest.raises(OutOfReach):
        await room.remove(CALL, "p-1")


async def test_a_tenant_that_does_not_allow_removing_is_told_what_to_run(room: Room, tenant: Tenant) -> None:
    """The exact line for this app, the permission it may be instead, and Microsoft's words."""
    tenant.next("/p-1", wrong(403, "7503", "Application is not allowed to remove participants."))

    with pytest.raises(Refused) as no:
        await room.remove(CALL, "p-1")
    assert no.value.code == "removal_not_allowed"
    line = f'Set-CsApplicationMeetingConfiguration -AllowRemoveParticipantAppIds @{{Add="{APP}"}}'
    assert line in no.value.words.splitlines()
    assert "Calls.JoinGroupCall.All" in no.value.words
    assert "Application is not allowed to remove participants." in no.value.words


@pytest.mark.parametrize("status", [400, 403])
async def test_the_organiser_cannot_be_removed(room: Room, tenant: Tenant, status: int) -> None:
    """By Microsoft's words, for the status is not told."""
    tenant.next("/p-1", wrong(status, "Forbidden", "Bot is not authorized to remove organizer"))

    with pytest.raises(Refused, match="Bot is not authorized to remove organizer") as no:
        await room.remove(CALL, "p-1")
    assert no.value.code == "organizer"


async def test_an_organisation_is_no_organiser(room: Room, tenant: Tenant) -> None:
    """A refusal by the school's own settings is not the organiser's protection."""
    tenant.next("/p-1", wrong(403, "Forbidden", "Your organization does not let this app remove people."))

    with pytest.raises(Refused) as no:
        await room.remove(CALL, "p-1")
    assert no.value.code == "removal_not_allowed"


async def test_somebody_in_the_lobby_is_not_the_tenants_fault(room: Room, tenant: Tenant) -> None:
    """There an app can do nothing: staff must not admit them."""
    tenant.next("/p-1", wrong(403, "Forbidden", "The participant is in the lobby."))

    with pytest.raises(Refused) as no:
        await room.remove(CALL, "p-1")
    assert no.value.code == "in_lobby"


async def test_another_refusal_is_handed_on(room: Room, tenant: Tenant) -> None:
    """As it is."""
    tenant.next("/p-1", wrong(400, "8501", "The call is not established."))

    with pytest.raises(Refused, match=r"8501: .*The call is not established"):
        await room.remove(CALL, "p-1")


@pytest.mark.parametrize("odd", ["p/../../x", "a b", "é#?", "8:orgid:x"])
async def test_an_odd_id_stays_one_piece_of_the_path(room: Room, tenant: Tenant, odd: str) -> None:
    """Whatever Graph gives as an id, it is asked for and nothing else."""
    tenant.next(odd, nothing)
    await room.remove(CALL, odd)

    assert tenant.asked[0].path == f"{SEATS}/{odd}"
