"""The Connector's v3 calls that write: new conversations, and messages posted, updated and deleted."""

from __future__ import annotations

from aiohttp import web

from deploy.rehearsal import cards
from deploy.rehearsal.answers import Refused
from deploy.rehearsal.connector import Call, Gate, Json
from deploy.rehearsal.model import Chat, Message, Person
from deploy.rehearsal.tenant import Tenant

BAD = "Bad argument: "


def routes(gate: Gate) -> list[web.RouteDef]:
    base = "/connector/{tenant}/v3/conversations"
    one = f"{base}/{{conversation}}/activities"
    return [
        web.post(base, gate.guard(create)),
        web.post(one, gate.guard(post)),
        web.post(f"{one}/{{activity}}", gate.guard(post)),
        web.put(f"{one}/{{activity}}", gate.guard(update)),
        web.delete(f"{one}/{{activity}}", gate.guard(delete)),
    ]


async def create(call: Call) -> web.Response:
    """A channel post, or the 1:1 with somebody."""
    data = call.body.get("channelData")
    channel = data.get("channel") if isinstance(data, dict) else None
    chat = _channel(call.tenant, channel) if isinstance(channel, dict) else _one_to_one(call.tenant, call.body)
    call.limit(chat.id)
    answer = {"id": chat.id}
    if activity := call.body.get("activity"):
        message = _say(call.tenant, chat, _message(activity), None, None)
        answer["activityId"] = message.id
        if chat.kind == "channel":
            answer["id"] = f"{chat.id};messageid={message.id}"
    elif chat.kind == "channel":
        raise Refused(400, "BadSyntax", "Activity is required for a new channel conversation.")
    return web.json_response(answer, status=201)


def _channel(tenant: Tenant, channel: Json) -> Chat:
    chat = tenant.chat(str(channel.get("id", "")))
    if chat is None or chat.kind != "channel":
        raise Refused(404, "ConversationNotFound", "Channel not found.")
    if not chat.installed:
        raise Refused(403, "BotNotInConversationRoster", "The bot is not part of the conversation roster.")
    return chat


def _one_to_one(tenant: Tenant, body: Json) -> Chat:
    members = body.get("members")
    if not isinstance(members, list) or len(members) != 1 or not isinstance(members[0], dict):
        raise Refused(400, "BadSyntax", "Incorrect conversation creation parameters: exactly one member.")
    wanted = str(members[0].get("id", ""))
    if "@" in wanted:
        raise Refused(400, "BadArgument", "Failed to decrypt pairwise id.")
    data = body.get("channelData")
    told = data.get("tenant", {}).get("id") if isinstance(data, dict) else None
    if (body.get("tenantId") or told) != tenant.id:
        raise Refused(400, "BadSyntax", "Incorrect conversation creation parameters: tenant.")
    person = tenant.person(wanted)
    if person is None or wanted.lower() not in (person.oid, person.mri.lower()):
        raise Refused(404, "NotFound", "User not found.")
    chat = tenant.personal(person) if person.tenant == tenant.id else None
    if chat is None or not chat.installed:
        raise Refused(403, "MessageWritesBlocked", "The bot is not installed for this user, or is blocked by them.")
    return chat


async def post(call: Call) -> web.Response:
    chat = call.chat()
    recipient = _recipient(call, chat) if call.targeted else None
    post_id = call.request.match_info["conversation"].partition(";messageid=")[2] or None
    message = _say(call.tenant, chat, _message(call.body), recipient, post_id)
    return web.json_response({"id": message.id}, status=201)


def _recipient(call: Call, chat: Chat) -> Person:
    """Whom a targeted message is for: somebody in this chat, by Teams' own id."""
    if chat.kind == "personal":
        raise Refused(400, "BadArgument", f"{BAD}targeted messages are not supported in one-to-one chats.")
    if call.tenant.is_on("targeted") == "refused":
        raise Refused(400, "BadArgument", f"{BAD}targeted messages are not enabled.")
    said = call.body.get("recipient")
    wanted = said.get("id") if isinstance(said, dict) else None
    found = next((person for person in chat.members.values() if person.mri == wanted), None)
    if found is None:
        raise Refused(400, "BadArgument", f"{BAD}the recipient is not in the conversation.")
    return found


def _message(body: object) -> Json:
    if not isinstance(body, dict) or body.get("type") not in ("message", "typing"):
        raise Refused(400, "BadSyntax", "Activity type is missing or not supported.")
    return body


def _say(tenant: Tenant, chat: Chat, activity: Json, only_for: Person | None, post_id: str | None) -> Message:
    if activity["type"] == "typing":
        return Message(tenant.next_id(), activity, True)
    _check(tenant, activity)
    message = Message(tenant.next_id(), activity, True, only_for)
    chat.keep(message)
    _note(tenant, "posted", chat, message, 201, post_id)
    return message


def _check(tenant: Tenant, activity: Json) -> None:
    if not activity.get("text") and not activity.get("attachments"):
        raise Refused(400, "BadSyntax", "Message text and attachments are both empty.")
    try:
        cards.check(tenant, activity)
    except cards.Broken as error:
        raise Refused(400, "BadSyntax", str(error)) from None


def _mine(call: Call, chat: Chat) -> Message:
    message = chat.messages.get(call.request.match_info["activity"])
    if message is None or not message.live or bool(message.only_for) is not call.targeted:
        raise Refused(404, "ActivityNotFoundInConversation", "Activity not found in the conversation.")
    if not message.by_bot:
        raise Refused(403, "Forbidden", "The bot may change its own messages only.")
    return message


async def update(call: Call) -> web.Response:
    chat = call.chat()
    message, activity = _mine(call, chat), _message(call.body)
    _check(call.tenant, activity)
    message.activity = activity
    message.views.clear()
    _note(call.tenant, "updated", chat, message, 200)
    return web.json_response({"id": message.id})


async def delete(call: Call) -> web.Response:
    chat = call.chat()
    message = _mine(call, chat)
    message.live = False
    _note(call.tenant, "deleted", chat, message, 200)
    return web.Response(status=200)


def _note(tenant: Tenant, what: str, chat: Chat, message: Message, status: int, post_id: str | None = None) -> None:
    shown = cards.cards_of(message.activity)
    tenant.seen.note(
        what,
        chat=chat.id,
        to=chat.readers(message),
        text=cards.readable(message.activity),
        card=shown[0] if shown else None,
        buttons=[title for card in shown for title in cards.buttons(card)],
        id=message.id,
        status=status,
        targeted=True if message.only_for else None,
        reply_to=post_id,
        raw=message.activity,
    )
