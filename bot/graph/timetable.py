"""Staff's calendars: the online meetings they organise, and who is invited to them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import unquote

from bot.events import account
from bot.graph.calendar import addresses_of
from bot.graph.client import Graph, Json, asking
from bot.graph.invitees import invited_by
from bot.graph.lessons import CHANNELS
from bot.graph.permissions import Call
from bot.graph.plain import identifier, inner, words
from bot.graph.times import IN_UTC, moment
from bot.graph.troubles import Missing
from bot.ports import CalendarEvent, Invitation, OutOfReach

_ABOUT = ["id", "subject", "start", "end", "attendees", "onlineMeeting", "isCancelled", "isOrganizer"]
_MOST_EVENTS = 500
_THREAD = re.compile(r"/(19:[^/?]+@thread\.(?:v2|tacv2|skype))/", re.IGNORECASE)


class GraphCalendars:
    """The `Calendars` port over Graph."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    async def events(self, oid: str, since: datetime, until: datetime) -> Sequence[CalendarEvent]:
        """Read one calendar. OutOfReach if it is longer than anybody's two days: half a plan would forget lessons."""
        wanted = asking(
            headers=IN_UTC,
            select=_ABOUT,
            top=100,
            start=f"{since:%Y-%m-%dT%H:%M:%SZ}",
            end=f"{until:%Y-%m-%dT%H:%M:%SZ}",
        )
        try:
            found, complete = await self._graph.every(
                Call.CALENDAR, lambda client: client.users.by_user_id(oid).calendar_view, wanted, most=_MOST_EVENTS
            )
        except Missing:
            return ()  # an account without a mailbox plans nothing
        if not complete:
            raise OutOfReach(f"{Call.CALENDAR}: more than {_MOST_EVENTS} events")
        return [event for one in found if (event := _event(one)) is not None]

    async def invited(self, addresses: Sequence[str]) -> Invitation:
        """Look them up, groups expanded."""
        found = await invited_by(self._graph, addresses)
        people = frozenset(account(oid) for oid in found.people)
        return Invitation(people=people, groups=found.groups, complete=found.complete)


def _event(one: Json) -> CalendarEvent | None:
    """An online meeting of the calendar's owner; None for anything else."""
    link = identifier(inner(one, "onlineMeeting").get("joinUrl"), longest=2048)
    event, starts, ends = identifier(one.get("id")), moment(one.get("start")), moment(one.get("end"))
    if one.get("isCancelled") or not one.get("isOrganizer"):
        return None
    if link is None or event is None or starts is None or ends is None:
        return None
    thread = _thread_in(link)
    return CalendarEvent(
        event=event,
        title=words(one.get("subject"), longest=80),
        starts=starts,
        ends=ends,
        join_url=link,
        addresses=addresses_of(one),
        thread=thread,
        blind="channel" if thread and thread.endswith(CHANNELS) else None,
    )


def _thread_in(link: str) -> str | None:
    """The thread that a link of the old form carries; some come escaped twice."""
    found = _THREAD.search(unquote(unquote(link)))
    return found[1] if found else None
