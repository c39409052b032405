"""One school for one test: its tenant at Microsoft's side, its database, and the bots that serve it.

Everything started here is ended here. Nothing waits by the clock: what is waited for is looked for until a deadline.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import asyncpg

from deploy.rehearsal.player.cast import Cast
from deploy.rehearsal.player.lesson import Lesson
from deploy.rehearsal.player.process import free_port
from tests.process.diary import diary
from tests.process.lives import Bot, eventually

T = TypeVar("T")
Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Microsoft:
    """Where the rehearsal answers."""

    origin: str
    control: str
    ca: str


@dataclass(kw_only=True)
class School:
    """The school of one test."""

    microsoft: Microsoft
    session: aiohttp.ClientSession
    cast: Cast
    dsn: str
    folder: Path
    port: int
    bots: list[Bot] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    _after: int = 0

    def bot(self, port: int | None = None, **different: str) -> Bot:
        """A bot of this school, not yet started."""
        port = port or self.port
        bot = Bot(session=self.session, environment={**self.environment(port), **different}, port=port)
        self.bots.append(bot)
        return bot

    def environment(self, port: int) -> dict[str, str]:
        file, origin = self.folder / "school.toml", self.microsoft.origin
        file.write_text(self.cast.school_toml(), encoding="utf-8")
        return {
            "BOT_APP_ID": self.cast.app_id,
            "BOT_TENANT_ID": self.cast.tenant,
            "BOT_APP_PASSWORD": self.cast.secret,
            "SCHOOL_FILE": str(file),
            "DATABASE_URL": self.dsn,
            "PUBLIC_URL": f"http://127.0.0.1:{port}",
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "CALLING_OPENID_METADATA_URL": f"{origin}/calling/v1/.well-known/OpenIdConfiguration",
            "BOT_OPENID_METADATA_URL": f"{origin}/botframework/v1/.well-known/openidconfiguration",
            "ENTRA_AUTHORITY_URL": origin,
            "GRAPH_URL": f"{origin}/v1.0",
            "CONNECTOR_HOSTS": origin,
            "SSL_CERT_FILE": self.microsoft.ca,
        }

    async def do(self, act: str, meeting: str | None = None, chat: str | None = None, **more: Any) -> None:
        """One act of the people, everybody called by name."""
        body: dict[str, Any] = {"act": act, **more}
        if meeting is not None:
            body["meeting"] = self.cast.thread(meeting)
        if chat is not None:
            body["chat"] = self.cast.chat(chat)
        who = more.get("who")
        if who is not None:
            body["who"] = self.cast.in_play(who) if isinstance(who, str) else [self.cast.in_play(one) for one in who]
        if "mentions" in more:
            body["mentions"] = [self.cast.oid(name) for name in more["mentions"]]
        await self._send("POST", "/do", body)

    async def switch(self, **weather: str) -> None:
        """Let something at Microsoft's side work well or badly."""
        await self._send("POST", "/switch", weather)

    async def look(self, wait: float = 0.0) -> list[Record]:
        """All that was seen at Microsoft's side until now."""
        answer = await self._send("GET", f"/seen?after={self._after}&wait={wait:g}")
        self._after = answer["next"]
        self.records += answer["seen"]
        return self.records

    async def sees(self, found: Callable[[list[Record]], T | None], within: float, what: str) -> T:
        """What is found in the records, as soon as it is there."""

        async def look() -> T | None:
            return found(await self.look(wait=0.2))

        return await eventually(look, within, what)

    async def ask(self, query: str, *values: Any) -> list[asyncpg.Record]:
        """Of the database."""
        connection = await asyncpg.connect(self.dsn)
        try:
            return list(await connection.fetch(query, *values))
        finally:
            await connection.close()

    async def _send(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        url = f"{self.microsoft.control}/tenants/{self.cast.tenant}{path}"
        async with self.session.request(method, url, json=body) as answer:
            text = await answer.text()
            assert answer.status < 400, f"{method} {path} {body and body.get('act')}: {text[:300]}"
            return await answer.json(content_type=None) if method == "GET" else None


@asynccontextmanager
async def school_of(
    microsoft: Microsoft, slug: str, script: Mapping[str, Any], dsn: str, folder: Path, port: int | None = None
) -> AsyncIterator[School]:
    """Open a school; whatever happens in it, its bots are ended."""
    cast, port = Cast(slug, Lesson.model_validate(script)), port or free_port()
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as session:
        school = School(
            microsoft=microsoft, session=session, cast=cast, dsn=dsn, folder=folder, port=port
        )  # fmt: skip -- one line of arguments
        endpoint = f"http://127.0.0.1:{port}/api/messages"
        await school._send("PUT", "", cast.tenant_body(endpoint, datetime.now(UTC)))
        try:
            yield school
        finally:
            (folder / "diary.txt").write_text(await diary(school), encoding="utf-8")
            await asyncio.gather(*(bot.end() for bot in school.bots))
            await school._send("DELETE", "")
