"""Decisions and what became of them: claimed before acting, settled after (law 11)."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta
from typing import Any

from bot.ports import Alert, Job, OutOfReach, Sent
from bot.store import jobs, writing
from bot.store.tables import Tables, clean

LEASE = timedelta(seconds=15)
"""How long a claim is believed without being renewed. Whoever has not by then is taken to have died."""

RENEWED = 5.0
RENEWALS = 20
"""A living process renews its claims this often, in seconds, and so many times: longer than every way of telling takes."""

STUCK = timedelta(minutes=2)

_SURROUNDED = """
SELECT d.*,
    (SELECT jsonb_agg(jsonb_build_array(s.route, s.conversation, s.activity, s."to") ORDER BY s.id) FROM sendings s
        WHERE s.tenant = $1 AND s.school = $2 AND s.decision = d.id) AS sendings,
    ARRAY(SELECT e.data FROM events e
        WHERE e.tenant = $1 AND e.school = $2 AND e.sitting = d.sitting AND e.type = 'answered'
            AND e.data ->> 'rule' = d.rule AND coalesce(e.data ->> 'about', '') = d.about
        ORDER BY e.number) AS answered,
    (SELECT jsonb_agg(jsonb_build_array(n.by, n.text, n.at) ORDER BY n.at, n.id) FROM notes n
        WHERE n.tenant = $1 AND n.school = $2 AND n.alert = d.id) AS notes
FROM d
"""

_ALERT = f"WITH d AS (SELECT * FROM decisions WHERE tenant = $1 AND school = $2 AND id = $3) {_SURROUNDED}"  # noqa: S608 -- our own text

_CLAIM = f"""
WITH d AS (
    UPDATE decisions
    SET attempts = attempts + 1, claimed_revision = revision, claimed_until = clock_timestamp() + $4
    WHERE tenant = $1 AND school = $2 AND id = $3 AND status = 'due'
        AND (claimed_until IS NULL OR claimed_until < clock_timestamp())
    RETURNING *
) {_SURROUNDED}
"""  # noqa: S608 -- our own text

_RENEW = """
UPDATE decisions SET claimed_until = clock_timestamp() + $5
WHERE tenant = $1 AND school = $2 AND id = $3 AND status = 'due' AND attempts = $4 AND claimed_until IS NOT NULL
RETURNING true
"""

_HELD = """
SELECT action, claimed_until, claimed_until - clock_timestamp() AS left FROM decisions
WHERE tenant = $1 AND school = $2 AND id = $3 AND status = 'due' AND claimed_until >= clock_timestamp()
"""

_SENT = """
INSERT INTO sendings (tenant, school, decision, route, conversation, activity, "to", attempt, revision, at, keep_until)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, clock_timestamp(), now() + $10)
ON CONFLICT (tenant, school, decision, route, conversation, activity, "to") DO UPDATE SET
    attempt = EXCLUDED.attempt, revision = EXCLUDED.revision, at = EXCLUDED.at
"""

# A claim that was taken over may still report a success, but only the newest may say that it is over in another way.
_SETTLE = """
WITH settled AS (
    UPDATE decisions SET
        status = CASE WHEN revision = $5 AND $6 <> 'again' THEN $6 ELSE status END,
        carried_revision = CASE WHEN $6 = 'again' THEN carried_revision ELSE greatest(carried_revision, $5) END,
        claimed_until = CASE WHEN claimed_revision = $5 THEN NULL ELSE claimed_until END
    WHERE tenant = $1 AND school = $2 AND id = $3
        AND (revision > $5 OR attempts - attempts_before = $4 OR $6 = 'done')
    RETURNING sitting, action, revision > $5 AND status = 'due' AND claimed_until IS NULL AS newer
), written AS (
    INSERT INTO outcomes (tenant, school, decision, attempt, revision, outcome, words, at, keep_until)
    VALUES ($1, $2, $3, $4, $5, $6, $7, clock_timestamp(), now() + $8)
)
SELECT sitting, action, newer FROM settled
"""

_STUCK = """
SELECT id, sitting, action FROM decisions
WHERE tenant = $1 AND school = $2 AND status = 'due' AND decided_at < now() - $3::interval
    AND (claimed_until IS NULL OR claimed_until < now())
ORDER BY decided_at LIMIT 1000
"""


class Deciding(Tables):
    """`Decisions`."""

    _renewing: set[asyncio.Task[None]]

    async def claim(self, decision: int) -> Alert | None:
        """Take a due decision for carrying out, counting the attempt first; None if nothing is due (done, or another has it)."""
        async with self._connection() as connection:
            row = await connection.fetchrow(_CLAIM, *self._whose, decision, LEASE)
            if row is None:
                await self._wait_for_lease(connection, decision)
                return None
        task = asyncio.create_task(self._renew(decision, row["attempts"]))
        self._renewing.add(task)
        task.add_done_callback(self._renewing.discard)
        return writing.alert_read(row)

    async def _renew(self, decision: int, attempts: int) -> None:
        """Say that we live, as long as this attempt is under way: it ends when it is settled or another has taken it over."""
        for _ in range(RENEWALS):
            await asyncio.sleep(RENEWED)
            with contextlib.suppress(OutOfReach):
                async with self._connection() as connection:
                    if not await connection.fetchval(_RENEW, *self._whose, decision, attempts, LEASE):
                        return

    async def _wait_for_lease(self, connection: Any, decision: int) -> None:
        """If another has it, come back when its lease is over, in case it has died: this job is all that would remember."""
        held = await connection.fetchrow(_HELD, *self._whose, decision)
        if held is not None:
            after = held["left"].total_seconds() + 1
            once = f"lease/{decision}/{held['claimed_until'].timestamp()}"
            job = Job(kind=jobs.carrying(held["action"]), decision=decision, after=after, once=once)
            await jobs.enqueue(connection, self.scope, [job])

    async def sent(self, alert: Alert, sent: Sent) -> None:
        """Write down where a message stands, at once after the other side gave its id."""
        values = (alert.number, sent.route.value, sent.conversation, sent.activity, sent.to)
        async with self._connection() as connection:
            await connection.execute(_SENT, *self._whose, *values, alert.attempt, alert.revision, self._alerts)

    async def settle(self, alert: Alert, *, outcome: str, words: str = "") -> None:
        """The end of this attempt at this revision: done, refused, not_possible, given_up, or again (still due)."""
        values = (alert.number, alert.attempt, alert.revision, outcome, clean(words), self._alerts)
        async with self._transaction() as connection:
            row = await connection.fetchrow(_SETTLE, *self._whose, *values)
            if row is not None and row["newer"]:
                job = Job(kind=jobs.carrying(row["action"]), sitting=row["sitting"], decision=alert.number)
                await jobs.enqueue(connection, self.scope, [job])

    async def alert(self, number: int) -> Alert | None:
        """An alert by its number, for answering it."""
        async with self._connection() as connection:
            row = await connection.fetchrow(_ALERT, *self._whose, number)
        return writing.alert_read(row) if row else None

    async def recarry(self) -> int:
        """Enqueue what has been due for long and is in nobody's hands, in case its job was lost; how many."""
        async with self._transaction() as connection:
            rows = await connection.fetch(_STUCK, *self._whose, STUCK)
            for row in rows:
                kind, once = jobs.carrying(row["action"]), f"stuck/{row['id']}"
                job = Job(kind=kind, sitting=row["sitting"], decision=row["id"], once=once)
                await jobs.enqueue(connection, self.scope, [job])
        return len(rows)
