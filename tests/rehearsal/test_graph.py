"""Graph as a bot of the Watch tier asks it: answers, refusals, and bodies held against Microsoft's own metadata."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.rehearsal.school import (
    ADA,
    BEN,
    CHANNEL,
    CLASS,
    GRANTS,
    GRAPH,
    GUEST,
    OKONKWO,
    PATEL,
    SCHOOL,
    STAFF,
    TENANT,
    THREAD,
    Answer,
    School,
    guid,
)

REFEREES = Path(__file__).parents[3] / "shared" / "referees"
DAY = "startDateTime=2026-11-24T00:00:00Z&endDateTime=2026-11-25T00:00:00Z"


async def test_a_user_shows_the_usual_or_what_is_selected(school: School):
    """Kind of user and whether it is enabled come only when asked for; an address is no key, a stranger is 404."""
    usual = (await school.graph(f"/users/{ADA}")).body
    selected = (await school.graph(f"/users/{GUEST}?$select=id,userType,accountEnabled")).body
    nobody = await school.graph(f"/users/{guid('nobody')}")

    assert "userType" not in usual
    assert {key: selected[key] for key in ("id", "userType", "accountEnabled")} == {
        "id": GUEST,
        "userType": "Guest",
        "accountEnabled": True,
    }
    assert (nobody.status, nobody.code) == (404, "Request_ResourceNotFound")


async def found(school: School, what: str, condition: str) -> list[str] | tuple[int, str]:
    answer = await school.graph(f"/{what}?$filter={quote(condition)}&$select=id")
    return [each["id"] for each in answer.body["value"]] if answer.status == 200 else (answer.status, answer.code)


async def test_filters(school: School):
    """The filters Graph takes for addresses and names; others are refused."""
    many = ",".join(f"'{number}@school.example'" for number in range(16))

    assert await found(school, "users", "mail in ('PATEL@school.example','nobody@x.y')") == [PATEL]
    assert await found(school, "users", "startswith(displayName,'m') and userType eq 'Member'") == [PATEL, OKONKWO]
    assert await found(school, "users", "proxyAddresses/any(p:p eq 'smtp:guest@school.example')") == [GUEST]
    assert await found(school, "users", "otherMails/any(m:m eq 'a') or not (accountEnabled eq true)") == []
    assert await found(school, "groups", "mail eq '3b@school.example'") == [CLASS]
    for bad in (f"mail in ({many})", "mail eq", "shoeSize eq 3", "contains(mail,'a')"):
        assert await found(school, "users", bad) == (400, "Request_UnsupportedQuery")


async def pages(school: School, path: str, **headers: str) -> list[list[str]]:
    all_pages = []
    while path:
        answer = await school.graph(path, **headers)
        assert answer.status == 200, answer.body
        all_pages.append([each["id"] for each in answer.body["value"]])
        path = answer.body.get("@odata.nextLink", "")
    return all_pages


async def test_members_of_a_group_page_by_page(school: School):
    """Direct members are mixed users and groups, transitive ones everybody inside; pages follow their link."""
    await school.put(page=2)
    cast = f"/groups/{SCHOOL}/transitiveMembers/microsoft.graph.user"

    assert await pages(school, f"/groups/{SCHOOL}/members") == [[STAFF, CLASS], [GUEST]]
    assert await pages(school, f"/groups/{SCHOOL}/transitiveMembers?$top=999&$select=id") == [
        [STAFF, CLASS],
        [GUEST, PATEL],
        [OKONKWO, ADA],
        [BEN],
    ]
    assert (await school.graph(cast)).status == 400
    users = await pages(school, f"{cast}?$count=true", ConsistencyLevel="eventual")
    assert [each for page in users for each in page] == [GUEST, PATEL, OKONKWO, ADA, BEN]


async def test_which_groups_somebody_is_in(school: School):
    """At any depth, at most twenty at once."""
    path = f"/users/{ADA}/checkMemberGroups"
    asked = {"groupIds": [STAFF, CLASS, SCHOOL, guid("no group")]}
    good = await school.call("POST", path, asked, scope=GRAPH)
    too_many = await school.call("POST", path, {"groupIds": [guid(str(n)) for n in range(21)]}, scope=GRAPH)
    await school.do("group", id=CLASS, members=[BEN])
    after = await school.call("POST", path, asked, scope=GRAPH)

    assert good.body["value"] == [CLASS, SCHOOL]
    assert (too_many.status, after.body["value"]) == (400, [])


async def test_the_calendar(school: School):
    """A lesson of a series in organiser's and invitees' calendars, in the zone asked for, the group as one attendee."""
    select = "$select=id,type,seriesMasterId,start,attendees,onlineMeeting"
    london = await school.graph(
        f"/users/{PATEL}/calendarView?{DAY}&{select}", Prefer='outlook.timezone="Europe/London"'
    )
    [lesson] = london.body["value"]
    master = (await school.graph(f"/users/{PATEL}/events/{lesson['seriesMasterId']}")).body
    [invited] = (await school.graph(f"/users/{ADA}/calendarView?{DAY}")).body["value"]
    week_on = DAY.replace("11-24", "12-01").replace("11-25", "12-02")
    next_week = (await school.graph(f"/users/{PATEL}/calendarView?{week_on}")).body
    refused = [
        await school.graph(f"/users/{PATEL}/calendarView"),
        await school.graph(f"/users/{PATEL}/events/none"),
        await school.graph(f"/users/{PATEL}/events", Prefer='outlook.timezone="Narnia"'),
    ]

    assert (lesson["type"], master["type"], invited["id"]) == ("occurrence", "seriesMaster", lesson["id"])
    assert lesson["start"] == {"dateTime": "2026-11-24T09:00:00.0000000", "timeZone": "Europe/London"}
    assert [each["emailAddress"]["address"] for each in lesson["attendees"]] == [
        "3b@school.example",
        "okonkwo@school.example",
    ]
    assert lesson["onlineMeeting"]["joinUrl"] == school.told["meetings"][0]["join_url"]
    assert len(next_week["value"]) == 1
    assert [each.status for each in refused] == [400, 404, 400]


async def test_chats_and_online_meetings(school: School):
    """The chat names link, organiser and event; the meeting is found by its link, by its organiser only."""
    chat = (await school.graph(f"/chats/{quote(THREAD)}")).body
    members = (await school.graph(f"/chats/{quote(THREAD)}/members")).body["value"]
    link = quote(f"JoinWebUrl eq '{chat['onlineMeetingInfo']['joinWebUrl']}'")
    by_link = await school.graph(f"/users/{PATEL}/onlineMeetings?$filter={link}")
    others = await school.graph(f"/users/{ADA}/onlineMeetings?$filter={link}")
    channel = await school.graph(f"/chats/{quote(CHANNEL)}")

    assert (chat["chatType"], chat["onlineMeetingInfo"]["organizer"]["id"]) == ("meeting", PATEL)
    assert [each["userId"] for each in members] == [PATEL, ADA, BEN, OKONKWO]
    assert by_link.body["value"][0]["chatInfo"]["threadId"] == THREAD
    assert (others.status, channel.status) == (404, 404)


def mail(*addresses: str) -> dict[str, Any]:
    to = [{"emailAddress": {"address": each}} for each in addresses]
    content = {"contentType": "text", "content": "Alert 7"}
    return {"message": {"subject": "Act now", "body": content, "toRecipients": to}, "saveToSentItems": False}


async def test_mail(school: School):
    """It is taken with 202, and an onlooker sees who gets it."""
    path = f"/users/{PATEL}/sendMail"
    good = await school.call("POST", path, mail("okonkwo@school.example", "away@x.example"), scope=GRAPH)
    bad = await school.call("POST", path, mail(), scope=GRAPH)
    [record] = await school.seen("mail")

    assert (good.status, good.body, bad.status) == (202, {}, 400)
    assert (record["to"], record["text"]) == ([OKONKWO, "away@x.example"], "Act now\nAlert 7")


@pytest.mark.parametrize(
    ("lost", "path", "code"),
    [
        ("User.Read.All", f"/users/{ADA}", "Authorization_RequestDenied"),
        ("GroupMember.Read.All", f"/groups/{CLASS}/members", "Authorization_RequestDenied"),
        ("Calendars.ReadBasic.All", f"/users/{PATEL}/calendarView?{DAY}", "ErrorAccessDenied"),
        ("OnlineMeetings.Read.All", f"/users/{PATEL}/onlineMeetings?$filter=JoinWebUrl eq 'x'", "Forbidden"),
    ],
)
async def test_no_permission(school: School, lost: str, path: str, code: str):
    """Without the permission Graph refuses in that service's own words."""
    await school.put(grants=[each for each in GRANTS if each != lost])
    answer = await school.graph(path)

    assert (answer.status, answer.code) == (403, code)


