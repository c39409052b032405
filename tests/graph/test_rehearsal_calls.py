"""The same over the rehearsal's calls and meetings, notifications included: a counterpart not written for these tests."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.events import account
from bot.graph.calls import GraphCalls
from bot.graph.client import Graph
from bot.graph.notices import CallSeen, Notices, RosterSeen, read_notices
from bot.graph.options import GraphOptions
from bot.graph.seats import Us
from bot.graph.told import heard
from bot.ports import Heard, Online, Refused, Seat
from bot.sitting import Meeting
from bot.teams.calling import CallingInlet
from bot.teams.gate import CALLS, Gate
from bot.teams.hosts import Hosts
from bot.teams.inlet import Answer
from bot.teams.keys import Keys
from deploy.rehearsal.server import running
from tests.rehearsal.made import ADA, APP, BEN, GRANTS, OKONKWO, PATEL, TENANT, THREAD, body

HANDS = [*GRANTS, "OnlineMeetings.ReadWrite.All", "Calls.JoinGroupCall.All"]
WHERE = Meeting(TENANT, "hill", THREAD)


@dataclass
class Lesson:
    """The rehearsal, our adapters of it, and what came to `/api/calls` through the gate and the parser."""

    options: GraphOptions
    calls: GraphCalls
    tenant: str
    session: aiohttp.ClientSession
    callback: str = ""
    inlet: CallingInlet | None = None
    parsed: Notices = Notices()
    told: list[CallSeen | RosterSeen] = field(default_factory=list)
    away: list[Answer] = field(default_factory=list)
    news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def put(self, **more: Any) -> None:
        endpoint = self.callback.replace("/api/calls", "/api/messages")
        await self._send("PUT", "", body(endpoint, grants=HANDS, **more))

    async def do(self, act: str, **said: Any) -> None:
        await self._send("POST", "/do", {"act": act, "meeting": THREAD, **said})

    async def switch(self, **parts: str) -> None:
        await self._send("POST", "/switch", parts)

    async def _send(self, method: str, path: str, said: Any) -> None:
        async with self.session.request(method, self.tenant + path, json=said) as answer:
            assert answer.status == 200, await answer.text()

    def parse(self, posted: bytes) -> tuple[Heard, ...]:
        self.parsed = read_notices(posted, us=Us(tenant=TENANT, app_id=APP))
        return heard(posted, Us(tenant=TENANT, app_id=APP))

    async def hand_on(self, sitting: int, notice: Heard) -> None:
        assert (sitting, bool(notice.call)) == (1, True)

    async def take(self, request: web.Request) -> web.Response:
        assert self.inlet is not None
        answer = await self.inlet.take("1", request.headers.get("Authorization"), request.read)
        found = self.parsed if answer.status < 400 else answer
        async with self.news:
            if isinstance(found, Answer):
                self.away.append(found)
            else:
                self.told += found.seen
            self.news.notify_all()
        return web.Response(status=found.status if isinstance(found, Answer) else 202)

    async def hears(self, wanted: Callable[[CallSeen | RosterSeen], bool]) -> CallSeen | RosterSeen:
        """The first that is wanted, once it is there."""
        async with asyncio.timeout(5), self.news:
            await self.news.wait_for(lambda: any(map(wanted, self.told)))
        return next(filter(wanted, self.told))

    async def enter(self) -> tuple[Online, str]:
        """Read the meeting, join, and wait until we are in."""
        online = await self.options.read(WHERE, None)
        call = await self.calls.join(online, self.callback)
        await self.hears(lambda one: isinstance(one, CallSeen) and one.call == call and one.established)
        return online, call

    async def seats(self, call: str, oid: str) -> list[Seat]:
        return [seat for seat in (await self.calls.roster(call)).seats if seat.person == account(oid)]


@pytest.fixture
async def lesson(tmp_path: Path) -> AsyncIterator[Lesson]:
    """Ms Patel and Ada are in; everything is granted and kind."""
    async with running(tmp_path) as place:
        trusted = aiohttp.TCPConnector(ssl=ssl.create_default_context(cafile=place.ca))
        async with aiohttp.ClientSession(connector=trusted) as session:
            graph = Graph(
                TENANT,
                APP,
                "s3cret",
                authority=place.origin,
                url=f"{place.origin}/v1.0",
                ca_file=place.ca,
                deadline=2.0,
            )
            us = Us(tenant=TENANT, app_id=APP)
            made = Lesson(GraphOptions(graph, APP), GraphCalls(graph, us), f"{place.control}/tenants/{TENANT}", session)
            app = web.Application()
            app.router.add_post("/api/calls", made.take)
            runner = web.AppRunner(app, access_log=None)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            made.callback = f"http://127.0.0.1:{runner.addresses[0][1]}/api/calls"
            await made.put()
            async with Keys(f"{place.origin}/calling/v1/.well-known/OpenIdConfiguration", session) as keys:
                gate = Gate(app_id=APP, tenant=TENANT, keys=keys, hosts=Hosts(), rules=CALLS)
                made.inlet = CallingInlet(gate, parse=made.parse, sitting_of=int, hand_on=made.hand_on)
                await keys.wait()
                await made.do("join", who=[PATEL, ADA])
                yield made
            await runner.cleanup()
            await graph.aclose()
    assert made.away == []


async def test_a_meeting_is_found_by_its_chat_and_its_options_changed(lesson: Lesson) -> None:
    """What is read back is what Microsoft's side then holds, roles with the full list of those invited."""
    online = await lesson.options.read(WHERE, None)
    wanted = {"mic": False, "lobby": "invited", "admitters": "coorganizers", "presenters": "roles", "chat": "disabled"}
    after = await lesson.options.change(online, wanted, roles={OKONKWO: "coorganizer"})
    again = await lesson.options.read(WHERE, None)

    assert (online.organizer, online.thread, online.options["mic"]) == (PATEL, THREAD, True)
    assert {name: after.options[name] for name in wanted} == wanted
    assert again == after
    restored = await lesson.options.change(again, {name: online.options[name] for name in wanted})
    assert restored.options == online.options


