"""Tables as offices draw them: titles, levels, merges, parts and totals, notes, wide forms, and the form itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from indicators.store import Store
from ingest.check import Checked
from ingest.checking import check_file
from ingest.reader.sheet import Area, letters, number, row_of, stretch
from ingest.settings import Settings
from tests.conftest import Texts
from tests.returns import csv, filled, places, table
from tests.workbooks import HEADER, ROW, book

pytestmark = pytest.mark.usefixtures("in_process")

BEDS, NURSES, LIFE = "每千人口医疗卫生机构床位数", "每千常住人口拥有注册护士数", "人均预期寿命"
FLOW = "生物医药健康产业增加值"
Rows = Sequence[Sequence[Any]]
Figures = set[tuple[str, str, str, str, float | None]]


@pytest.fixture(scope="module")
def untouched(shipped: Texts) -> Iterator[Store]:
    made = filled(Store(":memory:"), shipped)
    yield made
    made.close()


@pytest.fixture(params=["xlsx", "csv"])
def laid(request: pytest.FixtureRequest, untouched: Store, settings: Settings) -> Callable[..., Checked]:
    """Check rows as a workbook and as the text that it would be saved as."""

    def of(*rows: Sequence[Any]) -> Checked:
        raw = book(rows) if request.param == "xlsx" else _text(rows)
        return check_file(untouched, settings, name=f"a.{request.param}", raw=raw)

    return of


@pytest.fixture
def drawn(untouched: Store, settings: Settings) -> Callable[..., Checked]:
    """Check rows as a workbook with merges and more."""

    def of(rows: Rows, *merges: str) -> Checked:
        def adjust(sheet: Worksheet) -> None:
            for area in merges:
                sheet.merge_cells(area)

        return check_file(untouched, settings, name="a.xlsx", raw=book(rows, adjust))

    return of


def _text(rows: Rows) -> bytes:
    width = max(len(row) for row in rows)
    padded = [[*row, *[None] * (width - len(row))] for row in rows]
    first, *rest = [["" if value is None else str(value) for value in row] for row in padded]
    return table(first, rest)


def figures(checked: Checked) -> Figures:
    wanted = ["indicator", "region", "period", "accumulation", "value"]
    return set(checked.figures.select(wanted).iter_rows()) if checked.figures.height else set()


def errors(checked: Checked) -> list[tuple[str, int | None, str, str]]:
    return places(p for p in checked.problems if p.blocks)


def said(checked: Checked) -> list[tuple[str, int | None]]:
    return [(p.code, p.row) for p in checked.problems]


# -- addresses ---------------------------------------------------------------------------------------------------


def test_columns_have_letters_and_rows_are_listed_as_people_do() -> None:
    assert [letters(n) for n in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
    assert stretch([9, 3, 5, 6, 7]) == "3、5–7、9"
    assert str(Area(2, 4, 0, 1)) == "A2:B4"
    for row in (1, 2, 2**20):
        for slot in (0, 1, 99):
            assert row_of(number(row, slot)) == row
            assert number(row, slot) < 2**31
    assert number(7, 0) == 7


# -- B20: what stands around a table -------------------------------------------------------------------------------


def test_B20_a_first_line_that_names_the_separator(untouched: Store, settings: Settings) -> None:
    checked = check_file(untouched, settings, name="a.csv", raw=b"sep=;\n" + csv({"value": "x"}, delimiter=";"))
    assert [(p.code, p.row) for p in checked.problems] == [("delimiter", None), ("number_unreadable", 3)]


def test_B20_titles_totals_parts_and_notes(laid: Callable[..., Checked]) -> None:
    checked = laid(
        ["卫生健康统计表"],
        ["", "", "单位:人/千人"],
        HEADER,
        ["成都市", "其中:" + NURSES, "2021", 4.6],
        ["成都市", "#" + NURSES, "2020", 4.5],
        ["合计", NURSES, "2021", 9],
        ["注:快报数"],
        ["单位负责人:李某", "", "填表人:王某"],
    )
    assert figures(checked) == {
        ("nurses-per-1000", "510100", "2021", "", 4.6),
        ("nurses-per-1000", "510100", "2020", "", 4.5),
    }
    assert errors(checked) == []
    assert sorted(said(checked)) == [
        ("name_read_as", 4),
        ("name_read_as", 5),
        ("row_total", 6),
        ("table_ended", 7),
        ("unit_above", 2),
    ]


def test_B20_comment_lines(untouched: Store, settings: Settings) -> None:
    raw = b"# from the yearbook\n" + csv({"value": "x"}) + b"# checked, twice\n"
    checked = check_file(untouched, settings, name="a.csv", raw=raw)
    assert sorted(said(checked), key=str) == [("number_unreadable", 3), ("row_comment", 4)]


def test_B20_other_rows_after_the_table_are_named(laid: Callable[..., Checked]) -> None:
    checked = laid(HEADER, ROW, ["报表人员填写", "", "", ""], ["以下空白", "", "", ""])
    assert checked.accepted
    assert [code for code, _ in said(checked)] == ["row_heading", "row_heading"]


def test_figures_after_the_notes_are_never_passed_over(laid: Callable[..., Checked]) -> None:
    checked = laid(HEADER, ROW, ["说明:初步数"], ["成都市", LIFE, "2020", 81.5])
    assert [e[:2] for e in errors(checked)] == [("row_after_end", 4)]


def test_a_header_that_comes_again_is_no_row(laid: Callable[..., Checked]) -> None:
    checked = laid(["表1", "", "", ""], HEADER, ROW, ["(续表)"], HEADER, ["成都市", LIFE, "2020", 81.5])
    assert len(figures(checked)) == 2
    assert said(checked) == [("row_heading", 4), ("row_header_again", 5)]


def test_a_short_row_of_a_table_under_a_title_names_both_counts(untouched: Store, settings: Settings) -> None:
    raw = "表1\n地区,指标,报告期,数值\n成都市,人均预期寿命,2021,81.76\n成都市,人均预期寿命,2020\n".encode()
    checked = check_file(untouched, settings, name="a.csv", raw=raw)
    assert errors(checked) == [("row_width", 4, "", "")]


# -- said above the table ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        ["报告期:2021年"],
        ["报告期", "2021年"],
        ["报告期:", "2021年"],
        ["填报单位:成都市卫生健康委员会    报告期:2021年    有效期至:2026年12月"],
        ["2021年成都市居民健康"],
        ["2021年全市居民健康情况"],
    ],
    ids=lambda line: "|".join(line),
)
def test_a_period_and_a_region_above_the_table(laid: Callable[..., Checked], line: list[str]) -> None:
    checked = laid(["行政区划代码:510100"], ["表号:T1", "有效期至:2030年1月"], line, ["指标", "数值"], [LIFE, 81.76])
    assert figures(checked) == {("life-expectancy", "510100", "2021", "", 81.76)}
    assert {code for code, _ in said(checked)} == {"region_above", "period_above"}


def test_two_periods_in_a_title_are_not_chosen_from(laid: Callable[..., Checked]) -> None:
    checked = laid(["2020年、2021年成都市居民健康"], ["指标", "数值"], [LIFE, 81.76])
    assert [e[0] for e in errors(checked)] == ["column_missing"]


def test_the_region_of_the_sender_is_the_last_resort(laid: Callable[..., Checked]) -> None:
    checked = laid(["填报单位:成都市卫生健康委员会"], ["报告期:2021年"], ["指标", "数值"], [LIFE, 81.76])
    assert [f[1] for f in figures(checked)] == ["510100"]


@pytest.mark.parametrize(
    ("above", "title", "unit", "value"),
    [
        ("单位:万元", "数值", "", 0.012),
        ("单位:万元", "数值(亿元)", "", 120.0),
        ("单位:万元", "数值(亿元)", "元", 1.2e-6),
        ("计量单位:见表内", "数值(万元)", "", 0.012),
        ("单位:成都市卫健委", "数值", "", 120.0),
    ],
)
def test_the_nearest_unit_counts(laid: Callable[..., Checked], above: str, title: str, unit: str, value: float) -> None:
    checked = laid([above], ["地区", "指标", "报告期", title, "单位"], ["成都市", FLOW, "2021", 120, unit])
    assert [f[4] for f in figures(checked)] == [value]


def test_a_unit_in_brackets_after_an_indicator(laid: Callable[..., Checked]) -> None:
    checked = laid(HEADER, ["成都市", f"{FLOW}(万元)", "2021", 120])
    assert [f[4] for f in figures(checked)] == [0.012]
    assert said(checked) == [("name_read_as", 2)]


# -- levels of a header --------------------------------------------------------------------------------------------


def test_the_row_of_ordinals_is_skipped(laid: Callable[..., Checked]) -> None:
    for ordinals in (["甲", "乙", "丙", 1], [1, 2, 3, 4], ["(甲)", "(乙)", "(丙)", "(1)"]):
        assert figures(laid(HEADER, ordinals, ROW)) == {("life-expectancy", "510100", "2021", "", 81.76)}


def test_two_levels_without_merges(laid: Callable[..., Checked]) -> None:
    checked = laid(
        ["成都市产业统计"],
        ["指标名称", "计量单位", "2021年二季度", None, "2021年三季度", None, "备注"],
        [None, None, "本期", "本年累计", "本期", "本年累计", None],
        ["甲", "乙", 1, 2, 3, 4, 5],
        [FLOW, "亿元", 100, 210, 110, 320, "快报"],
    )
    assert figures(checked) == {
        ("biohealth-value-added", "510100", "2021Q2", "period", 100.0),
        ("biohealth-value-added", "510100", "2021Q2", "ytd", 210.0),
        ("biohealth-value-added", "510100", "2021Q3", "period", 110.0),
        ("biohealth-value-added", "510100", "2021Q3", "ytd", 320.0),
    }


def test_two_levels_with_merges(drawn: Callable[..., Checked]) -> None:
    rows = [
        ["2021年成都市统计"],
        ["指\n标", "单位", "年份", None, None],
        [None, None, "2019年", "2020年", "2021年"],
        [LIFE, "岁", 81, 81.5, "x"],
    ]
    checked = drawn(rows, "A1:E1", "A2:A3", "B2:B3", "C2:E2")
    assert figures(checked) == {
        ("life-expectancy", "510100", "2019", "", 81.0),
        ("life-expectancy", "510100", "2020", "", 81.5),
    }
    assert errors(checked) == [("number_unreadable", 4, "E 年份 2021年", "x")]


def test_a_year_over_its_quarters(drawn: Callable[..., Checked]) -> None:
    rows = [["指标", "2021年", None], [None, "一季度", "上半年"], [FLOW, 100, 210]]
    checked = drawn([["行政区划:成都市"], *rows], "B2:C2", "A2:A3")
    assert {f[2:4] for f in figures(checked)} == {("2021Q1", "ytd"), ("2021H1", "ytd")}


def test_bare_quarters_take_the_year_of_the_title(laid: Callable[..., Checked]) -> None:
    checked = laid(["成都市2021年统计"], ["指标", "一季度", "上半年", "1-9月"], [FLOW, 100, 210, 320])
    assert {f[2] for f in figures(checked)} == {"2021Q1", "2021H1", "2021M1-9"}


# -- wide forms ----------------------------------------------------------------------------------------------------


def test_periods_across(laid: Callable[..., Checked]) -> None:
    checked = laid(["地区", "指标", 2019, "2020年末", "2021"], ["成都市", LIFE, 81, "…", None])
    assert figures(checked) == {
        ("life-expectancy", "510100", "2019", "", 81.0),
        ("life-expectancy", "510100", "2020", "", None),
    }
    assert [p.code for p in checked.problems] == ["cells_blank", "value_missing_mark"]
    assert [(p.row, p.column) for p in checked.problems] == [(2, ""), (2, "D 2020年末")]


def test_regions_across(laid: Callable[..., Checked]) -> None:
    checked = laid(["指标", "报告期", "成都市", "广州市", "合计"], [LIFE, "2021", 81.76, 82.9, 1])
    assert {(f[1], f[4]) for f in figures(checked)} == {("510100", 81.76), ("440100", 82.9)}
    assert [p.code for p in checked.problems] == ["column_ignored"]


def test_indicators_across_with_their_units(laid: Callable[..., Checked]) -> None:
    checked = laid(["区划代码", "报告期", f"{LIFE}(岁)", f"{FLOW}(万元)"], ["510100", "2021", 81.76, 120])
    assert {(f[0], f[4]) for f in figures(checked)} == {("life-expectancy", 81.76), ("biohealth-value-added", 0.012)}


def test_each_figure_of_a_row_has_its_own_number(laid: Callable[..., Checked]) -> None:
    checked = laid(["地区", "指标", "2019", "2020"], ["成都市", LIFE, 81, 81.5], ["广州市", LIFE, 82, 82.5])
    assert checked.figures["row"].is_unique().all()
    assert sorted(row_of(n) for n in checked.figures["row"]) == [2, 2, 3, 3]


def test_D17_the_same_figure_in_two_columns_is_found(laid: Callable[..., Checked]) -> None:
    checked = laid(["地区", "指标", "2020年", "2020年末"], ["成都市", LIFE, 81, 82])
    (problem,) = (p for p in checked.problems if p.blocks)
    assert (problem.code, problem.row, problem.column) == ("twice_in_file", 2, "D 2020年末")
    assert problem.facts["first"] == "2"
    checked = laid(["地区", "指标", "2020年", "2020年"], ["成都市", LIFE, 81, 82])
    assert [e[0] for e in errors(checked)] == ["column_twice"]


# -- the form ------------------------------------------------------------------------------------------------------

TITLES = ["指标名称", "计量单位", "代码", "本期", "本年累计", "上年同期", "分子", "分母", "备注"]
HEAD = [["居民健康统计报表"], ["填报单位:成都市卫生健康委员会"], ["行政区划代码:510100"], ["报告期:2021年二季度"]]
ORDINALS = ["甲", "乙", "丙", 1, 2, 3, 4, 5, 6]


def form(*rows: Sequence[Any], titles: Sequence[str] = TITLES) -> list[Sequence[Any]]:
    return [
        *HEAD,
        titles,
        ORDINALS,
        ["一、医疗卫生"],
        *rows,
        [],
        ["单位负责人:", None, "填报人:王"],
        ["说明:1.统计范围"],
    ]


def test_the_form_is_read_by_its_codes(laid: Callable[..., Checked]) -> None:
    checked = laid(
        *form(
            ["床位(改过名)", "张/千人", "beds-per-1000@510100", 7.5, None, 7.2, 160000, 21333333.33, ""],
            [FLOW, "亿元", "biohealth-value-added@510100", None, 210, 190, None, None, "快报"],
            ["", "岁", "life-expectancy@440100", 82.1, None, 81],
        )
    )
    assert checked.accepted, errors(checked)
    assert figures(checked) == {
        ("beds-per-1000", "510100", "2021Q2", "", 7.5),
        ("biohealth-value-added", "510100", "2021Q2", "ytd", 210.0),
        ("life-expectancy", "440100", "2021Q2", "", 82.1),
    }
    parts = checked.figures.filter(checked.figures["indicator"] == "beds-per-1000")
    assert parts.select("numerator", "denominator").row(0) == (160000.0, 21333333.33)


def test_the_form_may_be_moved_and_its_columns_reordered(laid: Callable[..., Checked]) -> None:
    rows = [["居民", "岁", "life-expectancy@510100", 81.7], ["", "张/千人", "beds-per-1000@510100", 7.5]]
    straight = laid(*form(*rows))
    order = [8, 3, 2, 0, 1, 4, 5, 6, 7]
    turned = [[[*row, *[None] * (9 - len(row))][n] for n in order] for row in reversed(rows)]
    moved = laid(*form(*turned, titles=[TITLES[n] for n in order]))
    assert figures(moved) == figures(straight) != set()
    assert moved.accepted


def test_a_row_of_the_form_that_is_not_filled_in_is_named(laid: Callable[..., Checked]) -> None:
    checked = laid(
        *form(
            ["寿命", "岁", "life-expectancy@510100", None, None, 81], ["床位", "张/千人", "beds-per-1000@510100", 7.5]
        )
    )
    assert checked.accepted  # some rows of a form may stay empty
    (told,) = [p for p in checked.problems if p.code == "template_unfilled"]
    assert (told.row, told.column, told.found) == (8, "D 本期", "寿命")


def test_last_years_figure_is_for_information(laid: Callable[..., Checked]) -> None:
    checked = laid(*form(["寿命", "岁", "life-expectancy@510100", 81.7, None, "随便写"]))
    assert checked.accepted
    assert len(figures(checked)) == 1


def test_a_broken_code_is_refused_and_never_guessed(laid: Callable[..., Checked]) -> None:
    good = ["寿命", "岁", "life-expectancy@510100", 81.7]
    checked = laid(*form(good, [LIFE, "岁", "life-expectancy@", 82], [LIFE, "岁", "", 83]))
    assert [e[:2] for e in errors(checked)] == [("code_unreadable", 9), ("code_unreadable", 10)]
    checked = laid(*form(good, ["x", "岁", "no-such@510100", 82]))
    assert errors(checked) == [("indicator_unknown", 9, "C 代码", "no-such")]


@pytest.mark.parametrize(
    ("code", "cells", "kept", "code_of_error"),
    [
        ("biohealth-value-added@510100", [100, 210], {("period", 100.0), ("ytd", 210.0)}, []),
        ("life-expectancy@510100", [81.7, 81.7], {("", 81.7)}, []),
        ("life-expectancy@510100", [81.7, "—"], {("", 81.7)}, []),
        ("life-expectancy@510100", [None, 81.7], {("", 81.7)}, []),
        ("life-expectancy@510100", [81.7, 90], {("", 81.7)}, ["period_and_ytd"]),
    ],
)
def test_period_and_year_to_date(
    laid: Callable[..., Checked], code: str, cells: list[Any], kept: set[tuple[str, float]], code_of_error: list[str]
) -> None:
    checked = laid(*form(["x", "", code, *cells]))
    assert [e[0] for e in errors(checked)] == code_of_error
    assert {f[3:] for f in figures(checked)} == kept


def test_a_first_quarter_is_its_own_year_to_date(laid: Callable[..., Checked]) -> None:
    rows = form([FLOW, "亿元", "biohealth-value-added@510100", 100, 100])
    first = [["报告期:2021年一季度"] if row == ["报告期:2021年二季度"] else row for row in rows]
    assert {f[2:] for f in figures(laid(*first))} == {("2021Q1", "ytd", 100.0)}
