"""`zhibiao site DIR`: the public site as files, whole or not at all, and nothing of anyone else's touched."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import zhibiao
from dashboard.public.site import bundle as bundling
from dashboard.public.site import writing
from ingest.shelf import Shelf
from tests.cities import CITY, corrected

Run = Callable[..., tuple[int, str, str]]
URL = "https://data.example/zb/"


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A public folder with two releases out, alone on its disk: no store is beside it."""
    home = corrected(tmp_path_factory.mktemp("office"), url=URL)
    there = tmp_path_factory.mktemp("apart") / "public"
    os.rename(home.public, there)
    shutil.rmtree(home.folder)
    return there


@pytest.fixture
def run(public: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """`zhibiao site …` in this process: (exit code, output, errors)."""

    def one(*arguments: str | Path) -> tuple[int, str, str]:
        code = zhibiao.main(["site", "--folder", str(public), *map(str, arguments)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return one


def beside(folder: Path) -> set[str]:
    """What lies where a bundle is written, other than the bundle."""
    return {path.name for path in folder.parent.iterdir()} - {folder.name}


def tree(folder: Path) -> Iterator[str]:
    return (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_it_writes_the_last_release_and_every_one_at_its_own_address(run: Run, public: Path, tmp_path: Path) -> None:
    out = tmp_path / "www"
    code, said, errors = run(out, "--url", "https://data.example/zb", "--json")
    assert (code, errors) == (0, "")
    told = json.loads(said)
    assert (told["release"], told["releases"], told["url"]) == (2, [1, 2], URL)
    assert told["written"] == str(out)
    drawn = {number: writing.site_of(folder) for number, folder in Shelf(public).folders().items()}
    for name in tree(drawn[2]):
        assert (out / name).read_bytes() == (drawn[2] / name).read_bytes(), name
    for number, folder in drawn.items():
        for name in tree(folder):
            assert (out / "releases" / str(number) / name).read_bytes() == (folder / name).read_bytes(), name
    found = list(tree(out))
    assert told["files"] == len(found) - 1, "all but the mark"
    assert told["pages"] == sum(name.endswith("index.html") for name in found)
    assert told["bytes"] == sum((out / name).stat().st_size for name in found if name != bundling.MARKER)
    assert not beside(out)


def test_what_several_releases_share_lies_on_the_disk_once_and_apart_from_the_releases(
    run: Run, public: Path, tmp_path: Path
) -> None:
    out = tmp_path / "www"
    assert run(out, "--url", URL)[0] == 0
    picture = f"indicators/beds-1/{CITY}/chart.png"
    assert (out / picture).samefile(out / "releases/2" / picture)
    assert (out / picture).samefile(out / "releases/1" / picture)
    theirs = {path.stat().st_ino for path in public.rglob("*") if path.is_file()}
    assert not theirs & {path.stat().st_ino for path in out.rglob("*") if path.is_file()}


def test_for_another_address_every_release_is_drawn_anew(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "www"
    code, said, _ = run(out, "--url", "http://elsewhere.example/", "--json")
    assert code == 0
    assert json.loads(said)["releases"] == [1, 2]
    for name in ("sitemap.xml", "feed.xml", "data/datapackage.json", "releases/1/sitemap.xml"):
        text = (out / name).read_text(encoding="utf-8")
        assert "http://elsewhere.example/" in text, name
        assert URL not in text, name


def test_the_address_is_that_of_the_setting_where_none_is_given(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHIBIAO_PUBLIC_URL", URL)
    assert json.loads(run(tmp_path / "www", "--json")[1])["url"] == URL


def test_again_it_takes_the_place_of_what_it_wrote(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "www"
    assert run(out, "--url", URL)[0] == 0
    (out / "stale.html").touch()
    before = out.stat().st_ino
    assert run(out, "--url", URL)[0] == 0
    assert not (out / "stale.html").exists()
    assert out.stat().st_ino != before, "a new folder under the old name"
    assert not beside(out)


def test_a_folder_of_someone_else_is_refused_and_left_alone(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    code, said, errors = run(tmp_path, "--url", URL)
    assert (code, said) == (1, "")
    assert "不是空的" in errors
    assert "is not empty" in errors
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_an_empty_folder_is_taken(run: Run, tmp_path: Path) -> None:
    (tmp_path / "www").mkdir()
    assert run(tmp_path / "www", "--url", URL)[0] == 0


@pytest.mark.parametrize("url", ["ftp://x/", "data.example", "https://x/?a", "https://x/#a", "https://"])
def test_what_is_no_address_is_refused(run: Run, tmp_path: Path, url: str) -> None:
    code, _, errors = run(tmp_path / "www", "--url", url)
    assert code == 1
    assert url in errors
    assert not (tmp_path / "www").exists()


def test_the_public_folder_itself_is_never_written_over(run: Run, public: Path) -> None:
    before = sorted(tree(public))
    for folder in (public, public / "www", public.parent):
        assert run(folder, "--url", URL)[0] == 1
    assert sorted(tree(public)) == before


def test_a_file_is_no_folder(run: Run, tmp_path: Path) -> None:
    (tmp_path / "www").write_text("x")
    code, _, errors = run(tmp_path / "www", "--url", URL)
    assert code == 1
    assert "is a file" in errors


def test_before_anything_is_out_it_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = zhibiao.main(["site", str(tmp_path / "www"), "--folder", str(tmp_path / "nowhere")])
    errors = capsys.readouterr().err
    assert code == 1
    assert "zhibiao release" in errors
    assert not (tmp_path / "www").exists()


def test_a_damaged_release_is_not_written(
    run: Run, public: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "public"
    shutil.copytree(public, copy)
    file = copy / Shelf(copy).folders()[1].name / "snapshot.duckdb"
    file.chmod(0o644)
    file.write_bytes(b"x" * 5000)
    code, said, errors = run(tmp_path / "www", "--folder", copy, "--url", URL)
    assert (code, said) == (2, "")
    assert "release-1-" in errors
    assert not (tmp_path / "www").exists()
    assert not beside(tmp_path / "www") - {"public"}


def test_cut_off_it_leaves_the_old_site_and_clears_up_the_next_time(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "www"
    assert run(out, "--url", URL)[0] == 0
    before = sorted(tree(out))

    def dies(*_: object, **__: object) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(bundling, "_swap", dies)
        assert run(out, "--url", URL)[0] == 2
    assert sorted(tree(out)) == before
    assert not beside(out)
    left = tmp_path / ".www.0123abcd.new"  # of a run that was killed
    left.mkdir()
    (left / bundling.MARKER).touch()
    assert run(out, "--url", URL)[0] == 0
    assert not beside(out)
