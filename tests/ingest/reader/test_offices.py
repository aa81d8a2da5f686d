"""Five workbooks as five offices draw them, made small: what is read, and what is said of the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from indicators.store import Store
from ingest.check import Checked
from ingest.checking import check_file
from ingest.reader.sheet import SLOTS, number
from ingest.settings import Settings
from tests.workbooks import HEADER, ROW, book

pytestmark = pytest.mark.usefixtures("in_process")

BEDS, NURSES, LIFE = "每千人口医疗卫生机构床位数", "每千常住人口拥有注册护士数", "人均预期寿命"
FLOW, SHARE = "生物医药健康产业增加值", "普惠托位占比"
Rows = Sequence[Sequence[Any]]


@pytest.fixture
def drawn(untouched: Store, settings: Settings) -> Callable[..., Checked]:
    """Check rows as a workbook with merges, further sheets, hidden columns and number formats."""

    def of(rows: Rows, *merges: str, concealed: str = "", shown: dict[str, str] | None = None, **more: Any) -> Checked:
        def adjust(sheet: Worksheet) -> None:
            for area in merges:
                sheet.merge_cells(area)
            for cell, look in (shown or {}).items():
                sheet[cell].number_format = look
            if concealed:
                sheet.column_dimensions[concealed].hidden = True

        return check_file(untouched, settings, name="a.xlsx", raw=book(rows, adjust, **more))

    return of


def figures(checked: Checked) -> set[tuple[str, str, str, str, float | None]]:
    wanted = ["indicator", "region", "period", "accumulation", "value"]
    return set(checked.figures.select(wanted).iter_rows()) if checked.figures.height else set()


def blocking(checked: Checked) -> list[tuple[str, int | None, str]]:
    return [(p.code, p.row, p.column) for p in checked.problems if p.blocks]


def said(checked: Checked) -> set[str]:
    return {p.code for p in checked.problems}


# -- a quarterly form with sub-heads -------------------------------------------------------------------------------

FORM = [
    ["行政区划代码:510114", None, "2021年  三  季度"],
    ["指 标 名 称", "计量\n单位", "本    季", None, "上年同期", "同比增长\n(%)"],
    [None, None, "季末数", "比上季末\n增减"],
    ["甲", "乙", 1, 2, 3, 4],
]
MERGES = ("A2:A3", "B2:B3", "C2:D2", "E2:E3", "F2:F3")


def test_sub_heads_tell_the_figure_from_its_change(drawn: Callable[..., Checked]) -> None:
    checked = drawn([*FORM, [BEDS, "张/千人", 6.28, 0.04, 6.16, 1.9], [NURSES, "〃", 3.3, 0.1, 3.2]], *MERGES)
    assert [e[0] for e in blocking(checked)] == ["unit_other_dimension"]  # 〃 says 张/千人
    assert figures(checked) == {("beds-per-1000", "510114", "2021Q3", "", 6.28)}


def test_a_figure_is_held_against_last_years_beside_it(drawn: Callable[..., Checked]) -> None:
    rows = [*FORM, [BEDS, "张/千人", 9.0, 1, 0.9, None], [NURSES, "人/千人", 3.3, 1, 3.0, "2.1%"]]
    slipped, grown = [p for p in drawn(rows, *MERGES).problems if p.blocks]
    assert (slipped.code, slipped.row, slipped.column) == ("value_beside_before", 5, "C 本 季 季末数")
    assert (slipped.found, slipped.facts["times"], slipped.facts["where"]) == ("9", "10", "E 上年同期")
    assert (grown.code, grown.row, grown.facts["computed"]) == ("growth_disagrees", 6, "10.0")


@pytest.mark.parametrize("before", [9.1, "—", None, 0])
def test_no_comparison_without_a_figure_that_differs(drawn: Callable[..., Checked], before: Any) -> None:
    assert blocking(drawn([*FORM, [BEDS, "张/千人", 9.0, 1, before, None]], *MERGES)) == []


def test_growth_at_comparable_prices_may_differ_from_that_of_levels(drawn: Callable[..., Checked]) -> None:
    head = ["地区", "指标", "报告期", "数值", "上年同期", "可比价增速%"]
    assert blocking(drawn([head, ["成都市", FLOW, "2021", 104, 100, 7.4]])) == []
    assert [e[0] for e in blocking(drawn([head, ["成都市", FLOW, "2021", 101, 100, 7.4]]))] == ["growth_disagrees"]


def test_growth_of_a_share_is_in_points_and_not_compared(drawn: Callable[..., Checked]) -> None:
    head = ["地区", "指标", "报告期", "数值", "上年同期", "同比增长(%)"]
    assert blocking(drawn([head, ["成都市", SHARE, "2021", 60, 50, 10]])) == []


# -- one indicator for all of a sheet ------------------------------------------------------------------------------

DISTRICTS = [
    ["地    区", "增加值(自年初累计)", None, "上年同期", None, "位次"],
    [None, date(2021, 1, 3), date(2021, 1, 6), "1-3月", "1-6月", None],
    ["全    市", 380.5, 790.5, 360, 750, None],
    ["越秀", 56.5, 116.5, 53, 110, 2],
]


def test_an_indicator_in_the_title_and_dates_that_excel_made(drawn: Callable[..., Checked]) -> None:
    titles = [["2021年生物医药与健康产业增加值分区情况"], ["编制单位:广州市统计局"]]
    checked = drawn([*titles, *DISTRICTS], "A3:A4", "B3:C3", "D3:E3", "F3:F4")
    assert blocking(checked) == []
    assert figures(checked) == {
        ("biohealth-value-added", "440100", "2021Q1", "ytd", 380.5),
        ("biohealth-value-added", "440100", "2021H1", "ytd", 790.5),
        ("biohealth-value-added", "440104", "2021Q1", "ytd", 56.5),
        ("biohealth-value-added", "440104", "2021H1", "ytd", 116.5),
    }
    assert {"indicator_above", "period_made_a_date", "region_above", "column_ignored"} <= said(checked)


def test_a_line_or_the_sheets_name_may_name_the_indicator(drawn: Callable[..., Checked]) -> None:
    def named(sheet: str, line: list[str]) -> Checked:
        return drawn([["x"]], **{sheet: [line, ["地区", "2020", "2021"], ["成都市", 81, 82]]})

    assert len(figures(named("表", ["指标名称:" + LIFE]))) == 2
    assert len(figures(named(LIFE, ["一览"]))) == 2
    assert [e[0] for e in blocking(named("表", [LIFE + "和" + BEDS]))] == ["column_missing"]


def test_another_quantity_is_not_of_the_titles_indicator(drawn: Callable[..., Checked]) -> None:
    rows = [["2021年" + FLOW], ["地区", "增加值(累计)", "营业收入(累计)"], ["成都市", 1, 2]]
    assert figures(drawn(rows)) == {("biohealth-value-added", "510100", "2021", "ytd", 1.0)}


# -- indicators across ---------------------------------------------------------------------------------------------

MATRIX = [
    ["2021年度柳州市养老服务情况"],
    [
        "县(区)",
        None,
        "护理型床位占养老床位比例",
        "老年\n护理院\n(个)",
        "城镇社区居家养老服务中心",
        None,
        "示范\n机构\n(个)",
    ],
    [None, None, None, None, "已建\n(个)", "覆盖率", None],
    ["合    计", None, 50.5, 20, 378, "90.5%", 9],
    ["城区", "城中区", 54.5, 2, 38, "100%", 3],
    [None, "鱼峰区", "５６．５％", 3, 61, "95.1%", 3],
]
ACROSS = ("A2:B3", "C2:C3", "D2:D3", "E2:F2", "G2:G3", "A4:B4", "A5:A6")


def test_a_matrix_of_districts_and_indicators(drawn: Callable[..., Checked]) -> None:
    checked = drawn(MATRIX, *ACROSS)
    assert blocking(checked) == [("column_unknown", 3, "G 示范 机构 (个)")]
    ignored = [p.column for p in checked.problems if p.code == "column_ignored"]
    assert "E 城镇社区居家养老服务中心 已建 (个)" in ignored  # in 个 it cannot be the 覆盖率 beside it
    assert figures(checked) == {
        ("lz-nursing-beds-of-all-elderly-beds", "450202", "2021", "", 54.5),
        ("lz-nursing-beds-of-all-elderly-beds", "450203", "2021", "", 56.5),
        ("lz-elderly-nursing-homes", "450202", "2021", "", 2.0),
        ("lz-elderly-nursing-homes", "450203", "2021", "", 3.0),
        ("lz-urban-home-care-coverage", "450202", "2021", "", 100.0),
        ("lz-urban-home-care-coverage", "450203", "2021", "", 95.1),
    }
    assert {"row_total", "name_read_as"} <= said(checked)
    (unknown,) = [p for p in checked.problems if p.code == "column_unknown"]
    assert "柳州市养老服务示范机构数" in unknown.facts["guess"]


def test_an_unknown_column_that_is_hidden_is_not_asked_about(drawn: Callable[..., Checked]) -> None:
    assert blocking(drawn(MATRIX, *ACROSS, concealed="G")) == []


def test_a_total_is_the_citys_where_every_district_has_a_row(drawn: Callable[..., Checked], untouched: Store) -> None:
    districts = [
        r.name_zh for r in untouched.catalogue().regions.values() if r.parent == "450200" and r.level == "district"
    ]
    rows = [["2021年柳州市居民健康"], ["地区", LIFE], ["合计", 81], *([name, 80] for name in districts)]
    assert ("life-expectancy", "450200", "2021", "", 81.0) in figures(drawn(rows))
    assert "row_total" in said(drawn(rows[:-1]))


# -- several sheets ------------------------------------------------------------------------------------------------

TOP = ["区(市)县", "指    标", "单位", "2020年末", "2021年3月", "2021年6月", "2021.09"]


def test_visible_sheets_are_one_return_and_problems_name_theirs(drawn: Callable[..., Checked]) -> None:
    checked = drawn(
        [["序号", "表名"], [1, "资源"], [2, "托育"]],
        资源=[
            TOP,
            ["双  流", BEDS, "张/千人", 5.1, 5.2, "约5.3", 5.4],
            ["金堂", NURSES, "人/千人", 2.4, 2.4, 2.5, 2.5],
        ],
        托育=[
            ["2021年三季度托育服务情况"],
            ["地区", "常住人口\n(万人,2020年末)", SHARE],
            ["双流区", "146.6", "x"],
        ],
        字典=[["代码", "名称"], ["510116", "双流区"]],
        hidden=["字典"],
    )
    assert [(p.sheet, p.row, p.code) for p in checked.problems if p.blocks] == [
        ("资源", 2, "number_unreadable"),
        ("托育", 3, "number_unreadable"),
    ]
    assert ("resident-population", "510116", "2020", "", 146.6) in figures(checked)
    assert len(figures(checked)) == 8
    notices = {p.code: p.facts.get("found") for p in checked.problems if p.code.startswith("sheets_")}
    assert notices == {"sheets_read": "资源、托育", "sheets_other": "Sheet", "sheets_hidden_too": "字典"}


def test_the_same_figure_on_two_sheets_names_the_other(drawn: Callable[..., Checked]) -> None:
    checked = drawn([HEADER, ROW], 二=[["x"], HEADER, ROW])
    (problem,) = [p for p in checked.problems if p.blocks]
    assert (problem.code, problem.sheet, problem.row, problem.facts["first"]) == ("twice_in_file", "二", 3, "Sheet!2")


def test_figures_whose_header_is_lost_are_not_passed_over(drawn: Callable[..., Checked]) -> None:
    checked = drawn([HEADER, ROW], 二=[["各区"], [LIFE, "80"], ["x", "81"]])
    assert [(p.code, p.sheet) for p in checked.problems if p.blocks] == [("header_missing", "二")]


def test_all_sheets_together_keep_the_limits(untouched: Store, settings: Settings) -> None:
    few = Settings(home=settings.home, upload_rows=3)
    wide = [["地区", "指标", "2020", "2021"], ["成都市", LIFE, 81, 82]]
    checked = check_file(untouched, few, name="a.xlsx", raw=book(wide, 二=[wide[0], ["广州市", LIFE, 81, 82]]))
    assert [(p.code, p.facts["most"]) for p in checked.problems if p.blocks] == [("too_many_rows", "3")]
    assert number(2**20, SLOTS) < 2**32


def test_a_year_mistyped_among_the_periods_across(drawn: Callable[..., Checked]) -> None:
    look = 'yyyy"年"m"月"'
    row = ["双流", BEDS, "张/千人", 5.1, 5.2, 5.3, 5.4]
    mistyped = [*TOP[:4], date(2021, 3, 1), date(2020, 6, 1), TOP[6]]
    (problem,) = [p for p in drawn([mistyped, row], shown={"E1": look, "F1": look}).problems if p.blocks]
    assert (problem.code, problem.row, problem.column) == ("period_out_of_order", 1, "F 2020-06")
    assert problem.facts["meant"] == "2021-06"
    backwards = [*TOP[:3], *reversed(TOP[3:])]
    assert blocking(drawn([backwards, row])) == []
    unread = [*TOP[:3], "一季度", "上半年", "1-9月", "全年"]
    assert {e[0] for e in blocking(drawn([unread, row]))} == {"period_unreadable"}


# -- a bulletin with a second table --------------------------------------------------------------------------------

VISITORS = "接待游客总人次"
BULLETIN = [
    ["都江堰市文旅指标(2021年9月)"],
    [None, None, None, "单位:万人次、亿元"],
    ["指    标", "本    月", None, "本月止累计", None, "上年同期", None],
    [None, "绝对数", "同比±%", "绝对数", "同比±%", "本月", "累计"],
    ["一、旅游"],
    ["  " + VISITORS, 198.5, 7.4, "2,165.5", 6.7, 184.9, "2,029.2"],
    ["  国家体育旅游示范基地(个)", "—", None, 1, None, "—", 1],
    [],
    ["附:" + VISITORS + "分季度情况", None, None, "单位:万人次"],
    ["年  份", "一季度", "二季度(本期)", "上半年", "1-9月"],
    ["2020年", 575.5, 602.5, "1,178.0", 2029.5],
    ["2021年", 612.5, 641.5, "1,254.0", None],
]
LEVELS = ("A3:A4", "B3:C3", "D3:E3", "F3:G3")


def test_a_second_table_under_the_first_has_its_own_periods(drawn: Callable[..., Checked]) -> None:
    checked = drawn(BULLETIN, *LEVELS)
    assert blocking(checked) == []
    assert figures(checked) == {
        ("visitors", "510181", "2021-09", "month", 0.01985),
        ("visitors", "510181", "2021-09", "ytd", 0.21655),
        ("sports-tourism-bases", "510181", "2021-09", "", 1.0),
        ("visitors", "510181", "2020Q1", "ytd", 0.05755),
        ("visitors", "510181", "2020Q2", "period", 0.06025),
        ("visitors", "510181", "2020H1", "ytd", 0.1178),
        ("visitors", "510181", "2020M1-9", "ytd", 0.20295),
        ("visitors", "510181", "2021Q1", "ytd", 0.06125),
        ("visitors", "510181", "2021Q2", "period", 0.06415),
        ("visitors", "510181", "2021H1", "ytd", 0.1254),
    }


def test_a_unit_line_that_fits_nothing_is_asked_about(drawn: Callable[..., Checked]) -> None:
    rows = [["单位:亿元、万人次"], HEADER, ["成都市", "每千人口医疗卫生机构床位数", "2021", 8]]
    assert [e[0] for e in blocking(drawn(rows))] == ["unit_unknown"]


@pytest.mark.parametrize("title", ["7-9月", "9月当月", "三季度数"])
def test_a_head_like_a_period_with_numbers_under_it_is_never_passed_over(
    drawn: Callable[..., Checked], title: str
) -> None:
    above = [["单位:万人次"], ["地区:都江堰市"]]
    checked = drawn([*above, ["指标", "2024年1-6月", title], [VISITORS, 1177.87, 820.1]])
    assert ("column_of_a_period", title) in [(p.code, p.found) for p in checked.problems if p.blocks]
