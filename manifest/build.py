"""Builds the package that a school uploads to Teams: one command, and the same bytes for the same values.

python -m manifest.build --app-id GUID --host schoolgate.example.sch.uk --out schoolgate.zip
"""

import argparse
import io
import json
import os
import re
import sys
import tomllib
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

HERE = Path(__file__).parent
if not __package__:  # Run as a file: Python then looks for our modules beside it, not in the repository.
    sys.path[0] = str(HERE.parent)

from bot.commands import COMMANDS  # noqa: E402 -- found only after the line above
from bot.tiers import TIERS  # noqa: E402 -- found only after the line above
from manifest.contents import Deployment, manifest  # noqa: E402 -- found only after the line above

GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
HOST = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])")
VERSION = re.compile(r"(0|[1-9]\d{0,4})(\.(0|[1-9]\d{0,4})){2}", re.ASCII)

# The oldest time a zip can tell; a real one would make every build different.
LONG_AGO = (1980, 1, 1, 0, 0, 0)
UNIX, PLAIN_FILE = 3, 0o100644 << 16


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, without the usage before it."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"manifest.build: {message}\n")


def app_id(text: str) -> str:
    if GUID.fullmatch(found := text.strip().lower()):
        return found
    raise argparse.ArgumentTypeError(f"{text!r} is not an application id, a GUID (BOT_APP_ID if not given)")


def host(text: str) -> str:
    """A public host name, bare or as the address in PUBLIC_URL."""
    found = text.strip().lower().removeprefix("https://").removesuffix("/")
    if HOST.fullmatch(found):
        return found
    raise argparse.ArgumentTypeError(
        f"{text!r} is not a public host name such as schoolgate.example.sch.uk (from PUBLIC_URL if not given)"
    )


def version(text: str) -> str:
    if VERSION.fullmatch(text):
        return text
    raise argparse.ArgumentTypeError(f"{text!r} is not a version such as 1.2.3")


def web_page(text: str) -> str:
    address = urlsplit(text)
    if address.scheme == "https" and HOST.fullmatch(address.netloc.lower()) and not address.fragment:
        return text
    raise argparse.ArgumentTypeError(f"{text!r} is not a page's https address")


def product_version() -> str:
    project = tomllib.loads((HERE.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])


def parser() -> Parser:
    known = os.environ
    made = Parser(prog="python -m manifest.build", description="Builds the Teams package", allow_abbrev=False)
    for option, kind, setting in (("--app-id", app_id, "BOT_APP_ID"), ("--host", host, "PUBLIC_URL")):
        made.add_argument(option, type=kind, default=known.get(setting), required=setting not in known)
    made.add_argument("--version", type=version, default=product_version(), help="must rise with each upload")
    made.add_argument("--about", type=web_page, help="the school's page on it (default: https://HOST/about)")
    made.add_argument("--tier", choices=TIERS, default=TIERS[0], help="as in school.toml")
    made.add_argument("--out", type=Path, default=Path("schoolgate.zip"))
    return made


def package(deployment: Deployment) -> bytes:
    """The zip, stored and not packed: what packing yields differs between machines."""
    written = json.dumps(manifest(deployment, COMMANDS), indent=2, ensure_ascii=False) + "\n"
    files = {"manifest.json": written.encode()}
    files |= {name: (HERE / name).read_bytes() for name in ("color.png", "outline.png")}
    with io.BytesIO() as whole:
        with zipfile.ZipFile(whole, "w") as archive:
            for name, content in files.items():
                entry = zipfile.ZipInfo(name, LONG_AGO)
                entry.create_system, entry.external_attr = UNIX, PLAIN_FILE
                archive.writestr(entry, content, zipfile.ZIP_STORED)
        return whole.getvalue()


def main(arguments: Sequence[str] | None = None) -> None:
    made = parser()
    asked = made.parse_args(arguments)
    deployment = Deployment(
        app_id=asked.app_id,
        host=asked.host,
        version=asked.version,
        about=asked.about or f"https://{asked.host}/about",
        tier=asked.tier,
    )
    try:
        asked.out.write_bytes(package(deployment))
    except OSError as failure:
        made.error(f"cannot write {asked.out}: {failure.strerror}")
    sys.stdout.write(f"{asked.out}: Schoolgate {deployment.version} for {deployment.host}, {deployment.tier} tier\n")


if __name__ == "__main__":
    main()
