"""The return to fill in: what it says, what it lets one enter, what it keeps from being changed."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from indicators.definition import Range
from indicators.period import Period
from indicators.store import Store
from ingest.checking import check_file
from ingest.form.blank import Blank, prepare, words
from ingest.form.entry import range_text
from ingest.form.forms import read_forms, recognise
from ingest.form.sheets import LAGGING, MATTERS
from ingest.form.table import TITLES, _ordinal
from ingest.people import Forbidden, Role, User
from ingest.settings import Settings
from ingest.submission import Decision, Refused, Signers
from ingest.template import issue
from ingest.workflow import decide, submit
from tests.desk import ANYONE
from tests.office import header_row, needs_soffice, opened, rows, saved, through_libreoffice
from tests.returns import csv

TODAY = date(2026, 11, 21)
HEALTH, Q1 = "chengdu-health", "2024Q1"
Through = Callable[..., None]


def made(store: Store, organisation: str = HEALTH, period: str = Q1, **more: Any) -> tuple[Blank, Workbook]:
    blank, raw = issue(store, organisation=organisation, period=period, today=TODAY, **more)
    return blank, opened(raw)


@pytest.fixture
def through(store: Store, settings: Settings, li: User, tmp_path: Path, in_process: None) -> Through:
    """Approve figures of whichever body: (indicator, period, value) each, with other cells of all."""

    def one(*figures: tuple[str, str, str], **every: str) -> None:
        lines = [dict(zip(("indicator", "period", "value"), figure, strict=True)) for figure in figures]
        raw = csv(*lines, **{"note": "核实无误", **every})
        receipt = submit(store, settings, name="a.csv", raw=raw, user=ANYONE, uploads=tmp_path)
        decide(store, submission=receipt.submission, decision=Decision.APPROVE, user=li)

    return one


def texts(sheet: Worksheet) -> list[str]:
    return [cell.value for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]


def validations(sheet: Worksheet) -> dict[str, Any]:
    """Cell → its validation."""
    return {str(place): one for one in sheet.data_validations.dataValidation for place in one.sqref.ranges}


# -- what the form says ------------------------------------------------------------------------------------


def test_the_lines_above_the_table(store: Store) -> None:
    blank, book = made(store)
    said = texts(book["报表"])
    assert said[0] == "规划监测指标季报表"
    for line in (
        "填报单位:成都市卫生健康委员会",
        "行政区划代码:510100",
        "报告期:2024年一季度",
        f"表单编号:{blank.id}",
        "表号:ZB-J01",
        "制定机关:成都市健康服务业领导小组办公室",
        "批准文号:汇集既有统计和行政记录",
        "有效期至:2027年12月",
        "计量单位:见表内",
    ):
        assert line in said
    assert (recognise(blank.id).organisation, recognise(blank.id).period) == (HEALTH, Period.quarter(2024, 1))


def test_the_lines_below_the_table(store: Store) -> None:
    said = texts(made(store)[1]["报表"])
    for label in ("单位负责人:", "统计负责人(审核人):", "填表人:", "联系电话:", "报出日期:"):
        assert any(text.strip() == label for text in said), label
    notes = [text for text in said if text.startswith("说明")]
    assert any("2024年4月5日12时前报出" in note for note in notes)
    assert any("统计范围" in note for note in notes)
    assert any("每千人口市办及以上公立医院床位数≤每千人口医疗卫生机构床位数" in note for note in notes)


def test_the_header_is_the_one_that_the_reader_knows(store: Store) -> None:
    sheet = made(store)[1]["报表"]
    titles = [cell.value for cell in sheet[header_row(sheet, "代码")]]
    assert titles == ["指标名称", "计量单位", "代码", "本期", "本年累计", "上年同期", "上期", "分子", "分母", "备注"]
    assert titles == list(TITLES)


def test_rows_are_what_the_organisation_owes(store: Store) -> None:
    quarter, year = (rows(made(store, period=p)[1]["报表"], "代码") for p in ("2024Q1", "2024Q4"))
    assert len(quarter) == 12 and len(year) == 20
    assert set(quarter) < set(year)
    beds = quarter["beds-per-1000@510100"]
    assert (beds["指标名称"].value, beds["计量单位"].value) == ("每千人口医疗卫生机构床位数", "张/千人")


def test_rows_stand_under_their_domain(store: Store) -> None:
    said = texts(made(store)[1]["报表"])
    assert said.index("一、医疗卫生") < said.index("beds-per-1000@510100") < said.index("二、托育服务")


def test_a_district_answers_for_its_own_place(store: Store) -> None:
    assert "二、养老服务" in texts(made(store, "qinhuangdao-civil-affairs", "2018Q4")[1]["报表"])
    haigang = rows(made(store, "海港区政府", "2018Q4")[1]["报表"], "代码")
    assert set(haigang) == {"qhd-tertiary-general-hospitals@130302", "qhd-tertiary-specialist-hospitals@130302"}


@pytest.mark.parametrize(
    ("number", "text"), [(0, "一"), (9, "十"), (10, "十一"), (19, "二十"), (20, "二十一"), (98, "九十九")]
)
def test_chinese_ordinals(number: int, text: str) -> None:
    assert _ordinal(number) == text


def test_domains_bear_the_names_of_the_screens(store: Store) -> None:
    locale = Path(__file__).parents[3] / "dashboard" / "locale" / "zh.toml"
    assert words()["domain"] == tomllib.loads(locale.read_text(encoding="utf-8"))["domain"]
    assert {i.domain for i in store.catalogue().indicators.values()} <= set(words()["domain"])


# -- what is known -----------------------------------------------------------------------------------------


def known(store: Store, code: str, organisation: str = HEALTH, period: str = Q1) -> tuple[Any, Any]:
    cells = rows(made(store, organisation, period)[1]["报表"], "代码")[code]
    return cells["上年同期"].value, cells["上期"].value


def test_a_year_and_a_quarter_before_are_shown(store: Store, through: Through) -> None:
    through(("beds-per-1000", "2023Q1", "7.5"), ("beds-per-1000", "2023Q4", "7.8"), ("beds-per-1000", "2024Q1", "7.9"))
    assert known(store, "beds-per-1000@510100") == (7.5, 7.8)
    assert known(store, "beds-per-1000@510100", period="2023Q3") == (None, None)


def test_a_flow_shows_years_to_date_and_starts_anew_in_january(store: Store, through: Through) -> None:
    figures = [("visitors", f"{y}Q{q}", f"{q * y / 10000:.4f}") for y in (2023, 2024) for q in (1, 2, 3, 4)]
    through(*figures, accumulation="本年累计")
    code, owner = "visitors@510100", "chengdu-culture-tourism"
    assert known(store, code, owner, "2024Q2") == (pytest.approx(0.4046), pytest.approx(0.2024))
    assert known(store, code, owner, "2024Q1") == (pytest.approx(0.2023), None)


def test_a_yearly_figure_shows_the_year_before_twice(store: Store, through: Through) -> None:
    through(("life-expectancy", "2023", "81.9"))
    assert known(store, "life-expectancy@510100", period="2024") == (81.9, 81.9)


def test_what_happens_now_and_then_keeps_its_count(store: Store, through: Through) -> None:
    through(("whole-area-tourism-zones", "2022", "11"), ("whole-area-tourism-zones", "2023", "12"))
    assert known(store, "whole-area-tourism-zones@510100", "chengdu-culture-tourism", "2024Q2") == (11, 12)


def test_demonstration_figures_are_marked(store: Store) -> None:
    blank, book = made(store)
    assert not blank.sample and not any("示例数据" in text for text in texts(book["报表"]))
    store.kind = "demo"
    sheet = made(store)[1]["报表"]
    assert "示例数据,非真实统计结果" in texts(sheet)
    assert sheet.oddHeader.center.text == "示例数据,非真实统计结果"


# -- what can be entered -----------------------------------------------------------------------------------


def test_only_the_cells_to_fill_in_are_open(store: Store) -> None:
    sheet = made(store, period="2024Q4")[1]["报表"]
    assert sheet.protection.sheet and not sheet.protection.password
    for cells in rows(sheet, "代码").values():
        open_ones = {title for title, cell in cells.items() if not cell.protection.locked}
        assert {"本期", "备注"} <= open_ones <= {"本期", "备注", "分子", "分母"}
    beds = rows(sheet, "代码")["beds-per-1000@510100"]
    assert not beds["分子"].protection.locked and not beds["分母"].protection.locked


def test_a_flow_takes_the_year_to_date_and_nothing_else(store: Store) -> None:
    visitors = rows(made(store, "chengdu-culture-tourism")[1]["报表"], "代码")["visitors@510100"]
    assert {t for t, cell in visitors.items() if not cell.protection.locked} == {"本年累计", "备注"}
    assert visitors["本期"].fill.fgColor.rgb == visitors["分子"].fill.fgColor.rgb == "00EEF0F3"


def test_required_cells_are_tinted_and_optional_ones_are_not(store: Store) -> None:
    found = rows(made(store, period="2024Q4")[1]["报表"], "代码")
    assert found["beds-per-1000@510100"]["本期"].fill.fgColor.rgb == "00E6EFF9"
    assert found["life-expectancy@510100"]["本期"].fill.fill_type is None


def test_numbers_are_kept_within_the_possible_range(store: Store) -> None:
    sheet = made(store)[1]["报表"]
    checks, beds = validations(sheet), rows(sheet, "代码")["beds-per-1000@510100"]
    value = checks[beds["本期"].coordinate]
    assert (value.type, value.operator, value.formula1, value.formula2) == ("decimal", "between", "0", "60")
    assert "0至60之间" in value.error and "张/千人" in value.error and value.errorStyle == "warning"
    top = checks[beds["分子"].coordinate]
    assert (top.formula1, top.errorStyle, top.prompt) == ("0", "stop", "医疗卫生机构实有床位,单位:张。")
    assert beds["分子"].number_format == '#,##0" 张"'
    assert beds["本期"].number_format == "#,##0.00"


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [(0, 60, "0至60之间"), (0, None, "不小于0"), (None, 5, "不大于5"), (None, None, "任意大小")],
)
def test_a_range_in_words(low: float | None, high: float | None, said: str) -> None:
    assert range_text(Range(low, high)) == said


def test_messages_fit_what_spreadsheets_show(store: Store) -> None:
    for organisation, period in (("guangzhou-development-reform", "2019"), ("qinhuangdao-civil-affairs", "2018Q4")):
        for sheet in made(store, organisation, period)[1].worksheets:
            for one in sheet.data_validations.dataValidation:
                assert len(one.error) <= 225 and len(one.errorTitle) <= 32
                assert len(one.prompt or "") <= 255 and len(one.promptTitle or "") <= 32


def test_each_indicator_explains_itself(store: Store) -> None:
    sheet = made(store)[1]["报表"]
    for code, cells in rows(sheet, "代码").items():
        meaning = store.catalogue().indicators[code.partition("@")[0]].current
        assert meaning.text_zh in cells["指标名称"].comment.text
    said = rows(sheet, "代码")["beds-per-1000@510100"]["指标名称"].comment.text
    assert "医疗卫生机构实有床位(张)÷常住人口(人)×1000" in said


def test_meanings_are_printed_too(store: Store) -> None:
    sheet = made(store)[1]["指标解释"]
    assert sheet.protection.sheet
    assert rows(sheet, "名称")["每千人口医疗卫生机构床位数"]["分母及单位"].value == "常住人口(人)"


def test_nothing_is_a_formula(store: Store) -> None:
    for organisation, period in ((HEALTH, "2024Q4"), ("qinhuangdao-civil-affairs", "2018Q4")):
        for sheet in made(store, organisation, period)[1].worksheets:
            assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_it_prints_on_a4(store: Store) -> None:
    for sheet in made(store, "qinhuangdao-civil-affairs", "2018Q4")[1].worksheets:
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
        assert sheet.sheet_properties.pageSetUpPr.fitToPage and sheet.page_setup.fitToHeight == 0
        assert sheet.print_title_rows and sheet.print_area and sheet.freeze_panes
        assert sheet.oddHeader.left.text.startswith("ZB-J01-2018Q4-")
        assert "&P" in sheet.oddFooter.center.text


def test_the_header_stays_in_view(store: Store) -> None:
    sheet = made(store)[1]["报表"]
    assert sheet.freeze_panes == f"B{header_row(sheet, '代码') + 2}"


# -- matters and what lags ---------------------------------------------------------------------------------


def test_milestones_and_tasks_have_a_sheet(store: Store) -> None:
    blank, book = made(store, "qinhuangdao-civil-affairs", "2018Q4")
    sheet = book["事项进展"]
    assert [cell.value for cell in sheet[header_row(sheet, "编号")]] == list(MATTERS)
    found = rows(sheet, "编号")
    assert list(found) == [matter.code for matter in blank.matters] and len(found) == 35
    for cells in found.values():
        assert {t for t, cell in cells.items() if not cell.protection.locked} == set(list(MATTERS)[3:])
        assert "“" in cells["事项"].comment.text
    first, last = (list(found.values())[at]["完成情况"].row for at in (0, -1))
    checks = validations(sheet)
    assert checks[f"D{first}:D{last}"].formula1 == '"已完成,未完成,推进中,不再实施"'
    assert checks[f"E{first}:E{last}"].formula2 == "43472"  # 2019-01-07, when the return is due
    assert sheet.sheet_state == "visible"


def test_without_indicators_the_first_sheet_says_so(store: Store) -> None:
    book = made(store, "yuexiu-health", "2022Q1")[1]
    assert book.sheetnames == ["报表", "事项进展"]
    assert "本期没有应报指标,请填写“事项进展”。" in texts(book["报表"])


def test_what_lags_asks_for_progress_reason_and_measure(store: Store, through: Through) -> None:
    assert "滞后说明" not in made(store)[1].sheetnames
    through(("beds-per-1000", "2023Q4", "7.6"), ("nurses-per-1000", "2023Q4", "9"))
    blank, book = made(store)
    assert [line.owed.code for line in blank.lagging] == ["beds-per-1000@510100"]
    sheet = book["滞后说明"]
    assert [cell.value for cell in sheet[header_row(sheet, "代码")]] == list(LAGGING)
    cells = rows(sheet, "代码")["beds-per-1000@510100"]
    assert {t for t, cell in cells.items() if not cell.protection.locked} == {"进展", "原因", "措施"}
    assert re.fullmatch(r"(严重)?滞后;2023年四季度 7\.60张/千人,目标2025年12月8\.30", cells["现状"].value)
    assert [cell.value for cell in sheet[header_row(sheet, "代码") - 1]].count("必填") == 3
    assert validations(sheet)[f"D{cells['代码'].row}:F{cells['代码'].row}"].allow_blank is False


def test_what_became_known_later_does_not_say_who_lagged(store: Store, through: Through) -> None:
    through(("beds-per-1000", "2024Q1", "7.5"))
    assert not made(store)[0].lagging
    assert made(store, period="2024Q2")[0].lagging


# -- refusals ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("organisation", "period", "said"),
    [
        ("nobody-at-all", Q1, "no organisation"),
        (HEALTH, "一季度", "is not a period"),
        (HEALTH, "2024H1", "quarter or a year"),
        (HEALTH, "2019Q1", "owes nothing"),
        ("national-statistics", Q1, "owes nothing"),
        (HEALTH, "2029Q1", "valid until"),
    ],
)
def test_refusals(store: Store, organisation: str, period: str, said: str) -> None:
    with pytest.raises(Refused, match=said) as refused:
        made(store, organisation, period)
    assert refused.value.zh


def test_an_expired_form_is_refused(store: Store) -> None:
    with pytest.raises(Refused, match="expired"):
        issue(store, organisation=HEALTH, period=Q1, today=date(2030, 1, 1))


def test_a_statistician_gets_only_the_own_return(store: Store, wang: User, li: User) -> None:
    assert made(store, user=wang)[0].organisation.id == wang.organisation
    assert made(store, user=li)
    for user in (wang, User("sun", Role.STATISTICIAN)):
        with pytest.raises(Forbidden) as refused:
            made(store, "chengdu-sports", user=user)
        assert "本单位" in refused.value.zh


def test_an_authority_of_its_own_stands_on_the_form(store: Store) -> None:
    form = replace(read_forms()["quarterly"], authority="成都市统计局")
    catalogue = store.catalogue()
    organisation = catalogue.organisations[HEALTH]
    blank = prepare(store, catalogue, organisation, Period.parse(Q1), today=TODAY, forms=[form])
    assert blank.authority == "成都市统计局"


# -- round through another program -------------------------------------------------------------------------


def filled(store: Store, **more: Any) -> tuple[bytes, dict[str, dict[str, float]]]:
    """A return of the first quarter with a usual figure in every row, and what was entered."""
    blank, book = made(store, **more)
    table, entered = rows(book["报表"], "代码"), {}
    for line in blank.lines:
        meaning, cells = line.owed.definition, table[line.owed.code]
        bounds = meaning.usual if meaning.usual != Range() else meaning.possible
        assert bounds.low is not None and bounds.high is not None
        value = round((bounds.low + bounds.high) / 2, meaning.decimals)
        parts = {"分子": round(value * 1_000_000), "分母": 1_000_000 * meaning.factor}
        entered[line.owed.code] = parts if meaning.numerator else {"本期": value}
        for title, figure in entered[line.owed.code].items():
            cells[title].value = figure
        cells["备注"].value = "首次填报"
    return saved(book), entered


@needs_soffice
def test_what_libreoffice_saves_is_still_the_form(store: Store, tmp_path: Path) -> None:
    raw, entered = filled(store)
    before, after = opened(raw)["报表"], opened(through_libreoffice(raw, tmp_path))["报表"]
    # frozen panes are not asked for: without a window LibreOffice writes no view of any file
    assert after.protection.sheet
    assert (after.print_title_rows, after.print_area) == (before.print_title_rows, before.print_area)
    said, heard = ([text for text in texts(sheet) if text.startswith("表单编号:")] for sheet in (before, after))
    assert said == heard != []
    then, now = rows(before, "代码"), rows(after, "代码")
    assert list(now) == list(then)
    for code, cells in now.items():
        assert {t: cells[t].value for t in entered[code]} == entered[code]
        assert [c.protection.locked for c in cells.values()] == [c.protection.locked for c in then[code].values()]
        assert "口径" in cells["指标名称"].comment.text
    guarded = {p for one in after.data_validations.dataValidation for p in str(one.sqref).split()}
    assert now["beds-per-1000@510100"]["本期"].coordinate in " ".join(guarded)
    assert {one.type for one in after.data_validations.dataValidation} >= {"decimal", "date"}


@needs_soffice
def test_issue_fill_save_check(store: Store, settings: Settings, tmp_path: Path) -> None:
    """The whole way: the figures that were entered are the figures that are read."""
    raw, entered = filled(store)
    for one in (raw, through_libreoffice(raw, tmp_path)):
        checked = check_file(store, settings, name="季报.xlsx", raw=one)
        assert checked.accepted, [p for p in checked.problems if p.blocks]
        read = {f"{f['indicator']}@{f['region']}": f for f in checked.figures.iter_rows(named=True)}
        assert set(read) == set(entered)
        for code, figures in entered.items():
            assert read[code]["period"] == "2024Q1"
            names = {"本期": "value", "分子": "numerator", "分母": "denominator"}
            assert {t: read[code][names[t]] for t in figures} == figures


@needs_soffice
def test_issue_fill_save_submit_approved(store: Store, settings: Settings, li: User, tmp_path: Path) -> None:
    """And the figures that are approved are the figures that were entered."""
    raw, entered = filled(store)
    saved, signers = through_libreoffice(raw, tmp_path), Signers("张三", "李四", "王五")
    sender = User("zhang", Role.STATISTICIAN, HEALTH)
    receipt = submit(store, settings, name="q.xlsx", raw=saved, user=sender, uploads=tmp_path, signers=signers)
    assert receipt.submission, [p for p in receipt.checked.problems if p.blocks]
    decide(store, submission=receipt.submission, decision=Decision.APPROVE, user=li)
    known = {f"{f['indicator']}@{f['region']}": f for f in store.approved().iter_rows(named=True)}
    for code, figures in entered.items():
        names = {"本期": "value", "分子": "numerator", "分母": "denominator"}
        assert {t: known[code][names[t]] for t in figures} == figures
    (sent,) = store.ask("submissions", id=receipt.submission, sha256=None, submitted_by=None).iter_rows(named=True)
    assert (sent["form"], sent["period"], sent["organisation"]) == ("ZB-J01", "2024Q1", HEALTH)
    assert (sent["filled_by"], sent["statistics_head"], sent["organisation_head"]) == ("张三", "李四", "王五")
