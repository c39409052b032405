"""What a meeting is: whose, of which class, who is invited, and when it is planned.

The members of its chat are no invitation: whoever comes in becomes one, so a stranger would invite himself by coming.
They are not used; without a calendar event the invitees are not known, and rules then ask instead of judging.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

from bot.events import account
from bot.graph.calendar import Planned, planned_as, planned_now
from bot.graph.client import Graph, asking
from bot.graph.invitees import Invited, invited_by
from bot.graph.permissions import Call
from bot.graph.troubles import legible
from bot.ports import Description, MeetingDetails, Meetings, Refused
from bot.school import School
from bot.sitting import Meeting

log = logging.getLogger(__name__)
BLIND = {
    "channelscheduled": "channel",
    "channelrecurring": "channel",
    "meetnow": "meet_now",
    "adhoc": "meet_now",
    "onetoonecall": "call",
    "groupcall": "call",
}
"""Kinds of meeting whose joining and leaving Teams does not tell an app, and what we call them."""
CHANNELS = ("@thread.tacv2", "@thread.skype")
"""How the threads of channels end; the others are chats."""


@dataclass(frozen=True)
class _Whose:
    """Where to look for the event: what Connector or chat said."""

    organiser: str | None = None
    join_url: str | None = None
    event_id: str | None = None


class GraphLessons:
    """The `Lessons` port over the Connector's meeting details and Graph."""

    def __init__(self, graph: Graph, meetings: Meetings, school: School) -> None:
        self._graph = graph
        self._meetings = meetings
        self._school = school

    @legible
    async def describe(self, meeting: Meeting, teams_meeting_id: str | None) -> Description:
        """Look it up now. OutOfReach goes through (try again); what is refused is left out and logged."""
        details = await self._details(meeting, teams_meeting_id)
        whose = _Whose(details.organizer, details.join_url) if details else _Whose()
        if whose.organiser is None:
            whose = await self._by_chat(meeting, whose)
        planned, invited = await self._invitation(meeting, whose)
        return Description(
            organizer=account(whose.organiser) if whose.organiser else None,
            class_name=self._school.class_of(invited.groups if invited else (), whose.organiser),
            invitees=tuple(sorted(account(oid) for oid in invited.people)) if invited else (),
            invitees_known=invited is not None and invited.complete,
            scheduled_start=(planned and planned.start) or (details.scheduled_start if details else None),
            scheduled_end=(planned and planned.end) or (details.scheduled_end if details else None),
            blind=_blind(meeting, details),
            join_url=whose.join_url,
        )

    async def _details(self, meeting: Meeting, teams_meeting_id: str | None) -> MeetingDetails | None:
        if teams_meeting_id is None:
            return None
        try:
            return await self._meetings.details(meeting, teams_meeting_id)
        except Refused as no:
            _log_refused(no)
            return None

    async def _by_chat(self, meeting: Meeting, known: _Whose) -> _Whose:
        """The same from the meeting's chat, where the Connector does not say; a channel is no such chat."""
        if meeting.thread.endswith(CHANNELS):
            return known
        wanted = asking(select=["id", "chatType", "onlineMeetingInfo"])
        try:
            chat = await self._graph.ask(
                Call.CHAT, lambda client: client.chats.by_chat_id(meeting.thread).to_get_request_information(wanted)
            )
        except Refused as no:
            _log_refused(no)
            return known
        info = chat.get("onlineMeetingInfo") or {}
        return _Whose(
            organiser=known.organiser or (info.get("organizer") or {}).get("id"),
            join_url=known.join_url or info.get("joinWebUrl"),
            event_id=info.get("calendarEventId"),
        )

    async def _invitation(self, meeting: Meeting, whose: _Whose) -> tuple[Planned | None, Invited | None]:
        """The calendar event, and who is invited by it; None for what cannot be read."""
        planned = None
        try:
            planned = await self._planned(meeting, whose)
            return planned, await invited_by(self._graph, planned.addresses) if planned else None
        except Refused as no:
            _log_refused(no)
            return planned, None

    async def _planned(self, meeting: Meeting, whose: _Whose) -> Planned | None:
        if whose.organiser is None:
            return None
        planned = await planned_now(self._graph, whose.organiser, meeting.thread, whose.join_url)
        if planned is not None:
            return planned
        if whose.event_id is None:
            whose = replace(whose, event_id=(await self._by_chat(meeting, whose)).event_id)
        return await planned_as(self._graph, whose.organiser or "", whose.event_id) if whose.event_id else None


def _blind(meeting: Meeting, details: MeetingDetails | None) -> str | None:
    if meeting.thread.endswith(CHANNELS):
        return "channel"
    return BLIND.get((details.kind or "").replace(" ", "").casefold()) if details else None


def _log_refused(no: Refused) -> None:
    # what follows the colon is Microsoft's own, and may quote an id or a name
    ours = no.words.partition(": ")[0]
    log.warning("could not look up what a meeting is: %s", ours, extra={"event": "lesson_unknown", "code": no.code})
