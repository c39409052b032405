"""One school, its bot, the front that signs, and the Playground with a browser in front of it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Page, async_playwright

from deploy.rehearsal.player.bot import Bot
from deploy.rehearsal.player.cast import Cast
from deploy.rehearsal.player.control import Control
from deploy.rehearsal.player.house import House, open_house
from deploy.rehearsal.player.lesson import Lesson
from deploy.rehearsal.player.process import Child, free_port
from tests.clients.playground.front import Front

HERE = Path(__file__).parent
CLI = HERE.parent / "node_modules" / "@microsoft" / "m365agentsplayground" / "cli.js"
PICTURES = HERE.parents[2] / "build" / "playground"
TEACHER, PUPIL, OTHER = "Ms Patel", "Zuleika Farrow", "Hamza Whitlock"
LESSON = {
    "title": "In the Playground",
    "shows": "Schoolgate in Microsoft's own client.",
    "people": {
        TEACHER: {"is": "staff", "in": ["safeguarding_leads", "clt"]},
        "Mrs Okonkwo": {"is": "staff", "in": ["head"]},
        PUPIL: {"is": "pupil", "class": "3B"},
        OTHER: {"is": "pupil", "class": "3B"},
        "Tamsin Oyelaran": {"is": "pupil", "class": "3B"},
        "Nadia Brookes": {"is": "pupil", "class": "3B"},
    },
    "meeting": [{"name": "3B Maths", "organizer": TEACHER, "invited": ["class 3B"]}],
    "script": [{"at": 0, "act": "start"}],
    "school_toml": {"school": {"settle": "1s"}, "lone_pupil": {"grace": "2s", "leaving_grace": "2s"}},
}
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]


@dataclass(kw_only=True)
class Playground:
    """The page, and the ways to speak as Teams itself."""

    page: Page
    cast: Cast
    front: Front
    session: aiohttp.ClientSession
    url: str

    @property
    def service_url(self) -> str:
        """Where the bot is to speak to the Playground's connector."""
        return f"{self.front.url}/connector"

    @property
    def thread(self) -> str:
        """The lesson's chat."""
        return self.cast.thread("3B Maths")

    def mri(self, name: str) -> str:
        """A person as the Playground calls them."""
        return f"29:{self.cast.oid(name)}"

    async def happens(self, event: str, *who: str) -> None:
        """Teams tells a meeting event: `MeetingStart`, `MeetingParticipantJoin`, `MeetingParticipantLeave`."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        members = [
            {
                "user": {"id": self.mri(name), "name": name, "aadObjectId": self.cast.oid(name)},
                "meeting": {"inMeeting": event.endswith("Join"), "role": "Attendee"},
            }
            for name in who
        ]
        value = {"members": members} if members else {"MeetingType": "Scheduled", "StartTime": now, "Title": "3B Maths"}
        activity = {
            "type": "event",
            "name": f"application/vnd.microsoft.{event[0].lower()}{event[1:]}",
            "timestamp": now,
            "channelId": "msteams",
            "serviceUrl": self.service_url,
            "from": {"id": self.mri(TEACHER), "aadObjectId": self.cast.oid(TEACHER)},
            "recipient": {"id": f"28:{self.cast.app_id}"},
            "conversation": {
                "id": self.thread,
                "conversationType": "groupChat",
                "isGroup": True,
                "tenantId": self.cast.tenant,
            },
            "channelData": {"tenant": {"id": self.cast.tenant}, "meeting": {"id": "MCMxOTptZWV0aW5n"}},
            "value": value,
        }
        async with self.session.post(f"{self.url}/_internal/v1/customActivities", json=activity) as answer:
            assert answer.status == 200

    async def open(self, chat: str) -> None:
        """Go to a chat of the page."""
        await self.page.get_by_role("treeitem", name=chat).first.click()

    async def says(self, words: str) -> None:
        """The current user writes to the bot, mentioning it as one does."""
        box = self.page.get_by_role("textbox").last
        await box.click()
        await self.page.keyboard.type("@S")
        await self.page.get_by_role("menuitem", name="Schoolgate").first.click()
        await self.page.keyboard.type(words)
        await self.page.keyboard.press("Enter")

    async def chooses(self, label: str, what: str) -> None:
        """The current user opens a list of the newest card and takes one thing of it."""
        await self.page.get_by_role("combobox", name=label).last.click()
        await self.page.get_by_role("option", name=what).last.click()

    async def picture(self, name: str) -> None:
        """Keep what the page shows, for eyes."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        await self.page.screenshot(path=PICTURES / f"{name}.png")


