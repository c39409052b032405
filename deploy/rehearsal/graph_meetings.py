"""Graph's online meetings: found by link or number, read, and their options changed."""

from __future__ import annotations

import copy
import re
from typing import Any

from deploy.rehearsal.answers import Refused
from deploy.rehearsal.enrol import moment
from deploy.rehearsal.graph_people import account
from deploy.rehearsal.model import Meeting, Person
from deploy.rehearsal.odata import Asked, Json
from deploy.rehearsal.options import ROLES, Wrong, check
from deploy.rehearsal.setting import change
from deploy.rehearsal.tenant import Tenant
from deploy.rehearsal.wire import stamp

Answer = tuple[int, Json | None]
_BY = re.compile(r"\s*(JoinWebUrl|joinMeetingIdSettings/joinMeetingId)\s+eq\s+'((?:[^']|'')*)'\s*", re.IGNORECASE)
PLANNED = ("subject", "startDateTime", "endDateTime", "participants")
"""What only the organiser's plan says; a running meeting goes on as it was."""


def _may(tenant: Tenant) -> None:
    """An administrator's access policy, besides the permission."""
    if not tenant.policy or tenant.is_on("access_policy") == "missing":
        raise Refused(403, "Forbidden", "No Application Access Policy found for this app.")


def _identity(person: Person) -> Json:
    who = {"id": person.oid, "displayName": None}
    return {"application": None, "device": None, "user": who}


def _attendee(meeting: Meeting, person: Person) -> Json:
    role = meeting.roles.get(person.key, "attendee")
    return {"upn": person.mail, "role": role, "identity": _identity(person)}


def as_meeting(tenant: Tenant, meeting: Meeting) -> Json:
    host = meeting.organizer
    where = f"organizerId={host.oid}&tenantId={host.tenant}&threadId={meeting.thread.replace(':', '_')}&messageId=0"
    keys = tenant.invited(meeting) if meeting.listed is None else meeting.listed
    attendees = [tenant.people[key] for key in keys if key != host.key]
    return {
        "id": meeting.graph_id,
        "subject": meeting.subject,
        "creationDateTime": stamp(meeting.start),
        "startDateTime": stamp(meeting.start),
        "endDateTime": stamp(meeting.end),
        "joinWebUrl": meeting.join_url,
        "meetingOptionsWebUrl": f"https://teams.microsoft.com/meetingOptions/?{where}&language=en-GB",
        "joinMeetingIdSettings": {
            "isPasscodeRequired": True,
            "joinMeetingId": meeting.code,
            "passcode": meeting.passcode,
        },
        "chatInfo": {"threadId": meeting.thread, "messageId": "0", "replyChainMessageId": None},
        "participants": {
            "organizer": {"upn": host.mail, "role": "presenter", "identity": _identity(host)},
            "attendees": [_attendee(meeting, person) for person in attendees if person.oid],
        },
    } | copy.deepcopy(meeting.options)


def _of(tenant: Tenant, person: Person) -> list[Meeting]:
    """Meetings this person organises, or co-organises."""
    mine = (m for m in tenant.meetings() if m.organizer is person or m.roles.get(person.key) == "coorganizer")
    return list(mine)


def online_meetings(tenant: Tenant, asked: Asked) -> Answer:
    """The one with a join link or number: there is no list of all."""
    person = account(tenant, asked.path[1])
    _may(tenant)
    wanted = _BY.fullmatch(asked.query.get("$filter", ""))
    if wanted is None:
        raise Refused(400, "InvalidArgument", "Filter expression expected: JoinWebUrl eq '...'.")
    value = wanted[2].replace("''", "'")
    by_link = wanted[1].lower() == "joinweburl"
    found = [m for m in _of(tenant, person) if (m.join_url if by_link else m.code) == value]
    if not found:
        raise Refused(404, "NotFound", "No meeting found.")
    return 200, {"value": [as_meeting(tenant, meeting) for meeting in found]}


def _meeting(tenant: Tenant, asked: Asked) -> Meeting:
    person = account(tenant, asked.path[1])
    _may(tenant)
    for meeting in _of(tenant, person):
        if meeting.graph_id == asked.path[3]:
            return meeting
    raise Refused(404, "NotFound", "Meeting not found.")


def online_meeting(tenant: Tenant, asked: Asked) -> Answer:
    return 200, asked.select(as_meeting(tenant, _meeting(tenant, asked)))


def update(tenant: Tenant, asked: Asked) -> Answer:
    """A PATCH: all of it or nothing."""
    meeting = _meeting(tenant, asked)
    if not isinstance(asked.body, dict):
        raise bad("The request body must be an object.")
    said = {key: value for key, value in asked.body.items() if "@odata" not in key}
    planned = {key: said.pop(key) for key in PLANNED if key in said}
    try:
        changes = check(said)
    except Wrong as error:
        raise bad(str(error)) from None
    guests = _attendees(tenant, meeting, planned)
    if changes.get("allowedPresenters") == "roleIsPresenter" and guests is None:
        raise bad("allowedPresenters 'roleIsPresenter' needs the full list of attendees with their roles.")
    _plan(meeting, planned, guests)
    change(tenant, meeting, changes, by="bot")
    return 200, as_meeting(tenant, meeting)


def bad(why: str) -> Refused:
    return Refused(400, "BadRequest", why)


def _attendees(tenant: Tenant, meeting: Meeting, planned: Json) -> dict[str, str] | None:
    """The full list of attendees with their roles, if the PATCH brings one."""
    if "participants" not in planned:
        return None
    said = planned["participants"]
    if not isinstance(said, dict):
        raise bad("The property 'participants' must be an object.")
    if said.get("organizer") and _whom(tenant, said["organizer"]) is not meeting.organizer:
        raise bad("The organizer cannot be changed.")
    found: dict[str, str] = {}
    for each in said.get("attendees") or []:
        person, role = _whom(tenant, each), each.get("role") or "attendee"
        if role not in ROLES:
            raise bad(f"Invalid value '{role}' of the property 'role'.")
        if person is not None and person is not meeting.organizer:
            found[person.key] = role
    return found


def _whom(tenant: Tenant, said: Any) -> Person | None:
    """An account in a list of participants, by object id or address."""
    if not isinstance(said, dict):
        raise bad("A participant must be an object.")
    user = (said.get("identity") or {}).get("user") or {}
    wanted = str(user.get("id") or said.get("upn") or "").lower()
    return next((p for p in tenant.accounts() if wanted and wanted in (p.oid, (p.mail or "").lower())), None)


def _plan(meeting: Meeting, planned: Json, guests: dict[str, str] | None) -> None:
    try:
        start, end = moment(planned.get("startDateTime")), moment(planned.get("endDateTime"))
    except (ValueError, TypeError):
        raise bad("startDateTime or endDateTime is not a time.") from None
    meeting.start, meeting.end = start or meeting.start, end or meeting.end
    meeting.subject = str(planned.get("subject") or meeting.subject)
    if guests is not None:
        meeting.roles, meeting.listed = guests, list(guests)
