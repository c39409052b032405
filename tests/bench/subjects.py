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
from tests.bench.issuer import Issuer
from tests.bench.world import World

ASKED, SERVING = 1, 0
READY_WITHIN = 60.0
QUIET_WITHIN = 60.0
_WAITING = "SELECT count(*) FROM jobs WHERE status IN ('queued', 'picked') AND execute_after <= now()"
_JOINED = "SELECT count(*) FROM events WHERE type = 'joined'"
_STRANGERS = "SELECT count(*) FROM decisions WHERE rule = 'uninvited_attendee'"


async def _nothing() -> None:
    """A server that does all its work before it answers is always quiet."""


@dataclass(kw_only=True)
class Subject:
    """A running server, and how to ask what it has taken. `guess`: joins a second, until a round has been measured."""

    name: str
    child: Child
    port: int
    post: Post
    guess: float
    joined: Callable[[], Awaitable[int]]
    strangers: Callable[[], Awaitable[int]]
    quiet: Callable[[], Awaitable[None]] = _nothing
    database: psutil.Process | None = None
    sent: int = 0
    lesson: int = 0
    _process: psutil.Process = field(init=False)

    def __post_init__(self) -> None:
        self._process = psutil.Process(self.child.pid)

    def cpu(self) -> float:
        """Seconds of a processor used so far."""
        return _cpu([self._process])

    def database_cpu(self) -> float:
        """The same of its database server, which is on the other core; 0 for a server without one."""
        return _cpu([self.database, *self.database.children(recursive=True)]) if self.database else 0.0


def _cpu(processes: Iterable[psutil.Process]) -> float:
    times = [process.cpu_times() for process in processes]
    return float(sum(each.user + each.system for each in times))


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


@asynccontextmanager
async def opened(world: World, issuer: Issuer, folder: Path, only: list[str]) -> AsyncIterator[list[Subject]]:
    """The servers asked for, ready."""
    async with AsyncExitStack() as stack:
        with on_core(ASKED):
            house = await stack.enter_async_context(open_house(folder, (sys.executable, "app.py"), 1))
        control = Control(house.session, house.control, world.cast)
        await control.open("http://127.0.0.1:9/api/messages")  # nobody joins through Microsoft's side here
        service_url = f"{house.origin}/connector/{world.cast.tenant}/"
        token = issuer.token(world.cast.app_id, service_url)
        post = Post(world.cast.tenant, world.cast.app_id, service_url, token)
        makers = {"floor": _peer, "plain": _peer, "schoolgate": _schoolgate}
        yield [await makers[name](name, world, issuer, house, post) for name in makers if not only or name in only]


async def _peer(name: str, world: World, issuer: Issuer, house: House, post: Post) -> Subject:
    file, port = house.folder / "world.json", free_port()
    file.write_text(json.dumps(world.known()), encoding="utf-8")
    environment = {
        "BOT_APP_ID": world.cast.app_id,
        "BOT_TENANT_ID": world.cast.tenant,
        "BOT_APP_PASSWORD": world.cast.secret,
        "BOT_OPENID_METADATA_URL": issuer.metadata,
        "BENCH_WORLD": str(file),
        "PORT": str(port),
    }
    child = await _start(house, name, (sys.executable, "-m", f"tests.bench.{name}"), environment, port)

    async def report() -> dict[str, object]:
        async with house.session.get(f"http://127.0.0.1:{port}/readyz") as answer:
            return dict(await answer.json())

    async def joined() -> int:
        return int(str((await report())["joined"]))

    async def strangers() -> int:
        uninvited = (await report()).get("uninvited", [])
        return len(uninvited) if isinstance(uninvited, list) else 0

    guess = 3000.0 if name == "floor" else 90.0
    return Subject(
        name=name, child=child, port=port, post=post, guess=guess, joined=joined, strangers=strangers
    )  # fmt: skip -- one line of arguments


async def _schoolgate(name: str, world: World, issuer: Issuer, house: House, post: Post) -> Subject:
    port = free_port()
    environment = await house.environment(world.cast, port)
    dsn = environment["DATABASE_URL"]
    environment |= {"BOT_OPENID_METADATA_URL": issuer.metadata, "HOST": "127.0.0.1"}
    child = await _start(house, name, house.bot, environment, port)

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
        guess=1000.0,
        joined=lambda: ask(_JOINED),
        strangers=lambda: ask(_STRANGERS),
        quiet=quiet,
        database=_postmaster(house.folder),
    )


def _postmaster(folder: Path) -> psutil.Process:
    return psutil.Process(int((folder / "postgres" / "pg" / "postmaster.pid").read_text().split()[0]))


async def _start(house: House, name: str, command: tuple[str, ...], environment: Mapping[str, str], port: int) -> Child:
    with on_core(SERVING):
        child = await Child.start(name, command, environment, ROOT)
    house.bots.append(child)
    until = time.monotonic() + READY_WITHIN
    while time.monotonic() < until:
        child.check()
        with contextlib.suppress(aiohttp.ClientError):
            async with house.session.get(f"http://127.0.0.1:{port}/readyz") as answer:
                if answer.status == 200:
                    return child
        await asyncio.sleep(0.05)
    raise Died(f"{name} was not ready in {READY_WITHIN:g} s:\n" + "\n".join(child.lines[-12:]))
