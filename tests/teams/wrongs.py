"""Every way of being wrong at the gate, and what it is answered."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import jwt

from tests.teams.house import House
from tests.teams.issuer import APP_ID, GONE, ISSUER, TENANT

OTHER = "33333333-3333-4333-8333-333333333333"
Token = Callable[[House], str | None]
INSIDES = ("Traceback", "bot/", ".py", "Error", "aiohttp", "jwt", "signature", "issuer", "audience", "key")


@dataclass
class Row:
    """One way of being wrong. `token` makes the whole header; `claims` change a good token; `change` a good activity."""

    name: str
    status: int
    token: Token | None = None
    claims: dict[str, Any] = field(default_factory=dict)
    change: Callable[[dict[str, Any], House], Any] | None = None
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)


def bearer(**how: Any) -> Token:
    """A token made when it is used: `later` times count from then."""

    def made(house: House) -> str:
        claims = {name: value() if isinstance(value, partial) else value for name, value in how.items()}
        return f"Bearer {house.issuer.token(house.teams.service_url, **claims)}"

    return made


def now(seconds: int) -> int:
    return int(time.time()) + seconds


def later(seconds: int) -> partial[int]:
    """A time that counts from the moment the token is made, for tables that are made long before."""
    return partial(now, seconds)


def unsigned(house: House) -> str:
    claims = {"iss": ISSUER, "aud": APP_ID, "serviceurl": house.teams.service_url, "nbf": now(-60), "exp": now(3600)}
    return f"Bearer {jwt.encode(claims, None, 'none', {'kid': 'one'})}"


def signed_with_the_public_key(house: House) -> str:
    """HS256, with the published key taken for the shared secret."""
    import hashlib
    import hmac

    head = {"alg": "HS256", "typ": "JWT", "kid": "one"}
    claims = {"iss": ISSUER, "aud": APP_ID, "serviceurl": house.teams.service_url, "nbf": now(-60), "exp": now(3600)}
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (head, claims)]
    signature = hmac.new(house.issuer.pem(), b".".join(parts), hashlib.sha256).digest()
    return f"Bearer {b'.'.join([*parts, base64.urlsafe_b64encode(signature).rstrip(b'=')]).decode()}"


def tampered(house: House) -> str:
    head, _, signature = house.issuer.token(house.teams.service_url, aud="x").split(".")
    _, good, _ = house.issuer.token(house.teams.service_url).split(".")
    return f"Bearer {head}.{good}.{signature}"


def at(*path: str, to: Any) -> Callable[[dict[str, Any], House], None]:
    """Set (or with GONE remove) a field of the activity."""

    def change(activity: dict[str, Any], _house: House) -> None:
        for key in path[:-1]:
            activity = activity[key]
        if to is GONE:
            del activity[path[-1]]
        else:
            activity[path[-1]] = to

    return change


def serviced(url: str) -> Row:
    """Named the same by token and activity, and yet not the Connector."""
    return Row(
        f"service url {url}", 403, lambda house: f"Bearer {house.issuer.token(url)}", change=at("serviceUrl", to=url)
    )


def lookalike(house: House) -> str:
    return house.teams.url.replace("127.0.0.1", "127.0.0.1.evil.example") + "/teams/"


ROWS = [
    Row("no token", 401, lambda house: None),
    Row("empty header", 401, lambda house: " "),
    Row("garbage", 401, lambda house: "Bearer x"),
    Row("garbage with dots", 401, lambda house: "Bearer a.b.c"),
    Row("not ascii", 401, lambda house: "Bearer é.é.é"),
    Row("only the word", 401, lambda house: "Bearer"),
    Row("lower-case bearer", 401, lambda house: (bearer()(house) or "").replace("Bearer", "bearer")),
    Row("two spaces", 401, lambda house: (bearer()(house) or "").replace("Bearer ", "Bearer  ")),
    Row("basic", 401, lambda house: "Basic dXNlcjpwYXNz"),
    Row("another key under a known id", 401, bearer(signed_by="two")),
    Row("unknown kid", 401, bearer(kid="two")),
    Row("no kid", 401, bearer(kid=None)),
    Row("alg none", 401, unsigned),
    Row("HS256 with the public key", 401, signed_with_the_public_key),
    Row("tampered", 401, tampered),
    Row("expired", 401, claims={"exp": later(-301)}),
    Row("not yet valid", 401, claims={"nbf": later(400)}),
    Row("beginning at no time", 401, claims={"nbf": "soon"}),
    Row("no exp", 401, claims={"exp": GONE}),
    Row("exp is no number", 401, claims={"exp": "soon"}),
    Row("no nbf", 401, claims={"nbf": GONE}),
    Row("wrong issuer", 401, claims={"iss": "https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/"}),
    Row(
        "a tab's token",
        401,
        claims={"iss": f"https://login.microsoftonline.com/{TENANT}/v2.0", "aud": f"api://{APP_ID}"},
    ),
    Row("a tab's token for the bot's own id", 401, claims={"iss": f"https://login.microsoftonline.com/{TENANT}/v2.0"}),
    Row("no issuer", 401, claims={"iss": GONE}),
    Row("wrong audience", 401, claims={"aud": OTHER}),
    Row("audience is a list", 401, claims={"aud": [APP_ID]}),
    Row("no audience", 401, claims={"aud": GONE}),
    Row("no serviceurl claim", 401, claims={"serviceurl": GONE}),
    Row("serviceurl claim is no text", 401, claims={"serviceurl": 7}),
    Row("serviceurl differs", 403, claims={"serviceurl": "https://smba.trafficmanager.net/uk/"}),
    Row("activity without serviceUrl", 403, change=at("serviceUrl", to=GONE)),
    serviced("https://evil.example/teams/"),
    serviced("http://169.254.169.254/teams/"),
    serviced("https://smba.trafficmanager.net@evil.example/"),
    serviced("http://127.0.0.1:9/teams/"),
    Row(
        "look-alike host",
        403,
        lambda house: f"Bearer {house.issuer.token(lookalike(house))}",
        change=lambda activity, house: activity.update(serviceUrl=lookalike(house)),
    ),
    Row("foreign tenant", 403, change=at("channelData", "tenant", "id", to=OTHER)),
    Row("foreign tenant of the conversation", 403, change=at("conversation", "tenantId", to=OTHER)),
    Row(
        "no tenant",
        403,
        change=lambda activity, house: (activity.pop("channelData"), activity["conversation"].pop("tenantId")),
    ),
    Row("other channel", 403, change=at("channelId", to="webchat")),
    Row("no channel", 403, change=at("channelId", to=GONE)),
    Row("key without endorsement", 403, bearer(kid="other-channel")),
    Row("not JSON", 400, body=b"{"),
    Row("empty body", 400, body=b""),
    Row("not UTF-8", 400, body=b'{"type":"\xff"}'),
    Row("half a surrogate", 400, body=b'{"type":"\\ud800"}'),
    Row("a list", 400, body=b"[]"),
    Row("a text", 400, body=b'"event"'),
    Row("null", 400, body=b"null"),
    Row("too deep", 400, change=at("value", to=json.loads("[" * 32 + "]" * 32))),
    Row("too deep in a field we do not read", 400, change=at("x", to=json.loads('{"a":' * 40 + "1" + "}" * 40))),
    Row("much too deep", 400, body=b"[" * 60_000),
    Row("much too deep and closed", 400, body=b'{"a":' * 20_000 + b"1" + b"}" * 20_000),
    Row("type is a number", 400, change=at("type", to=1)),
    Row("type is missing", 400, change=at("type", to=GONE)),
    Row("channelId is a list", 400, change=at("channelId", to=["msteams"])),
    Row("serviceUrl is an object", 400, change=at("serviceUrl", to={})),
    Row("channelData is a text", 400, change=at("channelData", to="x")),
    Row("tenant is a text", 400, change=at("channelData", "tenant", to="x")),
    Row("conversation is a list", 400, change=at("conversation", to=[])),
    Row("too large", 413, body=b'{"a":"' + b"x" * (128 * 1024) + b'"}'),
    Row("form", 415, headers={"Content-Type": "application/x-www-form-urlencoded"}),
    Row("plain text", 415, headers={"Content-Type": "text/plain"}),
]


async def spoken(house: House, head: str, body: bytes) -> tuple[int, float]:
    """Speak HTTP by hand: the status, and when it came. The connection is left open by us."""
    host, port = house.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        start = f"POST /api/messages HTTP/1.1\r\nHost: bot\r\nContent-Type: application/json\r\n{head}\r\n\r\n"
        writer.write(start.encode() + body)
        line = await asyncio.wait_for(reader.readline(), 5)
        return int(line.split()[1]), time.perf_counter()
    finally:
        writer.close()
