"""The page of an indicator in a region: what each kind of subject says of itself, and that it says nothing else."""

from __future__ import annotations

import gzip
import html
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from dashboard.i18n import words
from dashboard.public.book import Subject
from dashboard.public.site import embed_page, subject_page
from dashboard.public.site.assets import script, sheet
from indicators.catalogue import Organisation, Region
from indicators.definition import MeasureType
from indicators.plan import Attribute, Quote
from tests import builders as make
from tests.judged import BEDS, QUARTERLY, judged
from tests.published import CHENGDU, FLOW, book, corrected, facts, figure, subject

ZH, EN = words("zh"), words("en")
ADDRESS = "indicators/beds/510100/"
OLD = make.definition(**QUARTERLY | {"text_zh": "年末实有床位 ÷ 常住人口", "source": "卫生资源统计"})
NEW = make.definition(
    2, effective_from=date(2023, 1, 1), comparable=False, text_zh="年末编制床位 ÷ 常住人口", **QUARTERLY
)


def page(of: Subject, *, language: str = "zh", of_book: Any = None, **changes: Any) -> str:
    (leaf,) = subject_page.leaves(of, of_book or book(of, **changes), words(language))
    return leaf.content.decode()


def said(text: str) -> str:
    """What a reader sees of a page's own part, its tags taken out."""
    own = text.partition("<main")[2].partition("</main>")[0]
    own = re.sub(r"</?b>|<svg.*?</svg>", "", own, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", own)).split())


def rows(text: str) -> list[list[str]]:
    """The cells of the table beside the chart."""
    table = text.partition('id="h-figures"')[2].partition("</table>")[0]
    found = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in re.findall(r"<tr>(.*?)</tr>", table)]
    return [[" ".join(html.unescape(re.sub(r"<[^>]+>", " ", cell)).split()) for cell in row] for row in found]


def told(text: str) -> dict[str, Any]:
    """What machines are told."""
    (data,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    found: dict[str, Any] = json.loads(data)
    return found


# -- how it stands -------------------------------------------------------------------------------------------------


def test_behind_it_says_so_in_words_with_the_figures_it_rests_on() -> None:
    text = said(page(subject(BEDS)))
    assert "▼ 滞后" in text
    assert "2024年末 7.87 张/千人,完成目标增量的 55.2%,时序进度 80.0%,落后 24.8 个百分点" in text
    for fact in (
        "最新值 7.87 张/千人 2024年末",
        "目标 8.30 张/千人 2025年末",
        "与应达路径之差 −0.24 张/千人 −24.8 个百分点",
    ):
        assert fact in text
    assert "基期 7.34 张/千人 2020年末" in text
    assert "规则:时序进度 第1版" in text


def test_the_answer_comes_first() -> None:
    text = page(subject(BEDS))
    places = [
        text.index(part) for part in ("<h1", 'class="verdict', "<svg", 'id="h-figures"', "<blockquote", "<textarea")
    ]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("values", "promise", "code", "words_of_it"),
    [
        ({**BEDS, "2024": 8.12}, {}, "on_schedule", "● 达到时序进度"),
        ({**BEDS, "2024": 8.31}, {}, "achieved_early", "▲▲ 提前完成"),
        ({}, {}, "no_data", "— 暂无数据"),
        (BEDS, {"baseline_value": None, "baseline_year": None}, "in_progress", "→ 推进中"),
    ],
    ids=["on-track", "achieved", "no-data", "no-baseline"],
)
def test_every_status_has_its_icon_its_word_and_its_colour(
    values: dict[str, float], promise: dict[str, Any], code: str, words_of_it: str
) -> None:
    text = page(subject(values, **promise))
    assert f'class="verdict s-{code}"' in text
    assert words_of_it in said(text)


def test_without_a_figure_the_page_says_so_and_offers_what_there_is() -> None:
    text = page(subject({}))
    assert rows(text) == []
    assert "还没有数值。目标:2025年末达到 8.30。" in said(text)
    assert "data.csv" in text


def test_figures_without_a_target_are_told_as_figures() -> None:
    text = page(subject(BEDS, promised=False))
    assert "2024年末为 7.87 张/千人。公开的规划没有为它定目标,只公布数值。" in said(text)
    assert "应达" not in said(text)
    assert 'class="verdict"' in text
    assert [row[:2] for row in rows(text)][1] == ["2024年末", "7.87"]
    assert "状态变化记录" not in said(text)


