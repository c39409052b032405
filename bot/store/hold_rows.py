"""A hold and its steps out of their rows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from bot.events import PersonKey
from bot.ports import Hold, HoldStep, Talk

_PLAIN = ("reason", "since", "key", "ends", "released_at", "sitting", "due", "until", "decided", "came", "last_came")
_COUNTS = ("revision", "news")


def hold_read(row: Any) -> Hold:
    """A hold out of its row."""
    return Hold(
        pupil=PersonKey(row["pupil"]),
        by=PersonKey(row["by"]),
        disputed=row["disputed_by"] is not None,
        released_by=_key(row["released_by"]),
        agreed=row["agreed"] or "",
        number=row["id"],
        owner=_key(row["owner"]),
        steps=tuple(_step(step) for step in json.loads(row["steps"] or "[]")),
        **{name: row[name] for name in (*_PLAIN, *_COUNTS)},
    )


def _step(said: Mapping[str, Any]) -> HoldStep:
    talk = None
    if said["day"] is not None:
        words = {name: said[name] or "" for name in ("spoke", "whom", "agreed")}
        talk = Talk(day=date.fromisoformat(said["day"]), **words)
    return HoldStep(
        what=said["what"],
        by=PersonKey(said["by"]),
        at=datetime.fromisoformat(said["at"]),
        talk=talk,
        until=datetime.fromisoformat(said["until"]) if said["until"] else None,
        why=said["why"],
    )


def _key(value: str | None) -> PersonKey | None:
    return PersonKey(value) if value else None
