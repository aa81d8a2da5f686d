"""Flows in one canonical form, growth, aggregation, holes, and the points a target is judged on."""

from __future__ import annotations

import math
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.definition import Accumulation, MeasureType
from indicators.series import (
    Actual,
    Observation,
    aggregate,
    growth,
    history,
    in_quarters,
    segments,
    year_to_date,
)
from tests import oracle
from tests.builders import actual, actuals, observation, target, whole_plan, yearly

PERIOD, YTD = Accumulation.PERIOD, Accumulation.YTD


def flows(values: dict[str, float], accumulation: Accumulation | None = None) -> list[Observation]:
    return [observation(p, value, accumulation=accumulation) for p, value in values.items()]


# -- 当期 and 本年累计 -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_", "accumulation", "expected"),
    [
        ({"2024Q1": 10, "2024H1": 25, "2024M1-9": 45}, YTD, {"2024Q1": 10, "2024Q2": 25, "2024Q3": 45}),
        ({"2024Q1": 10, "2024Q2": 15, "2024Q3": 20}, PERIOD, {"2024Q1": 10, "2024Q2": 25, "2024Q3": 45}),
        ({"2024Q3": 20, "2024Q2": 15, "2024Q1": 10}, PERIOD, {"2024Q1": 10, "2024Q2": 25, "2024Q3": 45}),
        ({"2024Q1": 10, "2024Q2": 25}, YTD, {"2024Q1": 10, "2024Q2": 25}),
        ({"2024Q1": 10, "2024H1": 25, "2024Q3": 20}, None, {"2024Q1": 10, "2024Q2": 25, "2024Q3": 45}),
        ({"2024-01": 1, "2024-02": 2, "2024-03": 3}, PERIOD, {"2024-01": 1, "2024-02": 3, "2024-03": 6}),
        ({"2024": 80}, None, {"2024": 80}),
        ({"2024": 80}, PERIOD, {"2024": 80}),
        ({"2024Q1": 10, "2024Q3": 20}, PERIOD, {"2024Q1": 10}),
        ({"2023": 80, "2024Q2": 15}, PERIOD, {"2023": 80}),
    ],
    ids=["累计 as it is", "当期 adds up", "in any order", "a quarter marked 累计", "unmarked, 上半年 is 累计"]
    + ["months", "a year", "a year 当期", "a hole ends it", "never from the year before"],
)
def test_year_to_date(given_: dict[str, float], accumulation: Accumulation | None, expected: dict[str, float]) -> None:
    assert year_to_date(flows(given_, accumulation)) == actuals(expected)


def test_a_stated_year_to_date_is_not_overruled_by_a_sum() -> None:
    mixed = [*flows({"2024Q1": 10, "2024Q2": 15}, PERIOD), *flows({"2024H1": 26}, YTD)]
    assert year_to_date(mixed) == actuals({"2024Q1": 10, "2024H1": 26})


def test_a_quarter_carries_its_definition() -> None:
    assert year_to_date([observation("2024Q1", 10, definition=2)]) == [actual("2024Q1", 10, definition=2)]


@pytest.mark.parametrize(
    ("ytd", "expected"),
    [
        ({"2024Q1": 10, "2024H1": 25, "2024M1-9": 45, "2024": 80}, {"Q1": 10, "Q2": 15, "Q3": 20, "Q4": 35}),
        ({"2024Q1": 10, "2024M1-9": 45, "2024": 80}, {"Q1": 10, "Q4": 35}),
        ({"2024Q1": 10, "2024H1": 8}, {"Q1": 10, "Q2": -2}),
        ({"2023": 70, "2024Q1": 10}, {"Q1": 10}),
        ({"2024Q1": 10, "2024M1-5": 20, "2024H1": 25}, {"Q1": 10, "Q2": 15}),
        ({"2024Q1": 0, "2024H1": 5}, {"Q1": 0, "Q2": 5}),
    ],
    ids=[
        "a whole year",
        "a hole",
        "negative after a revision",
        "January starts anew",
        "months left out",
        "zero",
    ],
)
def test_in_quarters(ytd: dict[str, float], expected: dict[str, float]) -> None:
    assert in_quarters(actuals(ytd)) == actuals({f"2024{q}": value for q, value in expected.items()})


QUARTERLY = st.lists(
    st.tuples(
        st.sampled_from([f"{year}Q{q}" for year in (2022, 2023) for q in (1, 2, 3, 4)]),
        st.integers(0, 1000).map(float),
        st.sampled_from([PERIOD, YTD, None]),
    ),
    unique_by=lambda row: row[0],
    max_size=8,
)


