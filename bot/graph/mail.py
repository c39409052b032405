"""E-mail through Graph, for when nothing in Teams can be reached.

The subject shows on locked screens, so it names nobody. Graph gives a sent mail no id; what is kept is our own id of the
request, which Microsoft's support can find.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from uuid import uuid4

from bot.actions import Role
from bot.graph.accounts import accounts_in
from bot.graph.client import Graph, asking, together
from bot.graph.permissions import Call
from bot.graph.sdk import (
    BodyType,
    EmailAddress,
    Importance,
    ItemBody,
    Message,
    Recipient,
    SendMailPostRequestBody,
)
from bot.graph.troubles import Missing
from bot.notice import Notice
from bot.ports import Refused, Route, Sent
from bot.school import School

_KEPT = 3600.0
_MOST_ADMINISTRATORS = 50


def plain_subject(notice: Notice) -> str:
    """A subject that names nobody."""
    if not notice.alert:
        return "Schoolgate: a message for you"
    return f"Schoolgate: alert {notice.alert} {'is over' if notice.over else '- please read now'}"


def plain_text(notice: Notice) -> str:
    """The words of a notice as plain text."""
    parts = [notice.headline, notice.done, notice.next_step, notice.answered, "\n".join(notice.details)]
    return "\n\n".join(part for part in parts if part) + "\n"


class GraphMail:
    """The `Mail` port over Graph."""

    def __init__(
        self,
        graph: Graph,
        school: School,
        *,
        subject: Callable[[Notice], str] = plain_subject,
        text: Callable[[Notice], str] = plain_text,
    ) -> None:
        self._graph = graph
        self._school = school
        self._subject = subject
        self._text = text
        self._addresses: dict[str, tuple[str, float]] = {}
        self._sender: tuple[str, float] | None = None

    async def mail(self, oids: Sequence[str], notice: Notice) -> Sent:
        """Send to everybody of these who has a mailbox; Refused if nobody has."""
        found = await together(*(self._address(oid) for oid in dict.fromkeys(oids)))
        reached = [(oid, address) for oid, address in zip(dict.fromkeys(oids), found, strict=True) if address]
        if not reached:
            raise Refused("no_mailbox", "none of the people this is for has a mailbox")
        sender, request = await self._from(), str(uuid4())
        body = SendMailPostRequestBody(
            message=self._message(notice, [address for _, address in reached]), save_to_sent_items=False
        )
        tagged = asking(headers={"client-request-id": request})
        await self._graph.tell(
            Call.SEND_MAIL,
            lambda client: client.users.by_user_id(sender).send_mail.to_post_request_information(body, tagged),
        )
        return Sent(route=Route.MAIL, conversation=sender, activity=request, to=",".join(oid for oid, _ in reached))

    def _message(self, notice: Notice, addresses: list[str]) -> Message:
        return Message(
            subject=self._subject(notice),
            importance=Importance.High if notice.alert and not notice.over else Importance.Normal,
            body=ItemBody(content_type=BodyType.Text, content=self._text(notice)),
            to_recipients=[Recipient(email_address=EmailAddress(address=address)) for address in addresses],
        )

    async def _address(self, oid: str) -> str | None:
        """Somebody's address, looked up at most once an hour; None without a mailbox."""
        now = asyncio.get_running_loop().time()
        kept = self._addresses.get(oid)
        if kept and now < kept[1]:
            return kept[0]
        wanted = asking(select=["id", "mail", "accountEnabled"])
        try:
            user = await self._graph.ask(
                Call.USER, lambda client: client.users.by_user_id(oid).to_get_request_information(wanted)
            )
        except Missing:
            return None
        if not user.get("mail") or user.get("accountEnabled") is False:
            return None
        self._addresses[oid] = str(user["mail"]), now + _KEPT
        return str(user["mail"])

    async def _from(self) -> str:
        """The mailbox to send from: `mail_from`, else the first administrator's."""
        if self._school.channels.mail_from:
            return self._school.channels.mail_from
        now = asyncio.get_running_loop().time()
        if self._sender and now < self._sender[1]:
            return self._sender[0]
        administrators, _ = await accounts_in(
            self._graph, self._school.group(Role.ADMINISTRATOR), most=_MOST_ADMINISTRATORS
        )
        for one in sorted(administrators, key=lambda each: each.oid):
            if await self._address(one.oid):
                self._sender = one.oid, now + _KEPT
                return one.oid
        raise Refused("no_sender", "no administrator has a mailbox: set channels.mail_from in school.toml")
