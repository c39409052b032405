"""Replays deploy/Containerfile in a folder, where there is no container engine: `python -m deploy.replay FOLDER`.

Each stage is a folder with a fresh Python of this machine's; absolute paths of ours (/src, /image, /app) are laid into it.
It knows the instructions that our file uses, and no others.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CONTAINERFILE = ROOT / "deploy" / "Containerfile"
_OURS = re.compile(r"(?<![\w./])/(?=(?:src|image|app)\b)")


@dataclass
class Stage:
    """A stage as far as it was replayed. `files` is its root, `python` the folder of its Python."""

    name: str
    files: Path
    at: Path
    variables: dict[str, str] = field(default_factory=dict)
    user: str = "0:0"
    entrypoint: list[str] = field(default_factory=list)
    health: list[str] = field(default_factory=list)

    @property
    def python(self) -> Path:
        """Where its commands are."""
        return self.files / "python" / "bin"

    def laid(self, text: str) -> str:
        """With the paths of ours as they are here."""
        return _OURS.sub(f"{self.files}/", text)

    def environment(self) -> dict[str, str]:
        """What a process in it is given: its own variables and nothing of this machine's but where commands are."""
        path = f"{self.python}:{os.environ['PATH']}"
        return {"PATH": path, "HOME": str(self.files), **{name: self.laid(one) for name, one in self.variables.items()}}


def instructions(text: str) -> Iterator[tuple[str, str]]:
    """(instruction, the rest), comments left out and continued lines joined."""
    kept = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    for line in re.sub(r"\\\n\s*", " ", "\n".join(kept)).splitlines():
        name, _, rest = line.partition(" ")
        yield name.upper(), rest.strip()


def replay(folder: Path, text: str | None = None) -> Stage:
    """Replay it into this empty folder; the last stage is the image."""
    stages: dict[str, Stage] = {}
    stage: Stage | None = None
    for name, rest in instructions(text or CONTAINERFILE.read_text(encoding="utf-8")):
        if name == "FROM":
            called = (rest.partition(" AS ")[2] or "image").strip()
            files = folder / called
            venv.create(files / "python", with_pip=True)
            stage = stages[called] = Stage(called, files, files)
            continue
        if stage is None:
            raise ValueError(f"{name} comes before FROM")
        _follow(stage, stages, name, rest)
    if stage is None:
        raise ValueError("there is no FROM")
    return stage


def _follow(stage: Stage, stages: dict[str, Stage], name: str, rest: str) -> None:
    match name:
        case "WORKDIR":
            stage.at = Path(stage.laid(rest))
            stage.at.mkdir(parents=True, exist_ok=True)
        case "COPY":
            _copy(stage, stages, rest.split())
        case "RUN":
            command = ["sh", "-ec", stage.laid(rest)]
            subprocess.run(command, cwd=stage.at, env=_allowed() | stage.environment(), check=True)  # noqa: S603 -- our own file
        case _:
            _note(stage, name, rest)


def _note(stage: Stage, name: str, rest: str) -> None:
    """What does nothing before a container runs."""
    match name:
        case "ENV":
            stage.variables |= dict(pair.split("=", 1) for pair in shlex.split(rest))
        case "USER":
            stage.user = rest
        case "ENTRYPOINT":
            stage.entrypoint = json.loads(rest)
        case "HEALTHCHECK":
            stage.health = json.loads(rest.partition("CMD ")[2])
        case "EXPOSE":
            pass
        case _:
            raise ValueError(f"{name} is not known here")


def _allowed() -> dict[str, str]:
    """How pip reaches the packages on this machine."""
    return {key: value for key, value in os.environ.items() if key.startswith(("PIP_", "SSL_", "REQUESTS_"))}


def _copy(stage: Stage, stages: dict[str, Stage], words: list[str]) -> None:
    source = stages[words.pop(0).removeprefix("--from=")] if words[0].startswith("--from=") else None
    *names, to = words
    goal = Path(stage.laid(to)) if to.startswith("/") else stage.at / to
    for name in names:
        origin = Path(source.laid(name)) if source else ROOT / name
        if origin.is_dir():
            shutil.copytree(
                origin, goal, dirs_exist_ok=True, ignore=None if source else shutil.ignore_patterns("__pycache__")
            )
        else:
            into = goal / origin.name if to.endswith(("/", ".")) else goal
            into.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(origin, into)


def main() -> None:
    """Replay it and say where and how large the image's own part is."""
    parser = argparse.ArgumentParser(prog="python -m deploy.replay", description=main.__doc__)
    parser.add_argument("folder", type=Path)
    image = replay(parser.parse_args().folder.resolve())
    total = sum(file.lstat().st_size for file in (image.files / "app").rglob("*") if not file.is_dir())
    sys.stdout.write(f"/app: {total / 1e6:.1f} MB in {image.files / 'app'}\n")


if __name__ == "__main__":
    main()
