"""The settings of a provider: from file and environment; wrong ones are named before anything starts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ingest.accounts.provider import guarded
from ingest.settings import SettingsError, load

GOOD: dict[str, Any] = {
    "issuer": "https://id.example.gov.cn/realms/city",
    "client_id": "zhibiao",
    "address": "https://zhibiao.example.gov.cn",
    "grants": [{"claim": "groups", "value": "leaders", "role": "leader"}],
}
STATISTICIAN = {"claim": "groups", "value": "x", "role": "statistician"}


def refused(**given: object) -> list[str]:
    with pytest.raises(SettingsError) as error:
        load(**given)
    return str(error.value).splitlines()


def test_nobody_is_asked_unless_set() -> None:
    found = load()
    assert (found.oidc, found.local_accounts) == (None, True)


def test_what_is_usual() -> None:
    found = load(oidc=GOOD, local_accounts=False).oidc
    assert found is not None
    assert (found.scopes, found.name_claim) == (("openid", "profile"), "preferred_username")
    assert (found.client_secret, found.acr, found.max_age, found.label) == (None, (), None, "")
    assert found.callback == "https://zhibiao.example.gov.cn/login/oidc/callback"


def test_file_and_environment_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "zhibiao.toml"
    file.write_text(
        """
        [oidc]
        issuer = "https://id.example.gov.cn"
        client_id = "zhibiao"
        address = "https://zhibiao.example.gov.cn"

        [[oidc.grants]]
        claim = "groups"
        value = "health"
        role = "statistician"
        organisation = "chengdu-health"
        """,
        encoding="utf-8",
    )
    monkeypatch.setenv("ZHIBIAO_CONFIG", str(file))
    monkeypatch.setenv("ZHIBIAO_OIDC__CLIENT_SECRET", "kept-out-of-the-file")
    found = load().oidc
    assert found is not None and found.client_secret is not None
    assert found.client_secret.get_secret_value() == "kept-out-of-the-file"
    assert found.grants[0].organisation == "chengdu-health"
    assert "kept-out-of-the-file" not in repr(found)


@pytest.mark.parametrize(
    ("changes", "place", "says"),
    [
        ({"issuer": "http://id.example.gov.cn"}, "ISSUER", "is not https://"),
        ({"issuer": "id.example.gov.cn"}, "ISSUER", "is not https://"),
        ({"issuer": "https://id.example.gov.cn/?realm=1"}, "ISSUER", "? or # part"),
        ({"address": "http://zhibiao.example.gov.cn"}, "ADDRESS", "is not https://"),
        ({"address": "https://example.gov.cn/zhibiao"}, "ADDRESS", "has a path"),
        ({"client_id": ""}, "CLIENT_ID", "at least 1 character"),
        ({"client_secret": "  "}, "CLIENT_SECRET", "is blank"),
        ({"scopes": ["profile"]}, "SCOPES", "must have openid"),
        ({"grants": []}, "GRANTS", "lets nobody in"),
        ({"grants": [STATISTICIAN]}, "GRANTS.0", "needs an organisation"),
        ({"grants": [{"claim": "groups", "value": "x", "role": "operator"}]}, "GRANTS.0.ROLE", "no role to grant"),
        ({"grants": [{"claim": "groups", "value": "x", "role": "king"}]}, "GRANTS.0.ROLE", "'leader'"),
        ({"grants": [{**GOOD["grants"][0], "name": "wang"}]}, "GRANTS.0", "of one sub only"),
        ({"max_age": 5}, "MAX_AGE", "greater than or equal to 60"),
        ({"clientid": "x"}, "CLIENTID", "not permitted"),
    ],
)
def test_wrong_ones_are_named(changes: dict[str, object], place: str, says: str) -> None:
    (line,) = refused(oidc=GOOD | changes)
    assert line.startswith(f"ZHIBIAO_OIDC.{place}: ")
    assert says in line


def test_someone_must_be_able_to_sign_in() -> None:
    (line,) = refused(local_accounts=False)
    assert line.startswith("ZHIBIAO_LOCAL_ACCOUNTS: ")
    assert "nobody could sign in" in line


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("https://id.example", True),
        ("https://id.example:8443/realms/city", True),
        ("http://127.0.0.1:3000", True),
        ("http://localhost:3000", True),
        ("http://[::1]:3000", True),
        ("http://id.example", False),
        ("http://127.0.0.1.example", False),
        ("http://localhost.example", False),
        ("https://", False),
        ("https://user@id.example", False),
        ("https://id.example:port", False),
        ("https://[::1", False),
        ("ftp://id.example", False),
        ("", False),
    ],
)
def test_only_what_cannot_be_read_on_the_way(address: str, safe: bool) -> None:
    assert guarded(address) is safe
