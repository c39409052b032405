"""`python -m bot.store.rights`: the database brought up to date by its owner, and the bot's own role with as few rights as do.

The owner is MIGRATION_URL's user, the bot DATABASE_URL's: a role that reads and writes rows, and can neither change a table nor
make anything. It is made where it is missing, and its password set. Run it before each new version; it may be run twice.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import secrets
import sys
from typing import Any
from urllib.parse import unquote, urlsplit

import asyncpg

from bot.environment import WrongEnvironment, read_owner
from bot.ports import OutOfReach
from bot.store import schema
from bot.store.tables import reaching

_ROUNDS = 4096
_GRANTS = (
    "GRANT USAGE ON SCHEMA %2$I TO %1$I",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %2$I TO %1$I",
    "GRANT USAGE ON ALL SEQUENCES IN SCHEMA %2$I TO %1$I",
    "REVOKE INSERT, UPDATE, DELETE ON %2$I.alembic_version FROM %1$I",
)
_TOO_MUCH = """
SELECT rolname FROM pg_roles WHERE rolname = $1 AND (
    rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls
    OR has_schema_privilege(oid, current_schema(), 'CREATE')
    OR EXISTS (SELECT FROM pg_class WHERE relowner = pg_roles.oid)
    OR EXISTS (SELECT FROM pg_auth_members WHERE member = pg_roles.oid))
"""


class TooMuch(Exception):
    """The bot's role may do more than it should."""


async def prepare(owner: str, bots: str) -> None:
    """Bring the database of these two DSNs up to date; the second's role gets its rights. OutOfReach, TooMuch."""
    role = urlsplit(bots)
    if not role.username or urlsplit(owner).username == role.username:
        raise TooMuch("DATABASE_URL must name a user of its own, who is not MIGRATION_URL's")
    with reaching():
        await schema.migrate(owner)
        connection = await asyncpg.connect(owner, timeout=10)
        try:
            async with connection.transaction():
                await _grant(connection, unquote(role.username), unquote(role.password or ""))
        finally:
            await connection.close()


async def _grant(connection: Any, role: str, password: str) -> None:
    if not await connection.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", role):
        await _do(connection, "CREATE ROLE %1$I LOGIN", role)
    if password:
        await _do(connection, "ALTER ROLE %1$I PASSWORD %2$L", role, verifier(password))
    current = await connection.fetchval("SELECT current_schema()")
    for grant in _GRANTS:
        await _do(connection, grant, role, current)
    if await connection.fetchval(_TOO_MUCH, role):
        raise TooMuch(f"{role} is more than a role that reads and writes rows; give DATABASE_URL a user of its own")


async def _do(connection: Any, statement: str, *values: str) -> None:
    """Statements about roles take no parameters: PostgreSQL itself quotes the values."""
    await connection.execute(
        await connection.fetchval("SELECT format($1, VARIADIC $2::text[])", statement, list(values))
    )


def verifier(password: str) -> str:
    """What PostgreSQL keeps of a password (RFC 5803), so that the password itself is never in a statement, nor in its log.

    For passwords of ASCII, as `deploy.secrets` makes them: others would have to be normalised first.
    """
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode("ascii"), salt, _ROUNDS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    parts = [base64.b64encode(part).decode() for part in (salt, stored, hmac.digest(salted, b"Server Key", "sha256"))]
    return f"SCRAM-SHA-256${_ROUNDS}:{parts[0]}${parts[1]}:{parts[2]}"


def main() -> int:
    """0 when all is done, 1 where the database cannot be used, 2 where the settings are wrong."""
    try:
        owner = read_owner()
        asyncio.run(prepare(owner.migration_url.get_secret_value(), owner.database_url.get_secret_value()))
    except WrongEnvironment as error:
        sys.stderr.write(f"Nothing was done:\n{error}\n")
        return 2
    except OutOfReach as error:
        sys.stderr.write(f"Nothing was done: the database cannot be used: {error.words}\n")
        return 1
    except TooMuch as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write("The database is up to date, and the bot's role may read and write its rows, no more.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
