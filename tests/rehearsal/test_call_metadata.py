"""Everything said about calls and options, both ways, held against Microsoft's own metadata."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rehearsal.leg import HANDS, OUTSIDERS, call, joining, meeting, patch
from tests.rehearsal.made import ADA, BEN, CLASS, OKONKWO, PATEL, THREAD
from tests.rehearsal.school import School
from tests.rehearsal.test_graph_metadata import REFEREES, csdl_of_microsoft

pytestmark = pytest.mark.skipif(not REFEREES.is_dir(), reason="Microsoft's metadata is not part of this repository")
PLAN = {"thread": THREAD, "organizer": PATEL, "attendees": [CLASS], "roles": {OKONKWO: "coorganizer"}}
G = "microsoft.graph."


@pytest.fixture
async def lesson(school: School) -> School:
    """A meeting with everything in it that a roster can show."""
    await school.put(grants=HANDS, outsiders=OUTSIDERS, meetings=[PLAN], switches={"removal": "allowed"})
    await school.do("join", meeting=THREAD, who=[PATEL, ADA, BEN, "iPhone", "Grandma", "Notetaker"], mic=True)
    await school.do("options", meeting=THREAD, options={"lobbyBypassSettings": {"scope": "organizer"}})
    await school.do("join", meeting=THREAD, who=ADA, device="phone")
    await school.do("camera", meeting=THREAD, who=BEN, on=True)
    await school.do("share", meeting=THREAD, who=BEN, on=True)
    await school.do("record", meeting=THREAD, who=PATEL, on=True)
    return school


def strangers(csdl: Any, named: str, body: Any, path: str = "$") -> list[str]:
    """Properties that an open type would let pass and Microsoft's pages do not show."""
    if isinstance(body, list):
        return [fault for one in body for fault in strangers(csdl, named, one, path)]
    kind = str(body.get("@odata.type", named)).lstrip("#")
    return [f"{path}.{key}" for key in body if "@" not in key and key not in csdl.props(kind)]


async def test_a_call_and_its_roster(lesson: School):
    """What the bot sends, is answered and is told."""
    csdl = csdl_of_microsoft()
    body = joining(lesson)
    await lesson.do("options", meeting=THREAD, options={"lobbyBypassSettings": {"scope": "everyone"}})
    leg = await call(lesson)
    roster = await leg.hears_roster(len)
    muted = await leg.mute(BEN)
    await lesson.do("remove", meeting=THREAD, who=BEN)
    removed = await leg.hears_roster(lambda seats: any(one["removedState"] for one in seats))
    read = (await leg.graph("GET")).body
    await leg.graph("DELETE")
    ended = await leg.told("terminated")

    faults = csdl.check(f"{G}call", body)
    for one in (leg.answer.body, read, ended["resourceData"]):
        faults += csdl.check(f"{G}call", one) + strangers(csdl, f"{G}call", one)
    for seats in (roster, removed):
        faults += csdl.check(f"Collection({G}participant)", seats)
    faults += csdl.check(f"{G}muteParticipantOperation", muted.body)
    faults += strangers(csdl, f"{G}muteParticipantOperation", muted.body)
    faults += [fault for said in lesson.bot.news_of_calls for fault in csdl.check(f"{G}commsNotifications", said)]
    assert faults == []
    assert len(roster) == 8
    assert csdl.check_action("mute", f"{G}participant", {"clientContext": "c"}) == []
    assert csdl.action("keepAlive", f"{G}call")


async def test_options(lesson: School):
    """The meeting as read and as answered to a PATCH, and every option that can be set."""
    csdl = csdl_of_microsoft()
    read = (await lesson.graph(meeting(lesson))).body
    options = {key: value for key, value in read.items() if key in csdl.props(f"{G}onlineMeetingBase")}
    fixed = ("joinWebUrl", "joinMeetingIdSettings", "chatInfo", "meetingOptionsWebUrl")
    changes = {key: value for key, value in options.items() if key not in fixed and key != "id"}
    answer = await patch(lesson, changes)

    assert answer.status == 200
    assert len(changes) > 15
    for body in (read, changes, answer.body):
        assert csdl.check(f"{G}onlineMeeting", body) + strangers(csdl, f"{G}onlineMeeting", body) == []
