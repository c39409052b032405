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

from bot.alarm_orders import AlarmOrders
from bot.calling import Calling
from bot.carrying import Carrier
from bot.circles import Circles
from bot.door import Door
from bot.environment import Environment, WrongEnvironment, read_environment
from bot.errands import Lookups
from bot.escalating import Escalation
from bot.first_contact import FirstContact
from bot.forewarning import Forewarner
from bot.forms import Forms
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
from bot.hold_keeping import HoldKeeper
from bot.hold_notices import HoldNotices
from bot.hold_orders import HoldOrders
from bot.journal import Journal
from bot.marks import mark_of, sitting_of
from bot.orders import Orders
from bot.overload import Overload
from bot.picking import Picking
from bot.placing import Placer
from bot.planning import Planner
from bot.ports import (
    Calendars,
    Directory,
    MeetingOptions,
    OutOfReach,
    Places,
    Register,
    Subscriptions,
    Wording,
)
from bot.pupil_orders import PupilOrders
from bot.readership import Readership
from bot.record_orders import RecordOrders
from bot.refusals import Refusals
from bot.release_orders import ReleaseOrders
from bot.removal_orders import RemovalOrders
from bot.school import School, WrongSchoolFile, read_school
from bot.sealing import Sealer
from bot.service import Service
from bot.speaking import Speaking
from bot.staffroom import Staffroom
from bot.store import embedded
from bot.store.clock import Duty
from bot.store.postgres import PostgresStore, open_store
from bot.store.queue import Worker
from bot.store.running import Errand
from bot.subscribing import Subscriber
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
from bot.teller import Teller
from bot.watchdog import Watchdog
from bot.web.about import about
from bot.web.logs import set_up_logging
from bot.web.metrics import Metrics
from bot.web.notifications import Notifications
from bot.web.routes import LEAVING, make_app
from bot.web.serving import runner_of
from bot.words.catalogue import Words

log = logging.getLogger("schoolgate")
SWEEP, REFRESH, PURGE, AHEAD = 60.0, 300.0, 3600.0, 10.0
"""How often, in seconds: sittings are swept, the staff and pupil lists read, old rows deleted, coming lessons looked at."""

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
        us = Us(tenant=tenant, app_id=app_id)
        hands = GraphCalls(graph, us)
        options = GraphOptions(graph, app_id)
        register = Journal(store, metrics)
        door = Door(school, register, options, connector)
        callback = f"{environment.public_url or ''}/api/calls/"
        calling = Calling(
            school, register, hands, hands, options, connector, lambda sitting: callback + mark_of(sitting, secret)
        )
        places, seals = GraphPlaces(graph, app_id, school.school.tier), Seals(secret)
        url = f"{environment.public_url}/api/notifications/{seals.path}" if environment.public_url else None
        subscriptions = GraphSubscriptions(graph, url, seals) if url else None
        service, worker = _core(
            school, store, register, connector, graph, dsn, metrics, door, calling, places, subscriptions
        )
        keys, flood = Keys(environment.bot_openid_metadata_url, session), Flood()
        inlet = Inlet(
            gate=Gate(app_id=app_id, tenant=tenant, keys=keys, hosts=hosts),
            doors=service,
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
            hand_on=calling.heard,
            flood=flood,
        )
        mail = GraphMail(graph, school, subject=subject, text=plain)
        overload = Overload(school, lambda: flood.shed, connector, mail, service.staffroom, service.words)
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


