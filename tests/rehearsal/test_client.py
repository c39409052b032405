"""Microsoft's own Graph client on the rehearsal: directory, options and calls."""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import AsyncIterator

import httpx
import pytest
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.generated.communications.calls.item.participants.item.mute.mute_post_request_body import (
    MutePostRequestBody,
)
from msgraph.generated.models.call import Call
from msgraph.generated.models.chat_info import ChatInfo
from msgraph.generated.models.identity import Identity
from msgraph.generated.models.identity_set import IdentitySet
from msgraph.generated.models.lobby_bypass_scope import LobbyBypassScope
from msgraph.generated.models.lobby_bypass_settings import LobbyBypassSettings
from msgraph.generated.models.modality import Modality
from msgraph.generated.models.online_meeting import OnlineMeeting
from msgraph.generated.models.organizer_meeting_info import OrganizerMeetingInfo
from msgraph.generated.models.service_hosted_media_config import ServiceHostedMediaConfig
from msgraph_core import GraphClientFactory

from tests.rehearsal.leg import Leg
from tests.rehearsal.made import ADA, CLASS, GRAPH, GUEST, PATEL, SCHOOL, TENANT, THREAD, guid
from tests.rehearsal.school import Answer, School

# The client warns of its own classes when they are first imported.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@contextlib.asynccontextmanager
async def client_of(school: School) -> AsyncIterator[GraphServiceClient]:
    trust = ssl.create_default_context(cafile=school.microsoft.ca)
    # The client's own closing forgets what its middleware wraps.
    async with httpx.AsyncHTTPTransport(verify=trust) as transport, httpx.AsyncClient(transport=transport) as http:
        provider = AzureIdentityAuthenticationProvider(school.credential, scopes=[GRAPH], allowed_hosts=["127.0.0.1"])
        made = GraphClientFactory.create_with_default_middleware(client=http)
        client = GraphServiceClient(request_adapter=GraphRequestAdapter(provider, made))
        client.request_adapter.base_url = f"{school.microsoft.origin}/v1.0"
        yield client


async def test_the_directory(school: School):
    """msgraph-sdk signs in, selects, follows pages, and sees errors as errors."""
    await school.put(page=2)
    async with client_of(school) as client:
        ada = await client.users.by_user_id(ADA).get()
        first = await client.groups.by_group_id(SCHOOL).transitive_members.get()
        assert first
        second = await client.groups.by_group_id(SCHOOL).transitive_members.with_url(first.odata_next_link or "").get()
        with pytest.raises(Exception, match="does not exist"):
            await client.users.by_user_id(guid("nobody")).get()

    assert ada
    assert ada.display_name == "Ada Lovelace"
    assert [type(one).__name__ for one in first.value or []] == ["Group", "Group"]
    assert CLASS in [one.id for one in first.value or []]
    assert second
    assert [one.id for one in second.value or []] == [GUEST, PATEL]


def joining(school: School) -> Call:
    user = Identity(id=PATEL, additional_data={"tenantId": TENANT})
    return Call(
        callback_uri=school.endpoint.replace("/api/messages", "/api/calls"),
        requested_modalities=[Modality.Audio],
        media_config=ServiceHostedMediaConfig(),
        chat_info=ChatInfo(thread_id=THREAD, message_id="0"),
        meeting_info=OrganizerMeetingInfo(
            organizer=IdentitySet(user=user), additional_data={"allowConversationWithoutHost": True}
        ),
        tenant_id=TENANT,
    )


async def test_a_call(hands: School):
    """It joins, reads everybody, mutes, removes, keeps the call alive and hangs up."""
    async with client_of(hands) as client:
        made = await client.communications.calls.post(joining(hands))
        assert made
        assert made.id
        await Leg(hands, made.id, Answer(201, {}, {})).told("established")
        call = client.communications.calls.by_call_id(made.id)
        roster = await call.participants.get()
        assert roster
        people = {p.info.identity.user.id: p for p in roster.value or [] if p.info and p.info.identity.user}
        ada = call.participants.by_participant_id(people[ADA].id or "")
        muted = await ada.mute.post(MutePostRequestBody(client_context="c"))
        after = await ada.get()
        await ada.delete()
        with pytest.raises(Exception, match="Participant not found"):
            await ada.get()
        await call.keep_alive.post()
        await call.delete()
        with pytest.raises(Exception, match="Call not found"):
            await call.keep_alive.post()

    assert (made.state, len(roster.value or [])) == ("establishing", 4)
    assert muted
    assert (muted.status, people[ADA].is_muted) == ("Completed", False)
    assert after
    assert after.is_muted is True


async def test_options(hands: School):
    """A PATCH that names some options answers with all."""
    async with client_of(hands) as client:
        meeting = client.users.by_user_id(PATEL).online_meetings.by_online_meeting_id(
            hands.told["meetings"][0]["graph_id"]
        )
        settings = LobbyBypassSettings(scope=LobbyBypassScope.Invited)
        changed = await meeting.patch(OnlineMeeting(allow_attendee_to_enable_mic=False, lobby_bypass_settings=settings))

    assert changed
    assert changed.allow_attendee_to_enable_mic is False
    assert changed.allow_attendee_to_enable_camera is True
    assert changed.lobby_bypass_settings
    assert changed.lobby_bypass_settings.scope == LobbyBypassScope.Invited
