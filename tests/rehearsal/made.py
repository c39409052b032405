"""The school of the tests: its ids, the body that makes it, and what its bot may say."""

from __future__ import annotations

import uuid
from typing import Any

Json = dict[str, Any]
CONNECTOR = "https://api.botframework.com/.default"
GRAPH = "https://graph.microsoft.com/.default"


def guid(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, name))


PATEL, OKONKWO, ADA, BEN, GUEST = (guid(name) for name in ("patel", "okonkwo", "ada", "ben", "guest"))
STAFF, CLASS, SCHOOL = guid("staff"), guid("3B"), guid("whole school")
TENANT, APP, TEAM = guid("tenant"), guid("app"), guid("team")
THREAD, CHANNEL, MEET_NOW = "19:meeting_maths@thread.v2", "19:safeguarding@thread.tacv2", "19:meeting_now@thread.v2"
AWAY = guid("away")
GRANTS = [
    "User.Read.All",
    "GroupMember.Read.All",
    "Calendars.ReadBasic.All",
    "Mail.Send",
    "OnlineMeetings.Read.All",
    "Chat.ReadBasic.WhereInstalled",
]
DAY = "startDateTime=2026-11-24T00:00:00Z&endDateTime=2026-11-25T00:00:00Z"
HELLO = {"type": "message", "text": "Hello"}


def _user(oid: str, name: str, kind: str = "Member") -> Json:
    mail = f"{name.split()[-1].lower()}@school.example"
    return {"oid": oid, "name": name, "mail": mail, "type": kind}


def body(endpoint: str, **more: Any) -> Json:
    return {
        "app_id": APP,
        "secret": "s3cret",
        "endpoint": endpoint,
        "seed": 7,
        "unkind": {},
        "grants": GRANTS,
        "users": [
            _user(PATEL, "Ms Patel"),
            _user(OKONKWO, "Mrs Okonkwo"),
            _user(ADA, "Ada Lovelace"),
            _user(BEN, "Ben Nevis"),
            _user(GUEST, "Gwen Guest", "Guest"),
        ],
        "groups": [
            {"id": STAFF, "name": "Staff", "members": [PATEL, OKONKWO]},
            {"id": CLASS, "name": "Class 3B", "mail": "3b@school.example", "members": [ADA, BEN]},
            {"id": SCHOOL, "name": "Whole school", "members": [STAFF, CLASS, GUEST]},
        ],
        "team": {"id": TEAM, "channel": CHANNEL},
        "meetings": [
            {
                "thread": THREAD,
                "subject": "3B Maths",
                "organizer": PATEL,
                "attendees": [CLASS, OKONKWO],
                "start": "2026-11-24T09:00:00Z",
                "end": "2026-11-24T09:45:00Z",
                "type": "Recurring",
            },
            {"thread": MEET_NOW, "organizer": PATEL, "type": "MeetNow"},
        ],
        "outsiders": [
            {"name": "iPhone", "kind": "anonymous"},
            {"oid": AWAY, "tenant": guid("other school"), "name": "Far Away", "kind": "federated"},
        ],
    } | more


def card(text: str, *buttons: str, mentions: tuple[tuple[str, str], ...] = ()) -> dict[str, Any]:
    actions = [{"type": "Action.Execute", "title": each, "verb": each.lower(), "data": {"n": 1}} for each in buttons]
    content = {
        "type": "AdaptiveCard",
        "version": "1.5",
        "body": [
            {"type": "TextBlock", "text": text},
            {
                "type": "RichTextBlock",
                "inlines": [{"type": "TextRun", "text": "rich "}, {"type": "TextRun", "text": "words"}],
            },
            {"type": "FactSet", "facts": [{"title": "Since", "value": "09:02"}]},
        ],
        "actions": actions,
        "msteams": {
            "entities": [
                {"type": "mention", "text": f"<at>{name}</at>", "mentioned": {"id": who, "name": name}}
                for who, name in mentions
            ]
        },
    }
    return {
        "type": "message",
        "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "content": content}],
    }


def channel_post(activity: object, channel: str = CHANNEL) -> dict[str, object]:
    data = {"channel": {"id": channel}, "tenant": {"id": TENANT}}
    return {"isGroup": True, "bot": {"id": f"28:{APP}"}, "channelData": data, "activity": activity}


def mail(*addresses: str) -> dict[str, Any]:
    to = [{"emailAddress": {"address": each}} for each in addresses]
    content = {"contentType": "text", "content": "Alert 7"}
    return {"message": {"subject": "Act now", "body": content, "toRecipients": to}, "saveToSentItems": False}
