"""The bot's own token, from an Entra of our own over HTTPS."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import trustme
from aiohttp import web

from bot.ports import OutOfReach
from bot.teams.tokens import Tokens
from tests.teams.issuer import APP_ID, TENANT


@dataclass
class Entra:
    """A token endpoint. `life` is how long its tokens last, `down` answers 500."""

    life: int = 3600
    down: bool = False
    asked: list[dict[str, str]] = field(default_factory=list)
    url: str = ""
    ca: str = ""
    new: asyncio.Event = field(default_factory=asyncio.Event)

    async def token(self, request: web.Request) -> web.Response:
        self.asked.append({key: str(value) for key, value in (await request.post()).items()})
        await asyncio.sleep(0.02)
        self.new.set()
        if self.down:
            return web.json_response({"error": "server_error"}, status=500)
        made = f"token-{len(self.asked)}"
        return web.json_response({"token_type": "Bearer", "expires_in": self.life, "access_token": made})


@pytest.fixture
async def entra(tmp_path: Path) -> AsyncIterator[Entra]:
    """Listening, with a certificate of its own authority."""
    made, authority = Entra(), trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    app = web.Application()
    app.router.add_post(f"/{TENANT}/oauth2/v2.0/token", made.token)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    made.url = f"https://127.0.0.1:{runner.addresses[0][1]}"
    made.ca = str(tmp_path / "ca.pem")
    yield made
    await runner.cleanup()


@pytest.fixture
async def tokens(entra: Entra) -> AsyncIterator[Tokens]:
    """The product's own."""
    made = Tokens(TENANT, APP_ID, "hush", authority=entra.url, ca_file=entra.ca)
    yield made
    await made.aclose()


async def test_one_token_does_for_all(entra: Entra, tokens: Tokens) -> None:
    """Asked for once, for the Connector, also when many want it at once."""
    found = await asyncio.gather(*(tokens.token() for _ in range(5)))

    assert found == ["token-1"] * 5
    assert [one["scope"] for one in entra.asked] == ["https://api.botframework.com/.default"]
    assert tokens.expires_in > 3000


async def test_a_token_that_was_not_accepted_is_not_given_again(entra: Entra, tokens: Tokens) -> None:
    """azure-identity remembers it, and would."""
    old = await tokens.token()
    tokens.forget(old)

    assert await tokens.token() == "token-2"


async def test_entra_out_of_reach_is_no_crash_and_recovers(entra: Entra, tokens: Tokens) -> None:
    """The sending is tried again later."""
    entra.down = True
    with pytest.raises(OutOfReach):
        await tokens.token()
    entra.down = False

    assert await tokens.token() == "token-2"


async def test_an_old_token_is_renewed_while_it_is_used(entra: Entra, tokens: Tokens) -> None:
    """Nobody waits for the new one, and the old one still does if Entra is down then."""
    await tokens.token()
    tokens._renew_at = 0.0
    entra.down = True
    entra.new.clear()

    assert await tokens.token() == "token-1"
    await asyncio.wait_for(entra.new.wait(), 5)
    assert await tokens.token() == "token-1"
