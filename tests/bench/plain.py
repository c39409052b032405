"""The peer: a Bot Framework handler as its documentation has it, doing the same job in memory.

Settings go in by the documented configuration object; only the OpenID document differs from the public cloud's. Who is
who and who is invited, it reads from a file, so that it asks nobody anything either. With BENCH_MICROSOFT it has hands too.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from pathlib import Path
from typing import Any

from aiohttp import web
from botbuilder.core import TurnContext
from botbuilder.core.teams import TeamsActivityHandler
from botbuilder.integration.aiohttp import CloudAdapter, ConfigurationBotFrameworkAuthentication

from tests.bench.plain_hands import Hands


class Configuration:
    """As in the samples' config.py."""

    APP_ID = os.environ["BOT_APP_ID"]
    APP_PASSWORD = os.environ["BOT_APP_PASSWORD"]
    APP_TYPE = "SingleTenant"
    APP_TENANTID = os.environ["BOT_TENANT_ID"]
    TO_CHANNEL_FROM_BOT_LOGIN_URL = f"https://login.microsoftonline.com/{APP_TENANTID}"
    TO_CHANNEL_FROM_BOT_OAUTH_SCOPE = "https://api.botframework.com"
    TO_BOT_FROM_CHANNEL_TOKEN_ISSUER = "https://api.botframework.com"
    OAUTH_URL = "https://token.botframework.com"
    TO_BOT_FROM_CHANNEL_OPENID_METADATA_URL = os.environ["BOT_OPENID_METADATA_URL"]
    TO_BOT_FROM_EMULATOR_OPENID_METADATA_URL = os.environ["BOT_OPENID_METADATA_URL"]


class Watcher(TeamsActivityHandler):
    """Who is there, who is alone, who was not invited."""

    def __init__(self, staff: set[str], invited: dict[str, set[str]], hands: Hands | None) -> None:
        self._staff, self._invited, self._hands = staff, invited, hands
        self._there: dict[str, set[str]] = defaultdict(set)
        self.alone: dict[str, str] = {}
        self.uninvited: set[tuple[str, str]] = set()
        self.joined = 0

    async def on_teams_meeting_start_event(self, _meeting: Any, turn_context: TurnContext) -> None:
        if self._hands:
            activity = turn_context.activity
            await self._hands.join(activity.conversation.id, activity.from_property.aad_object_id)

    async def on_teams_meeting_participants_join_event(self, meeting: Any, turn_context: TurnContext) -> None:
        thread = turn_context.activity.conversation.id
        for oid in _oids(meeting):
            self.joined += 1
            self._there[thread].add(oid)
            if oid not in self._staff and oid not in self._invited.get(thread, ()):
                self.uninvited.add((thread, oid))
                if self._hands:
                    await self._hands.remove(thread, oid)
        self._judge(thread)

    async def on_teams_meeting_participants_leave_event(self, meeting: Any, turn_context: TurnContext) -> None:
        thread = turn_context.activity.conversation.id
        self._there[thread].difference_update(_oids(meeting))
        self._judge(thread)

    async def on_teams_meeting_end_event(self, _meeting: Any, turn_context: TurnContext) -> None:
        self._there.pop(turn_context.activity.conversation.id, None)

    def _judge(self, thread: str) -> None:
        pupils = self._there[thread] - self._staff
        if len(pupils) == 1:
            self.alone[thread] = next(iter(pupils))
        else:
            self.alone.pop(thread, None)


def _oids(meeting: Any) -> list[str]:
    return [member["user"]["aadObjectId"] for member in meeting["members"]]


def make_app(world: dict[str, Any]) -> web.Application:
    adapter = CloudAdapter(ConfigurationBotFrameworkAuthentication(Configuration()))
    hands = Hands() if os.environ.get("BENCH_MICROSOFT") else None
    bot = Watcher(set(world["staff"]), {thread: set(oids) for thread, oids in world["invited"].items()}, hands)

    async def messages(request: web.Request) -> web.Response | None:
        return await adapter.process(request, bot)

    async def report(_request: web.Request) -> web.Response:
        return web.json_response({"joined": bot.joined, "uninvited": sorted(bot.uninvited), "alone": bot.alone})

    async def close(_app: web.Application) -> None:
        if hands:
            await hands.aclose()

    app = web.Application()
    app.on_cleanup.append(close)
    app.router.add_post("/api/messages", messages)
    app.router.add_get("/readyz", report)
    return app


def main() -> None:
    world = json.loads(Path(os.environ["BENCH_WORLD"]).read_text(encoding="utf-8"))
    web.run_app(make_app(world), host="127.0.0.1", port=int(os.environ["PORT"]), access_log=None, print=None)


if __name__ == "__main__":
    main()
