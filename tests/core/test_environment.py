"""Settings from the environment: right, or the start stops and says which."""

import re
from pathlib import Path

import pytest

from bot.environment import Environment, WrongEnvironment, read_environment
from tests.builders import SCHOOL_FILE

ROOT = SCHOOL_FILE.parents[1]
GOOD = {
    "BOT_APP_ID": "AAAAAAAA-0000-4000-8000-000000000001",
    "BOT_TENANT_ID": "bbbbbbbb-0000-4000-8000-000000000002",
    "BOT_APP_PASSWORD": "very secret",
}


@pytest.fixture
def environment(monkeypatch, tmp_path):
    """Sets exactly these variables, in a folder without a `.env`."""
    monkeypatch.chdir(tmp_path)
    for name in (*Environment.model_fields, "secrets_dir"):
        monkeypatch.delenv(name.upper(), raising=False)

    def set_(**values):
        for name, value in values.items():
            monkeypatch.setenv(name, value)

    return set_


def test_the_three_that_must_be_there_are_enough(environment):
    """All else has a value for Microsoft's public cloud."""
    environment(**GOOD)
    found = read_environment()

    assert found.bot_app_id == GOOD["BOT_APP_ID"].lower()
    assert (found.database_url, found.public_url, found.port, found.connector_hosts) == (None, None, 3978, ())
    assert found.school_file == Path("policies/school.toml")
    assert found.graph_url == "https://graph.microsoft.com/v1.0"
    assert found.entra_authority_url == "https://login.microsoftonline.com"
    assert found.bot_openid_metadata_url == "https://login.botframework.com/v1/.well-known/openidconfiguration"


def test_what_is_empty_counts_as_not_there(environment):
    """As `.env.example` has it."""
    environment(**GOOD, DATABASE_URL="", GRAPH_URL="", PORT="", CONNECTOR_HOSTS="")

    assert read_environment().graph_url.startswith("https://graph.microsoft.com")
    environment(BOT_APP_PASSWORD="")
    with pytest.raises(WrongEnvironment, match="BOT_APP_PASSWORD: is missing"):
        read_environment()


def test_a_certificate_stands_for_the_password(environment, tmp_path):
    """As the bytes of the file; a file that is not there stops the start; with both, the certificate counts."""
    pem = tmp_path / "schoolgate.pem"
    environment(**{**GOOD, "BOT_APP_PASSWORD": "", "BOT_APP_CERTIFICATE": str(pem)})
    with pytest.raises(WrongEnvironment, match=r"^BOT_APP_CERTIFICATE: "):
        read_environment()
    pem.write_bytes(b"key and certificate")

    assert read_environment().proof() == b"key and certificate"
    environment(BOT_APP_PASSWORD="very secret")
    assert read_environment().proof() == b"key and certificate"
    environment(BOT_APP_CERTIFICATE="")
    assert read_environment().proof() == "very secret"


def test_secrets_do_not_show(environment):
    """Neither printed nor in a message of failure."""
    environment(**GOOD, DATABASE_URL="postgresql://u:hidden@h/d")
    found = read_environment()

    assert "secret" not in repr(found)
    assert "hidden" not in f"{found!r} {found}"
    environment(PORT="many")
    with pytest.raises(WrongEnvironment) as wrong:
        read_environment()
    assert "secret" not in str(wrong.value)


def test_a_secret_may_be_a_file(environment, tmp_path):
    """As containers mount them; what stands in the environment wins, and a folder that is not there is none."""
    (tmp_path / "bot_app_password").write_text("out of a file\n", encoding="utf-8")
    (tmp_path / "DATABASE_URL").write_text("postgresql://u:p@h/d\n", encoding="utf-8")
    environment(**{**GOOD, "BOT_APP_PASSWORD": ""}, SECRETS_DIR=str(tmp_path))
    found = read_environment()
    environment(BOT_APP_PASSWORD="from outside")
    won = read_environment()
    environment(SECRETS_DIR=str(tmp_path / "nowhere"))

    assert found.bot_app_password.get_secret_value() == "out of a file"
    assert found.database_url is not None
    assert found.database_url.get_secret_value() == "postgresql://u:p@h/d"
    assert won.bot_app_password.get_secret_value() == "from outside"
    assert read_environment().database_url is None


def test_origins_have_commas_between_them(environment):
    """Spaces and empty ones are taken out."""
    environment(**GOOD, CONNECTOR_HOSTS=" https://a.example , http://127.0.0.1:8,, ")

    assert read_environment().connector_hosts == ("https://a.example", "http://127.0.0.1:8")


def test_urls_lose_a_slash_at_the_end(environment):
    """So that paths can be added."""
    environment(**GOOD, GRAPH_URL="https://graph.example/v1.0/")

    assert read_environment().graph_url == "https://graph.example/v1.0"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BOT_APP_ID", "bot"),
        ("BOT_TENANT_ID", "common"),
        ("PORT", "70000"),
        ("PORT", "http"),
        ("PUBLIC_URL", "school.example"),
        ("GRAPH_URL", "ftp://x"),
        ("ENTRA_AUTHORITY_URL", "https://"),
        ("DATABASE_URL", "host=db user=bot"),
    ],
)
def test_a_mistake_stops_the_start_and_says_which(environment, name, value):
    """By the name that stands in the environment."""
    environment(**{**GOOD, name: value})

    with pytest.raises(WrongEnvironment, match=rf"^{name}: "):
        read_environment()


def test_all_mistakes_are_said_at_once(environment):
    """One line for each."""
    with pytest.raises(WrongEnvironment) as wrong:
        read_environment()

    assert str(wrong.value).split("\n") == [
        f"{name}: is missing" for name in ("BOT_APP_ID", "BOT_APP_PASSWORD", "BOT_TENANT_ID")
    ]


def test_env_example_names_exactly_these():
    """The file to be copied and the settings are the same list."""
    example = ROOT / ".env.example"
    if not example.exists():
        pytest.skip("the lead has not written .env.example yet")
    names = re.findall(r"^([A-Z_]+)=", example.read_text(encoding="utf-8"), re.MULTILINE)

    assert sorted(names) == sorted(name.upper() for name in Environment.model_fields)
