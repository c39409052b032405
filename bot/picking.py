"""Which pupil of the lesson an order means; where that is not clear, the answer that asks."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

from bot.actions import Role
from bot.events import Kind, PersonKey
from bot.forms import Forms
from bot.naming import listed, meant
from bot.ports import OutOfReach, People, Person, Refused, Reply, Said
from bot.staffroom import Staffroom

WORDS = {
    "warn": {
        "pick": "warn.pick",
        "who": "warn.who",
        "not_here": "warn.not_here",
        "not_pupil": "warn.not_pupil",
        "cannot_tell": "warn.cannot_tell",
    },
    "remove": {
        "pick": "remove.pick",
        "who": "remove.who",
        "not_here": "remove.not_here",
        "not_pupil": "remove.not_pupil",
        "cannot_tell": "remove.cannot_tell",
    },
}
"""What is asked or said where an order does not mean exactly one pupil of the lesson."""


@dataclass(frozen=True, slots=True)
class Order:
    """A command of a known member of staff: its name, what follows it, and the sitting it is about."""

    said: Said
    name: str
    rest: str
    by: PersonKey
    sitting_id: int | None


@dataclass(frozen=True, slots=True)
class Picking:
    """Finds one pupil, or asks which, with a list to choose from; the words are the order's own (`WORDS`)."""

    people: People
    staffroom: Staffroom
    forms: Forms

    async def one(self, order: Order, name: str) -> tuple[Person, str] | Reply:
        """The pupil and what follows the name; else the answer, and nothing is done."""
        if order.sitting_id is None:
            return self.forms.no("no_lesson")
        there = await self.there(order)
        if not order.rest and not order.said.named:
            return self._which(order, WORDS[name]["pick"], there)
        found, rest = meant(order.said.named, order.rest, there)
        if len(found) > 1:
            return self._which(order, WORDS[name]["who"], found, rest)
        return (found[0], rest) if found else await self._nobody(order, name)

    def _which(self, order: Order, key: str, among: list[Person], rest: str = "") -> Reply:
        asked = self.forms.no(key, listed(among))
        return self.forms.which_pupil(order.said, order.name, asked, among, rest, why=True)

    async def anywhere(self, order: Order, mentioned: Person | None) -> list[Person]:
        """The pupils of the lesson, else of the school; whoever is mentioned first."""
        there = await self.there(order) or list(await self.staffroom.holders((Role.PUPILS,)))
        if mentioned is None or mentioned.kind is not Kind.PUPIL:
            return there
        return [mentioned, *(person for person in there if person.key != mentioned.key)]

    async def there(self, order: Order) -> list[Person]:
        """The pupils who have come to the lesson."""
        if order.sitting_id is None:
            return []
        named = {named.person for named in order.said.named}
        came = [await self._recognised(person, named) for person in await self.people.in_sitting(order.sitting_id)]
        return [person for person in came if person.kind is Kind.PUPIL]

    async def _recognised(self, person: Person, named: Container[PersonKey | None]) -> Person:
        """Somebody who is meant and has only just come may not have been looked up yet."""
        if person.kind is not Kind.UNRESOLVED or person.key not in named:
            return person
        try:
            return await self.staffroom.who(person.key) or person
        except (OutOfReach, Refused):
            return person

    async def _nobody(self, order: Order, name: str) -> Reply:
        """Say why: the one who was mentioned is no pupil, or is not in this lesson."""
        try:
            who = await self.mentioned(order)
        except (OutOfReach, Refused):
            return self.forms.no(WORDS[name]["cannot_tell"])
        return self.forms.no(
            WORDS[name]["not_pupil"] if who is not None and who.kind is not Kind.PUPIL else WORDS[name]["not_here"]
        )

    async def mentioned(self, order: Order) -> Person | None:
        """Whoever the order mentions by id, as the directory knows them."""
        named = next((named.person for named in order.said.named if named.person), None)
        return await self.staffroom.who(named) if named else None