@given(QUARTERLY)
@settings(max_examples=100, deadline=None)
def test_flows_agree_with_the_oracle(rows: list[tuple[str, float, Accumulation | None]]) -> None:
    seen = [observation(period, value, accumulation=mark) for period, value, mark in rows]
    found = year_to_date(seen)
    assert {a.day: a.value for a in found} == oracle.year_to_date(seen)
    assert {a.day: a.value for a in in_quarters(found)} == oracle.in_quarters(oracle.year_to_date(seen))


# -- what a target is judged on ----------------------------------------------------------------------------


def test_levels_stand_at_the_end_of_their_period() -> None:
    seen = [observation("2024", 5), observation("2023Q4", 4), observation("2020-11-01", 3)]
    expected = [Actual(date(2020, 11, 1), 3), actual("2023", 4), actual("2024", 5)]
    assert history(target(), seen) == tuple(expected)


def test_2024_and_2024q4_are_one_instant_of_a_stock() -> None:
    assert history(target(), [observation("2024Q4", 4), observation("2024", 5)]) == (actual("2024", 5),)


def test_a_yearly_flow_is_judged_on_its_year_to_date() -> None:
    seen = flows({"2023": 500, "2024Q1": 150, "2024Q2": 160})
    assert history(yearly(), seen) == tuple(actuals({"2023": 500, "2024Q1": 150, "2024H1": 310}))


def test_a_dated_flow_is_judged_on_completed_years() -> None:
    visitors = target(2, 3.5, measure=MeasureType.FLOW)
    assert history(visitors, flows({"2023": 2.6, "2024Q1": 0.8})) == (actual("2023", 2.6),)


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        ({"2021": 10, "2022": 20, "2023Q1": 5}, {"2021": 10, "2022": 30, "2023Q1": 35}),
        ({"2020": 99, "2021": 10}, {"2021": 10}),
        ({"2021": 10, "2023": 5}, {"2021": 10}),
        ({"2021H1": 4, "2022": 20}, {"2021H1": 4}),
    ],
    ids=["Σ", "not before the plan", "a missing year ends it", "a part of a year is not the year"],
)
def test_a_whole_plan_flow_is_summed(given_: dict[str, float], expected: dict[str, float]) -> None:
    assert history(whole_plan(), flows(given_)) == tuple(actuals(expected))


@pytest.mark.parametrize("place", ["value", "numerator", "denominator"])
@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_not_a_number(place: str, number: float) -> None:
    figures = {"value": 1.0, "numerator": 1.0, "denominator": 1.0} | {place: number}
    with pytest.raises(ValueError, match="beds 510100 2024: not a finite number"):
        observation("2024", **figures)


# -- comparing and combining -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("current", "base", "expected"),
    [(110, 100, 0.1), (90, 100, -0.1), (5, 0, None), (5, -1, None), (5, None, None), (0, 5, -1)],
)
def test_growth(current: float, base: float | None, expected: float | None) -> None:
    assert growth(current, base) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([(1, 100), (9, 100)], 50.0),
        ([(1, 1000), (9, 10)], 10 / 1010 * 1000),
        ([(1, 100), (None, 100)], None),
        ([(1, 100), (1, None)], None),
        ([(0, 0)], None),
        ([], None),
        ([(1e308, 1e-308)], None),
    ],
    ids=["Σ/Σ", "never the mean", "no numerator", "no denominator", "nobody", "no region", "beyond numbers"],
)
def test_aggregate(parts: list[tuple[float | None, float | None]], expected: float | None) -> None:
    assert aggregate(parts, 1000) == expected


@pytest.mark.parametrize(
    ("periods", "quarterly", "lengths"),
    [
        (["2023Q4", "2024Q1", "2024Q2"], True, [3]),
        (["2023Q3", "2024Q1", "2024Q2"], True, [1, 2]),
        (["2024-01", "2024-02", "2024-03"], True, [3]),
        (["2021", "2022", "2023"], False, [3]),
        (["2021", "2023"], False, [1, 1]),
        (["2020-11-01", "2020", "2021"], False, [3]),
        (["2020", "2022-02"], False, [1, 1]),
        (["2020Q4", "2021Q1"], False, [2]),
        ([], True, []),
    ],
    ids=["quarters", "a quarter missing", "months", "years", "a year missing", "a census day", "14 months"]
    + ["quarters among years", "nothing"],
)
def test_segments(periods: list[str], quarterly: bool, lengths: list[int]) -> None:
    runs = segments([actual(period, 1) for period in periods], quarterly=quarterly)
    assert [len(run) for run in runs] == lengths
