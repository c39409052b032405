"""The members of a sitting: when each came and went by any endpoint, how long they stay, and how they stand. Pure.

Per person and endpoint the times of joining and leaving are kept, the newest wins, and a leave that comes before its join
is a tombstone (law 5).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from bot.events import Joined, Kind, Left, PersonKey
from bot.roll import Standing

UNSEEN = (Kind.BOT,)
SEEN = tuple(kind for kind in Kind if kind not in UNSEEN)
_JOINS_KEPT = 32
_MOVES_KEPT = 32
SEAT = "call:"
"""What the endpoints begin with that the call's roster tells of; the others are told by meeting events."""
ROSTER_LAG = timedelta(seconds=20)
"""How long after a join event the call's roster may not show somebody yet."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One device of a person: the joins newer than the newest leave, and that leave (the tombstone)."""

    joins: tuple[datetime, ...] = ()
    left: datetime | None = None

    def join(self, at: datetime) -> Endpoint:
        """With a join at `at`; a tie with a leave counts as present."""
        if self.left is not None and at < self.left:
            return self
        return Endpoint(joins=tuple(sorted({*self.joins, at}))[-_JOINS_KEPT:], left=self.left)

    def leave(self, at: datetime) -> Endpoint:
        """With a leave at `at`: joins before it are over."""
        if self.left is not None and at <= self.left:
            return self
        return Endpoint(joins=tuple(join for join in self.joins if join >= at), left=at)

    def since(self, floor: datetime | None) -> datetime | None:
        """Since when present, taking everything before `floor` (an end of the sitting) as over; None if not present."""
        for join in self.joins:
            if floor is None or join > floor:
                return join
        return None


@dataclass(frozen=True, slots=True)
class Member:
    """A person of this sitting: who they are by the directory, and where they stand."""

    person: PersonKey
    kind: Kind = Kind.UNRESOLVED
    classes: tuple[str, ...] = ()
    as_of: datetime | None = None
    first_seen: datetime | None = None
    endpoints: Mapping[str, Endpoint] = field(default_factory=dict)
    check_asked: datetime | None = None
    role: str = ""
    moves: tuple[tuple[datetime, bool, str], ...] = ()
    """The newest joins (True) and leaves by any endpoint, oldest first."""

    def stay_since(self, floor: datetime | None, gap: timedelta) -> datetime | None:
        """When the first of the stays began that are no more than `gap` apart; None if nobody came after `floor`."""
        inside: set[str] = set()
        began: datetime | None = None
        gone: datetime | None = None
        for at, came, endpoint in self.moves:
            if floor is not None and at <= floor:
                continue
            if came and not inside and (began is None or gone is None or at - gone > gap):
                began = at
            if not came and inside == {endpoint}:
                gone = at
            inside = inside | {endpoint} if came else inside - {endpoint}
        return began

    def since(self, floor: datetime | None) -> datetime | None:
        """Since when present by any endpoint, or None."""
        found = [since for end in self.endpoints.values() if (since := end.since(floor))]
        return min(found, default=None)

    def newest_join(self, floor: datetime | None) -> datetime | None:
        """When they last came in, by any endpoint that is still there."""
        return max((end.joins[-1] for end in self.endpoints.values() if end.since(floor)), default=None)

    def changed(self, floor: datetime | None) -> datetime | None:
        """When this person last became present or absent."""
        if since := self.since(floor):
            return since
        gone = [end.left for end in self.endpoints.values() if end.left]
        return max(
            [*gone, *([floor] if floor and any(end.joins for end in self.endpoints.values()) else [])], default=None
        )


class Ground(NamedTuple):
    """What the standing of everybody in a sitting rests on, besides their own doings."""

    ended_at: datetime | None
    rostered: bool
    """Whether a roster of the call has been seen."""
    organizer: PersonKey | None
    class_name: str | None
    invitees: frozenset[PersonKey]


def moved(member: Member, event: Joined | Left) -> Member:
    """This person after they came or went."""
    endpoint = member.endpoints.get(event.endpoint, Endpoint())
    came = isinstance(event, Joined)
    news: dict[str, Any] = {}
    if isinstance(event, Joined):
        endpoint = endpoint.join(event.at)
        news = {"first_seen": min(event.at, member.first_seen or event.at), "role": event.role or member.role}
    else:
        endpoint = endpoint.leave(event.at)
    if member.kind is Kind.UNRESOLVED and event.hint is not Kind.UNRESOLVED:
        news |= {"kind": event.hint, "as_of": event.at}
    move = (event.at, came, event.endpoint)
    newest = not member.moves or move > member.moves[-1]  # nearly always, and then there is nothing to put in order
    moves = (*member.moves, move) if newest else tuple(sorted({*member.moves, move}))
    return replace(member, endpoints={**member.endpoints, event.endpoint: endpoint}, moves=moves[-_MOVES_KEPT:], **news)


def standing(member: Member, ground: Ground) -> Standing:
    """How this person stands in the lists of the roll."""
    since = since_of(member, ground)
    return Standing(
        kind=member.kind,
        present=since,
        presenting=since if member.role == "presenter" else None,
        unexpected=None if expected(member, ground) else since,
        changed=member.changed(ground.ended_at),
        came=member.first_seen,
        known=member.as_of,
    )


def since_of(member: Member, ground: Ground) -> datetime | None:
    """Since when somebody is present. Bots are not."""
    if member.kind in UNSEEN or _only_a_hint(member, ground):
        return None
    return member.since(ground.ended_at)


def _only_a_hint(member: Member, ground: Ground) -> bool:
    """Meeting events about people without an account count no more once the call's roster is seen (law 3)."""
    if not ground.rostered or not member.person.startswith("mri:"):
        return False
    return not any(endpoint.startswith(SEAT) for endpoint in member.endpoints)


def expected(member: Member, ground: Ground) -> bool:
    """Whether somebody is known to be staff, of the class, or invited."""
    if member.kind is Kind.STAFF or member.person == ground.organizer or member.person in ground.invitees:
        return True
    return ground.class_name is not None and ground.class_name in member.classes
