"""Subscribed to every calendar of staff, renewed in time, made anew when lost."""

from datetime import timedelta

import pytest

from bot.events import oid_of
from bot.ports import Job, OutOfReach, Refused, Standing
from bot.subscribing import Subscriber
from tests import fakes
from tests.builders import MR_OKAFOR, MS_PATEL
from tests.school_day import who

PATEL, OKAFOR = oid_of(MS_PATEL), oid_of(MR_OKAFOR)
LONG, SHORT = timedelta(days=5), timedelta(days=1)


def subscriber(**standing: timedelta) -> tuple[Subscriber, fakes.FakeSubscriptions]:
    """Of a school with two teachers."""
    held = {f"aad:{oid}": Standing(id=f"s {oid}", left=left) for oid, left in standing.items()}
    subscriptions = fakes.FakeSubscriptions(held)
    directory = fakes.FakeDirectory(fakes.Clock(), who(MS_PATEL), who(MR_OKAFOR))
    return Subscriber(directory, subscriptions), subscriptions


async def test_those_that_are_missing_are_made_and_those_that_end_soon_renewed():
    """And the others are left alone; all is looked through again after an hour only."""
    keeper, subscriptions = subscriber(**{PATEL: LONG})
    await keeper.subscribe()
    await keeper.subscribe()
    assert subscriptions.calls == [("subscribe", OKAFOR)]

    keeper, subscriptions = subscriber(**{PATEL: SHORT, OKAFOR: LONG})
    await keeper.subscribe()
    assert subscriptions.calls == [("renew", f"s {PATEL}")]


@pytest.mark.parametrize("trouble", [Refused("InvalidRequest", "validation failed"), OutOfReach("no answer")])
async def test_one_that_fails_stops_no_other_and_is_tried_again(trouble: Exception):
    """A minute later, not an hour."""
    keeper, subscriptions = subscriber()
    subscriptions.troubles = {PATEL: trouble}
    await keeper.subscribe()
    subscriptions.troubles = {}
    keeper._due = 0.0
    await keeper.subscribe()

    assert sorted(subscriptions.calls) == sorted([("subscribe", OKAFOR), ("subscribe", PATEL)])


async def test_one_that_is_lost_is_made_anew_at_once():
    """Whenever they were last looked through."""
    keeper, subscriptions = subscriber()
    await keeper.subscribe()
    subscriptions.held.clear()
    subscriptions.calls.clear()
    await keeper.resubscribe(Job(kind="resubscribe"))

    assert sorted(subscriptions.calls) == sorted([("subscribe", OKAFOR), ("subscribe", PATEL)])