async def test_a_missing_access_policy_is_named(lesson: Lesson) -> None:
    """As Microsoft words it."""
    await lesson.switch(access_policy="missing")

    with pytest.raises(Refused, match="no_access_policy") as no:
        await lesson.options.read(WHERE, None)
    assert APP in no.value.words


async def test_we_join_see_everybody_and_hang_up(lesson: Lesson) -> None:
    """Established and the roster are notified; the roster asked for says the same; after hanging up there is no call."""
    _, call = await lesson.enter()
    told = await lesson.hears(lambda one: isinstance(one, RosterSeen) and one.roster.ours)
    roster = await lesson.calls.roster(call)
    await lesson.calls.keep(call)
    await lesson.calls.leave(call)
    await lesson.calls.leave(call)

    assert isinstance(told, RosterSeen)
    assert {seat.person for seat in told.roster.seats} == {seat.person for seat in roster.seats}
    assert {account(PATEL), account(ADA)} < {seat.person for seat in roster.seats}
    assert roster.ours
    over = await lesson.hears(lambda one: isinstance(one, CallSeen) and one.ended)
    assert isinstance(over, CallSeen)
    assert over.code == 200
    for asked in (lesson.calls.roster, lesson.calls.keep):
        with pytest.raises(Refused, match="call_ended"):
            await asked(call)


async def test_we_join_by_the_meetings_number(lesson: Lesson) -> None:
    """With its passcode."""
    online = await lesson.options.read(WHERE, None)
    by_number = Online(
        organizer="", thread="", meeting_id="", options={},
        join_meeting_id=online.join_meeting_id, passcode=online.passcode,
    )  # fmt: skip
    call = await lesson.calls.join(by_number, lesson.callback)
    await lesson.hears(lambda one: isinstance(one, CallSeen) and one.established)

    assert (await lesson.calls.roster(call)).ours


