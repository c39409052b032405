"""A bot that knows no rule: it does at each join what its lesson's name says. For the player's tests only."""

import json
import os
import ssl
import sys
import tomllib
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

SCHOOL_FILE = Path(os.environ["SCHOOL_FILE"])
SCRIPT = SCHOOL_FILE.parent.name
CHANNEL = tomllib.loads(SCHOOL_FILE.read_text(encoding="utf-8"))["channels"]["safeguarding"]


def say(what: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


async def token(session: aiohttp.ClientSession) -> str:
    url = f"{os.environ['ENTRA_AUTHORITY_URL']}/{os.environ['BOT_TENANT_ID']}/oauth2/v2.0/token"
    form = {
        "grant_type": "client_credentials",
        "client_id": os.environ["BOT_APP_ID"],
        "client_secret": os.environ["BOT_APP_PASSWORD"],
        "scope": "https://api.botframework.com/.default",
    }
    async with session.post(url, data=form) as answer:
        return str((await answer.json())["access_token"])


async def tell(activity: dict[str, Any], chat: str) -> None:
    """Post one line in a chat."""
    context = ssl.create_default_context(cafile=os.environ["SSL_CERT_FILE"])
    connector = aiohttp.TCPConnector(ssl=context)
    async with aiohttp.ClientSession(connector=connector, raise_for_status=True) as session:
        headers = {"Authorization": f"Bearer {await token(session)}"}
        url = f"{activity['serviceUrl'].rstrip('/')}/v3/conversations/{chat}/activities"
        body = {
            "type": "message",
            "text": "Somebody joined",
            "from": {"id": f"28:{os.environ['BOT_APP_ID']}"},
        }
        async with session.post(url, json=body, headers=headers):
            say({"event": "done", "action": "tell", "to": chat})


async def messages(request: web.Request) -> web.Response:
    activity = await request.json()
    if "Join" not in activity.get("name", ""):
        return web.Response(status=202)
    if SCRIPT == "die":
        os._exit(7)
    if SCRIPT == "leak":
        say(activity["value"])
    if SCRIPT in ("tell", "chat", "press"):
        here = activity["conversation"]["id"]
        await tell(activity, here if SCRIPT == "chat" else CHANNEL)
    return web.Response(status=202)


async def ready(_: web.Request) -> web.Response:
    return web.Response(text="ready")


if __name__ == "__main__":
    if SCRIPT == "unready":
        sys.exit("cannot start today")
    app = web.Application()
    app.add_routes([web.post("/api/messages", messages), web.get("/readyz", ready)])
    web.run_app(app, host="127.0.0.1", port=int(os.environ["PORT"]), print=None)
