"""kill -9 while a pupil is being removed, and Graph away just then: out once, and only said when the roster shows it."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.database import fresh_database
from tests.process.house import Microsoft, School, school_of
from tests.process.lives import eventually
from tests.process.people import OTTOLINE, PATEL, READING, TAMSIN, ZULEIKA, script
from tests.process.reckoning import TAKEN_OVER, nothing_waits

Records = list[dict[str, Any]]
REMOVING = {
    "tier": "remove",
    "school_toml": {
        "school": {"settle": "1s", "reopen": "2s", "patience": "2s"},
        "lone_pupil": {"enabled": False},
        "recording": {"enabled": False},
        "removed_stays_out": {"patience": "3s"},
    },
}
_ROSTER = "SELECT 1 FROM events WHERE type = 'roster_seen' AND data->>'seats' LIKE '%' || $1 || '%'"
_DECIDED = "SELECT id FROM decisions WHERE action = 'remove' AND id > $1 ORDER BY id DESC LIMIT 1"
_REMOVALS = """
SELECT d.id, d.status, o.outcome, o.words, o.at FROM decisions d LEFT JOIN outcomes o ON o.decision = d.id
WHERE d.action = 'remove' ORDER BY d.id, o.at
"""
_TWICE = """
SELECT sitting, about, observation FROM decisions WHERE action = 'remove'
GROUP BY 1, 2, 3 HAVING count(*) > 1
"""
_HOLDS = "SELECT pupil FROM holds WHERE released_at IS NULL"


@pytest.fixture
async def removing(microsoft: Microsoft, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[School]:
    """A school of the Remove tier, its bot in the call of a lesson with three pupils."""
    slug = request.node.name.removeprefix("test_")[:60]
    async with school_of(microsoft, slug, script(**REMOVING), await fresh_database(), tmp_path) as school:
        await school.switch(removal="allowed")
        await school.bot().start()
        await school.do("join", READING, who=[PATEL, ZULEIKA, TAMSIN, OTTOLINE])
        await in_the_roster(school, ZULEIKA)
        yield school


async def in_the_roster(school: School, name: str) -> None:
    await eventually(lambda: school.ask(_ROSTER, school.cast.oid(name)), 20, f"{name} in the roster of the call")


async def order_removal(school: School) -> None:
    text = f"/remove @{ZULEIKA} abuse"
    await school.do("say", chat=READING, who=PATEL, text=text, mentions=[ZULEIKA], how="slash")


def removals(seen: Records, school: School, name: str) -> list[dict[str, Any]]:
    """Every DELETE of the bot's that had effect on somebody."""
    by_bot = [one for one in seen if one["what"] == "removed" and one.get("by", "bot") == "bot"]
    return [one for one in by_bot if school.cast.oid(name) in one["to"]]


# --- when the bot dies --------------------------------------------------------------------------------------------------

Moment = Callable[[School, int, int], Awaitable[None]]
"""Waits for the moment of death; given the newest decision before, and how many removals there were."""


async def decided(school: School, newest: int, _: int) -> None:
    """The transaction of the command, or of the rule, has committed."""
    await eventually(lambda: school.ask(_DECIDED, newest), 15, "a removal decided")


async def deleted(school: School, _: int, before: int) -> None:
    """Graph has carried the DELETE out; its answer may not have arrived."""
    await school.sees(lambda seen: len(removals(seen, school, ZULEIKA)) > before, 15, "the DELETE")


async def looked(school: School, newest: int, before: int) -> None:
    """Graph has answered with the roster after the DELETE."""
    await deleted(school, newest, before)
    since = removals(school.records, school, ZULEIKA)[before]["n"]
    await school.sees(lambda seen: [one for one in seen if one["n"] > since and _is_roster(one)], 15, "the roster read")


def _is_roster(record: dict[str, Any]) -> bool:
    text = record.get("text") or ""
    return record["what"] == "graph" and text.startswith("GET ") and text.endswith("/participants")


def drawn(draw: random.Random) -> Moment:
    """Some moment in the first second and a half."""

    async def moment(_: School, __: int, ___: int) -> None:
        await asyncio.sleep(draw.uniform(0, 1.5))  # the moment of death is what is drawn

    return moment


