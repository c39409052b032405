"""Holds opened by removals, in the transaction that writes the removal (C37). $1 and $2 are always tenant and school."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.held import STRICTEST_FIRST, due_after
from bot.ports import HoldOpened
from bot.school import School
from bot.store.tables import clean

_STRICTER = " ".join(f"WHEN '{ends}' IN (h.ends, EXCLUDED.ends) THEN '{ends}'" for ends in STRICTEST_FIRST)

# What was known of one that stands goes on, and is no longer sure to end by itself; but a removal that was planned and is
# now carried out has opened its own hold already, and what it left in the history of another is settled there.
_OPEN = f"""
WITH wanted AS (
    SELECT * FROM unnest($5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::timestamptz[])
        AS t (pupil, by, reason, key, ends, planned)
    WHERE NOT EXISTS (SELECT FROM holds h WHERE h.tenant = $1 AND h.school = $2 AND h.pupil = t.pupil
        AND h.released_at IS NULL AND h.since = t.planned)
), opened AS (
    INSERT INTO holds AS h (tenant, school, sitting, pupil, by, reason, since, key, ends, due, keep_until)
    SELECT $1, $2, $3, pupil, by, reason, $4, key, ends, $11, 'infinity' FROM wanted
    ON CONFLICT (tenant, school, pupil) WHERE released_at IS NULL DO UPDATE
        SET until = NULL, decided = '', ends = CASE {_STRICTER} ELSE h.ends END,
        due = CASE WHEN h.decided = '' THEN coalesce(h.due, EXCLUDED.due) ELSE EXCLUDED.due END,
        revision = h.revision + 1, news = h.news + 1
    RETURNING h.id, h.pupil, h.revision
), settled AS (
    UPDATE hold_steps s SET what = 'again' FROM opened o JOIN wanted w USING (pupil)
    WHERE s.tenant = $1 AND s.school = $2 AND s.hold = o.id AND s.what = 'planned' AND s.at = w.planned
    RETURNING s.hold
)
INSERT INTO hold_steps (tenant, school, hold, what, by, at, why, keep_until)
SELECT $1, $2, o.id, 'again', w.by, $4, w.reason, 'infinity' FROM opened o JOIN wanted w USING (pupil)
WHERE o.revision > 0 AND o.id NOT IN (SELECT hold FROM settled)
"""  # noqa: S608 -- our own text

# A removal that can still be taken back changes nothing of a hold that stands; its history keeps who ordered it and why.
_OPEN_WAITING = """
WITH wanted AS (
    SELECT * FROM unnest($5::text[], $6::text[], $7::text[], $8::text[], $9::text[]) AS t (pupil, by, reason, key, ends)
), opened AS (
    INSERT INTO holds (tenant, school, sitting, pupil, by, reason, since, key, ends, due, keep_until)
    SELECT $1, $2, $3, pupil, by, reason, $4, key, ends, $10, 'infinity' FROM wanted
    ON CONFLICT (tenant, school, pupil) WHERE released_at IS NULL DO NOTHING
)
INSERT INTO hold_steps (tenant, school, hold, what, by, at, why, keep_until)
SELECT $1, $2, h.id, 'planned', w.by, $4, w.reason, 'infinity' FROM wanted w
JOIN holds h ON h.tenant = $1 AND h.school = $2 AND h.pupil = w.pupil AND h.released_at IS NULL
"""


async def open_holds(
    connection: Any, whose: tuple[Any, ...], now: datetime, school: School, holds: Sequence[HoldOpened]
) -> None:
    """Open them, or note the removals on the holds that stand. `whose`: tenant, school and sitting."""
    due = due_after(now, school)
    for hold in holds:
        said = [[hold.pupil], [hold.by], [clean(hold.reason)], [hold.key], [hold.ends]]
        if hold.waits:
            await connection.execute(_OPEN_WAITING, *whose, now, *said, due)
        else:
            await connection.execute(_OPEN, *whose, now, *said, [hold.planned], due)
