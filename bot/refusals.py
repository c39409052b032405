"""What was refused: every refusal is logged, and a pupil's tries at what is for staff are counted in the lesson (C72)."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from bot.commands import COMMANDS, Asked, NotUnderstood
from bot.events import Identified, Kind, OrderRefused, PersonKey
from bot.ports import Arrival, Before, Person, Refused, Register, Ruling
from bot.ruling import rule_on
from bot.school import School

COUNTED = 20
"""No more tries of a person are written down in one lesson: a child with a keyboard must not fill the books."""
NAMES = frozenset(command.name for command in COMMANDS)

log = logging.getLogger("schoolgate")


@dataclass(frozen=True, slots=True)
class Refusals:
    """Writes them down."""

    school: School
    register: Register

    def logged(self, by: PersonKey | None, order: str, why: str) -> None:
        """One line, with ids and never a name or what was typed."""
        log.info("refused", extra={"event": "order_refused", "by": by, "order": order, "why": why})

    async def tried(self, person: Person | None, asked: Asked | NotUnderstood, sitting_id: int | None) -> None:
        """Somebody who is not staff gave a command. Of pupils in a lesson it is counted; a greeting is no try."""
        name = asked.name if isinstance(asked, Asked) else None
        if person is None or person.kind is not Kind.PUPIL or name is None or sitting_id is None:
            return
        await self.count(person, name, sitting_id)

    async def count(self, pupil: Person, order: str, sitting_id: int) -> None:
        """Write one try of a pupil down, so that the rule `misuse` sees it."""
        arrival = Arrival(sitting=sitting_id)

        def ruling(before: Before) -> Ruling:
            sitting = before.sitting
            if sum(one.by == pupil.key for one in sitting.refused) >= COUNTED:
                return rule_on(arrival, before, self.school, [])
            at = min(pupil.as_of or before.now, before.now)
            who = Identified(at=at, person=pupil.key, kind=pupil.kind, classes=pupil.classes)
            unknown = sitting.kind(pupil.key) is Kind.UNRESOLVED
            tried = OrderRefused(at=before.now, by=pupil.key, order=order)
            return rule_on(arrival, before, self.school, [*([who] if unknown else []), tried])

        try:
            await self.register.observe(arrival, ruling)
        except Refused:
            log.info("no such sitting", extra={"event": "order_refused", "sitting": sitting_id})
