"""What is measured: each a process of its own on one core, Microsoft's side, database and driver on the other."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import asyncpg
import psutil

from deploy.rehearsal.player.control import Control
from deploy.rehearsal.player.house import ROOT, House, open_house
from deploy.rehearsal.player.process import Child, Died, free_port
from tests.bench.activities import Post
from tests.bench.issuer import Issuer, published
from tests.bench.throwaway import python_with_agents
from tests.bench.world import World

ASKED, SERVING = 1, 0
GUESS = {"floor": 3000.0, "plain": 90.0, "agents": 450.0, "schoolgate": 1000.0}
"""What is measured, and how many joins a second each may take until a round has shown it."""
READY_WITHIN = 60.0
QUIET_WITHIN = 60.0
_WAITING = (
    "SELECT count(*) FROM jobs WHERE status IN ('queued', 'picked') AND (execute_after <= now() OR headers ? 'at_once')"
)
_JOINED = "SELECT count(*) FROM events WHERE type = 'joined'"
_STRANGERS = "SELECT count(*) FROM decisions WHERE rule = 'uninvited_attendee'"


@dataclass(frozen=True, slots=True)
class Ground:
    """What every subject stands on: Microsoft's side, the database server, and who signs the activities."""

    house: House
    issuer: Issuer

    async def tenant(self, world: World) -> None:
        """A school's tenant at Microsoft's side. What happens in it reaches nobody by itself: the driver posts."""
        control = Control(self.house.session, self.house.control, world.cast)
        await control.open("http://127.0.0.1:9/api/messages")

    def post(self, world: World) -> Post:
        service_url = f"{self.house.origin}/connector/{world.cast.tenant}/"
        token = self.issuer.token(world.cast.app_id, service_url)
        return Post(world.cast.tenant, world.cast.app_id, service_url, token)


@asynccontextmanager
async def ground(folder: Path) -> AsyncIterator[Ground]:
    """Microsoft's side and the database, up and ready."""
    async with published() as issuer, AsyncExitStack() as stack:
        with on_core(ASKED):
            house = await stack.enter_async_context(open_house(folder, (sys.executable, "app.py"), 1))
        yield Ground(house, issuer)


async def _nothing() -> None:
    """A server that does all its work before it answers is always quiet."""


@dataclass(kw_only=True)
class Subject:
    """A running server, and how to ask what it has taken. `guess`: joins a second; `started`: seconds from start to ready."""

    name: str
    child: Child
    port: int
    post: Post
    environment: Mapping[str, str]
    started: float
    joined: Callable[[], Awaitable[int]]
    strangers: Callable[[], Awaitable[int]]
    quiet: Callable[[], Awaitable[None]] = _nothing
    database: psutil.Process | None = None
    guess: float = field(init=False)
    sent: int = 0
    lesson: int = 0
    _process: psutil.Process = field(init=False)

    def __post_init__(self) -> None:
        self.guess = GUESS[self.name]
        self._process = psutil.Process(self.child.pid)

    def cpu(self) -> float:
        """Seconds of a processor used so far."""
        return _cpu([self._process])

    def database_cpu(self) -> float:
        """The same of its database server, which is on the other core; 0 for a server without one."""
        return _cpu([self.database, *self.database.children(recursive=True)]) if self.database else 0.0

    def memory(self) -> float:
        """Resident, in MB."""
        return float(self._process.memory_info().rss) / 2**20


def _cpu(processes: Iterable[psutil.Process]) -> float:
    total = 0.0
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            total += times.user + times.system
    return total


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """Whatever is started here stays on this core; a machine with one core, or without affinity, has no choice."""
    if not hasattr(os, "sched_setaffinity") or core not in (allowed := os.sched_getaffinity(0)):
        yield
        return
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


async def start(name: str, ground: Ground, world: World, **more: str) -> Subject:
    """A server of a school that has its tenant, ready. `more`: settings of its own."""
    return await (_schoolgate(ground, world, more) if name == "schoolgate" else _peer(name, ground, world, more))


