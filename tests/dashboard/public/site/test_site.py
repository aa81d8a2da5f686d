"""A release as a folder of files: all there, packed, linked, the same on every run."""

from __future__ import annotations

import gzip
import json
import xml.etree.ElementTree as Xml
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.public.book import Book, Leaf
from dashboard.public.site import writing
from dashboard.public.site.tree import Tree
from indicators.store import Snapshot
from ingest.shelf import Shelf
from tests.cities import CITY, corrected

URL = "https://data.example/zb/"


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """The folders of two releases that are out, the second of which corrects one figure of the first."""
    return Shelf(corrected(tmp_path_factory.mktemp("office"), url=URL).public).folders()


@pytest.fixture(scope="module")
def made(releases: dict[int, Path]) -> Path:
    """The site of the second."""
    return writing.site_of(releases[2])


@pytest.fixture
def book(releases: dict[int, Path]) -> Iterator[Book]:
    with writing.opened(releases[2], URL) as found:
        yield found


def files(folder: Path) -> dict[str, bytes]:
    """Every file of a tree by its path."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_subject_has_its_page_and_files_in_both_languages(made: Path) -> None:
    for tree in ("", "en/"):
        at = made / f"{tree}indicators/beds-1" / CITY
        for name in ("index.html", "embed/index.html", "chart.svg", "chart.png"):
            assert (at / name).stat().st_size, at / name
    for name in ("data.csv", "data.xlsx", "data.json"):
        assert (made / "indicators/beds-1" / CITY / name).is_file()
    for name in ("index.html", "en/index.html", "feed.xml", "en/feed.xml", "robots.txt", "data/datapackage.json"):
        assert (made / name).is_file(), name


def test_text_lies_packed_beside_itself_and_pictures_do_not(made: Path) -> None:
    found = files(made)
    packed = {name.removesuffix(".gz") for name in found if name.endswith(".gz")}
    for name in packed:
        assert gzip.decompress(found[f"{name}.gz"]) == found[name], name
    ends = {".html", ".svg", ".json", ".csv", ".xml"}
    assert packed >= {name for name in found if Path(name).suffix in ends and len(found[name]) > 500}
    assert not [name for name in packed if Path(name).suffix in {".png", ".xlsx", ".duckdb", ".parquet"}]


def test_the_map_names_exactly_the_pages_that_are_there(made: Path) -> None:
    tags = Xml.parse(made / "sitemap.xml").iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")
    told = {str(tag.text).removeprefix(URL) for tag in tags}
    own = {"releases/2/changes/": "changes/", "releases/2/en/changes/": "en/changes/"}
    assert set(own) <= told, "each release's own stand below it"
    told = {own.get(path, path) for path in told}
    there = {path.parent.relative_to(made).as_posix().removeprefix(".") for path in made.rglob("index.html")}
    assert told == {f"{path}/" if path else "" for path in there if not path.endswith("embed")}
    assert f"indicators/beds-0/{CITY}/" in told


@pytest.mark.parametrize("name", ["feed.xml", "en/feed.xml"])
def test_every_link_of_a_feed_leads_to_a_file_of_its_release(name: str, releases: dict[int, Path], made: Path) -> None:
    links = [str(tag.get("href")) for tag in Xml.parse(made / name).iter("{http://www.w3.org/2005/Atom}link")]
    assert len(links) == 3 + len(releases)
    for link in links:
        parts = link.removeprefix(URL).split("/")
        below = parts[0] == "releases"
        site = writing.site_of(releases[int(parts[1])]) if below else made
        path = "/".join(parts[2:] if below else parts)
        assert (site / (path + "index.html" if path.endswith("/") or not path else path)).is_file(), link


def test_of_a_subject_that_did_not_change_the_map_says_since_when(made: Path, releases: dict[int, Path]) -> None:
    with writing.opened(releases[2], URL) as book:
        days = {release.number: release.released_on for release in book.releases}
        changed = writing.last_changed(book.subject("beds-0", CITY), days, otherwise=days[1])
        still = writing.last_changed(book.subject("beds-1", CITY), {1: days[1]}, otherwise=days[2])
    assert (changed, still) == (days[2], days[1])


def test_several_processes_write_what_one_writes(book: Book, releases: dict[int, Path], tmp_path: Path) -> None:
    alone = writing.write(book, tmp_path / "alone", older=releases, processes=1)
    together = writing.write(book, tmp_path / "together", older=releases, processes=2)
    assert files(tmp_path / "alone") == files(tmp_path / "together")
    assert (alone.files, alone.bytes, sorted(alone.pages)) == (together.files, together.bytes, sorted(together.pages))
    assert alone.files == len(files(tmp_path / "alone"))
    assert alone.bytes == sum(map(len, files(tmp_path / "alone").values()))


def test_only_pictures_of_what_changed_are_drawn_anew(releases: dict[int, Path]) -> None:
    one, two = (writing.site_of(releases[number]) for number in (1, 2))
    pictures = sorted(path.relative_to(one) for path in one.rglob("chart.png"))
    assert len(pictures) == 2 * 2 * 2
    anew = {path.as_posix() for path in pictures if not (one / path).samefile(two / path)}
    assert anew == {f"{tree}indicators/beds-0/{CITY}/chart.png" for tree in ("", "en/")}
    for path in (*pictures, *(path.with_suffix(".svg") for path in pictures)):
        assert ((one / path).read_bytes() == (two / path).read_bytes()) is (
            path.with_suffix(".png").as_posix() not in anew
        )


def test_a_picture_is_dated_by_the_release_that_last_changed_it(releases: dict[int, Path]) -> None:
    two = writing.site_of(releases[2])
    still, anew = (two / f"indicators/{name}/{CITY}/chart.svg" for name in ("beds-1", "beds-0"))
    assert f"{URL}releases/1/" in still.read_text(encoding="utf-8")
    assert f"{URL}releases/2/" in anew.read_text(encoding="utf-8")


def test_a_site_says_of_which_release_and_address_it_is(made: Path, releases: dict[int, Path]) -> None:
    told = json.loads((made / writing.NAMED).read_text(encoding="utf-8"))
    assert told == {"program": "zhibiao", "release": 2, "url": URL, "digest": Snapshot(releases[2]).digest}


def test_a_folder_that_is_there_is_not_written_into(book: Book, tmp_path: Path) -> None:
    with pytest.raises(FileExistsError):
        writing.write(book, tmp_path)


@pytest.mark.parametrize("path", ["../out.html", "/out.html", "a/../../out.html"])
def test_nothing_is_written_outside_the_tree(tmp_path: Path, path: str) -> None:
    with pytest.raises(AssertionError):
        Tree(tmp_path / "site").put(Leaf(path, b"x"))
    assert not list(tmp_path.rglob("out.html"))


def test_nothing_is_written_twice(tmp_path: Path) -> None:
    tree = Tree(tmp_path)
    tree.put(Leaf("a/index.html", b"one"))
    with pytest.raises(FileExistsError):
        tree.put(Leaf("a/index.html", b"two"))
    assert (tmp_path / "a/index.html").read_bytes() == b"one"
