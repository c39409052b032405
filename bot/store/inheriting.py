"""What a dead process of this school's had in hand: taken over at once where it is certain that no other lives.

A process lives as long as its connection to the queue. With others alive, a job waits until its heartbeat is too old (one that
a process runs by itself until its time comes), and a claim until its lease is over.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from bot.store.jobs import OURS

_LONGEST_NAME = 63

_JOBS = """
UPDATE jobs SET heartbeat = '-infinity', execute_after = least(execute_after, now())
WHERE (status = 'picked' OR status = 'queued' AND headers ? $3 AND attempts = 0)
    AND starts_with(entrypoint, $1 || '/') AND id <> ALL($2::bigint[]) AND NOT EXISTS (
    SELECT FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = current_setting('application_name')
        AND pid <> pg_backend_pid())
RETURNING id
"""

_CLAIMS = """
UPDATE decisions SET claimed_until = NULL
WHERE tenant || '/' || school = $1 AND status = 'due' AND claimed_until IS NOT NULL AND NOT EXISTS (
    SELECT FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = current_setting('application_name')
        AND pid <> pg_backend_pid())
"""


def called(scope: str) -> str:
    """What the workers of this school are called at the server."""
    return f"schoolgate worker {scope}"[:_LONGEST_NAME]


async def inherit(connection: Any, scope: str, in_hand: Collection[int], *, first: bool) -> int:
    """Free the jobs that nobody runs any more, but those we still run ourselves; how many.

    `first`: this process has only begun, so that none of the claims can be its own.
    """
    if first:
        await connection.execute(_CLAIMS, scope)
    return len(await connection.fetch(_JOBS, scope, list(in_hand), OURS))
