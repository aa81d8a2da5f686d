"""A plan's target made computable."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import pytest

from indicators.definition import Direction, Frequency, MeasureType
from indicators.period import year_end
from indicators.plan import Operator, PathShape, Recurrence, Waypoint
from indicators.target import Target
from indicators.units import UnitError
from tests.builders import (
    LOWER,
    WHOLE_PLAN,
    YEARLY,
    commitment,
    definition,
    indicator,
    plan,
    target,
    whole_plan,
    yearly,
)


def made(*, of: Any = None, **changes: Any) -> Target:
    """The target of a commitment with these changes, for the plain indicator or `of`."""
    return Target.of(commitment(**changes), of or indicator(), plan=plan())


# -- from the plan -----------------------------------------------------------------------------------------


def test_values_come_in_the_definitions_unit() -> None:
    found = made(
        unit="万张",
        baseline_value=1.2,
        target_value=1.5,
        waypoints=(Waypoint(year_end(2022), 1.3),),
        comparables=((2, 1.25),),
    )
    assert (found.baseline, found.low, found.high) == (12000.0, 15000.0, 15000.0)
    assert found.waypoints == ((year_end(2022), 13000.0),)
    assert found.restated == ((2, 12500.0),)


def test_dates_and_the_definitions_own_words() -> None:
    found = made(of=indicator(definition(frequency=Frequency.QUARTER, due_days=20)))
    assert (found.d0, found.d1, found.start) == (year_end(2020), year_end(2025), date(2021, 1, 1))
    assert (found.frequency, found.due_days, found.measure) == (Frequency.QUARTER, 20, MeasureType.STOCK)


def test_no_unit_means_the_definitions() -> None:
    assert made(unit="", target_value=7.0).low == 7.0


def test_another_dimension_is_refused() -> None:
    with pytest.raises(UnitError, match="人次 cannot become 张"):
        made(unit="人次")


def test_a_missing_baseline_stays_missing() -> None:
    found = made(baseline_value=None, baseline_year=None)
    assert (found.baseline, found.d0, found.path()) == (None, None, None)


def test_suspicious_text() -> None:
    """献血率 25%: kept as written, flagged, not silently corrected."""
    written = commitment(unit="张", target_value=25.0, suspicious_zh="应为25‰")
    assert Target.of(written, indicator(), plan=plan()).low == 25.0
    assert written.suspicious_zh == "应为25‰"


@pytest.mark.parametrize(
    ("direction", "operator", "low", "high"),
    [(Direction.HIGHER, Operator.RANGE, 30.0, 50.0), (Direction.LOWER, Operator.AT_MOST, 50.0, 50.0)],
)
def test_a_range_is_measured_to_the_end_reached_first(
    direction: Direction, operator: Operator, low: float, high: float
) -> None:
    found = made(
        of=indicator(definition(direction=direction)),
        operator=Operator.RANGE,
        target_value=None,
        target_low=30.0,
        target_high=50.0,
    )
    assert (found.operator, found.low, found.high) == (operator, low, high)


def test_definitions_that_compare_with_the_baseline() -> None:
    broken = indicator(definition(1), definition(2), definition(3, comparable=False))
    assert made(of=broken).definitions == (1, 2)
    assert made(of=broken, baseline_definition=3).definitions == (3,)


# -- refusals ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"d0": None}, "both its value and its date"),
        ({"low": 101.0}, "upside down"),
        ({"operator": Operator.AT_MOST}, "contradicts"),
        ({"operator": Operator.LESS_THAN}, "contradicts"),
        ({"direction": Direction.LOWER}, "contradicts"),
        ({"direction": Direction.LOWER, "operator": Operator.MORE_THAN}, "contradicts"),
        ({"operator": Operator.MAINTAIN}, "equals its baseline"),
        ({"shape": PathShape.GEOMETRIC}, "one sign"),
        ({"d1": year_end(2020)}, "follow each other"),
        ({"waypoints": ((year_end(2026), 50.0),)}, "follow each other"),
        ({**YEARLY, **LOWER}, "ceiling on an accumulated flow"),
        ({**WHOLE_PLAN, **LOWER}, "ceiling on an accumulated flow"),
        ({**YEARLY, "measure": MeasureType.STOCK}, "only a flow accumulates"),
        ({**YEARLY, "baseline": None, "d0": None, "operator": Operator.MAINTAIN}, "cannot be maintained"),
        ({**YEARLY, "baseline": 5.0, "shape": PathShape.GEOMETRIC}, "nor grow geometrically"),
        ({**WHOLE_PLAN, "start": None}, "needs the plan's start"),
    ],
)
def test_a_contradictory_target_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        target(**changes)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("place", ["baseline", "value", "waypoints", "restated"])
def test_not_a_number(place: str, number: float) -> None:
    points = {"waypoints": ((year_end(2022), number),), "restated": ((2, number),)}
    with pytest.raises(ValueError, match="finite"):
        target(**{place: points.get(place, number)})  # type: ignore[arg-type]


# -- asking ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operator", "below", "at", "above"),
    [
        (Operator.AT_LEAST, False, True, True),
        (Operator.MORE_THAN, False, False, True),
        (Operator.EQUAL, False, True, True),
        (Operator.RANGE, False, True, True),
    ],
)
def test_met_from_below(operator: Operator, below: bool, at: bool, above: bool) -> None:
    found = target(0, 100, operator=operator)
    assert [found.met(value) for value in (99.99, 100.0, 100.01)] == [below, at, above]


@pytest.mark.parametrize(
    ("operator", "below", "at", "above"),
    [
        (Operator.AT_MOST, True, True, False),
        (Operator.LESS_THAN, True, False, False),
        (Operator.EQUAL, True, True, False),
    ],
)
def test_met_from_above(operator: Operator, below: bool, at: bool, above: bool) -> None:
    found = target(10, 5, direction=Direction.LOWER, operator=operator)
    assert [found.met(value) for value in (4.99, 5.0, 5.01)] == [below, at, above]


def test_met_at_nine_decimals() -> None:
    assert target(0, 0.3).met(0.1 + 0.2)
    assert not target(0, 0.3, operator=Operator.MORE_THAN).met(0.1 + 0.2)


def test_a_range_is_met_inside_and_above() -> None:
    """30–50家."""
    shops = target(0, operator=Operator.RANGE, low=30.0, high=50.0)
    assert [shops.met(value) for value in (29, 30, 40, 50, 60)] == [False, True, True, True, True]
    assert shops.progress(15) == 0.5
    assert (shops.beyond(50), shops.beyond(65)) == (0, 0.5)


@pytest.mark.parametrize(
    ("baseline", "value", "changes", "maintained", "beyond", "measurable"),
    [
        (0, 100, {}, False, False, True),
        (100, 100, {}, True, False, False),
        (101, 100, {}, False, True, False),
        (None, 100, {}, False, False, False),
        (10, 5, LOWER, False, False, True),
        (4, 5, LOWER, False, True, False),
        (0, 1, {"measure": MeasureType.TITLES}, False, False, False),
        (0, 1, {"measure": MeasureType.MILESTONE}, False, False, False),
    ],
)
def test_whether_p_means_progress(
    baseline: float | None, value: float, changes: Any, maintained: bool, beyond: bool, measurable: bool
) -> None:
    found = target(baseline, value, **changes)
    assert (found.maintained, found.already_beyond, found.measurable) == (maintained, beyond, measurable)


@pytest.mark.parametrize(
    ("found", "value", "p", "beyond"),
    [
        (target(0, 100), 20, 0.2, -0.8),
        (target(0, 100), 110, 1.1, 0.1),
        (target(0, 100), -20, -0.2, -1.2),
        (target(10, 5, **LOWER), 9, 0.2, -0.8),
        (target(10, 5, **LOWER), 4.5, 1.1, 0.1),
    ],
)
def test_progress(found: Target, value: float, p: float, beyond: float) -> None:
    assert (found.progress(value), found.beyond(value)) == (pytest.approx(p), pytest.approx(beyond))


def test_path() -> None:
    bent = target(waypoints=((year_end(2022), 10.0),)).path()
    assert bent is not None
    assert bent.points == ((year_end(2020), 0.0), (year_end(2022), 10.0), (year_end(2025), 100.0))
    assert target(None).path() is None
    assert target(0, 1, measure=MeasureType.TITLES).path() is None, "no line between"


@pytest.mark.parametrize(
    ("frequency", "measure", "recurrence", "annual"),
    [
        (Frequency.YEAR, MeasureType.STOCK, Recurrence.ONCE, True),
        (Frequency.EVENT, MeasureType.STOCK, Recurrence.ONCE, True),
        (Frequency.QUARTER, MeasureType.STOCK, Recurrence.ONCE, False),
        (Frequency.MONTH, MeasureType.RATIO, Recurrence.ONCE, False),
        (Frequency.QUARTER, MeasureType.FLOW, Recurrence.ONCE, True),
        (Frequency.QUARTER, MeasureType.FLOW, Recurrence.WHOLE_PLAN, False),
        (Frequency.YEAR, MeasureType.FLOW, Recurrence.WHOLE_PLAN, True),
    ],
)
def test_one_point_a_year(frequency: Frequency, measure: MeasureType, recurrence: Recurrence, annual: bool) -> None:
    found = target(frequency=frequency, measure=measure, recurrence=recurrence, start=date(2021, 1, 1))
    assert found.annual is annual


# -- other forms -------------------------------------------------------------------------------------------


def test_a_yearly_flow_starts_anew_each_january() -> None:
    year = yearly(600).in_year(2023)
    assert (year.baseline, year.d0, year.low, year.d1) == (0, year_end(2022), 600, year_end(2023))


def test_a_whole_plan_flow_starts_the_day_before_the_plan() -> None:
    found = whole_plan(100).over_plan()
    assert (found.baseline, found.d0, found.d1) == (0, year_end(2020), year_end(2025))


def test_a_restated_baseline() -> None:
    found = target(10, 20, restated=((2, 12.0),)).under(2)
    assert found is not None
    assert (found.baseline, found.low, found.definitions) == (12.0, 20.0, (2,))
    assert target(10, 20, restated=((2, 12.0),)).under(3) is None


def test_a_restated_baseline_is_what_a_maintained_target_maintains() -> None:
    found = target(70, 70, operator=Operator.MAINTAIN, restated=((2, 68.0),)).under(2)
    assert found is not None
    assert (found.baseline, found.low, found.high) == (68.0, 68.0, 68.0)
