"""Slips that a sheet itself gives away: by the day it was filled in, by the columns and rows beside a figure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from indicators.problem import Problem, Severity
from indicators.store import Store
from ingest.check import Checked
from ingest.checking import check_file
from ingest.settings import Settings
from ingest.words import explain
from tests.returns import table
from tests.workbooks import book

pytestmark = pytest.mark.usefixtures("in_process")

LIFE, FLOW = "人均预期寿命", "接待游客总人次"
Rows = Sequence[Sequence[Any]]
Drawn = Callable[..., Checked]


@pytest.fixture
def drawn(untouched: Store, settings: Settings) -> Drawn:
    """Check rows as a workbook with merges and further sheets."""

    def of(rows: Rows, *merges: str, **more: Any) -> Checked:
        def adjust(sheet: Worksheet) -> None:
            for area in merges:
                sheet.merge_cells(area)

        return check_file(untouched, settings, name="a.xlsx", raw=book(rows, adjust, **more))

    return of


def of_code(checked: Checked, code: str) -> list[Problem]:
    return [p for p in checked.problems if p.code == code]


# -- the day it was filled in --------------------------------------------------------------------------------------

OLDER = "period_older_than_filled"
HEAD = ["地区", "指标", "数值", "备注"]


def filled(title: str, day: str, *, note: str = "") -> Rows:
    return [[title], HEAD, ["成都市", LIFE, 81, note], ["填表:梁燕   " + day]]


def test_a_title_copied_from_last_year_is_asked_about(drawn: Drawn) -> None:
    (problem,) = of_code(drawn(filled("2021年度统计表", "填报日期:2023年1月16日")), OLDER)
    assert (problem.severity, problem.row, problem.column) == (Severity.WARNING, 3, "A1 2021年度")
    assert "填报日期是 2023-01-16,当时2022年已经结束" in explain(problem)["zh"]
    assert of_code(drawn(filled("2021年度统计表", "填报日期:2023年1月16日", note="补报")), OLDER)[0].explained


@pytest.mark.parametrize(
    ("title", "day", "then"),
    [
        ("2021年度", "填报日期:2022年7月16日", ""),  # in the middle of the year after
        ("2021年度", "填报日期:2022年12月31日", ""),
        ("2021年度", "填表时间:2024-3-1", "2023年"),
        ("2021年三季度", "报出日期:2021年10月4日", ""),
        ("2021年三季度", "报出日期:2021年12月30日", ""),
        ("2021年三季度", "制表日期:2022/1/4", "2021年四季度"),
        ("2021年9月", "填报时间:2021.10.11", ""),
        ("2021年9月", "填报时间:2021.11.11", "2021年10月"),
        ("2021年上半年", "填报日期:2021年10月11日", ""),
        ("2021年1-8月", "填报日期:2021年10月11日", "2021年前三季度"),
        ("2021年度", "填报时间:2023年1月16日前", ""),  # till when, not when
        ("2021年度", "有效期至:2023年1月16日", ""),
        ("2021年度", "填报日期:2023年13月16日", ""),
    ],
)
def test_only_a_whole_further_period_of_its_kind_belies_it(drawn: Drawn, title: str, day: str, then: str) -> None:
    found = of_code(drawn(filled(title, day)), OLDER)
    assert [p.facts["then_zh"] for p in found] == [then] * bool(then)


def test_of_several_periods_only_the_newest_is_judged(drawn: Drawn) -> None:
    head = ["地区", "指标", "报告期", "数值"]
    rows = [["填报日期", "2023-01-16"], head, *(["成都市", LIFE, str(year), 80] for year in (2020, 2021))]
    (problem,) = of_code(drawn(rows), OLDER)
    assert (problem.row, problem.found) == (4, "2021")
    assert of_code(drawn([*rows, ["成都市", LIFE, "2022", 81]]), OLDER) == []
    assert of_code(drawn(rows, 二=[head, ["成都市", LIFE, "2022", 81]]), OLDER) == []  # a history on two sheets


def test_a_drawn_csv_says_its_day_too(untouched: Store, settings: Settings) -> None:
    raw = table(["填报日期:2023年1月16日", "", ""], [["2021年度", "", ""], HEAD[:3], ["成都市", LIFE, "81"]])
    assert len(of_code(check_file(untouched, settings, name="a.csv", raw=raw), OLDER)) == 1


# -- a ratio and the columns beside it -----------------------------------------------------------------------------

DIFFERS = "ratio_differs_from_row"
PLACES = ["青白江区", "温江区", "双流区", "郫都区", "新津区", "金堂县"]
PEOPLE = [49.6, 98.2, 152.4, 142.3, 37.1, 81.0]
CHILDREN = ["1885", "4215", "6，340", "5580", "1396", "2438"]
RATES = ["3.80", "4.29", "4.91", "3.92", "3.76", "3.01"]


def places(people: Sequence[Any] = PEOPLE, rates: Sequence[Any] = RATES, note: str = "") -> Rows:
    head = ["地区", "常住人口(万人,2020年末)", "托位数(个)", "每千人口托位数", "备注"]
    rows = zip(PLACES, people, CHILDREN, rates, [note] * 6, strict=True)
    return [["2021年三季度托育服务情况"], head, *rows]


def test_a_rate_that_its_row_belies_is_asked_about(drawn: Drawn) -> None:
    (problem,) = of_code(drawn(places()), DIFFERS)
    assert (problem.severity, problem.row, problem.column, problem.found) == (
        *(Severity.WARNING, 5, "D 每千人口托位数", "4.91"),
    )
    assert problem.facts == {
        "top": "6，340",
        "top_where": "C 托位数(个)",
        "bottom": "152.4",
        "bottom_where": "B 常住人口(万人,2020年末)",
        "computed": "4.16",
        "agree": "5",
    }
    assert [p.explained for p in of_code(drawn(places(note="按户籍人口")), DIFFERS)] == [True]


@pytest.mark.parametrize(
    "rates",
    [
        ["3.80", "4.29", "4.16", "3.92", "3.76", "3.01"],  # all agree
        ["3.80", "4.29", "4.20", "3.92", "3.76", "3.01"],  # within one in a hundred
        ["3.80", "4.29", "4.91", "4.92", "3.76", "3.01"],  # too few agree
        ["3.70", "4.20", "4.91", "3.82", "3.66", "2.95"],  # divided by another population
        ["3.80", "4.29", "4.91", "3.92", "—", ""],  # four and one
    ],
    ids=["all", "nearly", "few", "other", "blank"],
)
def test_without_a_consensus_or_a_difference_nothing_is_asked(drawn: Drawn, rates: list[str]) -> None:
    assert of_code(drawn(places(rates=rates)), DIFFERS) == []


def test_equal_figures_prove_nothing(drawn: Drawn) -> None:
    head = ["地区", "2021年普惠托位占比", "机构", "达标"]
    rows = [head, *([place, 100, 2, 2] for place in PLACES[:5]), [PLACES[5], 100, 2, 1]]
    assert of_code(drawn(rows), DIFFERS) == []


def test_last_years_figures_are_no_parts(drawn: Drawn) -> None:
    head = ["地区", "2021年普惠托位占比", "上年同期", "满分"]
    rows = [[p, 50 + 3 * n + 9 * (n == 5), 50 + 3 * n, 100] for n, p in enumerate(PLACES)]
    assert of_code(drawn([head, *rows]), DIFFERS) == []


# -- rows that are parts of a ratio --------------------------------------------------------------------------------


def sports(ratio: Any, area: Any = "186.42万㎡", *, people: str = "常住人口(万人)", year: str = "2021") -> Rows:
    return [
        ["都江堰市主要指标"],
        ["指标", "报告期", "数值", "备注"],
        ["体育场地面积(万平方米)", "2021", area],
        ["人均体育场地面积(㎡)", "2021", ratio],
        [people, year, 71.65],
    ]


def test_a_row_that_is_a_numerator_is_called_one(drawn: Drawn) -> None:
    (problem,) = of_code(drawn(sports(2.60)), "indicator_is_part")
    assert (problem.severity, problem.row, problem.facts["ratio_zh"]) == (Severity.ERROR, 3, "人均体育场地面积")
    assert "“人均体育场地面积”的分子" in explain(problem)["zh"]
    assert "numerator of “Sports venue area per person”" in explain(problem)["en"]


@pytest.mark.parametrize(
    ("rows", "computed"),
    [
        (sports(2.43), ["2.602"]),
        (sports(2.43, 186.42), ["2.602"]),
        (sports(2.43, "1,864,200平方米"), ["2.602"]),
        (sports(2.43, year="2020"), ["2.602"]),
        (sports(2.60), []),
        (sports(2.43, "不详"), []),
        (sports(2.43, year="2019"), []),
        (sports(2.43, people="户籍人口(万人)"), []),
    ],
    ids=["said in the cell", "in the name", "in another unit", "last year's people", "agrees", "unread", "old", "none"],
)
def test_a_ratio_is_held_against_rows_that_are_its_parts(drawn: Drawn, rows: Rows, computed: list[str]) -> None:
    found = of_code(drawn(rows), "ratio_disagrees_beside")
    assert [(p.row, p.facts["computed"]) for p in found] == [(4, c) for c in computed]


def test_a_part_of_what_is_not_sent_is_only_an_unknown_name(drawn: Drawn) -> None:
    rows = [["成都市2021年"], ["指标", "数值"], ["体育场地面积", 100]]
    assert of_code(drawn(rows), "indicator_is_part") == []
    assert "人均体育场地面积" in of_code(drawn(rows), "indicator_unknown")[0].facts["hint_zh"]


# -- did you mean --------------------------------------------------------------------------------------------------


def test_the_regions_own_indicators_are_meant_first(drawn: Drawn) -> None:
    rows = [
        ["2021年柳州市养老服务"],
        ["地区", "养老床位", None, "老年护理院(个)"],
        [None, "总数(张)", "护理型\n占比", None],
        ["城中区", 1286, 54.6, 2],
    ]
    (problem,) = of_code(drawn(rows, "A2:A3", "B2:C2", "D2:D3"), "column_unknown")
    assert problem.facts["guess"].split("”“")[0] == "护理型床位占养老床位比例"


QUARTER = ["指标", "单位", "数值"]


@pytest.mark.parametrize(
    ("name", "unit", "meant", "not_meant"),
    [
        ("其中:中医医院", "张/千人", "每千人口中医医院床位数", "其中"),
        ("中医医院床位", "张", "", "每千人口"),
        ("接待人次", "万人次", "", "游客"),  # what it may mean is sent in the row before
    ],
)
def test_only_names_that_would_be_accepted_are_offered(
    drawn: Drawn, name: str, unit: str, meant: str, not_meant: str
) -> None:
    rows = [["都江堰市2021年三季度"], QUARTER, ["接待游客总人次", "万人次", 2000], [name, unit, 1]]
    (problem,) = of_code(drawn(rows), "indicator_unknown")
    said = problem.facts["hint_zh"]
    assert meant in said and not_meant not in said.replace(meant or " ", "")


def test_ditto_under_a_row_that_is_refused_repeats_it(drawn: Drawn) -> None:
    rows = [
        ["成都市2021年三季度"],
        QUARTER,
        ["医疗卫生机构床位数", "张", 1000],
        ["每千人口医疗卫生机构床位数", "张/千人", "=1/0"],
        ["每千人口中医医院床位数", "〃", 0.7],
    ]
    assert of_code(drawn(rows), "unit_other_dimension") == []


# -- where a problem stands ----------------------------------------------------------------------------------------


def test_a_head_that_says_too_little_is_named_once(drawn: Drawn) -> None:
    head = ["年份", "一季度", "二季度", "上半年"]
    rows = [["都江堰市" + FLOW], head, *([f"{year}年", 500, 600, 1100] for year in (2019, 2020, 2021))]
    needed = of_code(drawn(rows), "accumulation_needed")
    assert [(p.row, p.column) for p in needed] == [(3, "C 二季度")]
    assert set(drawn(rows).figures["accumulation"]) == {"ytd"}  # those of 二季度 are refused in every row


def test_of_two_rows_the_figure_that_differs_is_named(drawn: Drawn) -> None:
    head = ["地区", LIFE, "每千人口医疗卫生机构床位数", "每千人口中医医院床位数"]
    rows = [["2021年"], head, ["成都市", 81, 8.1, 0.9], ["广州市", 82, 5, 0.5], ["成都市", 81, 8.2, 0.8]]
    (problem,) = of_code(drawn(rows), "twice_in_file")
    assert (problem.row, problem.column[:1], problem.facts["other"], problem.facts["value"]) == (5, "C", "8.1", "8.2")


def test_a_region_by_a_former_name_is_said_once(drawn: Drawn) -> None:
    rows = [["2021年"], ["地区", LIFE], ["从化市", 81], ["越秀", 82], ["白云区", 82]]
    assert [(p.found, p.facts["name"]) for p in of_code(drawn(rows), "name_read_as") if p.row and p.row > 2] == [
        ("从化市", "从化区"),
        ("越秀", "越秀区"),
    ]
    again = [["2021年"], ["地区", "指标", "数值"], ["越秀", LIFE, 81], ["越秀", "常住人口", 100]]
    assert len(of_code(drawn(again), "name_read_as")) == 1


# -- the line over a second table ----------------------------------------------------------------------------------


@pytest.mark.parametrize("column", [0, 1, 2])
def test_an_indicator_is_named_anywhere_in_the_line_over_a_second_table(drawn: Drawn, column: int) -> None:
    over = ["附:分季度", "", "", "", "单位:万人次"]
    over[column] = f"{over[column]}  指标名称:{FLOW}".strip()
    rows = [
        ["都江堰市文化旅游统计月报  2025年9月"],
        ["指标", "单位", "本月止累计"],
        [FLOW, "万人次", 2165.99],
        over,
        ["年份", "一季度", "上半年(累计)", "1-9月(累计)"],
        ["2024年", 300.1, 641.2, 1900.5],
    ]
    checked = drawn(rows)
    assert checked.accepted
    assert checked.rows == 4
