"""The pages around the indicators: what they say, where they lead, what they weigh."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from urllib.parse import urljoin

import polars as pl
import pytest

from dashboard.charts.palette import STATUS
from dashboard.i18n import Words, words
from dashboard.public.book import Book
from dashboard.public.site import assets, index_pages, layout, release_pages, rows
from dashboard.public.site.changes import Corrected, corrected_again
from dashboard.public.site.layout import file_of, render
from dashboard.public.site.summing import sentence_of
from indicators.catalogue import CatalogueKind, read_folder
from indicators.rules import Status
from ingest.settings import SHIPPED
from tests import sites
from tests.returns import PUBLISHED, csv
from tests.sites import URL, Page
from tests.snapshots import released

ZH, EN = words("zh"), words("en")
CORRECTION = csv({"value": "80.9", "vintage": "修订", "note": "订正"})
NOTE = "订正2021年人均预期寿命"
PLANS = ("chengdu-145", "yuexiu-2021")
TEXTS = [one for one in read_folder(SHIPPED) if one[0] is not CatalogueKind.PLAN or one[1] in PLANS]
HOSTILE = "<img src=x onerror=alert(1)>寿命'&{{ 7*7 }}"


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    """The published figures, then a correction of one of them."""
    snapshot = released(
        tmp_path_factory.mktemp("office"),
        PUBLISHED.read_bytes(),
        CORRECTION,
        notes=("首次发布", NOTE),
        texts=TEXTS,
        publisher_zh="成都市统计局",
        publisher_en="Chengdu Statistics Bureau",
    )
    yield Book(snapshot, url=URL)
    snapshot.close()


@pytest.fixture(scope="module")
def leaves(book: Book) -> dict[str, bytes]:
    return sites.leaves_of(book)


@pytest.fixture(scope="module")
def pages(leaves: dict[str, bytes]) -> dict[str, Page]:
    return sites.pages_of(leaves)


# -- every page ----------------------------------------------------------------------------------------------


def test_every_page_is_well_formed_and_has_nothing_inline(pages: dict[str, Page]) -> None:
    assert len(pages) > 100
    assert {path: page.wrong for path, page in pages.items() if page.wrong} == {}
    assert {path for path, page in pages.items() if len(page.every("h1")) != 1} == set()


def test_every_link_leads_to_a_leaf(book: Book, leaves: dict[str, bytes], pages: dict[str, Page]) -> None:
    known = set(leaves) | sites.elsewhere(book)
    lost = set()
    for path, page in pages.items():
        for address in sites.followed(path, page):
            file, fragment = sites.file_at(address)
            there = address.startswith(URL) and file in known
            if not there or (fragment and file in pages and fragment not in pages[file].ids):
                lost.add((path, address))
    assert lost == set()


def test_below_an_old_release_pages_lead_to_pages_of_that_release(pages: dict[str, Page]) -> None:
    below = f"{URL}releases/1/"
    page = pages["plans/chengdu-145/index.html"]
    own = [urljoin(f"{below}plans/chengdu-145/", link) for link in page.links if not link.startswith(("/", "http"))]
    assert len(own) > 30
    assert all(address.startswith(below) for address in own)


def test_both_languages_have_the_same_pages_and_lead_to_each_other(pages: dict[str, Page]) -> None:
    chinese = {path for path in pages if not path.startswith("en/")}
    assert {path.removeprefix("en/") for path in pages if path.startswith("en/")} == chinese
    for path in chinese:
        address = path.removesuffix("index.html")
        below = "releases/2/" if address == "changes/" else ""  # which is each release's own
        for lang, file, other in (("zh-CN", path, "en/"), ("en", f"en/{path}", "")):
            page = pages[file]
            assert page.every("html", lang=lang)
            (switch,) = page.every("a", **{"class": "language"})
            assert sites.file_at(urljoin(URL + file, switch["href"]))[0] == other + path
            alternates = {
                one["hreflang"]: one["href"] for one in page.every("link", rel="alternate") if "hreflang" in one
            }
            chinese_one = f"{URL}{below}{address}"
            assert alternates == {
                "zh-CN": chinese_one,
                "en": f"{URL}{below}en/{address}",
                "x-default": chinese_one,
            }
            own = f"{URL}{below}" + file.removesuffix("index.html")
            assert page.every("link", rel="canonical")[0]["href"] == page.meta("og:url") == own


def test_nothing_but_the_site_itself_is_ever_loaded(leaves: dict[str, bytes], pages: dict[str, Page]) -> None:
    for page in pages.values():
        loaded = [
            given.get("src") or given.get("href", "") for tag, given in page.tags if tag in ("script", "link", "img")
        ]
        assert all(address.startswith(URL) or "://" not in address for address in loaded)
    assert b"//" not in leaves[assets.sheet_name()]
    assert b"cookie" not in leaves[assets.script_name()].lower()
    assert b"localStorage" not in leaves[assets.script_name()]


def test_every_page_says_which_release_it_is_of_and_where_it_stays(book: Book, pages: dict[str, Page]) -> None:
    page = pages["domains/medical/index.html"]
    for said in (
        "第 2 次发布",
        f"数据截止 {book.release.data_until}",
        "成都市统计局",
        f"{URL}releases/2/domains/medical/",
    ):
        assert said in page.text
    assert "Release 2" in pages["en/domains/medical/index.html"].text
    links = {given["href"] for given in page.every("a")}
    assert {"/zhibiao/releases/2/domains/medical/", "/zhibiao/domains/medical/"} <= links


def test_no_page_weighs_more_than_60_kb_with_all_it_needs(leaves: dict[str, bytes]) -> None:
    shared = len(gzip.compress(assets.sheet())) + len(gzip.compress(assets.script()))
    assert len(gzip.compress(assets.script())) < 8 * 1024
    heaviest = max(len(gzip.compress(raw)) for path, raw in leaves.items() if path.endswith(".html"))
    assert 5_000 < shared + heaviest < 60 * 1024


def test_200_indicators_in_30_regions_keep_every_page_light(book: Book) -> None:
    many = sites.grown(book, indicators=200, regions=30)
    assert len(many.subjects) == 6000
    shared = len(gzip.compress(assets.sheet())) + len(gzip.compress(assets.script()))
    drawn = islice(index_pages.leaves(many, ZH), 40)
    weights = {leaf.path: len(gzip.compress(leaf.content)) for leaf in drawn}
    kinds = Counter(path.partition("/")[0] for path in weights)
    assert kinds == {"index.html": 1, "plans": 1, "domains": 1, "regions": 30, "indicators": 7}
    assert max(weights.values()) + shared < 60 * 1024


@pytest.mark.parametrize("w", [ZH, EN], ids=["zh", "en"])
def test_an_empty_release_has_sensible_pages(book: Book, w: object) -> None:
    empty = sites.drawn(book, {}, {}, plans=(), regions=(), domains=())
    leaves = {leaf.path: leaf.content for leaf in index_pages.leaves(empty, w)}  # type: ignore[arg-type]
    assert len(leaves) == 2
    (first,) = (sites.read(raw) for path, raw in leaves.items() if path.endswith("index.html"))
    assert first.wrong == []
    assert ("还没有发布任何数据" in first.text) or ("No data has been released yet" in first.text)


def test_a_demonstration_says_so_on_every_page_and_is_not_indexed(book: Book) -> None:
    few = dict(list(book.subjects.items())[:3])
    shown = sites.drawn(book, few, {}, kind="demo")
    pages = sites.pages_of(sites.leaves_of(shown))
    assert len(pages) > 20
    for page in pages.values():
        assert ("演示网站" in page.text) or ("A demonstration, not" in page.text)
        assert page.meta("robots") == "noindex"


def test_a_real_site_is_indexed(pages: dict[str, Page]) -> None:
    assert {path for path, page in pages.items() if page.meta("robots")} == {"404.html", "en/404.html"}
    assert "演示" not in pages["index.html"].text


def test_hostile_names_are_text(tmp_path: Path) -> None:
    texts = [(kind, name, text.replace("人均预期寿命", HOSTILE)) for kind, name, text in TEXTS]
    hostile = "</title><script>alert(2)</script>"
    with_note = released(tmp_path, csv(), texts=texts, notes=(hostile,), publisher_zh=hostile)
    pages = sites.pages_of(sites.leaves_of(Book(with_note, url=URL)))
    with_note.close()
    assert HOSTILE in pages["regions/510100/index.html"].text
    assert hostile in pages["changes/index.html"].text
    assert "第一次发布,公布 1 个数值。" in pages["changes/index.html"].text
    assert not [tag for page in pages.values() for tag, _ in page.tags if tag == "img"]
    assert {path: page.wrong for path, page in pages.items() if page.wrong} == {}


def test_a_page_that_is_not_there_leads_home_from_anywhere(pages: dict[str, Page]) -> None:
    page = pages["404.html"]
    assert all(link.startswith(("/zhibiao/", URL, "#")) for link in page.links)


def test_a_picture_and_a_long_description_are_for_who_shares_it(book: Book) -> None:
    said = {"title": "床位", "description": "**滞后**。" + "很长" * 200, "image": "chart.png"}
    page = sites.read(render("missing.html", book, ZH, path="indicators/beds/510100/", **said))  # type: ignore[arg-type]
    assert page.meta("og:image") == f"{URL}indicators/beds/510100/chart.png"
    assert page.meta("twitter:card") == "summary_large_image"
    assert page.meta("description").startswith("滞后。很长")
    assert len(page.meta("description")) == 200


@pytest.mark.parametrize(
    ("path", "zh", "en"),
    [
        ("", "index.html", "en/index.html"),
        ("plans/x/", "plans/x/index.html", "en/plans/x/index.html"),
        ("404.html", "404.html", "en/404.html"),
    ],
)
def test_files_of_pages(path: str, zh: str, en: str) -> None:
    assert (file_of(path, ZH), file_of(path, EN)) == (zh, en)


# -- what they say -------------------------------------------------------------------------------------------


def test_the_first_page_says_how_it_stands_and_what_changed(pages: dict[str, Page]) -> None:
    page = pages["index.html"]
    assert "35 项目标中,2 项已有发布数据" in page.text
    assert NOTE in page.text
    assert "81.76 岁" in page.text and "80.90 岁" in page.text
    plans = [given["href"] for given in page.every("a") if given["href"].startswith("./plans/")]
    assert plans == ["./plans/chengdu-145/", "./plans/yuexiu-2021/"]  # what has figures first


def test_a_plan_lists_its_targets_in_its_order_and_tasks_without_a_state(book: Book, leaves: dict[str, bytes]) -> None:
    text = sites.read(leaves["plans/chengdu-145/index.html"]).text
    names = [one.commitment.name_zh for one in book.judged["chengdu-145"]]
    places = [text.index(f"\n{name} ") for name in dict.fromkeys(names)]
    assert places == sorted(places)
    rest = leaves["plans/chengdu-145/index.html"].decode().partition('id="h-others"')[2]
    assert "任务" in rest
    assert 'class="status' not in rest


def test_a_target_for_each_of_many_regions_is_one_row_with_its_counts(book: Book) -> None:
    many = sites.grown(book, indicators=2, regions=30)
    leaves = {leaf.path: leaf.content for leaf in index_pages.leaves(many, ZH)}
    page = sites.read(leaves["plans/chengdu-145/index.html"])
    assert page.text.count("30 个地区") == 2
    assert page.text.count("第0项每千人口指标") == 1
    listed = sites.read(leaves["indicators/indicator-0/index.html"])
    assert listed.text.count("第7个区") == 1


def test_what_a_release_changed(pages: dict[str, Page]) -> None:
    page = pages["changes/index.html"]
    assert "公布 1 个数值,更正 1 处" in page.text
    assert "人均预期寿命成都市 · 2021年末81.76 岁80.90 岁\n" in page.text
    assert page.text.count(NOTE) == 1, "the reason of all is said once, above them"


def test_what_an_office_wrote_in_chinese_is_marked_on_english_pages(leaves: dict[str, bytes]) -> None:
    for name in ("index", "changes/index", "releases/index", "releases/compare/index"):
        text = leaves[f"en/{name}.html"].decode()
        main = text[text.index("<main") : text.index("</main>")]
        assert f'<span lang="zh-CN">{NOTE}</span>' in main, name
        assert main.count(NOTE) == 1, name
        assert f'<span lang="zh-CN">{NOTE}' not in leaves[f"{name}.html"].decode()


def test_a_reason_that_is_not_the_releases_note_stands_with_its_figure() -> None:
    def one(reason: str) -> Corrected:
        return Corrected("床位", "", "成都市", "2024", "1", "2", reason)

    pieces = layout._environment().get_template("pieces.html").module
    told = pieces.corrected([one("发布说明"), one("漏报"), one("")], "x", "./", ZH, "发布说明")
    assert [told.count(said) for said in ("<td>漏报</td>", "<td>见发布说明</td>", "<td>未说明</td>")] == [1, 1, 1]


@pytest.mark.parametrize("w", [ZH, EN], ids=["zh", "en"])
def test_the_groups_of_a_sentence_add_up(book: Book, w: Words) -> None:
    one = next(one for one in book.judged["chengdu-145"] if one.assessment.actual is not None)
    bare = next(one for one in book.judged["chengdu-145"] if one.assessment.actual is None)
    every = [replace(one, assessment=replace(one.assessment, status=status)) for status in Status]
    told = sentence_of([*every, bare], w)
    total, known, *groups = (
        int(found) for found in re.findall(r"\d+", re.sub(r"其中约束性 \d+|\d+ of them b", "", told))
    )
    assert (total, known) == (len(Status) + 1, len(Status))
    assert sum(groups) == total
    assert "没有滞后" in sentence_of([every[0]], ZH)


def test_a_domain_shows_the_target_of_an_indicator_and_folds_its_other_regions(book: Book) -> None:
    first = next(subject for subject in book.subjects.values() if subject.observations and subject.judged)
    regions = [book.catalogue.regions[code] for code in ("510104", "510105")]
    bare = [replace(first, region=region, judged=()) for region in regions]
    row = rows.of_indicator([bare[0], first, bare[1]], book, ZH, sparks=False)
    assert (row.link, row.note) == (first.address, first.region.name_zh)
    assert row.target and row.value and row.status == first.judged[0].assessment.status
    assert (row.more, row.whole) == ("另有 2 个地区", f"indicators/{first.indicator.id}/")
    assert not rows.of_indicator(bare, book, ZH, sparks=False).status


def test_of_a_figure_corrected_twice_the_net_change_is_told(book: Book) -> None:
    once = book.snapshot.corrections()
    again = once.with_columns(release=pl.col("release") + 1, before_value="after_value", after_value=pl.lit(81.0))
    twice = sites.called(book.snapshot, corrections=lambda: pl.concat([again, once], how="vertical_relaxed"))
    (found,) = corrected_again(Book(twice, url=URL), ZH)
    assert found.steps == [(2, "81.76 岁", "80.90 岁"), (3, "80.90 岁", "81.00 岁")]
    pages = {leaf.path: leaf.content for leaf in release_pages.leaves(Book(twice, url=URL), ZH)}
    compared = sites.read(pages["releases/compare/index.html"])
    assert compared.wrong == []
    assert "81.76 岁81.00 岁第 2 次:81.76 岁 → 80.90 岁第 3 次" in compared.text
    assert corrected_again(book, ZH) == []


def test_counts_then_and_now_differ_by_what_changed(book: Book, leaves: dict[str, bytes]) -> None:
    changes = book.snapshot.status_changes().filter(release=2)
    assert changes.height == 1
    before, after = changes.row(0, named=True)["before"], changes.row(0, named=True)["after"]
    text = leaves["changes/index.html"].decode()
    for code in (before, after):
        assert f'class="status s-{code}"' in text
    assert {before, after} <= set(STATUS)


def test_all_releases_with_their_notes_and_data(book: Book, pages: dict[str, Page]) -> None:
    page = pages["releases/index.html"]
    assert page.text.index("第 2 次发布", page.text.index("共发布 2 次")) < page.text.index("首次发布")
    assert book.snapshot.digest in page.text
    links = {given["href"] for given in page.every("a")}
    assert {"/zhibiao/releases/1/changes/", "/zhibiao/releases/1/data/", "/zhibiao/releases/2/"} <= links


def test_between_two_releases_stands_what_each_changed(pages: dict[str, Page]) -> None:
    page = pages["releases/compare/index.html"]
    (step,) = page.every("section", **{"class": "step"})
    assert (step["data-step"], step["data-corrections"]) == ("2", "1")
    assert "81.76" in page.text


def test_about_prints_the_rule_as_it_is(book: Book, pages: dict[str, Page]) -> None:
    text = pages["about/index.html"].text
    for stretch in ("10 ≤ x", "0 ≤ x < 10", "−10 < x < 0", "−30 ≤ x ≤ −10", "x < −30"):
        assert stretch in text
    for code in STATUS:
        assert book.rule.word(code) in text
    assert "95%" in text and f"curl -O '{URL}indicators/" in text


# -- what the script reads -----------------------------------------------------------------------------------


def test_search_looks_through_every_subject_by_name_pinyin_and_english(book: Book, leaves: dict[str, bytes]) -> None:
    found = json.loads(leaves[assets.search_name(book, ZH)])
    regions = [code for code, _, _ in found["regions"]]
    assert {(i, regions[place]) for i, _, _, places in found["indicators"] for place in places} == set(book.subjects)
    finds = {name: text for _, name, text, _ in found["indicators"]}["人均预期寿命"]
    assert {"rjyqsm", "renjunyuqishouming", "lifeexpectancyatbirth"} <= set(finds.split("\n"))


def test_the_newest_release_is_told_where_every_release_looks(leaves: dict[str, bytes], pages: dict[str, Page]) -> None:
    assert json.loads(leaves["latest.json"])["release"] == 2
    assert pages["en/about/index.html"].every("body")[0]["data-newest"] == "/zhibiao/latest.json"


def test_the_sheet_has_the_colours_of_the_palette_on_both_grounds() -> None:
    sheet = assets.sheet().decode()
    light, _, dark = sheet.partition("@media screen and (prefers-color-scheme:dark)")
    for code, look in STATUS.items():
        assert f"--s-{code}:{look.light};" in light
        assert f"--s-{code}:{look.dark};" in dark
    assert sheet.count("{") == sheet.count("}")
