"""Microsoft's own metadata, where it lies beside the repository; a clone without it skips these checks."""

from __future__ import annotations

import importlib.util
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

REFEREES = Path(__file__).parents[3] / "shared" / "referees"


@cache
def csdl() -> Any:
    """The checker over Graph's v1.0 metadata."""
    script, metadata = REFEREES / "csdl.py", REFEREES / "graph-v1.0-csdl.xml"
    if not (script.exists() and metadata.exists()):
        pytest.skip("Graph's metadata is not at hand")
    spec = importlib.util.spec_from_file_location("csdl", script)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Csdl(str(metadata))


def permissions() -> dict[str, dict[str, list[str]]]:
    """Which permissions each Graph call takes; `*` marks the least."""
    path = REFEREES / "graph-permissions-subset.json"
    if not path.exists():
        pytest.skip("Graph's permissions are not at hand")
    found: dict[str, dict[str, list[str]]] = json.loads(path.read_text())
    return found
