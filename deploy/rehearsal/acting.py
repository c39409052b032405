"""Whom and where an act means."""

from __future__ import annotations

from typing import Any

from deploy.rehearsal.model import Chat, Person
from deploy.rehearsal.tenant import Tenant


class CannotDo(Exception):
    """An act that is not possible, and why."""


def person_of(tenant: Tenant, who: Any) -> Person:
    person = tenant.person(str(who))
    if person is None:
        raise CannotDo(f"nobody here is {who}")
    return person


def chat_of(tenant: Tenant, said: dict[str, Any], person: Person | None) -> Chat:
    """The chat an act names: a thread, a channel, or `personal`, this person's 1:1 with the bot."""
    wanted = str(said.get("chat"))
    if wanted == "personal":
        if person is None:
            raise CannotDo("whose 1:1? say who")
        return tenant.personal(person)
    chat = tenant.chat(wanted)
    if chat is None:
        raise CannotDo(f"no chat is {wanted}")
    return chat
