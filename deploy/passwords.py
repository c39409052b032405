"""The secrets of deploy/compose.yaml, each a file: `python3 -m deploy.passwords deploy/secrets`.

The database's passwords are made, the bot's is asked for (or read from standard input). A file that is there is left as it is:
the database keeps the passwords it was made with. Needs nothing but Python.
"""

from __future__ import annotations

import argparse
import getpass
import secrets
import sys
from pathlib import Path

READABLE = 0o444
"""In the container another user reads them; here the folder, which is ours alone, keeps everybody else out."""


def lay_out(folder: Path, bots: str, *, host: str = "db", database: str = "schoolgate") -> list[str]:
    """Write what is missing; the names of what was written."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    owner, bot = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    wanted = {
        "bot_app_password": bots,
        "postgres_password": owner,
        "migration_url": f"postgresql://owner:{owner}@{host}:5432/{database}",
        "database_url": f"postgresql://schoolgate:{bot}@{host}:5432/{database}",
    }
    pair = ("postgres_password", "migration_url")
    if len([name for name in pair if (folder / name).exists()]) == 1:
        raise FileExistsError(f"{folder}: {' and '.join(pair)} belong together, and one of them is missing")
    written = [name for name, value in wanted.items() if _write(folder / name, value)]
    return written


def _write(file: Path, value: str) -> bool:
    if file.exists():
        return False
    file.touch(mode=0o600)
    file.write_text(value + "\n", encoding="ascii")
    file.chmod(READABLE)
    return True


def main() -> int:
    """Say what was written, never what is in it."""
    parser = argparse.ArgumentParser(prog="python3 -m deploy.passwords", description=main.__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    known = (folder / "bot_app_password").exists()
    ask = getpass.getpass if sys.stdin.isatty() else input
    bots = "" if known else ask("The bot's client secret (BOT_APP_PASSWORD): ").strip()
    if not known and not bots:
        sys.stderr.write("Nothing was written: the bot's client secret is needed.\n")
        return 2
    try:
        written = lay_out(folder, bots)
    except FileExistsError as error:
        sys.stderr.write(f"Nothing was written: {error}\n")
        return 2
    sys.stdout.write(f"written in {folder}: {', '.join(written) or 'nothing, all is there'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
