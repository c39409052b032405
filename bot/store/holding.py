"""Pupils on hold: one standing hold each, what is done about it, and the history of those that ended (C36 C37 C83)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.events import PersonKey
from bot.held import OPEN, RELEASE, UNTIL
from bot.ports import Hold, HoldChange, Job, Route, Sent
from bot.store.hold_rows import hold_read
from bot.store.jobs import enqueue
from bot.store.tables import Tables, clean

STANDING = "h.released_at IS NULL AND (h.until IS NULL OR h.until > now() OR (h.ends = 'parents' AND NOT h.talked))"
"""One that ends by itself has ended when its day has come, whether or not the clock's duty has been there (see `Hold.lapses`)."""

READ = """
SELECT h.*, clock_timestamp() AS now, (
    SELECT jsonb_agg(jsonb_build_object('what', s.what, 'by', s.by, 'at', s.at, 'spoke', s.spoke, 'whom', s.whom,
        'day', s.day, 'agreed', s.agreed, 'until', s.until, 'why', s.why) ORDER BY s.id)
    FROM hold_steps s WHERE s.tenant = h.tenant AND s.school = h.school AND s.hold = h.id) AS steps
FROM holds h WHERE h.tenant = $1 AND h.school = $2
"""

_STANDING = f"{READ} AND {STANDING} ORDER BY h.since, h.id"

_BY_DAY = f"{READ} AND h.released_at = h.until AND h.released_at > now() - $3::interval ORDER BY h.released_at, h.id"

# A talk that is only kept, after the day of a hold that waited for it, ends nothing: that is decided anew.
_LAPSED = """
UPDATE holds SET until = NULL, decided = '' WHERE tenant = $1 AND school = $2 AND pupil = $3 AND released_at IS NULL
    AND until <= now() AND ends = 'parents' AND NOT talked
"""

# $5: what is decided, $10: whether a talk is told of.
# Whoever waits here for another's change finds the next revision, and changes nothing.
_CHANGE = f"""
UPDATE holds h SET revision = h.revision + 1, news = h.news + 1, owner = $4,
    decided = CASE WHEN $5::text IN ('{UNTIL}', '{OPEN}') THEN $5 ELSE h.decided END,
    until = CASE $5 WHEN '{UNTIL}' THEN $6::timestamptz WHEN '{OPEN}' THEN NULL ELSE h.until END,
    due = CASE $5 WHEN '{UNTIL}' THEN CASE WHEN h.ends = 'parents' AND NOT (h.talked OR $10) THEN $6 END
        WHEN '{OPEN}' THEN clock_timestamp() + $7::interval
        ELSE CASE WHEN h.until > now() AND $10 THEN NULL ELSE h.due END END,
    talked = h.talked OR $10::boolean
WHERE h.tenant = $1 AND h.school = $2 AND h.pupil = $3 AND {STANDING} AND ($8::bigint IS NULL OR (h.id, h.revision) = ($8, $9))
RETURNING h.id
"""  # noqa: S608 -- our own text

_STEP = """
INSERT INTO hold_steps (tenant, school, hold, what, by, at, spoke, whom, day, agreed, until, why, delivery, keep_until)
VALUES ($1, $2, $3, $4, $5, clock_timestamp(), $6, $7, $8, $9, $10, $11, $12, 'infinity')
"""

_LOCK = "SELECT id FROM holds WHERE tenant = $1 AND school = $2 AND pupil = $3 AND released_at IS NULL FOR UPDATE"

_COPY = "SELECT true FROM hold_steps WHERE tenant = $1 AND school = $2 AND delivery = $3"

# What hangs on a hold is kept as long as it is.
_ENDING = """
WITH ended AS (
    UPDATE holds h SET {set}, news = h.news + 1, revision = h.revision + 1, keep_until = now() + $3
    WHERE h.tenant = $1 AND h.school = $2 AND h.released_at IS NULL AND {which}
    RETURNING h.id, h.pupil, h.released_by, h.released_at
), last AS (
    INSERT INTO hold_steps (tenant, school, hold, what, by, at, keep_until)
    SELECT $1, $2, id, '{last}', released_by, released_at, now() + $3 FROM ended WHERE '{last}' <> ''
), kept AS (
    UPDATE hold_steps s SET keep_until = now() + $3 FROM ended e WHERE s.tenant = $1 AND s.school = $2 AND s.hold = e.id
), shown AS (
    UPDATE hold_cards c SET keep_until = now() + $3 FROM ended e WHERE c.tenant = $1 AND c.school = $2 AND c.hold = e.id
)
SELECT pupil FROM ended ORDER BY id
"""

