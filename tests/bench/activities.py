"""Meeting events as Teams sends them, ready to be posted: who, when and where differ in each, the rest is made once."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

JOINED = "application/vnd.microsoft.meetingParticipantJoin"
LEFT = "application/vnd.microsoft.meetingParticipantLeave"
STARTED = "application/vnd.microsoft.meetingStart"
ENDED = "application/vnd.microsoft.meetingEnd"

_last = [datetime.now(UTC)]


@dataclass(frozen=True, slots=True)
class Post:
    """Where activities of one tenant go, and with which token."""

    tenant: str
    app_id: str
    service_url: str
    token: str

    def request(self, activity: dict[str, Any]) -> bytes:
        """The whole HTTP request."""
        body = json.dumps(activity).encode()
        head = (
            "POST /api/messages HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            "User-Agent: Microsoft-SkypeBotApi (Microsoft-BotFramework/3.0)\r\n"
            f"Authorization: Bearer {self.token}\r\nContent-Type: application/json; charset=utf-8\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    def event(self, thread: str, name: str, value: dict[str, Any], organizer: str) -> dict[str, Any]:
        """An event of a meeting. No two have the same moment."""
        at = _moment()
        return {
            "name": name,
            "type": "event",
            "timestamp": at,
            "id": f"{at}-{thread[11:24]}",
            "channelId": "msteams",
            "serviceUrl": self.service_url,
            "from": {"id": f"29:{organizer}", "name": "", "aadObjectId": organizer},
            "conversation": {
                "isGroup": True,
                "conversationType": "groupChat",
                "tenantId": self.tenant,
                "id": thread,
            },
            "recipient": {"id": f"28:{self.app_id}", "name": "Schoolgate"},
            "entities": [{"locale": "en-GB", "country": "GB", "platform": "Windows", "type": "clientInfo"}],
            "channelData": {
                "tenant": {"id": self.tenant},
                "source": None,
                "meeting": {"id": meeting_id(thread)},
            },
            "value": value,
            "locale": "en-GB",
            "localTimezone": "Europe/London",
        }

    def start(self, thread: str, organizer: str) -> bytes:
        value = {
            "MeetingType": "Scheduled",
            "Title": "Bench",
            "Id": meeting_id(thread),
            "JoinUrl": f"https://teams.microsoft.com/l/meetup-join/{thread}/0",
            "StartTime": _moment(),
        }
        return self.request(self.event(thread, STARTED, value, organizer))

    def end(self, thread: str, organizer: str) -> bytes:
        value = {"MeetingType": "Scheduled", "Title": "Bench", "Id": meeting_id(thread), "EndTime": _moment()}
        return self.request(self.event(thread, ENDED, value, organizer))

    def moved(self, name: str, thread: str, organizer: str, oid: str, role: str = "Attendee") -> bytes:
        return self.request(self.event(thread, name, self.members([oid], role), organizer))

    def members(self, oids: Sequence[str], role: str) -> dict[str, Any]:
        return {
            "members": [
                {
                    "user": {
                        "tenantId": self.tenant,
                        "objectId": oid,
                        "id": f"29:{oid}",
                        "name": f"Person {oid[:4]}",
                        "aadObjectId": oid,
                    },
                    "meeting": {"inMeeting": True, "role": role},
                }
                for oid in oids
            ]
        }


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson about to begin: its thread, who teaches and who comes."""

    thread: str
    teacher: str
    pupils: tuple[str, ...]

    def opening(self, post: Post) -> Iterator[bytes]:
        """The start, and the teacher coming in."""
        yield post.start(self.thread, self.teacher)
        yield post.moved(JOINED, self.thread, self.teacher, self.teacher, "Organizer")

    def arrivals(self, post: Post) -> Iterator[bytes]:
        """The class coming in, one by one."""
        for pupil in self.pupils:
            yield post.moved(JOINED, self.thread, self.teacher, pupil)

    def closing(self, post: Post) -> bytes:
        return post.end(self.thread, self.teacher)


def meeting_id(thread: str) -> str:
    return b64encode(f"0#{thread}#0".encode()).decode()


def _moment() -> str:
    """Now, and later than any moment before."""
    _last[0] = max(_last[0] + timedelta(microseconds=1), datetime.now(UTC))
    return _last[0].isoformat(timespec="microseconds").replace("+00:00", "Z")
