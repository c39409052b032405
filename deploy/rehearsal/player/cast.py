"""The cast of one lesson: everybody's and everything's id, Microsoft's side of them, and the school.toml."""

import json
import re
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from deploy.rehearsal.player.lesson import Lesson, Meeting, Person

OFFICES = ("clt", "safeguarding_leads", "head", "administrator", "it")
OUTSIDE = ("anonymous", "federated", "phone")
ROLES = ("staff", "pupils", *OFFICES)
GRANTS = [
    "User.Read.All",
    "GroupMember.Read.All",
    "Calendars.ReadBasic.All",
    "Mail.Send",
    "OnlineMeetings.Read.All",
    "Chat.ReadBasic.WhereInstalled",
]
GUARD = [
    "OnlineMeetings.ReadWrite.All",
    "AppCatalog.Read.All",
    "TeamsAppInstallation.ReadWriteAndConsentSelfForChat.All",
]
MORE_GRANTS: dict[str, list[str]] = {"watch": [], "guard": GUARD, "remove": [*GUARD, "Calls.JoinGroupCall.All"]}


class Cast:
    """Who is who in one lesson's own tenant."""

    def __init__(self, slug: str, lesson: Lesson) -> None:
        self.slug, self.lesson = slug, lesson
        self.tenant, self.app_id = self._id("tenant"), self._id("app")
        self.secret = f"secret-{self._id('secret')}"
        self.channel = f"19:safeguarding-{slug}@thread.tacv2"

    def _id(self, what: str) -> str:
        return str(uuid5(NAMESPACE_URL, f"schoolgate-lesson:{self.slug}:{what}"))

    def oid(self, name: str) -> str:
        return self._id(f"person:{name}")

    def group(self, name: str) -> str:
        return self._id(f"group:{name}")

    def thread(self, name: str) -> str:
        letters = re.sub(r"[^a-z0-9]", "", name.lower())
        return f"19:meeting_{letters}{self._id('thread:' + name)[:8]}@thread.v2"

    def chat(self, name: str | None) -> str:
        """The chat a step means: a meeting's thread, the channel, or the 1:1 with the bot."""
        if name == "personal":
            return name
        return self.channel if name == "channel" else self.thread(name or self.lesson.meeting[0].name)

    def in_play(self, name: str) -> str:
        """What the rehearsal calls this person in an act: object id, or the name of someone without one."""
        if name == "bot" or self.lesson.people[name].kind in OUTSIDE:
            return name
        return self.oid(name)

    @cached_property
    def members(self) -> dict[str, list[str]]:
        """Names by group: the school's seven roles and one group a class."""
        people = self.lesson.people
        groups = {role: [n for n, p in people.items() if role in p.roles] for role in ROLES}
        groups["staff"] = self.lesson.named("staff")
        groups["pupils"] = self.lesson.named("pupil")
        for name in self.lesson.classes:
            groups[f"class {name}"] = [n for n, p in people.items() if p.of_class == name]
        return groups

    @cached_property
    def names(self) -> dict[str, str]:
        """Every id an adult might meet in the bot's log, and what the lesson calls it."""
        known = {self.oid(name): name for name in self.lesson.people}
        known |= {self.group(name): name for name in self.members}
        known |= {self.thread(meeting.name): meeting.name for meeting in self.lesson.meeting}
        return known | {self.channel: "the safeguarding channel", self.tenant: "the school"}

    def tenant_body(self, endpoint: str, now: datetime) -> dict[str, Any]:
        people = self.lesson.people
        inside = {n: p for n, p in people.items() if p.kind in ("staff", "pupil", "guest")}
        outside = {n: p for n, p in people.items() if n not in inside}
        return {
            "app_id": self.app_id,
            "secret": self.secret,
            "endpoint": endpoint,
            "seed": self.lesson.seed,
            "unkind": self.lesson.unkind,
            "grants": [*GRANTS, *MORE_GRANTS[self.lesson.tier]],
            "wizard": self.lesson.wizard,
            "users": [self._user(name, person) for name, person in inside.items()],
            "groups": [
                {"id": self.group(name), "name": name, "members": [self.oid(each) for each in members]}
                for name, members in self.members.items()
            ],
            "team": {"id": self._id("team"), "channel": self.channel, "members": self._office()},
            "meetings": [self._meeting(meeting, now) for meeting in self.lesson.meeting],
            "outsiders": [self._outsider(name, person) for name, person in outside.items()],
        }

    def _office(self) -> list[str]:
        """The safeguarding channel's members: everybody with an office, and nobody else."""
        return [self.oid(name) for name, person in self.lesson.people.items() if person.roles]

    def _user(self, name: str, person: Person) -> dict[str, Any]:
        kind = "Guest" if person.kind == "guest" else "Member"
        mail = re.sub(r"[^a-z]+", ".", name.lower()).strip(".") + "@school.example"
        return {"oid": self.oid(name), "name": name, "mail": mail, "type": kind}

    def _outsider(self, name: str, person: Person) -> dict[str, Any]:
        if person.kind in ("anonymous", "phone"):
            return {"name": name, "kind": person.kind}
        away = {"oid": self.oid(name), "tenant": self._id("elsewhere")}
        return {"name": name, "kind": "federated"} | away

    def _meeting(self, meeting: Meeting, now: datetime) -> dict[str, Any]:
        start = now + timedelta(minutes=meeting.starts)
        invited = [self.group(n) if n in self.members else self.oid(n) for n in meeting.invited]
        return {
            "thread": self.thread(meeting.name),
            "subject": meeting.name,
            "organizer": self.oid(meeting.organizer),
            "attendees": invited,
            "start": start.astimezone(UTC).isoformat(),
            "end": (start + timedelta(minutes=meeting.minutes)).astimezone(UTC).isoformat(),
            "type": meeting.kind,
            "installed": meeting.installed,
            "calendar": meeting.calendar,
            "options": meeting.options,
            "roles": {self.oid(name): role for name, role in meeting.roles.items()},
        }

    def school_toml(self) -> str:
        """That lesson's school.toml: its own choices, and the ids that only the player knows."""
        school = {"name": "Larkfield Primary", "timezone": "Europe/London", "tier": self.lesson.tier}
        tables: dict[str, Any] = {
            "school": school,
            "groups": {role: self.group(role) for role in ROLES},
            "channels": {"safeguarding": self.channel},
            "class": [
                {
                    "name": name,
                    "group": self.group(f"class {name}"),
                    "age_band": self.lesson.ages.get(name, "ks2"),
                }
                for name in self.lesson.classes
            ],
        }
        for name, table in self.lesson.school_toml.items():
            tables[name] = tables.get(name, {}) | table
        return "\n".join(_table(name, table) for name, table in tables.items())


def _table(name: str, table: dict[str, Any] | list[dict[str, Any]]) -> str:
    many = isinstance(table, list)
    rows = table if isinstance(table, list) else [table]
    header = f"[[{name}]]" if many else f"[{name}]"
    return "\n".join(f"{header}\n" + "".join(f"{k} = {_value(v)}\n" for k, v in row.items()) for row in rows)


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_value(each)}" for key, each in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_value(each) for each in value) + "]"
    # JSON's strings, numbers and booleans are TOML's too.
    return json.dumps(value, ensure_ascii=False)
