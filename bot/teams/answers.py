"""Answers to people: privately, after the work is done, and never a reason to do the work again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Mapping
from dataclasses import replace
from typing import Any, Protocol

from bot.events import account, oid_of
from bot.notice import Notice
from bot.ports import Addresses, How, Named, OutOfReach, Refused, Reply, Said, Sent
from bot.teams.cards import card, line
from bot.teams.connector import CARD
from bot.teams.messages import mentioned_ids
from bot.teams.reading import Ours, conversation

MESSAGE = "application/vnd.microsoft.activity.message"
_ROSTER = 3.0
_LEAVING = 5.0

log = logging.getLogger("schoolgate.answers")


class Voice(Protocol):
    """What answers are given with; `connector.Connector` is one."""

    async def whisper(self, thread: str, oid: str, notice: Notice) -> Sent:
        """To one person in a chat."""
        ...

    async def write_to(self, oid: str, notice: Notice) -> Sent:
        """1:1."""
        ...

    async def say(self, conversation: str, notice: Notice) -> Sent:
        """To everybody in a conversation."""
        ...

    async def object_id(self, conversation: str, mri: str) -> str | None:
        """Who a Teams id is."""
        ...


class Answers:
    """Sends in the background: Teams delivers again what is not answered in 15 seconds, and a send may take longer."""

    def __init__(self, voice: Voice, ours: Ours, addresses: Addresses) -> None:
        self._voice = voice
        self._ours = ours
        self._sending: set[asyncio.Task[None]] = set()
        self._addresses = addresses

    async def recognised(self, said: Said, activity: Mapping[str, Any]) -> Said:
        """The same, with those mentioned by a Teams id known by their account; unknown where the roster does not answer."""
        where = conversation(activity) or ""
        ids = mentioned_ids(activity, self._ours)
        if not any(mri and not one.person for one, mri in zip(said.named, ids, strict=True)):
            return said
        try:
            async with asyncio.timeout(_ROSTER):
                named = [await self._recognise(one, mri, where) for one, mri in zip(said.named, ids, strict=True)]
        except (TimeoutError, OutOfReach, Refused):
            return said
        return replace(said, named=tuple(named))

    async def _recognise(self, one: Named, mri: str | None, where: str) -> Named:
        if one.person or not mri:
            return one
        oid = await self._voice.object_id(where, mri)
        return replace(one, person=account(oid)) if oid else one

    def tell(self, said: Said, reply: Reply, activity: Mapping[str, Any]) -> None:
        """Answer a command: in the chat where nobody else is, else to the asker alone."""
        where, oid = conversation(activity), oid_of(said.by) if said.by else None
        if where is None:
            return
        if said.how is How.PERSONAL:
            self._send(self._say(where, reply.notice))
        elif oid:
            self._send(self._tell_alone(where, oid, reply.notice))

    def to_press(self, reply: Reply) -> dict[str, Any]:
        """Answer a pressed button: the card as it is now or the next question, else one line for the one who pressed."""
        if reply.accepted or reply.notice.asks:
            return {"statusCode": 200, "type": CARD, "value": card(reply.notice)}
        return {"statusCode": 200, "type": MESSAGE, "value": line(reply.notice)}

    async def is_new(self, activity: Mapping[str, Any]) -> bool:
        """Whether no replica has been greeting there within the last minute: Teams tells it twice."""
        where = conversation(activity)
        return where is not None and await self._addresses.first_greeting(where)

    def greet(self, notice: Notice, activity: Mapping[str, Any]) -> None:
        """Introduce ourselves."""
        if where := conversation(activity):
            self._send(self._say(where, notice))

    async def aclose(self) -> None:
        """Give what is being sent a few seconds."""
        if self._sending:
            _, late = await asyncio.wait(self._sending, timeout=_LEAVING)
            for task in late:
                task.cancel()

    async def _say(self, where: str, notice: Notice) -> None:
        await self._voice.say(where, notice)

    async def _tell_alone(self, where: str, oid: str, notice: Notice) -> None:
        try:
            await self._voice.whisper(where, oid, notice)
        except Refused as refused:
            log.info("whisper refused", extra={"event": "whisper_refused", "code": refused.code})
            await self._voice.write_to(oid, notice)

    def _send(self, sending: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(_logged(sending), name="answer")
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)


async def _logged(sending: Coroutine[Any, Any, None]) -> None:
    try:
        await sending
    except (Refused, OutOfReach) as error:
        log.warning("answer not sent", extra={"event": "answer_not_sent", "why": type(error).__name__})
