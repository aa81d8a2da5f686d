"""Settings: from the environment or one TOML file, checked before anything starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.settings import SHIPPED, Home, SettingsError, load


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run where there is no configuration file but the one a test writes."""
    monkeypatch.delenv("ZHIBIAO_CONFIG")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(**given: object) -> list[str]:
    with pytest.raises(SettingsError) as error:
        load(**given)
    return str(error.value).splitlines()


def test_what_holds_when_nothing_is_set() -> None:
    found = load()
    assert (found.home, found.demo, found.host, found.port) == (SHIPPED, False, "127.0.0.1", 8501)
    assert (found.timezone, found.language) == ("Asia/Shanghai", "zh")
    assert (found.upload_bytes, found.upload_rows, found.upload_columns) == (10_000_000, 100_000, 100)
    assert (found.reader_seconds, found.reader_megabytes) == (25, 512)


def test_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in {"HOME": str(tmp_path / "z"), "DEMO": "1", "PORT": "9000", "LANGUAGE": "en"}.items():
        monkeypatch.setenv(f"ZHIBIAO_{name}", value)
    found = load()
    assert (found.home, found.demo, found.port, found.language) == (tmp_path / "z", True, 9000, "en")


def test_a_file_is_asked_and_the_environment_goes_before_it(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (elsewhere / "zhibiao.toml").write_text('port = 9000\nhost = "0.0.0.0"\n', encoding="utf-8")
    monkeypatch.setenv("ZHIBIAO_PORT", "9001")
    found = load()
    assert (found.host, found.port) == ("0.0.0.0", 9001)
    assert load(port=9002).port == 9002


def test_the_file_may_lie_elsewhere(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (elsewhere / "other.toml").write_text("port = 9000\n", encoding="utf-8")
    monkeypatch.setenv("ZHIBIAO_CONFIG", str(elsewhere / "other.toml"))
    assert load().port == 9000
    monkeypatch.setenv("ZHIBIAO_CONFIG", str(elsewhere / "missing.toml"))
    assert refused() == [f"ZHIBIAO_CONFIG names {elsewhere / 'missing.toml'}, which is not a file"]


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("PORT", "0", "greater than or equal to 1"),
        ("PORT", "70000", "less than or equal to 65535"),
        ("PORT", "many", "valid integer"),
        ("LANGUAGE", "fr", "pattern"),
        ("TIMEZONE", "Shanghai", "'Shanghai' is no time zone; for example Asia/Shanghai"),
        ("TIMEZONE", "../etc/passwd", "is no time zone"),
        ("UPLOAD_BYTES", "1", "greater than or equal to 1024"),
        ("UPLOAD_ROWS", "0", "greater than or equal to 1"),
        ("UPLOAD_COLUMNS", "3", "greater than or equal to 4"),
        ("READER_SECONDS", "0", "greater than or equal to 1"),
        ("READER_MEGABYTES", "1", "greater than or equal to 128"),
        ("DEMO", "perhaps", "valid boolean"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    monkeypatch.setenv(f"ZHIBIAO_{name}", value)
    (line,) = refused()
    assert line.startswith(f"ZHIBIAO_{name}: ")
    assert says in line


def test_every_bad_setting_has_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHIBIAO_PORT", "0")
    monkeypatch.setenv("ZHIBIAO_LANGUAGE", "fr")
    assert [line.split(":")[0] for line in refused()] == ["ZHIBIAO_PORT", "ZHIBIAO_LANGUAGE"]


def test_a_home_that_is_a_file_is_refused(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (elsewhere / "z").write_text("", encoding="utf-8")
    monkeypatch.setenv("ZHIBIAO_HOME", str(elsewhere / "z"))
    assert refused() == ["ZHIBIAO_HOME: Value error, z is a file; ZHIBIAO_HOME must be a folder"]


@pytest.mark.parametrize(
    ("text", "says"), [("port = ", "zhibiao.toml: "), ('colour = "red"', "ZHIBIAO_COLOUR: Extra inputs")]
)
def test_a_bad_file_is_refused(elsewhere: Path, text: str, says: str) -> None:
    (elsewhere / "zhibiao.toml").write_text(text, encoding="utf-8")
    (line,) = refused()
    assert line.startswith(says)


def test_a_home_is_absolute(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHIBIAO_HOME", "relative/z")
    assert load().home == elsewhere / "relative" / "z"
    monkeypatch.setenv("HOME", str(elsewhere))
    monkeypatch.setenv("ZHIBIAO_HOME", "~/z")
    assert load().home == elsewhere / "z"


def test_the_demonstration_has_a_home_of_its_own(tmp_path: Path) -> None:
    real, demo = load(home=tmp_path).at(), load(home=tmp_path, demo=True).at()
    assert (real.kind, demo.kind) == ("real", "demo")
    assert real.store == tmp_path / "store" / "zhibiao.duckdb"
    assert demo.store == tmp_path / "demo" / "store" / "zhibiao.duckdb"
    for one in (real, demo):
        places = {one.store, one.uploads, one.releases, one.socket}
        assert len(places) == 4
        assert all(one.folder in place.parents for place in places)
    assert load(home=tmp_path).at(demo=True).folder == Home(tmp_path, demo=True).folder