def test_several_targets_on_one_indicator_are_all_there() -> None:
    other = judged(BEDS, target_value=9.0, target_year=2030, attribute=Attribute.BINDING)
    other = replace(other, plan=replace(other.plan, id="long", title_zh="健康2030规划", short_zh="健康2030"))
    text = page(subject(BEDS, others=[other]))
    part = said(text).partition("这项指标的全部目标")[2]
    assert "健康2030规划 9.00 张/千人 2030年末" in part
    assert "约束性" in part
    assert 'href="../../../plans/long/"' in text
    assert "这项指标的全部目标" not in said(page(subject(BEDS)))


# -- the table beside the chart ------------------------------------------------------------------------------------


def test_the_table_has_every_figure_newest_first_with_the_release_that_published_it() -> None:
    held = [figure(period, value, release=2 if period == "2024" else 1) for period, value in BEDS.items()]
    found = rows(page(subject(BEDS, rows=held)))
    assert found[0] == ["报告期", "实际", "应达", "差", "版本与发布"]
    assert found[1] == ["2024年末", "7.87", "8.11", "−0.24", "年报 第 2 次 2025-02-20"]
    assert [row[0] for row in found[1:]] == ["2024年末", "2023年末", "2022年末", "2021年末"]
    assert found[4][4] == "年报 第 1 次 2024-11-05"


def test_without_a_published_baseline_nothing_is_required_of_a_figure() -> None:
    text = page(subject(BEDS, baseline_value=None, baseline_year=None))
    assert rows(text)[0] == ["报告期", "实际", "版本与发布"]
    assert "应达" not in text.partition("<svg")[2].partition("</figure>")[0]
    assert "点线为参考路径,自首个实际值起" in said(text)


def test_a_preliminary_figure_is_marked() -> None:
    held = [figure(period, value, vintage="flash" if period == "2024" else "annual") for period, value in BEDS.items()]
    text = page(subject(BEDS, rows=held))
    assert rows(text)[1][4].startswith("初步 ")
    assert "2024年末 · 初步(快报)" in said(text)


def test_a_withheld_figure_stands_as_a_sentence_and_nowhere_as_a_number() -> None:
    held = [figure("2021", 7.44), figure("2022", 7.55), figure("2023"), figure("2024", 7.87)]
    text = page(subject({"2021": 7.44, "2022": 7.55, "2024": 7.87}, rows=held))
    assert rows(text)[2][:2] == ["2023年末", ZH("veil.mark")]
    assert "7.71" not in text
    assert "0.00" not in text


def test_a_figure_that_is_too_small_or_does_not_apply_says_so() -> None:
    held = [figure("2023", missing="not_applicable"), figure("2024", missing="below_unit")]
    assert [row[1] for row in rows(page(subject({}, rows=held)))[1:]] == ["不足最小单位", "不适用"]


def test_a_flow_names_what_each_figure_covers() -> None:
    flow = make.definition(**FLOW)
    held = [
        figure("2024", 98.0),
        figure("2024H1", 41.5, accumulation="ytd"),
        figure("2024Q2", 21.5, accumulation="period"),
    ]
    text = page(subject({"2024": 98.0}, flow, rows=held, unit="亿元", baseline_value=60.0, target_value=120.0))
    assert [row[0] for row in rows(text)[1:]] == ["2024年", "2024年上半年", "2024年二季度"]
    assert rows(text)[0][0] == "报告期 当期"  # said once
    assert rows(text)[1][1:3] == ["98.0", "108.0"]
    assert [row[2] for row in rows(text)[2:]] == ["—", "—"]
    assert "最新值 98.0 亿元 2024年" in said(text)


# -- what became of it ---------------------------------------------------------------------------------------------


def test_a_correction_tells_old_and_new_value_release_date_and_reason() -> None:
    held = [figure(period, value) for period, value in BEDS.items() if period != "2023"]
    held += [figure("2023", 7.71, release=2), figure("2023", 7.60, release=1, replaced_by=2)]
    text = page(subject(BEDS, rows=held, corrections=[corrected("2023", 7.60, 7.71)]))
    assert "第 2 次 2025-02-20 2023年末 7.60 7.71 年度校核后更正" in said(text)
    assert rows(text)[2] == ["2023年末", "7.71", "7.92", "−0.21", "修订 原 7.60 第 2 次 2025-02-20"]
    assert "<del>7.60</del>" in text
    assert "公布以来没有更正过。" in said(page(subject(BEDS)))


def test_a_figure_withheld_later_is_not_told_by_its_correction() -> None:
    held = [figure("2024", release=2), figure("2024", 7.87, release=1, replaced_by=2)]
    change = corrected("2024", 7.87, 0.0, after_value=None, after_missing="suppressed")
    text = said(page(subject({}, rows=held, corrections=[change])))
    assert "不公布 年度校核后更正" in text


