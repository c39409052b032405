"""Who people are, by the groups of school.toml."""

from __future__ import annotations

import pytest

from bot.actions import Role
from bot.events import Kind, account
from bot.graph.client import Graph
from bot.graph.directory import GraphDirectory
from bot.ports import Refused
from bot.school import School
from tests.graph.referees import csdl
from tests.graph.tenant import Tenant, guid, say, wrong

STAFF, PUPILS, CLT, LEADS, HEAD = (guid(9000 + number) for number in range(5))
CLASS_3B, CLASS_4A = guid(9010), guid(9011)


@pytest.fixture
def directory(graph: Graph, school: School) -> GraphDirectory:
    """The port under test."""
    return GraphDirectory(graph, school)


async def kind_of(directory: GraphDirectory, oid: str) -> Kind:
    person = await directory.person(oid)
    assert person is not None
    return person.kind


async def test_staff_pupils_and_others_are_told_apart(directory: GraphDirectory, tenant: Tenant) -> None:
    """The groups say who is staff and who is a pupil; whoever is in neither is some other account."""
    patel = tenant.person(100, "Ms Patel", groups=(STAFF,))
    ada = tenant.person(200, "Ada", groups=(PUPILS, CLASS_3B))
    cook = tenant.person(300, "The Cook")

    assert await kind_of(directory, patel) is Kind.STAFF
    assert await kind_of(directory, cook) is Kind.ACCOUNT
    found = await directory.person(ada)
    assert found is not None
    assert (found.key, found.kind, found.name, found.classes) == (account(ada), Kind.PUPIL, "Ada", ("3B",))
    assert found.as_of is not None
    assert found.as_of.tzinfo is not None


async def test_a_member_of_a_nested_group_counts(directory: GraphDirectory, tenant: Tenant) -> None:
    """Year groups inside the class and the pupils group are looked into."""
    year = tenant.group(20)
    tenant.groups[CLASS_3B]["members"].append(year)
    ben = tenant.person(201, "Ben", groups=(year,))

    found = await directory.person(ben)

    assert found is not None
    assert (found.kind, found.classes) == (Kind.PUPIL, ("3B",))


async def test_staff_wins_over_pupil_and_keeps_its_classes(directory: GraphDirectory, tenant: Tenant) -> None:
    """A teaching assistant who is also in the class's Team is staff."""
    helper = tenant.person(101, "Mr Okoro", groups=(STAFF, PUPILS, CLASS_4A))

    found = await directory.person(helper)

    assert found is not None
    assert (found.kind, found.classes) == (Kind.STAFF, ("4A",))


async def test_a_guest_is_a_guest_even_in_the_staff_group(directory: GraphDirectory, tenant: Tenant) -> None:
    """Nobody from outside becomes staff by a group."""
    guest = tenant.person(400, "A Guest", groups=(STAFF, CLT), userType="Guest")

    assert await kind_of(directory, guest) is Kind.GUEST
    assert await directory.roles_of(guest) == frozenset()


async def test_a_disabled_member_of_staff_has_no_say(directory: GraphDirectory, tenant: Tenant) -> None:
    """Somebody who left the school last week is not staff, though still in the groups."""
    left = tenant.person(102, "Mr Gone", groups=(STAFF, HEAD), accountEnabled=False)

    assert await kind_of(directory, left) is Kind.ACCOUNT
    assert await directory.roles_of(left) == frozenset()


async def test_an_account_that_is_not_ours_is_none(directory: GraphDirectory) -> None:
    """Graph's 404 is an answer, not a trouble."""
    assert await directory.person(guid(999)) is None
    assert await directory.roles_of(guid(999)) == frozenset()


async def test_more_than_twenty_groups_are_asked_in_parts(directory: GraphDirectory, tenant: Tenant) -> None:
    """Graph takes twenty groups a call, a big school has more."""
    ada = tenant.person(200, "Ada", groups=(CLASS_4A,))
    ids = [guid(8000 + number) for number in range(45)] + [CLASS_4A]

    assert await directory._memberships(ada, ids) == {CLASS_4A}
    assert sorted(len(one.body["groupIds"]) for one in tenant.calls("checkMemberGroups")) == [6, 20, 20]


async def test_what_is_asked_fits_microsofts_metadata(directory: GraphDirectory, tenant: Tenant) -> None:
    """The body of the one POST, and the properties selected, where the metadata is at hand."""
    await directory.person(tenant.person(100, "Ms Patel", groups=(STAFF,)))

    (posted,) = tenant.calls("checkMemberGroups")
    assert csdl().check_action("checkMemberGroups", "microsoft.graph.directoryObject", posted.body) == []
    (got,) = tenant.calls(guid(100))
    assert set(got.query["$select"].split(",")) <= csdl().props("microsoft.graph.user").keys()


