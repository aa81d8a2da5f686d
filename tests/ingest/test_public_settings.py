"""The public process starts only where it holds no secret and can see no store."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.public_settings import PublicSettings, PublicSettingsError, demand, load_public


def refused(settings: PublicSettings) -> str:
    with pytest.raises(PublicSettingsError) as raised:
        demand(settings)
    return str(raised.value)


@pytest.mark.parametrize(("demo", "place"), [(False, "public"), (True, "demo/public")])
def test_its_folder_is_the_public_one_of_the_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, demo: bool, place: str
) -> None:
    monkeypatch.setenv("ZHIBIAO_HOME", str(tmp_path))
    assert load_public(demo=demo).folder == tmp_path / place
    monkeypatch.setenv("ZHIBIAO_PUBLIC_FOLDER", str(tmp_path / "elsewhere"))
    assert load_public(demo=demo).folder == tmp_path / "elsewhere"


def test_without_settings_it_listens_to_this_machine_alone() -> None:
    settings = load_public()
    assert (settings.host, settings.port, settings.folder.parts[-2:]) == ("127.0.0.1", 8502, ("data", "public"))


def test_a_bad_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHIBIAO_PUBLIC_PORT", "a lot")
    with pytest.raises(PublicSettingsError, match="ZHIBIAO_PUBLIC_PORT"):
        load_public()


@pytest.mark.parametrize("url", ["zhibiao.example", "ftp://a.example/", "https://", "https://a.example/?x=1"])
def test_the_address_of_the_site_is_whole(url: str) -> None:
    with pytest.raises(PublicSettingsError, match="https://"):
        load_public(url=url)


def test_the_address_of_the_site_ends_with_a_stroke() -> None:
    assert load_public(url="https://a.example/zhibiao").url == "https://a.example/zhibiao/"


def test_a_process_without_secrets_and_store_may_start(tmp_path: Path) -> None:
    demand(PublicSettings(folder=tmp_path))
    demand(PublicSettings(folder=tmp_path / "not yet"))
    (tmp_path / "release-1-0123456789ab" / "site").mkdir(parents=True)
    demand(PublicSettings(folder=tmp_path))


@pytest.mark.parametrize("name", ["ZHIBIAO_SECRET", "zhibiao_secret", "ZHIBIAO_OIDC__CLIENT_SECRET", "ZHIBIAO_OIDC"])
def test_E23_it_does_not_start_with_a_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "kX7-very-hidden")
    told = refused(PublicSettings(folder=tmp_path))
    assert name in told and "密钥" in told
    assert "kX7" not in told


@pytest.mark.parametrize("said", ['secret = "kX7"\n', '[oidc]\nclient_secret = "kX7"\n', "not toml at all"])
def test_E23_it_does_not_start_beside_a_file_that_names_a_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    file = tmp_path / "zhibiao.toml"
    file.write_text(said, "utf-8")
    monkeypatch.setenv("ZHIBIAO_CONFIG", str(file))
    assert "zhibiao.toml" in refused(PublicSettings(folder=tmp_path / "public"))
    file.write_text('timezone = "Asia/Shanghai"\n', "utf-8")
    demand(PublicSettings(folder=tmp_path / "public"))


@pytest.mark.parametrize(
    ("inside", "folder"),
    [
        ("store/zhibiao.duckdb", "."),
        ("store/zhibiao.duckdb", "store"),
        ("uploads/ab", "."),
        ("public/current.json", "."),
        ("home/store/zhibiao.duckdb", "."),
        ("zhibiao.duckdb.wal", "."),
    ],
)
def test_E23_it_does_not_start_on_a_folder_that_holds_the_store(tmp_path: Path, inside: str, folder: str) -> None:
    (tmp_path / inside).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / inside).write_bytes(b"")
    told = refused(PublicSettings(folder=tmp_path / folder))
    assert "ZHIBIAO_PUBLIC_FOLDER" in told and "公开" in told


def test_E23_a_link_does_not_hide_the_store(tmp_path: Path) -> None:
    (tmp_path / "home" / "store").mkdir(parents=True)
    (tmp_path / "public").symlink_to(tmp_path / "home")
    assert "store" in refused(PublicSettings(folder=tmp_path / "public"))


def test_the_demonstration_is_for_this_machine(tmp_path: Path) -> None:
    assert "0.0.0.0" in refused(PublicSettings(folder=tmp_path, demo=True, host="0.0.0.0"))
    demand(PublicSettings(folder=tmp_path, demo=True, host="::1"))
