"""All tenants of one rehearsal, and what they share."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from aiohttp import web

from deploy.rehearsal.deliver import Post
from deploy.rehearsal.keys import Key
from deploy.rehearsal.tenant import Tenant

MOST_TENANTS = 200
SLOW = 30.0


@dataclass(eq=False)
class World:
    origin: str
    post: Post
    bot_key: Key
    entra_key: Key
    calling_key: Key
    tenants: dict[str, Tenant] = field(default_factory=dict)


async def slowly(request: web.Request) -> None:
    """Half a minute's wait; a call whose caller gave up meanwhile is not carried out."""
    await asyncio.sleep(SLOW)
    if request.transport is None or request.transport.is_closing():
        raise web.HTTPGatewayTimeout
