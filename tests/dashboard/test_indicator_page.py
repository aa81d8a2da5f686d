"""指标: what its page offers beside the chart: what signs mean, changes on the year, downloads, parts of a ratio."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from dashboard.charts import picture
from dashboard.charts.beside import Beside
from dashboard.components.captions import caption
from dashboard.components.dossier import definition, firm_chip
from dashboard.components.parts import contributed, missing, parts
from dashboard.components.tabled import on_year, on_year_title
from dashboard.i18n import words
from indicators.catalogue import Catalogue
from indicators.definition import MeasureType
from indicators.period import year_end
from indicators.plan import Operator
from indicators.revisions import Recorded, revisions
from ingest.terminal import Place
from tests import builders as make
from tests.judged import BEDS, QUARTERLY, Earlier, judged
from tests.pages import markup, opened, plain, said

ZH = words("zh")


# -- the caption -----------------------------------------------------------------------------------------------


def test_the_caption_explains_only_the_signs_there_are() -> None:
    bare = plain(caption(judged(BEDS), Beside(), ZH))
    assert "虚线为应达路径(线性)" in bare
    assert not any(sign in bare for sign in ("快报", "修订", "临界", "口径第"))
    one = judged(BEDS)
    flash = replace(one, observations=tuple(replace(o, vintage="flash") for o in one.observations))
    at = datetime(2024, 5, 20)
    moved = revisions([Recorded(year_end(2023), v, at, "flash") for v in (7.9, 7.71)])
    told = plain(caption(flash, Beside(revisions=moved, usual=0.19), ZH))
    assert all(sign in told for sign in ("空心点为快报", "灰色小圈为修订前的值", "±0.19 张/千人"))


def test_an_edited_target_says_until_when_what_it_was_by_which_document_and_why() -> None:
    one = judged(BEDS)
    old = Earlier(datetime(2023, 5, 1), replace(one.target, low=8.0, high=8.0), "成卫发〔2023〕5号", "人口普查后重算")
    told = plain(caption(one, Beside(paths=(old,)), ZH))
    assert "原路径:2023-05-01 以前,目标为2025年末 8.00。依据:成卫发〔2023〕5号。原因:人口普查后重算。" in told


def test_a_break_of_definition_says_what_changed_and_that_it_does_not_compare() -> None:
    new = make.definition(2, effective_from=date(2023, 1, 1), comparable=False, text_zh="含诊所床位", **QUARTERLY)
    one = judged({"2022": 7.5, "2023": 9.0}, make.definition(**QUARTERLY), new)
    assert "口径第2版自 2023-01-01 起:含诊所床位 与前一版不可比" in plain(caption(one, Beside(), ZH))
    shown = plain(definition(one, Catalogue.of([]), ZH))
    assert "以前的口径 第 1 版,2001-01-01 起 年末实有床位数 改动:口径(与前一版不可比" in shown


# -- the table -------------------------------------------------------------------------------------------------


def test_a_level_changes_in_its_unit_a_share_in_points_a_flow_in_per_cent() -> None:
    assert on_year(judged(BEDS))[year_end(2024)] == pytest.approx(0.16)
    assert on_year(judged(BEDS))[year_end(2021)] == pytest.approx(0.10)  # against the baseline
    share = judged({"2023": 50.0, "2024": 52.5}, make.definition(unit="%", decimals=1), target_value=60.0)
    assert (on_year_title(share, ZH), on_year(share)[year_end(2024)]) == ("较上年同期(百分点)", 2.5)
    flow = make.definition(**QUARTERLY | {"measure": MeasureType.FLOW, "unit": "亿人次"})
    grown = judged({"2023": 2.8, "2024": 3.5}, flow, baseline_value=2.0, target_value=3.6)
    assert (on_year_title(grown, ZH), on_year(grown)[year_end(2024)]) == ("较上年同期(%)", pytest.approx(25.0))


def test_no_growth_on_a_base_of_nothing_and_none_across_a_break() -> None:
    flow = make.definition(**QUARTERLY | {"measure": MeasureType.FLOW})
    assert year_end(2024) not in on_year(judged({"2023": 0.0, "2024": 3.5}, flow, baseline_value=2.0))
    new = make.definition(2, effective_from=date(2024, 1, 1), comparable=False, **QUARTERLY)
    assert year_end(2024) not in on_year(judged({"2023": 7.5, "2024": 9.0}, make.definition(**QUARTERLY), new))


# -- the parts of a ratio --------------------------------------------------------------------------------------


def test_a_ratio_says_what_its_numerator_and_denominator_added() -> None:
    one = judged({"2023": 7.62, "2024": 7.83}, make.ratio_definition(decimals=2))
    counts = {2023: (160_000.0, 21_000_000.0), 2024: (166_000.0, 21_200_000.0)}
    assert contributed(one) == []
    assert "无法拆分" in missing(one, ZH)
    seen = [(o, *counts[o.period.end.year]) for o in one.observations]
    whole = replace(one, observations=tuple(replace(o, numerator=n, denominator=d) for o, n, d in seen))
    (found,) = contributed(whole)
    told = plain(parts(whole, [found], ZH))
    assert "2023年末至2024年末:+0.21 张/千人" in told
    assert "分子:床位 160,000 → 166,000 张 +0.28" in told
    assert "分母:常住人口 21,000,000 → 21,200,000 人 −0.07" in told
    assert missing(whole, ZH) == ""


def test_what_is_no_ratio_has_no_parts_and_no_word_about_them() -> None:
    assert contributed(judged(BEDS)) == []
    assert missing(judged(BEDS), ZH) == ""


# -- the page --------------------------------------------------------------------------------------------------


def test_whether_the_verdict_is_firm_stands_beside_the_name() -> None:
    assert "判断牢靠" in firm_chip(judged(BEDS), ZH)
    assert "判断临界" in firm_chip(judged({**BEDS, "2024": 8.01}, revisions=[0.3]), ZH)
    assert "无法判断" in firm_chip(judged({"2021": 7.4}), ZH)
    assert firm_chip(judged({}), ZH) == ""
    assert firm_chip(judged({"2021": 1.0}, operator=Operator.AT_LEAST), ZH)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_everything_can_be_taken_along(language: str, shown: Place) -> None:
    page = opened("indicator", indicator="beds-per-1000", lang=language)
    kinds = ["CSV", "XLSX", "PNG", "SVG"] if picture.can_write_chinese() else ["CSV", "XLSX", "SVG"]
    assert [button.label for button in page.get("download_button")] == kinds


def test_without_a_chinese_font_the_page_says_what_to_install(shown: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture, "can_write_chinese", lambda: False)
    page = opened("indicator", indicator="beds-per-1000")
    assert [button.label for button in page.get("download_button")] == ["CSV", "XLSX", "SVG"]
    assert "fonts-noto-cjk" in said(page)


def test_a_flow_within_its_year_has_a_second_chart(shown: Place) -> None:
    page = opened("indicator", indicator="visitors")
    assert len(page.get("vega_lite_chart")) == 2
    assert "本年累计与上年同期" in said(page)
    assert len(opened("indicator", indicator="beds-per-1000").get("vega_lite_chart")) == 1


def test_the_history_tells_which_value_was_replaced(shown: Place) -> None:
    drawn = markup(opened("indicator", indicator="beds-per-1000"))
    assert drawn.count("已被替换") == 2
    assert "快报 · 已被替换 · 示例" in plain(drawn)