def _core(
    school: School,
    store: PostgresStore,
    register: Register,
    connector: Connector,
    graph: Graph,
    dsn: str,
    metrics: Metrics,
    door: Door,
    calling: Calling,
    places: Places,
    subscriptions: Subscriptions | None,
) -> tuple[Service, Worker]:
    """The core and its errands, on these adapters."""
    directory = GraphDirectory(graph, school)
    words = Words(school.school.timezone, school.school.name, reasons=school.reasons, tier=school.school.tier)
    staffroom = Staffroom(store, directory)
    orders = _orders(school, store, register, staffroom, connector, words)
    service = Service(school, register, store, store, staffroom, words, orders)
    mail = GraphMail(graph, school, subject=subject, text=plain)
    readership = Readership(school, staffroom, connector)
    circles = Circles(school, store, staffroom, readership)
    escalation = Escalation(school, register, store, store, circles, connector, mail, words, store)
    carrier = Carrier(
        school,
        register,
        store,
        store,
        connector,
        mail,
        words,
        metrics,
        door,
        Speaking(store, store, connector, words),
        circles,
        escalation,
        calling if school.school.tier == "remove" else None,
    )
    lookups = Lookups(
        school, register, store, directory, GraphLessons(graph, connector, school), connector, store, staffroom
    )
    teller = Teller(school, store, staffroom, readership, connector, mail)
    keeper = HoldKeeper(
        school, register, store, store, store, store, staffroom, teller, connector, orders.holds.notices
    )
    errands = {
        "carry": carrier.carry,
        "act": carrier.carry,
        "arrange": carrier.carry,
        "redraw": carrier.redraw,
        "escalate": escalation.escalate,
        "pass_on": escalation.pass_on,
        "remove": orders.removals.carry_out,
        "hold": keeper.show,
        "identify": lookups.identify,
        "describe": lookups.describe,
        "look": lookups.look,
        "options": door.read,
        "join": calling.join,
        "roster": calling.roster,
        "glance": calling.glance,
    }
    clock = {
        "sweep": (SWEEP, lookups.sweep),
        "refresh": (REFRESH, lookups.refresh),
        "readers": (SWEEP, readership.refresh),
        "purge": (PURGE, lookups.purge),
        "recarry": (SWEEP, store.recarry),
        "holds": (SWEEP, keeper.keep),
    }
    ahead, duties = _ahead(school, store, directory, GraphCalendars(graph), places, door.options, teller, words)
    if subscriptions is not None:
        subscriber = Subscriber(directory, subscriptions)
        ahead["resubscribe"], duties["subscribe"] = subscriber.resubscribe, (AHEAD, subscriber.subscribe)
    worker = Worker(dsn, errands | ahead, clock | duties, scope=store.scope, pool=store.pool, calm=store.calm)
    store.shortcut = worker.shortcut
    return service, worker


def _ahead(
    school: School,
    store: PostgresStore,
    directory: Directory,
    calendars: Calendars,
    places: Places,
    options: MeetingOptions,
    teller: Teller,
    words: Wording,
) -> tuple[dict[str, Errand], dict[str, Duty]]:
    """What is done ahead of the lessons in staff's calendars: the errands, and the duties."""
    planner = Planner(school, directory, calendars, store, teller, words)
    placer = Placer(store.tenant, school, store, options, places, teller, words)
    sealer = Sealer(store.tenant, school, store, options, teller, words)
    watchdog = Watchdog(school, store, calendars, store, store, teller, words)
    forewarner = Forewarner(school, store, store, store, store, store, teller, words)
    return {"forewarn": forewarner.forewarn, "replan": planner.reread}, {
        "plan": (SWEEP, planner.plan),
        "place": (AHEAD, placer.place),
        "seal": (AHEAD, sealer.seal),
        "watch": (AHEAD, watchdog.watch),
        "remind": (SWEEP, forewarner.remind),
    }


def _orders(
    school: School,
    store: PostgresStore,
    register: Register,
    staffroom: Staffroom,
    connector: Connector,
    words: Words,
) -> Orders:
    """What staff can ask for."""
    forms = Forms(words, school.reasons)
    picking = Picking(store, staffroom, forms)
    return Orders(
        school,
        register,
        staffroom,
        words,
        forms,
        Refusals(school, register),
        PupilOrders(school, register, picking, store, staffroom, words, forms),
        RemovalOrders(school, register, store, store, picking, words, forms),
        HoldOrders(school, register, store, store, picking, words, forms),
        ReleaseOrders(
            school,
            register,
            store,
            store,
            store,
            store,
            picking,
            staffroom,
            words,
            forms,
            HoldNotices(school, register, store, words, forms),
        ),
        RecordOrders(school, register, store, store, picking, staffroom, words, forms),
        FirstContact(school, staffroom, connector, words, forms),
        AlarmOrders(school, staffroom, store, words, forms),
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
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(over.wait(), environment.drain_seconds)
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
