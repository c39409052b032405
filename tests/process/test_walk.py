"""The IT guide walked, with the rehearsal in place of Microsoft: what it has one write down reaches a protected lesson.

The tenant grants exactly what the set-up's plan grants for the tier, and the bot signs in by its certificate.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from bot.tiers import TIERS
from deploy.rehearsal.player.house import ROOT
from deploy.rehearsal.player.process import Child
from deploy.tenant import pages
from tests.certified import certified
from tests.database import fresh_database
from tests.process.house import Microsoft, Record, School, school_of
from tests.process.lives import Bot, eventually
from tests.process.people import PATEL, TAMSIN, ZULEIKA, script

pytestmark = pytest.mark.timeout(400)

WITHIN = 60.0
"""Seconds for each thing to be seen: on a machine with nothing else to do, each takes one or two."""

MATHS, OUTSIDER = "3B Maths", "somebody"
GUIDE = (ROOT / "deploy/docs/it-guide.md").read_text(encoding="utf-8")
ONLY_HERE = (
    "BOT_OPENID_METADATA_URL",
    "CALLING_OPENID_METADATA_URL",
    "ENTRA_AUTHORITY_URL",
    "GRAPH_URL",
    "CONNECTOR_HOSTS",
)
"""What only the rehearsal needs, as .env.example says; and where it listens, which database."""

ADDS = {"watch": (), "guard": ("options",), "remove": ("options", "call")}
"""What Microsoft's side notes of each tier at a lesson's beginning."""


NOT_IN_A_REHEARSAL = {"public address"}
"""The bot is reached by http there."""

TOLD_BY_THE_LESSON = {
    "watch": ("sign-in", "database", "participant events", "safeguarding channel"),
    "guard": ("sign-in", "participant events", "app catalogue"),
    "remove": ("sign-in", "participant events", "calling", "removal"),
}
"""What the doctor knows once the lesson was held."""


def env_lines() -> set[str]:
    """The lines of .env that the guide has one fill in."""
    table = GUIDE.partition("| line | with |")[2].partition("\n\n")[0]
    return set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE))


def filled_in(school: School, pem: Path) -> str:
    """.env: the example, with the guide's lines filled in and all others as they are."""
    told = {
        "BOT_APP_ID": school.cast.app_id,
        "BOT_TENANT_ID": school.cast.tenant,
        "BOT_APP_CERTIFICATE": str(pem),
        "PUBLIC_URL": f"http://127.0.0.1:{school.port}",
        "SCHOOL_FILE": "school.toml",
    }
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    for name, value in told.items():
        text, times = re.subn(rf"^{name}=.*$", f"{name}={value}", text, flags=re.MULTILINE)
        assert times == 1, name
    assert told.keys() == env_lines()
    return text


def choices(school: School, tier: str) -> str:
    """school.toml: the example, with name, tier, groups, channel and class filled in, and everything else left."""
    text = (ROOT / "policies/school.toml").read_text(encoding="utf-8")
    groups = ("staff", "pupils", "clt", "safeguarding_leads", "head", "administrator", "it")
    told = {
        'name = "Example Primary School"': 'name = "Larkfield Primary"',
        'tier = "watch"': f'tier = "{tier}"',
        'group = "00000000-0000-0000-0000-0000000003b0"': f'group = "{school.cast.group("class 3B")}"',
        '"19:safeguarding@thread.tacv2"': f'"{school.cast.channel}"',
        **{
            f'{role} = "00000000-0000-0000-0000-00000000000{at}"': f'{role} = "{school.cast.group(role)}"'
            for at, role in enumerate(groups, start=1)
        },
    }
    for old, new in told.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


@asynccontextmanager
async def set_up(microsoft: Microsoft, tier: str, folder: Path) -> AsyncIterator[School]:
    """A school whose IT has followed the guide, with its bot running."""
    lesson = script(
        meeting=[{"name": MATHS, "organizer": PATEL, "invited": ["class 3B"]}], school_toml={}, tier=tier
    )  # fmt: skip -- one line of arguments
    lesson["people"][OUTSIDER] = {"is": "anonymous"}
    shown, held = certified()
    plan = json.loads(pages.PLAN.read_text(encoding="utf-8"))["permissions"][tier]
    async with school_of(microsoft, f"walk-{tier}", lesson, "", folder) as school:
        body = school.cast.tenant_body(f"http://127.0.0.1:{school.port}/api/messages", datetime.now(UTC))
        granted = {"grants": plan["entra"], "rsc": plan["meeting"], "certificate": shown, "secret": "never used"}
        await school._send("PUT", "", {**body, **granted})
        if tier == "remove":
            await school.switch(removal="allowed")
        (folder / "schoolgate.pem").write_bytes(held)
        (folder / ".env").write_text(filled_in(school, folder / "schoolgate.pem"), encoding="utf-8")
        (folder / "school.toml").write_text(choices(school, tier), encoding="utf-8")
        bot = Bot(session=school.session, environment=await only_here(school), port=school.port)
        bot.child = await Child.start("the bot", (sys.executable, str(ROOT / "app.py")), bot.environment, folder)
        bot.child.listen(bot.lines.append)
        school.bots.append(bot)
        await bot.until(200, "/readyz", WITHIN)
        yield school


