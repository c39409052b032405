"""Speaking through the Bot Connector: `ports.Messenger`, `ports.Presence` and `ports.Meetings`, on one session of our own.

botbuilder's own client tries once, with a hundred seconds' patience, and asks for a token every turn; it is not used.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any
from urllib.parse import quote

import aiohttp

from bot.notice import Notice
from bot.ports import Addresses, OutOfReach, Refused, Route, Sent
from bot.teams.cards import card, line
from bot.teams.hosts import Hosts
from bot.teams.pace import Pace
from bot.teams.reading import identifier, inner, lowered, object_id
from bot.teams.rooms import Rooms
from bot.teams.wire import DEADLINE, Declined, TokenSource, Watch, Wire, make_session

__all__ = ["Connector", "make_session"]

CARD = "application/vnd.microsoft.card.adaptive"
ANYWHERE = "https://smba.trafficmanager.net/teams"
"""Where Microsoft takes proactive messages before any conversation has told us its own address."""
_IDS_KEPT = 5000
_TARGETED = "?isTargetedActivity=true"


class Connector(Rooms):
    """Sends cards and lines, at the pace Teams allows, and asks about meetings. Raises Refused or OutOfReach."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        tokens: TokenSource,
        hosts: Hosts,
        addresses: Addresses,
        app_id: str,
        tenant: str,
        deadline: float = DEADLINE,
        watch: Watch = lambda method, answer, seconds: None,
    ) -> None:
        super().__init__(self, tenant)
        self._wire = Wire(session, tokens=tokens, hosts=hosts, deadline=deadline, watch=watch)
        self._hosts = hosts
        self._addresses = addresses
        self._app_id = app_id
        self._pace = Pace()
        self._mris = _Kept()
        self._chats = _Kept()

    async def post(self, channel: str, notice: Notice) -> Sent:
        """A new card in a channel; a reply where `channel` names a message of it."""
        if ";messageid=" in channel or channel.endswith("@thread.v2"):
            return await self._send(Route.CHANNEL, channel, self._message(notice))
        asked = {
            "isGroup": True,
            "bot": self._us,
            "tenantId": self._tenant,
            "channelData": {"channel": {"id": channel}, "tenant": {"id": self._tenant}},
            "activity": self._message(notice),
        }
        made = lowered(await self.ask("POST", channel, "/v3/conversations", asked, paced=True))
        return Sent(
            route=Route.CHANNEL,
            conversation=identifier(inner(made).get("id")) or channel,
            activity=identifier(inner(made).get("activityid")) or "",
        )

    async def whisper(self, thread: str, oid: str, notice: Notice) -> Sent:
        """A targeted message in a meeting chat, seen by one person."""
        mri = self._mris.get((thread, oid)) or await self._mri(thread, oid)
        message = {**self._message(notice), "recipient": {"id": mri}}
        return await self._send(Route.WHISPER, thread, message, _TARGETED, to=oid)

    async def write_to(self, oid: str, notice: Notice) -> Sent:
        """A 1:1 message."""
        kept = self._chats.get(oid)
        if kept:
            try:
                return await self._send(Route.PERSONAL, kept, self._message(notice), to=oid)
            except Declined as declined:
                if declined.status != 404:
                    raise
                self._chats.forget(oid)
        return await self._send(Route.PERSONAL, await self._chat(oid), self._message(notice), to=oid)

    async def say(self, conversation: str, notice: Notice) -> Sent:
        """An answer in a conversation, for everybody in it."""
        return await self._send(Route.CHANNEL, conversation, self._message(notice))

    async def update(self, sent: Sent, notice: Notice) -> None:
        """Replace a message in place."""
        if not sent.activity:
            raise Refused("no_activity", "that message's id was never told")
        path = f"{_activities(sent.conversation)}/{quote(sent.activity, safe='')}"
        query = _TARGETED if sent.route is Route.WHISPER else ""
        message = {**self._message(notice), "id": sent.activity}
        await self.ask("PUT", sent.conversation, path + query, message, paced=True)

    async def object_id(self, conversation: str, mri: str) -> str | None:
        """The Entra object id behind a Teams id, as the conversation's roster tells it."""
        found = lowered(await self.ask("GET", conversation, _member(conversation, mri)))
        return object_id(inner(found).get("aadobjectid"), inner(found).get("objectid"))

    async def ask(self, method: str, conversation: str, path: str, body: Any = None, *, paced: bool = False) -> Any:
        """One request about a conversation, at its own service URL."""
        service_url = await self._addresses.service_url(conversation)
        if service_url is None and self._hosts.allows(ANYWHERE):
            service_url = ANYWHERE
        if service_url is None:
            raise OutOfReach("no service URL is known yet")
        url = service_url.rstrip("/") + path
        if not paced:
            return await self._wire.ask(method, url, body)
        return await self._wire.ask(method, url, body, turn=lambda: self._pace.turn(_thread(conversation)))

    @property
    def _us(self) -> dict[str, str]:
        return {"id": f"28:{self._app_id}"}

    def _message(self, notice: Notice) -> dict[str, Any]:
        """A notice as an activity: a card where there is more to it than a line."""
        if not (notice.alert or notice.buttons or notice.details or notice.asks or notice.mentions):
            return {"type": "message", "from": self._us, "textFormat": "plain", "text": line(notice)}
        attachment = {"contentType": CARD, "content": card(notice)}
        return {"type": "message", "from": self._us, "summary": line(notice), "attachments": [attachment]}

    async def _send(
        self, route: Route, conversation: str, message: dict[str, Any], query: str = "", *, to: str = ""
    ) -> Sent:
        made = await self.ask("POST", conversation, _activities(conversation) + query, message, paced=True)
        activity = identifier(inner(lowered(made)).get("id")) or ""
        return Sent(route=route, conversation=conversation, activity=activity, to=to)

    async def _mri(self, thread: str, oid: str) -> str:
        found = lowered(await self.ask("GET", thread, _member(thread, oid)))
        mri = identifier(inner(found).get("id"))
        if mri is None:
            raise Refused("no_mri", "the roster does not say how to address this member")
        self._mris.keep((thread, oid), mri)
        return mri

    async def _chat(self, oid: str) -> str:
        asked = {
            "isGroup": False,
            "bot": self._us,
            "members": [{"id": oid}],
            "tenantId": self._tenant,
            "channelData": {"tenant": {"id": self._tenant}},
        }
        made = lowered(await self.ask("POST", oid, "/v3/conversations", asked, paced=True))
        chat = identifier(inner(made).get("id"))
        if chat is None:
            raise Refused("no_conversation", "the Connector did not say where the conversation is")
        self._chats.keep(oid, chat)
        return chat


class _Kept:
    """Ids once asked for, the longest unused forgotten first."""

    def __init__(self) -> None:
        self._ids: OrderedDict[object, str] = OrderedDict()

    def get(self, key: object) -> str | None:
        if key in self._ids:
            self._ids.move_to_end(key)
        return self._ids.get(key)

    def keep(self, key: object, value: str) -> None:
        self._ids[key] = value
        if len(self._ids) > _IDS_KEPT:
            self._ids.popitem(last=False)

    def forget(self, key: object) -> None:
        self._ids.pop(key, None)


def _activities(conversation: str) -> str:
    return f"/v3/conversations/{quote(conversation, safe='')}/activities"


def _thread(conversation: str) -> str:
    """What a channel's conversations share: its members, and how fast one may speak there."""
    return conversation.partition(";messageid=")[0]


def _member(conversation: str, member: str) -> str:
    return f"/v3/conversations/{quote(_thread(conversation), safe='')}/members/{quote(member, safe='')}"
