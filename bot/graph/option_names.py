"""Our names of a meeting's options (`ports.OPTIONS`) and Microsoft's, in one table that is read both ways."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.graph.plain import identifier, inner, objects
from bot.ports import Setting

_SAME_PRESENTERS = {name: name for name in ("everyone", "organization", "organizer")}
_SCOPES = (
    *("organizer", "invited", "organization", "organizationExcludingGuests"),
    *("organizationAndFederated", "everyone"),
)


@dataclass(frozen=True, slots=True)
class _Option:
    """Where an option stands in an onlineMeeting, and its values by our names; none: true or false."""

    path: tuple[str, ...]
    values: Mapping[str, str] | None = None

    def ours(self, meeting: Mapping[str, Any]) -> Setting | None:
        """As it stands in Graph's JSON; a value nobody told us of as it is."""
        found = inner(meeting, *self.path[:-1]).get(self.path[-1])
        if self.values is None:
            return found if isinstance(found, bool) else None
        if not isinstance(found, str):
            return None
        return next((ours for ours, theirs in self.values.items() if theirs == found), found)

    def theirs(self, setting: Setting) -> Setting | None:
        """Microsoft's value; None for one we do not know, which is never written."""
        if isinstance(setting, bool) is not (self.values is None):
            raise ValueError(f"{'.'.join(self.path)} cannot be {setting!r}")
        return setting if self.values is None else self.values.get(str(setting))


_TABLE = {
    "mic": _Option(("allowAttendeeToEnableMic",)),
    "camera": _Option(("allowAttendeeToEnableCamera",)),
    "presenters": _Option(("allowedPresenters",), {**_SAME_PRESENTERS, "roles": "roleIsPresenter"}),
    "lobby": _Option(("lobbyBypassSettings", "scope"), {name: name for name in _SCOPES}),
    "dial_in": _Option(("lobbyBypassSettings", "isDialInBypassEnabled")),
    "admitters": _Option(
        ("allowedLobbyAdmitters",),
        {"presenters": "organizerAndCoOrganizersAndPresenters", "coorganizers": "organizerAndCoOrganizers"},
    ),
    "chat": _Option(("allowMeetingChat",), {name: name for name in ("enabled", "limited", "disabled")}),
    "reactions": _Option(("allowTeamworkReactions",)),
    "record": _Option(("allowRecording",)),
    "record_automatically": _Option(("recordAutomatically",)),
}
_TOGETHER = ("lobby", "dial_in")


def options_of(meeting: Mapping[str, Any]) -> dict[str, Setting]:
    """The options of an onlineMeeting; what Graph does not say is left out."""
    return {name: said for name, option in _TABLE.items() if (said := option.ours(meeting)) is not None}


def patch_of(changes: Mapping[str, Setting], now: Mapping[str, Setting]) -> dict[str, Any]:
    """The JSON that makes these changes; an option or a kind of value that is not in the table is a ValueError."""
    if strange := changes.keys() - _TABLE.keys():
        raise ValueError(f"no options of a meeting: {sorted(strange)}")
    wanted = dict(changes)
    if not changes.keys().isdisjoint(_TOGETHER):
        # the two are one property of Graph's: written in half, the other half might fall back
        wanted = {name: now[name] for name in _TOGETHER if name in now} | wanted
    body: dict[str, Any] = {}
    for name, setting in wanted.items():
        option = _TABLE[name]
        if (value := option.theirs(setting)) is not None:
            place = body.setdefault(option.path[0], {}) if len(option.path) > 1 else body
            place[option.path[-1]] = value
    return body


def roles_of(meeting: Mapping[str, Any]) -> dict[str, str]:
    """What those invited are to be in it, by object id; whoever Graph does not name is left out."""
    invited = objects(inner(meeting, "participants").get("attendees"))
    named = [(identifier(inner(one, "identity", "user").get("id")), one.get("role")) for one in invited]
    return {oid.lower(): str(role) for oid, role in named if oid and role}


def attendees_of(meeting: Mapping[str, Any], roles: Mapping[str, str]) -> list[dict[str, Any]]:
    """The full list of those invited, as Graph has it, in the roles they have but for those given."""
    wanted = {oid.lower(): role for oid, role in roles.items()}
    found = []
    for one in objects(inner(meeting, "participants").get("attendees")):
        oid = (identifier(inner(one, "identity", "user").get("id")) or "").lower()
        found.append(_attendee(oid, one.get("upn"), wanted.pop(oid, None) or one.get("role") or "attendee"))
    return found + [_attendee(oid, None, role) for oid, role in wanted.items()]


def _attendee(oid: str, upn: Any, role: Any) -> dict[str, Any]:
    said = {"upn": upn, "role": role, "identity": {"user": {"id": oid}} if oid else None}
    return {name: value for name, value in said.items() if value}
