"""What the doctor asks of Graph besides what the product asks: reading only, nothing is changed or sent."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote

from bot.graph.client import Graph, Json, asking
from bot.graph.lessons import CHANNELS
from bot.graph.permissions import Call
from bot.graph.plain import identifier, inner, objects
from bot.graph.times import IN_UTC, moment
from bot.graph.troubles import Missing

_ABOUT = ["id", "start", "attendees", "onlineMeeting", "isCancelled", "isOrganizer"]
_MOST_EVENTS = 200
_THREAD = re.compile(r"/(19:[^/?]+@thread\.v2)/")


@dataclass(frozen=True, slots=True)
class Planned:
    """An online meeting in its organiser's calendar. `thread`: its chat, where the link tells it."""

    organizer: str
    starts: datetime
    join_url: str
    addresses: tuple[str, ...]
    thread: str | None


async def mailbox(graph: Graph, oid: str) -> bool:
    """Whether somebody can send mail. Refused and OutOfReach as always."""
    wanted = asking(select=["id", "mail", "accountEnabled"])
    try:
        user = await graph.ask(
            Call.USER, lambda client: client.users.by_user_id(oid).to_get_request_information(wanted)
        )
    except Missing:
        return False
    return bool(user.get("mail")) and user.get("accountEnabled") is not False


async def planned(graph: Graph, oid: str, since: datetime, until: datetime) -> Sequence[Planned]:
    """The online meetings somebody organises in that time; none without a mailbox. Channels, where no bot sees, are left out."""
    wanted = asking(
        headers=IN_UTC,
        select=_ABOUT,
        top=100,
        start=f"{since:%Y-%m-%dT%H:%M:%SZ}",
        end=f"{until:%Y-%m-%dT%H:%M:%SZ}",
    )
    try:
        events, _ = await graph.every(
            Call.CALENDAR, lambda client: client.users.by_user_id(oid).calendar_view, wanted, most=_MOST_EVENTS
        )
    except Missing:
        return ()
    return [found for event in events if (found := _planned(event, oid)) is not None]


def _planned(event: Json, oid: str) -> Planned | None:
    link = identifier(inner(event, "onlineMeeting").get("joinUrl"), longest=2048)
    starts = moment(event.get("start"))
    if link is None or starts is None or event.get("isCancelled") or event.get("isOrganizer") is False:
        return None
    plain = unquote(unquote(link))
    if any(channel in plain for channel in CHANNELS):
        return None
    addresses = [inner(one, "emailAddress").get("address") for one in objects(event.get("attendees"))]
    thread = _THREAD.search(plain)
    return Planned(
        organizer=oid,
        starts=starts,
        join_url=link,
        addresses=tuple(one for one in addresses if isinstance(one, str)),
        thread=thread[1] if thread else None,
    )


async def chat_is_shown(graph: Graph, thread: str) -> None:
    """Ask for a lesson's chat, as it is asked when Teams does not name the calendar entry. Refused, OutOfReach."""
    await graph.ask(
        Call.CHAT,
        lambda client: client.chats.by_chat_id(thread).to_get_request_information(asking(select=["id", "chatType"])),
    )
