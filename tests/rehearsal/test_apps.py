"""The catalogue, and apps put into chats, as Graph plays them."""

from __future__ import annotations

from typing import Any

import pytest

from deploy.rehearsal.enrol import RSC
from tests.rehearsal.made import APP, CHANNEL, GRAPH, PATEL, THREAD, Json
from tests.rehearsal.school import Answer, School

GRANTS = ["AppCatalog.Read.All", "TeamsAppInstallation.ReadWriteAndConsentSelfForChat.All"]
LESSON: Json = {"thread": THREAD, "organizer": PATEL, "installed": False}


async def catalogued(school: School) -> str:
    """The id that the catalogue has for the app."""
    found = await school.graph(f"/appCatalogs/teamsApps?$filter=externalId eq '{APP}'")
    return str(found.body["value"][0]["id"])


async def install(school: School, app: str, names: list[str] = RSC, thread: str = THREAD) -> Answer:
    """Put that app into a chat, with these permissions."""
    listed = [{"permissionValue": name, "permissionType": "application"} for name in names]
    body = {
        "teamsApp@odata.bind": f"https://graph.microsoft.com/v1.0/appCatalogs/teamsApps/{app}",
        "consentedPermissionSet": {"resourceSpecificPermissions": listed},
    }
    return await school.call("POST", f"/chats/{thread}/installedApps", body, scope=GRAPH)


async def test_an_app_that_was_put_in_is_told_and_hears_who_comes(school: School) -> None:
    """Once: the second time it is there already."""
    await school.put(grants=GRANTS, meetings=[LESSON])
    app = await catalogued(school)
    first, second = await install(school, app), await install(school, app)
    await school.do("join", meeting=THREAD, who=[PATEL])

    heard = {activity["type"] for activity in await school.bot.hears(3)}
    assert (first.status, second.status, second.code) == (201, 409, "Conflict")
    assert heard >= {"installationUpdate", "conversationUpdate"}


@pytest.mark.parametrize(
    ("more", "change", "status"),
    [
        ({"grants": GRANTS[:1]}, {}, 403),
        ({}, {"app": "another"}, 404),
        ({}, {"thread": "19:nowhere@thread.v2"}, 404),
        ({}, {"thread": CHANNEL}, 404),
        ({}, {"names": RSC[1:]}, 400),
        ({"declared": [*RSC, "Chat.Manage.Chat"]}, {}, 400),
    ],
)
async def test_what_is_refused(school: School, more: Json, change: dict[str, Any], status: int) -> None:
    """Without the permission, an app or a chat that is not there, other permissions than the package's."""
    await school.put(**({"grants": GRANTS, "meetings": [LESSON]} | more))
    app = change.pop("app", None) or await catalogued(school)

    assert (await install(school, app, **change)).status == status


async def test_a_package_that_was_not_uploaded_is_in_no_catalogue(school: School) -> None:
    """By a switch; nor is any other app found by ours."""
    await school.put(grants=GRANTS)
    other = await school.graph("/appCatalogs/teamsApps?$filter=externalId eq 'another'")
    odd = await school.graph("/appCatalogs/teamsApps?$filter=displayName eq 'x'")
    await school.switch(catalogue="empty")
    none = await school.graph(f"/appCatalogs/teamsApps?$filter=externalId eq '{APP}'")

    assert (other.body["value"], none.body["value"], odd.status) == ([], [], 400)
