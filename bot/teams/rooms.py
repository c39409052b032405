"""Meetings by the Connector: what one is, and whether somebody is in it. botbuilder's TeamsInfo asks the wrong address."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Protocol
from urllib.parse import quote

from bot.events import PersonKey, account
from bot.ports import MeetingDetails, Refused
from bot.sitting import Meeting
from bot.teams.reading import identifier, inner, lowered, object_id, objects, words
from bot.teams.wire import Declined

_MOST_PAGES = 50
_ABSENT = ("participant", "user", "member")
_NOT = ("not found", "notfound", "not in", "not part", "not a part", "does not exist")


class Asker(Protocol):
    """Asks the Connector of a conversation."""

    async def ask(self, method: str, conversation: str, path: str) -> Any:
        """The answer's JSON."""
        ...


class Rooms:
    """`ports.Presence` and `ports.Meetings`."""

    def __init__(self, asker: Asker, tenant: str) -> None:
        self._asker = asker
        self._tenant = tenant

    async def in_meeting(self, meeting: Meeting, teams_meeting_id: str, oid: str) -> bool | None:
        """Whether somebody is in the meeting right now; None where the Connector cannot say."""
        path = f"/v1/meetings/{_part(teams_meeting_id)}/participants/{_part(oid)}?tenantId={_part(self._tenant)}"
        try:
            found = await self._asker.ask("GET", meeting.thread, path)
        except Declined as refused:
            if refused.status == 404 and _says_absent(refused):
                return False
            if refused.status in (403, 404):
                return None
            raise
        present = inner(lowered(found), "meeting").get("inmeeting")
        return present if isinstance(present, bool) else None

    async def enter(self, conversation: str) -> None:
        """Ask for one member, which only an app that is in the conversation may. Refused where it is not."""
        await self._asker.ask("GET", conversation, f"/v3/conversations/{_part(conversation)}/pagedmembers?pageSize=1")

    async def readers(self, channel: str) -> frozenset[PersonKey]:
        """Everybody in a conversation who has an account, all pages."""
        found: set[PersonKey] = set()
        query = "?pageSize=500"
        for _ in range(_MOST_PAGES):
            path = f"/v3/conversations/{_part(channel)}/pagedmembers{query}"
            page = inner(lowered(await self._asker.ask("GET", channel, path)))
            oids = (object_id(one.get("aadobjectid"), one.get("objectid")) for one in objects(page.get("members"), 500))
            found.update(account(oid) for oid in oids if oid)
            more = words(page.get("continuationtoken"), 4096)
            if not more and not found:
                raise Refused("nobody", "the list of who reads this channel names nobody")
            if not more:
                return frozenset(found)
            query = f"?pageSize=500&continuationToken={_part(more)}"
        raise Refused("too_many_pages", "the list of who reads this channel does not end")

    async def details(self, meeting: Meeting, teams_meeting_id: str) -> MeetingDetails | None:
        """What the meeting is; None where the Connector does not know it."""
        try:
            found = lowered(await self._asker.ask("GET", meeting.thread, f"/v1/meetings/{_part(teams_meeting_id)}"))
        except Declined as refused:
            if refused.status == 404:
                return None
            raise
        said, organizer = inner(found, "details"), inner(found, "organizer")
        return MeetingDetails(
            kind=words(said.get("type")) or None,
            organizer=object_id(organizer.get("aadobjectid"), organizer.get("objectid")),
            title=words(said.get("title")) or None,
            join_url=words(said.get("joinurl"), 2048) or None,
            graph_id=identifier(said.get("msgraphresourceid")),
            scheduled_start=_time(said.get("scheduledstarttime")),
            scheduled_end=_time(said.get("scheduledendtime")),
        )


def _part(value: str) -> str:
    return quote(value, safe="")


def _says_absent(refused: Declined) -> bool:
    """Whether a 404 speaks of the person: it also comes for a meeting that is over."""
    said = f"{refused.code} {refused.words}".lower()
    return "meeting not found" not in said and any(who in said for who in _ABSENT) and any(no in said for no in _NOT)


def _time(value: Any) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value.strip())
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
