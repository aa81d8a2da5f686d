"""The public interactive page: what it says of a release, and that it says nothing else."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from dashboard.i18n import words
from dashboard.public.book import Book
from dashboard.public.explore import beside, held, page, places, since, table
from dashboard.public.explore.view import View, seen
from dashboard.public.site.subject_figures import figure_rows
from indicators.store import Snapshot, SnapshotError
from tests.pages import markup, plain, rows, said
from tests.returns import csv
from tests.snapshots import office

ZH, EN = words("zh"), words("en")
MAIN = Path(page.__file__).with_name("main.py")
BEDS = {"indicator": "beds-per-1000", "note": "核实无误"}
YEARS = {"2021": "7.44", "2022": "7.55", "2023": "7.71", "2024Q1": "7.74"}
WHY = "2023年末数按年报核定结果改正"


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Book]:
    """Two releases: the second corrects 2023 and brings 2024."""
    first = csv(
        *({"period": p, "value": v, "vintage": "flash" if "Q" in p else "annual"} for p, v in YEARS.items()), **BEDS
    )
    rows = [{"period": "2023", "value": "7.62", "vintage": "revised"}, {"period": "2024", "value": "7.87"}]
    names = {"publisher_zh": "成都市卫生健康委员会", "publisher_en": "Chengdu Health Commission"}
    with office(tmp_path_factory.mktemp("explored"), **names) as here:
        here.send(csv())
        for raw, note in ((first, "首次发布"), (csv(*rows, **BEDS), WHY)):
            here.send(raw)
            here.release(note)
            here.publish()
        folders = here.shelf.folders()
    return {number: Book(Snapshot(folder), url="https://public.example/") for number, folder in folders.items()}


@pytest.fixture
def out(books: dict[int, Book]) -> Iterator[Book]:
    """The latest release, held."""
    held.holding(lambda: books[2])
    yield books[2]
    held._current = None


def opened(**address: str) -> AppTest:
    """The page as an address opens it; it must not fail."""
    drawn = AppTest.from_file(MAIN, default_timeout=60)
    drawn._page_hash = calc_hash("explore")
    drawn.query_params.update(address)
    drawn.run()
    assert not drawn.exception
    return drawn


def view(book: Book, **address: str) -> View:
    found = seen(book, address, latest=2)
    assert found is not None
    return found


BEDS_PAGE = {"plan": "chengdu-145", "indicator": "beds-per-1000", "region": "510100"}


# -- what it says ------------------------------------------------------------------------------------------------


def test_the_verdict_the_figures_and_the_release_are_said(out: Book) -> None:
    told = said(opened(indicator="beds-per-1000"))
    assert "每千人口医疗卫生机构床位数" in told
    assert "滞后 。2024年末 7.87 张/千人,完成目标增量的 55.2%" in told
    assert "落后 24.8 个百分点" in told
    assert "发布机构 成都市卫生健康委员会" in told and "数据截止 2024年末" in told and "第 2 次发布" in told
    assert f"发布说明 {WHY}" in told


def test_the_table_is_of_the_charts_own_points_with_what_each_is(out: Book) -> None:
    page = opened(indicator="beds-per-1000")
    found = {row[0].split(" ")[0]: row[1:] for row in rows(table.figures(view(out, **BEDS_PAGE), ZH))}
    assert found["2024年末"][:3] == ["7.87", "8.11", "−0.24"]
    assert found["2023年末"][3] == "修订 · 原 7.71"
    assert found["2024年一季度"][3] == "初步"
    assert found["2021年末"][3] == ZH("subject.mark_annual")
    (chart,) = page.get("vega_lite_chart")
    drawn = json.dumps(json.loads(chart.proto.spec))
    assert all(f'"value": {value}' in drawn for value in ("7.44", "7.55", "7.62", "7.74", "7.87"))
    assert "7.71" not in drawn, "the corrected value is drawn only where it is asked for"


def test_every_figure_of_every_release_is_listed(out: Book) -> None:
    told = plain(table.every(view(out, **BEDS_PAGE), ZH))
    assert "2023年末 7.71 年报数 · 第 2 次发布改正 第 1 次" in told
    assert "2023年末 7.62 修订数 · 现行 第 2 次" in told


def test_a_withheld_figure_says_that_it_is_and_why(out: Book) -> None:
    one = view(out, **BEDS_PAGE)
    frame = one.subject.figures
    hide = pl.col("period") == "2024Q1"
    veiled = frame.with_columns(
        value=pl.when(hide).then(None).otherwise("value"),
        missing=pl.when(hide).then(pl.lit("suppressed")).otherwise("missing"),
    )
    without = replace(one, one=None, subject=replace(one.subject, figures=veiled))
    told = table.figures(without, ZH)
    assert {row[0].split(" ")[0]: row[1] for row in rows(told)}["2024年一季度"] == ZH("veil.mark")
    assert ZH("veil.explained") in told


def test_the_table_has_the_rows_of_the_page_that_needs_no_script(out: Book) -> None:
    """Every held figure: of a flow the quarter and its year to date are two."""
    one = view(out, **BEDS_PAGE)
    frame = one.subject.figures
    both = pl.concat([frame, frame.filter(period="2024Q1").with_columns(accumulation=pl.lit("period"))])
    more = replace(one, subject=replace(one.subject, figures=both))
    told = rows(table.figures(more, ZH))
    static = figure_rows(more.subject, out, ZH)
    assert len(told) == len(static) == 6
    assert [row[1:4] for row in told] == [[one.value, one.expected, one.gap] for one in static]


# -- against the release before ----------------------------------------------------------------------------------


def test_what_was_corrected_is_a_hollow_mark_and_a_line(out: Book) -> None:
    page = opened(indicator="beds-per-1000", against="previous")
    told = said(page)
    assert "与第 1 次发布相比 新公布 1 个数值:2024年末" in told
    assert f"2023年末 7.71 7.62 {WHY}" in told
    assert "灰色小圈为修订前的值" in told
    (chart,) = page.get("vega_lite_chart")
    assert "7.71" in chart.proto.spec
    assert [r.was.value for r in since.beside(view(out, **BEDS_PAGE, against="previous")).revisions] == [7.71]
    assert since.beside(view(out, **BEDS_PAGE)).revisions == ()


def test_an_indicator_that_did_not_change_says_so(out: Book) -> None:
    assert "这项指标没有变化" in said(opened(indicator="life-expectancy", against="previous"))


def test_an_older_release_is_shown_as_it_was_and_leads_to_the_latest(out: Book) -> None:
    page = opened(indicator="beds-per-1000", release="1")
    told = said(page)
    assert "您看的是第 1 次发布" in told and "看最新:第 2 次发布" in told
    assert "7.87" not in told and "7.62" not in told
    (chart,) = page.get("vega_lite_chart")
    assert "7.71" in chart.proto.spec and "7.62" not in chart.proto.spec
    assert 'href="./releases/1/indicators/beds-per-1000/510100/data.csv"' in markup(page)


# -- the address -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        {},
        {"plan": "no-such", "indicator": "'; DROP TABLE figure; --", "region": "<script>", "lang": "xx"},
        {"release": "0"},
        {"release": "99"},
        {"release": "-1"},
        {"release": "١"},
        {"release": "9" * 40},
        {"against": "everything"},
    ],
)
def test_whatever_an_address_says_that_is_not_there_falls_back(address: dict[str, str], out: Book) -> None:
    told = said(opened(**address))
    assert "第 2 次发布" in told and "床位数 牢靠" not in told
    assert "每千人口医疗卫生机构床位数" in told and "滞后" in told, "what most needs attention"
    assert not any(value in told for value in address.values() if len(value) > 4)


def test_choices_are_written_into_the_address_and_links_keep_them(out: Book) -> None:
    page = opened(indicator="beds-per-1000", lang="en")
    page.selectbox(key="against_").select("previous").run()
    assert page.query_params["against"] == "previous"
    page.selectbox(key="indicator_beds-per-1000").select("life-expectancy").run()
    assert "Life expectancy at birth" in said(page)
    assert "explore?plan=" in markup(page) and "lang=zh&amp;against=previous" in markup(page)
    page.selectbox(key="release_").select("1").run()
    assert "You are looking at release 1" in said(page)


def test_english_says_the_same(out: Book) -> None:
    told = said(opened(indicator="beds-per-1000", lang="en", against="previous"))
    assert f'<span lang="zh-CN">{WHY}</span>' in markup(opened(indicator="beds-per-1000", lang="en"))
    assert "Behind" in told and "Chengdu Health Commission" in told and "Data to end 2024" in told
    assert f"{EN('subject.mark_revised')} · {EN('subject.was', value='7.71')}" in told


def test_the_same_indicator_is_found_elsewhere(out: Book) -> None:
    one = view(out, **BEDS_PAGE)
    assert places.static(one, ZH) == "./indicators/beds-per-1000/510100/"
    assert places.static(one, EN) == "./en/indicators/beds-per-1000/510100/"
    assert places.permanent(one, EN) == "./releases/2/en/indicators/beds-per-1000/510100/"
    assert places.api(one) == "./api/v1/series?indicator=beds-per-1000&amp;region=510100"
    assert [name for name, _ in places.files(one, ZH)] == ["CSV", "XLSX", "JSON"], "pictures as far as there are some"
    assert "成都市卫生健康委员会" in plain(beside.release(one, ZH))


def test_a_target_without_a_figure_says_that_none_was_published(out: Book) -> None:
    bare = next(one for one in out.judged["chengdu-145"] if not one.observations)
    told = said(opened(indicator=bare.indicator.id))
    assert "还没有公布过数值" in told and "审核" not in told


@pytest.mark.parametrize("address", [{}, {"plan": "chengdu-145"}, {"plan": "no-such"}])
def test_an_indicator_without_any_target_is_shown_itself(address: dict[str, str], out: Book) -> None:
    """Never another indicator's verdict under its address."""
    beds = out.subject("beds-per-1000", "510100")
    bare = replace(beds, indicator=replace(beds.indicator, id="bare", name_zh="无目标指标"), judged=())
    made = Book(out.snapshot, url=out.url)
    vars(made).update(subjects={**out.subjects, ("bare", "510100"): bare})
    held.holding(lambda: made)
    page = opened(indicator="bare", region="510100", **address)
    told = said(page)
    assert "无目标指标" in told and "7.87" in told and "没有为它定目标" in told
    assert "滞后" not in told and not page.get("vega_lite_chart")
    assert 'src="data:image/svg+xml;base64,' in markup(page)
    assert "indicator=bare" in markup(page) and "plan=" not in markup(page)
    page.selectbox(key="plan_").select("chengdu-145").run()
    assert "每千人口医疗卫生机构床位数" in said(page) and page.query_params["plan"] == "chengdu-145"


