"""Reading what came over the wire: bytes to an object with keys in lower case, and fields that may be anything."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from bot.events import PersonKey, account
from bot.sitting import Meeting
from bot.teams.refusal import TurnedAway

DEEPEST = 32
_NESTED = (dict, list)
_LONGEST_ID = 512
_AHEAD = timedelta(days=1)
"""How far ahead of our clock an event may be dated: Teams' clock orders what happens (law 5), ours may have been set back."""
_NO_YEAR = 2000
_CONTROLS = {code: None for code in (*range(32), *range(127, 160))}
_OID = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,63}")
_NOBODY = re.compile(r"[0-]+")
_ORG = "8:orgid:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ours:
    """What is ours: the tenant, the school's id, the bot's app id."""

    tenant: str
    school: str
    app_id: str

    @property
    def bot(self) -> str:
        """The bot as Teams calls it."""
        return f"28:{self.app_id}".lower()


def opened(body: bytes) -> dict[str, Any]:
    """A JSON object out of a body, every key in lower case (Teams' own case varies). TurnedAway 400 for anything else."""
    try:
        activity = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise TurnedAway(400, "not_json") from error
    if not isinstance(activity, dict):
        raise TurnedAway(400, "not_an_object")
    found: dict[str, Any] = lowered(activity)
    return found


def lowered(value: Any, deeper: int = DEEPEST) -> Any:
    """The same with every key in lower case, no deeper than that."""
    if not isinstance(value, _NESTED):
        return value
    if deeper == 0:
        raise TurnedAway(400, "too_deep")
    if isinstance(value, list):
        return [lowered(item, deeper - 1) if isinstance(item, _NESTED) else item for item in value]
    found: dict[str, Any] = {}
    for key, item in value.items():
        found.setdefault(key.strip().lower(), lowered(item, deeper - 1) if isinstance(item, _NESTED) else item)
    return found


def inner(mapping: Any, *path: str) -> Mapping[str, Any]:
    """The object at the end of a path; an empty one where there is none."""
    found: Any = mapping
    for key in path:
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def objects(value: Any, most: int = 500) -> list[Mapping[str, Any]]:
    """The objects of a list; what is no list has none."""
    return [item for item in value[:most] if isinstance(item, dict)] if isinstance(value, list) else []


def words(value: Any, longest: int = 256) -> str:
    """Text for people: without control signs, not too long; empty where there is none."""
    return value[:longest].translate(_CONTROLS).strip() if isinstance(value, str) else ""


def identifier(value: Any) -> str | None:
    """An id, whole or not at all: half an id would be somebody else's."""
    if not isinstance(value, str):
        return None
    found = value.strip()
    return found if 0 < len(found) <= _LONGEST_ID and found.isprintable() else None


def object_id(*values: Any) -> str | None:
    """The first Entra object id among these; the empty GUID is nobody's."""
    for value in values:
        found = identifier(value)
        if found and found.lower().startswith(_ORG):
            found = found[len(_ORG) :]
        if found and _OID.fullmatch(found) and not _NOBODY.fullmatch(found):
            return found.lower()
    return None


def belonging(oid: str, tenant: str | None, ours: Ours) -> PersonKey:
    """The key of an account: ours, or another tenant's if it says so."""
    if tenant and tenant.lower() != ours.tenant.lower():
        return PersonKey(f"ext:{tenant.lower()}:{oid}")
    return account(oid)


def moment(received: datetime, *values: Any) -> datetime:
    """The first of these that is a time (ISO 8601, UTC if it does not say); else when we received it, also if a day later."""
    for value in values:
        if not isinstance(value, str):
            continue
        try:
            found = datetime.fromisoformat(value.strip())
            found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        except (ValueError, OverflowError):
            continue
        # .NET writes an absent time as year 1
        if found.year >= _NO_YEAR:
            return received if found > received + _AHEAD else found
    return received


def conversation(activity: Mapping[str, Any]) -> str | None:
    """The conversation's id as Teams wants it back."""
    return identifier(inner(activity, "conversation").get("id"))


def meeting(activity: Mapping[str, Any], ours: Ours) -> Meeting | None:
    """The meeting of a conversation (law 1): its thread, and the root message where it is one in a channel."""
    found = conversation(activity)
    if found is None:
        return None
    thread, _, root = found.partition(";messageid=")
    return Meeting(ours.tenant, ours.school, thread, root or "0")
