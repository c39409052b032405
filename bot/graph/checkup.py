"""What the doctor asks of Graph besides what the product asks: reading only, nothing is changed or sent."""

from __future__ import annotations

from bot.graph.client import Graph, asking
from bot.graph.permissions import Call
from bot.graph.troubles import Missing


async def mailbox(graph: Graph, oid: str) -> bool:
    """Whether somebody can send mail. Refused and OutOfReach as always."""
    wanted = asking(select=["id", "mail", "accountEnabled"])
    try:
        user = await graph.ask(
            Call.USER, lambda client: client.users.by_user_id(oid).to_get_request_information(wanted)
        )
    except Missing:
        return False
    return bool(user.get("mail")) and user.get("accountEnabled") is not False


async def chat_is_shown(graph: Graph, thread: str) -> None:
    """Ask for a lesson's chat, as it is asked when Teams does not name the calendar entry. Refused, OutOfReach."""
    await graph.ask(
        Call.CHAT,
        lambda client: client.chats.by_chat_id(thread).to_get_request_information(asking(select=["id", "chatType"])),
    )
