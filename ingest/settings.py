"""Settings: environment variables `ZHIBIAO_…`, or one TOML file, checked before anything starts."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from ingest.accounts.provider import Provider

__all__ = ["SHIPPED", "Home", "Settings", "SettingsError", "load"]

SHIPPED = Path(__file__).resolve().parents[1] / "data"  # the catalogue that ships with the program


class SettingsError(Exception):
    """A setting that cannot be used; the message names it and says what it may be."""


class Home:
    """Where one running store lives. The demonstration has a home of its own inside the real one."""

    def __init__(self, folder: Path, *, demo: bool) -> None:
        self.demo = demo
        self.folder = folder / "demo" if demo else folder

    @property
    def kind(self) -> str:
        return "demo" if self.demo else "real"

    @cached_property
    def store(self) -> Path:
        return self.folder / "store" / "zhibiao.duckdb"

    @cached_property
    def uploads(self) -> Path:
        return self.folder / "uploads"

    @cached_property
    def releases(self) -> Path:
        """Where releases are frozen, and wait until they are due: nobody else's."""
        return self.folder / "releases"

    @cached_property
    def public(self) -> Path:
        """All that the public side may read."""
        return self.folder / "public"

    @cached_property
    def socket(self) -> Path:
        return self.folder / "store" / "zhibiao.sock"


class Settings(BaseSettings):
    """Everything that may differ between one installation and the next."""

    model_config = SettingsConfigDict(env_prefix="ZHIBIAO_", env_nested_delimiter="__", extra="forbid", frozen=True)

    home: Path = SHIPPED
    demo: bool = False
    secret: SecretStr | None = None  # what a server signs with; `ingest.startup` says what is one
    host: str = "127.0.0.1"
    public_hosts: list[str] = []  # names a proxy may ask for us by
    port: Annotated[int, Field(ge=1, le=65535)] = 8501
    timezone: str = "Asia/Shanghai"
    language: Annotated[str, Field(pattern="^(zh|en)$")] = "zh"
    upload_bytes: Annotated[int, Field(ge=1024, le=100_000_000)] = 10_000_000
    upload_rows: Annotated[int, Field(ge=1, le=2_000_000)] = 100_000
    upload_columns: Annotated[int, Field(ge=4, le=1000)] = 100
    reader_seconds: Annotated[int, Field(ge=1, le=300)] = 25
    reader_megabytes: Annotated[int, Field(ge=128, le=8192)] = 512
    oidc: Provider | None = None  # an identity provider that people may sign in through
    public_side: bool = True  # whether what is released is put out for the public side
    public_url: Annotated[str, Field(pattern=r"^https?://[^\s?#]+/$")] = "http://127.0.0.1:8502/"  # of the public side
    publisher_zh: str = ""  # 发布机构 as the public reads it; else the body that issued the first plan
    publisher_en: str = ""
    least_contributors: Annotated[int, Field(ge=1, le=1000)] = 3  # figures of fewer enterprises are not made public
    local_accounts: bool = True  # whether names and passwords are taken on the sign-in page too

    @field_validator("local_accounts")
    @classmethod
    def _some_way_in(cls, taken: bool, others: ValidationInfo) -> bool:
        if not taken and others.data.get("oidc", ...) is None:
            raise ValueError("without local accounts nobody could sign in; set up oidc first")
        return taken

    @field_validator("timezone")
    @classmethod
    def _a_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"{name!r} is no time zone; for example Asia/Shanghai") from None
        return name

    @field_validator("home")
    @classmethod
    def _absolute(cls, home: Path) -> Path:
        home = home.expanduser().resolve()
        if home.exists() and not home.is_dir():
            raise ValueError(f"{home.name} is a file; ZHIBIAO_HOME must be a folder")
        return home

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        file = Path(os.environ.get("ZHIBIAO_CONFIG", "zhibiao.toml"))
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=file))

    def secrets(self) -> list[str]:
        """Whatever no log may hold."""
        held = [self.secret, self.oidc.client_secret if self.oidc else None]
        return [one.get_secret_value() for one in held if one]

    def at(self, *, demo: bool | None = None) -> Home:
        """The home to work in."""
        return Home(self.home, demo=self.demo if demo is None else demo)


def load(**given: object) -> Settings:
    """The settings in force. Raises SettingsError with one line per bad setting."""
    config = os.environ.get("ZHIBIAO_CONFIG")
    if config and not Path(config).is_file():
        raise SettingsError(f"ZHIBIAO_CONFIG names {config}, which is not a file")
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        lines = [f"ZHIBIAO_{'.'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors()]
        raise SettingsError("\n".join(lines)) from None
    except ValueError as error:  # the TOML file itself
        raise SettingsError(f"{config or 'zhibiao.toml'}: {error}") from None
