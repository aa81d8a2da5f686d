"""Catching up: what is needed, beside the pace there is, the best there was, and the last day it would do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import count
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from indicators.assessment import assess
from indicators.catchup import CatchUp, Pace, catch_up
from indicators.definition import Frequency, MeasureType
from indicators.period import Period, shift, year_end
from indicators.series import Actual
from indicators.target import Target
from indicators.trajectory import exact
from tests.builders import LOWER, actual, actuals, rule, target, whole_plan, yearly

QUARTERLY: dict[str, Any] = {"frequency": Frequency.QUARTER}


def asked(goal: Target, values: Mapping[str, float]) -> CatchUp | None:
    """What it takes after the last of these figures."""
    seen = actuals(values)
    return catch_up(goal, max(seen), seen)


def needed(goal: Target, values: Mapping[str, float]) -> CatchUp:
    found = asked(goal, values)
    assert found is not None
    return found


# -- what is needed ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("goal", "period", "value", "step", "steps", "change"),
    [
        (target(), "2023", 40.0, Frequency.YEAR, 2, 30.0),
        (target(**QUARTERLY), "2023", 40.0, Frequency.QUARTER, 8, 7.5),
        (target(**QUARTERLY), "2025Q3", 90.0, Frequency.QUARTER, 1, 10.0),
        (target(frequency=Frequency.MONTH), "2024-06", 70.0, Frequency.QUARTER, 6, 5.0),
        (target(), "2024Q2", 70.0, Frequency.YEAR, 1.5, 20.0),
        (target(100.0, 40.0, **LOWER), "2022", 70.0, Frequency.YEAR, 3, -10.0),
        (target(0.0, 30.0, high=50.0), "2024", 20.0, Frequency.YEAR, 1, 10.0),  # a range is reached at its near end
    ],
)
def test_the_change_needed_in_each_step(
    goal: Target, period: str, value: float, step: Frequency, steps: float, change: float
) -> None:
    found = needed(goal, {period: value})
    assert (found.step, found.steps, found.needed) == (step, steps, pytest.approx(change))
    assert found.pace is Pace.UNKNOWN or found.recent is not None


def test_a_date_inside_a_quarter_counts_days() -> None:
    goal = target(d1=date(2025, 8, 31), **QUARTERLY)
    found = needed(goal, {"2024": 60.0})
    assert found.steps == pytest.approx(243 / 365.25 * 4)
    assert found.needed * found.steps == pytest.approx(40)


@pytest.mark.parametrize(
    ("goal", "values"),
    [
        (target(None), {"2022": 10.0}),
        (target(measure=MeasureType.TITLES), {"2022": 10.0}),
        (target(measure=MeasureType.MILESTONE), {"2022": 10.0}),
        (target(), {"2022": 100.0}),
        (target(100.0, 40.0, **LOWER), {"2022": 40.0}),
        (target(), {"2025": 90.0}),
        (target(), {"2026": 90.0}),
    ],
    ids=["no baseline", "titles", "milestone", "met", "met, lower", "due", "over"],
)
def test_nothing_is_asked(goal: Target, values: Mapping[str, float]) -> None:
    assert asked(goal, values) is None


# -- the pace there is -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("goal", "values", "pace", "recent", "multiple"),
    [
        (target(), {"2022": 20.0, "2023": 40.0}, Pace.KNOWN, 20.0, 1.5),
        (target(), {"2021": 20.0, "2023": 40.0}, Pace.UNKNOWN, None, None),
        (target(), {"2021": 20.0}, Pace.KNOWN, 20.0, 1.0),  # the baseline is the figure of the year before
        (target(), {"2022": 40.0, "2023": 40.0}, Pace.NONE, 0.0, None),
        (target(), {"2022": 40.0, "2023": 40.0 + 1e-12}, Pace.NONE, 1e-12, None),
        (target(), {"2022": 50.0, "2023": 40.0}, Pace.WRONG_WAY, -10.0, None),
        (target(100.0, 40.0, **LOWER), {"2022": 80.0, "2023": 70.0}, Pace.KNOWN, -10.0, 1.5),
        (target(100.0, 40.0, **LOWER), {"2022": 70.0, "2023": 80.0}, Pace.WRONG_WAY, 10.0, None),
        (target(**QUARTERLY), {"2023Q2": 20.0, "2024Q1": 39.0, "2024Q2": 40.0}, Pace.KNOWN, 5.0, 2.0),
    ],
)
def test_the_pace_of_the_last_year(
    goal: Target, values: Mapping[str, float], pace: Pace, recent: float | None, multiple: float | None
) -> None:
    found = needed(goal, values)
    assert found.pace is pace
    assert found.recent == pytest.approx(recent)
    assert found.multiple == pytest.approx(multiple)


# -- the best there was ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("goal", "values", "best", "last"),
    [
        # 60 to go at 20 a year: three years before 2025
        (target(), {"2021": 10.0, "2022": 20.0, "2023": 40.0}, 20.0, date(2022, 12, 31)),
        # 30 to go at 20 a year: two years, a part of a year counts as one
        (target(), {"2021": 20.0, "2022": 40.0, "2023": 60.0, "2024": 70.0}, 20.0, date(2023, 12, 31)),
        (target(), {"2021": 50.0, "2022": 45.0}, 50.0, date(2023, 12, 31)),  # the best is years ago
        (target(100.0, 40.0, **LOWER), {"2021": 80.0, "2022": 75.0}, -20.0, date(2023, 12, 31)),
        (target(**QUARTERLY), {"2021Q1": 4.0, "2021Q2": 12.0, "2021Q3": 14.0}, 8.0, date(2023, 3, 31)),
        (target(), {"2023": 40.0}, None, None),  # two years at once are no pace of one
        (target(), {"2021": 0.0, "2022": -5.0}, None, None),
    ],
)
def test_the_best_pace_and_the_last_chance(
    goal: Target, values: Mapping[str, float], best: float | None, last: date | None
) -> None:
    found = needed(goal, values)
    assert (found.best, found.last_chance) == (pytest.approx(best), last)


def test_a_last_chance_before_the_latest_figure_is_gone() -> None:
    values = {"2021": 10.0, "2022": 20.0, "2023": 40.0}
    found = needed(target(), values)
    assert found.last_chance is not None
    assert found.last_chance < year_end(2023)
    assert found.needed > (found.best or 0)  # which is the same thing said of the pace


@pytest.mark.parametrize("goal", [target(0.0, 1e6), target(0.0, 1e6, **QUARTERLY), target(0.0, 1e300)])
def test_a_pace_that_would_take_longer_than_any_calendar_is_too_late(goal: Target) -> None:
    found = needed(goal, {"2021Q1": 0.0, "2021Q2": 0.001, "2021": 0.001, "2022": 0.002})
    assert found.best == pytest.approx(0.001)
    assert found.last_chance is not None
    assert found.last_chance < date(3, 1, 1)


def test_monthly_figures_have_a_pace_of_a_quarter() -> None:
    goal = target(frequency=Frequency.MONTH)
    found = needed(goal, {"2024-01": 10.0, "2024-02": 12.0, "2024-03": 14.0, "2024-04": 22.0, "2024-05": 23.0})
    assert found.best == pytest.approx(12.0)  # January to April
    assert found.last_chance == shift(goal.d1, months=-3 * 7)  # 77 to go


def test_a_figure_between_two_year_ends_hides_neither() -> None:
    found = needed(target(), {"2021": 10.0, "2022-11-01": 11.0, "2022": 30.0})
    assert found.best == pytest.approx(20)


def test_later_figures_are_no_part_of_it() -> None:
    seen = actuals({"2021": 10.0, "2022": 20.0, "2023": 99.0})
    found = catch_up(target(), seen[1], seen)
    assert found is not None
    assert found.best == pytest.approx(10)


# -- breaks and flows --------------------------------------------------------------------------------------


def test_no_pace_is_measured_across_a_break() -> None:
    old = [actual("2021", 10.0), actual("2022", 50.0)]
    new = [actual("2023", 20.0, definition=2), actual("2024", 25.0, definition=2)]
    goal = target(10.0, definitions=(2,))
    before = catch_up(goal, new[0], [*old, *new])
    assert before is not None
    assert (before.pace, before.best, before.last_chance) == (Pace.UNKNOWN, None, None)
    after = catch_up(goal, new[1], [*old, *new])
    assert after is not None
    assert (after.recent, after.best) == (pytest.approx(5), pytest.approx(5))


def test_a_yearly_flow_is_asked_for_the_rest_of_its_year() -> None:
    values = {"2022Q2": 250.0, "2022": 550.0, "2023Q1": 100.0, "2023Q2": 200.0}
    found = needed(yearly().in_year(2023), values)
    assert (found.step, found.steps, found.needed) == (Frequency.QUARTER, 2, 200.0)
    assert found.recent == pytest.approx((200 + 550 - 250) / 4)  # what four quarters produced
    assert found.multiple == pytest.approx(1.6)
    assert (found.best, found.last_chance) == (None, None)  # January starts anew


@pytest.mark.parametrize("missing", ["2022Q2", "2022"])
def test_a_yearly_flow_needs_the_whole_of_four_quarters(missing: str) -> None:
    values = {"2022Q2": 250.0, "2022": 550.0, "2023Q2": 200.0}
    del values[missing]
    assert needed(yearly().in_year(2023), values).pace is Pace.UNKNOWN


def test_a_sum_over_the_plan_starts_at_nothing() -> None:
    found = needed(whole_plan().over_plan(), {"2021Q1": 8.0, "2021Q2": 12.0})
    assert (found.steps, found.needed) == (18, pytest.approx(88 / 18))
    assert found.best == pytest.approx(8)
    assert found.last_chance == shift(year_end(2025), months=-3 * 11)


def test_an_assessment_carries_it_while_the_plan_runs() -> None:
    seen = actuals({"2021": 10.0, "2022": 20.0})
    found = assess(target(), seen, as_of=year_end(2023), rule=rule()).catch_up
    assert found == catch_up(target(), seen[-1], seen)
    assert assess(target(), seen, as_of=year_end(2025), rule=rule()).catch_up is None


# -- laws --------------------------------------------------------------------------------------------------


@st.composite
def courses(draw: st.DrawFn) -> tuple[Target, list[Actual]]:
    """A target of either direction and a course with holes that has not reached it."""
    quarterly, higher = draw(st.booleans()), draw(st.booleans())
    tenths = st.integers(0, 900).map(lambda n: n / 10)
    goal = target(
        draw(tenths), 100.0 if higher else -10.0, **({} if higher else LOWER), **QUARTERLY if quarterly else {}
    )
    periods = [Period.quarter(y, q) for y in range(2021, 2025) for q in (1, 2, 3, 4)]
    periods = periods if quarterly else [Period.year(year) for year in range(2021, 2025)]
    days = draw(st.lists(st.sampled_from([p.end for p in periods]), min_size=1, unique=True))
    return goal, [Actual(day, draw(tenths)) for day in sorted(days)]


@settings(max_examples=200, deadline=None)
@given(courses())
def test_from_the_last_chance_on_the_best_pace_arrives_and_a_step_later_it_does_not(
    course: tuple[Target, list[Actual]],
) -> None:
    goal, seen = course
    found = catch_up(goal, seen[-1], seen)
    assert found is not None
    months = 3 if found.step is Frequency.QUARTER else 12
    known = {year_end(2020): goal.baseline or 0.0, **{a.day: a.value for a in seen}}
    paces = [goal.sign * (known[b] - known[a]) for a in known for b in known if shift(a, months=months) == b]
    best = max(paces, default=0.0)
    if exact(best) <= 0:
        assert (found.best, found.last_chance) == (None, None)
        return
    assert found.best == pytest.approx(goal.sign * best)
    latest = seen[-1].value
    # a plain loop: one period more and one more, until the pace is enough
    enough = next(n for n in count(1) if exact(goal.sign * (latest + goal.sign * best * n - goal.low)) >= 0)
    assert found.last_chance == shift(goal.d1, months=-months * enough)

    def reached(start: date) -> float:
        value, day = latest, start
        while day < goal.d1:
            value, day = value + goal.sign * best, shift(day, months=months)
        return value

    assert goal.met(reached(found.last_chance))
    assert not goal.met(reached(shift(found.last_chance, months=months)))


@settings(max_examples=100, deadline=None)
@given(courses())
def test_too_late_is_when_the_best_pace_is_slower_than_what_is_needed(course: tuple[Target, list[Actual]]) -> None:
    goal, seen = course
    found = catch_up(goal, seen[-1], seen)
    assert found is not None
    assume(found.best is not None)
    assert found.best is not None and found.last_chance is not None
    slower = exact(abs(found.best) - abs(found.needed)) < 0
    assert (found.last_chance < seen[-1].day) is slower