def test_each_change_of_status_has_its_causes_in_words() -> None:
    change = {"release": 2, "plan": "health-14", "commitment": "beds-2025", "before": "watch", "after": "behind"}
    one = change | {"causes": "new_data,revision", "together": True}
    text = said(page(subject(BEDS, changes=[one])))
    assert "第 2 次 2025-02-20 ◆ 基本达到(关注) ▼ 滞后 新数据、修订(共同所致)" in text
    assert "公布以来状态没有变化。" in said(page(subject(BEDS)))


# -- what it means -------------------------------------------------------------------------------------------------


def test_every_version_of_the_definition_with_its_date() -> None:
    text = said(page(subject(BEDS, OLD, NEW)))
    part = text.partition("指标解释与口径")[2]
    assert part.index("第 2 版,2023-01-01 起") < part.index("年末编制床位") < part.index("第 1 版,2001-01-01 起")
    assert "年末实有床位 ÷ 常住人口" in part
    assert "口径改变,前后数值不可比。 第 1 版" in part
    assert "改动" not in part
    english = said(page(subject(BEDS, OLD, NEW), language="en"))
    assert "The definition changed; figures before and after do not compare." in english


def test_a_unit_that_changed_with_a_definition_is_named() -> None:
    other = replace(NEW, comparable=True, unit="张")
    text = said(page(subject(BEDS, OLD, other)))
    assert "口径有改动,前后数值可比。单位由 张/千人 改为 张。" in text


def test_source_publisher_dates_and_who_is_responsible() -> None:
    beds = subject(BEDS, OLD, lead=("health",))
    published = book(beds)
    body = Organisation("health", "成都市卫生健康委员会", "Chengdu Health Commission", "510100", short_zh="市卫健委")
    object.__setattr__(published.catalogue, "organisations", {"health": body})
    text = said(page(beds, of_book=published))
    for line in (
        "数据来源 市卫健委季报",
        "统计制度 卫生资源统计",
        "发布机构 成都市卫生健康委员会",
        "发布时间 2024-11-05(第 1 次发布)",
        "本页版本 2025-02-20(第 2 次发布)",
        "数据截止 2024-12-31",
        "责任单位 市卫健委",
    ):
        assert line in text


def test_the_sources_are_those_of_the_figures_the_newest_first() -> None:
    years = ["2018", "2019", "2020", "2021", "2022"]
    held = [figure(year, 7.0, source=f"年鉴{year}") for year in years]
    held += [figure("2022", 6.9, source="快报", replaced_by=2), figure("2023", source="未公布的名录")]
    beds = subject(BEDS, OLD, rows=held)
    text = said(page(beds))
    assert "数据来源 年鉴2022、年鉴2021、年鉴2020等 5 种 统计制度 卫生资源统计" in text
    assert "未公布的名录" not in text
    assert "数据截止 2022-12-31" in text  # of what is out
    assert "数据截止 2024-12-31" not in page(beds)  # over it neither
    (leaf,) = embed_page.leaves(beds, book(beds), ZH)
    assert "数据来源: 年鉴2022 · 成都市卫生健康委员会" in said(leaf.content.decode())


def test_where_figures_name_no_source_a_chart_names_the_statistical_system_as_such() -> None:
    beds = subject(BEDS, OLD, rows=[figure("2024", 7.87, source="")])
    (leaf,) = embed_page.leaves(beds, book(beds), ZH)
    assert "统计制度: 卫生资源统计 · " in said(leaf.content.decode())
    assert "数据来源 — 统计制度 卫生资源统计" in said(page(beds))


def test_without_a_figure_there_is_no_day_until_which_there_are_any() -> None:
    assert "发布时间 — 数据截止 — 本页版本 2025-02-20(第 2 次发布)" in said(page(subject({})))


def elsewhere(**changes: Any) -> tuple[Subject, Any]:
    """Figures of a city that a body of another one owes the indicator of."""
    city = Region("440100", "广州市", "Guangzhou", "city")
    beds = subject(BEDS, promised=False, region=city, rows=[figure("2024", 7.87, source="广州统计年鉴")])
    beds = replace(beds, indicator=replace(beds.indicator, owner="health", **changes))
    published = book(beds, regions=(CHENGDU, city))
    body = Organisation("health", "成都市卫生健康委员会", "Chengdu Health Commission", "510100", short_zh="市卫健委")
    object.__setattr__(published.catalogue, "organisations", {"health": body})
    return beds, published


