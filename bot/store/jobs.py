"""Jobs as PgQueuer keeps them: what they are called, what they carry, how they are enqueued on a connection of ours."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import timedelta
from typing import Any

from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment, QueryQueueBuilder, QuerySchedulerBuilder
from pgqueuer.domain.models import Job as QueuedJob
from pgqueuer.domain.settings import DBSettings, Durability
from pgqueuer.domain.types import Channel, JobId
from pgqueuer.ports.driver import Driver
from pgqueuer.queries import Queries
from pydantic import TypeAdapter

from bot.ports import Job

SETTINGS = DBSettings(
    prefix="",
    db_schema=None,
    channel=Channel("ch_schoolgate"),
    function="fn_schoolgate_job_changed",
    statistics_table="job_statistics",
    queue_status_type="job_status",
    queue_table="jobs",
    queue_table_log="job_log",
    trigger="tg_schoolgate_job_changed",
    schedules_table="job_schedules",
    durability=Durability.balanced,
)
"""Said in full: PgQueuer would otherwise take names from variables as common as TRIGGER or CHANNEL."""

_ENVIRONMENT = QueryBuilderEnvironment(SETTINGS)
_QUEUE = QueryQueueBuilder(SETTINGS)
_SCHEDULES = QuerySchedulerBuilder(SETTINGS)
_JOB = TypeAdapter(Job)
_PRIORITY = {"act": 30, "identify": 20, "arrange": 15, "carry": 5, "look": 0}
_ORDINARY = 10

_ERRANDS = {"tell": "carry", "remove": "act", "mute": "act"}

URGENT = frozenset({"identify", "act"})
"""What leads to a removal: run at once by the process that commits it (bot/store/shortcut.py)."""

LATE = timedelta(seconds=20)
"""When the queue hands over a job that a process runs by itself, unless that says meanwhile that it is still at it."""

OURS = "at_once"
"""The header of such a job."""


def queries(driver: Driver) -> Queries:
    """PgQueuer's queries, by our names."""
    return Queries(driver, qbe=_ENVIRONMENT, qbq=_QUEUE, qbs=_SCHEDULES)


def queries_on(connection: Any) -> Queries:
    """PgQueuer's queries on an asyncpg connection."""
    return queries(AsyncpgDriver(connection))


class PatientQueries(Queries):
    """PgQueuer's queries, whose jobs are taken out of the queue only after others were let go first."""

    let_go_first: Callable[[], Awaitable[None]]

    @classmethod
    def on(cls, connection: Any, let_go_first: Callable[[], Awaitable[None]]) -> PatientQueries:
        """On an asyncpg connection."""
        made = cls(AsyncpgDriver(connection), qbe=_ENVIRONMENT, qbq=_QUEUE, qbs=_SCHEDULES)
        made.let_go_first = let_go_first
        return made

    async def dequeue(self, *args: Any, **more: Any) -> list[QueuedJob]:
        """See Queries."""
        await self.let_go_first()
        return await super().dequeue(*args, **more)


def entrypoint(scope: str, kind: str) -> str:
    """What PgQueuer calls an errand. Schools may share a database, so each has its own (law 1)."""
    return f"{scope}/{kind}"


def unpack(payload: bytes | None) -> Job:
    """The job that `enqueue` packed."""
    return _JOB.validate_json(payload or b"")


def carrying(action: str) -> str:
    """Which errand carries a decision out; what is done to the meeting or said in it is arranged."""
    return _ERRANDS.get(action, "arrange")


def numbered(number: int) -> QueuedJob:
    """As much of a job as PgQueuer needs to be told what became of it."""
    return QueuedJob.model_construct(id=JobId(number))  # type: ignore[call-arg]  # -- it reads no more of it


async def enqueue(
    connection: Any, scope: str, jobs: Sequence[Job], *, at_once: Collection[Job] = ()
) -> list[int | None]:
    """Enqueue on this connection, in its transaction; None for one that waits already and may only once.

    `at_once`: those that whoever commits runs; the queue hands them over only later.
    """
    ours = [job in at_once for job in jobs]
    found = await queries_on(connection).enqueue(
        [entrypoint(scope, job.kind) for job in jobs],
        [_JOB.dump_json(job) for job in jobs],
        [_PRIORITY.get(job.kind, _ORDINARY) for job in jobs],
        [LATE if mine else timedelta(seconds=max(job.after, 0.0)) for job, mine in zip(jobs, ours, strict=True)],
        [f"{scope}/{job.kind}/{job.sitting}/{job.once}" if job.once else None for job in jobs],
        [{OURS: "yes"} if mine else None for mine in ours],
        on_conflict="skip",
    )
    return list(found)


def is_urgent(job: Job) -> bool:
    """Whether it is to be run at once, if there is a place."""
    return job.kind in URGENT and job.after <= 0


async def withdraw(connection: Any, jobs: Sequence[int]) -> None:
    """Take waiting jobs out of the queue."""
    if jobs:
        await queries_on(connection).mark_job_as_cancelled([JobId(job) for job in jobs])
