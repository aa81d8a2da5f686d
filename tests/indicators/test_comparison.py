"""One target under every rule set: where they agree, where they do not, and what is said to be why."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from indicators.catalogue import Catalogue, read_folder
from indicators.comparison import Comparison, Why, case_of, compare, decimal_year
from indicators.definition import Definition, Direction, Frequency, MeasureType
from indicators.monitor import Judged, judge_plan
from indicators.period import Period, year_end
from indicators.plan import Operator, Recurrence
from indicators.rules import Band, Method, RuleSet, Standing
from tests import builders as make
from tests.judged import judged

NAMES = ("cn-schedule", "open-sdg", "un-2023", "healthy-people")
FROM_100 = {"baseline_value": 100.0, "target_value": 200.0}
LOWER = make.definition(direction=Direction.LOWER)
PLAIN = make.definition()
NO_BASELINE = {"baseline_value": None, "baseline_year": None, "target_value": 100.0}


def rules() -> list[RuleSet]:
    return [make.rule(name) for name in NAMES]


def compared(values: Mapping[str, float], definition: Definition = PLAIN, **promise: Any) -> Comparison:
    return compare(judged(values, definition, **promise), rules())


def statuses(found: Comparison) -> list[str]:
    return [side.verdict.status for side in found.sides]


def measures(found: Comparison) -> list[float | None]:
    """The number each rule looks at: the gap, R, the share, the percent of change."""
    first, *others = found.sides
    return [first.verdict.score, *(side.verdict.progress for side in others)]


# -- agreement ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "promise", "said"),
    [
        ({"2022": 210.0}, FROM_100, ["achieved_early", "target_achieved", "met", "met_or_exceeded"]),
        # exactly on the line after a year, which is above the curve of equal growth
        ({"2021": 120.0}, FROM_100, ["on_schedule", "substantial_progress", "on_track", "improved"]),
        ({"2022": 80.0}, FROM_100, ["far_behind", "deterioration", "stagnation_or_regression", "got_worse"]),
    ],
    ids=["met", "on the way", "bad"],
)
def test_rule_sets_that_agree_say_no_more(values: Mapping[str, float], promise: Any, said: list[str]) -> None:
    found = compared(values, **promise)
    assert statuses(found) == said
    assert len({side.standing for side in found.sides}) == 1
    assert (found.disagree, found.why) == (False, ())


def test_a_rule_that_judges_nothing_does_not_disagree() -> None:
    found = compared({"2021": 50.0, "2022": 51.0}, **NO_BASELINE)
    assert statuses(found) == ["in_progress", "limited_progress", "not_available", "not_available"]
    assert not found.disagree


# -- why not -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "definition", "promise", "why"),
    [
        # 1 % short of a level that the baseline had: watch, and everyone else sees decline
        ({"2022": 99.0}, PLAIN, {"baseline_value": 120.0}, (Why.BASE_BEYOND, Why.NO_TIME, Why.COMPOUND)),
        # from 1 to 20 in two years is 347 % a year, where 151 % would do
        ({"2022": 20.0}, PLAIN, {"baseline_value": 1.0}, (Why.BASE_NEAR_ZERO, Why.NO_TIME, Why.COMPOUND)),
        # p 20 % at t 60 %: far behind; carried on as a rate it goes a third of the way
        (
            {"2023": 80.0},
            LOWER,
            {"baseline_value": 100.0, "target_value": 1.0, "operator": Operator.AT_MOST},
            (Why.TARGET_NEAR_ZERO, Why.NO_TIME, Why.COMPOUND),
        ),
        # 5 points under the line; 1.82 % a year where 1.92 % is asked; and three quarters of the change
        ({"2024": 107.5}, PLAIN, {"baseline_value": 100.0, "target_value": 110.0}, (Why.NO_TIME,)),
        # exactly on the line down, where equal rates would start with larger steps
        (
            {"2021": 90.0},
            LOWER,
            {"baseline_value": 100.0, "target_value": 50.0, "operator": Operator.AT_MOST},
            (Why.COMPOUND,),
        ),
        # 5 points under the line, and above the curve of equal growth
        ({"2024": 175.0}, PLAIN, FROM_100, (Why.NO_TIME, Why.COMPOUND)),
    ],
    ids=["beyond", "base near zero", "target near zero", "no time", "compound", "both"],
)
def test_what_lets_rule_sets_disagree_is_named(
    values: Mapping[str, float], definition: Definition, promise: Any, why: tuple[Why, ...]
) -> None:
    promise = {"target_value": 100.0, **promise}
    found = compared(values, definition, **promise)
    assert found.disagree
    assert found.why == why


def test_a_reason_needs_the_rule_set_it_speaks_of() -> None:
    one, (schedule, growth, _, change) = judged({"2024": 175.0}, PLAIN, **FROM_100), rules()
    assert compare(one, [schedule, change]).why == (Why.NO_TIME,)
    assert compare(one, [schedule, growth]).why == (Why.COMPOUND,)


@pytest.mark.parametrize("base", [4.99, 5.0])
def test_near_zero_is_under_a_twentieth(base: float) -> None:
    found = compared({"2022": 20.0}, baseline_value=base, target_value=100.0)
    assert found.disagree
    assert (Why.BASE_NEAR_ZERO in found.why) is (base < 5)


# -- whose side is whose -----------------------------------------------------------------------------------


def test_the_schedule_is_the_judgement_itself() -> None:
    one = judged({"2021": 7.44, "2022": 7.55})
    side = compare(one, rules()).sides[0]
    assert side.verdict.status == one.assessment.status
    assert (side.verdict.progress, side.verdict.score) == (one.assessment.p, one.assessment.gap_points)
    assert side.standing is Standing.BAD


def test_another_schedule_judges_by_its_own_thresholds() -> None:
    ours = make.rule()
    strict = replace(
        ours,
        id="strict",
        bands={**ours.bands, "gap": (Band("far_behind", high=0.0), Band("ahead", low=0.0, low_included=True))},
    )
    found = compare(judged({"2024": 175.0}, PLAIN, **FROM_100), [ours, strict])
    assert statuses(found) == ["watch", "far_behind"]
    assert [side.verdict.score for side in found.sides] == [pytest.approx(-5), pytest.approx(-5)]
    assert found.disagree


# -- what cannot be asked ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "definition", "promise", "status"),
    [
        ({}, PLAIN, FROM_100, "no_data"),
        (
            {"2022": 1.0},
            make.definition(measure=MeasureType.TITLES),
            {"baseline_value": 0.0, "target_value": 2.0},
            "in_progress",
        ),
        (
            {"2022": 100.0},
            make.definition(measure=MeasureType.MILESTONE),
            {**NO_BASELINE, "target_value": 1.0},
            "completed",
        ),
        (
            {"2022": 650.0},
            make.definition(measure=MeasureType.FLOW, frequency=Frequency.QUARTER),
            {**NO_BASELINE, "target_value": 600.0, "recurrence": Recurrence.YEARLY},
            "completed",
        ),
        (
            {"2021": 30.0, "2022": 10.0},
            make.definition(measure=MeasureType.FLOW, frequency=Frequency.QUARTER),
            {**NO_BASELINE, "recurrence": Recurrence.WHOLE_PLAN},
            "on_schedule",
        ),
    ],
    ids=["no figure", "titles", "milestone", "yearly", "whole plan"],
)
def test_growth_rules_say_nothing_of(
    values: Mapping[str, float], definition: Definition, promise: Any, status: str
) -> None:
    one = judged(values, definition, as_of=year_end(2022), **promise)
    found = compare(one, rules())
    assert statuses(found) == [status, *["not_available"] * 3]
    assert not found.disagree
    assert [side.standing for side in found.sides[1:]] == [Standing.NONE] * 3


def test_nothing_is_compared_across_a_break() -> None:
    broken = make.definition(2, effective_from=date(2022, 1, 1), comparable=False)
    values = {"2021": 120.0, "2022": 180.0}
    found = compare(judged(values, PLAIN, broken, **FROM_100), rules())
    assert statuses(found) == ["not_assessable", *["not_available"] * 3]
    restated = compare(judged(values, PLAIN, broken, comparables=((2, 150.0),), **FROM_100), rules())
    assert restated.sides[3].verdict.progress == pytest.approx(60)  # (180 − 150)/(200 − 150)


# -- the numbers that are handed on ------------------------------------------------------------------------


def test_without_a_baseline_open_sdg_takes_the_first_figure() -> None:
    one = judged({"2021": 50.0, "2022": 55.0}, PLAIN, **NO_BASELINE)
    ratio = case_of(one, Method.GROWTH_RATIO)
    assert ratio is not None
    assert (ratio.base_year, ratio.base_value, ratio.current_year) == (2021.0, 50.0, 2022.0)
    # 10 % a year where 2^(1/4) − 1 = 18.92 % is needed
    assert measures(compare(one, rules()))[1] == pytest.approx(0.10 / (2 ** (1 / 4) - 1))
    for method in (Method.EXTRAPOLATION, Method.CHANGE):
        case = case_of(one, method)
        assert case is not None and case.base_value is None and case.base_year is None


def test_one_figure_alone_is_no_growth() -> None:
    assert statuses(compared({"2022": 55.0}, **NO_BASELINE))[1] == "not_available"


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (date(2020, 12, 31), 2020.0),
        (date(2021, 3, 31), 2020.25),
        (date(2021, 6, 30), 2020.5),
        (date(2020, 11, 1), 2019 + 306 / 366),  # a census day
        (date(2021, 1, 1), 2020 + 1 / 365),
    ],
)
def test_a_date_as_years(day: date, year: float) -> None:
    assert decimal_year(day) == pytest.approx(year, abs=1e-12)


def test_a_quarter_is_a_quarter_of_a_year() -> None:
    quarterly = make.definition(frequency=Frequency.QUARTER)
    found = compared({"2021Q2": 110.0}, quarterly, **FROM_100)
    # 10 % in half a year is 21 % a year; 2^(1/5) − 1 = 14.87 % is needed
    assert measures(found)[1] == pytest.approx(0.21 / (2 ** (1 / 5) - 1))
    assert measures(found)[2] == pytest.approx(100 * (1.21**5 - 1) / 100)


# -- published figures -------------------------------------------------------------------------------------


def published(region: str, name: str) -> dict[str, float]:
    """A published series, as the shipped file has it."""
    with (make.DATA / "actuals" / "published.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if (row["region"], row["indicator"]) == (region, name)]
    return {row["period"]: float(row["value"]) for row in rows}


def test_life_expectancy_in_chengdu() -> None:
    catalogue = Catalogue.of(read_folder(make.DATA))
    seen = [
        make.observation(period, value, indicator="life-expectancy")
        for period, value in published("510100", "人均预期寿命").items()
    ]
    plan, shipped = catalogue.plans["chengdu-145"], [catalogue.rules[name] for name in NAMES]
    all_of_it = judge_plan(catalogue, plan, seen, as_of=year_end(2021), rule=shipped[0])
    (one,) = (o for o in all_of_it if o.indicator.id == "life-expectancy")
    found = compare(one, shipped)
    assert statuses(found) == ["on_schedule", "substantial_progress", "on_track", "improved"]
    gap, ratio, share, percent = measures(found)
    assert gap == pytest.approx(6.667, abs=5e-4)
    assert ratio == pytest.approx(1.34, abs=5e-3)
    assert share == pytest.approx(1.341, abs=5e-4)
    assert percent == pytest.approx(26.67, abs=5e-3)
    assert (found.disagree, found.why) == (False, ())


Expected = tuple[Sequence[str], Sequence[float], tuple[Why, ...]]


@pytest.mark.parametrize(
    ("series", "promise", "expected"),
    [
        # 101640 → 110507 of 130000: p 31.27 %, t 40 %; 4.271 % a year of 5.045 %
        (
            ("440100", "医疗卫生机构床位数"),
            {"baseline_value": 101640.0, "target_value": 130000.0},
            (["watch", "moderate_progress", "fair", "improved"], [-8.734, 0.8465, 0.8335, 31.27], (Why.NO_TIME,)),
        ),
        # 3.56 (2021) → 4.00 (2023) of 4.50: p 46.81 %, t 50 %; 5.9998 % a year of 6.0329 %; 4.00²/3.56 = 4.4944
        (
            ("100000", "每千人口注册护士数"),
            {"baseline_value": 3.56, "baseline_year": 2021, "target_value": 4.5},
            (
                ["watch", "substantial_progress", "on_track", "improved"],
                [-3.191, 0.9945, 0.9940, 46.81],
                (Why.NO_TIME, Why.COMPOUND),
            ),
        ),
        # 6.03 (2018) → 7.23 (2023) of 7.50: p 81.63 %, t 5/7; 3.697 % a year of 3.166 %
        (
            ("100000", "每千人口医疗卫生机构床位数"),
            {"baseline_value": 6.03, "baseline_year": 2018, "target_value": 7.5},
            (
                ["ahead", "substantial_progress", "on_track", "improved"],
                [10.204, 1.1677, 1.1867, 81.63],
                (),
            ),
        ),
    ],
    ids=["beds in Guangzhou", "nurses in China", "beds in China"],
)
def test_published_series_against_made_up_targets(series: tuple[str, str], promise: Any, expected: Expected) -> None:
    found = compared(published(*series), make.definition(decimals=2), **promise)
    said, numbers, why = expected
    assert statuses(found) == said
    for side, number, wanted in zip(found.sides, measures(found), numbers, strict=True):
        assert number == pytest.approx(wanted, rel=5e-4), side.rule.id
    assert found.why == why
    assert found.disagree is bool(why)


def test_a_day_of_the_census_is_a_date_like_any_other() -> None:
    one: Judged = judged({"2020-11-01": 18.0, "2021": 20.0}, PLAIN, **NO_BASELINE)
    case = case_of(one, Method.GROWTH_RATIO)
    assert case is not None
    assert case.base_year == decimal_year(Period.parse("2020-11-01").end)
