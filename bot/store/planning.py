"""The lessons that staff's calendars plan, and what was told of them beforehand, each once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.events import PersonKey
from bot.ports import Job, PlannedLesson, Word
from bot.store.jobs import enqueue
from bot.store.tables import Tables, clean

EARLY = timedelta(minutes=30)
"""How long before its planned start a lesson may be seen and still be that one."""

_COLUMNS = """event, organizer, title, starts, ends, join_url, thread, class_name, invitees, invitees_known, staff,
    blind, sealed, placed"""

# A lesson that was moved, or has other people in it, is sealed anew; another link is another meeting.
_REPLAN = """
INSERT INTO planned_lessons AS p (tenant, school, organizer, event, title, starts, ends, join_url, thread, class_name,
    invitees, invitees_known, staff, blind, keep_until)
SELECT $1, $2, $3, t.event, t.title, t.starts, t.ends, t.join_url, t.thread, t.class_name,
    t.invitees, t.invitees_known, t.staff, t.blind, t.ends + $5::interval
FROM jsonb_to_recordset($4::jsonb) AS t (event text, title text, starts timestamptz, ends timestamptz, join_url text,
    thread text, class_name text, invitees jsonb, invitees_known boolean, staff jsonb, blind text)
ON CONFLICT (tenant, school, event) DO UPDATE SET
    organizer = EXCLUDED.organizer, title = EXCLUDED.title, starts = EXCLUDED.starts, ends = EXCLUDED.ends,
    join_url = EXCLUDED.join_url, class_name = EXCLUDED.class_name, invitees = EXCLUDED.invitees,
    invitees_known = EXCLUDED.invitees_known, staff = EXCLUDED.staff, blind = EXCLUDED.blind,
    thread = coalesce(EXCLUDED.thread, CASE WHEN p.join_url = EXCLUDED.join_url THEN p.thread END),
    sealed = CASE WHEN (p.starts, p.join_url, p.staff) = (EXCLUDED.starts, EXCLUDED.join_url, EXCLUDED.staff)
        THEN p.sealed END,
    placed = p.placed AND p.join_url = EXCLUDED.join_url,
    keep_until = EXCLUDED.keep_until
"""

_FORGET = """
DELETE FROM planned_lessons WHERE tenant = $1 AND school = $2 AND organizer = $3
    AND starts > now() AND starts >= $4 AND starts < $5 AND event <> ALL ($6)
"""

_PLANNED = f"""
SELECT {_COLUMNS} FROM planned_lessons
WHERE tenant = $1 AND school = $2 AND starts > $3 AND starts <= $4 ORDER BY starts, event
"""  # noqa: S608 -- our own names

_SEALED = """
UPDATE planned_lessons SET sealed = $4, thread = coalesce($5, thread)
WHERE tenant = $1 AND school = $2 AND event = $3
"""

_PLACED_IN = """
UPDATE planned_lessons SET placed = true, thread = $4 WHERE tenant = $1 AND school = $2 AND event = $3
"""

# Where no thread is known, something of the organiser's must do: a short link tells no thread.
_SILENT = f"""
SELECT {_COLUMNS} FROM planned_lessons p
WHERE p.tenant = $1 AND p.school = $2 AND p.starts <= now() - $3::interval AND p.starts > now() - interval '1 day'
    AND p.ends > now() AND p.blind IS NULL
    AND NOT EXISTS (SELECT FROM sittings s WHERE s.tenant = $1 AND s.school = $2
        AND s.last_seen_at >= p.starts - $4::interval
        AND CASE WHEN p.thread IS NULL THEN s.organizer = p.organizer ELSE s.thread = p.thread END)
ORDER BY p.starts, p.event
"""  # noqa: S608 -- our own names

_CLAIM = """
INSERT INTO foretold AS f (tenant, school, say, event, about, "to", ground, claimed_until, keep_until)
VALUES ($1, $2, $3, $4, $5, $6, $7, now() + interval '1 minute', now() + $8::interval)
ON CONFLICT (tenant, school, say, event, about, "to", ground) DO UPDATE
    SET claimed_until = EXCLUDED.claimed_until, told_at = NULL, keep_until = EXCLUDED.keep_until
    WHERE f.keep_until < now() OR (f.told_at IS NULL AND f.claimed_until < now())
