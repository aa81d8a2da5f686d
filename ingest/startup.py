"""What must hold before a server starts, each as a value that says whether it does and how to mend it."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from indicators.store import Store, StoreBusy, StoreError
from ingest.hosts import is_loopback
from ingest.settings import Home, Settings, SettingsError

__all__ = ["OPTIONS", "Check", "Unfit", "checks", "demand", "option_checks", "store_check"]

SHORTEST_SECRET = 32  # characters
_FEWEST_LETTERS = 8  # different ones in a secret; 32 random hexadecimal digits have about 14
_EXAMPLES = re.compile(
    r"example|change.?me|secret|password|zhibiao|placeholder|your[-_ ]|示例|0123456|abcdef", re.IGNORECASE
)
_MAKE_ONE = "ZHIBIAO_SECRET=$(openssl rand -base64 48)"

# Streamlit's options that security rests on, and the one value of each
_FIXED: Mapping[str, object] = {
    "server.maxUploadSize": 10,  # MB
    "server.enableStaticServing": False,
    "server.enableAgentApi": False,
    "server.enableXsrfProtection": True,
    "server.enableCORS": True,
    "server.fileWatcherType": "none",
    "client.showErrorDetails": "none",
    "client.toolbarMode": "minimal",
    "browser.gatherUsageStats": False,
}
_IDENTITY = {"X-Zhibiao-Session": "session"}  # the one header that says who asks, set by our gate alone
OPTIONS = (*_FIXED, "server.allowedHosts", "server.trustedUserHeaders", "server.cookieSecret")


class Unfit(SettingsError):
    """A server that must not start; the message says why and what to do, one line each."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold. `mend`: what to do where it does not, in both languages."""

    code: str
    ok: bool
    zh: str
    en: str
    mend: str = ""


def checks(settings: Settings, home: Home) -> list[Check]:
    """Everything that can be said before the store is opened."""
    return [*_secret(settings, home), *_permissions(home), *_settings(settings, home)]


def demand(found: list[Check]) -> None:
    """Raise Unfit with what does not hold."""
    if failing := [check for check in found if not check.ok]:
        raise Unfit("\n".join(f"{check.zh} {check.en} → {check.mend}" for check in failing))


# -- the secret --------------------------------------------------------------------------------------------


def _secret(settings: Settings, home: Home) -> Iterator[Check]:
    if home.demo:
        yield Check("secret", True, "示例服务不需要密钥。", "The demonstration needs no secret.")
        return
    secret = settings.secret.get_secret_value() if settings.secret else ""
    why = _wrong_with(secret)
    zh, en = why or ("密钥足够长。", "The secret is long enough.")
    yield Check("secret", not why, zh, en, f"openssl rand -base64 48 → ZHIBIAO_SECRET ({_MAKE_ONE})" if why else "")
    file = Path(os.environ.get("ZHIBIAO_CONFIG", "zhibiao.toml"))
    if file.is_file():  # whoever may write it says who comes in; whoever reads it may find secrets
        readable = 0o040 if file.stat().st_uid == 0 else 0  # by the group, where root lends it to the service
        to = 0o077 & ~readable if _holds_secrets(file) else 0o022
        yield _closed("config_open", file, to=to, or_root=True)


def _holds_secrets(file: Path) -> bool:
    try:
        said = tomllib.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return True  # whatever it is, `load` says what is wrong with it
    provider = said.get("oidc")
    return "secret" in said or (isinstance(provider, dict) and "client_secret" in provider)


def _wrong_with(secret: str) -> tuple[str, str] | None:
    if not secret:
        return "没有设置密钥 ZHIBIAO_SECRET。", "ZHIBIAO_SECRET is not set."
    if len(secret) < SHORTEST_SECRET:
        return f"密钥 ZHIBIAO_SECRET 不足 {SHORTEST_SECRET} 个字符。", (
            f"ZHIBIAO_SECRET has fewer than {SHORTEST_SECRET} characters."
        )
    if _EXAMPLES.search(secret) or len(set(secret)) < _FEWEST_LETTERS:
        return "密钥 ZHIBIAO_SECRET 像是示例,不是随机产生的。", "ZHIBIAO_SECRET looks like an example, not like chance."
    return None


# -- who may open what ---------------------------------------------------------------------------------------


def _permissions(home: Home) -> Iterator[Check]:
    """Folders and files of the store, those that exist; the demonstration has nothing to hide."""
    if home.demo:
        return
    for code, path in (
        ("store_folder", home.store.parent),
        ("store_file", home.store),
        ("store_seals", home.store.with_suffix(".seals")),
        ("uploads_folder", home.uploads),
    ):
        if path.exists():
            yield _closed(code, path)


