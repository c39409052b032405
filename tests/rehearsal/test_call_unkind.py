"""How unkind a call's notifications are, the same for the same seed; asking is always right."""

from __future__ import annotations

from typing import Any

from deploy.rehearsal.unkind import Unkind, call_fate
from tests.rehearsal.leg import HANDS, call, joining, names
from tests.rehearsal.made import ADA, GRAPH, PATEL, THREAD
from tests.rehearsal.school import School


def fates(seed: int, *, roster: bool, **chances: float) -> list[Any]:
    return [call_fate(Unkind(**chances), seed, number, roster=roster) for number in range(2000)]


def test_about_so_many_rosters_are_lost_doubled_late_and_empty():
    """By seed and number alone; a call's own states are never lost or empty."""
    usual = {"twice": 0.05, "late": 0.05, "drop": 0.02, "empty": 0.03}
    rosters, states = fates(7, roster=True, **usual), fates(7, roster=False, **usual)

    assert rosters == fates(7, roster=True, **usual) != fates(8, roster=True, **usual)
    assert 20 <= sum(not copies for copies, _ in rosters) <= 60
    assert 60 <= sum(len(copies) == 2 for copies, _ in rosters) <= 140
    assert 60 <= sum(copies[0] > 0 for copies, _ in rosters if copies) <= 140
    assert 30 <= sum(empty for _, empty in rosters) <= 90
    assert all(copies and not empty for copies, empty in states)


async def test_an_empty_roster_is_not_an_empty_meeting(school: School):
    """The notification lies; Graph asked does not."""
    await school.put(grants=HANDS, unkind={"empty": 1})
    await school.do("join", meeting=THREAD, who=[PATEL, ADA])
    leg = await call(school)

    assert await leg.hears_roster(lambda roster: True) == []
    assert names(await leg.roster()) == {"Ms Patel", "Ada Lovelace", "Schoolgate"}


async def test_an_older_roster_comes_after_a_newer(school: School):
    """Its participants carry the smaller numbers."""
    await school.put(grants=HANDS, unkind={"late": 0.5, "latest": 0.4}, seed=3)
    await school.do("join", meeting=THREAD, who=[PATEL, ADA])
    leg = await call(school)
    for on in (True, False) * 8:
        await school.do("mic", meeting=THREAD, who=ADA, on=on)
    newest = (await leg.seat(ADA))["rosterSequenceNumber"]

    def numbers() -> list[int]:
        each = [one["value"][0]["resourceData"] for one in school.bot.news_of_calls]
        return [max(seat["rosterSequenceNumber"] for seat in data) for data in each if isinstance(data, list)]

    await leg.hears_roster(lambda _: len(numbers()) == 17)

    assert numbers() != sorted(numbers())
    assert max(numbers()) == newest


async def test_lost_notifications(school: School):
    """All of them by switch: the onlooker knows, and the roster is there for who asks."""
    await school.put(grants=HANDS, switches={"callbacks": "lost"})
    await school.do("join", meeting=THREAD, who=[ADA])
    answer = await school.call("POST", "/communications/calls", joining(school), GRAPH)
    while "established" not in [record["text"] for record in await school.seen("call", wait=1)]:
        pass
    path = f"/communications/calls/{answer.body['id']}/participants"
    told = await school.seen("notified")

    assert names((await school.graph(path)).body["value"]) == {"Ada Lovelace", "Schoolgate"}
    assert {record["error"] for record in told} == {"lost"}
    assert school.bot.news_of_calls == []
