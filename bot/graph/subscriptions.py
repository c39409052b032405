"""Being told by Graph when a calendar changes: one subscription for each member of staff, and what is posted for it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from bot.events import PersonKey, account
from bot.graph.client import Graph, Json, asking
from bot.graph.permissions import Call
from bot.graph.plain import identifier, lowered, objects
from bot.graph.sdk import Subscription
from bot.ports import Job, OutOfReach, Standing

LASTING = timedelta(days=6)
"""Graph lets a calendar's subscription live for seven days at most."""

_MOST, _MOST_NOTICES = 5000, 1000
_GONE = ("subscriptionremoved", "reauthorizationrequired")


class Seals:
    """What only we can have made, and so only Graph can send back: the end of the path it posts to, and each clientState.

    Nothing is stored: both are made from the app's own secret, and change with it.
    """

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self.path = self._seal("notifications")

    def _seal(self, what: str) -> str:
        return hmac.new(self._secret, what.encode(), hashlib.sha256).hexdigest()[:32]

    def state(self, oid: str) -> str:
        """The clientState of somebody's subscription."""
        return f"{oid.lower()}.{self._seal(f'calendar {oid.lower()}')}"

    def whose(self, state: str) -> str | None:
        """The object id in a clientState of ours; None for any other."""
        oid = state.partition(".")[0]
        return oid if hmac.compare_digest(self.state(oid).encode(), state.encode()) else None

    def is_ours(self, path: str) -> bool:
        """Whether this is the end of our path."""
        return hmac.compare_digest(self.path.encode(), path.encode())


class GraphSubscriptions:
    """The `Subscriptions` port over Graph. `url` is where Graph is to post, our seal at its end."""

    def __init__(self, graph: Graph, url: str, seals: Seals) -> None:
        self._graph = graph
        self._url = url
        self._seals = seals

    async def standing(self) -> Mapping[PersonKey, Standing]:
        """Those that post to us, as Graph has them; of two for one calendar the longer."""
        found, complete = await self._graph.every(
            Call.SUBSCRIPTIONS, lambda client: client.subscriptions, asking(), most=_MOST
        )
        if not complete:
            raise OutOfReach(f"{Call.SUBSCRIPTIONS}: more than {_MOST}")
        now, standing = datetime.now(UTC), dict[PersonKey, Standing]()
        for one in found:
            person, left = _whose_calendar(one), _left(one, now)
            if one.get("notificationUrl") != self._url or person is None or left <= timedelta(0):
                continue
            if person not in standing or standing[person].left < left:
                standing[person] = Standing(id=str(one.get("id")), left=left)
        return standing

    async def subscribe(self, oid: str) -> None:
        """Ask to be told. Graph posts a handshake first, so we must be listening by now."""
        body: dict[str, Any] = {
            "changeType": "created,updated,deleted",
            "notificationUrl": self._url,
            "lifecycleNotificationUrl": self._url,
            "resource": f"/users/{oid}/events",
            "expirationDateTime": _until(),
            "clientState": self._seals.state(oid),
        }
        wanted = Subscription(additional_data=body)
        await self._graph.tell(Call.SUBSCRIBE, lambda client: client.subscriptions.to_post_request_information(wanted))

    async def renew(self, subscription: str) -> None:
        """Let it live on."""
        wanted = Subscription(additional_data={"expirationDateTime": _until()})
        await self._graph.tell(
            Call.RENEW,
            lambda client: client.subscriptions.by_subscription_id(subscription).to_patch_request_information(wanted),
            once=False,
        )


def changed(body: bytes, seals: Seals, tenant: str) -> tuple[Job, ...]:
    """What a body of notices asks of us: `replan` for each calendar that changed, or of which notices were missed, and
    `resubscribe` where a subscription is no more. ValueError where it is no JSON; a notice with another clientState than
    ours, or of another tenant, is left out.

    What a notice says of the event is not believed: it only makes us read the calendar (reliability facts, 1.7).
    """
    said = lowered(orjson.loads(body))
    notices = objects(said.get("value") if isinstance(said, dict) else None)[:_MOST_NOTICES]
    near = [one for one in notices if str(one.get("tenantid") or tenant).casefold() == tenant.casefold()]
    ours = [(seals.whose(identifier(one.get("clientstate")) or ""), one) for one in near]
    gone = any(oid and str(one.get("lifecycleevent")).casefold() in _GONE for oid, one in ours)
    replans = [Job(kind="replan", person=account(oid)) for oid in sorted({oid for oid, _ in ours if oid})]
    return (*replans, *([Job(kind="resubscribe")] if gone else []))


def _until() -> str:
    return f"{datetime.now(UTC) + LASTING:%Y-%m-%dT%H:%M:%SZ}"


def _whose_calendar(one: Json) -> PersonKey | None:
    parts = str(one.get("resource") or "").strip("/").split("/")
    is_calendar = len(parts) == 3 and parts[0].casefold() == "users" and parts[2].casefold() == "events"
    return account(parts[1]) if is_calendar else None


def _left(one: Json, now: datetime) -> timedelta:
    try:
        ends = datetime.fromisoformat(str(one.get("expirationDateTime")))
    except ValueError:
        return timedelta(0)
    return (ends if ends.tzinfo else ends.replace(tzinfo=UTC)) - now
