"""Being in a call, and what is done there: join, roster, keep alive, hang up, mute, remove. Nothing is recorded or heard.

Media is Microsoft's to carry (service-hosted). What may already have been done is not asked for a second time, but for
hanging up and removing, of which twice is the same as once. A 404 on somebody may mean that they are gone or that the
call is: the roster tells which.
"""

from __future__ import annotations

import re

from bot.graph.client import Graph, asking
from bot.graph.lessons import CHANNELS
from bot.graph.permissions import Call
from bot.graph.plain import lowered
from bot.graph.sdk import (
    CallBody,
    ChatInfo,
    Identity,
    IdentitySet,
    JoinMeetingIdMeetingInfo,
    MeetingInfo,
    Modality,
    MutePostRequestBody,
    OrganizerMeetingInfo,
    OutgoingCallOptions,
    ServiceHostedMediaConfig,
)
from bot.graph.seats import Us, seated
from bot.graph.troubles import Forbidden, Missing
from bot.ports import Online, OutOfReach, Refused, Roster
from bot.tiers import REMOVAL

_TYPE = "#microsoft.graph."
_MOST_SEATS = 5000
_ORGANIZER = re.compile(r"remov.*\borgani[sz]er|\borgani[sz]er.*remov", re.IGNORECASE)
_LOBBY = re.compile(r"\blobby\b", re.IGNORECASE)
_OVER = "the call is over, or was never ours"


class GraphCalls:
    """The `Calls` and `Hands` ports over Graph."""

    def __init__(self, graph: Graph, us: Us) -> None:
        self._graph = graph
        self._us = us

    async def join(self, online: Online, callback: str) -> str:
        """Ask to be let in; the call's id. Whether we are in is told by notice, and by the roster."""
        body = joining(online, callback, self._us.tenant)
        made = await self._graph.ask(
            Call.JOIN, lambda client: client.communications.calls.to_post_request_information(body), once=True
        )
        if not made.get("id"):
            raise OutOfReach(f"{Call.JOIN} gave no id of a call")
        return str(made["id"])

    async def roster(self, call: str) -> Roster:
        """Everybody, all pages."""
        try:
            items, complete = await self._graph.every(
                Call.ROSTER,
                lambda client: client.communications.calls.by_call_id(call).participants,
                asking(),
                most=_MOST_SEATS,
            )
        except Missing as no:
            raise Refused("call_ended", _OVER) from no
        if not complete:
            raise Refused("roster_too_large", f"the call has more than {_MOST_SEATS} participants")
        return seated(lowered(items), self._us)[0]

    async def keep(self, call: str) -> None:
        """Keep alive."""
        try:
            await self._graph.tell(
                Call.KEEP,
                lambda client: client.communications.calls.by_call_id(call).keep_alive.to_post_request_information(),
            )
        except Missing as no:
            raise Refused("call_ended", _OVER) from no

    async def leave(self, call: str) -> None:
        """Hang up; the others' call goes on."""
        try:
            await self._graph.tell(
                Call.LEAVE,
                lambda client: client.communications.calls.by_call_id(call).to_delete_request_information(),
                once=False,
            )
        except Missing:
            return

    async def mute(self, call: str, participant: str) -> None:
        """Mute once. Whoever is gone cannot be muted: Refused("participant_gone")."""
        body = MutePostRequestBody(client_context=f"schoolgate {participant}"[:256])
        try:
            await self._graph.tell(
                Call.MUTE,
                lambda client: (
                    client.communications.calls.by_call_id(call)
                    .participants.by_participant_id(participant)
                    .mute.to_post_request_information(body)
                ),
            )
        except Missing as no:
            await self._gone(call, participant)
            raise Refused("participant_gone", "whoever was to be muted is no longer in the call") from no

    async def remove(self, call: str, participant: str) -> None:
        """Remove; gone already is well."""
        try:
            await self._graph.tell(
                Call.REMOVE,
                lambda client: (
                    client.communications.calls.by_call_id(call)
                    .participants.by_participant_id(participant)
                    .to_delete_request_information()
                ),
                once=False,
            )
        except Missing:
            await self._gone(call, participant)
        except Refused as no:
            raise self._not_removed(no) from no

    async def _gone(self, call: str, participant: str) -> None:
        """Make sure that what was not found is the participant: the call may be over, or Graph may be behind."""
        seats = (await self.roster(call)).seats
        if any(seat.participant == participant for seat in seats):
            raise OutOfReach("Graph does not find somebody who is in its own roster")

    def _not_removed(self, no: Refused) -> Refused:
        if _ORGANIZER.search(no.words):
            return Refused("organizer", no.words)
        if _LOBBY.search(no.words):
            return Refused("in_lobby", no.words)
        if not isinstance(no, Forbidden):
            return no
        switch = "\n".join(REMOVAL.lines(self._us.app_id))
        return Refused(
            "removal_not_allowed",
            f"Teams does not let Schoolgate remove anybody. A Teams administrator allows it by:\n{switch}\n{no.words}",
        )


def joining(online: Online, callback: str, tenant: str) -> CallBody:
    """What is posted to join. Refused("not_joinable") where neither organiser and chat nor a meeting id are known."""
    by_organizer = bool(online.organizer and online.thread) and not online.thread.endswith(CHANNELS)
    return CallBody(
        odata_type=f"{_TYPE}call",
        callback_uri=callback,
        requested_modalities=[Modality.Audio],
        media_config=ServiceHostedMediaConfig(odata_type=f"{_TYPE}serviceHostedMediaConfig", pre_fetch_media=[]),
        chat_info=_chat(online.thread) if by_organizer else None,
        meeting_info=_by_organizer(online.organizer, tenant) if by_organizer else _by_meeting_id(online),
        tenant_id=tenant,
        call_options=OutgoingCallOptions(
            odata_type=f"{_TYPE}outgoingCallOptions",
            is_delta_roster_enabled=False,
            is_content_sharing_notification_enabled=True,
        ),
    )


def _chat(thread: str) -> ChatInfo:
    return ChatInfo(odata_type=f"{_TYPE}chatInfo", thread_id=thread, message_id="0")


def _by_organizer(organizer: str, tenant: str) -> MeetingInfo:
    # the SDK's models know neither of what stands in additional_data
    person = Identity(odata_type=f"{_TYPE}identity", id=organizer, additional_data={"tenantId": tenant})
    return OrganizerMeetingInfo(
        odata_type=f"{_TYPE}organizerMeetingInfo",
        organizer=IdentitySet(odata_type=f"{_TYPE}identitySet", user=person),
        additional_data={"allowConversationWithoutHost": True},
    )


def _by_meeting_id(online: Online) -> MeetingInfo:
    if not online.join_meeting_id:
        raise Refused("not_joinable", "neither the meeting's organiser and chat nor its meeting id are known")
    return JoinMeetingIdMeetingInfo(
        odata_type=f"{_TYPE}joinMeetingIdMeetingInfo",
        join_meeting_id=online.join_meeting_id,
        passcode=online.passcode,
    )
