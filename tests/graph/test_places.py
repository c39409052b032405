"""Putting the app into a meeting's chat."""

from __future__ import annotations

import pytest

from bot.graph.client import Graph
from bot.graph.places import GraphPlaces
from bot.ports import OutOfReach, Refused
from bot.tiers import permissions
from tests.graph.referees import csdl
from tests.graph.tenant import Tenant, guid, say, wrong

APP, IN_CATALOGUE = guid(2), guid(3)
THREAD = "19:meeting_MjA@thread.v2"
FOUND = say(200, {"value": [{"id": IN_CATALOGUE, "externalId": APP}]})
INSTALLED = "/installedApps"


@pytest.fixture
def places(graph: Graph) -> GraphPlaces:
    return GraphPlaces(graph, APP, "guard")


async def test_the_package_is_named_with_the_very_permissions_of_its_manifest(
    places: GraphPlaces, tenant: Tenant
) -> None:
    """Found once in the school's catalogue."""
    tenant.answers = [("teamsApps", FOUND), (INSTALLED, say(201)), (INSTALLED, say(201))]
    await places.place(THREAD)
    await places.place(THREAD)

    (looked,) = tenant.calls("teamsApps")
    first, _ = tenant.calls(INSTALLED)
    assert looked.query["$filter"] == f"externalId eq '{APP}'"
    assert first.path == f"/chats/{THREAD}/installedApps"
    assert first.body["teamsApp@odata.bind"].endswith(f"/appCatalogs/teamsApps/{IN_CATALOGUE}")
    given = first.body["consentedPermissionSet"]["resourceSpecificPermissions"]
    assert [one["permissionValue"] for one in given] == [one.name for one in permissions("guard", "meeting")]
    assert {one["permissionType"] for one in given} == {"application"}


async def test_what_is_sent_fits_microsofts_metadata(places: GraphPlaces, tenant: Tenant) -> None:
    """Where the metadata is at hand."""
    tenant.answers = [("teamsApps", FOUND), (INSTALLED, say(201))]
    await places.place(THREAD)

    (sent,) = tenant.calls(INSTALLED)
    assert csdl().check("microsoft.graph.teamsAppInstallation", sent.body) == []


async def test_there_already_is_well(places: GraphPlaces, tenant: Tenant) -> None:
    """Graph says 409."""
    tenant.answers = [("teamsApps", FOUND), (INSTALLED, wrong(409, "Conflict"))]

    await places.place(THREAD)


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ([("teamsApps", say(200, {"value": []}))], "not_in_catalogue"),
        ([("teamsApps", FOUND), (INSTALLED, wrong(403, "Forbidden"))], "Forbidden"),
        ([("teamsApps", FOUND), (INSTALLED, wrong(400, "BadRequest"))], "BadRequest"),
    ],
)
async def test_what_is_refused(places: GraphPlaces, tenant: Tenant, answers: list, code: str) -> None:
    """A package that was not uploaded, a permission that is missing, another manifest."""
    tenant.answers = answers

    with pytest.raises(Refused) as no:
        await places.place(THREAD)
    assert no.value.code == code
    assert code != "Forbidden" or "TeamsAppInstallation.ReadWriteAndConsentSelfForChat.All" in no.value.words


async def test_graph_may_be_away(places: GraphPlaces, tenant: Tenant) -> None:
    """Tried again within the deadline, and then later."""
    tenant.answers = [("teamsApps", FOUND), *((INSTALLED, wrong(503)) for _ in range(12))]

    with pytest.raises(OutOfReach):
        await places.place(THREAD)
