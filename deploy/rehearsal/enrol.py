"""A tenant made from what the control API was told; ids not told are made from the seed."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from deploy.rehearsal.keys import Key
from deploy.rehearsal.model import Chat, Group, Meeting, Person
from deploy.rehearsal.options import ROLES, Wrong, start_with
from deploy.rehearsal.tenant import Tenant
from deploy.rehearsal.unkind import Unkind

RSC = [
    "OnlineMeeting.ReadBasic.Chat",
    "OnlineMeetingParticipant.Read.Chat",
    "ChatMember.Read.Chat",
    "ChatSettings.Read.Chat",
    "ChannelMeeting.ReadBasic.Group",
]
"""Resource-specific permissions a tenant grants unless told otherwise."""

KINDS = ("Scheduled", "Recurring", "MeetNow", "ChannelScheduled", "ChannelRecurring", "OneToOneCall", "GroupCall")

OTHERS = {"phone": ("4:", "+442079460000"), "bot": ("28:", "")}
"""Outsiders that are no guests: their Teams id's prefix, and the id unless told."""


def enrol(tid: str, body: dict[str, Any], origin: str, key: Key) -> Tenant:
    """The tenant; ValueError or KeyError for what cannot be one."""
    seed = int(body.get("seed", 0))

    def made(what: str) -> str:
        return str(uuid5(NAMESPACE_URL, f"{tid}:{seed}:{what}"))

    team = body.get("team") or {}
    tenant = Tenant(
        id=tid,
        app_id=body["app_id"],
        secret=body["secret"],
        endpoint=body["endpoint"],
        seed=seed,
        unkind=Unkind.of(body.get("unkind")),
        grants=list(body.get("grants", [])),
        rsc=list(body.get("rsc", RSC)),
        service_url=f"{origin}/connector/{tid}/",
        key=key,
        team=team.get("id", made("team")),
        page=body.get("page"),
        policy=bool(body.get("policy", True)),
        declared=body.get("declared"),
        certificate=body.get("certificate"),
    )
    _people(tenant, body, made)
    for each in body.get("groups", []):
        group = _group(each, made)
        tenant.groups[group.id] = group
    _chats(tenant, body, team, made)
    return tenant


def _people(tenant: Tenant, body: dict[str, Any], made: Callable[[str], str]) -> None:
    for each in body.get("users", []):
        oid = str(each.get("oid") or made(f"user {each['name']}")).lower()
        tenant.people[oid] = Person(
            name=each["name"],
            kind=each.get("type", "Member"),
            tenant=tenant.id,
            mri=tenant.mri_of(oid),
            oid=oid,
            mail=each.get("mail"),
            enabled=each.get("enabled", True),
            other_mails=list(each.get("other_mails", [])),
            records=each.get("records", True),
        )
    for each in body.get("outsiders", []):
        person = _outsider(tenant, each, made)
        tenant.people[person.key] = person


def _outsider(tenant: Tenant, each: dict[str, Any], made: Callable[[str], str]) -> Person:
    name = each["name"]
    if each.get("kind") == "federated":
        oid = str(each.get("oid") or made(f"outsider {name}")).lower()
        away = each.get("tenant") or made("elsewhere")
        return Person(name=name, kind="federated", tenant=away, mri=tenant.mri_of(oid), oid=oid)
    if each.get("kind") in OTHERS:
        prefix, usual = OTHERS[each["kind"]]
        return Person(name=name, kind=each["kind"], tenant=None, mri=f"{prefix}{each.get('id') or usual or made(name)}")
    mri = each.get("id") or f"8:teamsvisitor:{made(f'visitor {name} 0').replace('-', '')}"
    return Person(name=name, kind="anonymous", tenant=None, mri=mri)


def _group(each: dict[str, Any], made: Callable[[str], str]) -> Group:
    slug = re.sub(r"[^a-z0-9]+", ".", each["name"].lower()).strip(".")
    gid = str(each.get("id") or made(f"group {each['name']}")).lower()
    members = [str(one).lower() for one in each.get("members", [])]
    return Group(gid, each["name"], each.get("mail") or f"{slug}.group@school.example", members)


def _chats(tenant: Tenant, body: dict[str, Any], team: dict[str, Any], made: Callable[[str], str]) -> None:
    if channel := team.get("channel"):
        members = [str(one).lower() for one in team.get("members", [])]
        inside = {p.key: p for p in tenant.accounts() if not members or p.key in members}
        tenant.chats[channel] = Chat(channel, "channel", team.get("installed", True), inside)
    for number, each in enumerate(body.get("meetings", [])):
        meeting = _meeting(tenant, each, number, made)
        _set(meeting, each, wizard=bool(body.get("wizard")))
        kind = "channel" if meeting.type.startswith("Channel") else "meeting"
        chat = tenant.chats.setdefault(meeting.thread, Chat(meeting.thread, kind, each.get("installed", True)))
        chat.meeting = meeting
        chat.members |= tenant.invited(meeting)
    if "personal" in body:
        for person in tenant.accounts():
            tenant.personal(person).installed = person.oid in body["personal"]


def _meeting(tenant: Tenant, each: dict[str, Any], number: int, made: Callable[[str], str]) -> Meeting:
    thread = each.get("thread") or f"19:meeting_{made(f'meeting {number}').replace('-', '')}@thread.v2"
    kind = each.get("type", "Scheduled")
    if kind not in KINDS:
        raise ValueError(f"a meeting's type is one of {', '.join(KINDS)}")
    organizer = tenant.person(each["organizer"])
    if organizer is None:
        raise ValueError(f"nobody is {each['organizer']}, the organizer of {thread}")
    start = moment(each.get("start")) or datetime.now(UTC)
    return Meeting(
        thread=thread,
        id=each.get("id") or base64.b64encode(f"0#{thread}#0".encode()).decode(),
        subject=each.get("subject", "Meeting"),
        organizer=organizer,
        attendees=[str(one).lower() for one in each.get("attendees", [])],
        start=start,
        end=moment(each.get("end")) or start + timedelta(minutes=45),
        type=kind,
        calendar=bool(each.get("calendar", kind not in ("MeetNow", "OneToOneCall", "GroupCall"))),
        event_id=f"AAMk{base64.urlsafe_b64encode(made(f'event {thread}').encode()).decode()}",
    )


def _set(meeting: Meeting, each: dict[str, Any], *, wizard: bool) -> None:
    """Its options, the roles of those invited, and which kind of link it has."""
    roles = {str(oid).lower(): role for oid, role in (each.get("roles") or {}).items()}
    if strange := set(roles.values()) - set(ROLES):
        raise ValueError(f"a role is one of {', '.join(ROLES)}, not {', '.join(sorted(strange))}")
    try:
        meeting.options = start_with(each.get("options") or {}, wizard=wizard)
    except Wrong as error:
        raise ValueError(str(error)) from None
    meeting.roles = roles
    meeting.short = each.get("link") == "short"


def moment(said: str | None) -> datetime | None:
    """A time as told, in UTC."""
    if not said:
        return None
    told = datetime.fromisoformat(said)
    return (told if told.tzinfo else told.replace(tzinfo=UTC)).astimezone(UTC)
