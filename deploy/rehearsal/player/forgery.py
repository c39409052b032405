"""A press of a button that its presser was never shown, as a tampered Teams client would send it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from deploy.rehearsal.player.cast import Cast
from deploy.rehearsal.player.onlooker import Sight
from deploy.rehearsal.player.steps import Press, Raw


def forged(step: Press, shown: Sight, cast: Cast, told: dict[str, Any]) -> Raw:
    """The whole activity: well signed, truly from the presser, about a card that was shown to somebody else."""
    oid = cast.oid(step.who)
    activity = {
        "type": "invoke",
        "name": "adaptiveCard/action",
        "id": f"f:{uuid4()}",
        "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "channelId": "msteams",
        "serviceUrl": told["service_url"],
        "from": {"id": told["mris"][oid], "name": step.who, "aadObjectId": oid},
        "conversation": {
            "isGroup": True,
            "conversationType": "groupChat",
            "tenantId": cast.tenant,
            "id": cast.thread(cast.lesson.meeting[0].name),
        },
        "recipient": {"id": f"28:{cast.app_id}", "name": "Schoolgate"},
        "channelData": {"tenant": {"id": cast.tenant}},
        "replyToId": shown.id,
        "value": {"action": _action(shown.card, step.button), "trigger": "manual"},
    }
    return Raw(at=step.at, act="raw", activity=activity)


def _action(card: dict[str, Any] | None, title: str) -> dict[str, Any]:
    found = next((part for part in _parts(card) if part.get("title") == title), {})
    return {key: found[key] for key in ("type", "title", "verb", "data") if key in found}


def _parts(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _parts(each)
