"""The plain handler's hands: it joins the call, looks a stranger up, finds them in the roster and removes them, by aiohttp."""

from __future__ import annotations

import asyncio
import os
import ssl
from typing import Any

import aiohttp

GRAPH = "https://graph.microsoft.com/.default"
G = "#microsoft.graph."


class Hands:
    """Graph at BENCH_MICROSOFT: one session, and one token for as long as the bench lasts."""

    def __init__(self) -> None:
        self._origin, self._tenant = os.environ["BENCH_MICROSOFT"], os.environ["BOT_TENANT_ID"]
        self._session: aiohttp.ClientSession | None = None
        self._first = asyncio.Lock()
        self._headers: dict[str, str] = {}
        self._calls: dict[str, str] = {}

    async def join(self, thread: str, organizer: str) -> None:
        """Join the call of a meeting that begins."""
        call = {
            "@odata.type": f"{G}call",
            "callbackUri": "http://127.0.0.1:9/calls",
            "tenantId": self._tenant,
            "requestedModalities": ["audio"],
            "mediaConfig": {"@odata.type": f"{G}serviceHostedMediaConfig"},
            "chatInfo": {"@odata.type": f"{G}chatInfo", "threadId": thread, "messageId": "0"},
            "meetingInfo": {
                "@odata.type": f"{G}organizerMeetingInfo",
                "organizer": {"user": {"id": organizer, "tenantId": self._tenant}},
            },
        }
        self._calls[thread] = (await self._ask("POST", "communications/calls", call))["id"]

    async def remove(self, thread: str, oid: str) -> None:
        """Look them up, find their seats and delete these; Graph may show a seat a little later than Teams tells of it."""
        await self._ask("GET", f"users/{oid}?$select=id,displayName,userType,accountEnabled")
        participants = f"communications/calls/{self._calls[thread]}/participants"
        for _ in range(10):
            seats = [one["id"] for one in (await self._ask("GET", participants))["value"] if _of(one) == oid]
            for seat in seats:
                await self._ask("DELETE", f"{participants}/{seat}")
            if seats:
                return
            await asyncio.sleep(0.05)

    async def aclose(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def _ask(self, method: str, path: str, body: Any = None) -> Any:
        session = await self._open()
        async with session.request(method, f"{self._origin}/v1.0/{path}", json=body, headers=self._headers) as answer:
            answer.raise_for_status()
            return await answer.json() if answer.status != 204 else None

    async def _open(self) -> aiohttp.ClientSession:
        async with self._first:
            if self._session is None:
                context = ssl.create_default_context(cafile=os.environ["SSL_CERT_FILE"])
                self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context))
                form = {
                    "grant_type": "client_credentials",
                    "client_id": os.environ["BOT_APP_ID"],
                    "client_secret": os.environ["BOT_APP_PASSWORD"],
                    "scope": GRAPH,
                }
                url = f"{self._origin}/{self._tenant}/oauth2/v2.0/token"
                async with self._session.post(url, data=form) as answer:
                    self._headers["Authorization"] = f"Bearer {(await answer.json())['access_token']}"
            return self._session


def _of(participant: Any) -> str | None:
    user = participant["info"]["identity"].get("user")
    return user["id"] if user else None
