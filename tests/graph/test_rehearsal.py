"""The same over the rehearsal's Graph and Entra: a counterpart that was not written for these tests."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.actions import Role
from bot.events import Kind, account
from bot.graph.client import Graph
from bot.graph.directory import GraphDirectory
from bot.graph.lessons import GraphLessons
from bot.graph.mail import GraphMail
from bot.notice import Notice
from bot.ports import MeetingDetails, OutOfReach, Refused
from bot.school import School
from bot.sitting import Meeting
from deploy.rehearsal.server import running
from tests.graph.tenant import guid

TENANT, APP = str(uuid.uuid4()), str(uuid.uuid4())
PATEL, OKORO, ADA, BEN, GUEST = (guid(number) for number in (100, 101, 200, 201, 400))
STAFF, PUPILS, CLASS_3B, YEAR, ADMINISTRATOR, CLT = (
    guid(9000),
    guid(9001),
    guid(9010),
    guid(9020),
    guid(9005),
    guid(9002),
)
GRANTS = (
    "User.Read.All",
    "GroupMember.Read.All",
    "Calendars.ReadBasic.All",
    "Mail.Send",
    "Chat.ReadBasic.WhereInstalled",
)
NOW = datetime.now(UTC).replace(microsecond=0)
BY_CLASS, BY_NAME, SERIES, NOT_PLANNED = (f"19:meeting_{name}@thread.v2" for name in ("class", "name", "series", "now"))


def _meeting(thread: str, attendees: list[str], **more: Any) -> dict[str, Any]:
    start, end = NOW - timedelta(minutes=5), NOW + timedelta(minutes=40)
    return {
        "thread": thread,
        "subject": "Maths",
        "organizer": PATEL,
        "attendees": attendees,
        "start": start.isoformat().replace("+00:00", "Z"),
        "end": end.isoformat().replace("+00:00", "Z"),
        "type": "Scheduled",
    } | more


def _body(grants: tuple[str, ...]) -> dict[str, Any]:
    people = {PATEL: "Ms Patel", OKORO: "Mr Okoro", ADA: "Ada Lovelace", BEN: "Ben Nevis", GUEST: "Gwen Guest"}
    users = [
        {"oid": oid, "name": name, "mail": f"{name.split()[-1].lower()}@school.example", "type": "Member"}
        for oid, name in people.items()
    ]
    users[-1] |= {"type": "Guest", "mail": "gwen@elsewhere.example"}
    inside = {
        STAFF: [PATEL, OKORO],
        PUPILS: [YEAR],
        CLASS_3B: [ADA, BEN],
        YEAR: [CLASS_3B],
        CLT: [OKORO],
        ADMINISTRATOR: [OKORO],
    }
    empty = [guid(9000 + number) for number in (3, 4, 6, 11)]
    groups = [
        {"id": gid, "name": gid, "members": members}
        for gid, members in {**inside, **{key: [] for key in empty}}.items()
    ]
    return {
        "app_id": APP, "secret": "secret", "endpoint": "http://127.0.0.1:9/api/messages", "seed": 7, "unkind": {}, "rsc": [],
        "grants": list(grants), "users": users, "groups": groups, "page": 2,
        "team": {"id": guid(9999), "channel": "19:safeguarding@thread.tacv2"},
        "meetings": [
            _meeting(BY_CLASS, [CLASS_3B, OKORO]),
            _meeting(BY_NAME, [ADA, GUEST]),
            _meeting(SERIES, [BEN], type="Recurring"),
            _meeting(NOT_PLANNED, [], type="MeetNow", calendar=False),
        ],
    }  # fmt: skip


@dataclass
class Microsoft:
    """The rehearsal, and the product's client of it."""

    graph: Graph
    tenant: str
    session: aiohttp.ClientSession

    async def put(self, *grants: str) -> None:
        await self._send("PUT", "", _body(grants))

    async def switch(self, **parts: str) -> None:
        await self._send("POST", "/switch", parts)

    async def seen(self, what: str) -> list[dict[str, Any]]:
        async with self.session.get(f"{self.tenant}/seen?after=0&wait=0") as answer:
            return [one for one in (await answer.json())["seen"] if one["what"] == what]

    async def _send(self, method: str, path: str, body: Any) -> None:
        async with self.session.request(method, self.tenant + path, json=body) as answer:
            assert answer.status == 200, await answer.text()


