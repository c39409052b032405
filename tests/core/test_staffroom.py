"""Who may do what, by the directory, and what is remembered while it cannot be reached."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot import staffroom
from bot.actions import Role
from bot.events import Kind, account
from bot.ports import OutOfReach, Refused
from bot.staffroom import Staffroom
from tests.builders import ADA, CLT, HEAD, MS_PATEL, NOBODY
from tests.fakes import Clock, FakeDirectory, FakePeople, out_of_reach, refused
from tests.school_day import who


def room(*people, known=()):
    """A staffroom over a directory of these people; `known` are remembered already."""
    directory = FakeDirectory(Clock(datetime.now(UTC)), *map(who, people))
    directory.groups = {Role.CLT: (CLT,), Role.HEAD: (HEAD, CLT)}
    return Staffroom(FakePeople(*known), directory), directory


def remembered(person, **ago):
    """A record so old."""
    return replace(who(person), as_of=datetime.now(UTC) - timedelta(**ago))


async def test_somebody_unknown_is_looked_up_and_remembered():
    """The second question needs no look-up."""
    staff, directory = room(MS_PATEL)

    for _ in range(2):
        found = await staff.who(MS_PATEL)
        assert found is not None
        assert found.kind is Kind.STAFF
    assert len(directory.asked) == 1


@pytest.mark.parametrize(("ago", "asked"), [({"hours": 23}, 0), ({"hours": 25}, 1)])
async def test_a_record_is_believed_for_a_day(ago, asked):
    """Then the directory is asked again."""
    staff, directory = room(MS_PATEL, known=[remembered(MS_PATEL, **ago)])
    await staff.who(MS_PATEL)

    assert len(directory.asked) == asked


async def test_an_unresolved_record_is_no_record():
    """A name that came with an event says nothing of who it is."""
    staff, directory = room(MS_PATEL, known=[replace(remembered(MS_PATEL), kind=Kind.UNRESOLVED)])
    await staff.who(MS_PATEL)

    assert len(directory.asked) == 1


@pytest.mark.parametrize("person", [None, NOBODY])
async def test_who_is_no_account_of_ours_is_nobody(person):
    """Without asking anyone."""
    staff, directory = room(MS_PATEL)

    assert await staff.who(person) is None
    assert await staff.roles(person) == frozenset()
    assert directory.asked == []


async def test_an_account_the_tenant_does_not_know_is_nobody():
    """And is not remembered."""
    staff, _ = room(MS_PATEL)

    assert await staff.who(account("00000000-0000-4000-8000-000000000000")) is None


@pytest.mark.parametrize(("trouble", "kind"), [(out_of_reach(), OutOfReach), (refused(), Refused)])
async def test_where_nobody_can_tell_it_is_raised(trouble, kind):
    """Never guessed."""
    staff, directory = room(MS_PATEL, known=[remembered(MS_PATEL, hours=25)])
    directory.trouble = trouble

    with pytest.raises(kind):
        await staff.who(MS_PATEL)
    with pytest.raises(kind):
        await staff.roles(MS_PATEL)


async def test_roles_are_the_directorys():
    """All that somebody holds."""
    staff, _ = room(MS_PATEL, CLT, ADA)

    assert await staff.roles(CLT) == {Role.STAFF, Role.CLT, Role.HEAD}
    assert await staff.roles(MS_PATEL) == {Role.STAFF}
    assert await staff.roles(ADA) == {Role.PUPILS}


async def test_roles_are_kept_for_a_minute(monkeypatch):
    """Within it a change is not seen; after it, it is."""
    staff, directory = room(CLT)
    assert Role.CLT in await staff.roles(CLT)
    directory.groups = {}

    assert Role.CLT in await staff.roles(CLT)
    monkeypatch.setattr(staffroom, "ROLE_KEPT", 0.0)
    assert Role.CLT not in await staff.roles(CLT)


async def test_old_roles_are_better_than_none_while_the_directory_is_out_of_reach(monkeypatch):
    """For a day, and only for those it has heard of."""
    staff, directory = room(CLT, HEAD)
    await staff.roles(CLT)
    monkeypatch.setattr(staffroom, "ROLE_KEPT", 0.0)
    directory.trouble = out_of_reach()

    assert Role.CLT in await staff.roles(CLT)
    with pytest.raises(OutOfReach):
        await staff.roles(HEAD)
    monkeypatch.setattr(staffroom, "STALE_ROLE_KEPT", 0.0)
    with pytest.raises(OutOfReach):
        await staff.roles(CLT)


async def test_holders_are_listed_once_each():
    """Somebody with two of the roles is mentioned once."""
    staff, _ = room(CLT, HEAD)

    assert [person.key for person in await staff.holders((Role.CLT, Role.HEAD))] == [CLT, HEAD]
    assert await staff.holders(()) == []


async def test_lists_are_kept_for_a_while(monkeypatch):
    """Each alert does not read the whole group."""
    staff, directory = room(CLT)
    for _ in range(3):
        await staff.holders((Role.CLT,))
    assert directory.lists_asked == [Role.CLT]
    monkeypatch.setattr(staffroom, "LIST_KEPT", 0.0)
    await staff.holders((Role.CLT,))

    assert directory.lists_asked == [Role.CLT] * 2


@pytest.mark.parametrize("trouble", [out_of_reach(), refused()])
async def test_an_old_list_is_better_than_none_and_none_than_a_failure(trouble, monkeypatch):
    """An alert goes out whatever the directory does."""
    staff, directory = room(CLT)
    assert len(await staff.holders((Role.CLT,))) == 1
    monkeypatch.setattr(staffroom, "LIST_KEPT", 0.0)
    directory.trouble = trouble

    assert len(await staff.holders((Role.CLT,))) == 1
    assert await staff.holders((Role.IT,)) == []


async def test_an_alert_does_not_wait_for_a_slow_directory():
    """Better told at once without a mention than late; a list once read is used meanwhile."""
    directory = FakeDirectory(Clock(datetime.now(UTC)), who(CLT))
    directory.groups = {Role.CLT: (CLT,)}
    staff = Staffroom(FakePeople(), directory, within=lambda seconds: asyncio.timeout(seconds / 1000))
    answer, never = directory.list_of, asyncio.Event()

    async def silent(role):
        await never.wait()
        return await answer(role)

    directory.list_of = silent
    assert await staff.holders((Role.CLT,)) == []
    directory.list_of = answer
    await staff.read(Role.CLT)
    directory.list_of = silent
    assert [person.key for person in await staff.holders((Role.CLT,))] == [CLT]