async def test_roles_are_looked_up_afresh(directory: GraphDirectory, tenant: Tenant) -> None:
    """Somebody taken out of CLT cannot press CLT's buttons a moment later."""
    patel = tenant.person(100, "Ms Patel", groups=(STAFF, CLT))

    assert await directory.roles_of(patel) == {Role.STAFF, Role.CLT}
    tenant.groups[CLT]["members"].remove(patel)
    assert await directory.roles_of(patel) == {Role.STAFF}


async def test_the_list_of_pupils_has_everybody_with_their_classes(directory: GraphDirectory, tenant: Tenant) -> None:
    """Paged to the end, nested groups and class groups included, staff and guests in class Teams left out."""
    tenant.page = 3
    year = tenant.group(20)
    tenant.groups[PUPILS]["members"].append(year)
    names = {tenant.person(200 + n, f"Pupil {n}", groups=(year, CLASS_3B)): f"Pupil {n}" for n in range(8)}
    names[tenant.person(250, "New Girl", groups=(CLASS_4A,))] = "New Girl"
    tenant.person(100, "Ms Patel", groups=(STAFF, CLASS_3B))
    tenant.person(400, "Parent", groups=(CLASS_3B,), userType="Guest")

    found = await directory.list_of(Role.PUPILS)

    assert {(one.key, one.name) for one in found} == {(account(oid), name) for oid, name in names.items()}
    assert {one.kind for one in found} == {Kind.PUPIL}
    assert {one.name: one.classes for one in found}["New Girl"] == ("4A",)
    assert {one.name: one.classes for one in found}["Pupil 7"] == ("3B",)
    assert all("ConsistencyLevel" not in one.headers for one in tenant.calls("transitiveMembers"))


async def test_the_list_of_staff(directory: GraphDirectory, tenant: Tenant) -> None:
    """Staff are those the single look-up would call staff."""
    patel = tenant.person(100, "Ms Patel", groups=(STAFF, CLASS_3B))
    tenant.person(102, "Mr Gone", groups=(STAFF,), accountEnabled=False)
    tenant.person(200, "Ada", groups=(PUPILS,))

    found = await directory.list_of(Role.STAFF)

    assert [(one.key, one.kind, one.classes) for one in found] == [(account(patel), Kind.STAFF, ("3B",))]


async def test_the_list_of_a_role_says_who_they_are(directory: GraphDirectory, tenant: Tenant) -> None:
    """A governor on CLT is named though not staff; a disabled account is not."""
    patel = tenant.person(100, "Ms Patel", groups=(STAFF, CLT))
    governor = tenant.person(301, "A Governor", groups=(CLT,))
    tenant.person(102, "Mr Gone", groups=(STAFF, CLT), accountEnabled=False)

    found = await directory.list_of(Role.CLT)

    assert {one.key: one.kind for one in found} == {account(patel): Kind.STAFF, account(governor): Kind.ACCOUNT}


async def test_a_group_that_is_not_there_is_refused(directory: GraphDirectory, tenant: Tenant) -> None:
    """A deleted group is a mistake to be told, not an empty school."""
    del tenant.groups[PUPILS]

    with pytest.raises(Refused, match="Resource does not exist"):
        await directory.list_of(Role.PUPILS)


async def test_accounts_seen_only_in_part_are_refused(directory: GraphDirectory, tenant: Tenant) -> None:
    """With the basic permission alone Graph shows no kind of user: a guest would pass for staff."""
    guest = tenant.person(400, "A Guest", groups=(STAFF,), userType=None, accountEnabled=None)

    for look in (directory.person(guest), directory.roles_of(guest), directory.list_of(Role.STAFF)):
        with pytest.raises(Refused, match=r"User\.Read\.All"):
            await look


async def test_a_blank_answer_does_not_make_staff_strangers(directory: GraphDirectory, tenant: Tenant) -> None:
    """No list of groups is no answer; the next one counts."""
    patel = tenant.person(100, "Ms Patel", groups=(STAFF,))
    tenant.next("checkMemberGroups", say(200, {}))

    assert await kind_of(directory, patel) is Kind.STAFF


async def test_a_missing_permission_is_named(directory: GraphDirectory, tenant: Tenant) -> None:
    """An administrator reads what to consent to."""
    patel = tenant.person(100, "Ms Patel", groups=(STAFF,))
    denied = wrong(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
    tenant.next("checkMemberGroups", denied)

    with pytest.raises(Refused, match=r"User\.Read\.All and GroupMember\.Read\.All") as refused:
        await directory.person(patel)
    assert refused.value.code == "Authorization_RequestDenied"
