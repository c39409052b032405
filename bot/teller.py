"""Telling somebody something that belongs to no sitting: by the first way that works, each thing once."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.actions import Role
from bot.events import oid_of
from bot.notice import Mention, Notice
from bot.ports import Foretold, Mail, Messenger, OutOfReach, Refused, Sent, Word
from bot.school import School
from bot.staffroom import Staffroom

log = logging.getLogger("schoolgate")
Way = Callable[[Notice], Awaitable[Sent]]


@dataclass(frozen=True, slots=True)
class Teller:
    """Says a notice to one person or to an office, and remembers that it was said."""

    school: School
    foretold: Foretold
    staffroom: Staffroom
    messenger: Messenger
    mail: Mail

    async def new(self, words: Iterable[Word], keep: timedelta) -> list[Word]:
        """Those of these that nobody has told yet, taken for telling; each is forgotten after `keep`."""
        return [word for word in words if await self.foretold.claim_word(word, keep)]

    async def privately(self, words: Sequence[Word], oid: str, notice: Notice) -> None:
        """Tell one person alone: 1:1, by mail, or else the safeguarding channel. Never in a chat that pupils read."""
        await self._tell(
            words,
            notice,
            (lambda notice: self.messenger.write_to(oid, notice)),
            (lambda notice: self.mail.mail([oid], notice)),
            self._post,
        )

    async def office(self, words: Sequence[Word], roles: Sequence[Role], notice: Notice) -> Sent | None:
        """Tell whoever holds these roles: in the safeguarding channel, mentioned there, or else by mail. Where it stands."""
        holders = [(oid, one.name) for one in await self.staffroom.holders(roles) if (oid := oid_of(one.key))]
        mentions = tuple(Mention(oid=oid, name=name) for oid, name in holders)
        oids = [oid for oid, _ in holders]
        ways = [self._post, *([lambda notice: self.mail.mail(oids, notice)] if oids else [])]
        return await self._tell(words, replace(notice, mentions=mentions), *ways)

    async def _post(self, notice: Notice) -> Sent:
        return await self.messenger.post(self.school.channels.safeguarding, notice)

    async def _tell(self, words: Sequence[Word], notice: Notice, *ways: Way) -> Sent | None:
        """What cannot be said now is left for later; what nobody takes is given up, and the log says so."""
        faults, waiting = list[str](), False
        for way in ways:
            try:
                sent = await way(notice)
            except Refused as refused:
                faults.append(refused.code)
            except OutOfReach as error:
                faults.append(error.words)
                waiting = True
            else:
                await self.foretold.told(words)
                _log("told", words, str(sent.route))
                return sent
        if waiting:
            _log("put_off", words, "; ".join(faults))
            return None
        await self.foretold.told(words)
        _log("given_up", words, "; ".join(faults))
        return None


def _log(event: str, words: Sequence[Word], outcome: str) -> None:
    level = logging.ERROR if event == "given_up" else logging.INFO
    about = sorted({word.about for word in words if word.about})
    known = {"event": f"plan_{event}", "say": words[0].say, "lessons": len(words), "about": about, "outcome": outcome}
    log.log(level, event, extra=known)
