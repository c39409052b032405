"""The container's recipe and the compose file, read as their own tools read them."""

from __future__ import annotations

import fnmatch
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from compose_spec import PyCompose

from bot.environment import Environment
from deploy.passwords import lay_out
from deploy.replay import CONTAINERFILE, ROOT, instructions

COMPOSE = ROOT / "deploy" / "compose.yaml"
OURS = ("bot", "migrate")


@pytest.fixture(scope="module")
def steps() -> list[tuple[str, str]]:
    return list(instructions(CONTAINERFILE.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def compose() -> PyCompose:
    found = PyCompose.from_yaml(COMPOSE.read_text(encoding="utf-8"))
    found.validate()
    return found


def test_the_linter_finds_nothing() -> None:
    """hadolint, with every rule and its shell checker."""
    hadolint = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([hadolint, "--no-color", CONTAINERFILE], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (0, "")


def test_the_image_is_built_in_two_stages_and_run_by_nobody(steps: list[tuple[str, str]]) -> None:
    """Not root, with a health check, everything pinned by its hash, and no installer left in it."""
    names = [name for name, _ in steps]
    last = names.index("FROM", 1)
    final = dict(steps[last:])

    assert names.count("FROM") == 2
    assert final["USER"] == "10001:10001"
    assert "/livez" in final["HEALTHCHECK"]
    assert final["ENTRYPOINT"] == '["python", "app.py"]'
    assert any("--require-hashes" in rest for name, rest in steps if name == "RUN")
    assert "uninstall" in final["RUN"]
    assert all(name != "ADD" for name in names)


def test_nothing_but_what_is_copied_goes_into_the_build(steps: list[tuple[str, str]]) -> None:
    """Above all no .env and no secrets: whatever is not let through by .dockerignore stays here."""
    let = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    copied = [word for name, rest in steps if name == "COPY" and "--from" not in rest for word in rest.split()[:-1]]

    assert sorted(let) == sorted(copied)
    assert all((ROOT / one).exists() for one in copied)
    assert not [one for one in copied if fnmatch.fnmatch(one, "*env*") or "secret" in one]


def test_compose_names_only_what_there_is(compose: PyCompose) -> None:
    """Its variables are settings of ours, its secrets have the names of variables, its files exist."""
    services = compose.services or {}
    variables = {name.lower() for service in OURS for name in (services[service].environment or {})}
    secrets = {str(one) for service in OURS for one in services[service].secrets or []}

    assert variables <= set(Environment.model_fields)
    assert secrets <= {*Environment.model_fields, "migration_url"}
    assert not variables & secrets
    assert (ROOT / "policies" / "school.toml").exists()


def test_every_service_has_as_few_rights_as_do(compose: PyCompose) -> None:
    """Nothing written but where it must be, no capability of the kernel's, no new one; the owner's secret for the owner alone."""
    services = compose.services or {}

    assert set(services) == {"db", *OURS}
    for name, service in services.items():
        assert service.read_only is True, name
        assert set(service.cap_drop or ()) == {"ALL"}, name
        assert set(service.security_opt or ()) == {"no-new-privileges:true"}, name
        assert not service.privileged, name
        assert (service.cap_add is None) == (name in OURS), name
    assert "migration_url" not in (services["bot"].secrets or [])
    assert set(services["db"].networks or ()) == {"inside"}
    assert (compose.networks or {})["inside"].internal is True
    assert services["bot"].healthcheck is not None
    assert services["db"].healthcheck is not None
    assert all(str(port).startswith("127.0.0.1:") for port in services["bot"].ports or ())


def test_the_owner_goes_first(compose: PyCompose) -> None:
    """The bot starts on a database that is up to date, and is given time to finish at its end."""
    services = compose.services or {}
    waits = {name: dict(service.depends_on or {}) for name, service in services.items()}

    assert waits["bot"]["migrate"].condition == "service_completed_successfully"
    assert waits["migrate"]["db"].condition == "service_healthy"
    assert services["bot"].stop_grace_period == "1m"


def test_the_secrets_are_laid_out_for_compose(compose: PyCompose, tmp_path: Path) -> None:
    """Every secret that compose names, and no other; in a folder of ours alone; never made anew, never the same twice."""
    folder, other = tmp_path / "secrets", tmp_path / "other"
    written = lay_out(folder, "the bot's own")
    lay_out(other, "the bot's own")
    named = {Path(str(secret.file)).name for secret in (compose.secrets or {}).values()}
    before = {path.name: path.read_text() for path in folder.iterdir()}

    assert set(written) == named
    assert lay_out(folder, "another") == []
    assert {path.name: path.read_text() for path in folder.iterdir()} == before
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert before["postgres_password"].strip() in before["migration_url"]
    assert before["postgres_password"].strip() not in before["database_url"]
    assert before["database_url"] != (other / "database_url").read_text()


def test_half_of_a_pair_is_not_made_up(tmp_path: Path) -> None:
    """A new owner's password would not be the one that the database was made with."""
    lay_out(tmp_path, "x")
    (tmp_path / "migration_url").unlink()

    with pytest.raises(FileExistsError, match="belong together"):
        lay_out(tmp_path, "x")


def test_the_command_asks_and_says_no_secret(tmp_path: Path) -> None:
    """The bot's secret comes in by standard input, and goes into its file only."""
    command = [sys.executable, "-m", "deploy.passwords", str(tmp_path / "s")]
    none = subprocess.run(command, cwd=ROOT, input="\n", capture_output=True, text=True, check=False)
    done = subprocess.run(command, cwd=ROOT, input="hush-hush\n", capture_output=True, text=True, check=False)

    assert (none.returncode, done.returncode) == (2, 0)
    assert (tmp_path / "s" / "bot_app_password").read_text() == "hush-hush\n"
    assert "hush" not in done.stdout + done.stderr
