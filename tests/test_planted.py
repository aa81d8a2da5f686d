"""Nothing that was not released reaches the public, in any form: it is planted, and every value is looked at."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from dashboard.gate.limits import Buckets
from dashboard.public.api import api
from dashboard.public.site import writing
from indicators.catalogue import CatalogueKind, read_folder
from indicators.store import Snapshot
from ingest.settings import SHIPPED
from tests import planted, sites
from tests.snapshots import Office, office

URL = "https://zhibiao.example/"


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office in which everything is planted, its two releases out with all their pages."""
    with office(tmp_path_factory.mktemp("home"), _fewer()) as opened:
        planted.plant(opened, render=_drawn)
        yield opened


def _fewer() -> list[tuple[CatalogueKind, str, str]]:
    """The shipped catalogue with one of its five plans, so that there are fewer pages."""
    left_out = ("guangzhou-2017", "liuzhou-2020", "qinhuangdao-2017", "yuexiu-2021")
    return [text for text in read_folder(SHIPPED) if text[1] not in left_out]


def _drawn(folder: Path, older: Mapping[int, Path]) -> None:
    with writing.opened(folder, URL) as book:
        writing.write(book, folder / writing.SITE, older=older)


def test_E23_no_table_and_no_parquet_file_holds_what_was_not_released(here: Office) -> None:
    assert here.snapshot().release.number == 2
    assert list(planted.found_in_tables(here.home.public)) == []
    assert list(planted.found_in_files(here.home.public)) == []
    public = here.snapshot().figures()
    assert public["value"].drop_nulls().to_list() == [7.5, 81.77]
    assert public.filter(missing="suppressed")["indicator"].to_list() == ["gz-bio-enterprise-revenue"]


def test_what_looks_for_them_finds_them_in_the_store(here: Office) -> None:
    """A search that finds nothing anywhere would prove nothing."""
    figures = here.store._connection.cursor().execute("FROM figure").pl()
    kept = (
        set(figures["value"]) | set(figures["numerator"]) | set(figures["denominator"]) | set(figures["contributors"])
    )
    assert set(planted.NUMBERS.values()) - kept == {planted.NUMBERS["a draft"]}
    assert len(list(planted._in_frame(figures, "figure"))) > 10
    assert list(planted.found_in_text("约 150,123 张")) == ["150,123"]
    assert list(planted.found_in_files(here.home.uploads))
    held = next((here.home.releases / "held").iterdir())
    assert any("82.8642" in found for found in planted.found_in_tables(held))
    assert isinstance(figures, pl.DataFrame)


def test_E23_no_page_file_or_feed_holds_what_was_not_released(here: Office) -> None:
    folders = here.shelf.folders()
    assert sorted(folders) == [1, 2]
    pages = folders[2] / writing.SITE
    assert "81.77" in (pages / "indicators/life-expectancy/510100/index.html").read_text()
    assert "按年报核定" in (pages / "feed.xml").read_text()
    assert list(planted.found_in_files(here.home.public)) == []


ASKED = (
    "/",
    "/releases",
    "/releases/1",
    "/releases/2/changes?since=1",
    "/plans",
    "/plans/chengdu-145",
    "/indicators",
    "/indicators/life-expectancy",
    "/indicators/gz-bio-enterprise-revenue",
    "/regions",
    "/series?replaced=true&limit=10000",
    "/series?release=1",
    "/assessments",
    "/openapi.json",
    "/sdmx/data.csv",
    "/sdmx/structure.xml",
)


@pytest.mark.parametrize("form", ["application/json", "text/csv"])
def test_E23_no_answer_of_the_api_holds_what_was_not_released(here: Office, form: str) -> None:
    out = {number: Snapshot(folder) for number, folder in here.shelf.folders().items()}
    app = api(lambda: out[2], release=out.get, url=URL, buckets=Buckets(1e9, 1e9))
    seen = ""
    with TestClient(Starlette(routes=[Mount("/api/v1", app)])) as client:
        for address in ASKED:
            answer = client.get(f"/api/v1{address}", headers={"Accept": f"{form}, */*;q=0.1"})
            assert answer.status_code == 200, address
            seen += answer.text
    assert "81.77" in seen
    assert list(planted.found_in_text(seen)) == []
    for snapshot in out.values():
        snapshot.close()


def test_every_link_of_the_site_leads_to_a_file_of_it(here: Office) -> None:
    """Only the API and the interactive page are not files."""
    folder = here.shelf.folders()[2] / writing.SITE
    assert json.loads((folder / "latest.json").read_text())["release"] == 2
    lost = set()
    pages = sorted(folder.rglob("*.html"))
    assert len(pages) > 100
    for page in pages:
        for address in sites.followed(page.relative_to(folder).as_posix(), sites.read(page.read_bytes()), base=URL):
            place = address.removeprefix(URL)
            if address.startswith(URL) and not place.startswith(("api/v1/", "explore")):
                file, _ = sites.file_at(sites.URL + place)
                if not (folder / file).is_file():
                    lost.add((page.relative_to(folder).as_posix(), address))
    assert lost == set()