def test_figures_of_another_place_are_republished_and_nobody_here_is_responsible() -> None:
    beds, published = elsewhere()
    text = page(beds, of_book=published)
    assert "责任单位" not in said(text)
    assert "发布机构 成都市卫生健康委员会(转引自所列来源)" in said(text)
    assert "广州市每千人口床位数[DS/OL]. 转引自:广州统计年鉴. 第 2 次发布." in said(text)
    assert "creator" not in told(text)
    assert told(text)["isBasedOn"]["name"] == "广州统计年鉴"
    english = said(page(beds, of_book=published, language="en"))
    assert "Republished from: 广州统计年鉴. Release 2" in english


def test_figures_of_ones_own_place_are_not() -> None:
    beds, published = elsewhere()
    beds = replace(beds, region=CHENGDU)
    text = said(page(beds, of_book=published))
    assert "责任单位 市卫健委" in text
    assert "转引" not in text


def test_a_place_that_the_name_tells_is_not_told_twice() -> None:
    beds, published = elsewhere(name_zh="广州市生物产业企业总收入", name_en="Revenue of Guangzhou")
    assert told(page(beds, of_book=published))["name"] == "广州市生物产业企业总收入"
    assert told(page(beds, of_book=published, language="en"))["name"] == "Revenue of Guangzhou"
    assert "广州市广州市" not in page(beds, of_book=published)


def test_the_plans_own_words_with_their_section() -> None:
    quote = Quote("专栏1 第 2 行", "每千人口医疗卫生机构床位数 7.34 8.30 预期性")
    text = page(subject(BEDS, quotes=(quote,), unit_supplied=True))
    assert '<blockquote lang="zh-CN">每千人口医疗卫生机构床位数 7.34 8.30 预期性</blockquote>' in text
    assert "专栏1 第 2 行 · “十四五”卫生健康发展规划" in said(text)
    assert "单位“张/千人”为系统补充,原文未印。" in said(text)


# -- taking it along -----------------------------------------------------------------------------------------------


def test_it_can_be_cited_downloaded_embedded_and_found_again() -> None:
    text = page(subject(BEDS))
    permanent = f"https://data.example/releases/2/{ADDRESS}"
    cited = f"成都市卫生健康委员会. 成都市每千人口床位数[DS/OL]. 第 2 次发布. (2025-02-20)[引用日期]. {permanent}"
    assert cited in said(text)
    assert set(re.findall(r'href="([^"]+)" download', text)) >= {"../../../" + ADDRESS + "data.csv", "chart.svg"}
    code = html.unescape(text.partition("<textarea")[2].partition(">")[2].partition("</textarea>")[0])
    assert code.startswith(f'<iframe src="https://data.example/{ADDRESS}embed/" title="成都市每千人口床位数"')
    assert f'property="og:image" content="https://data.example/{ADDRESS}chart.png"' in text
    assert '<div class="scan"' in text
    for link in ("../../../plans/health-14/", "../../../domains/health/", "../../../regions/510100/"):
        assert f'href="{link}"' in text


def test_in_english_everything_is_english_but_what_was_said_in_chinese() -> None:
    text = page(subject(BEDS, OLD), language="en")
    assert "Behind" in said(text)
    assert "Hospital beds, Chengdu [data set]. Release 2, 2025-02-20." in said(text)
    assert f'href="../../../../{ADDRESS}data.csv"' in text
    assert 'href="chart.svg"' in text
    own = re.sub(
        r"<(blockquote|figcaption|dd)\b.*?</\1>", "", text.partition("<main")[2].partition("</main>")[0], flags=re.S
    )
    assert not re.search(r"[\u4e00-\u9fff]", said("<main" + own + "</main>"))


def test_machines_are_told_what_it_is() -> None:
    data = told(page(subject(BEDS)))
    assert (data["@type"], data["name"]) == ("Dataset", "成都市每千人口床位数")
    assert data["publisher"]["name"] == "成都市卫生健康委员会"
    assert data["temporalCoverage"] == "2021-12-31/2024-12-31"
    assert [file["contentUrl"] for file in data["distribution"]] == [
        f"https://data.example/releases/2/{ADDRESS}data.{kind}" for kind in ("csv", "json")
    ]


def test_a_demonstration_says_so() -> None:
    beds = subject(BEDS, OLD)
    text = page(beds, demo=True)
    assert "演示网站,不是正式发布" in text.partition("<main")[0]
    assert '<meta name="robots" content="noindex">' in text


# -- safe and light ------------------------------------------------------------------------------------------------


