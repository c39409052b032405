"""A call's roster out of Graph's JSON: who sits where, muted or not, sharing or not, in the lobby or in the room."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.events import Kind, PersonKey, account
from bot.graph.plain import identifier, inner, number, objects, words
from bot.ports import Roster, Seat

_SENDS = ("sendonly", "sendreceive")
_SCREEN = "videobasedscreensharing"
_NOBODY = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Us:
    """Our tenant, and the app that we are in a call."""

    tenant: str
    app_id: str

    @property
    def person(self) -> PersonKey:
        """Our own key in a roster."""
        return _bot(self.app_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """Somebody Graph names as no longer there, in its own words for why (`removedState`)."""

    participant: str
    person: PersonKey
    reason: str


def seated(items: Iterable[Any], us: Us, sequence: int = 0) -> tuple[Roster, tuple[Gone, ...], int]:
    """The roster of these participants (keys in lower case), those named as gone, and how many items cannot be read.

    `ours` is said only if we sit in the room: from the lobby nobody knows who is inside.
    """
    seats: dict[str, Seat] = {}
    gone: list[Gone] = []
    skipped = 0
    for item in items:
        found = _one(inner(item), us)
        if isinstance(found, Gone):
            gone.append(found)
        elif found is None:
            skipped += 1
        elif found.participant not in seats or found.sequence >= seats[found.participant].sequence:
            seats[found.participant] = found
    own = [seat.in_lobby for seat in seats.values() if seat.person == us.person]
    newest = max([sequence, *(seat.sequence for seat in seats.values())])
    roster = Roster(
        seats=tuple(seats.values()), ours=False in own, sequence=newest, waiting=bool(own) and False not in own
    )
    return roster, tuple(gone), skipped


def _one(item: Mapping[str, Any], us: Us) -> Seat | Gone | None:
    participant = identifier(item.get("id"))
    if participant is None:
        return None
    person, hint, name = _somebody(inner(item, "info", "identity"), participant, us)
    if reason := words(inner(item, "removedstate").get("reason")):
        return Gone(participant=participant, person=person, reason=reason)
    return Seat(
        participant=participant,
        person=person,
        hint=hint,
        name=name,
        # nobody is taken for unmuted unless Graph says so
        muted=item.get("ismuted") is not False,
        sharing=any(map(_shares, objects(item.get("mediastreams")))),
        in_lobby=item.get("isinlobby") is True,
        recording=words(inner(item, "recordinginfo").get("recordingstatus")).casefold() == "recording",
        sequence=max(number(item.get("rostersequencenumber")) or 0, 0),
    )


def _shares(stream: Mapping[str, Any]) -> bool:
    kind, direction = words(stream.get("mediatype")), words(stream.get("direction"))
    return kind.casefold() == _SCREEN and direction.casefold() in _SENDS


def _somebody(identity: Mapping[str, Any], participant: str, us: Us) -> tuple[PersonKey, Kind, str]:
    """Who sits there: the first identity with an id, in this order; what kind it is tells its key in the JSON alone."""
    for kind, key, hint in _KINDS:
        said = inner(identity, kind)
        found = identifier(said.get("id"))
        if found is None or found == _NOBODY:
            continue
        name = words(said.get("displayname"))
        if kind == "user":
            return *_account(found, identifier(said.get("tenantid")), us), name
        return PersonKey(f"{key}:{found.lower() if hint is Kind.BOT else found}"), hint, name
    return _unknown(identity, participant)


_KINDS = (
    ("user", "aad", Kind.UNRESOLVED),
    ("guest", "guest", Kind.ANONYMOUS),
    ("phone", "phone", Kind.PHONE),
    ("application", "mri:28", Kind.BOT),
    ("applicationinstance", "mri:28", Kind.BOT),
    # somebody who joined by a program that Azure Communication Services let in: the id is already Teams' own
    ("azurecommunicationservicesuser", "mri", Kind.ANONYMOUS),
)


def _account(oid: str, tenant: str | None, us: Us) -> tuple[PersonKey, Kind]:
    if tenant and tenant.lower() not in (us.tenant.lower(), _NOBODY):
        return PersonKey(f"ext:{tenant.lower()}:{oid.lower()}"), Kind.FOREIGN
    return account(oid), Kind.UNRESOLVED


def _unknown(identity: Mapping[str, Any], participant: str) -> tuple[PersonKey, Kind, str]:
    """Nothing acts on somebody whose kind Microsoft has not told us of: they stay unresolved."""
    named = (words(said.get("displayname")) for said in identity.values() if isinstance(said, dict))
    return PersonKey(f"mri:participant:{participant}"), Kind.UNRESOLVED, next(filter(None, named), "")


def _bot(app_id: str) -> PersonKey:
    return PersonKey(f"mri:28:{app_id.lower()}")
