"""Every secret of the environment is a canary of its own: it is planted, used, and never said, on good days and on bad ones."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path

import pytest

from bot.environment import Environment, Owner
from tests.certified import certified
from tests.process.house import School
from tests.process.lives import Bot, eventually
from tests.process.people import PATEL, READING, ZULEIKA
from tests.process.reckoning import alerts

DATABASE_PASSWORD = "canary-of-the-database"
PLANTED = {"bot_app_password", "database_url"}
"""By a test below each, and the certificate, of which the setting is only the place. The owner's: tests/store/test_rights.py."""


def with_password(dsn: str, host: str = "") -> str:
    """The DSN with a password in it, and elsewhere if so wanted. The test server lets everybody in, whatever they say."""
    if host:
        return f"postgresql://postgres:{DATABASE_PASSWORD}@{host}/schoolgate"
    return dsn.replace("postgres@", f"postgres:{DATABASE_PASSWORD}@", 1)


def sung(secrets: Iterable[str], said: Iterable[str]) -> list[str]:
    """Lines with a secret in them, or with a good part of one."""
    parts = [secret[start : start + 16] for secret in secrets for start in range(0, max(1, len(secret) - 15), 8)]
    return [line for line in said if any(part in line for part in parts)]


def test_every_secret_has_its_canary() -> None:
    """A secret that is added to the settings is added here."""
    secret = {name for name, field in Environment.model_fields.items() if "Secret" in str(field)}

    assert secret == PLANTED
    assert {name for name, field in Owner.model_fields.items() if "Secret" in str(field)} == {
        "migration_url",
        "database_url",
    }


@pytest.fixture
def key() -> str:
    """The lines of a private key, as one would find them in a log."""
    return (
        certified()[1].decode().partition("-----END PRIVATE KEY")[0].replace("-----BEGIN PRIVATE KEY-----", "").strip()
    )


async def test_in_a_lesson_none_is_said(school: School, tmp_path: Path) -> None:
    """Out of files and out of the environment: neither in a line, nor in a metric, an answer or an error to a stranger."""
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "bot_app_password").write_text(school.cast.secret, encoding="utf-8")
    files = {"BOT_APP_PASSWORD": "", "SECRETS_DIR": str(tmp_path / "secrets")}
    bot = school.bot(DATABASE_URL=with_password(school.dsn), **files)
    await bot.start()
    await school.do("start", READING)
    await school.do("join", READING, who=[PATEL, ZULEIKA])
    channel = school.cast.channel
    await school.sees(lambda seen: alerts(seen, about=ZULEIKA, chat=channel), 20, "the alert about a lone pupil")
    await school.switch(login="down", graph="403", connector="403")
    await school.do("say", chat=READING, who=PATEL, text="/status", how="slash", mentions=[])
    await school.sees(lambda seen: [one for one in seen if one["what"] == "refused"], 20, "the bad weather being met")
    pages = [text for path in ("/metrics", "/readyz", "/about", "/env", "/.env") for _, text in [await bot.get(path)]]
    await bot.end()

    assert sung([school.cast.secret, DATABASE_PASSWORD], [*bot.lines, *pages]) == []
    assert len(bot.lines) > 3


async def test_in_a_start_that_fails_none_is_said(school: School, tmp_path: Path, key: str) -> None:
    """Another setting wrong, a certificate or an address that is none: it is said what is wrong, and nothing more."""
    broken = tmp_path / "broken.pem"
    broken.write_text(f"-----BEGIN PRIVATE KEY-----\n{key}\n", encoding="ascii")
    here = with_password(school.dsn)
    bots = {
        "no settings": school.bot(DATABASE_URL=here, BOT_TENANT_ID="none", PORT="many"),
        "no school": school.bot(DATABASE_URL=here, SCHOOL_FILE=str(tmp_path / "nowhere.toml")),
        "half a certificate": school.bot(DATABASE_URL=here, BOT_APP_CERTIFICATE=str(broken)),
        "no DSN at all": school.bot(DATABASE_URL=f"postgres:/{DATABASE_PASSWORD}"),
    }
    codes = await asyncio.gather(*(_fails(bot) for bot in bots.values()))
    said = [line for bot in bots.values() for line in bot.lines]

    assert sung([school.cast.secret, DATABASE_PASSWORD, *key.splitlines()], said) == []
    assert codes == [2] * len(bots)
    assert not any("Traceback" in line for line in said)


async def _fails(bot: Bot) -> int:
    await bot.start(ready=False)
    return await bot.gone(90)


async def test_while_the_database_is_out_of_reach_none_is_said(school: School) -> None:
    """It waits, and says for what."""
    bot = school.bot(DATABASE_URL=with_password("", host="127.0.0.1:1"))
    await bot.start(ready=False)
    await eventually(lambda: _waits(bot), 40, "the bot saying that it waits")
    await bot.end()

    assert sung([school.cast.secret, DATABASE_PASSWORD], bot.lines) == []


async def _waits(bot: Bot) -> bool:
    return any("store_waiting" in line for line in bot.lines)
