"""What an onlooker at Microsoft's side has seen, in order, for whoever polls it."""

from __future__ import annotations

import asyncio
from collections import deque
from datetime import UTC, datetime
from typing import Any

MOST = 20_000
EVERYONE = "everyone in chat"


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Seen:
    """The newest records of one tenant, numbered from 1."""

    def __init__(self) -> None:
        self._records: deque[dict[str, Any]] = deque(maxlen=MOST)
        self._last = 0
        self._news = asyncio.Event()

    def note(self, what: str, **about: Any) -> dict[str, Any]:
        """Write a record down; keys without a value are left out."""
        self._last += 1
        record = {"n": self._last, "at": now(), "what": what, "by": "bot"}
        record |= {key: value for key, value in about.items() if value is not None}
        self._records.append(record)
        self._news.set()
        self._news = asyncio.Event()
        return record

    def after(self, number: int) -> list[dict[str, Any]]:
        return [record for record in self._records if record["n"] > number] if number < self._last else []

    async def wait(self, number: int, seconds: float) -> list[dict[str, Any]]:
        """The records after `number`, waiting so long for the first of them."""
        try:
            async with asyncio.timeout(seconds):
                while self._last <= number:
                    await self._news.wait()
        except TimeoutError:
            return []
        return self.after(number)
