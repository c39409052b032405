"""The organiser's calendar event of a meeting: who is invited, and when this holding of it is planned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote, urlsplit

from bot.graph.client import Graph, Json, asking
from bot.graph.permissions import Call
from bot.graph.times import IN_UTC, moment

_ABOUT = ["id", "type", "start", "end", "attendees", "onlineMeeting", "isCancelled"]
_AROUND = timedelta(days=1)
_MOST_EVENTS = 500


@dataclass(frozen=True)
class Planned:
    """A calendar event as far as we ask: the attendees' addresses (rooms left out) and its own times."""

    addresses: tuple[str, ...]
    start: datetime | None
    end: datetime | None


async def planned_now(graph: Graph, organiser: str, thread: str, join_url: str | None) -> Planned | None:
    """The event of a meeting in the organiser's calendar from yesterday to tomorrow, the nearest of a series."""
    now = datetime.now(UTC)
    wanted = asking(
        headers=IN_UTC,
        select=_ABOUT,
        top=100,
        start=f"{now - _AROUND:%Y-%m-%dT%H:%M:%SZ}",
        end=f"{now + _AROUND:%Y-%m-%dT%H:%M:%SZ}",
    )
    events, _ = await graph.every(
        Call.CALENDAR, lambda client: client.users.by_user_id(organiser).calendar_view, wanted, most=_MOST_EVENTS
    )
    fitting = [event for event in events if _is_of(event, thread, join_url)]
    if not fitting:
        return None
    return _planned(min(fitting, key=lambda event: (bool(event.get("isCancelled")), _distance(event, now))))


async def planned_as(graph: Graph, organiser: str, event_id: str) -> Planned:
    """The event of this id, for a meeting held far from its day. A series' own times are its first day's: left out."""
    wanted = asking(headers=IN_UTC, select=_ABOUT)
    event = await graph.ask(
        Call.EVENT,
        lambda client: (
            client.users.by_user_id(organiser).events.by_event_id(event_id).to_get_request_information(wanted)
        ),
    )
    found = _planned(event)
    series = str(event.get("type")).casefold() == "seriesmaster"
    return Planned(found.addresses, None, None) if series else found


def _planned(event: Json) -> Planned:
    return Planned(addresses_of(event), moment(event.get("start")), moment(event.get("end")))


def addresses_of(event: Json) -> tuple[str, ...]:
    """The attendees' addresses, rooms left out."""
    attendees = [one for one in event.get("attendees") or [] if str(one.get("type")).casefold() != "resource"]
    addresses = [(one.get("emailAddress") or {}).get("address") for one in attendees]
    return tuple(filter(None, addresses))


def _distance(event: Json, now: datetime) -> timedelta:
    """How far from now this event is planned; nothing while it should be going on."""
    start, end = moment(event.get("start")), moment(event.get("end"))
    if start is None or end is None:
        return timedelta.max
    return max(start - now, now - end, timedelta())


def _is_of(event: Json, thread: str, join_url: str | None) -> bool:
    """Whether this event's join link is the meeting's: the same link, or an old link, which carries the thread."""
    link = (event.get("onlineMeeting") or {}).get("joinUrl")
    if not link:
        return False
    return (join_url is not None and place_of(link) == place_of(join_url)) or thread.casefold() in _unquoted(link)


def place_of(link: str) -> tuple[str, str]:
    """Host and path of a join link: what follows the question mark differs between sources."""
    parts = urlsplit(link.strip())
    return parts.netloc.casefold(), _unquoted(parts.path).rstrip("/")


def _unquoted(text: str) -> str:
    """Without escapes: Graph sends some links escaped twice."""
    return unquote(unquote(text)).casefold()
