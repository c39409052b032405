"""A school of tier Remove where everything is as it should be, in the rehearsal; and the doctor called to it."""

from __future__ import annotations

import asyncio
import io
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import trustme
from aiohttp import web

from bot.doctor.command import main
from bot.events import Event, Joined, Started, account
from bot.ports import Arrival, Ruling
from bot.school import read_school
from bot.sitting import Meeting
from bot.store.postgres import open_store
from bot.tiers import permissions
from deploy.rehearsal.server import Running
from tests.rehearsal.made import guid

Json = dict[str, Any]
TENANT, APP = guid("doctor's tenant"), guid("doctor's app")
PATEL, OKORO, ADA, BEN = (guid(name) for name in ("patel", "okoro", "ada", "ben"))
ROLES = ("staff", "pupils", "clt", "safeguarding_leads", "head", "administrator", "it")
GROUPS = {role: guid(f"group {role}") for role in ROLES} | {"3B": guid("class 3B")}
THREAD, CHANNEL = "19:meeting_tomorrow@thread.v2", "19:safeguarding@thread.tacv2"
CLOSED_DOOR = {
    "allowedPresenters": "organizer",
    "lobbyBypassSettings": {"scope": "organization", "isDialInBypassEnabled": False},
}
GOOD_EXPORT = json.loads((Path(__file__).parent / "exports/good.json").read_text(encoding="utf-8"))


def body(tier: str) -> Json:
    """The tenant at Microsoft's side."""
    people = {PATEL: "Ms Patel", OKORO: "Mr Okoro", ADA: "Ada Lovelace", BEN: "Ben Nevis"}
    members = {role: [OKORO] for role in ROLES} | {"staff": [PATEL, OKORO], "pupils": [ADA, BEN], "3B": [ADA, BEN]}
    starts = datetime.now(UTC) + timedelta(hours=20)
    return {
        "app_id": APP,
        "secret": "s3cret",
        "endpoint": "http://127.0.0.1:9/api/messages",
        "seed": 7,
        "unkind": {},
        "grants": [one.name for one in permissions(tier, "entra")],
        "rsc": [one.name for one in permissions(tier, "meeting")],
        "users": [
            {"oid": oid, "name": name, "mail": f"{name.split()[1].lower()}@school.example"}
            for oid, name in people.items()
        ],
        "groups": [{"id": GROUPS[name], "name": name, "members": who} for name, who in members.items()],
        "team": {"id": guid("team"), "channel": CHANNEL},
        "meetings": [
            {
                "thread": THREAD,
                "subject": "3B Maths",
                "organizer": PATEL,
                "attendees": [GROUPS["3B"], OKORO],
                "start": starts.isoformat(),
                "end": (starts + timedelta(minutes=45)).isoformat(),
                "options": CLOSED_DOOR,
            }
        ],
    }


@dataclass
class Report:
    """What the doctor said."""

    code: int
    said: Json

    def finding(self, check: str) -> Json:
        """One finding by its name."""
        found = [one for one in self.said["findings"] if one["check"] == check]
        assert len(found) == 1, [one["check"] for one in self.said["findings"]]
        return found[0]

    @property
    def red(self) -> set[str]:
        """The checks that are red."""
        return {one["check"] for one in self.said["findings"] if one["state"] == "red"}

    @property
    def unproven(self) -> set[str]:
        """The checks that are not certain."""
        return {one["check"] for one in self.said["findings"] if one["state"] == "unproven"}

    def clause(self, clause: str) -> str | None:
        """How a clause stands."""
        return next(one["state"] for one in self.said["clauses"] if one["clause"] == clause)

    def tier(self, tier: str) -> Json:
        """How a tier stands."""
        return next(one for one in self.said["tiers"] if one["tier"] == tier)


