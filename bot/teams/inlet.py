"""What comes in from Teams: token, body, meaning, doors, in this order. Nothing that comes in makes a 500."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from bot.ports import Addresses, Arrival, Doors, OutOfReach, Pressed, Said
from bot.teams.answers import Answers, Voice
from bot.teams.flood import Flood
from bot.teams.gate import Gate
from bot.teams.parse import Parsed, parse
from bot.teams.reading import Ours, conversation, identifier, opened
from bot.teams.refusal import WORDS, TurnedAway
from bot.teams.turns import Turns

log = logging.getLogger("schoolgate.inlet")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What Teams is answered. `kind` is for counting: what it was, or why it was turned away. `skipped`: unreadable members."""

    status: int
    kind: str
    body: bytes = b""
    retry_after: float | None = None
    skipped: int = 0


class Inlet:
    """Takes activities. A 2xx is answered only after the doors have written down what came of it."""

    def __init__(
        self,
        *,
        gate: Gate,
        doors: Doors,
        connector: Voice,
        addresses: Addresses,
        ours: Ours,
        flood: Flood | None = None,
    ) -> None:
        self._gate = gate
        self._flood = flood or Flood()
        self._doors = doors
        self._addresses = addresses
        self._ours = ours
        self._answers = Answers(connector, ours, addresses)
        self._turns = Turns(doors, self._answers, ours)

    async def take(self, authorization: str | None, read: Callable[[], Awaitable[bytes]]) -> Answer:
        """Take one activity; `read` gives its body and is called once the token is good (what it raises goes through)."""
        try:
            claims = await self._gate.admit(authorization)
        except TurnedAway as away:
            return refusal(away)
        body = await read()
        parsed = None
        try:
            activity = opened(body)
            self._gate.check(claims, activity)
            parsed = parse(activity, self._ours, datetime.now(UTC))
            self._measure(parsed, activity)
            return await self._hand_on(parsed, activity)
        except TurnedAway as away:
            return refusal(away)
        except OutOfReach as error:
            return _not_now("store_out_of_reach", error.retry_after)
        except Exception as error:
            kind = parsed.kind if parsed else "unread"
            log.exception("failed on an activity", extra={"event": "inlet_failed", "kind": kind}, exc_info=error)
            return _not_now("failed", None)

    async def aclose(self) -> None:
        """Let answers that are being sent go out."""
        await self._answers.aclose()

    def _measure(self, parsed: Parsed, activity: Mapping[str, Any]) -> None:
        """Turn away what is more than anybody sends; what means nothing to us costs nothing, and is not counted."""
        what = parsed.what
        if isinstance(what, Arrival) and what.meeting:
            self._flood.seen(what.meeting.thread)
        elif isinstance(what, Said | Pressed):
            self._flood.said(conversation(activity) or "", what.by or "")

    async def _hand_on(self, parsed: Parsed, activity: Mapping[str, Any]) -> Answer:
        what = parsed.what
        where, service_url = conversation(activity), identifier(activity.get("serviceurl"))
        if where and service_url:
            await self._addresses.remember(where, service_url)
        if isinstance(what, Arrival):
            await self._doors.observe(what)
            return Answer(status=200, kind=parsed.kind, skipped=parsed.skipped)
        if what is None and parsed.kind != "unknown_invoke":
            return Answer(status=200, kind=parsed.kind, skipped=parsed.skipped)
        response = await self._turns.take(parsed, activity)
        if response is None:
            return Answer(status=200, kind=parsed.kind)
        body = orjson.dumps(response.body) if response.body is not None else _words(response.status)
        return Answer(status=int(response.status), kind=parsed.kind, body=body)


def _words(status: int) -> bytes:
    return orjson.dumps({"error": WORDS[status]}) if status in WORDS else b""


def refusal(away: TurnedAway) -> Answer:
    """What somebody who was turned away is answered."""
    return Answer(status=away.status, kind=away.reason, body=_words(away.status), retry_after=away.retry_after)


def _not_now(kind: str, retry_after: float | None) -> Answer:
    return Answer(status=503, kind=kind, body=_words(503), retry_after=retry_after)
