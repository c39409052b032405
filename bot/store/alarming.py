"""How many alerts there were, and how many of them somebody called a false alarm. Read only, and of nobody by name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.answering import SHARED
from bot.ports import AlarmCount
from bot.store.tables import Tables

# An answer counts for the newest alert of its subject that was there when it was given.
_ALARMS = """
WITH told AS (
    SELECT d.rule, d.sitting, d.about, d.opened_at, lead(d.opened_at) OVER (
        PARTITION BY d.sitting, d.rule, d."to", d.about ORDER BY d.opened_at) AS next_at
    FROM decisions d
    WHERE d.tenant = $1 AND d.school = $2 AND d.action = 'tell' AND d."to" = ANY ($4)
        AND d.opened_at > now() - $3::interval
        AND EXISTS (SELECT FROM sendings s WHERE s.tenant = $1 AND s.school = $2 AND s.decision = d.id)
), answered AS (
    SELECT t.rule, coalesce(bool_or(e.data ->> 'verb' = 'not_a_problem'), false) AS nothing,
        coalesce(bool_or(e.data ->> 'verb' IN ('claim', 'take_over', 'acknowledge')), false) AS taken
    FROM told t LEFT JOIN events e ON e.tenant = $1 AND e.school = $2 AND e.sitting = t.sitting AND e.type = 'answered'
        AND e.data ->> 'rule' = t.rule AND coalesce(e.data ->> 'about', '') = t.about
        AND e.at >= t.opened_at AND (t.next_at IS NULL OR e.at < t.next_at)
    GROUP BY t.rule, t.sitting, t.about, t.opened_at
)
SELECT rule, count(*) AS told, count(*) FILTER (WHERE nothing) AS nothing,
    count(*) FILTER (WHERE taken AND NOT nothing) AS taken
FROM answered GROUP BY rule ORDER BY rule
"""


class Alarming(Tables):
    """`Alarms`."""

    async def alarms(self, within: timedelta) -> Sequence[AlarmCount]:
        """What became of the alerts that several people were told since then, rule by rule."""
        async with self._connection() as connection:
            rows = await connection.fetch(_ALARMS, *self._whose, within, [audience.value for audience in SHARED])
        return [
            AlarmCount(rule=row["rule"], told=row["told"], nothing=row["nothing"], taken=row["taken"]) for row in rows
        ]
