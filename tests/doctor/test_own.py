"""What of our own can be wrong, and what only the past can show."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
import trustme
from aiohttp import web

from bot.doctor import own
from bot.doctor.findings import State
from bot.environment import Environment
from bot.events import Joined, RosterSeen, Started, account
from tests.certified import certified
from tests.database import fresh_database
from tests.doctor.school import PATEL, Surgery

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)


async def another_database(surgery: Surgery, *, migrated: bool = True) -> None:
    """One in which nothing has happened yet."""
    surgery.dsn = surgery.environment["DATABASE_URL"] = await fresh_database(migrated=migrated)


async def test_only_a_lesson_shows_whether_teams_tells_who_joins(surgery: Surgery):
    """No lesson: not certain. One that began and nobody told of: the boxes are not ticked. Somebody told: they are."""
    await another_database(surgery)
    before = (await surgery.examine()).finding("participant events")
    await surgery.lived(Started(at=datetime.now(UTC)))
    blind = await surgery.examine()
    await surgery.lived(Joined(at=datetime.now(UTC), person=account(PATEL), endpoint="laptop"))
    told = (await surgery.examine()).finding("participant events")

    assert (before["state"], told["state"]) == ("unproven", "good")
    assert blind.finding("participant events")["state"] == "red"
    assert "Meeting event subscriptions" in blind.finding("participant events")["mend"][0]
    assert {blind.clause(clause) for clause in ("C13", "C30", "C31", "C32", "C55", "C56")} == {"red"}
    assert blind.tier("watch")["broken"] == ["see_joins"]


async def test_a_roster_shows_that_the_bot_may_be_in_calls(surgery: Surgery):
    """It comes from within a call; it is no sign that Teams tells who joins."""
    await another_database(surgery)
    await surgery.lived(RosterSeen(at=datetime.now(UTC), seats=(), ours=True))
    report = await surgery.examine()

    assert report.finding("calling")["state"] == "good"
    assert report.finding("participant events")["state"] == "unproven"


async def test_a_database_that_is_not_brought_up_to_date(surgery: Surgery):
    """Empty, or of an older version: red; the doctor does not do it itself."""
    before = surgery.dsn
    await another_database(surgery, migrated=False)
    empty = (await surgery.examine()).finding("database")
    connection = await asyncpg.connect(surgery.dsn)
    tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
    await connection.close()
    surgery.environment["DATABASE_URL"] = before
    connection = await asyncpg.connect(before)
    newest = await connection.fetchval("SELECT version_num FROM alembic_version")
    await connection.execute("UPDATE alembic_version SET version_num = 'first'")
    old = (await surgery.examine()).finding("database")
    kept = await connection.fetchval("SELECT version_num FROM alembic_version")
    await connection.execute("UPDATE alembic_version SET version_num = $1", newest)
    await connection.close()

    assert (empty["state"], empty["saw"], tables) == ("red", "it is empty", [])
    assert (old["state"], kept) == ("red", "first")
    assert "not up to date" in old["saw"]
    assert "bot.store.rights" in old["mend"][0]
    assert (await surgery.examine()).finding("database")["state"] == "good"


async def test_a_certificate_that_entra_knows_and_one_that_it_does_not(surgery: Surgery):
    """Signing in by the wrong one is told apart from a wrong secret; the one it knows is green."""
    shown, held = certified()
    _, other = certified()
    pem = surgery.folder / "schoolgate.pem"
    surgery.environment["BOT_APP_CERTIFICATE"] = str(pem)
    await surgery.put(certificate=shown)
    pem.write_bytes(other)
    wrong = (await surgery.examine()).finding("sign-in")
    pem.write_bytes(held)
    right = await surgery.examine()
    pem.write_bytes(b"no certificate")
    code, words = await surgery.run()

    assert wrong["state"] == "red"
    assert "does not know the certificate (AADSTS700027)" in wrong["saw"]
    assert "Upload certificate" in wrong["mend"][0]
    assert right.finding("sign-in")["state"] == "good"
    assert right.finding("certificate")["state"] == "unproven"
    assert "in 0 days" in right.finding("certificate")["saw"]
    assert code == 2
    assert "BOT_APP_CERTIFICATE" in words


@pytest.mark.parametrize(
    ("days", "state"), [(-1, State.UNPROVEN), (2, State.RED), (-60, State.GOOD)], ids=["soon", "over", "long"]
)
def test_when_a_certificate_ends(tmp_path: Path, days: int, state: State):
    """In a day; over; in months: a certificate of one day, looked at from so many days after it was made."""
    shown, held = certified()
    pem = tmp_path / "schoolgate.pem"
    pem.write_bytes(held)
    environment = Environment.model_construct(bot_app_certificate=pem)
    (finding,) = own.certificate(environment, datetime.now(UTC) + timedelta(days=days))

    assert shown in held.decode()
    assert finding.state is state


async def test_the_public_address_must_be_https_with_a_certificate_people_trust(surgery: Surgery):
    """Plain http and a certificate of nobody's are red; an address that is not given was not tried."""
    good = surgery.environment["PUBLIC_URL"]
    surgery.environment["PUBLIC_URL"] = good.replace("https", "http")
    plain = (await surgery.examine()).finding("public address")
    surgery.environment["PUBLIC_URL"] = ""
    none = (await surgery.examine()).finding("public address")
    runner = web.AppRunner(web.Application())
    await runner.setup()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    surgery.environment["PUBLIC_URL"] = f"https://127.0.0.1:{runner.addresses[0][1]}"
    untrusted = (await surgery.examine()).finding("public address")
    await runner.cleanup()

    assert (plain["state"], none["state"], untrusted["state"]) == ("red", "unproven", "red")
    assert "is not https" in plain["saw"]
    assert "not trusted" in untrusted["saw"]
