"""How connections are served: who is slow to say what they want is not waited for (threat T14).

aiohttp has no limit of its own for a request's head. Its limit for idle connections is one: it runs from the connection's
beginning, or from the last answer, until a head is complete, and bytes that drip in do not begin it anew. Its usual hour is
for a load balancer's sake; a connection closed meanwhile is opened again, and what comes just then is sent again.
"""

from __future__ import annotations

from aiohttp import web

HEADS = 30.0
"""How long a connection may stand without a complete head of a request, in seconds."""
SHUTDOWN = 10.0
"""How long what was begun may take once the server stops, in seconds."""


def runner_of(app: web.Application, heads: float = HEADS) -> web.AppRunner:
    """A runner for the application; its lines are ours to write, not the server's."""
    return web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN, keepalive_timeout=heads)
