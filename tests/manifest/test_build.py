"""The build: reproducible, filled in, and plain about what is wrong."""

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from manifest.build import main, product_version
from tests.manifest.packages import APP_ID, HOST, build, manifest_in

ROOT = Path(__file__).parents[2]


def test_the_same_values_give_the_same_bytes_whoever_builds(tmp_path: Path):
    """Another process, folder, umask, time zone and way of asking give the same bytes."""
    ours = build(tmp_path / "ours.zip").read_bytes()
    theirs = tmp_path / "theirs.zip"
    asked = ("--version", "0.1.0", "--out", str(theirs))
    elsewhere = os.environ | {
        "TZ": "Asia/Tokyo",
        "BOT_APP_ID": APP_ID.upper(),
        "PUBLIC_URL": f"https://{HOST}/",
    }
    command = [sys.executable, str(ROOT / "manifest" / "build.py"), *asked]
    subprocess.run(command, env=elsewhere, cwd=tmp_path, umask=0o077, check=True, capture_output=True)

    assert theirs.read_bytes() == ours


def test_nothing_in_the_zip_depends_on_the_machine(tmp_path: Path):
    """Order, time, permissions and packing are fixed, and nothing else is in it."""
    with zipfile.ZipFile(build(tmp_path / "a.zip")) as archive:
        entries = archive.infolist()

    assert [entry.filename for entry in entries] == ["manifest.json", "color.png", "outline.png"]
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {(entry.create_system, entry.external_attr) for entry in entries} == {(3, 0o100644 << 16)}
    assert {entry.compress_type for entry in entries} == {zipfile.ZIP_STORED}


def test_one_application_id_stands_everywhere(tmp_path: Path):
    """App, bot and Entra application are one id, in small letters."""
    made = manifest_in(build(tmp_path / "a.zip", app_id=APP_ID.upper()))

    assert made["id"] == made["bots"][0]["botId"] == made["webApplicationInfo"]["id"] == APP_ID


def test_the_host_and_version_are_filled_in(tmp_path: Path):
    """The school's host is the one valid domain, and the version is the one asked for."""
    made = manifest_in(build(tmp_path / "a.zip", host="Gate.School.example", version="2.10.3"))

    assert made["validDomains"] == ["gate.school.example"]
    assert made["webApplicationInfo"]["resource"] == "https://gate.school.example"
    assert made["developer"]["websiteUrl"] == "https://gate.school.example/about"
    assert made["version"] == "2.10.3"


def test_the_schools_own_page_can_stand_for_ours(tmp_path: Path):
    """`--about` replaces the page, and its parts for privacy and terms."""
    page = "https://www.school.example/online-lessons"
    developer = manifest_in(build(tmp_path / "a.zip", about=page))["developer"]

    assert [developer[key] for key in ("websiteUrl", "privacyUrl", "termsOfUseUrl")] == [
        page,
        f"{page}#privacy",
        f"{page}#terms",
    ]


def test_the_version_is_the_products_unless_told_otherwise(tmp_path: Path):
    """Left out, the version comes from pyproject.toml."""
    out = tmp_path / "a.zip"
    main(["--app-id", APP_ID, "--host", HOST, "--out", str(out)])

    assert manifest_in(out)["version"] == product_version()


@pytest.mark.parametrize(
    "wrong",
    [
        {"app_id": "schoolgate"},
        {"app_id": APP_ID[:-1]},
        {"app_id": APP_ID.replace("-", "")},
        {"app_id": f"{{{APP_ID}}}"},
        {"host": "localhost"},
        {"host": "10.1.2.3"},
        {"host": f"http://{HOST}"},
        {"host": f"https://{HOST}:8443"},
        {"host": f"{HOST}/api/messages"},
        {"host": "school_gate.example"},
        {"host": "a..example"},
        {"host": "x" * 64 + ".example"},
        {"version": "v1"},
        {"version": "1.2"},
        {"version": "01.2.3"},
        {"version": "1.2.3-beta"},
        {"version": "1.2.³"},
        {"about": "http://www.school.example/"},
        {"about": "https://www.school.example/#privacy"},
        {"about": "https://[bad"},
        {"tier": "everything"},
        {"app_identity": APP_ID},
    ],
    ids=str,
)
def test_a_wrong_value_is_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], wrong: dict[str, str]
):
    """Exit 2, one line that names the option, and no file."""
    with pytest.raises(SystemExit) as stopped:
        build(tmp_path / "a.zip", **wrong)
    said = capsys.readouterr()

    assert stopped.value.code == 2
    assert re.fullmatch(r"manifest\.build: [^\n]+\n", said.err)
    assert f"--{next(iter(wrong)).replace('_', '-')}" in said.err
    assert said.out == ""
    assert not (tmp_path / "a.zip").exists()


def test_nothing_given_and_nothing_set_is_refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Without options and environment both missing values are named."""
    monkeypatch.delenv("BOT_APP_ID", raising=False)
    monkeypatch.delenv("PUBLIC_URL", raising=False)

    with pytest.raises(SystemExit) as stopped:
        main([])

    assert stopped.value.code == 2
    assert capsys.readouterr().err.endswith("required: --app-id, --host\n")


def test_a_wrong_value_in_the_environment_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    """What comes from the settings is checked as what is typed, and the setting is named."""
    monkeypatch.setenv("BOT_APP_ID", APP_ID)
    monkeypatch.setenv("PUBLIC_URL", "http://localhost:3978")

    with pytest.raises(SystemExit) as stopped:
        main(["--out", str(tmp_path / "a.zip")])

    assert stopped.value.code == 2
    assert "PUBLIC_URL" in capsys.readouterr().err


def test_a_folder_that_is_not_there_is_said_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """A failed write is one line too, not a stack trace."""
    with pytest.raises(SystemExit) as stopped:
        build(tmp_path / "missing" / "a.zip")

    assert stopped.value.code == 2
    assert re.fullmatch(r"manifest\.build: cannot write [^\n]+\n", capsys.readouterr().err)