def hostile() -> Subject:
    """Every text that comes from a file or a return, as its writer would have it to run something."""
    evil = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&"
    definition = make.definition(**QUARTERLY | {"text_zh": evil, "text_en": evil, "source": evil, "unit_en": evil})
    held = [figure(period, value, source=evil) for period, value in BEDS.items()]
    quote = Quote(evil, evil)
    beds = subject(
        BEDS,
        definition,
        rows=held,
        corrections=[corrected("2023", 7.6, 7.71, reason=evil)],
        quotes=(quote,),
        name_zh=evil,
        name_en=evil,
        note_zh=evil,
        note_en=evil,
    )
    (one,) = beds.judged
    plan = replace(one.plan, title_zh=evil, title_en=evil, short_zh=evil, short_en=evil, document_number=evil)
    named = {"name_zh": evil, "name_en": evil}
    indicator = replace(beds.indicator, note_zh=evil, note_en=evil, **named)
    one = replace(one, plan=plan, indicator=indicator)
    return replace(beds, judged=(one, one), indicator=indicator, region=replace(beds.region, **named))


def pages_of(of: Subject) -> Iterator[str]:
    releases = (facts(2, date(2025, 2, 20), publisher_zh="<b>署</b>", publisher_en="<b>Office</b>"),)
    for language in ("zh", "en"):
        for module in (subject_page, embed_page):
            (leaf,) = module.leaves(of, book(of, releases=releases), words(language))
            yield leaf.content.decode()


def test_every_text_is_escaped_wherever_it_stands() -> None:
    seen = list(pages_of(hostile()))
    assert len(seen) == 4
    for text in seen:
        assert "<script>" not in text
        assert "<img" not in text
        assert "<b>署" not in text and "<b>Office" not in text
        assert text.count("&lt;script&gt;") > 3
    assert "</script><script>" in told(seen[0])["name"]


def test_nothing_needs_a_looser_policy() -> None:
    for text in pages_of(subject(BEDS)):
        assert not re.search(r"<[a-z][^>]*\sstyle=", text)
        assert "<style" not in text
        assert not re.search(r"<[a-z][^>]*\son[a-z]+=", text)
        assert "javascript:" not in text
        for tag in re.findall(r"<script[^>]*>", text):
            assert "src=" in tag or 'type="application/ld+json"' in tag


def test_a_page_with_all_it_needs_stays_within_its_weight() -> None:
    quarters = {f"{y}Q{q}": round(7.3 + 0.03 * ((y - 2021) * 4 + q), 2) for y in range(2021, 2025) for q in range(1, 5)}
    beds = subject(quarters, corrections=[corrected("2023Q4", 7.60, 7.71)] * 8)
    shared = len(gzip.compress(sheet())) + len(gzip.compress(script()))
    (leaf,) = subject_page.leaves(beds, book(beds), ZH)
    assert len(rows(leaf.content.decode())) == 17
    assert len(gzip.compress(leaf.content)) <= 12_000
    assert len(gzip.compress(leaf.content)) + shared <= 60_000
    (leaf,) = embed_page.leaves(beds, book(beds), ZH)
    assert len(gzip.compress(leaf.content)) + shared <= 20_000


# -- on the sites of others ----------------------------------------------------------------------------------------


def test_an_embedded_page_has_chart_sentence_source_and_one_way_out() -> None:
    (leaf,) = embed_page.leaves(subject(BEDS, OLD), book(subject(BEDS, OLD)), ZH)
    text = leaf.content.decode()
    assert leaf.path == ADDRESS + "embed/index.html"
    assert text.count("<svg") == 2
    assert "▼ 滞后" in said(text)
    assert "数据来源: 市卫健委季报 · 成都市卫生健康委员会 · 2025-02-20(第 2 次发布)" in said(text)
    assert re.findall(r'<a href="([^"]+)"', text.partition("<main")[2]) == [f"https://data.example/{ADDRESS}"]
    assert "<header" not in text and "<footer" not in text


def test_an_embedded_demonstration_is_marked() -> None:
    beds = subject(BEDS)
    (leaf,) = embed_page.leaves(beds, book(beds, demo=True), ZH)
    assert "演示网站" in leaf.content.decode().partition("<main")[0]


def test_titles_have_no_time_to_lose() -> None:
    titles = make.definition(measure=MeasureType.TITLES, unit="个")
    text = said(page(subject({"2022": 1}, titles, baseline_value=0, target_value=3, unit="个")))
    assert "创建类目标不按时间折算进度" in text
    rests = text.partition("判定依据")[2].partition("规划原文")[0]
    assert "目标实现度 33.3%" in rests
    assert "按数据所属期" not in rests
