"""The command: settings in, everything tried, a table or JSON out."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import logging
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import aiohttp

from bot.doctor import catalogue, entrance, lessons, own, people, tenant
from bot.doctor.export import EXPORT
from bot.doctor.findings import ALL, Finding, State, worst
from bot.doctor.printing import as_json, as_text
from bot.environment import Environment, WrongEnvironment, read_environment
from bot.graph.client import Graph
from bot.ports import Addresses, OutOfReach
from bot.school import School, WrongSchoolFile, read_school
from bot.store import embedded
from bot.store.checkup import Examined, Past
from bot.store.postgres import PostgresStore
from bot.store.tables import make_pool
from bot.teams.connector import Connector, make_session
from bot.teams.hosts import Hosts
from bot.teams.tokens import Tokens

GOOD, SOMETHING_RED, WRONG_SETTINGS = 0, 1, 2
_PATIENCE = 10.0
"""How long the Bot Connector may take to answer, in seconds."""


class _NoAddresses:
    """`Addresses` where there is no database: Microsoft's own is tried."""

    async def remember(self, conversation: str, service_url: str) -> None:
        """Nothing is kept."""

    async def service_url(self, conversation: str) -> str | None:
        """None is known."""
        return None

    async def first_greeting(self, conversation: str) -> bool:
        """The doctor greets nobody."""
        return False


def main(arguments: Sequence[str]) -> int:
    """0 where nothing is red, 1 where something is, 2 where the settings are wrong."""
    wanted = _parser().parse_args(arguments)
    # what the libraries would write on the terminal is in the table, in plainer words
    logging.getLogger().addHandler(logging.NullHandler())
    try:
        environment = read_environment()
        school = read_school(Path(environment.school_file))
        findings = asyncio.run(_examined(environment, school, wanted))
    except (WrongEnvironment, WrongSchoolFile) as error:
        sys.stdout.write(
            json.dumps({"settings": str(error).splitlines()}, ensure_ascii=False) + "\n"
            if wanted.json
            else f"Nothing was looked at, for the settings are wrong:\n{error}\n"
        )
        return WRONG_SETTINGS
    tier = school.school.tier
    sys.stdout.write(
        as_json(findings, tier) + "\n" if wanted.json else as_text(findings, tier, colour=sys.stdout.isatty())
    )
    return SOMETHING_RED if worst(one.state for one in findings) is State.RED else GOOD


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot", description="Looks after Schoolgate.")
    commands = parser.add_subparsers(required=True, metavar="doctor")
    doctor = commands.add_parser(
        "doctor", help="try each precondition harmlessly", description="Tries each precondition harmlessly."
    )
    doctor.add_argument("--json", action="store_true", help="for machines")
    doctor.add_argument(
        "--policies",
        type=Path,
        default=Path(EXPORT),
        help="the file that deploy/tenant/set-up.ps1 -Part teams writes (default: %(default)s)",
    )
    doctor.add_argument("--days", type=int, default=7, help="how far to look ahead for lessons (default: %(default)s)")
    return parser


async def _examined(environment: Environment, school: School, wanted: argparse.Namespace) -> list[Finding]:
    """Everything, in the order in which one thing rests on another."""
    now = datetime.now(UTC)
    saw = f"{school.school.name}, tier {school.school.tier}, {len(school.classes)} classes, {len(school.rules)} rules"
    findings = [Finding(check="settings", state=State.GOOD, saw=saw)]
    async with contextlib.AsyncExitStack() as stack:
        session = make_session()
        stack.push_async_callback(session.close)
        findings += _certificate(environment, now)
        addresses, past, found = await _database(environment, school, stack)
        findings += found
        findings += await own.address(environment, session)
        findings += await entrance.keys(environment, session, school.school.tier)
        findings += await _microsoft(environment, school, session, addresses, now, wanted.days)
        findings += tenant.audit(wanted.policies, school, environment.bot_app_id, now, past)
    return findings


def _certificate(environment: Environment, now: datetime) -> list[Finding]:
    try:
        return own.certificate(environment, now)
    except ValueError:
        raise _NO_PEM from None


_NO_PEM = WrongEnvironment("BOT_APP_CERTIFICATE: is no PEM file with a certificate and its key")


async def _database(
    environment: Environment, school: School, stack: contextlib.AsyncExitStack
) -> tuple[Addresses, Past, list[Finding]]:
    """Where conversations are answered, what has happened, how the database stands. The built-in one is started if need be."""
    try:
        if environment.database_url is None:
            server = await asyncio.to_thread(embedded.start)
            stack.callback(server.stop)
            dsn = server.dsn
        else:
            dsn = environment.database_url.get_secret_value()
        pool = await make_pool(dsn, size=2)
        stack.push_async_callback(pool.close)
        examined = Examined(pool, school, environment.bot_tenant_id)
        findings = await own.database(dsn, examined)
        if findings[0].state is State.GOOD:
            past = await examined.past()
            store = PostgresStore(pool, school, environment.bot_tenant_id)
            return store, past, [*findings, *own.told(past, school.school.tier)]
    except OutOfReach as error:
        findings = [own.no_database(error)]
    return _NoAddresses(), Past(), findings


async def _microsoft(
    environment: Environment,
    school: School,
    session: aiohttp.ClientSession,
    addresses: Addresses,
    now: datetime,
    days: int,
) -> list[Finding]:
    """Microsoft's side, as far as we get in."""
    app_id, tenant_id, proof = environment.bot_app_id, environment.bot_tenant_id, environment.proof()
    authority = environment.entra_authority_url
    try:
        graph = Graph(tenant_id, app_id, proof, authority=authority, url=environment.graph_url)
    except ValueError:
        raise _NO_PEM from None
    tokens = Tokens(tenant_id, app_id, proof, authority=authority)
    hosts = Hosts(environment.connector_hosts)
    connector = Connector(
        session, tokens=tokens, hosts=hosts, addresses=addresses, app_id=app_id, tenant=tenant_id, deadline=_PATIENCE
    )
    async with contextlib.aclosing(graph), contextlib.aclosing(tokens):
        signed_in, held = await entrance.sign_in(graph)
        if signed_in.state is not State.GOOD:
            saw = "not tried: without a token Microsoft shows nothing"
            return [signed_in, Finding(check="Microsoft's side", state=State.UNPROVEN, saw=saw, serves=ALL)]
        channel = await people.channel(connector, school)
        try:
            found = await people.look(graph, school)
            by_catalogue, package = await catalogue.look(graph, app_id, school.school.tier)
            coming = await lessons.look(graph, connector, school, app_id, found, now, days)
        except OutOfReach as error:
            return [signed_in, entrance.reached(error), *channel]
        tried = found.tried | by_catalogue | coming.tried
        granted = [entrance.granted(one, held, tried.get(one.name)) for one in entrance.wanted(school.school.tier)]
        return [signed_in, entrance.reached(), *granted, *found.findings, *channel, *package, *coming.findings]
