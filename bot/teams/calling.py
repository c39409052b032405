"""What Graph posts of calls: first the token, by the calling issuer's rules, then the body, up to two megabytes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from bot.teams.gate import Gate
from bot.teams.inlet import Answer, refusal
from bot.teams.refusal import TurnedAway

T = TypeVar("T")
LARGEST = 2 * 1024 * 1024
"""A full roster of a large lesson is far beyond what an activity may be."""


class CallingInlet(Generic[T]):
    """Takes what is posted to `/api/calls`. `gate` has the rules CALLS; `parse` makes notices of a body, or a ValueError."""

    def __init__(self, gate: Gate, parse: Callable[[bytes], T]) -> None:
        self._gate = gate
        self._parse = parse

    async def take(self, authorization: str | None, read: Callable[[], Awaitable[bytes]]) -> T | Answer:
        """The notices, or the answer that turns them away. `read` is called once the token is good (what it raises goes through).

        Whoever called answers 2xx only after the notices are written down, and believes only calls of our own.
        """
        try:
            await self._gate.admit(authorization)
        except TurnedAway as away:
            return refusal(away)
        body = await read()
        try:
            return self._parse(body)
        except ValueError:
            return refusal(TurnedAway(400, "not_json"))