_RELEASE = _ENDING.format(set="released_at = now(), released_by = $5, agreed = $6", which="h.pupil = $4", last="")

_TAKE_BACK = _ENDING.format(
    set="released_at = now(), released_by = $5, agreed = ''",
    which="h.pupil = $4 AND h.by = $5 AND h.since = $6",
    last="undone",
)

_PLANNED_BACK = """
WITH undone AS (
    UPDATE hold_steps s SET what = 'undone' FROM holds h
    WHERE h.tenant = $1 AND h.school = $2 AND h.pupil = $3 AND h.released_at IS NULL AND s.tenant = $1 AND s.school = $2
        AND s.hold = h.id AND s.what = 'planned' AND s.by = $4 AND s.at = $5
    RETURNING h.id
)
UPDATE holds h SET news = h.news + 1 FROM undone WHERE h.tenant = $1 AND h.school = $2 AND h.id = undone.id
"""

_DECIDED_BY = """(SELECT s.by FROM hold_steps s WHERE s.tenant = $1 AND s.school = $2 AND s.hold = h.id AND s.what = 'until'
        ORDER BY s.id DESC LIMIT 1)"""

_END_DUE = _ENDING.format(
    set=f"released_at = h.until, released_by = coalesce({_DECIDED_BY}, h.by), agreed = ''",
    which="h.until <= now() AND (h.ends <> 'parents' OR h.talked) AND ($4::text[] IS NULL OR h.pupil = ANY ($4))",
    last="ended",
)

_DISPUTE = f"""
UPDATE holds h SET disputed_by = $4, news = news + 1, revision = revision + 1
WHERE h.tenant = $1 AND h.school = $2 AND h.pupil = $3 AND {STANDING} RETURNING h.id
"""  # noqa: S608 -- our own text

_TAKE = f"""
UPDATE holds h SET owner = $4, news = news + 1
WHERE h.tenant = $1 AND h.school = $2 AND h.pupil = $3 AND {STANDING} RETURNING h.id
"""  # noqa: S608 -- our own text

_CARD = (
    'SELECT route, conversation, activity, "to", news FROM hold_cards WHERE tenant = $1 AND school = $2 AND hold = $3'
)

_SHOWS = """
INSERT INTO hold_cards (tenant, school, hold, route, conversation, activity, "to", news, keep_until)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, keep_until FROM holds WHERE tenant = $1 AND school = $2 AND id = $3
ON CONFLICT (tenant, school, hold) DO UPDATE SET route = EXCLUDED.route, conversation = EXCLUDED.conversation,
    activity = EXCLUDED.activity, "to" = EXCLUDED."to", news = EXCLUDED.news
"""


