"""对比 as a reader meets it: districts and plans on one scale, ranks, what districts amount to, the plan by quarter."""

from __future__ import annotations

import csv
import html
import io
import re

import pytest

from dashboard import abreast, answers, session
from dashboard.components import compare, heatmap
from dashboard.components.ranking import ranked
from dashboard.standings import title as title_of
from indicators.abreast import By
from ingest.demo import AS_OF, PLAN
from ingest.terminal import Place
from tests.pages import boxes, markup, opened, plain, rows, said

LANGUAGES = pytest.mark.parametrize("language", ["zh", "en"])
FIRST = {"zh": "20 个区县中", "en": "of 20 districts"}


def title(page: object) -> str:
    (found,) = re.findall(r'<h1 class="zb-h1">(.*?)</h1>', markup(page))  # type: ignore[arg-type]
    return plain(found)


def panels(drawn: str) -> list[str]:
    return [plain(caption) for caption in re.findall(r"<figcaption>(.*?)</figcaption>", drawn)]


def table(raw: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))


@LANGUAGES
def test_it_opens_on_the_first_indicator_with_districts(shown: Place, language: str) -> None:
    page = opened("compare", lang=language)
    assert FIRST[language] in title(page)
    assert len(panels(markup(page))) == 20
    ranking = [row for row in rows(markup(page)) if len(row) == 6]
    assert len(ranking) == 20
    assert re.fullmatch(r"第1(–\d+)?位" if language == "zh" else r"1(–\d+)?", ranking[-1][0])
    assert [row[1].split(" ")[0] for row in ranking] == [caption.split(" ")[0] for caption in panels(markup(page))]


def test_its_state_is_in_the_address(shown: Place) -> None:
    page = opened("compare", indicator="nurses-per-1000", as_of="2023-12-31")
    assert title(page).startswith("每千常住人口拥有注册护士数:20 个区县中")
    assert "2023年末" in said(page) and "2024" not in "".join(re.findall(r"colgroup[^>]*>(\d+)", markup(page)))
    links = re.findall(r'<nav class="zb-tabs".*?</nav>', markup(page))[0]
    assert "by=plans" in links and "indicator=nurses-per-1000" in links and 'aria-current="page">各区县' in links


def test_districts_and_city_are_put_beside_each_other_and_the_city_holds(shown: Place) -> None:
    told = said(opened("compare", indicator="beds-per-1000"))
    assert "全市本级数 7.87 张/千人" in told
    assert re.search(r"20 个区县 Σ分子÷Σ分母 7\.\d\d 张/千人 [\d,]+ 张 ÷ [\d,]+ 人", told)
    assert re.search(r"汇总 − 全市 [+−]0\.0\d 张/千人\([+−]0\.\d%\)", told)
    assert "以全市本级数为准" in told


def test_with_one_district_missing_nothing_is_added_up_and_it_is_named(shown: Place) -> None:
    told = said(opened("compare", indicator="family-doctor-signup-rate"))
    assert "20 个区县已报 19 个,缺蒲江县。不完整,不作汇总。" in told
    assert "未报 蒲江县" in told and "蒲江县没有数值。" in told


def test_a_figure_of_another_period_is_marked_and_has_no_rank(shown: Place) -> None:
    drawn = markup(opened("compare", indicator="nursing-beds-share"))
    assert '<span class="zb-tag warning">2024年三季度</span>' in drawn
    assert drawn.count('class="zb-tag warning">') == 1
    assert drawn.count('<span title="报告期不同,不排先后">—</span>') == 1
    assert drawn.count('<small class="period other">2024年三季度</small>') == 1
    assert "名次为“—”的,报告期或数据来源(示例、实报)与其他不同" in plain(drawn)


@LANGUAGES
def test_plans_and_cities_are_compared_too(shown: Place, language: str) -> None:
    page = opened("compare", by="plans", indicator="beds-per-1000", lang=language)
    names = panels(markup(page))
    assert len(names) == 3 and names[0].startswith("成都市 7.87" if language == "zh" else "Chengdu 7.87")
    assert ("没有规划目标" if language == "zh" else "no target in a plan") in said(page)


def test_generated_and_reported_figures_of_different_years_are_not_ranked(shown: Place) -> None:
    page = opened("compare", by="plans", indicator="beds-per-1000")
    listed = [row for row in rows(markup(page)) if len(row) == 6]
    assert [row[0] for row in listed] == ["—"] * 3
    assert ["示例" in row[1] for row in listed] == [True, False, False]
    assert title(page).startswith("每千人口医疗卫生机构床位数:3 个地区从 5.66(2021年末) 到 7.87 张/千人(2024年末)")
    assert "离目标最远的在前" not in said(page)
    assert "zb-heat" not in markup(page)


