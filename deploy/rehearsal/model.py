"""What a tenant is made of: people, groups, meetings, chats and messages."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

from deploy.rehearsal.room import Room
from deploy.rehearsal.seen import EVERYONE

MOST_MESSAGES = 2_000
EVENTFUL = ("Scheduled", "Recurring")


@dataclass(eq=False)
class Person:
    """Somebody: an account of this tenant, one of another's, or nobody's (anonymous: no object id)."""

    name: str
    kind: str
    tenant: str | None
    mri: str
    oid: str | None = None
    mail: str | None = None
    enabled: bool = True
    other_mails: list[str] = field(default_factory=list)
    records: bool = True
    joins: int = 0

    @property
    def key(self) -> str:
        """What `do` and the records call this person."""
        return self.oid or self.name


@dataclass(eq=False)
class Group:
    id: str
    name: str
    mail: str
    members: list[str]


@dataclass(eq=False)
class Message:
    """Something said in a chat; a replacement card is seen by one person only."""

    id: str
    activity: dict[str, Any]
    by_bot: bool
    only_for: Person | None = None
    live: bool = True
    views: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(eq=False)
class Chat:
    """A meeting's chat, a channel, or the 1:1 of one person with the bot."""

    id: str
    kind: str
    installed: bool
    members: dict[str, Person] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    meeting: Meeting | None = None

    def keep(self, message: Message) -> None:
        self.messages[message.id] = message
        if len(self.messages) > MOST_MESSAGES:
            self.messages.pop(next(iter(self.messages)))

    def readers(self, message: Message | None = None) -> list[str]:
        """Who sees it, as the records say it."""
        if message and message.only_for:
            return [message.only_for.key]
        return list(self.members) if self.kind == "personal" else [EVERYONE]


@dataclass(eq=False)
class Meeting:
    thread: str
    id: str
    subject: str
    organizer: Person
    attendees: list[str]
    start: datetime
    end: datetime
    type: str
    calendar: bool
    event_id: str
    options: dict[str, Any] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    listed: list[str] | None = None
    short: bool = False
    going: bool = False
    room: Room = field(default_factory=Room)

    @property
    def present(self) -> dict[str, Person]:
        """Who is in it, each once."""
        return {person.key: person for _, person in self.room.people()}

    @property
    def graph_id(self) -> str:
        return base64.b64encode(f"1*{self.organizer.oid}*0**{self.thread}".encode()).decode()

    @property
    def code(self) -> str:
        """The number people type to join."""
        return str(int(hashlib.sha256(self.thread.encode()).hexdigest(), 16))[:13]

    @property
    def passcode(self) -> str:
        return hashlib.sha256(f"{self.thread} passcode".encode()).hexdigest()[:8]

    @property
    def join_url(self) -> str:
        if self.short:
            return f"https://teams.microsoft.com/meet/{self.code}?p={self.passcode}"
        context = f'{{"Tid":"{self.organizer.tenant}","Oid":"{self.organizer.oid}"}}'
        return f"https://teams.microsoft.com/l/meetup-join/{quote(self.thread, safe='')}/0?context={quote(context, safe='')}"

    @property
    def tells_people(self) -> bool:
        """Teams tells joining and leaving for meetings of the calendar only."""
        return self.type in EVENTFUL

    @property
    def tells_times(self) -> bool:
        return self.tells_people or self.type.startswith("Channel")