async def only_here(school: School) -> dict[str, str]:
    """What stands in for Microsoft's addresses, and for a machine of the bot's own."""
    known = school.environment(school.port) | {
        "CALLING_OPENID_METADATA_URL": f"{school.microsoft.origin}/calling/v1/.well-known/OpenIdConfiguration"
    }
    here = {name: known[name] for name in (*ONLY_HERE, "HOST", "PORT", "SSL_CERT_FILE")}
    return here | {"DATABASE_URL": await fresh_database()}


def told(records: list[Record], *words: str, to: str | None = None, what: str = "posted") -> list[Record]:
    """What the bot wrote with all these words in it, to this person only if one is named."""
    return [
        record
        for record in records
        if record["what"] == what
        and record.get("by", "bot") == "bot"
        and all(word in (record.get("text") or "") for word in words)
        and (to is None or to in (record.get("to") or []))
    ]


def noted(what: str, records: list[Record]) -> list[Record]:
    """What the bot did of this kind."""
    return [record for record in records if record["what"] == what and record["by"] == "bot"]


async def counted(school: School, teacher: str) -> Record | None:
    """The teacher asks for /status once; its answer, if it counts everybody: the lesson or the directory may not be known yet."""
    before = len(told(await school.look(), to=teacher))
    await school.do("say", chat=MATHS, who=PATEL, text="/status", how="slash")
    answers = await school.sees(lambda seen: told(seen, to=teacher)[before:], WITHIN, "an answer to /status")
    return next(iter(told(answers, "1 member of staff", "2 pupils")), None)


async def doctor(school: School, folder: Path) -> dict[str, str]:
    """How each of the doctor's checks stands, asked for beside the running bot as the guide has one do."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "doctor", "--json"),
        cwd=folder,
        env={**os.environ, **school.bots[0].environment, "PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()
    return {one["check"]: one["state"] for one in json.loads(out)["findings"]}


def empty_groups(states: dict[str, str]) -> set[str]:
    """Offices that nobody of this lesson holds, and the mail that one of them would send."""
    return {check for check in states if check.startswith("school.toml groups.")} | {"e-mail"}


@pytest.mark.parametrize("tier", TIERS)
async def test_whoever_follows_the_guide_reaches_a_protected_lesson(microsoft: Microsoft, tmp_path: Path, tier: str):
    """Section 6 of the guide: counted, told of a stranger; each tier does what it adds; Graph refuses nothing.

    Not walked here: what the browser shows of Microsoft's own pages, and two minutes of one pupil alone.
    """
    async with set_up(microsoft, tier, tmp_path) as school:
        teacher = school.cast.oid(PATEL)
        await school.do("start", MATHS)
        await school.do("join", MATHS, who=[PATEL, ZULEIKA, TAMSIN])
        for what in ADDS[tier]:
            await school.sees(partial(noted, what), WITHIN, f"{what}, which this tier adds")
        answer = await eventually(partial(counted, school, teacher), WITHIN, "/status that counts everybody")
        await school.do("join", MATHS, who=[OUTSIDER])
        await school.sees(lambda seen: told(seen, "Not invited"), WITHIN, "the alert of somebody not invited")
        await school.sees(
            lambda seen: told(seen, "meant to be here", to=teacher), WITHIN, "the question to the teacher"
        )
        if tier == "remove":
            text = f"/remove @{TAMSIN} abuse"
            await school.do("say", chat=MATHS, who=PATEL, text=text, how="slash", mentions=[TAMSIN])
            await school.sees(partial(noted, "removed"), WITHIN, "the removal")
        records = await school.look()
        states = await doctor(school, tmp_path)

    assert "Sees: who joins" in answer["text"]
    assert {states[check] for check in TOLD_BY_THE_LESSON[tier]} == {"good"}
    assert {check for check, state in states.items() if state == "red"} <= NOT_IN_A_REHEARSAL | empty_groups(states)
    assert [record for record in records if record["what"] == "refused"] == []
