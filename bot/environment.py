"""Settings from the environment, a `.env` file, or files named like the variables in SECRETS_DIR (containers mount secrets so).

The names are fixed: see `.env.example`. The environment wins over `.env`, and both over the files. A mistake stops the start.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, FilePath, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

_GUID = r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"


_MISSING = "is missing"


class WrongEnvironment(Exception):
    """The environment cannot be used; the text names each variable and what to write."""


def _url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise ValueError("write a URL like https://example.org/path")
    return value.rstrip("/")


def _dsn(value: SecretStr) -> SecretStr:
    if not value.get_secret_value().startswith(("postgresql://", "postgres://")):
        raise ValueError("write postgresql://user:password@host:5432/database")
    return value


Url = Annotated[str, AfterValidator(_url)]
Dsn = Annotated[SecretStr, AfterValidator(_dsn)]


class _Sources(BaseSettings):
    """Where settings come from."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", env_ignore_empty=True)


class _Where(_Sources):
    secrets_dir: Path = Path("/run/secrets")


class Owner(_Sources):
    """What `python -m bot.store.rights` reads and the bot never does: the database as its owner, beside the bot's own."""

    migration_url: Dsn
    database_url: Dsn


class Environment(_Sources):
    """What `.env.example` explains."""

    bot_app_id: Annotated[str, Field(pattern=_GUID), AfterValidator(str.lower)]
    bot_tenant_id: Annotated[str, Field(pattern=_GUID), AfterValidator(str.lower)]
    bot_app_certificate: FilePath | None = None
    bot_app_password: SecretStr | None = Field(default=None, validate_default=True)
    database_url: Dsn | None = None
    school_file: Path = Path("policies/school.toml")
    public_url: Url | None = None
    host: str = "0.0.0.0"  # noqa: S104 -- a server in a container listens on all its addresses
    port: int = Field(default=3978, ge=0, le=65535)
    drain_seconds: float = Field(default=0, ge=0, le=300)
    bot_openid_metadata_url: Url = "https://login.botframework.com/v1/.well-known/openidconfiguration"
    calling_openid_metadata_url: Url = "https://api.aps.skype.com/v1/.well-known/OpenIdConfiguration"
    entra_authority_url: Url = "https://login.microsoftonline.com"
    graph_url: Url = "https://graph.microsoft.com/v1.0"
    connector_hosts: Annotated[tuple[str, ...], NoDecode] = ()

    @field_validator("bot_app_password")
    @classmethod
    def _some_proof(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        """One of the two must be there; with both, the certificate counts."""
        if value is None and not info.data.get("bot_app_certificate"):
            raise ValueError(_MISSING)
        return value

    def proof(self) -> str | bytes:
        """What Entra is shown: the certificate with its key as PEM (bytes), else the client secret (str)."""
        if self.bot_app_certificate is not None:
            return self.bot_app_certificate.read_bytes()
        return self.bot_app_password.get_secret_value() if self.bot_app_password is not None else ""

    @field_validator("connector_hosts", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        """Read CONNECTOR_HOSTS: origins with commas between them."""
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


Settings = TypeVar("Settings", bound=_Sources)


def read_environment() -> Environment:
    """The environment as it is now, or WrongEnvironment."""
    return _read(Environment)


def read_owner() -> Owner:
    """The same for whoever brings the database up to date."""
    return _read(Owner)


def _read(kind: type[Settings]) -> Settings:
    folder = _Where().secrets_dir
    try:
        return kind(_secrets_dir=folder if folder.is_dir() else None)
    except ValidationError as error:
        lines = [
            f"{str(fault['loc'][0]).upper()}: "
            + (_MISSING if fault["type"] == "missing" else fault["msg"].removeprefix("Value error, "))
            for fault in error.errors()
        ]
        raise WrongEnvironment("\n".join(sorted(lines))) from error
