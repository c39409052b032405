"""Whom an alert is for, and who must not read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.actions import ROLES_OF, Audience, Role
from bot.events import Kind, PersonKey, account, oid_of
from bot.paging import on_call
from bot.ports import Alert, Filed, People, Person
from bot.readership import Readership
from bot.routing import INSTEAD, is_private, meant, others
from bot.school import School
from bot.sitting import Sitting
from bot.staffroom import Staffroom
from bot.telling import mentioned


def host_of(sitting: Sitting) -> PersonKey | None:
    """Who is teaching: the organiser if present (or if no staff is), else the member of staff who has been there longest."""
    staff = sitting.present(Kind.STAFF)
    return sitting.organizer if sitting.organizer in staff or not staff else staff[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    """`about`: the adults whom an alert is about. `private`: the channel is closed to it, because they may read that;
    `closed`: they are known to, so that not even what stands there is changed.

    `alone`: the object id of the one person it is for, if it is for one. `people`: who is to act, without whom it is about;
    `tagged`: those of them whom a card in the channel mentions.
    """

    about: frozenset[PersonKey]
    private: bool
    closed: bool
    alone: str | None
    people: tuple[Person, ...]
    tagged: tuple[Person, ...]

    @property
    def oids(self) -> list[str]:
        """The object ids of those who are to act."""
        return [oid for person in self.people if (oid := oid_of(person.key))]


@dataclass(frozen=True, slots=True)
class Circles:
    """Finds an alert's circle, anew each time it is told: people come and go."""

    school: School
    people: People
    staffroom: Staffroom
    readership: Readership

    async def of(self, alert: Alert, filed: Filed) -> Circle:
        """The circle of an alert as it stands. Nobody is mentioned once it is over: an update is no new alarm."""
        about = meant(alert.decision, filed.sitting)
        readers = await self.readership.known() if about else None
        private, closed = is_private(about, readers), is_private(about, readers or frozenset())
        holding = await self._holding(alert, about, private=private)
        tagged = () if private or alert.decision.over else holding
        people = holding or await self._who_act(ROLES_OF[Audience.CLT], about)
        alone = await self._alone(alert, filed, about)
        return Circle(about=about, private=private, closed=closed, alone=alone, people=people, tagged=tagged)

    async def _holding(self, alert: Alert, about: frozenset[PersonKey], *, private: bool) -> tuple[Person, ...]:
        """Who has the roles of an alert; of one for an adult on call that adult, for whom it may go to the channel.

        Where the channel is closed to it, or that is nobody of the staff, the others of CLT.
        """
        decision = alert.decision
        if decision.to == Audience.ON_CALL and decision.about:
            known = (await self.people.get([decision.about])).get(decision.about)
            if known is not None and known.kind is Kind.STAFF and not private:
                return (known,)
            return await self._who_act(ROLES_OF[Audience.CLT], about | {decision.about})
        roles = mentioned(self.school, alert)
        return await self._who_act(roles, about) if roles else ()

    async def last(self, about: frozenset[PersonKey]) -> tuple[Person, ...]:
        """Who is told when nobody of an alert's own people has taken it: the head, else whoever comes next."""
        holders = {role: await self.staffroom.holders([role]) for role in INSTEAD}
        return others(holders, INSTEAD[:1], about)

    async def _who_act(self, roles: Sequence[Role], about: frozenset[PersonKey]) -> tuple[Person, ...]:
        if not about:
            return tuple(await self.staffroom.holders(roles))
        holders = {role: await self.staffroom.holders([role]) for role in dict.fromkeys((*roles, *INSTEAD))}
        return others(holders, roles, about)

    async def _host(self, sitting: Sitting) -> str | None:
        """The host's object id, if known as staff: a pupil or a guest may have organised the meeting (law 4)."""
        host = host_of(sitting)
        if host is None or sitting.kind(host) is Kind.STAFF:
            return oid_of(host) if host else None
        known = (await self.people.get([host])).get(host)
        return oid_of(host) if known is not None and known.kind is Kind.STAFF else None

    async def _alone(self, alert: Alert, filed: Filed, about: frozenset[PersonKey]) -> str | None:
        """The one person a message is for, if it is for one: whom it is told, or the host unless it is about the host."""
        if alert.decision.to == Audience.THEM:
            return oid_of(alert.decision.about) if alert.decision.about else None
        if alert.decision.to == Audience.ON_CALL:
            return await on_call(alert, filed.sitting, self.staffroom)
        host = await self._host(filed.sitting) if alert.decision.to == Audience.HOST else None
        return None if host is None or account(host) in about else host