def test_a_promise_is_found_in_whichever_plan_makes_it(out: Book) -> None:
    other = next(one for one in out.judged["yuexiu-2021"] if one.commitment.kind == "target")
    found = view(out, indicator=other.commitment.id, region=other.region)
    assert (found.plan, found.one) == (other.plan, other)


def test_before_the_first_release_it_says_so() -> None:
    def none() -> Book:
        raise SnapshotError("nothing is out")

    held.holding(none)
    assert "还没有发布的内容" in said(opened())
    held._current = None


def test_it_only_reads(out: Book) -> None:
    page = opened(indicator="beds-per-1000", against="previous")
    kinds = {element.type for element in page}
    assert kinds.isdisjoint(
        {"button", "file_uploader", "text_input", "text_area", "form", "download_button", "chat_input"}
    )
    assert "selectbox" in kinds
    assert "<form" not in markup(page) and "<input" not in markup(page)


# -- what it is made of ------------------------------------------------------------------------------------------


def test_an_older_release_is_opened_once_however_many_ask(out: Book) -> None:
    before = held._opened.found
    assert {held.book(out, 1).release.number for _ in range(5)} == {1}
    assert held._opened.found - before <= 1
    assert held.numbers(out) == (2, 1)
    assert held.book(out, 7) is out and held.book(out, 2) is out


def test_an_older_release_that_was_altered_is_not_shown(tmp_path: Path, books: dict[int, Book]) -> None:
    shutil.copytree(books[2].snapshot.folder.parent, tmp_path / "public")
    altered = next((tmp_path / "public").glob("release-1-*")) / "parquet" / "figure.parquet"
    altered.chmod(0o644)
    altered.write_bytes(altered.read_bytes()[:-1] + b"!")
    latest = Book(Snapshot(tmp_path / "public" / books[2].snapshot.folder.name), url="https://public.example/")
    assert held.book(latest, 1) is latest


def test_E21_nothing_of_the_office_is_loaded_with_the_public_page() -> None:
    """Neither who asks nor what keeps an answer for them is in the process at all."""
    script = "import json, sys; import dashboard.public.explore.page; print(json.dumps(sorted(sys.modules)))"
    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=MAIN.parents[3]
    )
    loaded = json.loads(told.stdout)
    assert "dashboard.public.explore.page" in loaded
    forbidden = ("dashboard.session", "dashboard.answers", "dashboard.gate.gate", "ingest.accounts", "ingest.settings")
    assert [name for name in loaded if name.startswith((*forbidden, "ingest.owner", "ingest.people"))] == []
