"""What holds for every target, path, period and series, over drawn ones."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from indicators.assessment import Assessment, Reason, assess
from indicators.definition import Accumulation, Direction, MeasureType
from indicators.period import Period, year_end
from indicators.plan import Operator, PathShape
from indicators.rules import Status
from indicators.series import Actual, in_quarters, segments, year_to_date
from indicators.target import Target
from indicators.trajectory import RequiredPath, schedule
from tests import oracle
from tests.builders import LOWER, actual, observation, rule, target, whole_plan, yearly

lawful = settings(max_examples=100, deadline=None)

HIGHER_OPERATORS = [Operator.AT_LEAST, Operator.MORE_THAN, Operator.EQUAL, Operator.RANGE]
LOWER_OPERATORS = [Operator.AT_MOST, Operator.LESS_THAN, Operator.EQUAL]
QUARTERS = [Period.quarter(year, q) for year in range(2021, 2025) for q in (1, 2, 3, 4)]
YEARS = [Period.year(year) for year in range(2019, 2028)]

SCHEDULE_ORDER = [
    Status.FAR_BEHIND,
    Status.BEHIND,
    Status.WATCH,
    Status.ON_SCHEDULE,
    Status.AHEAD,
    Status.ACHIEVED_EARLY,
]
FINAL_ORDER = [Status.MISSED, Status.NEARLY_COMPLETED, Status.COMPLETED, Status.EXCEEDED]
EVENT_ORDER = [Status.IN_PROGRESS, Status.COMPLETED]
OPEN_ORDER = [Status.IN_PROGRESS, Status.ACHIEVED_EARLY]

numbers = st.integers(-2000, 2000).map(lambda n: n / 10)
days = st.dates(date(2019, 1, 1), date(2028, 12, 31))


@st.composite
def targets(draw: st.DrawFn, *, shapes: tuple[PathShape, ...] = (PathShape.LINEAR,)) -> Target:
    """A dated target of either direction: with a baseline, without, maintained, or already beyond."""
    higher = draw(st.booleans())
    low = draw(numbers)
    operator = draw(st.sampled_from(HIGHER_OPERATORS if higher else LOWER_OPERATORS))
    changes: dict[str, Any] = {
        "low": low,
        "high": low + (draw(st.integers(0, 50)) if operator is Operator.RANGE else 0),
        "operator": operator,
        "direction": Direction.HIGHER if higher else Direction.LOWER,
        "measure": draw(st.sampled_from([MeasureType.STOCK, MeasureType.RATIO, MeasureType.TITLES])),
    }
    baseline = draw(st.none() | numbers | st.just(low))
    shape = draw(st.sampled_from(shapes))
    if shape is PathShape.GEOMETRIC:
        assume(baseline is not None and baseline * low > 0)
    return target(baseline, **changes, shape=shape)


@st.composite
def histories(draw: st.DrawFn) -> list[Actual]:
    """Some years and quarters from before the baseline to after the target date, one figure a day."""
    chosen = draw(st.lists(st.sampled_from(YEARS + QUARTERS), unique_by=lambda p: p.end, max_size=6))
    return sorted(Actual(period.end, draw(numbers)) for period in chosen)


def judged(of: Target, points: list[Actual], as_of: date) -> Assessment:
    return assess(of, points, as_of=as_of, rule=rule())


# -- assessment --------------------------------------------------------------------------------------------


@given(targets(), histories(), days)
@settings(max_examples=300, deadline=None)
def test_status_agrees_with_the_oracle(of: Target, points: list[Actual], as_of: date) -> None:
    assert judged(of, points, as_of).status == oracle.status(of, points, as_of)


@given(numbers, st.integers(-1000, 1000).filter(bool), numbers, st.sampled_from(QUARTERS + YEARS[2:]))
@lawful
def test_quantities_agree_with_the_oracle(b: float, change: int, value: float, period: Period) -> None:
    of = target(b, b + change) if change > 0 else target(b, b + change, **LOWER)
    found = judged(of, [Actual(period.end, value)], period.end)
    d0 = year_end(2020)
    assert found.t == oracle.schedule(d0, period.end, of.d1)
    assert found.p == oracle.completion(b, of.low, value)
    assert found.expected == oracle.linear(b, d0, of.low, of.d1, period.end)
    assert found.gap_points is not None
    assert abs(found.gap_points - oracle.gap(b, d0, of.low, of.d1, value, period.end)) < 1e-6


@given(st.sampled_from(QUARTERS), st.integers(1, 2000), st.integers(0, 4000))
@lawful
def test_yearly_flows_agree_with_the_oracle(quarter: Period, annual: int, so_far: int) -> None:
    of = yearly(float(annual))
    found = judged(of, [Actual(quarter.end, float(so_far))], quarter.end)
    t, p = quarter.number / 4, so_far / annual
    assert (found.t, found.p) == (t, p)
    if t < 1 and p < 1:
        assert found.status == oracle.status_by_gap(100 * (p - t))
    elif t == 1:
        assert found.status == oracle.final(found.target, so_far)


@given(
    targets(shapes=(PathShape.LINEAR, PathShape.GEOMETRIC)),
    histories(),
    days,
    st.sampled_from([1e-3, 1e-2, 0.1, 10.0, 1e3, 1e4, 1e8]),
)
@lawful
def test_rescaling_units_never_changes_a_status(of: Target, points: list[Actual], as_of: date, scale: float) -> None:
    rescaled = target(
        None if of.baseline is None else of.baseline * scale,
        low=of.low * scale,
        high=of.high * scale,
        operator=of.operator,
        direction=of.direction,
        measure=of.measure,
        shape=of.shape,
    )
    before = judged(of, points, as_of)
    after = judged(rescaled, [Actual(a.day, a.value * scale) for a in points], as_of)
    assert (before.status, before.reason, before.since) == (after.status, after.reason, after.since)
    assert before.firmness is after.firmness


@given(targets(shapes=(PathShape.LINEAR, PathShape.GEOMETRIC, PathShape.STEP)), st.data(), numbers, numbers)
@lawful
def test_a_better_value_never_worsens_it(of: Target, data: st.DataObject, one: float, other: float) -> None:
    worse, better = sorted((one, other), reverse=of.direction is Direction.LOWER)
    day = data.draw(st.sampled_from([p.end for p in QUARTERS] + [year_end(2025), year_end(2026)]))
    first, second = (judged(of, [Actual(day, value)], day).status for value in (worse, better))
    if day >= of.d1:
        order = FINAL_ORDER
    elif of.event:
        order = EVENT_ORDER
    else:
        order = OPEN_ORDER if of.baseline is None else SCHEDULE_ORDER
    assert order.index(first) <= order.index(second)


anyhow = targets() | st.builds(yearly, st.integers(1, 900)) | st.builds(whole_plan, st.integers(1, 900))


@given(anyhow, histories(), days, st.sampled_from([1, 2]))
@lawful
def test_a_status_is_always_explained(of: Target, points: list[Actual], as_of: date, definition: int) -> None:
    points = [Actual(a.day, a.value, definition) for a in points]
    found = judged(of, points, as_of)
    assert found.reason in Reason
    assert found.status in Status
    if found.status is Status.NO_DATA:
        assert found.actual is None
    if found.actual is None:
        assert found.status in (Status.NO_DATA, Status.NOT_ASSESSABLE)
    else:
        assert found.actual.day <= as_of
    assert found.final == (found.reason is Reason.FINAL)
    assert (found.earlier is not None) <= (found.reason is Reason.NO_FINAL_ACTUAL)


# -- paths -------------------------------------------------------------------------------------------------


@st.composite
def paths(draw: st.DrawFn) -> RequiredPath:
    """Two to four points of whole units; of one sign for a geometric path."""
    shape = draw(st.sampled_from(PathShape))
    whole = st.integers(1, 1000) if shape is PathShape.GEOMETRIC else st.integers(-1000, 1000)
    when = sorted(draw(st.sets(days, min_size=2, max_size=4)))
    return RequiredPath(tuple((day, float(draw(whole))) for day in when), shape)


@given(paths(), days)
@lawful
def test_a_path_starts_at_its_baseline_and_ends_at_its_target(path: RequiredPath, day: date) -> None:
    assert path.at(path.start) == path.points[0][1]
    assert path.at(path.end) == path.points[-1][1]
    if day <= path.start:
        assert path.at(day) == path.points[0][1]
    if day >= path.end:
        assert path.at(day) == path.points[-1][1]


@given(paths(), days, days)
@lawful
def test_a_path_is_monotone_between_two_points(path: RequiredPath, one: date, other: date) -> None:
    (d0, v0), (d1, v1) = path.points[:2]
    first, second = sorted(min(max(day, d0), d1) for day in (one, other))
    # a day that is a quarter end is counted in quarters, its neighbour in days
    assume(len({d.month % 3 == 0 and (d + timedelta(days=1)).day == 1 for d in (first, second)}) == 1)
    rising = v1 >= v0
    low, high = (first, second) if rising else (second, first)
    assert path.at(low) <= path.at(high) + 1e-9


@given(st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(1, 4000), days)
@lawful
def test_schedule_agrees_with_the_oracle(start: date, length: int, day: date) -> None:
    end = start + timedelta(days=length)
    assume(day >= start)
    assert schedule(start, day, end) == oracle.schedule(start, day, end)


# -- periods and series ------------------------------------------------------------------------------------

some_year = st.integers(1900, 2099)
periods = st.one_of(
    st.builds(Period.year, some_year),
    st.builds(Period.half, some_year),
    st.builds(Period.nine_months, some_year),
    st.builds(Period.quarter, some_year, st.integers(1, 4)),
    st.builds(Period.month, some_year, st.integers(1, 12)),
    st.builds(Period.months, some_year, st.integers(1, 12)),
    st.builds(Period.day, st.dates(date(1900, 1, 1), date(2099, 12, 31))),
)


@given(periods)
@lawful
def test_a_period_is_read_back_from_its_code(period: Period) -> None:
    assert Period.parse(period.code) == period


@given(periods)
@lawful
def test_a_period_is_read_back_from_its_chinese_name(period: Period) -> None:
    assert Period.parse(period.name()) == period
    assert Period.parse("截至" + period.name(instant=True)) == period


@given(st.sets(st.sampled_from(QUARTERS)), st.booleans())
@lawful
def test_segments_lose_no_point_and_never_join_a_hole(chosen: set[Period], quarterly: bool) -> None:
    points = [Actual(period.end, 1.0) for period in sorted(chosen)]
    runs = segments(points, quarterly=quarterly)
    assert [point for run in runs for point in run] == points
    longest = 1 if quarterly else 4

    def apart(one: Actual, other: Actual) -> int:
        return [p.end for p in QUARTERS].index(other.day) - [p.end for p in QUARTERS].index(one.day)

    assert all(apart(one, other) <= longest for run in runs for one, other in pairwise(run))
    assert all(apart(one[-1], other[0]) > longest for one, other in pairwise(runs))


@given(st.lists(st.integers(-100, 1000), min_size=1, max_size=16))
@lawful
def test_quarters_and_year_to_date_are_one_series(values: list[int]) -> None:
    named = list(zip(QUARTERS, map(float, values), strict=False))
    alone = [observation(q.code, value, accumulation=Accumulation.PERIOD) for q, value in named]
    so_far = year_to_date(alone)
    assert in_quarters(so_far) == [actual(q.code, value) for q, value in named]
    again = [
        observation(Period.quarter(a.day.year, a.day.month // 3).code, a.value, accumulation=Accumulation.YTD)
        for a in so_far
    ]
    assert year_to_date(again) == so_far