class Holding(Tables):
    """`Holds`, `HoldBook` and `HoldCards`. A hold is opened by the transaction that orders the removal."""

    async def standing(self) -> Sequence[Hold]:
        """All of them, oldest first."""
        async with self._connection() as connection:
            rows = await connection.fetch(_STANDING, *self._whose)
        return [hold_read(row) for row in rows]

    async def ended_by_day(self, within: timedelta) -> Sequence[Hold]:
        """Those that ended by themselves not longer ago than this, oldest first."""
        async with self._connection() as connection:
            rows = await connection.fetch(_BY_DAY, *self._whose, within)
        return [hold_read(row) for row in rows]

    async def now(self) -> datetime:
        """The database's time."""
        async with self._connection() as connection:
            found: datetime = await connection.fetchval("SELECT clock_timestamp()")
        return found

    async def change(self, change: HoldChange) -> bool:
        """Write it down; False, and nothing is changed, where the hold is not as `seen`, has ended, or it is a copy."""
        seen = change.seen or (None, None)
        values = (
            change.pupil,
            change.by,
            change.what,
            change.until,
            self._school.hold.review,
            *seen,
            bool(change.talk),
        )
        async with self._transaction() as connection:
            # the lock first: a copy that comes at the same moment waits here until the first is written
            await connection.fetchval(_LOCK, *self._whose, change.pupil)
            if change.delivery and await connection.fetchval(_COPY, *self._whose, change.delivery):
                return False
            await connection.execute(_LAPSED, *self._whose, change.pupil)
            found = await connection.fetchval(_CHANGE, *self._whose, *values)
            if found is None:
                return False
            await self._steps(connection, found, change)
            if change.what == RELEASE:
                await self._release(connection, change.pupil, change.by, _agreed(change))
            else:
                await self._told(connection, [change.pupil], "hold")
        return True

    async def _steps(self, connection: Any, hold: int, change: HoldChange) -> None:
        """The talk first, then what was decided after it; the delivery stands with the last."""
        talk, decided = change.talk, change.what if change.what in (RELEASE, UNTIL, OPEN) else None
        if talk is not None:
            words = (clean(talk.spoke), clean(talk.whom), talk.day, clean(talk.agreed))
            delivery = None if decided else change.delivery
            await connection.execute(_STEP, *self._whose, hold, "talk", change.by, *words, None, "", delivery)
        if decided is not None:
            nothing = (None, None, None, None)
            last = (change.until, clean(change.why), change.delivery)
            await connection.execute(_STEP, *self._whose, hold, decided, change.by, *nothing, *last)

    async def release(self, pupil: PersonKey, by: PersonKey, reason: str) -> bool:
        """End a pupil's hold, with what was agreed, and have their teachers told; False if there is none."""
        async with self._transaction() as connection:
            return await self._release(connection, pupil, by, reason)

    async def take_back(self, pupil: PersonKey, by: PersonKey, planned: datetime) -> bool:
        """A removal, planned then, was taken back in time: its hold ends (True); one that stood before is as it was (False)."""
        async with self._transaction() as connection:
            found = await connection.fetch(_TAKE_BACK, *self._whose, self._alerts, pupil, by, planned)
            if not found:
                await connection.execute(_PLANNED_BACK, *self._whose, pupil, by, planned)
            # whoever was told of it all the same hears that it was taken back
            await self._told(connection, [pupil], *(("forewarn", "hold") if found else ("hold",)))
        return bool(found)

    async def _release(self, connection: Any, pupil: PersonKey, by: PersonKey, reason: str) -> bool:
        found = await connection.fetch(_RELEASE, *self._whose, self._alerts, pupil, by, clean(reason))
        await self._told(connection, [row["pupil"] for row in found], "forewarn", "hold")
        return bool(found)

    async def end_due(self) -> tuple[PersonKey, ...]:
        """End the holds whose day has come; whose they were."""
        async with self._transaction() as connection:
            return await end_due(connection, self._whose, self._alerts, self.scope)

    async def dispute(self, pupil: PersonKey, by: PersonKey) -> None:
        """Mark a hold as disputed."""
        async with self._transaction() as connection:
            if await connection.fetchval(_DISPUTE, *self._whose, pupil, by) is not None:
                await self._told(connection, [pupil], "hold")

    async def take(self, pupil: PersonKey, by: PersonKey) -> bool:
        """Make somebody the owner of a pupil's hold; False if there is none."""
        async with self._transaction() as connection:
            found = await connection.fetchval(_TAKE, *self._whose, pupil, by)
            if found is not None:
                await self._told(connection, [pupil], "hold")
        return found is not None

    async def _told(self, connection: Any, pupils: Iterable[PersonKey], *kinds: str) -> None:
        await enqueue(connection, self.scope, [Job(kind=kind, person=pupil) for pupil in pupils for kind in kinds])

    async def card(self, hold: int) -> tuple[Sent, int] | None:
        """The card, and the `news` it shows; None if there is none."""
        async with self._connection() as connection:
            row = await connection.fetchrow(_CARD, *self._whose, hold)
        if row is None:
            return None
        where = {name: row[name] for name in ("conversation", "activity", "to")}
        return Sent(route=Route(row["route"]), **where), row["news"]

    async def card_shows(self, hold: int, sent: Sent, news: int) -> None:
        """Write down what it shows now."""
        where = (sent.route.value, sent.conversation, sent.activity, sent.to)
        async with self._connection() as connection:
            await connection.execute(_SHOWS, *self._whose, hold, *where, news)


async def end_due(
    connection: Any, whose: tuple[str, str], keep: Any, scope: str, pupils: Sequence[PersonKey] | None = None
) -> tuple[PersonKey, ...]:
    """End the holds whose day has come, all or those of these pupils, and have their cards redrawn."""
    rows = await connection.fetch(_END_DUE, *whose, keep, pupils)
    ended = tuple(PersonKey(row["pupil"]) for row in rows)
    await enqueue(connection, scope, [Job(kind="hold", person=pupil) for pupil in ended])
    return ended


def _agreed(change: HoldChange) -> str:
    return change.talk.agreed if change.talk else change.why
