"""Who people are: the groups of school.toml, asked of Entra afresh every time (keeping is the store's).

A disabled account has no say: a member of staff whose account is switched off is an account like any other, and leads
nothing. A guest is a guest whatever group they are in.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from bot.actions import Role
from bot.events import Kind, account
from bot.graph.accounts import Account, account_of, accounts_in
from bot.graph.client import Graph, together
from bot.graph.permissions import Call
from bot.graph.sdk import CheckMemberGroupsPostRequestBody
from bot.graph.troubles import Missing, legible
from bot.ports import OutOfReach, Person, Refused
from bot.school import School

_GROUPS_A_CALL = 20
_MOST_MEMBERS = 20_000


class GraphDirectory:
    """The `Directory` port over Graph, and `roles_of` for those who press buttons or give commands."""

    def __init__(self, graph: Graph, school: School) -> None:
        self._graph = graph
        self._school = school
        self._class_groups = tuple(one.group for one in school.classes)
        self._telling = tuple(dict.fromkeys((school.groups.staff, school.groups.pupils, *self._class_groups)))

    @legible
    async def person(self, oid: str) -> Person | None:
        """One account, looked up now; None if our tenant has no such account."""
        as_of = datetime.now(UTC)
        found = await self._look(oid, self._telling)
        return self._person(*found, as_of) if found else None

    @legible
    async def roles_of(self, oid: str) -> frozenset[Role]:
        """Which groups of [groups] somebody is in, looked up now; none for a guest or a disabled account."""
        found = await self._look(oid, {self._school.group(role) for role in Role})
        if not found or not found[0].trusted:
            return frozenset()
        return frozenset(role for role in Role if self._school.group(role) in found[1])

    @legible
    async def list_of(self, role: Role) -> Sequence[Person]:
        """Everybody of a role now, nested groups included; whose kind does not fit STAFF or PUPILS is left out."""
        if role in (Role.STAFF, Role.PUPILS):
            return await self._whole(Kind.STAFF if role is Role.STAFF else Kind.PUPIL)
        as_of = datetime.now(UTC)
        members = [one for one in await self._members(self._school.group(role)) if one.trusted]
        each = await together(*(self._memberships(one.oid, self._telling) for one in members))
        return [self._person(one, of or set(), as_of) for one, of in zip(members, each, strict=True)]

    async def _whole(self, kind: Kind) -> list[Person]:
        """All staff or all pupils: each group is read once, and people are judged by all of them together."""
        as_of = datetime.now(UTC)
        accounts: dict[str, Account] = {}
        memberships: dict[str, set[str]] = {}
        for group, members in zip(self._telling, await together(*map(self._members, self._telling)), strict=True):
            for one in members:
                accounts[one.oid] = one
                memberships.setdefault(one.oid, set()).add(group)
        people = (self._person(one, memberships[oid], as_of) for oid, one in accounts.items())
        return [person for person in people if person.kind is kind]

    async def _look(self, oid: str, groups: Collection[str]) -> tuple[Account, set[str]] | None:
        """The account and which of `groups` it is in, asked for at the same time."""
        found, of = await together(account_of(self._graph, oid), self._memberships(oid, groups))
        if found is None:
            return None
        if of is None:
            raise Refused("groups", "Graph knows the account but not its groups: is every group of school.toml there?")
        return found, of

    async def _memberships(self, oid: str, groups: Collection[str]) -> set[str] | None:
        """Which of `groups` this account is in, directly or not; None if Graph knows no such account."""
        wanted = list(dict.fromkeys(groups))
        parts = [wanted[start : start + _GROUPS_A_CALL] for start in range(0, len(wanted), _GROUPS_A_CALL)]
        try:
            answers = await together(*(self._check(oid, part) for part in parts))
        except Missing:
            return None
        return {group for answer in answers for group in answer}

    async def _check(self, oid: str, groups: list[str]) -> list[str]:
        body = CheckMemberGroupsPostRequestBody(group_ids=groups)
        answer = await self._graph.ask(
            Call.MEMBERSHIP,
            lambda client: client.users.by_user_id(oid).check_member_groups.to_post_request_information(body),
        )
        listed = answer.get("value")
        if not isinstance(listed, list):
            raise OutOfReach(f"{Call.MEMBERSHIP} was answered with something else than a list")
        return [str(group).lower() for group in listed]

    async def _members(self, group: str) -> list[Account]:
        """The users of a group, nested groups included."""
        accounts, complete = await accounts_in(self._graph, group, most=_MOST_MEMBERS)
        if not complete:
            raise Refused("group_too_large", f"group {group} has more than {_MOST_MEMBERS} members")
        return accounts

    def _person(self, one: Account, groups: set[str], as_of: datetime) -> Person:
        return Person(
            key=account(one.oid),
            kind=self._kind(one, groups),
            name=one.name,
            classes=tuple(each.name for each in self._school.classes if each.group in groups),
            as_of=as_of,
        )

    def _kind(self, one: Account, groups: set[str]) -> Kind:
        if one.guest:
            return Kind.GUEST
        if self._school.groups.staff in groups:
            return Kind.STAFF if one.trusted else Kind.ACCOUNT
        if self._school.groups.pupils in groups or not groups.isdisjoint(self._class_groups):
            return Kind.PUPIL
        return Kind.ACCOUNT
