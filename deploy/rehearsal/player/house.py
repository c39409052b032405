"""What every lesson of one demo shares: Microsoft's side, one PostgreSQL server, and their ends."""

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import aiohttp
import asyncpg

from deploy.rehearsal.player.cast import Cast
from deploy.rehearsal.player.process import Child

ROOT = Path(__file__).resolve().parents[3]


@dataclass(kw_only=True)
class House:
    """Microsoft's side and the database server, up and ready."""

    folder: Path
    session: aiohttp.ClientSession
    origin: str
    control: str
    ca: str
    dsn: str | None
    bot: tuple[str, ...]
    starting: asyncio.Semaphore
    bots: list[Child] = field(default_factory=list)

    async def environment(self, cast: Cast, port: int) -> dict[str, str]:
        """All that lesson's bot is told: where Microsoft is, who it is itself, its school, its store."""
        home = self.folder / cast.slug
        home.mkdir(parents=True, exist_ok=True)
        (home / "school.toml").write_text(cast.school_toml(), encoding="utf-8")
        return {
            "BOT_APP_ID": cast.app_id,
            "BOT_TENANT_ID": cast.tenant,
            "BOT_APP_PASSWORD": cast.secret,
            "SCHOOL_FILE": str(home / "school.toml"),
            "PUBLIC_URL": f"http://127.0.0.1:{port}",
            "PORT": str(port),
            "BOT_OPENID_METADATA_URL": f"{self.origin}/botframework/v1/.well-known/openidconfiguration",
            "CALLING_OPENID_METADATA_URL": f"{self.origin}/calling/v1/.well-known/OpenIdConfiguration",
            "ENTRA_AUTHORITY_URL": self.origin,
            "GRAPH_URL": f"{self.origin}/v1.0",
            "CONNECTOR_HOSTS": self.origin,
            "SSL_CERT_FILE": self.ca,
            **await self._store(cast, home),
        }

    async def _store(self, cast: Cast, home: Path) -> dict[str, str]:
        if self.dsn is None:
            return {"DATABASE_URL": "", "SCHOOLGATE_DATA": str(home / "data")}
        name = f"lesson_{cast.slug.replace('-', '_')}"
        await _create_database(self.dsn, name)
        return {"DATABASE_URL": urlunsplit(urlsplit(self.dsn)._replace(path=f"/{name}"))}


@contextlib.asynccontextmanager
async def open_house(folder: Path, bot: tuple[str, ...], at_once: int) -> AsyncIterator[House]:
    """Start what is shared; whatever happens next, everything started in it is ended."""
    shared: list[Child] = []
    bots: list[Child] = []
    try:
        ready, dsn = await asyncio.gather(_microsoft(folder, shared), _server(folder, shared))
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as session:
            yield House(
                folder=folder,
                session=session,
                origin=ready["origin"],
                control=ready["control"],
                ca=ready["ca"],
                dsn=dsn,
                bot=bot,
                starting=asyncio.Semaphore(at_once),
                bots=bots,
            )
    finally:
        # Bots first: they say goodbye to a database and a Connector that are still there.
        await asyncio.gather(*(child.end() for child in bots))
        await asyncio.gather(*(child.end() for child in shared))


async def _microsoft(folder: Path, shared: list[Child]) -> dict[str, Any]:
    at = folder / "microsoft"
    at.mkdir()
    command = [sys.executable, "-m", "deploy.rehearsal", "--dir", str(at)]
    child = await Child.start("Microsoft's side", command, folder=ROOT)
    shared.append(child)
    ready = at / "ready.json"
    async with asyncio.timeout(30):
        while True:
            # A half-written file is one not yet ready.
            with contextlib.suppress(FileNotFoundError, json.JSONDecodeError):
                return dict(json.loads(ready.read_text(encoding="utf-8")))
            child.check()
            await asyncio.sleep(0.05)


async def _server(folder: Path, shared: list[Child]) -> str | None:
    """One embedded PostgreSQL for all lessons, if the bot has that module."""
    with contextlib.suppress(ModuleNotFoundError):
        if find_spec("bot.store.embedded"):
            command = [sys.executable, "-m", "bot.store.embedded", "--dir", str(folder / "postgres"), "--careless"]
            child = await Child.start("the database server", command, folder=ROOT)
            shared.append(child)
            return (await child.line(lambda line: line.startswith("postgres"), 60)).strip()
    return None


async def _create_database(dsn: str, name: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        # The name is a lesson file's own, letters and underscores.
        await connection.execute(f'CREATE DATABASE "{name}"')
    finally:
        await connection.close()