async def test_a_chat_needs_the_app_in_it(school: School):
    """A role for the chats the app is in counts only there."""
    inside = await school.graph(f"/chats/{quote(THREAD)}")
    await school.do("uninstall", chat=THREAD)
    outside = await school.graph(f"/chats/{quote(THREAD)}")

    assert (inside.status, outside.status, outside.code) == (200, 403, "Forbidden")


async def test_the_package_may_grant_a_chat(school: School):
    """Without any role, what the Teams package was granted in a chat is enough there."""
    await school.put(grants=[])
    granted = await school.graph(f"/chats/{quote(THREAD)}")
    await school.put(grants=[], rsc=[])
    without = await school.graph(f"/chats/{quote(THREAD)}")

    assert (granted.status, without.status) == (200, 403)


async def test_no_access_policy(school: School):
    """Online meetings need the administrator's policy besides the permission."""
    await school.put(policy=False)
    answer = await school.graph(f"/users/{PATEL}/onlineMeetings?$filter=JoinWebUrl eq 'x'")

    assert (answer.status, answer.body["error"]["message"]) == (403, "No Application Access Policy found for this app.")


async def test_the_weather_of_graph(school: School):
    """Down, throttled or forbidden by switch, with Retry-After where Graph says it."""
    answers = {}
    for state in ("down", "429", "403", "ok"):
        await school.switch(graph=state)
        answers[state] = await school.graph(f"/users/{ADA}")

    assert [each.status for each in answers.values()] == [503, 429, 403, 200]
    assert answers["429"].headers["Retry-After"] == "2"
    assert answers["429"].headers["request-id"]


