"""What a browser is told: headers on every answer, and the page for parents that the Teams app names."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from html.parser import HTMLParser
from urllib.parse import urlsplit

import aiohttp
import pytest
from aiohttp import web

from bot.web.about import about
from bot.web.headers import HEADERS
from bot.web.metrics import Metrics
from bot.web.routes import Answer, make_app
from manifest.contents import developer
from tests.teams.conftest import house, issuer, teams
from tests.teams.house import House

__all__ = ["house", "issuer", "teams"]
CLOCKS = {"presence": timedelta(days=30), "alerts": timedelta(days=365), "deliveries": timedelta(days=7)}
TIERS = ("watch", "guard", "remove")


class Outline(HTMLParser):
    """Ids, links, headings and whatever could load or run."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.tags: list[str] = []
        self.language = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        self.tags.append(tag)
        self.ids |= {known["id"] or ""} if "id" in known else set()
        self.links += [known["href"] or ""] if tag == "a" else []
        self.language = known.get("lang") or self.language
        assert not {"onclick", "onload", "src", "style"} & set(known), tag


class NoInlet:
    async def take(self, authorization: str | None, read: object) -> Answer:
        raise AssertionError


@pytest.fixture
async def site() -> AsyncIterator[str]:
    """The product's web with its page, and nothing behind it."""

    async def ready() -> tuple[bool, list[str]]:
        return True, []

    page = about("Hill & <Vale> Primary", "remove", **CLOCKS)
    runner = web.AppRunner(make_app(inlet=NoInlet(), metrics=Metrics(), ready=ready, about=page), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/livez", 200),
        ("GET", "/readyz", 200),
        ("GET", "/metrics", 200),
        ("GET", "/nowhere", 404),
        ("PUT", "/api/messages", 405),
        ("POST", "/api/messages", 415),
    ],
)
async def test_every_answer_carries_the_headers(house: House, method: str, path: str, status: int) -> None:
    """Good or bad; and none says which server it is."""
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, house.url + path, data=b"x", headers={"Authorization": _token(house)}) as response,
    ):
        found = {name: response.headers.get(name) for name in HEADERS}

        assert response.status == status
        assert found == HEADERS
        assert not {"Server", "Set-Cookie"} & set(response.headers)


def _token(house: House) -> str:
    return f"Bearer {house.issuer.token(house.teams.service_url)}"


async def test_the_page_may_load_its_own_style_and_nothing_else(site: str) -> None:
    """The policy names the digest of the style in the page; no script, frame, form or picture."""
    async with aiohttp.ClientSession() as session, session.get(site + "/about") as response:
        page, headers = await response.text(), response.headers
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()

    assert response.status == 200
    assert response.content_type == "text/html"
    assert f"style-src 'sha256-{digest}'" in headers["Content-Security-Policy"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("tier", TIERS)
def test_the_manifests_links_lead_into_the_page(tier: str) -> None:
    """Website, privacy and terms, as Teams shows them, and every link of the page itself."""
    outline = Outline(about("Hill Primary", tier, **CLOCKS).body.decode())
    named = [urlsplit(url) for url in developer("https://host/about").values() if url.startswith("https:")]

    assert {url.path for url in named} == {"/about"}
    assert {url.fragment for url in named} - {""} <= outline.ids
    assert {link.removeprefix("#") for link in outline.links} <= outline.ids
    assert not {"script", "img", "iframe", "form", "link"} & set(outline.tags)
    assert outline.tags.count("h1") == 1
    assert outline.language == "en-GB"


def test_there_is_no_page_about_anybody() -> None:
    """Nothing to guess at: what can be got has no id in its path, and what is asked with one is only given to (threat T18)."""

    async def ready() -> tuple[bool, list[str]]:
        return True, []

    page, inlet = about("Hill", "remove", **CLOCKS), NoInlet()
    app = make_app(inlet=inlet, metrics=Metrics(), ready=ready, about=page, calls=inlet, notifications=inlet)
    routes = {(route.method, route.resource.canonical) for route in app.router.routes() if route.resource}

    assert {path for method, path in routes if method != "POST"} == {"/about", "/livez", "/readyz", "/metrics"}
    assert {method for method, _ in routes} == {"GET", "HEAD", "POST"}


def test_the_page_is_true_of_the_school() -> None:
    """Its name, harmless; its clocks; and only what its tier really does."""
    pages = {tier: about("Hill & <Vale>", tier, **CLOCKS).body.decode() for tier in TIERS}

    assert all("Hill &amp; &lt;Vale&gt;" in page and "<Vale>" not in page for page in pages.values())
    assert all(f"kept for {kept}" in page for page in pages.values() for kept in ("30 days", "365 days", "7 days"))
    assert ["mutes nobody" in pages[tier] for tier in TIERS] == [True, True, False]
    assert ["taken out again" in pages[tier] for tier in TIERS] == [False, False, True]
    assert ["recording" in pages[tier] for tier in TIERS] == [False, True, True]


async def test_figures_are_not_for_those_outside(site: str) -> None:
    """Whom a proxy let through finds no metrics; whoever asks us directly does."""
    found = []
    async with aiohttp.ClientSession() as session:
        for name in ("X-Forwarded-For", "Forwarded", "X-Other"):
            async with session.get(site + "/metrics", headers={name: "203.0.113.7"}) as response:
                found.append(response.status)

    assert found == [404, 404, 200]


async def test_what_is_no_http_is_turned_away(site: str) -> None:
    """And the connection with it; nothing that was sent comes back as a page."""
    host, port = urlsplit(site).hostname, urlsplit(site).port
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(b"GET /about HTTP/1.1\r\nHost: x\r\nContent-Length: <b>Zuleika</b>\r\n\r\n")
    await writer.drain()
    answer = await reader.read()
    writer.close()

    assert answer.startswith(b"HTTP/1.")
    assert b" 400 " in answer.splitlines()[0]
    assert b"text/html" not in answer
