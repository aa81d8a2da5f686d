"""The rules of a history: what refuses a return refuses it too, and what a return must explain is counted."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping

import polars as pl
import pytest

from indicators.problem import Severity
from indicators.store import Store
from ingest.checking import check_file
from ingest.numbers import MISSING
from ingest.settings import Settings
from ingest.words import SHOWN, _messages, explain, phrase, report
from tests.conftest import Texts
from tests.ingest.history.conftest import Load, counts, errors
from tests.returns import csv, table

FLOW = {"indicator": "biohealth-value-added", "value": "100"}
RATIO = {"indicator": "beds-per-1000", "value": "7.5"}


@pytest.fixture
def shipped(shipped: Texts) -> Texts:
    """The shipped catalogue with one indicator that may be negative."""
    bounds = "low = 0\nhigh = 100000"
    changed = {
        name: text.replace(bounds, "low = -1e15\nhigh = 1e15") for _, name, text in shipped if name == FLOW["indicator"]
    }
    return [(kind, name, changed.get(name, text)) for kind, name, text in shipped]


# a file → what refuses it, said as it is said of a return: code, row, column
REFUSED: dict[str, bytes] = {
    "indicator_unknown": csv({}, {"indicator": "人均预期寿名"}),
    "region_unknown": csv({}, {"region": "?"}),
    "region_disagrees": csv({}, {"region_code": "440100", "period": "2020"}, region_code="510100"),
    "period_unreadable": csv({}, {"period": "24Q1"}),
    "period_future": csv({}, {"period": "2098"}),
    "period_day_of_flow": csv(FLOW, {**FLOW, "period": "2021-06-15"}),
    "value_empty": csv({}, {"value": "", "period": "2020"}),
    "number_unreadable": csv({}, {"value": "n/a", "period": "2020"}),
    "number_two_readings": csv({}, {"value": "1,5", "period": "2020"}),
    "number_scientific": csv({}, {"value": "1E5", "period": "2020"}),
    "number_percent": csv({}, {"value": "12%", "period": "2020"}),
    "number_too_long": csv({}, {"value": "1" * 16, "period": "2020"}),
    "number_boolean": csv({}, {"value": "TRUE", "period": "2020"}),
    "number_not_finite": csv({}, {"value": "NaN", "period": "2020"}),
    "unit_unknown": csv({}, {"unit": "斗", "period": "2020"}),
    "unit_other_dimension": csv({}, {"unit": "张", "period": "2020"}),
    "accumulation_unknown": csv(FLOW, {**FLOW, "period": "2020", "accumulation": "每季"}),
    "accumulation_needed": csv(FLOW, {**FLOW, "period": "2021Q2"}),
    "accumulation_contradicts": csv(FLOW, {**FLOW, "period": "2021年上半年", "accumulation": "本期"}),
    "vintage_unknown": csv({}, {"vintage": "终稿", "period": "2020"}),
    "date_unreadable": csv({}, {"published_on": "昨天", "period": "2020"}),
    "text_control": csv({}, {"note": "\u202e", "period": "2020"}),
    "text_too_long": csv({}, {"source": "字" * 2001, "period": "2020"}),
    "part_alone": csv({}, {**RATIO, "numerator": "1"}),
    "denominator_zero": csv({}, {**RATIO, "numerator": "1", "denominator": "0"}),
    "ratio_disagrees": csv({}, {**RATIO, "numerator": "1", "denominator": "2"}),
    "value_impossible": csv({}, {"value": "101", "period": "2020"}),
    "part_exceeds_total": csv(RATIO, {"indicator": "beds-municipal-public-per-1000", "value": "7.6"}),
    "twice_in_file": csv({}, {}),
}


@pytest.mark.parametrize("code", REFUSED)
@pytest.mark.usefixtures("in_process")
def test_what_refuses_a_return_refuses_a_history(code: str, send: Load, store: Store, settings: Settings) -> None:
    raw = REFUSED[code]
    wanted = [p for p in check_file(store, settings, name="a.csv", raw=raw).problems if p.severity is Severity.ERROR]
    loaded = send(raw)
    assert not loaded.submission
    (mine,) = (p for p in loaded.problems if p.blocks)
    (theirs,) = wanted
    assert (mine.code, mine.row, mine.column) == (code, 3, theirs.column)
    assert mine.found == theirs.found or code == "twice_in_file"
    said, expected = explain(mine), explain(theirs)
    if code != "twice_in_file":
        assert (said["zh"], said["en"]) == (expected["zh"], expected["en"])
    assert loaded.total == 1 + len(counts(loaded))


@pytest.mark.parametrize(
    ("value", "reading"),
    [
        ("1,234.5", "1234.5"),
        ("８１", "81"),
        ("81.76岁", "81.76"),
        ("−5", "-5"),
        ("\u00a07", "7"),
        ("1234567890.123456", "1234567890.12346"),
        ("\u00a0—", "—"),
    ],
    ids=ascii,
)
def test_a_number_that_a_return_reads_with_a_notice_must_be_written_plainly(
    send: Load, value: str, reading: str
) -> None:
    loaded = send(csv({}, {"value": value, "period": "2020"}))
    (problem,) = (p for p in loaded.problems if p.blocks)
    assert (problem.code, problem.row, problem.found) == ("number_not_plain", 3, value)
    assert f"须写成 {reading}。" in explain(problem)["zh"]
    assert f"must be written {reading}." in explain(problem)["en"]


@pytest.mark.parametrize(
    ("value", "number"),
    [(" 81.76", 81.76), ("-0.50", -0.5), ("-0", 0.0), ("+7\t", 7.0), ("-12345678901.2345", -12345678901.2345)],
)
def test_a_plain_number_is_read(send: Load, store: Store, value: str, number: float) -> None:
    loaded = send(csv({**FLOW, "value": value}))
    assert errors(loaded) == []
    kept = store.ask("staged", submission=loaded.submission)["value"][0]
    assert (kept, str(kept)[0] == "-") == (number, number < 0)


def test_marks_of_what_is_missing_keep_their_meaning(send: Load, store: Store) -> None:
    marks = dict(MISSING.items())
    raw = csv(*({"value": f" {mark}", "period": str(2000 + n)} for n, mark in enumerate(marks)), {})
    loaded = send(raw)
    kept = store.ask("staged", submission=loaded.submission)
    assert kept["missing"].to_list() == [*marks.values(), ""]
    assert kept["value"].to_list() == [*[None] * len(marks), 81.76]
    times = Counter(marks.values())
    assert {what: count for what, (count, _) in counts(loaded).items()} == {
        phrase(f"mean_{meaning}", "en"): count for meaning, count in times.items()
    }


# -- names, definitions, units, parts ------------------------------------------------------------------------


def test_every_name_and_every_writing_of_a_period_is_read(send: Load, store: Store) -> None:
    loaded = send(
        csv(
            {"region": "成都", "indicator": "人均预期寿命", "period": "2021年末"},
            {"region": "Chengdu", "indicator": "Life expectancy at birth", "period": "２０２０年"},
            {"region": " 510100 ", "period": "2019年12月"},
        )
    )
    kept = store.ask("staged", submission=loaded.submission)
    assert set(kept["region"]) == {"510100"}
    assert set(kept["indicator"]) == {"life-expectancy"}
    assert kept["period"].to_list() == ["2021", "2020", "2019-12"]
    assert kept["row"].to_list() == [2, 3, 4]


def test_a_region_may_be_given_by_its_code_alone(send: Load, store: Store) -> None:
    loaded = send(csv({"region_code": "510100"}, without=["region"]))
    assert store.ask("staged", submission=loaded.submission)["region"].to_list() == ["510100"]


def test_a_figure_is_kept_under_the_definition_in_force(send: Load, store: Store) -> None:
    periods = ["2010", "2020-10-31", "2020-11-01", "2021"]
    raw = csv(*({"period": p, "value": "2000", "unit": "万人"} for p in periods), indicator="resident-population")
    loaded = send(raw, note="公报")
    kept = store.ask("staged", submission=loaded.submission)
    known = store.catalogue().indicators["resident-population"]
    assert kept["definition"].to_list() == [known.definition_at(day).version for day in kept["period_end"]]
    assert len(set(kept["definition"])) == 2


def test_values_come_into_the_definitions_unit(send: Load, store: Store) -> None:
    sent = {"indicator": "医疗机构床位数"}
    loaded = send(
        csv(
            {**sent, "value": "15.37", "unit": "万张", "period": "2019"},
            {**sent, "value": "153700", "unit": " 张", "period": "2020"},
            {**sent, "value": "153700"},
        )
    )
    kept = store.ask("staged", submission=loaded.submission)
    assert (kept["value"].to_list(), kept["unit"].to_list()) == ([153700] * 3, ["万张", "张", "张"])
    assert kept["found"].to_list() == ["15.37", "153700", "153700"]


@pytest.mark.parametrize("without", [["value"], []])
def test_a_value_is_computed_from_its_parts(send: Load, store: Store, without: list[str]) -> None:
    parts = {"indicator": "beds-per-1000", "numerator": "159000", "denominator": "21200000", "value": ""}
    loaded = send(csv(parts, without=without))
    kept = store.ask("staged", submission=loaded.submission).row(0, named=True)
    assert (kept["value"], kept["numerator"], kept["denominator"]) == (7.5, 159000, 21200000)
    assert (kept["found"], kept["missing"]) == ("", "")


def test_a_stated_value_agrees_with_its_parts_within_half_its_last_digit(send: Load) -> None:
    parts = {"indicator": "beds-per-1000", "numerator": "159100", "denominator": "21200000"}  # 7.50472
    assert errors(send(csv({**parts, "value": "7.5"}))) == []
    assert errors(send(csv({**parts, "value": "7.50"}))) == []
    assert [code for code, *_ in errors(send(csv({**parts, "value": "7.500"})))] == ["ratio_disagrees"]


def test_a_number_of_many_decimals_beside_parts_is_refused_as_a_number(send: Load) -> None:
    parts = {"indicator": "beds-per-1000", "numerator": "159000", "denominator": "21200000"}
    loaded = send(csv({**parts, "value": "7.500000001"}))
    assert [code for code, *_ in errors(loaded)] == ["number_too_long"]


def test_parts_where_none_belong_are_counted(send: Load) -> None:
    loaded = send(csv({"numerator": "1"}))
    assert counts(loaded) == {phrase("counted_part_on_other", "en"): (1, 2)}


def test_a_part_may_equal_its_total_within_its_last_digit(send: Load) -> None:
    whole, part = {**RATIO, "value": "7.52"}, {"indicator": "beds-municipal-public-per-1000"}
    assert errors(send(csv(whole, {**part, "value": "7.5"}), note="x")) == []
    ((code, row, *_),) = errors(send(csv(whole, {**part, "value": "7.6"}), note="x"))
    assert (code, row) == ("part_exceeds_total", 3)


# -- what is only counted ------------------------------------------------------------------------------------

WARNINGS = ("value_unusual", "value_slipped", "value_sign", "value_jump", "ytd_falls", "period_first_of_month")


def random_history(seed: int) -> bytes:
    """Three hundred figures whose courses are rough: many would need an explanation in a return."""
    chance = random.Random(seed)
    rows = []
    for indicator, periods in (
        ("life-expectancy", [str(year) for year in range(1960, 2021)]),
        ("beds-per-1000", [f"{year}Q{q}" for year in range(2001, 2021) for q in range(1, 5)]),
        ("biohealth-value-added", [f"{year}Q{q}" for year in range(2001, 2021) for q in range(1, 5)]),
    ):
        for period in chance.sample(periods, len(periods) - 5):
            low, high = {"life-expectancy": (60, 100), "beds-per-1000": (0.5, 14)}.get(indicator, (-50, 900))
            flow = "本年累计" if indicator == "biohealth-value-added" else chance.choice(["", "", "本期"])
            rows.append(["510100", indicator, period, f"{chance.uniform(low, high):.2f}", flow])
    rows.append(["510100", "life-expectancy", "2021-03-01", "80", ""])
    chance.shuffle(rows)
    return table(["region", "indicator", "period", "value", "accumulation"], rows)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.usefixtures("in_process", "small_batches")
def test_as_often_is_counted_as_a_return_would_ask(seed: int, send: Load, store: Store, settings: Settings) -> None:
    raw = random_history(seed)
    asked = check_file(store, settings, name="a.csv", raw=raw).problems
    assert not [p for p in asked if p.severity is Severity.ERROR]
    wanted: dict[str, list[int]] = {}
    for problem in asked:
        wanted.setdefault(problem.code, []).append(problem.row or 0)
    assert set(wanted) >= {*WARNINGS, "accumulation_ignored"}
    assert counts(send(raw)) == {
        phrase(f"counted_{code}", "en"): (len(rows), min(rows))
        for code, rows in wanted.items()
        if f"counted_{code}" in _messages()  # what rests on approved figures alone is not looked for in a history
    }


# -- many --------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("small_batches")
def test_names_of_later_batches_are_read_like_the_first(send: Load, store: Store) -> None:
    rows = [{"period": str(2000 + n), "region": region} for n in range(3) for region in ("成都市", "510100", "成都")]
    loaded = send(csv(*rows[::4]))
    kept = store.ask("staged", submission=loaded.submission)
    assert kept["period"].to_list() == ["2000", "2001", "2002"]
    assert set(kept["region"]) == {"510100"}


@pytest.mark.usefixtures("small_batches")
def test_a_figure_twice_is_found_across_batches(send: Load) -> None:
    years = ["2001", "2002", "2003年末", "2004", "2003", "2003-12", "2001Q4"]
    loaded = send(csv(*({"period": year} for year in years)))
    said = [(p.row, p.facts["first"]) for p in loaded.problems if p.blocks]
    assert said == [(6, "4"), (7, "4"), (8, "2")]
    assert {code for code, *_ in errors(loaded)} == {"twice_in_file"}


@pytest.mark.usefixtures("small_batches")
def test_D30_the_first_errors_are_named_and_all_are_counted(send: Load) -> None:
    rows: list[Mapping[str, str]] = [{"indicator": f"x{n % 7}", "period": str(1900 + n % 100)} for n in range(250)]
    loaded = send(csv(*rows, *({"value": "?", "period": str(2000 + n)} for n in range(5))))
    assert len([p for p in loaded.problems if p.code == "indicator_unknown"]) == SHOWN
    assert len([p for p in loaded.problems if p.code == "number_unreadable"]) == 5
    assert (loaded.total, loaded.rows) == (255, 255)
    assert len(report(loaded.problems)) == SHOWN


def test_one_row_is_told_everything_that_is_wrong_with_it(send: Load) -> None:
    loaded = send(csv({"region": "?", "indicator": "?", "period": "?", "value": "?", "note": "\u200b"}))
    assert {code for code, *_ in errors(loaded)} == {
        "indicator_unknown",
        "region_unknown",
        "period_unreadable",
        "number_unreadable",
        "text_control",
    }
    assert {row for _, row, *_ in errors(loaded)} == {2}


# -- numbers and texts of a Parquet file ---------------------------------------------------------------------


def parquet(**columns: object) -> pl.DataFrame:
    plain = {"region": [510100, 510100], "indicator": "life-expectancy", "period": [2020, 2021], "value": [80.5, 81.0]}
    return pl.select(
        **{name: pl.Series(v) if isinstance(v, list) else pl.lit(v) for name, v in (plain | columns).items()}
    )


def test_a_parquet_file_is_read_by_its_types(send: Load, store: Store) -> None:
    frame = parquet(
        indicator=pl.Series(["beds-per-1000"] * 2, dtype=pl.Categorical),
        value=[7.5, None],
        numerator=[None, 159000],
        denominator=[None, 21_200_000],
        period=[None, "2021"],
        published_on=pl.Series(["2021-03-01", "2022-03-01"]).str.to_date(),
        source=["年鉴", None],
    ).with_columns(period=pl.Series(["2020-12-31", "2021-12-31"]).str.to_date())
    loaded = send(frame, note="n")
    kept = store.ask("staged", submission=loaded.submission)
    assert kept["row"].to_list() == [1, 2]
    assert kept["value"].to_list() == [7.5, 7.5]
    assert kept["period"].to_list() == ["2020-12-31", "2021-12-31"]
    assert [str(day) for day in kept["published_on"]] == ["2021-03-01", "2022-03-01"]
    assert (kept["source"].to_list(), kept["found"].to_list()) == (["年鉴", ""], ["", ""])


@pytest.mark.parametrize(
    ("value", "code", "found"),
    [
        (float("nan"), "number_not_finite", "nan"),
        (float("-inf"), "number_not_finite", "-inf"),
        (1e15, "number_too_long", "1e+15"),
        (9007199254740993, "number_too_long", "9.00719925474099e+15"),
        (None, "value_empty", ""),
        (101.0, "value_impossible", "101"),
        ("八十", "number_unreadable", "八十"),
        (True, "number_boolean", "true"),
    ],
    ids=str,
)
def test_D09_a_number_that_is_none_is_refused(send: Load, value: object, code: str, found: str) -> None:
    loaded = send(parquet(value=[value, value], period=["2020", "2021"]))
    assert [(c, row, f) for c, row, _, f in errors(loaded)] == [(code, 1, found), (code, 2, found)]


def test_a_stated_number_agrees_with_its_parts_to_the_definitions_decimals(send: Load) -> None:
    parts = {"indicator": "beds-per-1000", "numerator": [159100] * 2, "denominator": [21_200_000] * 2}
    assert errors(send(parquet(**parts, value=[7.5, 7.5047]))) == []
    assert [code for code, *_ in errors(send(parquet(**parts, value=[7.5, 7.51])))] == ["ratio_disagrees"]


def test_minus_zero_is_zero(send: Load, store: Store) -> None:
    loaded = send(parquet(indicator="biohealth-value-added", value=[-0.0, 1.0]))
    assert str(store.ask("staged", submission=loaded.submission)["value"][0]) == "0.0"
