"""Subscriptions to staff's calendars, as Graph is asked for them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.events import account
from bot.graph.client import Graph
from bot.graph.subscriptions import LASTING, GraphSubscriptions, Seals
from bot.ports import Refused
from tests.graph.referees import csdl
from tests.graph.tenant import Tenant, guid, say, wrong

PATEL, OKORO = guid(100), guid(101)
SEALS = Seals("a secret")
URL = f"https://bot.example/api/notifications/{SEALS.path}"


@pytest.fixture
def subscriptions(graph: Graph) -> GraphSubscriptions:
    return GraphSubscriptions(graph, URL, SEALS)


def standing(oid: str, hours: float, **more: Any) -> dict[str, Any]:
    """A subscription as Graph shows it."""
    until = datetime.now(UTC) + timedelta(hours=hours)
    return {
        "id": f"{oid[-3:]}-{hours:g}", "resource": f"/users/{oid}/events", "notificationUrl": URL,
        "expirationDateTime": f"{until:%Y-%m-%dT%H:%M:%S.%f}0Z", **more,
    }  # fmt: skip


async def test_it_asks_to_be_told_of_one_calendar(subscriptions: GraphSubscriptions, tenant: Tenant) -> None:
    """For six days, with a secret that only we can have made, at our own address."""
    tenant.next("/subscriptions", say(201, {"id": "s"}))
    await subscriptions.subscribe(PATEL)

    (asked,) = tenant.calls("/subscriptions")
    until = datetime.fromisoformat(asked.body.pop("expirationDateTime"))
    assert LASTING - timedelta(minutes=1) < until - datetime.now(UTC) <= LASTING
    assert SEALS.whose(asked.body["clientState"]) == PATEL
    assert asked.body == {
        "changeType": "created,updated,deleted",
        "notificationUrl": URL,
        "lifecycleNotificationUrl": URL,
        "resource": f"/users/{PATEL}/events",
        "clientState": SEALS.state(PATEL),
    }


async def test_what_is_sent_fits_microsofts_metadata(subscriptions: GraphSubscriptions, tenant: Tenant) -> None:
    """Where the metadata is at hand."""
    tenant.next("/subscriptions", say(201, {"id": "s"}))
    await subscriptions.subscribe(PATEL)

    (asked,) = tenant.calls("/subscriptions")
    assert csdl().check("microsoft.graph.subscription", asked.body) == []


async def test_what_stands_is_ours_by_address_and_calendar_and_not_over(
    subscriptions: GraphSubscriptions, tenant: Tenant
) -> None:
    """Another's, one for a former secret, of something else, and one that is over are not counted; the longer one is."""
    found = [
        standing(PATEL, 20),
        standing(PATEL, 40),
        standing(OKORO, 20, notificationUrl=URL + "x"),
        standing(OKORO, -1),
        standing(OKORO, 20, resource="communications/callRecords"),
        standing(OKORO, 20, expirationDateTime="soon"),
    ]
    tenant.next("/subscriptions", say(200, {"value": found}))

    (only,) = (await subscriptions.standing()).items()

    assert only[0] == account(PATEL)
    assert only[1].id == "100-40"
    assert timedelta(hours=39) < only[1].left < timedelta(hours=41)


async def test_one_is_renewed_by_its_id(subscriptions: GraphSubscriptions, tenant: Tenant) -> None:
    """A new end, and nothing else."""
    tenant.next("/subscriptions/s-1", say(200, {"id": "s-1"}))
    await subscriptions.renew("s-1")

    (asked,) = tenant.calls("/subscriptions/s-1")
    assert (asked.method, list(asked.body)) == ("PATCH", ["expirationDateTime"])


async def test_a_handshake_that_failed_is_a_refusal(subscriptions: GraphSubscriptions, tenant: Tenant) -> None:
    """Graph could not reach us."""
    tenant.next("/subscriptions", wrong(400, "InvalidRequest", "Subscription validation request failed."))

    with pytest.raises(Refused, match="validation request failed"):
        await subscriptions.subscribe(PATEL)


def test_seals_are_ours_alone() -> None:
    """They change with the secret, and fit the 128 characters Graph keeps."""
    other = Seals("another secret")

    assert SEALS.whose(SEALS.state(PATEL.upper())) == PATEL
    assert SEALS.whose(other.state(PATEL)) is None
    assert not SEALS.is_ours(other.path)
    assert len(SEALS.state(PATEL)) <= 128
