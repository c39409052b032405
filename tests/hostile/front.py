"""The whole product as app.py wires it, on a real port and a real database; Entra refuses it a token.

Who is staff and who is a pupil is known from the morning's lists. Its log is kept as it would be written.
"""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import aiohttp
from aiohttp import web

from app import schoolgate
from bot.environment import Environment
from bot.events import Event, Kind, account
from bot.marks import mark_of
from bot.ports import Arrival, Person, Ruling
from bot.ruling import rule_on
from bot.school import School
from bot.store.postgres import PostgresStore, open_store
from bot.teams.gate import GRAPH
from bot.web.serving import runner_of
from tests.builders import school_with
from tests.teams.activities import ADA, PATEL, THREAD, event
from tests.teams.house import ConnectorSide
from tests.teams.issuer import APP_ID, GONE, TENANT, Issuer

SECRET = "not-a-secret"
PLANTED = "Zuleika Quillfeather"
"""A child's name that is in whatever is sent, and must be in nothing that is written."""

BEN = "aaaaaaaa-0000-4000-8000-000000000003"
STAFF = Person(key=account(PATEL), kind=Kind.STAFF, name="Ms Patel", as_of=datetime.now(UTC))
PUPILS = tuple(
    Person(key=account(oid), kind=Kind.PUPIL, name=name, classes=("3B",), as_of=datetime.now(UTC))
    for oid, name in ((ADA, PLANTED), (BEN, "Ben Hall"))
)


@dataclass(repr=False)
class Front:
    """Where it answers, and what there is to send with."""

    issuer: Issuer
    teams: ConnectorSide
    store: PostgresStore
    school: School
    session: aiohttp.ClientSession
    log: io.StringIO
    url: str = ""
    good: dict[str, str] = field(default_factory=dict)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """What hypothesis shows of it where something fails: nothing."""
        printer.text("front")

    def token(self, place: str = "messages", **claims: Any) -> str:
        """A good header for an endpoint, but for what is said."""
        calls = {"iss": GRAPH, "tid": TENANT, "serviceurl": GONE} if place == "calls" else {}
        return f"Bearer {self.issuer.token(self.teams.service_url, **{**calls, **claims})}"

    async def send(
        self, place: str, body: Any, *, token: str | None = "", method: str = "POST", **headers: str
    ) -> tuple[int, str]:
        """Post to an endpoint, well signed unless another token or none (None) is given; status and body."""
        said = {"Content-Type": "application/json", **headers}
        if token is not None:
            # a signature costs more than all the rest of a request
            said["Authorization"] = token or self._good(place.partition("/")[0])
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        path = f"calls/{self.mark()}" if place == "calls" else place
        async with self.session.request(
            method, f"{self.url}/api/{path}", data=io.BytesIO(data), headers=said
        ) as answer:
            return answer.status, await answer.text()

    def _good(self, kind: str) -> str:
        """One good token does for all."""
        if kind not in self.good:
            self.good[kind] = self.token(kind)
        return self.good[kind]

    def started(self, thread: str = THREAD) -> dict[str, Any]:
        """A lesson begins."""
        where = {"id": thread, "tenantId": TENANT, "conversationType": "groupChat", "isGroup": True}
        name = "application/vnd.microsoft.meetingStart"
        return event(name, {}, service_url=self.teams.service_url, conversation=where, timestamp=_now())

    async def lesson(self, thread: str) -> int:
        """The number of a new lesson."""
        assert (await self.send("messages", self.started(thread)))[0] == 200
        return int((await self.rows("SELECT max(id) AS id FROM sittings"))[0]["id"])

    def mark(self, sitting: int = 1) -> str:
        """The path of a sitting's call."""
        return mark_of(sitting, SECRET)

    async def happened(self, *events: Event, sitting: int = 1) -> None:
        """Write events into a sitting, as another replica would."""
        await self.store.observe(Arrival(sitting=sitting), lambda before: Ruling(events=events))

    async def observe(self, sitting: int, *events: Event) -> None:
        """Have events observed and judged, as an errand does."""
        arrival = Arrival(sitting=sitting)
        await self.store.observe(arrival, lambda before: rule_on(arrival, before, self.school, events))

    async def rows(self, query: str) -> list[Any]:
        """Of the database."""
        async with self.store._connection() as connection:
            return list(await connection.fetch(query))

    def events_logged(self) -> list[dict[str, Any]]:
        """Every line of the log."""
        return [json.loads(line) for line in self.log.getvalue().splitlines()]


def _now() -> str:
    return datetime.now(UTC).isoformat()


@asynccontextmanager
async def opened(
    issuer: Issuer, teams: ConnectorSide, dsn: str, log: io.StringIO, entra: str, **chosen: Any
) -> AsyncIterator[Front]:
    """Start it, in the tier that has every endpoint unless another is chosen."""
    school = school_with(**{"tier": "remove", **chosen})
    environment = Environment(
        bot_app_id=APP_ID,
        bot_tenant_id=TENANT,
        bot_app_password=SECRET,
        bot_openid_metadata_url=issuer.openid,
        calling_openid_metadata_url=issuer.openid,
        entra_authority_url=entra,
        graph_url=f"{entra}/v1.0",
        public_url="https://schoolgate.example",
        connector_hosts=(teams.url,),
        _env_file=None,
    )
    store = await open_store(dsn, school, TENANT)
    await store.learn([replace(one, as_of=datetime.now(UTC)) for one in (STAFF, *PUPILS)])
    async with aiohttp.ClientSession() as session, schoolgate(environment, school, dsn) as app:
        runner = runner_of(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        front = Front(issuer, teams, store, school, session, log)
        front.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            await _keys_fetched(front)
            yield front
        finally:
            await runner.cleanup()
            await store.close()


async def _keys_fetched(front: Front) -> None:
    """Both gates have their keys: a good token is not asked to come again. A first lesson is held."""
    while (await front.send("messages", front.started()))[0] == 503:
        pass
    while (await front.send("calls", {}))[0] == 503:
        pass
