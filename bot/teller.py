"""Telling somebody something that belongs to no sitting: by the first way that works, each thing once."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.actions import Role
from bot.events import PersonKey, oid_of
from bot.notice import Mention, Notice
from bot.ports import Foretold, Mail, Messenger, OutOfReach, Person, Refused, Sent, Word
from bot.readership import Readership
from bot.routing import INSTEAD, is_private, others
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
    readership: Readership
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

    async def closed_to(self, adult: PersonKey) -> bool:
        """Whether what is about an adult may not go to the safeguarding channel, because they may read that."""
        return is_private(frozenset({adult}), await self.readership.known())

    async def office(
        self, words: Sequence[Word], roles: Sequence[Role], notice: Notice, about: Sequence[PersonKey] = ()
    ) -> Sent | None:
        """Tell whoever holds these roles: in the safeguarding channel, mentioned there, or else by mail. Where it stands.

        What is `about` adults goes to the others of the roles, or to whoever is told instead; 1:1 where one of them may read
        the channel.
        """
        whom = frozenset(about)
        people = await self._others(roles, whom) if whom else await self.staffroom.holders(roles)
        named = [(oid, one.name) for one in people if (oid := oid_of(one.key))]
        oids = [oid for oid, _ in named]
        by_mail: list[Way] = [lambda notice: self.mail.mail(oids, notice)] if oids else []
        if whom and is_private(whom, await self.readership.known()):
            return await self._tell(words, notice, lambda notice: self._each(oids, notice), *by_mail)
        mentions = tuple(Mention(oid=oid, name=name) for oid, name in named)
        return await self._tell(words, replace(notice, mentions=mentions), self._post, *by_mail)

    async def _others(self, roles: Sequence[Role], about: frozenset[PersonKey]) -> Sequence[Person]:
        holders = {role: await self.staffroom.holders([role]) for role in dict.fromkeys((*roles, *INSTEAD))}
        return others(holders, roles, about)

    async def _each(self, oids: Sequence[str], notice: Notice) -> Sent:
        """A 1:1 to each, and a letter to those it does not reach. Raises if it reaches nobody."""
        reached, missed = list[Sent](), list[str]()
        trouble: Refused | OutOfReach = Refused("nobody", "there is nobody else to tell")
        for oid in oids:
            try:
                reached.append(await self.messenger.write_to(oid, notice))
            except (Refused, OutOfReach) as error:
                missed.append(oid)
                trouble = error
        if not reached:
            raise trouble
        if missed:
            with contextlib.suppress(Refused, OutOfReach):
                await self.mail.mail(missed, notice)
        return reached[0]

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
