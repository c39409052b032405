"""A virtual environment for the peer that Schoolgate itself has no use for, made when it is first measured."""

from __future__ import annotations

import subprocess
import venv
from pathlib import Path

HOME = Path(__file__).resolve().parents[2] / "build" / "bench" / "agents"
WANTED = ("microsoft-agents-hosting-aiohttp==1.9.0", "pyjwt[crypto]==2.15.1")


class NotToBeHad(Exception):
    """The peer cannot be installed here; the others can be measured all the same."""


def python_with_agents() -> str:
    """The interpreter of an environment that has Microsoft's 365 Agents SDK. Blocking, half a minute the first time."""
    python, done = HOME / "bin" / "python", HOME / WANTED[0]
    if not done.exists():
        venv.create(HOME, with_pip=True, clear=True, symlinks=True)
        command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *WANTED]
        try:
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        except subprocess.CalledProcessError as error:
            raise NotToBeHad("the Microsoft 365 Agents SDK cannot be installed") from error
        done.touch()
    return str(python)
