"""A rule on a table of one's own: what is read from it, what is refused, and what is added to it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

import pytest

from ingest.judging import judge_table
from ingest.submission import Refused
from tests.builders import rule

COLUMNS = [
    "base_year",
    "base_value",
    "current_year",
    "current_value",
    "target",
    "target_year",
    "direction",
    "limit",
]
# 100 → 146.41 in four years, 121 after two: growth 0.1 of the required 0.1
STEADY = {
    "base_year": "2020",
    "base_value": "100",
    "current_year": "2022",
    "current_value": "121",
    "target": "146.41",
    "target_year": "2024",
    "direction": "1",
    "limit": "",
}


def table(*rows: Mapping[str, str], columns: Sequence[str] = COLUMNS) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([{**STEADY, **row}.get(name, "") for name in columns] for row in rows)
    return out.getvalue().encode()


def judged(raw: bytes, name: str = "open-sdg") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(judge_table(raw, rule(name)).decode()), strict=True))


def refused(raw: bytes, name: str = "open-sdg") -> Refused:
    with pytest.raises(Refused) as caught:
        judge_table(raw, rule(name))
    return caught.value


# -- what is added -----------------------------------------------------------------------------------------


def test_three_columns_are_added_after_ones_own() -> None:
    out = judge_table(table({}), rule("open-sdg")).decode()
    header, row, end = out.split("\n")
    assert header == ",".join([*COLUMNS, "progress_value", "score", "status"])
    assert row.startswith("2020,100,2022,121,146.41,2024,1,,")
    assert end == ""


# b = 100 in 2020, a in 2022, T = 146.41 in 2024; by each formula of the method
@pytest.mark.parametrize(
    ("name", "current", "progress", "score", "status"),
    [
        # R = (√1.1236 − 1)/0.1 = 0.6; 7.1429·0.6 − 4.2857
        ("open-sdg", "112.36", 0.6, 0.00004, "moderate_progress"),
        ("open-sdg", "146.41", 2.1, 5, "target_achieved"),
        # p = 12.36/46.41, t = 2/4; 100·(p − t)
        ("cn-schedule", "112.36", 0.266321913381, -23.3678086619, "behind"),
        ("cn-schedule", "150", 50 / 46.41, 57.7354018530, "achieved_early"),
        # v̂ = 112.36²/100 = 126.247696; 26.247696/46.41
        ("un-2023", "112.36", 0.565561215255, None, "fair"),
        ("un-2023", "146.41", 2.464100000000, None, "met"),  # v̂ = 214.358881; 114.358881/46.41
        ("healthy-people", "112.36", 26.6321913381, None, "improved"),
        ("healthy-people", "85", -32.3206205559, None, "got_worse"),
    ],
)
def test_the_numbers_are_those_of_the_formulas(
    name: str, current: str, progress: float, score: float | None, status: str
) -> None:
    (row,) = judged(table({"current_value": current}), name)
    assert float(row["progress_value"]) == pytest.approx(progress, abs=1e-6)
    assert row["score"] == "" if score is None else float(row["score"]) == pytest.approx(score, abs=1e-6)
    assert row["status"] == status


def test_rows_keep_their_order() -> None:
    rows = judged(table({}, {"current_value": "98.01"}, {"current_value": ""}, {"current_value": "112.36"}))
    assert [row["status"] for row in rows] == [
        "substantial_progress",
        "deterioration",
        "not_available",
        "moderate_progress",
    ]


def test_a_header_alone_gains_its_columns() -> None:
    header = ",".join([*COLUMNS, "progress_value", "score", "status"])
    assert judge_table(table(), rule("open-sdg")).decode() == header + "\n"


def test_judging_twice_replaces_what_was_added() -> None:
    once = judge_table(table({}, {"current_value": "98.01"}), rule("open-sdg"))
    assert judge_table(once, rule("open-sdg")) == once
    (first, _) = judged(once, "cn-schedule")
    assert list(first) == [*COLUMNS, "progress_value", "score", "status"]
    assert first["status"] == "watch"  # p = 21/46.41 = 0.4525, t = 0.5: gap −4.75


# -- what one's own columns become ---------------------------------------------------------------------------


def test_extra_columns_are_kept_as_they_are() -> None:
    columns = ["备注", *COLUMNS, "code", "when"]
    extra = {"备注": "成都,\n“市”", "code": "007", "when": "2022-03"}
    (row,) = judged(table(extra, columns=columns))
    assert {name: row[name] for name in extra} == extra
    assert list(row) == [*columns, "progress_value", "score", "status"]


def test_numbers_are_kept_as_they_were_written() -> None:
    (row,) = judged(table({"base_value": "1.00e2", "current_value": " 121.0 ", "base_year": "2020.0"}))
    assert (row["base_value"], row["current_value"], row["base_year"]) == ("1.00e2", " 121.0 ", "2020.0")
    assert row["status"] == "substantial_progress"


def test_blanks_stay_blank() -> None:
    raw = table({"current_value": "", "note": ""}, columns=[*COLUMNS, "note"])
    (line,) = judge_table(raw, rule("open-sdg")).decode().splitlines()[1:]
    assert line == "2020,100,2022,,146.41,2024,1,,,,,not_available"


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("open-sdg", "not_available"),
        ("un-2023", "not_available"),
        ("healthy-people", "not_available"),
        ("cn-schedule", "no_data"),
    ],
)
@pytest.mark.parametrize("blank", ["", "  ", "\t"])
def test_a_blank_current_value(name: str, status: str, blank: str) -> None:
    (row,) = judged(table({"current_value": blank}), name)
    assert (row["progress_value"], row["score"], row["status"]) == ("", "", status)


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("open-sdg", "not_available"),
        ("un-2023", "not_available"),
        ("healthy-people", "not_available"),
        ("cn-schedule", "in_progress"),
    ],
)
def test_a_blank_base_value(name: str, status: str) -> None:
    (row,) = judged(table({"base_value": ""}), name)
    assert (row["progress_value"], row["score"], row["status"]) == ("", "", status)


def test_a_blank_line_is_a_row_of_blanks() -> None:
    raw = table({}) + b"\n" + table({}).split(b"\n")[1] + b"\n"
    assert [row["status"] for row in judged(raw)] == ["substantial_progress", "not_available", "substantial_progress"]


@pytest.mark.parametrize("absent", ["target", "target_year", "direction", "limit", "base_year", "current_year"])
@pytest.mark.parametrize("name", ["open-sdg", "un-2023", "healthy-people", "cn-schedule"])
def test_a_column_left_out_reads_as_blank(absent: str, name: str) -> None:
    fewer = [column for column in COLUMNS if column != absent]
    (without,) = judged(table({}, columns=fewer), name)
    (blank,) = judged(table({absent: ""}), name)
    added = ["progress_value", "score", "status"]
    assert [without[column] for column in added] == [blank[column] for column in added]


@pytest.mark.parametrize("absent", ["base_value", "current_value"])
def test_without_base_or_current_there_is_nothing_to_judge(absent: str) -> None:
    refusal = refused(table({}, columns=[column for column in COLUMNS if column != absent]))
    assert (refusal.zh, refusal.en) == (f"缺少列 {absent}", f"column {absent} is missing")


# -- direction, unit, errors -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("1", "substantial_progress"),
        ("+1", "substantial_progress"),
        ("1.0", "substantial_progress"),
        ("higher", "substantial_progress"),
        (" 1 ", "substantial_progress"),
        ("-1", "target_achieved"),  # 121 is below 146.41
        ("−1", "target_achieved"),
        ("-1.0", "target_achieved"),
        ("lower", "target_achieved"),
        ("", "target_achieved"),  # lower is better unless told, in this rule only
    ],
)
def test_direction(said: str, status: str) -> None:
    (row,) = judged(table({"direction": said}))
    assert row["status"] == status
    assert row["direction"] == said


@pytest.mark.parametrize("name", ["un-2023", "healthy-people", "cn-schedule"])
def test_higher_is_better_unless_told_elsewhere(name: str) -> None:
    blank, up, down = judged(table({"direction": ""}, {"direction": "1"}, {"direction": "-1"}), name)
    added = ["progress_value", "score", "status"]
    assert [blank[column] for column in added] == [up[column] for column in added]
    assert down["status"] != up["status"]


@pytest.mark.parametrize("said", ["0", "2", "up", "上", "HIGHER", "1.5", "--1", "nan"])
def test_any_other_direction_is_refused(said: str) -> None:
    refusal = refused(table({}, {"direction": said}))
    assert refusal.zh == f"第3行 direction:“{said}”应为 1 或 -1"
    assert refusal.en == f"row 3, direction: “{said}” must be 1 or -1"


def test_unit_says_where_a_point_is_near_enough() -> None:
    columns = [*COLUMNS, "unit"]
    near = {"base_value": "50", "current_value": "99", "target": "100"}
    rows = judged(
        table({**near, "unit": "%"}, {**near, "unit": "张"}, {**near, "unit": ""}, columns=columns), "un-2023"
    )
    assert [row["status"] for row in rows] == ["met", "on_track", "on_track"]


def test_standard_errors() -> None:
    columns = [*COLUMNS, "base_error", "current_error"]
    # 5 of 46.41 is 10.8 %; spread 5 makes it chance, spread 0.05 does not
    case = {"current_value": "105"}
    rows = judged(
        table(
            case,
            {**case, "base_error": "3", "current_error": "4"},
            {**case, "base_error": "0.03", "current_error": "0.04"},
            columns=columns,
        ),
        "healthy-people",
    )
    assert [row["status"] for row in rows] == ["improved", "little_or_no_change", "improved"]


# -- numbers -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("column", [name for name in COLUMNS if name != "direction"])
def test_what_is_not_a_number_is_named_by_row_and_column(column: str) -> None:
    refusal = refused(table({}, {column: "many"}))
    assert refusal.zh == f"第3行 {column}:“many”不是数字"
    assert refusal.en == f"row 3, {column}: “many” is not a number"


@pytest.mark.parametrize("column", ["base_error", "current_error"])
def test_errors_are_numbers_too(column: str) -> None:
    refusal = refused(table({column: "±3"}, columns=[*COLUMNS, column]), "healthy-people")
    assert refusal.en == f"row 2, {column}: “±3” is not a number"


@pytest.mark.parametrize(
    "cell",
    [
        "nan",
        "NaN",
        "inf",
        "-inf",
        "Infinity",
        "1e999",
        "１２１",
        "1_000",
        "1,000",
        "12 1",
        "121%",
        "—",
        "-",
        "0x10",
        "٣",
    ]
    + ["1.2.3", "121人", "一百", "None", "\u00a0121x"],
)
def test_a_number_is_finite_and_plain(cell: str) -> None:
    refusal = refused(table({"current_value": cell}))
    assert refusal.zh == f"第2行 current_value:“{cell}”不是数字"
    assert refusal.en == f"row 2, current_value: “{cell}” is not a number"


@pytest.mark.parametrize("cell", ["121", "121.0", "+121", "1.21e2", "1210E-1", " 121", "121\t"])
def test_a_number_in_its_forms(cell: str) -> None:
    (row,) = judged(table({"current_value": cell}))
    assert float(row["progress_value"]) == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("zero", ["0", "-0", "-0.0", "0.0"])
def test_minus_zero_is_zero(zero: str) -> None:
    # a base of 0 is 0.001: to 10 in four years 9 a year, to 0.1 in two 9 a year
    (row,) = judged(table({"base_value": zero, "current_value": "0.1", "target": "10"}))
    assert float(row["progress_value"]) == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("name", ["open-sdg", "un-2023", "healthy-people", "cn-schedule"])
def test_numbers_beyond_all_measure_are_answered_all_the_same(name: str) -> None:
    extremes = [
        {"current_value": "1e308", "base_value": "-1e308"},
        {"current_value": "1e308", "base_value": "5e-324"},
        {"target": "1e308", "base_value": "-1e308"},
        {"target": "5e-324"},
        {"target_year": "99999"},
        {"base_year": "-5000"},
        {"base_year": "2021.999999", "current_value": "1e300"},
    ]
    for row in judged(table(*extremes), name):
        assert row["status"] in rule(name).words
        for column in ("progress_value", "score"):
            assert row[column].lower().strip("-") not in ("nan", "inf", "infinity")


# -- several series ------------------------------------------------------------------------------------------

WITH_INDICATOR = ["indicator", *COLUMNS]
SERIES = [
    {"indicator": "3.1.1", "current_value": "121"},  # 2.8572
    {"indicator": "3.1.2", "current_value": "146.41"},  # achieved, 5
    {"indicator": "3.1.1", "current_value": "102.01"},  # −2.08333
    {"indicator": "3.1.2", "current_value": "150"},  # achieved, 5
    {"indicator": "3.1.3", "current_value": ""},
    {"indicator": "3.1.1", "current_value": ""},  # has no score and no part in the mean
]


def test_rows_of_one_indicator_are_its_series() -> None:
    rows = judged(table(*SERIES, columns=WITH_INDICATOR))
    assert list(rows[0])[-2:] == ["indicator_score", "indicator_status"]
    assert [row["indicator_status"] for row in rows] == [
        "moderate_progress",
        "target_achieved",
        "moderate_progress",
        "target_achieved",
        "not_available",
        "moderate_progress",
    ]
    scores = [row["indicator_score"] for row in rows]
    assert scores[4] == ""
    # (2.8572 − 2.08333)/2
    wanted = [0.386935, 5, 0.386935, 5, None, 0.386935]
    for score, want in zip(scores, wanted, strict=True):
        assert want is None or float(score) == pytest.approx(want, abs=1e-6)


def test_a_row_of_no_indicator_is_a_series_of_none() -> None:
    lone = [{"indicator": ""}, {"indicator": " ", "current_value": "98.01"}, {"indicator": "3.1"}]
    rows = judged(table(*lone, columns=WITH_INDICATOR))
    assert [row["indicator_status"] for row in rows] == ["", "", "substantial_progress"]
    assert [row["indicator_score"] for row in rows[:2]] == ["", ""]
    assert [row["status"] for row in rows] == ["substantial_progress", "deterioration", "substantial_progress"]


def test_achieved_only_where_all_series_are() -> None:
    rows = judged(table(SERIES[1], {"indicator": "3.1.2", "current_value": ""}, columns=WITH_INDICATOR))
    assert [row["indicator_status"] for row in rows] == ["substantial_progress"] * 2
    assert rows[0]["status"] == "target_achieved"


@pytest.mark.parametrize("name", ["un-2023", "healthy-people", "cn-schedule"])
def test_only_open_sdg_judges_several_series_as_one(name: str) -> None:
    rows = judged(table(*SERIES, columns=WITH_INDICATOR), name)
    assert list(rows[0]) == [*WITH_INDICATOR, "progress_value", "score", "status"]


def test_without_an_indicator_no_columns_for_it() -> None:
    assert list(judged(table({}))[0]) == [*COLUMNS, "progress_value", "score", "status"]


# -- the file ------------------------------------------------------------------------------------------------


def test_a_byte_order_mark_is_no_part_of_a_name() -> None:
    assert judged(b"\xef\xbb\xbf" + table({})) == judged(table({}))


def test_windows_line_ends() -> None:
    assert judged(table({}).replace(b"\n", b"\r\n")) == judged(table({}))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        "base_value,current_value,备注\n1,2,成都\n".encode("gbk"),
        "base_value,current_value,备注\n1,2,x\n".encode("gbk"),
        b"base_value,current_value\n1,2,3\n",
        b'base_value,current_value\n1,"2\n',
        b"\xff\xfe\x00\x01",
    ],
    ids=["empty", "gbk", "gbk in the header", "a cell too many", "never closed", "bytes"],
)
def test_what_is_no_csv_is_refused_in_both_languages(raw: bytes) -> None:
    refusal = refused(raw)
    assert refusal.zh.startswith("不是可读的 CSV:")
    assert refusal.en.startswith("not a readable CSV: ")
    assert "\n" not in refusal.en


def test_a_column_that_stands_twice_is_refused() -> None:
    refusal = refused(b"base_value,current_value,target,base_value\n1,2,3,4\n")
    assert (refusal.zh, refusal.en) == ("列 base_value 出现两次", "column base_value stands twice")
