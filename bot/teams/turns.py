"""Messages, buttons and installations as turns of botbuilder's, which is given nothing to reach the network with."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from botbuilder.core import InvokeResponse
from botbuilder.integration.aiohttp import CloudAdapter
from botbuilder.schema import Activity
from botframework.connector.auth import AuthenticateRequestResult, BotFrameworkAuthentication, ClaimsIdentity
from botframework.connector.auth.connector_factory import ConnectorFactory

from bot.ports import Doors, Said
from bot.teams.answers import Answers
from bot.teams.handler import Handler
from bot.teams.parse import Parsed
from bot.teams.reading import Ours, conversation, identifier, inner, words

_AUDIENCE = "https://api.botframework.com"
_PUBLIC = "urn:botframework:azure"
_TYPES = {kind.lower(): kind for kind in ("message", "invoke", "installationUpdate", "conversationUpdate")}
_REMEMBERED = 600.0
_MOST = 5000


class _NoClient(ConnectorFactory):  # type: ignore[misc]  # -- botbuilder has no types
    """A turn sends nothing by itself: whatever tried would find no such method."""

    async def create(self, service_url: str, audience: str) -> Any:
        return self


class _NoNetwork(BotFrameworkAuthentication):  # type: ignore[misc]  # -- botbuilder has no types
    """The gate has authenticated before the SDK is reached; nothing here may look anything up."""

    async def authenticate_request(self, activity: Activity, auth_header: str) -> AuthenticateRequestResult:
        raise NotImplementedError

    async def authenticate_streaming_request(
        self, auth_header: str, channel_id_header: str
    ) -> AuthenticateRequestResult:
        raise NotImplementedError

    def create_connector_factory(self, claims_identity: ClaimsIdentity) -> ConnectorFactory:
        return _NoClient()

    async def create_user_token_client(self, claims_identity: ClaimsIdentity) -> None:
        return None


class Turns:
    """Runs one activity through TeamsActivityHandler. OutOfReach comes through: nobody swallows errors here."""

    def __init__(self, doors: Doors, answers: Answers, ours: Ours) -> None:
        self._doors = doors
        self._answers = answers
        self._adapter = CloudAdapter(_NoNetwork())
        self._admitted = AuthenticateRequestResult()
        self._admitted.audience = _AUDIENCE
        self._admitted.caller_id = _PUBLIC
        self._admitted.claims_identity = ClaimsIdentity({"aud": ours.app_id}, True)
        self._admitted.connector_factory = _NoClient()
        self._taken: dict[tuple[str, str], float] = {}

    async def take(self, parsed: Parsed, activity: Mapping[str, Any]) -> InvokeResponse | None:
        """Run it; what an invoke is to be answered with, or None. A copy of one that is being or was taken is not run."""
        mark = (conversation(activity) or "", identifier(activity.get("id")) or "")
        # a pressed button is answered each time, and pressing twice says the same
        if isinstance(parsed.what, Said) and parsed.kind == "message" and mark[1] and not self._first(mark):
            return None
        try:
            logic = Handler(self._doors, self._answers, parsed, activity).on_turn
            return await self._adapter.process_activity(self._admitted, Activity().deserialize(bare(activity)), logic)
        except BaseException:
            # it will be delivered again, and is then to be taken
            self._taken.pop(mark, None)
            raise

    def _first(self, mark: tuple[str, str]) -> bool:
        """Teams sends a message again when we took more than 15 seconds, beside the first one."""
        now = time.monotonic()
        if now - self._taken.get(mark, -_REMEMBERED) < _REMEMBERED:
            return False
        if len(self._taken) >= _MOST:
            self._taken = {one: at for one, at in self._taken.items() if now - at < _REMEMBERED}
        self._taken[mark] = now
        return True


def bare(activity: Mapping[str, Any]) -> dict[str, Any]:
    """What the SDK has to know of an activity, and none of what it stumbles over (times, entities, values)."""
    named = {"id": "id", "name": "name", "channelid": "channelId", "serviceurl": "serviceUrl"}
    found: dict[str, Any] = {new: value for old, new in named.items() if (value := identifier(activity.get(old)))}
    found["type"] = _TYPES.get(words(activity.get("type")).lower(), "other")
    found["action"] = identifier(activity.get("action"))
    for key in ("conversation", "from", "recipient"):
        found[key] = {"id": identifier(inner(activity, key).get("id")) or ""}
    return found
