"""One school's tenant as Microsoft holds it: who and what is in it, and how well Microsoft works today."""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from deploy.rehearsal.keys import Key
from deploy.rehearsal.limits import Limits
from deploy.rehearsal.model import Chat, Group, Meeting, Person
from deploy.rehearsal.seen import Seen
from deploy.rehearsal.unkind import Unkind

if TYPE_CHECKING:
    from deploy.rehearsal.calling import BotCall
    from deploy.rehearsal.deliver import Post

BOT_NAME = "Schoolgate"


@dataclass(eq=False)
class Tenant:
    id: str
    app_id: str
    secret: str
    endpoint: str
    seed: int
    unkind: Unkind
    grants: list[str]
    rsc: list[str]
    service_url: str
    key: Key
    team: str
    page: int | None = None
    policy: bool = True
    declared: list[str] | None = None
    certificate: str | None = None
    people: dict[str, Person] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    chats: dict[str, Chat] = field(default_factory=dict)
    switches: dict[str, str] = field(default_factory=dict)
    seen: Seen = field(default_factory=Seen)
    limits: Limits = field(default_factory=Limits)
    acts: int = 0
    notices: int = 0
    calls: dict[str, BotCall] = field(default_factory=dict)
    subscriptions: dict[str, dict[str, Any]] = field(default_factory=dict)
    calling_key: Key | None = None
    post: Post | None = None
    _last_id: int = 0

    @property
    def bot(self) -> str:
        return f"28:{self.app_id}"

    def mri_of(self, oid: str) -> str:
        """Teams' own id of an account, another one for every bot."""
        digest = hashlib.sha256(f"{self.app_id}:{oid}".encode()).digest()
        return "29:1" + base64.urlsafe_b64encode(digest * 2).decode().rstrip("=")

    def next_id(self) -> str:
        """An activity id: milliseconds, never twice the same."""
        self._last_id = max(self._last_id + 1, int(time.time() * 1000))
        return str(self._last_id)

    def is_on(self, part: str) -> str:
        return self.switches.get(part, "ok")

    def person(self, name: str) -> Person | None:
        """Somebody by object id, Teams id, or (outsiders) name."""
        found = self.people.get(name) or self.people.get(name.lower())
        outside = ("anonymous", "federated")
        others = (p for p in self.people.values() if p.mri == name or (p.kind in outside and p.name == name))
        return found or next(others, None)

    def accounts(self) -> Iterator[Person]:
        """The directory's users: members and guests."""
        return (p for p in self.people.values() if p.kind in ("Member", "Guest"))

    def within(self, group: str, *, deep: bool = True) -> list[Person | Group]:
        """What is in a group; `deep` with what is in the groups inside it, each once."""
        found: dict[str, Person | Group] = {}
        waiting = list(self.groups[group].members)
        while waiting:
            one = waiting.pop(0)
            member = self.people.get(one) or self.groups.get(one)
            if member is None or one in found:
                continue
            found[one] = member
            if deep and isinstance(member, Group):
                waiting += member.members
        return list(found.values())

    def invited(self, meeting: Meeting) -> dict[str, Person]:
        """Organiser and attendees, groups expanded, as Teams puts them into the meeting's chat."""
        found = {meeting.organizer.key: meeting.organizer}
        for each in meeting.attendees:
            members = self.within(each) if each in self.groups else [self.people.get(each)]
            found |= {p.key: p for p in members if isinstance(p, Person)}
        return found | {key: self.people[key] for key in meeting.listed or () if key in self.people}

    def chat(self, conversation: str) -> Chat | None:
        """A chat by its id, with or without the channel post it is about."""
        return self.chats.get(conversation.partition(";")[0])

    def meetings(self) -> Iterator[Meeting]:
        return (chat.meeting for chat in self.chats.values() if chat.meeting)

    def personal(self, person: Person) -> Chat:
        """The 1:1 of this person with the bot, whether anything was said in it or not."""
        digest = hashlib.sha256(f"{self.id}:{person.key}:personal".encode()).digest()
        made = f"a:1{base64.urlsafe_b64encode(digest * 2).decode().rstrip('=')}"
        return self.chats.setdefault(made, Chat(made, "personal", True, {person.key: person}))
