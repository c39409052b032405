"""The manifest before Microsoft's schema, in Python, and before Microsoft's own validator, in node.

Each broken manifest must be refused by both, so that their silence about ours means something.
"""

import json
import shutil
import subprocess
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

from bot.tiers import TIERS
from tests.manifest.packages import build, manifest_in

pytestmark = pytest.mark.clients

HERE = Path(__file__).parent
PACKAGE = HERE.parent / "node_modules" / "@microsoft" / "app-manifest"
SCHEMAS = PACKAGE / "build" / "json-schemas" / "teams"

Manifest = dict[str, Any]


def thirteen_commands(manifest: Manifest) -> None:
    manifest["bots"][0]["commandLists"][0]["commands"] = [{"title": f"command {n}"} for n in range(13)]


def four_menus(manifest: Manifest) -> None:
    manifest["bots"][0]["commandLists"] += manifest["bots"][0]["commandLists"][:1]


def unknown_trigger(manifest: Manifest) -> None:
    manifest["bots"][0]["commandLists"][0]["triggers"] = ["shout"]


def unknown_scope(manifest: Manifest) -> None:
    manifest["bots"][0]["scopes"] = ["meeting"]


def long_title(manifest: Manifest) -> None:
    manifest["bots"][0]["commandLists"][0]["commands"][0]["title"] = "x" * 129


def no_guid(manifest: Manifest) -> None:
    manifest["id"] = "schoolgate"


def seventeen_permissions(manifest: Manifest) -> None:
    asked = [{"name": f"P{n}.Read.Chat", "type": "Application"} for n in range(17)]
    manifest["authorization"]["permissions"]["resourceSpecific"] = asked


def unknown_key(manifest: Manifest) -> None:
    manifest["bots"][0]["supportsTargetedMessage"] = True


def no_terms(manifest: Manifest) -> None:
    del manifest["developer"]["termsOfUseUrl"]


BROKEN: tuple[Callable[[Manifest], None], ...] = (
    thirteen_commands,
    four_menus,
    unknown_trigger,
    unknown_scope,
    long_title,
    no_guid,
    seventeen_permissions,
    unknown_key,
    no_terms,
)


@pytest.fixture(scope="module")
def manifests(tmp_path_factory: pytest.TempPathFactory) -> list[Manifest]:
    """Ours of each tier, and then each broken one."""
    assert SCHEMAS.exists(), "run `npm ci` in tests/clients first"
    folder = tmp_path_factory.mktemp("package")
    ours = [manifest_in(build(folder / f"{tier}.zip", tier=tier)) for tier in TIERS]
    broken = [deepcopy(ours[0]) for _ in BROKEN]
    for spoil, manifest in zip(BROKEN, broken, strict=True):
        spoil(manifest)
    return [*ours, *broken]


def test_microsofts_schema_takes_ours_and_no_broken_one(manifests: list[Manifest]):
    """Draft 4, straight from the schema file of the version the manifest names."""
    schema = SCHEMAS / f"v{manifests[0]['manifestVersion']}" / "MicrosoftTeams.schema.json"
    validator = Draft4Validator(json.loads(schema.read_text(encoding="utf-8")))
    found = [[error.message for error in validator.iter_errors(m)] for m in manifests]
    ours, broken = found[: len(TIERS)], found[len(TIERS) :]

    assert ours == [[]] * len(TIERS)
    assert [spoil.__name__ for spoil, found in zip(BROKEN, broken, strict=True) if not found] == []


def test_microsofts_validator_takes_ours_and_no_broken_one(manifests: list[Manifest]):
    """The package's own validator, offline."""
    node = shutil.which("node")
    assert node, "node is needed for this test"
    done = subprocess.run(
        [node, str(HERE / "validate.mjs")],
        input=json.dumps(manifests),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    ours, broken = found[: len(TIERS)], found[len(TIERS) :]
    assert ours == [[]] * len(TIERS)
    assert [spoil.__name__ for spoil, found in zip(BROKEN, broken, strict=True) if not found] == []
