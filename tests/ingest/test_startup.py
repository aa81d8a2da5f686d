"""What keeps a server from starting, each with its code, its words and how to mend it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from ingest.owner import opened
from ingest.settings import Home, Settings, load
from ingest.startup import OPTIONS, Check, Unfit, _holds_secrets, checks, demand, option_checks, store_check

GOOD = "kFz0vQ3mTn8xYp2LwR7sBd5hJc9gEa1u"
SAFE: dict[str, Any] = {
    "server.maxUploadSize": 10,
    "server.enableStaticServing": False,
    "server.enableAgentApi": False,
    "server.enableXsrfProtection": True,
    "server.enableCORS": True,
    "server.fileWatcherType": "none",
    "client.showErrorDetails": "none",
    "client.toolbarMode": "minimal",
    "browser.gatherUsageStats": False,
    "server.allowedHosts": ["zhibiao.city.gov.cn"],
    "server.trustedUserHeaders": {"X-Zhibiao-Session": "session"},
    "server.cookieSecret": GOOD,
}


@pytest.fixture
def good(settings: Settings) -> Settings:
    return settings.model_copy(update={"secret": SecretStr(GOOD)})


def failing(found: list[Check]) -> dict[str, str]:
    """What does not hold, and how to mend it."""
    for check in found:
        assert check.zh != check.en
        assert bool(check.mend) == (not check.ok), check
    return {check.code: check.mend for check in found if not check.ok}


def test_a_server_with_a_secret_may_start(good: Settings, home: Home) -> None:
    assert failing(checks(good, home)) == {}
    demand(checks(good, home))
    with opened(home):
        pass
    assert len(checks(good, home)) == 7
    assert failing(checks(good, home)) == {}


@pytest.mark.parametrize(
    ("secret", "says"),
    [
        (None, "is not set"),
        ("", "is not set"),
        (GOOD[:31], "fewer than 32 characters"),
        ("change-me-" + GOOD, "looks like an example"),
        ("ChangeMe" + GOOD, "looks like an example"),
        ("an-example-of-a-secret-" + GOOD, "looks like an example"),
        ("0123456789abcdef0123456789abcdef", "looks like an example"),
        ("x" * 64, "looks like an example"),
        ("abab1212" * 8, "looks like an example"),
    ],
)
def test_E07_a_weak_secret_starts_nothing(settings: Settings, home: Home, secret: str | None, says: str) -> None:
    weak = settings.model_copy(update={"secret": SecretStr(secret) if secret is not None else None})
    assert list(failing(checks(weak, home))) == ["secret"]
    with pytest.raises(Unfit, match=says) as unfit:
        demand(checks(weak, home))
    assert "openssl rand" in str(unfit.value)
    assert not secret or secret not in str(unfit.value)


@pytest.mark.parametrize("secret", [GOOD, "9f86d081884c7d659a2feaa0c55ad015", "竹叶荷塘杜甫草堂月色" * 4])
def test_a_random_secret_is_none_of_the_examples(settings: Settings, home: Home, secret: str) -> None:
    assert failing(checks(settings.model_copy(update={"secret": SecretStr(secret)}), home)) == {}


def test_the_demonstration_needs_no_secret(settings: Settings) -> None:
    assert failing(checks(settings, settings.at(demo=True))) == {}


def test_a_secret_is_not_printed_with_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHIBIAO_SECRET", GOOD)
    settings = load()
    assert settings.secret is not None
    assert settings.secret.get_secret_value() == GOOD
    assert GOOD not in f"{settings!r} {settings}"


@pytest.mark.parametrize("bits", [0o640, 0o604, 0o666, 0o610])
@pytest.mark.parametrize("code", ["store_folder", "store_file", "store_seals", "uploads_folder"])
def test_E07_what_others_may_open_starts_nothing(good: Settings, home: Home, code: str, bits: int) -> None:
    with opened(home) as store, store.entry(actor="a", action="b"):
        pass
    home.uploads.mkdir(mode=0o700)
    path = {
        "store_folder": home.store.parent,
        "store_file": home.store,
        "store_seals": home.store.with_suffix(".seals"),
        "uploads_folder": home.uploads,
    }[code]
    assert failing(checks(good, home)) == {}
    folder = path.is_dir()
    path.chmod(bits | 0o100 if folder else bits)
    assert failing(checks(good, home)) == {code: f"chmod {'700' if folder else '600'} {path}"}
    path.chmod(0o700 if folder else 0o600)
    assert failing(checks(good, home)) == {}


def test_E07_what_belongs_to_another_starts_nothing(
    good: Settings, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(home):
        pass
    me = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: me + 1)
    mends = failing(checks(good, home))
    assert set(mends) == {"store_folder", "store_file", "store_seals"}
    assert mends["store_file"] == f"chown -R {me + 1} {home.store}"


def test_a_file_that_holds_the_secret_is_for_its_owner(
    good: Settings, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "zhibiao.toml"
    file.write_text(f'secret = "{GOOD}"\n', encoding="utf-8")
    monkeypatch.setenv("ZHIBIAO_CONFIG", str(file))
    file.chmod(0o644)
    mend = "640" if os.geteuid() == 0 else "600"  # root lends it to the service by its group
    assert failing(checks(load(home=home.folder), home)) == {"config_open": f"chmod {mend} {file}"}
    file.chmod(0o600)
    assert failing(checks(load(home=home.folder), home)) == {}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"host": "0.0.0.0"}, "public_hosts"),
        ({"host": "::"}, "public_hosts"),
        ({"host": "zhibiao.city.gov.cn"}, "public_hosts"),
        ({"public_hosts": ["*"]}, "public_hosts_exact"),
        ({"public_hosts": ["*.gov.cn"]}, "public_hosts_exact"),
        ({"public_hosts": ["https://zhibiao.city.gov.cn"]}, "public_hosts_exact"),
        ({"public_hosts": ["zhibiao.city.gov.cn/"]}, "public_hosts_exact"),
        ({"public_hosts": [""]}, "public_hosts_exact"),
        ({"host": "0.0.0.0", "public_hosts": ["zhibiao.city.gov.cn"]}, None),
        ({"public_hosts": ["zhibiao.city.gov.cn", "10.1.2.3", "2001:db8::1"]}, None),
        ({"host": "localhost"}, None),
    ],
)
def test_settings_that_contradict_start_nothing(
    good: Settings, home: Home, changes: dict[str, Any], code: str | None
) -> None:
    assert list(failing(checks(good.model_copy(update=changes), home))) == ([code] if code else [])


def test_the_demonstration_serves_this_machine_alone(settings: Settings) -> None:
    open_ = settings.model_copy(update={"host": "0.0.0.0"})
    assert list(failing(checks(open_, settings.at(demo=True)))) == ["demo_host"]


# -- Streamlit's options ---------------------------------------------------------------------------------------


def test_every_option_is_asked_for(good: Settings) -> None:
    assert set(OPTIONS) == set(SAFE)
    assert failing(option_checks(SAFE, good, demo=False)) == {}


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("server.maxUploadSize", 200),
        ("server.enableStaticServing", True),
        ("server.enableAgentApi", True),
        ("server.enableXsrfProtection", False),
        ("server.enableCORS", False),
        ("server.fileWatcherType", "auto"),
        ("client.showErrorDetails", "full"),
        ("client.toolbarMode", "auto"),
        ("browser.gatherUsageStats", True),
        ("server.allowedHosts", []),
        ("server.allowedHosts", ["*"]),
        ("server.allowedHosts", None),
        ("server.trustedUserHeaders", {"X-User": "user"}),
        ("server.trustedUserHeaders", {"X-Zhibiao-Session": "session", "X-User": "user"}),
        ("server.cookieSecret", ""),
        ("server.cookieSecret", "changeme"),
    ],
)
def test_an_unsafe_option_starts_nothing(good: Settings, option: str, value: object) -> None:
    assert list(failing(option_checks({**SAFE, option: value}, good, demo=False))) == [option]
    missing = {name: given for name, given in SAFE.items() if name != option}
    assert list(failing(option_checks(missing, good, demo=False))) in ([option], [])
    assert option == "server.trustedUserHeaders" or failing(option_checks(missing, good, demo=False))


def test_an_option_is_told_without_its_value(good: Settings) -> None:
    found = option_checks({**SAFE, "server.cookieSecret": "changeme-now"}, good, demo=False)
    assert "changeme-now" not in str(found)


def test_an_upload_that_the_server_would_not_take_is_a_contradiction(good: Settings) -> None:
    large = good.model_copy(update={"upload_bytes": 50_000_000})
    assert list(failing(option_checks(SAFE, large, demo=False))) == ["upload_bytes"]


# -- a second server -------------------------------------------------------------------------------------------


def test_doctor_says_who_has_the_store(home: Home) -> None:
    assert store_check(home).en == "There is no store yet."
    with opened(home):
        pass
    assert (store_check(home).ok, store_check(home).en) == (True, "The store opens.")
    home.store.write_bytes(b"damaged" * 1000)
    assert not store_check(home).ok


def test_a_file_without_secrets_may_be_read_and_not_written_by_others(
    good: Settings, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "zhibiao.toml"
    file.write_text("port = 8502\n", encoding="utf-8")
    monkeypatch.setenv("ZHIBIAO_CONFIG", str(file))
    monkeypatch.setenv("ZHIBIAO_SECRET", GOOD)
    file.chmod(0o644)
    assert failing(checks(load(home=home.folder), home)) == {}
    file.chmod(0o666)
    assert failing(checks(load(home=home.folder), home)) == {"config_open": f"chmod 644 {file}"}


def test_the_providers_secret_is_one_too(tmp_path: Path) -> None:
    file = tmp_path / "zhibiao.toml"
    for text, holds in (
        ('"secret" = "x"', True),
        ('[oidc]\nclient_secret = "x"', True),
        ('[oidc]\nissuer = "x"', False),
        ("= broken", True),
    ):
        file.write_text(text, encoding="utf-8")
        assert _holds_secrets(file) is holds
