"""People writing to the bot, and pressing the buttons of its cards."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from deploy.rehearsal import cards, wire
from deploy.rehearsal.acting import CannotDo, chat_of, person_of
from deploy.rehearsal.deliver import Post
from deploy.rehearsal.model import Chat, Message, Person
from deploy.rehearsal.tenant import BOT_NAME, Tenant

Json = dict[str, Any]
ALL_MESSAGES = ("ChatMessage.Read.Chat", "ChannelMessage.Read.Group")


def say(post: Post, tenant: Tenant, said: Json) -> Json:
    """Somebody writes; it reaches the bot by slash, by mention, in the 1:1, or where it may read everything."""
    person = person_of(tenant, said.get("who"))
    chat, how = chat_of(tenant, said, person), said.get("how", "plain")
    if how not in ("slash", "mention", "plain"):
        raise CannotDo("how is slash, mention or plain")
    text, entities = _mentioning(tenant, str(said.get("text", "")), said.get("mentions") or [])
    if how == "mention":
        text, entities = f"<at>{BOT_NAME}</at> {text}", [wire.mention(tenant.bot, BOT_NAME), *entities]
    activity = wire.message(tenant, chat, person, text)
    # A new channel post is the head of its own thread.
    activity["conversation"] = wire.conversation(tenant, chat, said.get("post") or activity["id"])
    activity["entities"] = entities + activity["entities"]
    targeted = how == "slash" and chat.kind != "personal"
    if targeted:
        activity["recipient"]["isTargeted"] = True
    else:
        chat.keep(Message(activity["id"], activity, by_bot=False))
    tenant.seen.note(
        "event" if targeted else "posted",
        by="person",
        chat=chat.id,
        to=[person.key] if targeted else chat.readers(),
        text=cards.plain(text),
        id=activity["id"],
        sender=person.key,
    )
    heard = chat.installed and (how != "plain" or chat.kind == "personal" or _reads_all(tenant, chat))
    if heard:
        post.send(tenant, activity)
    return {"id": activity["id"], "told": heard}


def _reads_all(tenant: Tenant, chat: Chat) -> bool:
    return ALL_MESSAGES[chat.kind == "channel"] in tenant.rsc


def _mentioning(tenant: Tenant, text: str, mentions: list[Any]) -> tuple[str, list[Json]]:
    """The text with each `@Name` a real mention; one not in the text is put at its end."""
    entities: list[Json] = []
    for each in mentions:
        person = person_of(tenant, each)
        tag = f"<at>{person.name}</at>"
        text = text.replace(f"@{person.name}", tag, 1) if f"@{person.name}" in text else f"{text} {tag}"
        entities.append(wire.mention(person.mri, person.name))
    return text, entities


def press(post: Post, tenant: Tenant, said: Json) -> Json:
    """Press a button of the newest live card that shows it to this person."""
    person = person_of(tenant, said.get("who"))
    chat = chat_of(tenant, said, person)
    found = list(_shown(chat, person, str(said.get("button"))))
    if not found:
        raise CannotDo(f"no live card in {chat.id} shows {person.key} the button {said.get('button')}")
    number = int(said.get("card") or 0)
    if number >= len(found):
        raise CannotDo(f"only {len(found)} live cards show that button")
    message, action = found[number]
    if not chat.installed:
        raise CannotDo("the bot is not in this chat any more: Teams cannot reach it")
    data = {**action["data"], **said.get("inputs", {})} if isinstance(action.get("data"), dict) else action.get("data")
    answered = _answered(tenant, chat, person, message)
    post_id = message.id if chat.kind == "channel" else None
    if action["type"] == "Action.Submit":
        activity = wire.message(tenant, chat, person, "", post_id)
        activity |= {"value": data, "replyToId": message.id}
        activity = {key: value for key, value in activity.items() if key not in ("text", "attachments")}
        post.send(tenant, activity)
    else:
        sent = {key: action[key] for key in ("type", "title", "id", "verb") if key in action} | {"data": data or {}}
        post.send(tenant, wire.pressed(tenant, chat, person, message.id, sent, post_id), answered)
    tenant.seen.note(
        "event", by="person", chat=chat.id, to=[person.key], text=f"pressed {action['title']}", id=message.id
    )
    return {"id": message.id}


def _shown(chat: Chat, person: Person, title: str) -> Iterator[tuple[Message, Json]]:
    """Newest first: the messages that show this person this button, and the action behind it."""
    if person.key not in chat.members:
        return
    for message in reversed(chat.messages.values()):
        if not message.live or not message.by_bot or message.only_for not in (None, person):
            continue
        view = message.views.get(person.key)
        for card in [view] if view else cards.cards_of(message.activity):
            if action := cards.button(card, title):
                yield message, action


def _answered(tenant: Tenant, chat: Chat, person: Person, message: Message) -> Any:
    """What happens when the bot answers: the presser, and nobody else, sees it."""

    def answered(status: int, body: Any) -> None:
        said = body if isinstance(body, dict) else {}
        value, card = said.get("value"), None
        text = cards.plain(value) if isinstance(value, str) else ""
        if said.get("type") == cards.CARD and isinstance(value, dict):
            card, text = value, cards.card_text(value)
            message.views[person.key] = value
        elif isinstance(value, dict):
            text = str(value.get("message", ""))
        tenant.seen.note(
            "answer",
            chat=chat.id,
            to=[person.key],
            text=text,
            card=card,
            buttons=cards.buttons(card) if card else [],
            id=message.id,
            status=status,
            raw=body,
        )

    return answered