def test_a_legend_shows_squares_as_they_occur(shown: Place) -> None:
    (key,) = re.findall(r'<div class="zb-key">.*?</div>', markup(opened("compare")))
    assert '<i class="zb-s-no_data bare">' in key
    assert '<i class="zb-s-on_schedule fresh">' in key


def test_every_square_says_its_judgement_and_opens_the_indicator_of_then(shown: Place) -> None:
    page = opened("compare")
    drawn = markup(page)
    asked = session.View("zh", PLAN, AS_OF)
    days, course = abreast.over_periods(asked)
    squares = re.findall(r'<a class="zb-s-(\w+) (\w+)" tabindex="-1" href="([^"]*)" title="([^"]*)"', drawn)
    assert len(squares) == len(days) * len(course) == 16 * len(answers.judged(asked))
    beds = [square for square in squares if "indicator=beds-per-1000" in square[2]]
    assert html.unescape(beds[0][2]) == ("/indicator?as_of=2021-03-31&indicator=beds-per-1000")
    assert beds[-1][3] == "2024年末:滞后"
    years = [square for square in squares if "indicator=life-expectancy" in square[2]]
    assert [kind for _, kind, *_ in years].count("fresh") == 1
    assert years[-1][3].endswith("(沿用2021年末数据)")


def test_the_last_column_is_what_the_overview_says(shown: Place) -> None:
    asked = session.View("zh", PLAN, AS_OF)
    _, course = abreast.over_periods(asked)
    assert [c[-1].status for _, c in course] == [one.assessment.status for one in answers.judged(asked)]


def test_a_district_in_the_address_is_marked_and_judged_by_quarter(shown: Place) -> None:
    drawn = markup(opened("compare", region="510104"))
    assert drawn.count('aria-current="true"') == 1
    assert "锦江区:指标 × 季度" in drawn


def test_tables_have_heads_and_pictures_words(shown: Place) -> None:
    drawn = markup(opened("compare"))
    assert '<th scope="row">' in drawn and '<th scope="colgroup"' in drawn and '<th scope="col"' in drawn
    alts = re.findall(r'<img src="[^"]*" alt="([^"]*)"', drawn)
    assert len(alts) == 20 and all("2020年末" in alt and "2024年末" in alt for alt in alts)
    assert "同一数据表" in drawn


def test_it_is_drawn_in_one_piece(shown: Place) -> None:
    """Each element of a page costs; the three cards are one."""
    assert sum("zb-card" in box for box in boxes(opened("compare"))) == 1


def test_the_files_hold_what_is_shown(shown: Place) -> None:
    asked = session.View("zh", PLAN, AS_OF, "beds-per-1000")
    found = abreast.compared(asked)
    assert found is not None
    told = table(compare.csv_bytes(found))
    assert {row["origin"] for row in told if row["value"]} == {"demo"}
    latest = [row for row in told if row["rank_best"]]
    assert len(latest) == 20 and {row["period_end"] for row in latest} == {"2024-12-31"}
    days, course = abreast.over_periods(asked)
    quarters = list(
        csv.DictReader(io.StringIO(heatmap.csv_bytes(days, course, answers.rule(asked)).decode("utf-8-sig")))
    )
    assert len(quarters) == len(days) * len(course)


# -- where there is little or nothing ------------------------------------------------------------------------


@LANGUAGES
def test_a_real_store_says_what_is_needed_and_who_sends_it(real: Place, language: str) -> None:
    told = said(opened("compare", lang=language))
    assert ("由责任单位在“填报”页下载报表" if language == "zh" else "the owner downloads the return") in told


def test_a_plan_of_a_district_has_nothing_below_it(shown: Place) -> None:
    assert "这个规划的范围不再分区县" in said(opened("compare", plan="yuexiu-2021"))


def test_what_cannot_be_put_together_says_so(shown: Place) -> None:
    told = said(opened("compare", indicator="life-expectancy"))
    assert "这项指标不能由区县数汇总,只用全市数。" in told
    assert title(opened("compare", indicator="life-expectancy")) == "人均预期寿命:还没有可以对比的数值"


def test_before_the_plan_no_quarter_has_ended(shown: Place) -> None:
    assert "规划期还没有过完一个季度" in said(opened("compare", as_of="2020-06-30"))


@pytest.mark.parametrize("by", ["regions", "plans"])
def test_every_indicator_of_every_plan_opens(shown: Place, by: str) -> None:
    kept, w = (shown.store.id, shown.store.last_entry()), session.words("zh")
    for plan in session.catalogue().plans.values():
        for target in (c for c in plan.targets if c.indicator):
            asked = session.View("zh", plan.id, AS_OF, target.id)
            found = abreast._compared(*kept, plan.id, target.id, By(by), AS_OF, None)
            assert found is not None and title_of(found, w)
            assert compare.multiples(found, asked, w, session.LIGHT)
            assert bool(found.listed) == ("<table" in ranked(found, answers.rule(asked), w, session.LIGHT))
