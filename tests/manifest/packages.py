"""Builds packages for the tests, by the same command a school types."""

import json
import zipfile
from pathlib import Path
from typing import Any

from manifest.build import main

APP_ID = "7d0c1f0e-4b43-4f5c-9b1e-2f6a5d3c8e90"
HOST = "schoolgate.example.sch.uk"
TYPED = {"--app-id": APP_ID, "--host": HOST, "--version": "0.1.0"}


def build(out: Path, **changed: str) -> Path:
    """The package written to `out`; `host="..."` stands for `--host ...`."""
    typed = TYPED | {f"--{name.replace('_', '-')}": value for name, value in changed.items()}
    main([*(word for pair in typed.items() for word in pair), "--out", str(out)])
    return out


def manifest_in(package: Path) -> dict[str, Any]:
    with zipfile.ZipFile(package) as archive:
        content: dict[str, Any] = json.loads(archive.read("manifest.json"))
    return content
