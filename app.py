"""Schoolgate as one process: settings in, adapters built and wired, web and worker on one loop."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import uvloop
from aiohttp import web

from bot.environment import Environment, WrongEnvironment, read_environment
from bot.graph.calls import GraphCalls
from bot.graph.client import Graph
from bot.graph.directory import GraphDirectory
from bot.graph.lessons import GraphLessons
from bot.graph.mail import GraphMail
from bot.graph.options import GraphOptions
from bot.graph.places import GraphPlaces
from bot.graph.seats import Us
from bot.graph.subscriptions import GraphSubscriptions, Seals, changed
from bot.graph.timetable import GraphCalendars
from bot.graph.told import heard
from bot.marks import mark_of, sitting_of
from bot.overload import Overload
from bot.ports import OutOfReach
from bot.school import School, WrongSchoolFile, read_school
from bot.store import embedded
from bot.store.postgres import PostgresStore, open_store
from bot.store.queue import Worker
from bot.store.waiting import comes_within
from bot.teams.calling import CallingInlet
from bot.teams.cards import plain, subject
from bot.teams.connector import Connector, make_session
from bot.teams.flood import Flood
from bot.teams.gate import CALLS, Gate
from bot.teams.hosts import Hosts
from bot.teams.inlet import Inlet
from bot.teams.keys import Keys
from bot.teams.reading import Ours
from bot.teams.tokens import Tokens
from bot.web.about import about
from bot.web.logs import set_up_logging
from bot.web.metrics import Metrics
from bot.web.notifications import Notifications
from bot.web.routes import LEAVING, make_app
from bot.web.serving import runner_of
from bot.wiring.adapters import Adapters
from bot.wiring.core import core_on

log = logging.getLogger("schoolgate")
_OBJECTS = 50_000
"""How many objects are made between two looks for cycles: Python's 700 took a tenth of an event's time. A few MB."""

STORE_PATIENCE = 60.0
"""How long the start waits for the database, in seconds."""


@asynccontextmanager
async def schoolgate(environment: Environment, school: School, dsn: str) -> AsyncIterator[web.Application]:
    """Everything built and wired, torn down in the reverse order."""
    async with contextlib.AsyncExitStack() as stack:
        store = await _store(environment, school, dsn)
        stack.push_async_callback(store.close)
        session = make_session()
        stack.push_async_callback(session.close)
        hosts = Hosts(environment.connector_hosts)
        proof, app_id, tenant = environment.proof(), environment.bot_app_id, environment.bot_tenant_id
        secret = proof if isinstance(proof, str) else proof.hex()
        tokens = Tokens(tenant, app_id, proof, authority=environment.entra_authority_url)
        stack.push_async_callback(tokens.aclose)
        metrics = Metrics()
        connector = Connector(
            session,
            tokens=tokens,
            hosts=hosts,
            addresses=store,
            app_id=app_id,
            tenant=tenant,
            watch=metrics.connector,
        )
        try:
            graph = Graph(tenant, app_id, proof, authority=environment.entra_authority_url, url=environment.graph_url)
        except ValueError:
            raise WrongEnvironment("BOT_APP_CERTIFICATE: is no PEM file with a certificate and its key") from None
        stack.push_async_callback(graph.aclose)
        us, seals = Us(tenant=tenant, app_id=app_id), Seals(secret)
        hands, mail = GraphCalls(graph, us), GraphMail(graph, school, subject=subject, text=plain)
        url = f"{environment.public_url}/api/notifications/{seals.path}" if environment.public_url else None
        adapters = Adapters(
            store=store,
            connector=connector,
            tally=metrics,
            directory=GraphDirectory(graph, school),
            lessons=GraphLessons(graph, connector, school),
            calendars=GraphCalendars(graph),
            mail=mail,
            calls=hands,
            hands=hands,
            options=GraphOptions(graph, app_id),
            places=GraphPlaces(graph, app_id, school.school.tier),
            subscriptions=GraphSubscriptions(graph, url, seals) if url else None,
        )
        callback = f"{environment.public_url or ''}/api/calls/"
        core = core_on(adapters, school, lambda sitting: callback + mark_of(sitting, secret))
        worker = Worker(dsn, core.errands, core.duties, scope=store.scope, pool=store.pool, calm=store.calm)
        store.shortcut = worker.shortcut
        keys, flood = Keys(environment.bot_openid_metadata_url, session), Flood()
        inlet = Inlet(
            gate=Gate(app_id=app_id, tenant=tenant, keys=keys, hosts=hosts),
            doors=core.service,
            connector=connector,
            addresses=store,
            ours=Ours(tenant=tenant, school=school.id, app_id=app_id),
            flood=flood,
        )
        stack.push_async_callback(inlet.aclose)
        worker.start()
        stack.push_async_callback(worker.stop)

        async def ready() -> tuple[bool, Sequence[str]]:
            return await _ready(store, keys, worker)

        calling_keys = Keys(environment.calling_openid_metadata_url, session)
        calls = CallingInlet(
            Gate(app_id=app_id, tenant=tenant, keys=calling_keys, hosts=hosts, rules=CALLS),
            parse=lambda body: heard(body, us),
            sitting_of=lambda mark: sitting_of(mark, secret),
            hand_on=core.calling.heard,
            flood=flood,
        )
        overload = Overload(school, lambda: flood.shed, connector, mail, core.service.staffroom, core.service.words)
        with_calls = school.school.tier == "remove"
        yield make_app(
            inlet=inlet,
            metrics=metrics,
            ready=ready,
            calls=calls if with_calls else None,
            notifications=Notifications(seals.is_ours, lambda body: changed(body, seals, tenant), store)
            if url
            else None,
            about=about(
                school.school.name,
                school.school.tier,
                presence=school.keep.presence,
                alerts=school.keep.alerts,
                deliveries=school.keep.deliveries,
            ),
            background=[keys, overload, *([calling_keys] if with_calls else [])],
        )


async def _store(environment: Environment, school: School, dsn: str) -> PostgresStore:
    """Open the store, waiting a while for a database that is just starting too."""
    loop = asyncio.get_running_loop()
    until = loop.time() + STORE_PATIENCE
    while True:
        try:
            return await open_store(dsn, school, environment.bot_tenant_id)
        except OutOfReach:
            if loop.time() > until:
                raise
            log.warning("the database does not answer yet", extra={"event": "store_waiting"})
            await asyncio.sleep(1)


async def _ready(store: PostgresStore, keys: Keys, worker: Worker) -> tuple[bool, Sequence[str]]:
    """Whether events can be taken, judged and acted on. Graph may be down: events are taken all the same."""
    reasons = []
    try:
        if not await store.answers():
            reasons.append("the database takes no writes")
    except OutOfReach:
        reasons.append("the database is out of reach")
    if not keys.loaded:
        reasons.append("the keys of the Bot Framework have not been fetched")
    if not worker.healthy:
        reasons.append("the worker is not running")
    return not reasons, reasons


async def serve(environment: Environment, school: School, dsn: str) -> None:
    """Listen until SIGTERM or SIGINT, let the other replicas take over, then finish what was begun.

    A second signal ends the waiting for the others.
    """
    over = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, over.set)
    async with schoolgate(environment, school, dsn) as app:
        runner = runner_of(app)
        await runner.setup()
        try:
            await web.TCPSite(runner, environment.host, environment.port).start()
            _collect_seldom()
            log.info("listening", extra={"event": "listening", "port": environment.port, "rules": len(school.rules)})
            await over.wait()
            over.clear()
            app[LEAVING].set()
            log.info("leaving", extra={"event": "leaving", "seconds": environment.drain_seconds})
            await comes_within(over, environment.drain_seconds)
        finally:
            await runner.cleanup()


def _collect_seldom() -> None:
    """What was built at the start stays, so Python need not look through it again and again for cycles to collect."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_OBJECTS, 20, 20)


def main() -> int:
    """Start; 2 where the settings are wrong, 1 where the database cannot be reached."""
    set_up_logging()
    server = None
    try:
        environment = read_environment()
        school = read_school(Path(environment.school_file))
        server = None if environment.database_url else embedded.start()
        dsn = environment.database_url.get_secret_value() if environment.database_url else str(server and server.dsn)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve(environment, school, dsn))
    except (WrongEnvironment, WrongSchoolFile) as error:
        sys.stderr.write(f"Schoolgate does not start:\n{error}\n")
        return 2
    except OutOfReach as error:
        sys.stderr.write(f"Schoolgate does not start: the database cannot be used: {error.words}\n")
        return 1
    finally:
        if server:
            server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