async def _peer(name: str, ground: Ground, world: World, more: Mapping[str, str]) -> Subject:
    house, port = ground.house, free_port()
    file = house.folder / f"{world.cast.slug}.json"
    file.write_text(json.dumps(world.known()), encoding="utf-8")
    environment = {
        "BOT_APP_ID": world.cast.app_id,
        "BOT_TENANT_ID": world.cast.tenant,
        "BOT_APP_PASSWORD": world.cast.secret,
        "BOT_OPENID_METADATA_URL": ground.issuer.metadata,
        "BENCH_KEYS": ground.issuer.keys,
        "BENCH_WORLD": str(file),
        "PORT": str(port),
        **more,
    }
    python = await asyncio.to_thread(python_with_agents) if name == "agents" else sys.executable
    child, started = await _start(house, name, (python, "-m", f"tests.bench.{name}"), environment, port)

    async def report() -> dict[str, object]:
        async with house.session.get(f"http://127.0.0.1:{port}/readyz") as answer:
            return dict(await answer.json())

    async def joined() -> int:
        return int(str((await report())["joined"]))

    async def strangers() -> int:
        uninvited = (await report()).get("uninvited", [])
        return len(uninvited) if isinstance(uninvited, list) else 0

    return Subject(
        name=name,
        child=child,
        port=port,
        post=ground.post(world),
        environment=environment,
        started=started,
        joined=joined,
        strangers=strangers,
    )


async def _schoolgate(ground: Ground, world: World, more: Mapping[str, str]) -> Subject:
    house, port = ground.house, free_port()
    environment = await house.environment(world.cast, port)
    environment |= {"BOT_OPENID_METADATA_URL": ground.issuer.metadata, "HOST": "127.0.0.1", **more}
    return await replica(ground, environment, ground.post(world), SERVING)


async def replica(ground: Ground, environment: Mapping[str, str], post: Post, core: int) -> Subject:
    """A Schoolgate with these settings, on a port of its own if another has that one."""
    house, name, dsn = ground.house, "schoolgate", environment["DATABASE_URL"]
    if any(bot.gone is None and bot.name.endswith(environment["PORT"]) for bot in house.bots):
        environment = {**environment, "PORT": str(free_port())}
    port = int(environment["PORT"])
    child, started = await _start(house, f"{name} {port}", house.bot, environment, port, core)

    async def ask(query: str) -> int:
        connection = await asyncpg.connect(dsn)
        try:
            return int(await connection.fetchval(query))
        finally:
            await connection.close()

    async def quiet() -> None:
        until = time.monotonic() + QUIET_WITHIN
        while waiting := await ask(_WAITING):
            if time.monotonic() > until:
                raise Died(f"{waiting} jobs still wait after {QUIET_WITHIN:g} s")
            child.check()
            await asyncio.sleep(0.05)

    return Subject(
        name=name,
        child=child,
        port=port,
        post=post,
        environment=environment,
        started=started,
        joined=lambda: ask(_JOINED),
        strangers=lambda: ask(_STRANGERS),
        quiet=quiet,
        database=_postmaster(house.folder),
    )


def _postmaster(folder: Path) -> psutil.Process:
    return psutil.Process(int((folder / "postgres" / "pg" / "postmaster.pid").read_text().split()[0]))


async def _start(
    house: House, name: str, command: tuple[str, ...], environment: Mapping[str, str], port: int, core: int = SERVING
) -> tuple[Child, float]:
    began = time.monotonic()
    with on_core(core):
        child = await Child.start(name, command, environment, ROOT)
    house.bots.append(child)
    while time.monotonic() < began + READY_WITHIN:
        child.check()
        with contextlib.suppress(aiohttp.ClientError):
            async with house.session.get(f"http://127.0.0.1:{port}/readyz") as answer:
                if answer.status == 200:
                    return child, time.monotonic() - began
        await asyncio.sleep(0.02)
    raise Died(f"{name} was not ready in {READY_WITHIN:g} s:\n" + "\n".join(child.lines[-12:]))
