"""Who was invited: the addresses of a calendar event as accounts of our tenant, groups expanded with nested ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from bot.graph.accounts import accounts_in
from bot.graph.client import Graph, Json, asking, together
from bot.graph.permissions import Call

# Graph takes at most 15 values in a filter's `in`, and at most 15 clauses joined by `or`.
_VALUES, _PAIRS = 15, 7
_MOST_ADDRESSES = 500
_MOST_MEMBERS = 3000


@dataclass(frozen=True)
class Invited:
    """Object ids of people, ids of groups, and whether that is everybody of our tenant who was invited."""

    people: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    complete: bool = True


@dataclass
class _Search:
    """What is still looked for, and what has been found."""

    left: set[str]
    people: set[str] = field(default_factory=set)
    groups: set[str] = field(default_factory=set)


Matches = Callable[[Json], Iterable[str | None]]


async def invited_by(graph: Graph, addresses: Iterable[str]) -> Invited:
    """Find them. An address that is nobody of our tenant's (a parent's, another school's) is left out."""
    wanted = {address.strip().casefold() for address in addresses if address and "@" in address}
    search = _Search(left=set(sorted(wanted)[:_MOST_ADDRESSES]))
    await _users(graph, search, "mail in ({})", _VALUES, lambda user: [user.get("mail")])
    await _users(graph, search, "userPrincipalName in ({})", _VALUES, lambda user: [user.get("userPrincipalName")])
    await _groups(graph, search, "mail in ({})", _VALUES, lambda group: [group.get("mail")])
    # an alias, or a guest's address at home
    await _users(graph, search, _ALIAS_OF_USER, _PAIRS, _aliases)
    await _groups(graph, search, _ALIAS, _VALUES, _aliases)
    complete = len(wanted) <= _MOST_ADDRESSES
    for members, all_of_them in await together(
        *(accounts_in(graph, group, most=_MOST_MEMBERS) for group in sorted(search.groups))
    ):
        search.people.update(member.oid for member in members)
        complete = complete and all_of_them
    return Invited(frozenset(search.people), frozenset(search.groups), complete)


_ALIAS = "proxyAddresses/any(p:p eq 'smtp:{}')"
_ALIAS_OF_USER = f"otherMails/any(m:m eq '{{}}') or {_ALIAS}"
_USER = ["id", "mail", "userPrincipalName", "otherMails", "proxyAddresses"]
_GROUP = ["id", "mail", "proxyAddresses"]


def _aliases(one: Json) -> list[str | None]:
    addresses = [*(one.get("otherMails") or []), *(one.get("proxyAddresses") or [])]
    return [address.casefold().removeprefix("smtp:") for address in addresses if address]


async def _users(graph: Graph, search: _Search, pattern: str, at_once: int, matches: Matches) -> None:
    for user in await _find(graph, Call.FIND_USERS, search, pattern, at_once):
        _strike(search, search.people, user, matches)


async def _groups(graph: Graph, search: _Search, pattern: str, at_once: int, matches: Matches) -> None:
    for group in await _find(graph, Call.FIND_GROUPS, search, pattern, at_once):
        _strike(search, search.groups, group, matches)


def _strike(search: _Search, found: set[str], one: Json, matches: Matches) -> None:
    """Count somebody as found only by an address that was asked for, whatever else an answer holds."""
    known = {address.casefold() for address in matches(one) if address}
    if one.get("id") and (hit := known & search.left):
        found.add(str(one["id"]).lower())
        search.left -= hit


async def _find(graph: Graph, call: Call, search: _Search, pattern: str, at_once: int) -> list[Json]:
    left = sorted(search.left)
    parts = [left[start : start + at_once] for start in range(0, len(left), at_once)]
    answers = await together(*(_ask(graph, call, _filter(pattern, part)) for part in parts))
    return [one for answer in answers for one in answer]


async def _ask(graph: Graph, call: Call, condition: str) -> list[Json]:
    users = call is Call.FIND_USERS
    wanted = asking(select=_USER if users else _GROUP, filter=condition, top=100)
    found, _ = await graph.every(call, lambda client: client.users if users else client.groups, wanted, most=1000)
    return found


def _filter(pattern: str, addresses: list[str]) -> str:
    """The condition that any of `addresses` fits `pattern`; a quote inside an address is doubled, as OData has it."""
    safe = [address.replace("'", "''") for address in addresses]
    if " in (" in pattern:
        return pattern.format(",".join(f"'{address}'" for address in safe))
    return " or ".join(pattern.replace("{}", address) for address in safe)