def settings(cast: Cast) -> dict[str, Any]:
    """The Playground's own file (JSON is YAML): the school's people and places under the school's ids."""
    users = [
        {
            "id": f"29:{cast.oid(name)}",
            "name": name,
            "userPrincipleName": f"{name.split()[-1].lower()}@school.example",
            "aadObjectId": cast.oid(name),
            "givenName": name.split()[0],
            "surname": name.split()[-1],
            "email": f"{name.split()[-1].lower()}@school.example",
        }
        for name in cast.lesson.people
    ]
    return {
        "version": "0.1.0",
        "tenantId": cast.tenant,
        "bot": {"id": f"28:{cast.app_id}", "name": "Schoolgate"},
        "currentUser": users[0],
        "users": users[1:],
        "personalChat": {"id": "a:personal"},
        "groupChat": {"id": cast.thread("3B Maths"), "name": "3B Maths"},
        "team": {
            "id": "19:team@thread.tacv2",
            "name": "Safeguarding",
            "aadGroupId": cast.group("head"),
            "channels": [{"id": cast.channel, "name": "Alerts"}],
        },
    }


def folder_of(cast: Cast, folder: Path) -> Path:
    """Where the Playground starts: it reads its file there."""
    folder.mkdir()
    (folder / ".m365agentsplayground.yml").write_text(json.dumps(settings(cast)), encoding="utf-8")
    return folder


async def started(house: House, folder: Path, front: Front, port: int) -> Child:
    """The Playground, answering."""
    command = ["node", str(CLI), "start", "-e", f"{front.url}/api/messages", "-c", "msteams", "-p", str(port)]
    command += ["--service-url", f"{front.url}/connector", "--disable-telemetry"]
    child = await Child.start("the Playground", command, folder=folder)
    front.playground = f"http://localhost:{port}"
    async with asyncio.timeout(60):
        while True:
            child.check()
            with contextlib.suppress(aiohttp.ClientError):
                async with house.session.get(f"http://localhost:{port}/_debug/ping") as answer:
                    if answer.status == 200:
                        return child
            await asyncio.sleep(0.1)


@pytest.fixture
async def playground(tmp_path: Path) -> AsyncIterator[Playground]:
    """Everything up; and everything down again, whatever happened."""
    assert CLI.exists(), "run `npm ci` in tests/clients first"
    chromium = shutil.which("chromium")
    assert chromium, "Chromium is needed for this test"
    cast = Cast("playground", Lesson.model_validate(LESSON))
    async with contextlib.AsyncExitStack() as stack:
        house = await stack.enter_async_context(open_house(tmp_path, (sys.executable, "app.py"), 1))
        bot = Bot(house, lambda line: None)
        front = Front(house.session, cast.app_id, bot.url)
        await front.start()
        stack.push_async_callback(front.stop)
        port = free_port()
        await Control(house.session, house.control, cast).open(f"{bot.url}/api/messages")
        await bot.start(
            {
                **await house.environment(cast, bot.port),
                "BOT_OPENID_METADATA_URL": f"{front.url}/v1/.well-known/openidconfiguration",
                "CONNECTOR_HOSTS": f"{house.origin},{front.url}",
            }
        )
        stack.push_async_callback(bot.end)
        child = await started(house, folder_of(cast, tmp_path / "client"), front, port)
        stack.push_async_callback(child.end)
        playwright = await stack.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        stack.push_async_callback(browser.close)
        page = await browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(30_000)
        url = f"http://localhost:{port}"
        await page.goto(url)
        yield Playground(page=page, cast=cast, front=front, session=house.session, url=url)
