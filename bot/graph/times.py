"""Graph's dateTimeTimeZone in UTC. We ask for UTC; some answers come in the mailbox's zone all the same."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tzlocal.windows_tz import win_tz

IN_UTC = {"Prefer": 'outlook.timezone="UTC"'}
_UTC_NAMES = {"utc", "etc/utc", "gmt", "coordinated universal time", "tzone://microsoft/utc"}


def moment(value: Any) -> datetime | None:
    """A `dateTimeTimeZone` as an aware UTC datetime; None where it is missing or its zone is unknown."""
    said = value if isinstance(value, dict) else {}
    written, zone = said.get("dateTime"), zone_named(said.get("timeZone"))
    if not written:
        return None
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        return None
    if found.tzinfo is None:
        if zone is None:
            return None
        found = found.replace(tzinfo=zone)
    return found.astimezone(UTC)


def zone_named(name: str | None) -> tzinfo | None:
    """A zone by its Windows or IANA name."""
    if not name:
        return None
    if name.casefold() in _UTC_NAMES:
        return UTC
    try:
        return ZoneInfo(win_tz.get(name, name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
