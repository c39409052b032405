"""Graph as a bot of the Watch tier asks it: answers, refusals, and bodies held against Microsoft's own metadata."""

from __future__ import annotations

from urllib.parse import quote

from tests.rehearsal.made import (
    ADA,
    BEN,
    CHANNEL,
    CLASS,
    DAY,
    GRAPH,
    GUEST,
    OKONKWO,
    PATEL,
    SCHOOL,
    STAFF,
    THREAD,
    guid,
    mail,
)
from tests.rehearsal.school import School


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


async def test_mail(school: School):
    """It is taken with 202, and an onlooker sees who gets it."""
    path = f"/users/{PATEL}/sendMail"
    good = await school.call("POST", path, mail("okonkwo@school.example", "away@x.example"), scope=GRAPH)
    bad = await school.call("POST", path, mail(), scope=GRAPH)
    [record] = await school.seen("mail")

    assert (good.status, good.body, bad.status) == (202, {}, 400)
    assert (record["to"], record["text"]) == ([OKONKWO, "away@x.example"], "Act now\nAlert 7")


async def test_a_batch(school: School):
    """Each request has its own answer, refused or not."""
    asked = [{"id": "1", "method": "GET", "url": f"/users/{ADA}"}, {"id": "2", "method": "GET", "url": "/users/none"}]
    answer = await school.call("POST", "/$batch", {"requests": asked}, scope=GRAPH)

    assert [(each["id"], each["status"]) for each in answer.body["responses"]] == [("1", 200), ("2", 404)]
