"""What stands at Microsoft's side, read out of its records: cards by alert number, and what the bot said yes to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Record = dict[str, Any]
_NUMBER = re.compile(r"\bAlert (\d+)\b")
_MOVES = {"Join": "joined", "Leave": "left"}


@dataclass(slots=True)
class Standing:
    """A message of the bot's as it stands now."""

    number: int
    chat: str
    to: tuple[str, ...]
    id: str
    posted: datetime
    text: str
    updates: int = 0


@dataclass(frozen=True, slots=True)
class Move:
    """One person's join or leave, as an event of the store would have it."""

    type: str
    oid: str
    at: datetime


def standing(records: Iterable[Record]) -> list[Standing]:
    """Every alert that can be read, oldest first; a deleted one cannot."""
    found: dict[tuple[str, str], Standing] = {}
    for record in records:
        key = (record.get("chat") or "", str(record.get("id") or ""))
        text = record.get("text") or ""
        number = _NUMBER.search(text)
        if record["what"] == "posted" and record.get("by", "bot") == "bot" and number:
            posted, to = datetime.fromisoformat(record["at"]), tuple(record.get("to") or ())
            found[key] = Standing(int(number[1]), key[0], to, key[1], posted, text)
        elif record["what"] == "updated" and key in found:
            found[key].text = text
            found[key].updates += 1
        elif record["what"] == "deleted":
            found.pop(key, None)
    return list(found.values())


def by_number(records: Iterable[Record]) -> dict[int, list[Standing]]:
    numbered: dict[int, list[Standing]] = {}
    for card in standing(records):
        numbered.setdefault(card.number, []).append(card)
    return numbered


def said_yes_to(records: Iterable[Record]) -> Iterator[Move]:
    """Every join and leave that the bot answered 2xx: these it may never lose."""
    for record in records:
        activity = record.get("raw") or {}
        if record["what"] != "sent" or not 200 <= int(record.get("status") or 0) < 300:
            continue
        moved = re.search(r"meetingParticipant(Join|Leave)", activity.get("name") or "")
        for member in _members(activity) if moved else ():
            assert moved is not None
            at = datetime.fromisoformat(activity["timestamp"].replace("Z", "+00:00"))
            yield Move(_MOVES[moved[1]], member["aadobjectid"], at)


def _members(activity: Record) -> Iterator[dict[str, str]]:
    for member in _lowered(activity["value"])["members"]:
        user = _lowered(_lowered(member).get("user"))
        if user.get("aadobjectid"):
            yield user


def _lowered(mapping: Any) -> Record:
    """Teams' keys come in any case; what is no object has none."""
    return {key.lower(): value for key, value in mapping.items()} if isinstance(mapping, dict) else {}
