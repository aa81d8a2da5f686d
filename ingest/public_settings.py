"""Settings of the public process: environment variables `ZHIBIAO_PUBLIC_…`, no secret among them, checked at start.

It reads one folder. Of the internal store it knows nothing, and it will not start where it could know something.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from ingest.hosts import is_loopback

__all__ = ["PublicSettings", "PublicSettingsError", "demand", "load_public"]

# as in `ingest.settings`, which the public process does not load
_SHIPPED = Path(__file__).resolve().parents[1] / "data"
# what stands beside the public folder in a home, and never in it
_INTERNAL = ("store", "uploads", "releases", "demo", "public")
_STORE = "zhibiao.duckdb"


class PublicSettingsError(Exception):
    """The public process must not start; the message says why and what to do, one line each."""


def _in_home(given: dict[str, Any]) -> Path:
    home = Path(os.environ.get("ZHIBIAO_HOME") or _SHIPPED).expanduser()
    return (home / "demo" if given.get("demo") else home) / "public"


class PublicSettings(BaseSettings):
    """Everything that may differ between one public site and the next."""

    model_config = SettingsConfigDict(env_prefix="ZHIBIAO_PUBLIC_", frozen=True)

    demo: bool = False
    folder: Path = Field(default_factory=_in_home)  # what releases are put into; only ever read
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8502
    hosts: list[str] = []  # names a proxy may ask for us by
    url: str = ""  # the root of the public site as readers write it
    # one address: so many requests at once, then so many a second; an office or a carrier may be behind it
    burst: Annotated[int, Field(ge=1)] = 3000
    each_second: Annotated[float, Field(gt=0)] = 300
    connections: Annotated[int, Field(ge=1)] = 500  # of one address at a time; a proxy on this machine is not counted

    @field_validator("folder")
    @classmethod
    def _absolute(cls, folder: Path) -> Path:
        folder = folder.expanduser().resolve()
        if folder.exists() and not folder.is_dir():
            raise ValueError(f"{folder.name} is a file; ZHIBIAO_PUBLIC_FOLDER must be a folder")
        return folder

    @field_validator("url")
    @classmethod
    def _whole(cls, url: str) -> str:
        if not url:
            return ""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError(f"{url!r} is no address of a site; for example https://zhibiao.example.gov.cn/")
        return url.rstrip("/") + "/"

    def names(self) -> frozenset[str]:
        """Every name and address that a request may be addressed to."""
        named = {self.host, *self.hosts, urlsplit(self.url).hostname or "", "127.0.0.1", "localhost", "::1"}
        return frozenset(name.lower().rstrip(".") for name in named if name)


def load_public(**given: object) -> PublicSettings:
    """The settings in force. Raises PublicSettingsError with one line per bad setting."""
    try:
        return PublicSettings(**given)  # type: ignore[arg-type]
    except (ValidationError, ValueError) as error:
        if not isinstance(error, ValidationError):
            raise PublicSettingsError(str(error)) from None
        lines = [f"ZHIBIAO_PUBLIC_{'.'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors()]
        raise PublicSettingsError("\n".join(lines)) from None


def demand(settings: PublicSettings) -> None:
    """Raise PublicSettingsError where this process holds a secret, could see the store, or would show a demonstration
    to others than this machine."""
    if why := [*_secrets(), *_store(settings.folder), *_abroad(settings)]:
        raise PublicSettingsError("\n".join(why))


def _secrets() -> Iterator[str]:
    for name in sorted(os.environ):
        if name.upper() == "ZHIBIAO_SECRET" or name.upper().startswith("ZHIBIAO_OIDC"):
            yield (
                f"公开服务不得持有密钥,但环境变量 {name} 已设置。"
                f" The public process must hold no secret, but {name} is set → env -u {name} zhibiao serve --public"
            )
    file = Path(os.environ.get("ZHIBIAO_CONFIG") or "zhibiao.toml")
    if _names_a_secret(file):
        yield (
            f"公开服务不得读到密钥,但配置文件 {file.name} 里有。"
            f" The public process must reach no secret, but {file.name} names one"
            " → ZHIBIAO_CONFIG= , another working folder, or chmod 600 for its owner"
        )


def _names_a_secret(file: Path) -> bool:
    """Whether this process could read a secret there; a file that it may not open is out of its reach."""
    try:
        said = tomllib.loads(file.read_text("utf-8"))
    except OSError:
        return False
    except ValueError:
        return True  # who knows what it holds
    provider = said.get("oidc")
    return "secret" in said or (isinstance(provider, dict) and "client_secret" in provider)


def _store(folder: Path) -> Iterator[str]:
    if found := _internal(folder):
        yield (
            f"公开文件夹里有内部的“{found}”,公开服务只能读发布出来的文件夹。"
            f" The public folder holds “{found}”, which is internal; the public process reads nothing but releases"
            " → ZHIBIAO_PUBLIC_FOLDER=…/public"
        )


def _internal(folder: Path) -> str:
    """The name of something internal in the folder, or in a folder of it."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return ""  # nothing there yet, or nothing that this process may read
    for entry in entries:
        if entry.name in _INTERNAL or entry.name.startswith(_STORE):
            return entry.name
        try:
            beneath = {one.name for one in os.scandir(entry.path)} if entry.is_dir() else set()
        except OSError:
            continue
        if found := beneath & {"store", "uploads", "public", _STORE}:
            return f"{entry.name}/{min(found)}"
    return ""


def _abroad(settings: PublicSettings) -> Iterator[str]:
    if settings.demo and not is_loopback(settings.host):
        yield (
            f"示例站点只对本机开放,不能监听 {settings.host}。"
            f" The demonstration only serves this machine, not {settings.host} → --host 127.0.0.1"
        )