async def test_a_batch(school: School):
    """Each request has its own answer, refused or not."""
    asked = [{"id": "1", "method": "GET", "url": f"/users/{ADA}"}, {"id": "2", "method": "GET", "url": "/users/none"}]
    answer = await school.call("POST", "/$batch", {"requests": asked}, scope=GRAPH)

    assert [(each["id"], each["status"]) for each in answer.body["responses"]] == [("1", 200), ("2", 404)]


def known(csdl: Any, one: dict[str, Any], named: str, key: str) -> bool:
    kind = one.get("@odata.type", named.removeprefix("Collection(").removesuffix(")")).lstrip("#")
    return "@" in key or key in csdl.props(kind)


@pytest.mark.skipif(not REFEREES.is_dir(), reason="Microsoft's metadata is not part of this repository")
async def test_bodies_fit_microsofts_metadata(school: School):
    """Every property of every answer exists in Graph v1.0, with the type it has there."""
    spec = importlib.util.spec_from_file_location("csdl", REFEREES / "csdl.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    csdl = module.Csdl(str(REFEREES / "graph-v1.0-csdl.xml"))
    await school.do("join", meeting=THREAD, who=["iPhone", "Far Away"])
    everything = "$select=id,displayName,userType,accountEnabled,otherMails,proxyAddresses,mail,assignedLicenses"
    link = quote(f"JoinWebUrl eq '{school.told['meetings'][0]['join_url']}'")
    wanted: list[tuple[str, str]] = [
        ("user", f"/users/{ADA}"),
        ("user", f"/users/{ADA}?{everything}"),
        ("group", f"/groups/{CLASS}"),
        ("Collection(user)", "/users?$top=2"),
        ("Collection(directoryObject)", f"/groups/{SCHOOL}/transitiveMembers"),
        ("Collection(event)", f"/users/{PATEL}/events"),
        ("Collection(event)", f"/users/{PATEL}/calendarView?{DAY}"),
        ("chat", f"/chats/{quote(THREAD)}"),
        ("Collection(conversationMember)", f"/chats/{quote(THREAD)}/members"),
        ("Collection(onlineMeeting)", f"/users/{PATEL}/onlineMeetings?$filter={link}"),
    ]
    faults = []
    for kind, path in wanted:
        answer: Answer = await school.graph(path)
        assert answer.status == 200, (path, answer.body)
        many = kind.startswith("Collection(")
        named = f"Collection(microsoft.graph.{kind[11:]}" if many else f"microsoft.graph.{kind}"
        shown = answer.body["value"] if many else [answer.body]
        assert shown, path
        faults += csdl.check(named, shown if many else shown[0], path)
        # Graph's metadata is open for events and people; we add nothing to them.
        faults += [f"{path}: {key}" for one in shown for key in one if not known(csdl, one, named, key)]

    assert faults == []
    assert csdl.check_action("sendMail", "microsoft.graph.user", {"Message": mail("a@b.c")["message"]}) == []
    assert TENANT in str((await school.graph(f"/chats/{quote(THREAD)}")).body)
