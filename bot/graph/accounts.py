"""Accounts out of Graph's JSON: only what people are judged by."""

from __future__ import annotations

from dataclasses import dataclass

from bot.graph.client import Graph, Json, asking
from bot.graph.permissions import Call, missing
from bot.graph.troubles import Missing
from bot.ports import Refused

_SHOWN = ["id", "displayName", "userType", "accountEnabled"]
_PAGE = 999


@dataclass(frozen=True, slots=True)
class Account:
    """A user of our tenant. `trusted`: what their groups say counts, for they are enabled and no guest."""

    oid: str
    name: str
    guest: bool
    enabled: bool

    @property
    def trusted(self) -> bool:
        """Neither a guest nor switched off."""
        return self.enabled and not self.guest


async def account_of(graph: Graph, oid: str) -> Account | None:
    """One account; None if our tenant has no such account."""
    wanted = asking(select=_SHOWN)
    try:
        user = await graph.ask(
            Call.USER, lambda client: client.users.by_user_id(oid).to_get_request_information(wanted)
        )
    except Missing:
        return None
    return _account(user, Call.USER)


async def accounts_in(graph: Graph, group: str, *, most: int) -> tuple[list[Account], bool]:
    """The users of a group with nested groups, at most so many, and whether these are all.

    Not by the cast to users: that one is answered from an index which lags behind the directory.
    """
    members, complete = await graph.every(
        Call.MEMBERS,
        lambda client: client.groups.by_group_id(group).transitive_members,
        asking(select=_SHOWN, top=_PAGE),
        most=most,
    )
    users = (one for one in members if one.get("@odata.type") == "#microsoft.graph.user")
    return [_account(user, Call.MEMBERS) for user in users], complete


def _account(user: Json, call: Call) -> Account:
    if not isinstance(user.get("accountEnabled"), bool):
        # without the permission Graph gives blanks, and a guest would pass for one of ours
        raise Refused("hidden", f"Graph does not show whether accounts are enabled or guests: {missing(call)}")
    return Account(
        oid=str(user["id"]).lower(),
        name=str(user.get("displayName") or ""),
        guest=str(user.get("userType") or "").casefold() == "guest",
        enabled=user["accountEnabled"],
    )
