"""From text cells to observations: headers, names, periods, units, and every reading that was not plain."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from indicators.catalogue import Catalogue
from indicators.problem import Problem, Severity
from ingest import normalise as module
from ingest.columns import COLUMNS
from ingest.guessing import guess
from ingest.normalise import normalise, titles
from ingest.read import read
from ingest.settings import Settings
from ingest.words import explain
from tests.conftest import Texts
from tests.returns import codes, csv, places, table, years

pytestmark = pytest.mark.usefixtures("in_process")

FLOW = "biohealth-value-added"


@pytest.fixture(scope="module")
def catalogue(shipped: Texts) -> Catalogue:
    return Catalogue.of(shipped)


@pytest.fixture
def normal(catalogue: Catalogue, settings: Settings) -> Any:
    def of(raw: bytes) -> tuple[pl.DataFrame, list[Problem]]:
        sheet = read("a.csv", raw, settings, catalogue=catalogue)
        frame, problems = normalise(sheet, catalogue)
        return frame, [*sheet.refused, *problems]

    return of


def only(found: tuple[pl.DataFrame, list[Problem]]) -> dict[str, Any]:
    frame, problems = found
    assert problems == []
    return frame.row(0, named=True)


def test_a_plain_row_becomes_one_observation(normal: Any) -> None:
    assert only(normal(csv())) == {
        "row": 2,
        "indicator": "life-expectancy",
        "region": "510100",
        "period": "2021",
        "period_end": date(2021, 12, 31),
        "accumulation": "",
        "definition": 1,
        "value": 81.76,
        "missing": "",
        "numerator": None,
        "denominator": None,
        "found": "81.76",
        "unit": "岁",
        "vintage": "",
        "published_on": None,
        "contributors": None,
        "confidence": "",
        "source": "",
        "note": "",
    }


def test_every_other_cell_comes_along(normal: Any) -> None:
    more = {
        "unit": "岁",
        "vintage": "年报",
        "published_on": "2022-03-25",
        "contributors": "23",
        "confidence": "H",
        "source": "公报",
        "note": "普查时点",
    }
    row = only(normal(csv(**more)))
    assert {n: row[n] for n in more} == more | {
        "vintage": "annual",
        "published_on": date(2022, 3, 25),
        "contributors": 23,
    }


# -- headers ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", [0, 1, 2])
def test_each_chinese_name_of_a_column_is_known(normal: Any, place: int) -> None:
    names = [COLUMNS[c][min(place, len(COLUMNS[c]) - 1)] for c in ("region", "indicator", "period", "value")]
    frame, problems = normal(table(names, [["成都市", "人均预期寿命", "2021年", "81.76"]]))
    assert problems == []
    assert frame["value"].to_list() == [81.76]


def test_a_code_may_stand_for_the_region(normal: Any) -> None:
    raw = table(["区划代码", "指标", "报告期", "数值"], [["510100", "人均预期寿命", "2021", "81.76"]])
    assert only(normal(raw))["region"] == "510100"


@pytest.mark.parametrize("column", ["region", "indicator", "period", "value"])
def test_C01_a_missing_column_is_named_beside_those_found(normal: Any, column: str) -> None:
    frame, problems = normal(csv(without=[column], note="x"))
    assert frame.is_empty()
    assert [(p.code, p.row, p.column) for p in problems] == [("column_missing", 1, column)]
    said = explain(problems[0])
    assert COLUMNS[column][1] in said["zh"]
    assert all(name in said["en"] for name in {"region", "indicator", "period", "value", "note"} - {column})


def test_the_value_may_be_left_to_its_parts(normal: Any) -> None:
    raw = csv(indicator="beds-per-1000", numerator="160000", denominator="21000000", without=["value"])
    row = only(normal(raw))
    assert (row["value"], row["numerator"], row["denominator"]) == (None, 160000.0, 21000000.0)
    assert codes(normal(csv(indicator="beds-per-1000", numerator="1", without=["value"]))[1]) == ["column_missing"]


def test_C02_a_column_of_ones_own_is_ignored_with_a_notice(normal: Any) -> None:
    frame, problems = normal(csv(填表人="王"))
    assert frame.height == 1
    assert [(p.severity, *q) for p, q in zip(problems, places(problems), strict=True)] == [
        (Severity.NOTICE, "column_ignored", 1, "填表人", "填表人")
    ]


@pytest.mark.parametrize(
    ("second", "first", "found"), [("value", "4", "value"), ("数值", "4", "数值"), ("区域", "1", "区域")]
)
def test_C03_a_column_twice_names_both_positions(normal: Any, second: str, first: str, found: str) -> None:
    raw = table(["region", "indicator", "period", "value", second], [["510100", "beds", "2021", "1", "2"]])
    _, problems = normal(raw)
    assert [(p.code, p.found, p.facts) for p in problems] == [("column_twice", found, {"first": first, "second": "5"})]


@pytest.mark.parametrize("title", [" Value ", "VALUE", "\uff36alue", "val ue", "数 值"], ids=ascii)
def test_C04_a_header_written_otherwise_is_read_with_a_notice(normal: Any, title: str) -> None:
    raw = table(["region", "indicator", "period", title], [["510100", "life-expectancy", "2021", "81.76"]])
    frame, problems = normal(raw)
    assert frame["value"].to_list() == [81.76]
    assert [(p.severity, p.code, p.found) for p in problems] == [(Severity.NOTICE, "column_read_as", title)]


def test_C04_an_invisible_character_in_a_header_is_refused(normal: Any) -> None:
    raw = table(["region", "indicator", "period", "val\u200bue"], [["510100", "life-expectancy", "2021", "81.76"]])
    assert codes(normal(raw)[1]) == ["text_control", "column_missing"]


def test_C05_a_blank_header_over_data_names_its_place(normal: Any) -> None:
    raw = table(["region", "indicator", "period", "value", " "], [["510100", "beds", "2021", "1", "x"]])
    assert [(p.code, p.facts) for p in normal(raw)[1]] == [("column_blank", {"first": "5"})]


def test_a_blank_header_over_nothing_is_no_matter(normal: Any) -> None:
    raw = table(["region", "indicator", "period", "value", ""], [["510100", "life-expectancy", "2021", "81", " "]])
    assert only(normal(raw))["value"] == 81.0


def test_C11_the_order_of_columns_is_free(normal: Any) -> None:
    raw = table(
        ["value", "period", "note", "indicator", "region"], [["81.76", "2021", "", "life-expectancy", "510100"]]
    )
    assert only(normal(raw)) == only(normal(csv()))


def test_titles_are_what_the_sheet_calls_its_columns(settings: Settings) -> None:
    raw = table(["区划代码", "指标", "期别", "数值", "x"], [["1", "2", "3", "4", "5"]])
    assert titles(read("a.csv", raw, settings)) == {
        "region": "区划代码",
        "indicator": "指标",
        "period": "期别",
        "value": "数值",
    }


# -- text ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\u200b", "\ufeff", "\x07", "\x85", "\x7f", "\u2060"], ids=ascii)
@pytest.mark.parametrize("column", ["note", "source", "indicator", "region", "unit", "confidence"])
def test_D25_invisible_characters_are_refused_in_every_column(normal: Any, sign: str, column: str) -> None:
    text = f"岁{sign}"
    _, problems = normal(csv({column: "x"}, {column: text, "period": "2022"}))
    assert ("text_control", 3, column, text) in places(problems)


def test_line_breaks_and_tabs_in_a_note_are_text(normal: Any) -> None:
    assert only(normal(csv(note="第一行\n第二行\t末")))["note"] == "第一行\n第二行\t末"


def test_a_text_longer_than_a_page_is_refused(normal: Any) -> None:
    assert only(normal(csv(note="字" * 2000)))["note"] == "字" * 2000
    assert codes(normal(csv(note="字" * 2001))[1]) == ["text_too_long"]


def test_space_around_a_text_is_dropped(normal: Any) -> None:
    row = only(normal(csv(region=" 成都市\u3000", indicator="\u00a0人均预期寿命", period=" 2021 ", note="\u3000x ")))
    assert (row["region"], row["indicator"], row["period"], row["note"]) == ("510100", "life-expectancy", "2021", "x")


# -- names -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["成都", "成都市", "Chengdu", "CHENGDU", "成 都", "510100", "\uff1510100"], ids=ascii)
def test_a_region_has_many_names(normal: Any, name: str) -> None:
    assert only(normal(csv(region=name)))["region"] == "510100"


@pytest.mark.parametrize(
    "name", ["人均预期寿命", "平均期望寿命", "Life expectancy at birth", "life-expectancy", "LIFE-EXPECTANCY"]
)
def test_an_indicator_has_many_names(normal: Any, name: str) -> None:
    assert only(normal(csv(indicator=name)))["indicator"] == "life-expectancy"


@pytest.mark.parametrize(
    ("column", "text", "hint"),
    [
        ("indicator", "人均预期寿名", "人均预期寿命"),
        ("indicator", "life-expectency", "life-expectancy"),
        ("indicator", "life-expect\u0430ncy", "What stands as \u0430 (U+0430) should be a (U+0061)."),
        ("indicator", "床位床位床位", ""),
        ("region", "成都帀", "成都"),
        ("region", "51\u041e100", "510100"),
        ("region", "亚特兰蒂斯", "Copy the exact name or code"),
        ("region", "", "Copy the exact name or code"),
    ],
    ids=ascii,
)
def test_D21_an_unknown_name_is_refused_with_the_nearest(normal: Any, column: str, text: str, hint: str) -> None:
    frame, problems = normal(csv({column: text}))
    assert places(problems) == [(f"{column}_unknown", 2, column, text)]
    assert hint in explain(problems[0])["en"]
    assert frame[column].to_list() == [None]


def test_D12_a_code_stays_text(normal: Any) -> None:
    for text in ("007", "1e5", "TRUE", "0510100", "510100.0"):
        assert codes(normal(csv(region=text))[1]) == ["region_unknown"]


def test_a_region_and_its_code_must_agree(normal: Any) -> None:
    good = csv(region="成都市", region_code="510100")
    assert only(normal(good))["region"] == "510100"
    empty_code = csv(region="成都市", region_code="")
    assert only(normal(empty_code))["region"] == "510100"
    _, problems = normal(csv({"region_code": "510100"}, {"region_code": "440100", "period": "2022"}, region="成都市"))
    assert places(problems) == [("region_disagrees", 3, "region_code", "440100")]
    assert problems[0].facts == {"region": "成都市"}


def test_only_the_first_unknown_names_cost_a_guess(normal: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_GUESSED", 2)
    _, problems = normal(csv(*({"region": f"成都{n}"} for n in range(4))))
    hints = ["Did you mean" in explain(p)["en"] for p in problems]
    assert hints == [True, True, False, False]
    assert all(explain(p)["zh"] for p in problems)


def test_a_guess_never_takes_long_over_a_long_name() -> None:
    assert guess("x" * 2_000_000, ["life-expectancy"])["hint_en"].startswith("Copy")


# -- periods ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2024年一季度", "2024Q1"),
        ("2024年第1季度", "2024Q1"),
        ("2024Q1", "2024Q1"),
        ("2024-Q1", "2024Q1"),
        ("\uff12\uff10\uff12\uff14Q1", "2024Q1"),
        ("2024年1-3月", "2024Q1"),
        ("2024年上半年", "2024H1"),
        ("2024年1-6月", "2024H1"),
        ("2024年末", "2024"),
        ("2024", "2024"),
        ("2020-11-01", "2020-11-01"),
        ("2024-03", "2024-03"),
    ],
)
def test_D15_periods_as_people_write_them(normal: Any, text: str, code: str) -> None:
    frame, problems = normal(csv(period=text, note="普查"))
    assert (frame["period"].to_list(), problems) == ([code], [])


@pytest.mark.parametrize(
    "text", ["2024Q5", "2024Q0", "24Q1", "1-3", "45382", "", "2024-13", "2024-02-30", "去年", "2024-1"]
)
def test_D14_D15_what_is_no_period(normal: Any, text: str) -> None:
    frame, problems = normal(csv({"period": text}))
    assert places(problems) == [("period_unreadable", 2, "period", text)]
    assert frame["period_end"].to_list() == [None]


def test_D15_the_first_of_a_month_is_asked_about(normal: Any) -> None:
    _, problems = normal(csv({"period": "2024/3/1"}, {"period": "2020-11-01", "note": "普查时点"}))
    assert [(p.severity, *q) for p, q in zip(problems, places(problems), strict=True)] == [
        (Severity.WARNING, "period_first_of_month", 2, "period", "2024/3/1")
    ]
    assert problems[0].facts == {"month": "2024-03"}


@pytest.mark.parametrize(("period", "version"), [("2019", 1), ("2020-11-01", 2), ("2021", 2)])
def test_each_figure_is_filed_under_the_definition_of_its_day(normal: Any, period: str, version: int) -> None:
    row = only(normal(csv(indicator="常住人口", period=period, value="2000", unit="万人", note="普查")))
    assert (row["definition"], row["value"]) == (version, 2000.0)


@pytest.mark.parametrize(
    ("period", "said", "filed"),
    [
        ("2021年上半年", "", "ytd"),
        ("2021年上半年", "本年累计", "ytd"),
        ("2021Q1", "", "ytd"),
        ("2021Q1", "本期", "ytd"),
        ("2021-01", "本期", "ytd"),
        ("2021", "period", "ytd"),
        ("2021Q2", "本期", "period"),
        ("2021Q2", "当期", "period"),
        ("2021Q2", "累计", "ytd"),
        ("2021-05", "YTD", "ytd"),
        ("2021-09", "本期", "month"),  # beside it 2021Q3, 本期 ends on the same day
    ],
)
def test_how_a_flow_accumulates(normal: Any, period: str, said: str, filed: str) -> None:
    assert only(normal(csv(indicator=FLOW, period=period, accumulation=said, value="5")))["accumulation"] == filed


@pytest.mark.parametrize(
    ("indicator", "period", "said", "wanted"),
    [
        (FLOW, "2021Q2", "", ("accumulation_needed", 2, "accumulation", "2021Q2")),
        (FLOW, "2021年上半年", "本期", ("accumulation_contradicts", 2, "accumulation", "本期")),
        (FLOW, "2021年1-5月", "本期", ("accumulation_contradicts", 2, "accumulation", "本期")),
        (FLOW, "2021-06-15", "", ("period_day_of_flow", 2, "period", "2021-06-15")),
        (FLOW, "2021Q2", "每季", ("accumulation_unknown", 2, "accumulation", "每季")),
        ("beds", "2021", "本年累计", ("accumulation_ignored", 2, "accumulation", "本年累计")),
    ],
)
def test_what_cannot_be_an_accumulation(
    normal: Any, indicator: str, period: str, said: str, wanted: tuple[str, int, str, str]
) -> None:
    frame, problems = normal(csv(indicator=indicator, period=period, accumulation=said, value="5"))
    assert places(problems) == [wanted]
    ignored = wanted[0] == "accumulation_ignored"
    assert problems[0].severity is (Severity.NOTICE if ignored else Severity.ERROR)
    assert frame["accumulation"].is_in(["", "ytd", "period"]).all()


# -- numbers and units -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("indicator", "value", "unit", "own"),
    [
        ("beds", "15.37", "万张", 153700.0),
        ("beds", "153700", "张", 153700.0),
        ("beds", "153700", "", 153700.0),
        ("beds", "0", "万张", 0.0),
        ("beds", "-0", "万张", 0.0),
        ("beds-per-1000", "56.62", "张/万人", 5.662),
        ("infant-mortality", "2.15", "‰", 2.15),
        ("health-literacy", "295.8", "‰", 29.58),
        ("visitors", "2", "亿人次", 2.0),
    ],
)
def test_a_value_is_kept_in_the_definitions_unit(
    normal: Any, indicator: str, value: str, unit: str, own: float
) -> None:
    row = only(
        normal(csv(indicator=indicator, value=value, unit=unit, accumulation="本年累计" * (indicator == "visitors")))
    )
    assert (row["value"], row["found"]) == (own, value)
    assert str(row["value"])[0] != "-"


@pytest.mark.parametrize(
    ("unit", "code"), [("人", "unit_other_dimension"), ("%", "unit_other_dimension"), ("斗", "unit_unknown")]
)
def test_a_unit_that_cannot_be_converted_is_refused(normal: Any, unit: str, code: str) -> None:
    frame, problems = normal(csv(indicator="beds", value="5", unit=unit))
    assert places(problems) == [(code, 2, "unit", unit)]
    assert problems[0].facts == {"unit": "张"}
    assert frame["value"].to_list() == [None]


def test_D01_a_word_in_row_1502_is_named_and_no_row_is_lost(normal: Any) -> None:
    numbers = [str(n) for n in range(1, 2001)]
    numbers[1500] = "n/a"
    rows = [
        ["510100", "beds", f"{1990 + n // 300}-{n // 25 % 12 + 1:02d}-{n % 25 + 2:02d}", v]
        for n, v in enumerate(numbers)
    ]
    frame, problems = normal(table(["region", "indicator", "period", "value"], rows))
    assert places(problems) == [("number_unreadable", 1502, "value", "n/a")]
    assert frame.height == 2000
    assert frame["value"].null_count() == 1


def test_D02_each_error_of_a_spreadsheet_is_named(normal: Any) -> None:
    errors = ["#DIV/0!", "#N/A", "#REF!", "#VALUE!"]
    frame, problems = normal(years("81", *errors, "82"))
    assert places(problems) == [("number_unreadable", n, "value", text) for n, text in enumerate(errors, start=3)]
    assert frame["value"].null_count() == 4


def test_D07_one_reading_is_read_with_a_notice_naming_the_cell(normal: Any) -> None:
    frame, problems = normal(years("\uff18\uff11.5", "81.5岁", "\u00a081.5", "81.5", " 81.5 "))
    assert frame["value"].to_list() == [81.5] * 5
    assert {(p.severity, p.code, p.row) for p in problems} == {
        (Severity.NOTICE, "number_read_as", row) for row in (2, 3, 4)
    }
    assert explain(problems[-1])["en"].endswith("was read as 81.5.")


@pytest.mark.parametrize("text", ["1,5", "81,76"])
def test_B11_a_decimal_comma_is_never_a_bigger_number(normal: Any, text: str) -> None:
    frame, problems = normal(csv({"value": text}, delimiter=";"))
    assert codes(problems) == ["delimiter", "number_two_readings"]
    assert frame["value"].to_list() == [None]


@pytest.mark.parametrize("text", ["NaN", "nan", "Inf", "-Infinity", "1e309"])
def test_D09_nan_and_infinity_never_become_numbers(normal: Any, text: str) -> None:
    frame, problems = normal(csv(value=text, indicator="beds-per-1000", numerator=text, denominator=text))
    assert {p.code for p in problems} <= {"number_not_finite", "number_scientific"}
    assert len(problems) == 3
    assert frame.select("value", "numerator", "denominator").row(0) == (None, None, None)


def test_D11_more_digits_than_a_float_keeps_are_refused(normal: Any) -> None:
    frame, problems = normal(years("123456789012345.123456", "123456789012345.5", "9007199254740993"))
    assert places(problems) == [
        ("number_too_long", 2, "value", "123456789012345.123456"),
        ("number_too_long", 4, "value", "9007199254740993"),
    ]
    assert frame["value"].to_list() == [None, 123456789012345.5, None]


@pytest.mark.parametrize(("mark", "meaning"), [("…", "below_unit"), ("—", "not_applicable"), ("***", "suppressed")])
def test_D23_a_missing_mark_is_no_zero(normal: Any, mark: str, meaning: str) -> None:
    frame, problems = normal(csv(value=mark))
    assert frame.select("value", "missing").row(0) == (None, meaning)
    assert [(p.severity, p.code) for p in problems] == [(Severity.NOTICE, "value_missing_mark")]


@pytest.mark.parametrize("text", ["", "  ", "\u3000", "\u00a0"], ids=ascii)
def test_D23_a_blank_required_value_is_refused(normal: Any, text: str) -> None:
    frame, problems = normal(csv({"value": text}))
    assert places(problems) == [("value_empty", 2, "value", "")]
    assert frame.select("value", "missing").row(0) == (None, "")


def test_D23_blank_optional_cells_are_not_given(normal: Any) -> None:
    raw = csv(
        indicator="beds-per-1000", value="7.5", numerator=" ", denominator="\u3000", contributors="", published_on=""
    )
    row = only(normal(raw))
    assert [row[n] for n in ("numerator", "denominator", "contributors", "published_on")] == [None] * 4


def test_parts_are_read_in_units_of_their_own(normal: Any) -> None:
    parts = {"numerator": "15.37", "numerator_unit": "万张", "denominator": "2,119.2", "denominator_unit": "万人"}
    frame, problems = normal(csv(indicator="beds-per-1000", value="7.25", **parts))
    assert frame.select("numerator", "denominator").row(0) == (153700.0, 21192000.0)
    assert places(problems) == [("number_read_as", 2, "denominator", "2,119.2")]


def test_a_part_that_cannot_be_read_is_named(normal: Any) -> None:
    raw = csv(indicator="beds-per-1000", value="7", numerator="some", denominator="1", denominator_unit="亩")
    assert set(places(normal(raw)[1])) == {
        ("number_unreadable", 2, "numerator", "some"),
        ("unit_other_dimension", 2, "denominator_unit", "亩"),
    }


@pytest.mark.parametrize(
    ("column", "text", "code"),
    [
        ("vintage", "终稿", "vintage_unknown"),
        ("published_on", "2024-02-30", "date_unreadable"),
        ("published_on", "昨天", "date_unreadable"),
        ("contributors", "1.5", "count_unreadable"),
        ("contributors", "-1", "count_unreadable"),
        ("contributors", "\uff11", "count_unreadable"),
        ("contributors", "9" * 10, "count_unreadable"),
    ],
    ids=ascii,
)
def test_a_small_cell_that_cannot_be_read_is_named(normal: Any, column: str, text: str, code: str) -> None:
    frame, problems = normal(csv({column: text}))
    assert places(problems) == [(code, 2, column, text)]
    assert frame[column].to_list() == [None]


@pytest.mark.parametrize(
    ("text", "vintage"),
    [("快报", "flash"), ("初步", "flash"), ("年报", "annual"), ("修订", "revised"), ("REVISED", "revised"), ("", "")],
)
def test_vintages_in_both_languages(normal: Any, text: str, vintage: str) -> None:
    assert only(normal(csv(vintage=text)))["vintage"] == vintage


def test_everything_wrong_at_once_is_everything_named(normal: Any) -> None:
    raw = csv({"region": "?", "indicator": "?", "period": "?", "value": "?", "unit": "?", "vintage": "?"})
    frame, problems = normal(raw)
    assert frame.height == 1
    assert set(codes(problems)) == {
        "region_unknown",
        "indicator_unknown",
        "period_unreadable",
        "number_unreadable",
        "vintage_unknown",
    }
