"""What stands between the Playground and the bot, both ways.

It signs, for the Playground sends no token when it has no internet and the product's gate demands real ones: so it is an
issuer like the rehearsal's, signs each activity for the service URL that the activity names, and passes it on and the answer
back, byte for byte. And it is that service URL: what the bot sends goes on to the Playground's connector, but that Teams
finds a member by object id too, and the Playground by its own id only.
"""

from __future__ import annotations

import json
import re
from typing import Any

import aiohttp
from aiohttp import web
from yarl import URL

from deploy.rehearsal.keys import CONNECTOR, Key, activity_token


class Front:
    """Listens on a port of its own; `seen` is every activity that was passed on, with the bot's status."""

    def __init__(self, session: aiohttp.ClientSession, app_id: str, bot: str) -> None:
        self._session, self._app_id, self._bot = session, app_id, bot
        self._key = Key.new()
        self._runner: web.AppRunner | None = None
        self.url = ""
        self.playground = ""
        self.seen: list[tuple[dict[str, Any], int]] = []

    async def start(self) -> None:
        """Listen."""
        app = web.Application()
        app.router.add_get("/v1/.well-known/openidconfiguration", self._document)
        app.router.add_get("/v1/.well-known/keys", self._keys)
        app.router.add_post("/api/messages", self._pass_on)
        app.router.add_route("*", "/connector/{rest:.*}", self._pass_back)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Listen no more."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _document(self, request: web.Request) -> web.Response:
        return web.json_response({"issuer": CONNECTOR, "jwks_uri": f"{self.url}/v1/.well-known/keys"})

    async def _keys(self, request: web.Request) -> web.Response:
        return web.json_response({"keys": [self._key.public(endorsements=["msteams"])]})

    async def _pass_on(self, request: web.Request) -> web.Response:
        body = await request.read()
        activity = json.loads(body)
        token = activity_token(self._key, self._app_id, str(activity.get("serviceUrl", "")))
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        async with self._session.post(f"{self._bot}/api/messages", data=body, headers=headers) as answer:
            said = await answer.read()
            self.seen.append((activity, answer.status))
            return web.Response(status=answer.status, body=said, content_type=answer.content_type)

    async def _pass_back(self, request: web.Request) -> web.Response:
        rest = re.sub(r"/members/([0-9a-f]{8}-[0-9a-f-]{27})$", r"/members/29:\1", request.rel_url.raw_path)
        target = URL(f"{self.playground}/_connector{rest.removeprefix('/connector')}", encoded=True)
        headers = {"Content-Type": "application/json"}
        body = await request.read()
        url = target.with_query(request.rel_url.query)
        async with self._session.request(request.method, url, data=body or None, headers=headers) as answer:
            said = await answer.read()
            return web.Response(status=answer.status, body=said, content_type=answer.content_type)
