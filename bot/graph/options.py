"""Meeting options: the online meeting of a thread found in Graph, read, changed in one PATCH and read back."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from bot.graph.client import Graph, Json, asking
from bot.graph.lessons import CHANNELS
from bot.graph.option_names import attendees_of, options_of, patch_of, roles_of
from bot.graph.permissions import Call
from bot.graph.plain import identifier, inner
from bot.graph.sdk import OnlineMeeting
from bot.graph.troubles import Missing, legible
from bot.ports import MeetingDetails, Online, Refused, Setting
from bot.sitting import Meeting
from bot.tiers import ACCESS_POLICY, POLICY

T = TypeVar("T")
_NO_POLICY = "no application access policy"
# without it Graph says "unknownFutureValue" for what it knows and this API's version does not
_ALL_VALUES = {"Prefer": "include-unknown-enum-members"}


@dataclass(frozen=True, slots=True)
class _Known:
    """By what a meeting may be found."""

    organizer: str | None = None
    graph_id: str | None = None
    join_url: str | None = None


class GraphOptions:
    """The `MeetingOptions` port over Graph."""

    def __init__(self, graph: Graph, app_id: str) -> None:
        self._graph = graph
        self._app_id = app_id

    @legible
    async def read(self, meeting: Meeting, details: MeetingDetails | None) -> Online:
        """Find and read it. Refused("no_online_meeting") where Graph has none for what Connector and chat say."""
        known = _Known(details.organizer, details.graph_id, details.join_url) if details else _Known()
        found = await self._look(known, meeting)
        if found is None:
            found = await self._look(await self._by_chat(meeting, known), meeting)
        if found is None:
            raise Refused("no_online_meeting", "Graph knows no online meeting of this chat: its options cannot be set")
        return found

    async def find(self, organizer: str, join_url: str) -> Online | None:
        """The online meeting of a link, if this person organises it; Refused as in `read`."""
        found = await self._find(organizer, join_url)
        return self._online(found, organizer, "") if found else None

    async def change(
        self, online: Online, changes: Mapping[str, Setting], roles: Mapping[str, str] | None = None
    ) -> Online:
        """One PATCH, and read back. Repeated where it may not have arrived: done twice is the same as once.

        `roles`: what people by object id are to be in it (presenter, coorganizer, attendee), for before it starts.
        """
        body = patch_of(changes, online.options)
        if roles or changes.get("presenters") == "roles":
            # Graph takes roles, and this value of "presenters", only with the full list of those invited
            now = await self._get(online.organizer, online.meeting_id)
            body["participants"] = {"attendees": attendees_of(now, roles or {})}
        if body:
            # the SDK's own properties would need a second table of names
            wanted = OnlineMeeting(additional_data=body)
            patching = self._graph.tell(
                Call.CHANGE_MEETING,
                lambda client: (
                    client.users.by_user_id(online.organizer)
                    .online_meetings.by_online_meeting_id(online.meeting_id)
                    .to_patch_request_information(wanted)
                ),
                once=False,
            )
            await self._allowed(online.organizer, patching)
        return self._online(await self._get(online.organizer, online.meeting_id), online.organizer, online.thread)

    async def _look(self, known: _Known, meeting: Meeting) -> Online | None:
        if known.organizer is None:
            return None
        found = None
        if known.graph_id:
            try:
                found = await self._get(known.organizer, known.graph_id)
            except Missing:
                found = None
        if found is None and known.join_url:
            found = await self._find(known.organizer, known.join_url)
        return self._online(found, known.organizer, meeting.thread) if found else None

    async def _by_chat(self, meeting: Meeting, known: _Known) -> _Known:
        """What the meeting's chat says; by an id that was not there nobody looks again. A channel is no such chat."""
        if not meeting.thread or meeting.thread.endswith(CHANNELS):
            return _Known()
        wanted = asking(select=["id", "chatType", "onlineMeetingInfo"])
        try:
            chat = await self._graph.ask(
                Call.CHAT, lambda client: client.chats.by_chat_id(meeting.thread).to_get_request_information(wanted)
            )
        except Missing:
            return _Known()
        info = inner(chat, "onlineMeetingInfo")
        organizer = identifier(inner(info, "organizer").get("id")) or known.organizer
        link = identifier(info.get("joinWebUrl"), longest=2048) or known.join_url
        tried = known.graph_id if known.organizer is None else None
        return replace(known, organizer=organizer, join_url=link, graph_id=tried)

    async def _get(self, organizer: str, meeting_id: str) -> Json:
        reading = self._graph.ask(
            Call.MEETING,
            lambda client: (
                client.users.by_user_id(organizer)
                .online_meetings.by_online_meeting_id(meeting_id)
                .to_get_request_information(asking(headers=_ALL_VALUES))
            ),
        )
        return await self._allowed(organizer, reading)

    async def _find(self, organizer: str, join_url: str) -> Json | None:
        quoted = join_url.replace("'", "''")
        wanted = asking(headers=_ALL_VALUES, filter=f"JoinWebUrl eq '{quoted}'")
        looking = self._graph.ask(
            Call.FIND_MEETINGS,
            lambda client: client.users.by_user_id(organizer).online_meetings.to_get_request_information(wanted),
        )
        try:
            answer = await self._allowed(organizer, looking)
        except Missing:
            return None
        found = [one for one in answer.get("value") or [] if isinstance(one, dict) and one.get("id")]
        return found[0] if found else None

    async def _allowed(self, organizer: str, asked: Awaitable[T]) -> T:
        """The answer; where a teacher's meetings are closed to the app, what an administrator must run."""
        try:
            return await asked
        except Refused as no:
            if _NO_POLICY in no.words.casefold():
                raise Refused("no_access_policy", _open_up(self._app_id, organizer)) from no
            raise

    @staticmethod
    def _online(found: Mapping[str, Any], asked_of: str, thread: str) -> Online:
        entry = inner(found, "joinMeetingIdSettings")
        organizer = identifier(inner(found, "participants", "organizer", "identity", "user").get("id"))
        return Online(
            organizer=(organizer or asked_of).lower(),
            meeting_id=str(found["id"]),
            thread=identifier(inner(found, "chatInfo").get("threadId")) or thread,
            join_meeting_id=identifier(entry.get("joinMeetingId")),
            passcode=identifier(entry.get("passcode")),
            options=options_of(found),
            options_url=identifier(found.get("meetingOptionsWebUrl"), longest=2048),
            roles=roles_of(found),
        )


def _open_up(app_id: str, organizer: str) -> str:
    """What to run in Teams PowerShell, line by line."""
    return "\n".join(
        (
            "Teams keeps this teacher's meeting options closed to Schoolgate. A Teams administrator opens them by:",
            ACCESS_POLICY.lines(app_id)[0],
            f'Grant-CsApplicationAccessPolicy -PolicyName {POLICY} -Identity "{organizer}"',
            "With -Global instead of -Identity and what follows it, the second line opens every teacher's. "
            f"The first is needed once. It takes {ACCESS_POLICY.wait} to work.",
        )
    )
