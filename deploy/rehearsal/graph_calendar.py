"""Graph's calendars and mail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from deploy.rehearsal.answers import Refused
from deploy.rehearsal.enrol import moment
from deploy.rehearsal.graph_people import account
from deploy.rehearsal.model import Meeting, Person
from deploy.rehearsal.odata import Asked, Json
from deploy.rehearsal.tenant import Tenant

Answer = tuple[int, Json | None]
WEEKS = (-1, 0, 1)
_ZONE = re.compile(r'outlook\.timezone\s*=\s*"([^"]+)"', re.IGNORECASE)


def _zone(asked: Asked) -> tuple[tzinfo, str]:
    prefer = {key.lower(): value for key, value in asked.headers.items()}.get("prefer", "")
    said = _ZONE.search(prefer)
    name = said[1] if said else "UTC"
    try:
        return (UTC if name == "UTC" else ZoneInfo(name)), name
    except (ZoneInfoNotFoundError, ValueError):
        raise Refused(400, "TimeZoneNotSupportedException", f"A valid time zone was not found: {name}.") from None


def _time(when: datetime, zone: tuple[tzinfo, str]) -> Json:
    local = when.astimezone(zone[0]).replace(tzinfo=None)
    return {"dateTime": f"{local.isoformat(timespec='seconds')}.0000000", "timeZone": zone[1]}


def _address(tenant: Tenant, who: str) -> Json:
    """An attendee as the calendar holds one: a person's, a group's or anybody's address."""
    if group := tenant.groups.get(who):
        return {"name": group.name, "address": group.mail}
    if person := tenant.people.get(who):
        return {"name": person.name, "address": person.mail or f"{person.key}@elsewhere.example"}
    return {"name": who, "address": who}


def as_event(tenant: Tenant, person: Person, meeting: Meeting, kind: str, week: int, zone: tuple[tzinfo, str]) -> Json:
    """The event of a meeting in somebody's calendar; of a series its master, or the occurrence of a week."""
    shift = timedelta(weeks=week)
    none = {"response": "none", "time": "0001-01-01T00:00:00Z"}
    attendees = [
        {"type": "required", "status": none, "emailAddress": _address(tenant, who)} for who in meeting.attendees
    ]
    single = kind in ("singleInstance", "seriesMaster")
    return {
        "id": meeting.event_id if single else f"{meeting.event_id}.{week + 1}",
        "subject": meeting.subject,
        "bodyPreview": "",
        "iCalUId": f"040000008200E{meeting.event_id[-24:]}",
        "type": kind,
        "seriesMasterId": meeting.event_id if kind == "occurrence" else None,
        "isAllDay": False,
        "isCancelled": False,
        "isOrganizer": meeting.organizer is person,
        "isOnlineMeeting": True,
        "onlineMeetingProvider": "teamsForBusiness",
        "onlineMeeting": {"joinUrl": meeting.join_url},
        "onlineMeetingUrl": None,
        "start": _time(meeting.start + shift, zone),
        "end": _time(meeting.end + shift, zone),
        "organizer": {"emailAddress": _address(tenant, meeting.organizer.key)},
        "attendees": attendees,
    }


def _in_calendar(tenant: Tenant, person: Person) -> Iterator[Meeting]:
    for meeting in tenant.meetings():
        if meeting.calendar and person.key in tenant.invited(meeting):
            yield meeting


def _recurs(meeting: Meeting) -> bool:
    return meeting.type.endswith("Recurring")


def events(tenant: Tenant, asked: Asked) -> Answer:
    """Single events and the masters of series."""
    person, zone = account(tenant, asked.path[1]), _zone(asked)
    kinds = {True: "seriesMaster", False: "singleInstance"}
    found = [as_event(tenant, person, m, kinds[_recurs(m)], 0, zone) for m in _in_calendar(tenant, person)]
    return 200, asked.page([asked.select(each) for each in found], 10, tenant.page, 1000)


def event(tenant: Tenant, asked: Asked) -> Answer:
    person, zone = account(tenant, asked.path[1]), _zone(asked)
    for meeting in _in_calendar(tenant, person):
        kind = "seriesMaster" if _recurs(meeting) else "singleInstance"
        shapes = [as_event(tenant, person, meeting, kind, 0, zone)]
        if _recurs(meeting):
            shapes += [as_event(tenant, person, meeting, "occurrence", week, zone) for week in WEEKS]
        for shape in shapes:
            if shape["id"] == asked.path[3]:
                return 200, asked.select(shape)
    raise Refused(404, "ErrorItemNotFound", "The specified object was not found in the store.")


def view(tenant: Tenant, asked: Asked) -> Answer:
    """What is planned between two times: single events, and the occurrences of series."""
    person, zone = account(tenant, asked.path[1]), _zone(asked)
    try:
        start, end = moment(asked.query.get("startDateTime")), moment(asked.query.get("endDateTime"))
    except ValueError:
        raise Refused(400, "ErrorInvalidParameter", "The startDateTime or endDateTime is not a time.") from None
    if start is None or end is None:
        words = "This request requires a time window specified by the query string parameters StartDateTime and EndDateTime."
        raise Refused(400, "ErrorInvalidRequest", words)
    found = [as_event(tenant, person, *what, zone) for what in _planned(tenant, person, start, end)]
    return 200, asked.page([asked.select(each) for each in found], 10, tenant.page, 1000)


def _planned(tenant: Tenant, person: Person, start: datetime, end: datetime) -> Iterator[tuple[Meeting, str, int]]:
    for meeting in _in_calendar(tenant, person):
        for week in WEEKS if _recurs(meeting) else (0,):
            shift = timedelta(weeks=week)
            if meeting.start + shift < end and meeting.end + shift > start:
                yield meeting, "occurrence" if _recurs(meeting) else "singleInstance", week


def send_mail(tenant: Tenant, asked: Asked) -> Answer:
    sender = account(tenant, asked.path[1])
    if not sender.mail:
        words = "The mailbox is either inactive, soft-deleted, or is hosted on-premise."
        raise Refused(404, "MailboxNotEnabledForRESTAPI", words)
    body = asked.body if isinstance(asked.body, dict) else {}
    # the metadata names it Message, and so the SDK writes it; the pages write message; Graph takes either
    message = body.get("Message", body.get("message"))
    if not isinstance(message, dict):
        raise Refused(400, "ErrorInvalidParameter", "The parameter Message is required.")
    addresses = [_to(each) for each in message.get("toRecipients") or []]
    if not addresses or not all(addresses):
        raise Refused(400, "ErrorInvalidRecipients", "At least one recipient isn't valid.")
    inner = message.get("body")
    content = inner.get("content", "") if isinstance(inner, dict) else ""
    known = {person.mail.lower(): person.key for person in tenant.accounts() if person.mail}
    tenant.seen.note(
        "mail",
        to=[known.get(address.lower(), address) for address in addresses],
        text=f"{message.get('subject', '')}\n{content}",
        buttons=[],
        sender=sender.key,
        status=202,
        raw=asked.body,
    )
    return 202, None


def _to(recipient: Any) -> str:
    found = recipient.get("emailAddress") if isinstance(recipient, dict) else None
    address = found.get("address") if isinstance(found, dict) else None
    return address if isinstance(address, str) and "@" in address else ""
