"""Who people are: the groups of school.toml, asked of Entra afresh every time (keeping is the store's).

A disabled account has no say: a member of staff whose account is switched off is an account like any other, and leads
nothing. A guest is a guest whatever group they are in.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

from bot.actions import Role
from bot.events import Kind, account
from bot.graph.client import Graph, asking, together
from bot.graph.permissions import Call, missing
from bot.graph.sdk import CheckMemberGroupsPostRequestBody, User
from bot.graph.troubles import Missing
from bot.ports import Person, Refused
from bot.school import School

ABOUT_A_USER = ["id", "displayName", "userType", "accountEnabled"]
_GROUPS_A_CALL = 20
_PAGE = 999
_MOST_MEMBERS = 20_000


class GraphDirectory:
    """The `Directory` port over Graph, and `roles_of` for those who press buttons or give commands."""

    def __init__(self, graph: Graph, school: School) -> None:
        self._graph = graph
        self._school = school
        self._class_groups = tuple(one.group for one in school.classes)
        self._telling = tuple(dict.fromkeys((school.groups.staff, school.groups.pupils, *self._class_groups)))

    async def person(self, oid: str) -> Person | None:
        """One account, looked up now; None if our tenant has no such account."""
        as_of = datetime.now(UTC)
        found = await self._look(oid, self._telling)
        return self._person(*found, as_of) if found else None

    async def roles_of(self, oid: str) -> frozenset[Role]:
        """Which groups of [groups] somebody is in, looked up now; none for a guest or a disabled account."""
        found = await self._look(oid, {self._school.group(role) for role in Role})
        if not found or not _trusted(found[0]):
            return frozenset()
        return frozenset(role for role in Role if self._school.group(role) in found[1])

    async def list_of(self, role: Role) -> Sequence[Person]:
        """Everybody of a role now, nested groups included; whose kind does not fit STAFF or PUPILS is left out."""
        if role in (Role.STAFF, Role.PUPILS):
            return await self._whole(Kind.STAFF if role is Role.STAFF else Kind.PUPIL)
        as_of = datetime.now(UTC)
        members = [user for user in await self._members(self._school.group(role)) if _trusted(user)]
        each = await together(*(self._memberships(user.id, self._telling) for user in members))
        return [self._person(user, of or set(), as_of) for user, of in zip(members, each, strict=True)]

    async def _whole(self, kind: Kind) -> list[Person]:
        """All staff or all pupils: each group is read once, and people are judged by all of them together."""
        as_of = datetime.now(UTC)
        users: dict[str, User] = {}
        memberships: dict[str, set[str]] = {}
        for group, members in zip(self._telling, await together(*map(self._members, self._telling)), strict=True):
            for user in members:
                users[user.id] = user
                memberships.setdefault(user.id, set()).add(group)
        people = (self._person(user, memberships[oid], as_of) for oid, user in users.items())
        return [person for person in people if person.kind is kind]

    async def _look(self, oid: str, groups: Collection[str]) -> tuple[User, set[str]] | None:
        """The account and which of `groups` it is in, asked for at the same time."""
        user, of = await together(self._user(oid), self._memberships(oid, groups))
        if user is None:
            return None
        if of is None:
            raise Refused("groups", "Graph knows the account but not its groups: is every group of school.toml there?")
        return user, of

    async def _user(self, oid: str) -> User | None:
        wanted = asking(select=ABOUT_A_USER)
        try:
            user: User = await self._graph.ask(Call.USER, lambda client: client.users.by_user_id(oid).get(wanted))
            return _must_show(user, Call.USER)
        except Missing:
            return None

    async def _memberships(self, oid: str, groups: Collection[str]) -> set[str] | None:
        """Which of `groups` this account is in, directly or not; None if Graph knows no such account."""
        wanted = list(dict.fromkeys(groups))
        parts = [wanted[start : start + _GROUPS_A_CALL] for start in range(0, len(wanted), _GROUPS_A_CALL)]
        try:
            answers = await together(*(self._check(oid, part) for part in parts))
        except Missing:
            return None
        return {group.lower() for answer in answers for group in answer}

    async def _check(self, oid: str, groups: list[str]) -> list[str]:
        body = CheckMemberGroupsPostRequestBody(group_ids=groups)
        answer: Any = await self._graph.ask(
            Call.MEMBERSHIP, lambda client: client.users.by_user_id(oid).check_member_groups.post(body)
        )
        return list(answer.value or [])

    async def _members(self, group: str) -> list[User]:
        """The users of a group, nested groups included."""
        users, complete = await users_of(self._graph, group, most=_MOST_MEMBERS)
        if not complete:
            raise Refused("group_too_large", f"group {group} has more than {_MOST_MEMBERS} members")
        return users

    def _person(self, user: User, groups: set[str], as_of: datetime) -> Person:
        return Person(
            key=account(user.id),
            kind=self._kind(user, groups),
            name=user.display_name or "",
            classes=tuple(one.name for one in self._school.classes if one.group in groups),
            as_of=as_of,
        )

    def _kind(self, user: User, groups: set[str]) -> Kind:
        if _is_guest(user):
            return Kind.GUEST
        if self._school.groups.staff in groups:
            return Kind.STAFF if _trusted(user) else Kind.ACCOUNT
        if self._school.groups.pupils in groups or not groups.isdisjoint(self._class_groups):
            return Kind.PUPIL
        return Kind.ACCOUNT


async def users_of(graph: Graph, group: str, *, most: int) -> tuple[list[User], bool]:
    """The users of a group with nested groups, at most so many, and whether these are all.

    Not by the cast to users: that one is answered from an index which lags behind the directory.
    """
    members, complete = await graph.every(
        Call.MEMBERS,
        lambda client: client.groups.by_group_id(group).transitive_members,
        asking(select=ABOUT_A_USER, top=_PAGE),
        most=most,
    )
    users = [member for member in members if isinstance(member, User) and member.id]
    for user in users:
        _must_show(user, Call.MEMBERS)
    return users, complete


def _must_show(user: User, call: Call) -> User:
    """The user, if Graph shows us what we judge by: without the permission it gives blanks, and a guest would pass."""
    if user.account_enabled is None:
        raise Refused("hidden", f"Graph does not show whether accounts are enabled or guests: {missing(call)}")
    return user


def _is_guest(user: User) -> bool:
    return (user.user_type or "").casefold() == "guest"


def _trusted(user: User) -> bool:
    """Whether what this account's groups say counts."""
    return not _is_guest(user) and bool(user.account_enabled)
