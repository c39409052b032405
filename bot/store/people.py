"""What is remembered of people, and where conversations are answered. Names live here and nowhere else (law 7)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.events import Kind, PersonKey
from bot.ports import Person
from bot.store.tables import Tables, clean

_GET = """
SELECT person, kind, name, classes, as_of FROM people WHERE tenant = $1 AND school = $2 AND person = ANY ($3)
"""

# Classes go as one JSON text a person: PostgreSQL's arrays of arrays must all be of one length.
_LEARN = """
INSERT INTO people AS p (tenant, school, person, kind, name, classes, as_of, keep_until)
SELECT $1, $2, t.person, t.kind, t.name, ARRAY(SELECT jsonb_array_elements_text(t.classes::jsonb)), t.as_of, now() + $3
FROM unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[]) AS t (person, kind, name, classes, as_of)
ON CONFLICT (tenant, school, person) DO UPDATE SET kind = EXCLUDED.kind,
    name = CASE WHEN EXCLUDED.name = '' THEN p.name ELSE EXCLUDED.name END,
    classes = EXCLUDED.classes, as_of = EXCLUDED.as_of, keep_until = EXCLUDED.keep_until
WHERE p.as_of IS NULL OR EXCLUDED.as_of >= p.as_of
"""

# A list a fifth shorter than the last one that was believed is not believed for a day (law 12).
_LISTED = """
WITH believed AS (
    SELECT length FROM lists WHERE tenant = $1 AND school = $2 AND kind = $3 AND shrunk_since IS NULL
    ORDER BY as_of DESC LIMIT 1
), newest AS (
    SELECT shrunk_since FROM lists WHERE tenant = $1 AND school = $2 AND kind = $3 ORDER BY as_of DESC LIMIT 1
), shrunk AS (
    SELECT coalesce((SELECT shrunk_since FROM newest), now()) AS since
    FROM believed WHERE $4::int * 5 <= length * 4
)
INSERT INTO lists (tenant, school, kind, as_of, length, shrunk_since, keep_until)
SELECT $1, $2, $3, clock_timestamp(), $4, (SELECT since FROM shrunk WHERE since > now() - interval '24 hours'), now() + $5
"""

_REMEMBER = """
INSERT INTO addresses (tenant, school, conversation, service_url, seen_at, keep_until)
VALUES ($1, $2, $3, $4, now(), now() + $5)
ON CONFLICT (tenant, school, conversation) DO UPDATE SET
    service_url = EXCLUDED.service_url, seen_at = EXCLUDED.seen_at, keep_until = EXCLUDED.keep_until
"""

_ADDRESS = """
SELECT service_url FROM addresses WHERE tenant = $1 AND school = $2
ORDER BY conversation = $3 DESC, seen_at DESC LIMIT 1
"""

# a greeting is a delivery that may come again once its minute is over
_GREET = """
INSERT INTO deliveries (tenant, school, digest, sitting, keep_until)
VALUES ($1, $2, $3, 0, now() + interval '1 minute')
ON CONFLICT (tenant, school, digest) DO UPDATE SET keep_until = EXCLUDED.keep_until
    WHERE deliveries.keep_until < now()
RETURNING true
"""


def person_read(row: Any) -> Person:
    """Somebody out of their row."""
    return Person(
        key=PersonKey(row["person"]),
        kind=Kind(row["kind"]),
        name=row["name"],
        classes=tuple(row["classes"]),
        as_of=row["as_of"],
    )


class Remembering(Tables):
    """`People`, all but `in_sitting`, and `Addresses`."""

    _addresses: dict[str, str]

    async def get(self, keys: Iterable[PersonKey]) -> Mapping[PersonKey, Person]:
        """The people known by these keys; a key nobody knows is left out."""
        wanted = sorted(set(keys))
        if not wanted:
            return {}
        async with self._connection() as connection:
            rows = await connection.fetch(_GET, *self._whose, wanted)
        return {person.key: person for person in map(person_read, rows)}

    async def learn(self, people: Sequence[Person], *, whole_list_of: Kind | None = None) -> None:
        """Remember them, newest `as_of` wins. `whole_list_of` STAFF or PUPIL: the complete list, so its length is kept."""
        newest = {person.key: person for person in sorted(people, key=_age)}
        learnt = (_LEARN, *self._whose, self._alerts, *_columns(newest.values()))
        if whole_list_of is None:
            async with self._connection() as connection:
                await connection.execute(*learnt)
            return
        async with self._transaction() as connection:
            await connection.execute(*learnt)
            await connection.execute(_LISTED, *self._whose, whole_list_of.value, len(newest), self._presence)

    async def remember(self, conversation: str, service_url: str) -> None:
        """Keep the newest. Cheap when nothing changed."""
        if self._addresses.get(conversation) == service_url:
            return
        async with self._connection() as connection:
            await connection.execute(_REMEMBER, *self._whose, conversation, service_url, self._alerts)
        if len(self._addresses) >= 10_000:
            self._addresses.clear()
        self._addresses[conversation] = service_url

    async def service_url(self, conversation: str) -> str | None:
        """That conversation's, else the newest of any, else None."""
        async with self._connection() as connection:
            found: str | None = await connection.fetchval(_ADDRESS, *self._whose, conversation)
        return found

    async def first_greeting(self, conversation: str) -> bool:
        """One row for all replicas tells."""
        digest = hashlib.sha256(f"greeting\x1f{conversation}".encode()).digest()
        async with self._connection() as connection:
            return bool(await connection.fetchval(_GREET, *self._whose, digest))


def _age(person: Person) -> float:
    return person.as_of.timestamp() if person.as_of else 0.0


def _columns(people: Iterable[Person]) -> list[list[Any]]:
    ordered = sorted(people, key=lambda person: person.key)
    return [
        [person.key for person in ordered],
        [person.kind.value for person in ordered],
        [clean(person.name) for person in ordered],
        [json.dumps(person.classes) for person in ordered],
        [person.as_of for person in ordered],
    ]