async def one_death(school: School, act: Callable[[], Awaitable[None]], moment: Moment) -> None:
    """Somebody must go, and the bot dies over it; then it lives again, and they are out."""
    before = len(removals(await school.look(), school, ZULEIKA))
    newest = max([row["id"] for row in await school.ask(_REMOVALS)], default=0)
    await act()
    await moment(school, newest, before)
    await school.bots[0].kill()
    await school.bots[0].start()
    await school.sees(lambda seen: len(removals(seen, school, ZULEIKA)) > before, TAKEN_OVER, "the pupil being out")


async def die_over_removals(school: School, moments: list[Moment], draw: random.Random) -> None:
    """The first removal is ordered; then the pupil comes back as often, by one device and the other."""

    async def ordered() -> None:
        await order_removal(school)
        await eventually(lambda: school.ask(_HOLDS), 15, "the command being taken")

    async def back() -> None:
        await school.do("join", READING, who=[ZULEIKA], device=draw.choice(("laptop", "phone")))

    await one_death(school, ordered, moments[0])
    for moment in moments[1:]:
        await one_death(school, back, moment)
    await nothing_waits(school, TAKEN_OVER)


async def reckon(school: School, presences: int, turned_away: int = 404) -> Counter[str]:
    """Out once for each time in; done only after the roster; the hold stands. Counts what was seen."""
    seen = await school.look()
    had_effect = Counter(one["id"] for one in removals(seen, school, ZULEIKA))
    rows = await school.ask(_REMOVALS)
    refused = [one for one in seen if one["what"] == "refused" and (one.get("text") or "").startswith("DELETE ")]

    assert len(had_effect) == presences
    assert set(had_effect.values()) == {1}
    assert {row["status"] for row in rows} == {"done"}
    assert not await school.ask(_TWICE)
    assert [row["pupil"] for row in await school.ask(_HOLDS)] == [f"aad:{school.cast.oid(ZULEIKA)}"]
    for done in (row for row in rows if row["outcome"] == "done"):
        assert _shown_before(seen, had_effect, done["at"]), (
            f"removal {done['id']} called done before the roster showed it"
        )
    assert {one["status"] for one in refused} <= {404, turned_away}
    others = [one["to"] for one in seen if one["what"] == "removed" and one["id"] not in had_effect]
    assert others == []
    return Counter(deletes=sum(had_effect.values()), repeats=len(refused), done=len(rows))


def _shown_before(seen: Records, removed: Counter[str], at: datetime) -> bool:
    """Whether the roster was read between some removal and this moment."""
    gone = [one["n"] for one in seen if one["what"] == "removed" and one["id"] in removed and _at(one) <= at]
    return any(_is_roster(one) and gone and one["n"] > gone[0] and _at(one) <= at for one in seen)


def _at(record: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(record["at"])


@pytest.mark.timeout(300)
async def test_killed_while_a_pupil_is_removed(removing: School):
    """Dying between the decision and the DELETE, the DELETE and the roster, the roster and the outcome: out once each time."""
    draw = random.Random(4)
    await die_over_removals(removing, [decided, deleted, looked, drawn(draw)], draw)

    counted = await reckon(removing, 4)
    assert counted["deletes"] == 4


# --- when Graph is away ---------------------------------------------------------------------------------------------------


def _still_here(seen: Records) -> bool:
    return any(one["what"] == "posted" and "Still here" in (one.get("text") or "") for one in seen)


async def test_decided_while_graph_is_down_and_carried_out_when_it_is_back(removing: School):
    """The leads hear that the pupil is still here; nothing is claimed; once Graph is back the pupil is out."""
    await removing.switch(removal="down")
    await order_removal(removing)
    await removing.sees(_still_here, 20, "the leads hearing that the pupil is still here")
    await removing.switch(graph="down")
    early = {row["status"] for row in await removing.ask(_REMOVALS)}
    await removing.switch(graph="ok", removal="allowed")
    await removing.sees(lambda seen: removals(seen, removing, ZULEIKA), 45, "the removal carried out after all")
    await nothing_waits(removing, TAKEN_OVER)

    assert early == {"due"}
    assert (await reckon(removing, 1, turned_away=503))["deletes"] == 1


@pytest.mark.torture
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(10))
async def test_killed_over_removals_at_drawn_moments(removing: School, seed: int):
    """Forty deaths in ten lessons, each at any moment of the first second and a half."""
    draw = random.Random(seed)
    await die_over_removals(removing, [drawn(draw)] * 4, draw)

    assert (await reckon(removing, 4))["deletes"] == 4
