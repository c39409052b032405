"""Whom and where an act means."""

from __future__ import annotations

from typing import Any

from deploy.rehearsal.model import Chat, Meeting, Person
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


def meeting_of(tenant: Tenant, said: dict[str, Any]) -> tuple[Chat, Meeting]:
    chat = tenant.chat(str(said.get("meeting")))
    if chat is None or chat.meeting is None:
        raise CannotDo(f"no meeting has the thread {said.get('meeting')}")
    return chat, chat.meeting


def people_of(tenant: Tenant, said: dict[str, Any]) -> list[Person]:
    """Whom an act means: one, or a list."""
    who = said.get("who")
    return [person_of(tenant, each) for each in (who if isinstance(who, list) else [who])]