async def test_a_mute_shows_in_the_roster(lesson: Lesson) -> None:
    """Unmuted, muted by us, unmuted by themselves: only the roster says how it is."""
    _, call = await lesson.enter()
    shown = []
    for step in ("on", "mute", "on"):
        (seat,) = await lesson.seats(call, ADA)
        if step == "mute":
            await lesson.calls.mute(call, seat.participant)
        else:
            await lesson.do("mic", who=ADA, on=True)
        shown += [seat.muted for seat in await lesson.seats(call, ADA)]

    assert shown == [False, True, False]


async def test_somebody_removed_comes_back_under_another_id(lesson: Lesson) -> None:
    """On two devices; the old id is gone already, which is well."""
    await lesson.switch(removal="allowed")
    await lesson.do("join", who=ADA, device="phone")
    _, call = await lesson.enter()
    first = await lesson.seats(call, ADA)
    for seat in first:
        await lesson.calls.remove(call, seat.participant)
    assert await lesson.seats(call, ADA) == []
    await lesson.do("join", who=ADA)
    (again,) = await lesson.seats(call, ADA)
    await lesson.calls.remove(call, first[0].participant)

    assert len(first) == 2
    assert again.participant not in {seat.participant for seat in first}
    assert await lesson.seats(call, ADA) == [again]


async def test_microsofts_refusals_have_our_codes(lesson: Lesson) -> None:
    """The organiser; the tenant's switch; a mute."""
    await lesson.switch(removal="allowed")
    _, call = await lesson.enter()
    (patel,), (ada,) = await lesson.seats(call, PATEL), await lesson.seats(call, ADA)
    with pytest.raises(Refused, match="organizer: "):
        await lesson.calls.remove(call, patel.participant)
    await lesson.switch(removal="refused", mute="refused")
    with pytest.raises(Refused, match=f'removal_not_allowed: .*\n.*Add="{APP}"'):
        await lesson.calls.remove(call, ada.participant)
    with pytest.raises(Refused, match="not allowed to mute participants"):
        await lesson.calls.mute(call, ada.participant)


async def test_teams_own_remove_is_seen(lesson: Lesson) -> None:
    """In the roster, once, as a reason for being gone."""
    await lesson.enter()
    await lesson.do("remove", who=ADA)
    told = await lesson.hears(lambda one: isinstance(one, RosterSeen) and bool(one.gone))

    assert isinstance(told, RosterSeen)
    assert [one.person for one in told.gone] == [account(ADA)]
    assert account(ADA) not in {seat.person for seat in told.roster.seats}


async def test_held_in_the_lobby_we_believe_no_roster(lesson: Lesson) -> None:
    """A door for organisers only keeps the bot out; admitted, it sees everybody."""
    online = await lesson.options.read(WHERE, None)
    await lesson.options.change(online, {"lobby": "organizer"})
    _, call = await lesson.enter()
    outside = await lesson.calls.roster(call)
    await lesson.do("admit", who="bot")
    inside = await lesson.calls.roster(call)

    assert [(seat.person, seat.in_lobby) for seat in outside.seats] == [(f"mri:28:{APP}", True)]
    assert (outside.ours, inside.ours) == (False, True)


async def test_sharing_and_recording_are_seen(lesson: Lesson) -> None:
    """And whose they are."""
    await lesson.do("join", who=BEN)
    _, call = await lesson.enter()
    await lesson.do("share", who=ADA, on=True)
    await lesson.do("record", who=PATEL, on=True)
    seats = (await lesson.calls.roster(call)).seats

    assert [seat.person for seat in seats if seat.sharing] == [account(ADA)]
    assert [seat.person for seat in seats if seat.recording] == [account(PATEL)]