RETURNING true
"""

_TOLD = """
UPDATE foretold f SET told_at = now()
FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[]) AS t (say, event, about, "to", ground)
WHERE tenant = $1 AND school = $2
    AND (f.say, f.event, f.about, f."to", f.ground) = (t.say, t.event, t.about, t."to", t.ground)
"""

_STANDING = """
SELECT say, event, about, "to", ground FROM foretold
WHERE tenant = $1 AND school = $2 AND say = $3 AND told_at IS NOT NULL AND keep_until > now() ORDER BY told_at
"""


class Planning(Tables):
    """`Plans`, `Foretold` and `Errands`."""

    async def replan(
        self, organizer: PersonKey, lessons: Sequence[PlannedLesson], since: datetime, until: datetime
    ) -> None:
        """All that one calendar plans between these times: what has not begun and is no longer in it is forgotten."""
        rows = json.dumps([_row(lesson) for lesson in lessons])
        async with self._transaction() as connection:
            await connection.execute(_REPLAN, *self._whose, organizer, rows, self._presence)
            events = [lesson.event for lesson in lessons]
            await connection.execute(_FORGET, *self._whose, organizer, since, until, events)

    async def planned(self, since: timedelta, until: timedelta) -> tuple[datetime, Sequence[PlannedLesson]]:
        """The database's time, and what begins later than `since` and not later than `until` from then, earliest first."""
        async with self._connection() as connection:
            now: datetime = await connection.fetchval("SELECT clock_timestamp()")
            rows = await connection.fetch(_PLANNED, *self._whose, now + since, now + until)
        return now, [_read(row) for row in rows]

    async def sealed(self, event: str, outcome: str, thread: str | None) -> None:
        """Write down what came of setting a lesson's options, and its thread if that is known now."""
        async with self._connection() as connection:
            await connection.execute(_SEALED, *self._whose, event, outcome, thread)

    async def placed(self, event: str, thread: str) -> None:
        """Write down that the app is in a lesson's chat, and which chat that is."""
        async with self._connection() as connection:
            await connection.execute(_PLACED_IN, *self._whose, event, thread)

    async def silent(self, after: timedelta) -> Sequence[PlannedLesson]:
        """Lessons that began longer ago than `after` and are not over, which ought to be seen, and of which nothing was."""
        async with self._connection() as connection:
            rows = await connection.fetch(_SILENT, *self._whose, after, EARLY)
        return [_read(row) for row in rows]

    async def ask(self, job: Job) -> None:
        """`Errands`: have it done; the same, while it waits, only once."""
        async with self._transaction() as connection:
            once = "/".join(["asked", job.person or "", *([str(job.decision), str(job.step)] if job.decision else [])])
            await enqueue(connection, self.scope, [replace(job, once=once)])

    async def claim_word(self, word: Word, keep: timedelta) -> bool:
        """Take it for telling, for a minute; False where it was told, or another has it."""
        async with self._connection() as connection:
            found = await connection.fetchval(_CLAIM, *self._whose, *_parts(word), keep)
        return found is not None

    async def told(self, words: Sequence[Word]) -> None:
        """Write down that these were told."""
        columns = [list(column) for column in zip(*map(_parts, words), strict=True)]
        if columns:
            async with self._connection() as connection:
                await connection.execute(_TOLD, *self._whose, *columns)

    async def standing_words(self, say: str) -> Sequence[Word]:
        """What was told and is not forgotten yet."""
        async with self._connection() as connection:
            rows = await connection.fetch(_STANDING, *self._whose, say)
        return [Word(**row) for row in rows]


def _parts(word: Word) -> tuple[str, ...]:
    return (word.say, word.event, word.about, word.to, word.ground)


def _row(lesson: PlannedLesson) -> dict[str, Any]:
    return {
        "event": lesson.event,
        "title": clean(lesson.title),
        "starts": lesson.starts.isoformat(),
        "ends": lesson.ends.isoformat(),
        "join_url": lesson.join_url,
        "thread": lesson.thread,
        "class_name": lesson.class_name,
        "invitees": lesson.invitees,
        "invitees_known": lesson.invitees_known,
        "staff": lesson.staff,
        "blind": lesson.blind,
    }


def _read(row: Any) -> PlannedLesson:
    lists = {name: tuple(PersonKey(key) for key in json.loads(row[name])) for name in ("invitees", "staff")}
    return PlannedLesson(**{**row, **lists})
