"""Meeting options: what they may be, what they are unless set, and who they let do what."""

from __future__ import annotations

import copy
from typing import Any

from deploy.rehearsal.model import Meeting, Person

Json = dict[str, Any]

USUAL: Json = {
    "allowedPresenters": "everyone",
    "allowAttendeeToEnableMic": True,
    "allowAttendeeToEnableCamera": True,
    "allowMeetingChat": "enabled",
    "allowTeamworkReactions": True,
    "allowRecording": True,
    "allowTranscription": True,
    "recordAutomatically": False,
    "lobbyBypassSettings": {"scope": "everyone", "isDialInBypassEnabled": False},
    "allowedLobbyAdmitters": "organizerAndCoOrganizersAndPresenters",
    "isEntryExitAnnounced": False,
    "allowBreakoutRooms": True,
    "allowCopyingAndSharingMeetingContent": True,
    "allowLiveShare": "enabled",
    "allowPowerPointSharing": True,
    "allowWhiteboard": True,
    "allowParticipantsToChangeName": False,
    "shareMeetingChatHistoryDefault": "none",
    "chatRestrictions": {"allowTextOnly": False},
    "watermarkProtection": {"isEnabledForContentSharing": False, "isEnabledForVideo": False},
}
"""A tenant that decided nothing."""

WIZARD: Json = {
    "allowedPresenters": "organizer",
    "lobbyBypassSettings": {"scope": "organizer", "isDialInBypassEnabled": False},
}
"""What the education wizard's policies for educators leave otherwise."""

VALUES: dict[str, tuple[str, ...]] = {
    "allowedPresenters": ("everyone", "organization", "roleIsPresenter", "organizer"),
    "allowMeetingChat": ("enabled", "disabled", "limited"),
    "allowedLobbyAdmitters": ("organizerAndCoOrganizersAndPresenters", "organizerAndCoOrganizers"),
    "allowLiveShare": ("enabled", "disabled"),
    "shareMeetingChatHistoryDefault": ("none", "all"),
    "scope": (
        *("organizer", "organization", "organizationAndFederated", "everyone"),
        *("invited", "organizationExcludingGuests"),
    ),
}
ROLES = ("attendee", "presenter", "producer", "coorganizer")
SCHOOL = ("Member", "Guest")


class Wrong(Exception):
    """An option that does not exist, or cannot be so."""


def start_with(said: Json, *, wizard: bool) -> Json:
    """The options of a new meeting."""
    made = copy.deepcopy(USUAL | (WIZARD if wizard else {}))
    merge(made, check(said))
    return made


def check(changes: Json) -> Json:
    """The changes, if each is of an option that can be set, to something it can be."""
    for name, value in changes.items():
        if name not in USUAL:
            raise Wrong(f"The property '{name}' cannot be set.")
        _check(name, value, USUAL[name])
    return changes


def _check(name: str, value: Any, usual: Any) -> None:
    if isinstance(usual, dict):
        if not isinstance(value, dict):
            raise Wrong(f"The property '{name}' must be an object.")
        for key, inner in value.items():
            if "@odata" in key:
                continue
            if key not in usual:
                raise Wrong(f"The property '{key}' does not exist on '{name}'.")
            _check(key, inner, usual[key])
    elif isinstance(usual, bool) is not isinstance(value, bool) or value not in VALUES.get(name, (True, False)):
        raise Wrong(f"Invalid value '{value}' of the property '{name}'.")


def merge(options: Json, changes: Json) -> Json:
    """Set them; what was otherwise before, as {"before": …, "after": …}."""
    before = {name: copy.deepcopy(options[name]) for name in changes}
    for name, value in changes.items():
        inner = {k: v for k, v in value.items() if "@" not in k} if isinstance(value, dict) else None
        options[name] = value if inner is None else options[name] | inner
    differs = [name for name in changes if before[name] != options[name]]
    return {
        "before": {name: before[name] for name in differs},
        "after": {name: copy.deepcopy(options[name]) for name in differs},
    }


def named(meeting: Meeting, person: Person) -> str:
    """The role somebody was invited with. Changing it does not change a meeting that is going on."""
    roles = meeting.room.named if meeting.going else meeting.roles
    return roles.get(person.key, "attendee")


def hosts(meeting: Meeting, person: Person) -> bool:
    return person is meeting.organizer or named(meeting, person) == "coorganizer"


def role(meeting: Meeting, person: Person) -> str:
    """Teams' meeting role, as it is now."""
    if person is meeting.organizer:
        return "Organizer"
    if given := meeting.room.roles.get(person.key):
        return given
    invited = named(meeting, person)
    presents = {
        "everyone": person.kind in (*SCHOOL, "federated"),
        "organization": person.kind in SCHOOL,
        "roleIsPresenter": invited in ("presenter", "producer"),
        "organizer": False,
    }[meeting.options["allowedPresenters"]]
    return "Presenter" if presents or invited == "coorganizer" else "Attendee"


def presents(meeting: Meeting, person: Person) -> bool:
    return role(meeting, person) != "Attendee"


def may_speak(meeting: Meeting, person: Person) -> bool:
    """The switch binds attendees only, and nobody who dialled in."""
    return meeting.options["allowAttendeeToEnableMic"] or person.kind == "phone" or presents(meeting, person)


def may_show(meeting: Meeting, person: Person) -> bool:
    return meeting.options["allowAttendeeToEnableCamera"] or presents(meeting, person)


def may_admit(meeting: Meeting, person: Person) -> bool:
    everyone = meeting.options["allowedLobbyAdmitters"] == "organizerAndCoOrganizersAndPresenters"
    return hosts(meeting, person) or (everyone and presents(meeting, person))


def passes(meeting: Meeting, person: Person | None, invited: dict[str, Person], kind: str = "Member") -> bool:
    """Whether somebody (None: an app, let in as this `kind`) passes the lobby."""
    settings = meeting.options["lobbyBypassSettings"]
    scope = settings["scope"]
    if scope == "everyone" or (person and hosts(meeting, person)):
        return True
    if person:
        kind = person.kind
    if kind == "phone":
        return bool(settings["isDialInBypassEnabled"])
    return {
        "organizer": False,
        "invited": bool(person and person.key in invited),
        "organization": kind in SCHOOL,
        "organizationExcludingGuests": kind == "Member",
        "organizationAndFederated": kind in (*SCHOOL, "federated"),
    }[scope]


def settle(meeting: Meeting) -> bool:
    """What attendees may no longer do ends at once; whether anything did."""
    changed = False
    for seat, person in list(meeting.room.people()):
        silenced = not seat.muted and not may_speak(meeting, person)
        hidden = seat.camera and not may_show(meeting, person)
        unshared = seat.sharing and not presents(meeting, person)
        if not (silenced or hidden or unshared):
            continue
        seat.server_muted, seat.mic = seat.server_muted or silenced, seat.mic and not silenced
        seat.camera, seat.sharing = seat.camera and not hidden, seat.sharing and not unshared
        meeting.room.touch(seat)
        changed = True
    return changed
