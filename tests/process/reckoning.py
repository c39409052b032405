"""The reckoning after any catastrophe: what was promised is in the database, what was decided is on one card."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from bot.events import AnyEvent, Event, oid_of
from bot.fold import fold
from bot.sitting import Meeting, Sitting
from tests.process.house import School
from tests.process.lives import eventually
from tests.process.onlooking import Standing, by_number, said_yes_to

TAKEN_OVER = 30.0
"""Seconds after which what a dead bot had in hand is done by whoever lives; what it had not in hand is done at once."""

ON_ITS_WAY = 15.0
"""Seconds a decision that was made while the others were counted may take to its card."""

_NEWEST = """
SELECT data FROM events WHERE sitting = (SELECT max(id) FROM sittings WHERE thread = $1) ORDER BY number
"""
_EVENT: TypeAdapter[Event] = TypeAdapter(AnyEvent)
_MOVES = "SELECT type, data->>'person' AS person, (data->>'at')::timestamptz AS at FROM events WHERE type = ANY($1)"
_WAITING = """
SELECT id, rule, "to", status, attempts FROM decisions
WHERE status = 'due' OR claimed_until > clock_timestamp() AND status <> 'done'
"""
_TOLD = """SELECT id FROM decisions WHERE action = 'tell' AND mode = 'act' AND decided_as = 'due'"""
_HOW = """SELECT d.id, rule, "to", say, status, decided_at, o.outcome, o.words, o.at FROM decisions d
LEFT JOIN outcomes o ON o.decision = d.id WHERE d.id = ANY($1::bigint[]) ORDER BY d.id, o.at"""
_SENDINGS = "SELECT decision, conversation, activity FROM sendings"
_TWICE = """
SELECT sitting, rule, action, "to", about, episode, observation FROM decisions
GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING count(*) > 1
"""


async def nothing_waits(school: School, within: float) -> None:
    """Every decision has been carried out."""

    async def look() -> bool:
        return not await school.ask(_WAITING)

    await eventually(look, within, "all decisions carried out")


async def present_in(school: School, meeting: str) -> set[str]:
    """Object ids of who is present by the register, in the newest sitting of a meeting: the events, folded anew."""
    rows = await school.ask(_NEWEST, school.cast.thread(meeting))
    where = Meeting(school.cast.tenant, "school", school.cast.thread(meeting))
    sitting = fold(Sitting(where), (_EVENT.validate_json(row["data"]) for row in rows))
    return {oid for person in sitting.present() if (oid := oid_of(person))}


async def register_is_true(school: School, there: set[tuple[str, str]], within: float) -> None:
    """Who is present by the register is who is there: at once, or once the next roster has been seen."""
    wanted: dict[str, set[str]] = {}
    for meeting, who in there:
        wanted.setdefault(meeting, set()).add(school.cast.oid(who))

    async def look() -> bool:
        return all([await present_in(school, meeting) == oids for meeting, oids in wanted.items()])

    await eventually(look, within, "the register being true")


async def nothing_lost(school: School) -> int:
    """Whatever the bot answered 2xx is an event; how many those were."""
    promised = set(said_yes_to(await school.look()))
    rows = await school.ask(_MOVES, ["joined", "left"])
    kept = {(row["type"], row["person"], row["at"]) for row in rows}
    lost = [move for move in promised if (move.type, f"aad:{move.oid}", move.at) not in kept]
    assert not lost, f"{len(lost)} of {len(promised)} answered with 2xx and not stored: {lost[:3]}"
    return len(promised)


async def _settled(school: School) -> tuple[dict[int, list[Standing]], set[int]]:
    """The cards that stand, by their decisions, and the decisions; what was decided a moment ago is still on its way."""
    until = time.monotonic() + ON_ITS_WAY
    while True:
        decided = {row["id"] for row in await school.ask(_TOLD)}
        standing = by_number(await school.look())
        if decided <= set(standing) or time.monotonic() > until:
            return standing, decided
        await asyncio.sleep(0.1)


async def one_card_each(school: School, deaths: Iterable[datetime] = ()) -> int:
    """Every decision stands at Microsoft's side, in no chat twice; a copy only where its bot died over it (law 11)."""
    standing, decided = await _settled(school)
    written = {(row["decision"], row["activity"]) for row in await school.ask(_SENDINGS)}
    assert not await school.ask(_TWICE)
    assert not set(standing) - decided, f"cards without a decision: {set(standing) - decided}"
    assert not decided - set(standing), (
        f"decisions without a card: {await school.ask(_HOW, list(decided - set(standing)))}"
    )
    for number, cards in standing.items():
        known = [card for card in cards if (number, card.id) in written]
        copies = [card for card in cards if card not in known]
        # told 1:1 where an adult it is about may read the channel, and passed on where nobody took it
        assert len({card.chat for card in known}) == len(known) > 0, f"alert {number} stands {len(known)} times"
        for copy in copies:
            again = min((card.posted for card in cards if card.posted > copy.posted), default=None)
            over_it = [death for death in deaths if death >= copy.posted and (again is None or death <= again)]
            assert over_it, f"alert {number} was posted at {copy.posted}, and nobody died before it was posted again"
    return len(decided)


def alerts(records: list[dict[str, Any]], *, about: str, chat: str | None = None, after: int = 0) -> int | None:
    """The newest alert in a chat (in any) that names somebody, by its number."""
    found = [
        number
        for number, cards in by_number(records).items()
        for card in cards
        if number > after and about in card.text and chat in (card.chat, None)
    ]
    return max(found, default=None)