@pytest.fixture
async def microsoft(tmp_path: Path) -> AsyncIterator[Microsoft]:
    """A tenant with everything granted."""
    async with running(tmp_path) as place, aiohttp.ClientSession() as session:
        graph = Graph(
            TENANT, APP, "secret", authority=place.origin, url=f"{place.origin}/v1.0", ca_file=place.ca, deadline=2.0
        )
        made = Microsoft(graph, f"{place.control}/tenants/{TENANT}", session)
        await made.put(*GRANTS)
        yield made
        await graph.aclose()


class NoConnector:
    """The `Meetings` port where the Connector says nothing, so that the chat is asked."""

    async def details(self, meeting: Meeting, teams_meeting_id: str) -> MeetingDetails | None:
        return None


async def test_people_and_lists(microsoft: Microsoft, school: School) -> None:
    """Kinds by group with nesting, pages of two."""
    directory = GraphDirectory(microsoft.graph, school)

    kinds = {oid: found.kind for oid in (PATEL, ADA, GUEST) if (found := await directory.person(oid))}
    assert kinds == {PATEL: Kind.STAFF, ADA: Kind.PUPIL, GUEST: Kind.GUEST}
    assert await directory.person(guid(777)) is None
    assert await directory.roles_of(OKORO) == {Role.STAFF, Role.CLT, Role.ADMINISTRATOR}
    pupils = await directory.list_of(Role.PUPILS)
    assert {(one.key, one.name, one.classes) for one in pupils} == {
        (account(ADA), "Ada Lovelace", ("3B",)),
        (account(BEN), "Ben Nevis", ("3B",)),
    }


@pytest.mark.parametrize(
    ("thread", "invitees", "class_name"),
    [(BY_CLASS, {ADA, BEN, OKORO}, "3B"), (BY_NAME, {ADA, GUEST}, "3B"), (SERIES, {BEN}, "3B")],
)
async def test_what_a_meeting_is(
    microsoft: Microsoft, school: School, thread: str, invitees: set[str], class_name: str
) -> None:
    """By chat, calendar and addresses."""
    lessons = GraphLessons(microsoft.graph, NoConnector(), school)

    found = await lessons.describe(Meeting(TENANT, "s", thread), "MCMx")

    assert found.organizer == account(PATEL)
    assert set(found.invitees) == {account(oid) for oid in invitees}
    assert (found.invitees_known, found.class_name) == (True, class_name)
    assert found.scheduled_start == NOW - timedelta(minutes=5)


async def test_a_meeting_that_is_in_no_calendar(microsoft: Microsoft, school: School) -> None:
    """Nobody is known as invited."""
    lessons = GraphLessons(microsoft.graph, NoConnector(), school)

    found = await lessons.describe(Meeting(TENANT, "s", NOT_PLANNED), "MCMx")

    assert (found.invitees, found.invitees_known) == ((), False)


async def test_mail_arrives(microsoft: Microsoft, school: School) -> None:
    """From the administrator's mailbox, to those asked for."""
    notice = Notice(alert=3, headline="Ada Lovelace is alone", next_step="Call the classroom.")
    await GraphMail(microsoft.graph, school).mail([PATEL], notice)

    (mail,) = await microsoft.seen("mail")
    assert mail["to"] == [PATEL]
    assert "Ada Lovelace is alone" in mail["text"]
    assert mail["sender"] == OKORO


@pytest.mark.parametrize("missing", GRANTS)
async def test_every_missing_permission_is_named(
    microsoft: Microsoft, school: School, missing: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Take one away: somewhere a refusal names it."""
    await microsoft.put(*(grant for grant in GRANTS if grant != missing))
    told = []
    directory = GraphDirectory(microsoft.graph, school)
    lessons = GraphLessons(microsoft.graph, NoConnector(), school)
    for work in (
        directory.person(ADA),
        GraphMail(microsoft.graph, school).mail([PATEL], Notice(headline="x")),
        lessons.describe(Meeting(TENANT, "s", BY_CLASS), "MCMx"),
    ):
        try:
            await work
        except Refused as refused:
            told.append(refused.words)

    assert missing in "\n".join([*told, caplog.text])


@pytest.mark.parametrize("weather", [{"graph": "down"}, {"graph": "429"}, {"graph": "slow"}, {"login": "down"}])
async def test_bad_weather_is_out_of_reach(microsoft: Microsoft, school: School, weather: dict[str, str]) -> None:
    """Until it is over; then the same client goes on."""
    directory = GraphDirectory(microsoft.graph, school)
    await microsoft.switch(**weather)
    with pytest.raises(OutOfReach):
        await directory.person(ADA)

    await microsoft.switch(**dict.fromkeys(weather, "ok"))
    assert await directory.person(ADA) is not None
