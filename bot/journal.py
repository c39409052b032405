"""The register with its log: every decision leaves one line, with ids and never a name."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from bot.events import PersonKey
from bot.ports import Arrival, Before, Filed, Receipt, Register, Ruling, Tally
from bot.sitting import Meeting

log = logging.getLogger("schoolgate")


@dataclass(frozen=True, slots=True)
class Journal:
    """A Register that says in the log what was decided and why; all else it passes on."""

    register: Register
    tally: Tally

    async def observe(self, arrival: Arrival, rule: Callable[[Before], Ruling]) -> Receipt:
        """Observe, and log the decisions once they are written."""
        receipt = await self.register.observe(arrival, rule)
        for decision in receipt.ruling.decisions:
            self.tally.decided(decision.rule, decision.status)
            log.info(
                "decided",
                extra={
                    "event": "decided",
                    "sitting": receipt.sitting_id,
                    "rule": decision.rule,
                    "action": decision.action,
                    "to": decision.to,
                    "about": decision.about,
                    "say": decision.say,
                    "why": {name: fact for name, fact in decision.facts.items() if name != "words"},
                    "episode": decision.episode,
                    "status": decision.status,
                    "over": decision.over,
                },
            )
        return receipt

    async def sitting(self, sitting_id: int) -> Filed | None:
        """See Register."""
        return await self.register.sitting(sitting_id)

    async def sittings_of(self, person: PersonKey) -> tuple[int, ...]:
        """See Register."""
        return await self.register.sittings_of(person)

    async def sitting_at(self, meeting: Meeting) -> int | None:
        """See Register."""
        return await self.register.sitting_at(meeting)

    async def sitting_in_call(self, call: str) -> int | None:
        """See Register."""
        return await self.register.sitting_in_call(call)
