"""The floor: as little as one can do and still look at the token. Bare aiohttp and PyJWT; nothing is kept or judged."""

from __future__ import annotations

import json
import os
from typing import Any

import aiohttp
import jwt
from aiohttp import web

from tests.bench.issuer import ISSUER

APP_ID = os.environ["BOT_APP_ID"]
METADATA = os.environ["BOT_OPENID_METADATA_URL"]
taken = {"joined": 0}
keys: dict[str, Any] = {}


async def fetch_keys(_app: web.Application) -> None:
    async with aiohttp.ClientSession() as session, session.get(METADATA) as answer:
        where = (await answer.json())["jwks_uri"]
        async with session.get(where) as found:
            keys.update({key["kid"]: jwt.PyJWK(key).key for key in (await found.json())["keys"]})


async def messages(request: web.Request) -> web.Response:
    try:
        token = request.headers["Authorization"].removeprefix("Bearer ")
        key = keys[jwt.get_unverified_header(token)["kid"]]
        claims = jwt.decode(token, key, ["RS256"], audience=APP_ID, issuer=ISSUER)
    except (KeyError, jwt.InvalidTokenError):
        return web.Response(status=401)
    activity = json.loads(await request.read())
    if claims["serviceurl"] != activity["serviceUrl"]:
        return web.Response(status=401)
    if activity["name"].strip().endswith("ParticipantJoin"):
        taken["joined"] += len(activity["value"]["members"])
    return web.Response(status=200)


async def report(_request: web.Request) -> web.Response:
    return web.json_response(taken)


def main() -> None:
    app = web.Application()
    app.on_startup.append(fetch_keys)
    app.router.add_post("/api/messages", messages)
    app.router.add_get("/readyz", report)
    web.run_app(app, host="127.0.0.1", port=int(os.environ["PORT"]), access_log=None, print=None)


if __name__ == "__main__":
    main()
