"""Which application permission a Graph call needs, as Microsoft publishes it: all of the outer, any of the inner."""

from __future__ import annotations

from deploy.rehearsal.answers import Refused
from deploy.rehearsal.odata import Asked

Needs = tuple[frozenset[str], ...]


def _any(*names: str) -> frozenset[str]:
    return frozenset(names)


DIRECTORY = _any("Directory.Read.All", "Directory.ReadWrite.All")
USERS = _any("User.Read.All", "User.ReadWrite.All") | DIRECTORY
BASIC_USERS = USERS | _any("User.ReadBasic.All")
GROUPS = _any("GroupMember.Read.All", "GroupMember.ReadWrite.All", "Group.Read.All", "Group.ReadWrite.All") | DIRECTORY
CALENDAR = _any("Calendars.ReadBasic.All", "Calendars.Read", "Calendars.ReadWrite")
MAIL = _any("Mail.Send")
MEETINGS = _any("OnlineMeetings.Read.All", "OnlineMeetings.ReadWrite.All")
CHANGE_MEETINGS = _any("OnlineMeetings.ReadWrite.All")
JOIN = _any("Calls.JoinGroupCall.All", "Calls.JoinGroupCallAsGuest.All", "Calls.JoinGroupCalls.Chat")
HANDS = _any("Calls.JoinGroupCall.All", "Calls.JoinGroupCallAsGuest.All")
CATALOGUE = _any("AppCatalog.Read.All", "AppCatalog.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All")
PLACING = _any(
    "TeamsAppInstallation.ReadWriteAndConsentSelfForChat.All",
    "TeamsAppInstallation.ReadWriteAndConsentForChat.All",
)
CHAT = _any(
    "Chat.ReadBasic.All",
    "Chat.Read.All",
    "Chat.ReadWrite.All",
    "Chat.ReadBasic.WhereInstalled",
    "Chat.Read.WhereInstalled",
    "Chat.ReadWrite.WhereInstalled",
    "Chat.Manage.Chat",
    "ChatSettings.Read.Chat",
    "ChatSettings.ReadWrite.Chat",
)
CHAT_MEMBERS = _any(
    "ChatMember.Read.All",
    "ChatMember.ReadWrite.All",
    "ChatMember.Read.WhereInstalled",
    "ChatMember.ReadWrite.WhereInstalled",
    "Chat.ReadBasic.All",
    "Chat.Read.All",
    "Chat.ReadWrite.All",
    "Chat.ReadBasic.WhereInstalled",
    "Chat.Read.WhereInstalled",
    "Chat.ReadWrite.WhereInstalled",
    "Chat.Manage.Chat",
    "ChatMember.Read.Chat",
)

NEEDS: dict[str, Needs] = {
    "GET /users": (BASIC_USERS,),
    "GET /users/{id}": (BASIC_USERS,),
    "POST /users/{id}/checkMemberGroups": (BASIC_USERS, GROUPS),
    "GET /users/{id}/events": (CALENDAR,),
    "GET /users/{id}/events/{id}": (CALENDAR,),
    "GET /users/{id}/calendarView": (CALENDAR,),
    "POST /users/{id}/sendMail": (MAIL,),
    "GET /users/{id}/onlineMeetings": (MEETINGS,),
    "GET /users/{id}/onlineMeetings/{id}": (MEETINGS,),
    "GET /groups": (GROUPS,),
    "GET /groups/{id}": (GROUPS,),
    "GET /groups/{id}/members": (GROUPS,),
    "GET /groups/{id}/transitiveMembers": (GROUPS,),
    "GET /chats/{id}": (CHAT,),
    "GET /chats/{id}/members": (CHAT_MEMBERS,),
    "GET /subscriptions": (CALENDAR,),
    "POST /subscriptions": (CALENDAR,),
    "PATCH /subscriptions/{id}": (CALENDAR,),
    "GET /appCatalogs/teamsApps": (CATALOGUE,),
    "POST /chats/{id}/installedApps": (PLACING,),
    "PATCH /users/{id}/onlineMeetings/{id}": (CHANGE_MEETINGS,),
    "POST /communications/calls": (JOIN,),
    # Looked at when the call is made, and not again.
    "GET /communications/calls/{id}": (),
    "DELETE /communications/calls/{id}": (),
    "POST /communications/calls/{id}/keepAlive": (),
    "GET /communications/calls/{id}/participants": (),
    "GET /communications/calls/{id}/participants/{id}": (),
    "DELETE /communications/calls/{id}/participants/{id}": (HANDS,),
    "POST /communications/calls/{id}/participants/{id}/mute": (HANDS,),
}
"""What is not here is not played."""

_OUTLOOK = ("events", "calendarView", "sendMail")


def allow(call: str, asked: Asked, here: list[str]) -> None:
    """Refuse what the token's roles, and those granted for this chat (`here`), do not allow."""
    held = {*asked.roles, *here}
    if all(needed & held for needed in NEEDS[call]):
        return
    if call.split("/")[-1] in _OUTLOOK or "/events" in call:
        raise Refused(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")
    if "/communications" in call:
        raise Refused(403, "7504", "Insufficient enterprise tenant permissions, cannot access this API.")
    if "/chats" in call or "/onlineMeetings" in call:
        wanted = ", ".join(sorted(NEEDS[call][0]))
        raise Refused(403, "Forbidden", f"Missing role permissions on the request. API requires one of '{wanted}'.")
    raise Refused(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
