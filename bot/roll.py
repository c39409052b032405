"""The roll of a sitting: everybody in the lists that rules ask for, each in order of time. Pure; a part of the fold.

What an event changes in the standing of one person is changed in these lists, so that no rule has to go through everybody at
every event. It is worked out from the members, and worked out anew it is the same (tests/core/test_roll.py).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from typing import Literal, NamedTuple

from bot.events import Kind, PersonKey


class Standing(NamedTuple):
    """How one person stands: since when in which list, None for not in it.

    `present`: since when present, and `presenting` and `unexpected` the same if Teams lets them present and if nobody is known
    to have invited them. `changed`: when they last became present or absent; `came`: first seen; `known`: as of which look-up.
    """

    kind: Kind = Kind.UNRESOLVED
    present: datetime | None = None
    presenting: datetime | None = None
    unexpected: datetime | None = None
    changed: datetime | None = None
    came: datetime | None = None
    known: datetime | None = None


List = Literal["present", "presenting", "unexpected", "changed", "came", "known"]
LISTS: tuple[List, ...] = ("present", "presenting", "unexpected", "changed", "came", "known")
"""In the order of a standing's times."""

STRANGER = Standing()
"""Of whom nothing is known."""

Rank = tuple[datetime, PersonKey]
_person = itemgetter(1)


@dataclass(frozen=True, slots=True)
class Row:
    """People by a moment of theirs, the earliest first; of the same moment by their keys."""

    ranks: tuple[Rank, ...] = ()
    people: tuple[PersonKey, ...] = ()

    @classmethod
    def of(cls, ranks: Iterable[Rank]) -> Row:
        """These people, put in order."""
        ordered = tuple(sorted(ranks))
        return cls(ordered, tuple(map(_person, ordered)))

    def having(self, rank: Rank) -> Row:
        """With somebody more."""
        at = bisect_left(self.ranks, rank)
        ranks, people = self.ranks, self.people
        return Row((*ranks[:at], rank, *ranks[at:]), (*people[:at], rank[1], *people[at:]))

    def lacking(self, rank: Rank) -> Row:
        """Without somebody who is in it."""
        at = bisect_left(self.ranks, rank)
        return Row(self.ranks[:at] + self.ranks[at + 1 :], self.people[:at] + self.people[at + 1 :])


_NOBODY = Row()


@dataclass(frozen=True, slots=True)
class Roll:
    """Everybody's standing, and the rows of each list by kind."""

    standings: Mapping[PersonKey, Standing] = field(default_factory=dict)
    rows: Mapping[tuple[List, Kind], Row] = field(default_factory=dict)

    @classmethod
    def of(cls, standings: Mapping[PersonKey, Standing]) -> Roll:
        """The roll of these people."""
        ranks: dict[tuple[List, Kind], list[Rank]] = {}
        for person, standing in standings.items():
            for name, at in zip(LISTS, standing[1:], strict=True):
                if at is not None:
                    ranks.setdefault((name, standing.kind), []).append((at, person))
        return cls(standings, {where: Row.of(found) for where, found in ranks.items()})

    def having(self, person: PersonKey, now: Standing) -> Roll:
        """With this person standing so."""
        was = self.standings.get(person, STRANGER)
        if now == was and person in self.standings:
            return self
        rows = dict(self.rows)
        for name, before, after in zip(LISTS, was[1:], now[1:], strict=True):
            if before == after and was.kind is now.kind:
                continue
            if before is not None and (left := rows.pop((name, was.kind)).lacking((before, person))).people:
                rows[name, was.kind] = left
            if after is not None:
                rows[name, now.kind] = rows.get((name, now.kind), _NOBODY).having((after, person))
        return Roll({**self.standings, person: now}, rows)

    def since(self, person: PersonKey) -> datetime | None:
        """Since when this person has been present, or None."""
        return self.standings.get(person, STRANGER).present

    def row(self, name: List, kind: Kind) -> Row:
        """A list's row of one kind."""
        return self.rows.get((name, kind), _NOBODY)

    def is_anybody(self, name: List, kinds: Iterable[Kind]) -> bool:
        """Whether anybody of these kinds is in a list."""
        return any((name, kind) in self.rows for kind in kinds)

    def people(self, name: List, kinds: Iterable[Kind]) -> tuple[PersonKey, ...]:
        """Who of these kinds is in a list, the earliest first."""
        rows = [self.rows[name, kind] for kind in kinds if (name, kind) in self.rows]
        if len(rows) == 1:
            return rows[0].people
        return tuple(map(_person, sorted(rank for row in rows for rank in row.ranks)))
