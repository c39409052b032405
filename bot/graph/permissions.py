"""The Graph calls Schoolgate makes, and the application permission that each needs: the one we ask for first.

What a school consents to in each tier stands in bot/tiers.py; a test holds the two together.
"""

from __future__ import annotations

from enum import StrEnum

from bot.tiers import in_order, resting_on


class Call(StrEnum):
    """A call, as method and path: what permissions, troubles and log lines are told by (never by ids or addresses)."""

    USER = "GET /users/{id}"
    MEMBERSHIP = "POST /users/{id}/checkMemberGroups"
    MEMBERS = "GET /groups/{id}/transitiveMembers"
    FIND_USERS = "GET /users"
    FIND_GROUPS = "GET /groups"
    CALENDAR = "GET /users/{id}/calendarView"
    EVENT = "GET /users/{id}/events/{id}"
    CHAT = "GET /chats/{id}"
    SEND_MAIL = "POST /users/{id}/sendMail"
    MEETING = "GET /users/{id}/onlineMeetings/{id}"
    FIND_MEETINGS = "GET /users/{id}/onlineMeetings"
    CHANGE_MEETING = "PATCH /users/{id}/onlineMeetings/{id}"
    SUBSCRIPTIONS = "GET /subscriptions"
    SUBSCRIBE = "POST /subscriptions"
    RENEW = "PATCH /subscriptions/{id}"
    CATALOGUE = "GET /appCatalogs/teamsApps"
    PLACE = "POST /chats/{id}/installedApps"
    JOIN = "POST /communications/calls"
    ROSTER = "GET /communications/calls/{id}/participants"
    KEEP = "POST /communications/calls/{id}/keepAlive"
    LEAVE = "DELETE /communications/calls/{id}"
    MUTE = "POST /communications/calls/{id}/participants/{id}/mute"
    REMOVE = "DELETE /communications/calls/{id}/participants/{id}"


_CHANGES_MEETINGS = (("OnlineMeetings.ReadWrite.All",),)
# changing needs it, and who may change may read
_READS_MEETINGS = (("OnlineMeetings.ReadWrite.All", "OnlineMeetings.Read.All"),)
_IN_CALLS = (("Calls.JoinGroupCall.All",),)
# Microsoft's table names the second, its pages say that only joining is checked
_IN_CALLS_ALREADY = (("Calls.JoinGroupCall.All", "Calls.Initiate.All"),)


NEEDS: dict[Call, tuple[tuple[str, ...], ...]] = {
    # userType and accountEnabled are not among the properties that User.ReadBasic.All shows
    Call.USER: (("User.Read.All",),),
    Call.MEMBERSHIP: (("User.Read.All",), ("GroupMember.Read.All",)),
    Call.MEMBERS: (("GroupMember.Read.All",), ("User.Read.All",)),
    Call.FIND_USERS: (("User.Read.All",),),
    Call.FIND_GROUPS: (("GroupMember.Read.All",),),
    Call.CALENDAR: (("Calendars.ReadBasic.All",),),
    Call.EVENT: (("Calendars.ReadBasic.All",),),
    # the first is resource-specific: granted by the Teams package, for the chats the app is in
    Call.CHAT: (("ChatSettings.Read.Chat", "Chat.ReadBasic.WhereInstalled"),),
    Call.SEND_MAIL: (("Mail.Send",),),
    Call.MEETING: _READS_MEETINGS,
    Call.FIND_MEETINGS: _READS_MEETINGS,
    Call.CHANGE_MEETING: _CHANGES_MEETINGS,
    # what is subscribed to must be readable, here a calendar
    Call.SUBSCRIPTIONS: (("Calendars.ReadBasic.All",),),
    Call.SUBSCRIBE: (("Calendars.ReadBasic.All",),),
    Call.RENEW: (("Calendars.ReadBasic.All",),),
    Call.CATALOGUE: (("AppCatalog.Read.All",),),
    # the first lets an app put itself in with its own resource-specific permissions, and no other
    Call.PLACE: (
        (
            "TeamsAppInstallation.ReadWriteAndConsentSelfForChat.All",
            "TeamsAppInstallation.ReadWriteAndConsentForChat.All",
        ),
    ),
    Call.JOIN: _IN_CALLS,
    Call.ROSTER: _IN_CALLS_ALREADY,
    Call.KEEP: _IN_CALLS_ALREADY,
    Call.LEAVE: _IN_CALLS_ALREADY,
    Call.MUTE: _IN_CALLS,
    Call.REMOVE: _IN_CALLS,
}
"""All of the outer, any one of each inner."""


def missing(call: Call) -> str:
    """What to tell an administrator when Graph refuses `call` with a 403: what mends it, what is left to people until then."""
    wanted = " and ".join(" or ".join(choices) for choices in NEEDS[call])
    left = " ".join(in_order(clause for choices in NEEDS[call] for clause in resting_on(choices[0])))
    mend = f"{call} needs the application permission {wanted}, with an administrator's consent"
    return f"{mend}; until then people must see to {left}" if left else mend