def _closed(code: str, path: Path, *, to: int = 0o077, or_root: bool = False) -> Check:
    """That a path is ours (`or_root`'s), and nobody else has the rights `to` it."""
    found = path.stat()
    mode = stat.S_IMODE(found.st_mode)
    if found.st_uid != os.geteuid() and not (or_root and found.st_uid == 0):
        zh, en = f"{path.name} 不属于运行服务的用户。", f"{path.name} does not belong to the user who runs this."
        return Check(code, False, zh, en, f"chown -R {os.geteuid()} {path}")
    if mode & to:
        zh, en = f"{path.name} 对其他用户开放({mode:03o})。", f"{path.name} is open to other users ({mode:03o})."
        return Check(code, False, zh, en, f"chmod {mode & ~to:03o} {path}")
    return Check(code, True, f"{path.name} 只对本用户开放。", f"{path.name} is open to this user alone.")


def store_check(home: Home) -> Check:
    """Whether the store can be had, or who has it. Only asked where nothing is about to open it."""
    if not home.store.exists():
        return Check("store", True, "还没有库。", "There is no store yet.")
    try:
        Store(home.store, kind=home.kind).close()
    except StoreBusy as busy:
        who = _process(busy.pid)
        zh, en = (
            f"库正由{who[0]}使用,不能再启动第二个服务。",
            f"The store is in use by {who[1]}: a second server would not start.",
        )
        return Check("store", True, zh, en)
    except StoreError as error:
        return Check("store", False, "库不能打开。", f"{error}.", "zhibiao verify")
    return Check("store", True, "库可以打开。", "The store opens.")


def _process(pid: int | None) -> tuple[str, str]:
    if pid is None:
        return "另一进程", "another process"
    try:
        name = Path(f"/proc/{pid}/comm").read_text("utf-8").strip()
    except OSError:
        name = "?"
    return f"进程 {pid}({name})", f"process {pid} ({name})"


# -- settings that contradict --------------------------------------------------------------------------------


def _settings(settings: Settings, home: Home) -> Iterator[Check]:
    here = is_loopback(settings.host)
    if home.demo:
        yield _said(
            "demo_host",
            here,
            ("示例服务只在本机提供。", "The demonstration serves this machine alone."),
            (f"示例服务不能在 {settings.host} 上提供。", f"The demonstration may not serve {settings.host}."),
            "ZHIBIAO_HOST=127.0.0.1",
        )
        return
    yield _said(
        "public_hosts",
        here or bool(settings.public_hosts),
        ("已说明用什么名字访问。", "It is said by what name the server is reached."),
        (
            f"在 {settings.host} 上监听,却没有说明用什么名字访问,所有请求都会被拒绝。",
            f"It listens on {settings.host} and no name is given that it may be reached by: every request is refused.",
        ),
        'ZHIBIAO_PUBLIC_HOSTS=["zhibiao.city.gov.cn"]',
    )
    odd = [host for host in settings.public_hosts if not re.fullmatch(r"[A-Za-z0-9.-]+|[0-9A-Fa-f:]+", host)]
    yield _said(
        "public_hosts_exact",
        not odd,
        ("访问名都是主机名。", "Every public host is a host's name."),
        (f"ZHIBIAO_PUBLIC_HOSTS 中有不是主机名的:{odd}。", f"ZHIBIAO_PUBLIC_HOSTS has what is no host's name: {odd}."),
        "只写名字,不带 *、http://、端口或路径 only names, without *, scheme, port or path",
    )


def _said(code: str, ok: bool, good: tuple[str, str], bad: tuple[str, str], mend: str) -> Check:
    return Check(code, ok, *(good if ok else bad), "" if ok else mend)


# -- Streamlit -----------------------------------------------------------------------------------------------


def option_checks(options: Mapping[str, object], settings: Settings, *, demo: bool) -> list[Check]:
    """Streamlit's options in force (by name, those of `OPTIONS`) against what security rests on."""
    found = [_option(name, options.get(name) == value, value) for name, value in _FIXED.items()]
    hosts = options.get("server.allowedHosts")
    exact = isinstance(hosts, list | tuple) and bool(hosts) and not any("*" in str(host) for host in hosts)
    found.append(_option("server.allowedHosts", exact, "a list of names"))
    trusted = options.get("server.trustedUserHeaders") or {}
    found.append(_option("server.trustedUserHeaders", trusted in ({}, _IDENTITY), _IDENTITY))
    signing = options.get("server.cookieSecret")
    found.append(_option("server.cookieSecret", demo or not _wrong_with(str(signing or "")), "ZHIBIAO_SECRET"))
    most = 10 * 2**20
    fits = settings.upload_bytes <= most
    zh, en = ("上传上限一致。", "The limits of uploads agree.")
    if not fits:
        zh, en = "ZHIBIAO_UPLOAD_BYTES 大于服务器接收的上限。", "ZHIBIAO_UPLOAD_BYTES is more than the server takes."
    found.append(Check("upload_bytes", fits, zh, en, "" if fits else f"ZHIBIAO_UPLOAD_BYTES={most}"))
    return found


def _option(name: str, ok: bool, wanted: object) -> Check:
    """One option; its value is not repeated, which may be a secret."""
    shown = str(wanted).lower() if isinstance(wanted, bool) else wanted
    zh, en = ("设置正确。", "is as it must be.") if ok else ("设置不安全。", "is not as security needs it.")
    return Check(name, ok, f"{name} {zh}", f"{name} {en}", "" if ok else f".streamlit/config.toml: {name} = {shown}")