@dataclass
class Surgery:
    """A school, and what can be broken in it. `livez`: what our own address answers."""

    microsoft: Running
    session: aiohttp.ClientSession
    folder: Path
    dsn: str
    environment: dict[str, str]
    patch: pytest.MonkeyPatch
    livez: int = 200
    body: Json = field(default_factory=lambda: body("remove"))

    async def put(self, **more: Any) -> None:
        """The tenant, with something different in it."""
        await self._send("PUT", "", self.body | more)

    async def switch(self, **parts: str) -> None:
        await self._send("POST", "/switch", parts)

    async def do(self, act: str, **said: Any) -> None:
        await self._send("POST", "/do", {"act": act, **said})

    async def _send(self, method: str, path: str, said: Json) -> None:
        url = f"{self.microsoft.control}/tenants/{TENANT}{path}"
        async with self.session.request(method, url, json=said) as answer:
            assert answer.status == 200, await answer.text()

    async def seen(self) -> list[Json]:
        """All that was noted at Microsoft's side."""
        async with self.session.get(f"{self.microsoft.control}/tenants/{TENANT}/seen?after=0&wait=0") as answer:
            return list((await answer.json())["seen"])

    def write_school(self, tier: str = "remove", **groups: str) -> None:
        roles = "\n".join(f'{role} = "{groups.get(role, GROUPS[role])}"' for role in ROLES)
        (self.folder / "school.toml").write_text(
            f'[school]\nname = "Hill Primary"\ntier = "{tier}"\n[groups]\n{roles}\n'
            f'[channels]\nsafeguarding = "{CHANNEL}"\n[[class]]\nname = "3B"\ngroup = "{GROUPS["3B"]}"\n'
        )

    def write_export(self, export: Json = GOOD_EXPORT, **more: Any) -> None:
        told = {
            "staffGroup": GROUPS["staff"],
            "pupilGroup": GROUPS["pupils"],
            "exportedAt": datetime.now(UTC).isoformat(),
        }
        text = json.dumps(export | told | {"mayRemove": [APP]} | more)
        text = text.replace("STAFF-GROUP", GROUPS["staff"]).replace("PUPIL-GROUP", GROUPS["pupils"])
        (self.folder / "meeting-policies.json").write_text(text)

    async def lived(self, *events: Event) -> None:
        """What has happened in the lesson so far, filed as the product does; and the address Teams gave for it."""
        school = read_school(self.folder / "school.toml")
        store = await open_store(self.dsn, school, TENANT)
        meeting = Meeting(TENANT, school.id, THREAD)
        await store.remember(THREAD, f"{self.microsoft.origin}/connector/{TENANT}")
        await store.observe(Arrival(events=events, meeting=meeting), lambda before: Ruling(events=events))
        await store.close()

    async def examine(self, *arguments: str) -> Report:
        """Call the doctor, in a thread, as the command line does."""
        code, said = await self.run("--json", *arguments)
        return Report(code, json.loads(said))

    async def run(self, *arguments: str) -> tuple[int, str]:
        """Its exit code, and what it printed."""
        self.patch.chdir(self.folder)
        for name, value in self.environment.items():
            self.patch.setenv(name, value)
        out = io.StringIO()

        def call() -> int:
            with redirect_stdout(out):
                return main(["doctor", *arguments])

        return await asyncio.to_thread(call), out.getvalue()


def _both(folder: Path, ca: str, authority: trustme.CA) -> Path:
    """Microsoft's authority and our own address's, in one file."""
    path = folder / "trusted.pem"
    path.write_bytes(Path(ca).read_bytes() + authority.cert_pem.bytes())
    return path


@asynccontextmanager
async def opened(microsoft: Running, folder: Path, dsn: str, patch: pytest.MonkeyPatch) -> AsyncIterator[Surgery]:
    """Everything as it should be."""
    authority = trustme.CA()
    trusted = _both(folder, microsoft.ca, authority)
    made: list[Surgery] = []

    async def livez(_: web.Request) -> web.Response:
        return web.Response(status=made[0].livez)

    app = web.Application()
    app.router.add_get("/livez", livez)
    runner = web.AppRunner(app, shutdown_timeout=0.5)
    await runner.setup()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    origin = microsoft.origin
    environment = {
        "BOT_APP_ID": APP,
        "BOT_TENANT_ID": TENANT,
        "BOT_APP_PASSWORD": "s3cret",
        "SCHOOL_FILE": str(folder / "school.toml"),
        "DATABASE_URL": dsn,
        "PUBLIC_URL": f"https://127.0.0.1:{runner.addresses[0][1]}",
        "CALLING_OPENID_METADATA_URL": f"{origin}/calling/v1/.well-known/OpenIdConfiguration",
        "BOT_OPENID_METADATA_URL": f"{origin}/botframework/v1/.well-known/openidconfiguration",
        "ENTRA_AUTHORITY_URL": origin,
        "GRAPH_URL": f"{origin}/v1.0",
        "CONNECTOR_HOSTS": origin,
        "SSL_CERT_FILE": str(trusted),
    }
    async with AsyncExitStack() as stack:
        stack.push_async_callback(runner.cleanup)
        session = await stack.enter_async_context(aiohttp.ClientSession())
        surgery = Surgery(microsoft, session, folder, dsn, environment, patch)
        made.append(surgery)
        await surgery.put()
        surgery.write_school()
        surgery.write_export()
        now = datetime.now(UTC)
        await surgery.lived(Started(at=now), Joined(at=now, person=account(PATEL), endpoint="laptop"))
        yield surgery
