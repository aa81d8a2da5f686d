"""The rows of the method, one by one: what a target and its history are judged to be, and why.

The plain target of `builders.target()` runs from 0 (2020年末) to 100 (2025年末): the path expects 20 a year.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pytest

from indicators.assessment import Assessment, Firmness, Reason, assess
from indicators.catchup import Pace
from indicators.definition import Frequency, MeasureType
from indicators.period import Period, year_end
from indicators.plan import Operator
from indicators.rules import Status
from indicators.series import Actual, history
from indicators.target import Target
from tests.builders import LOWER, actual, actuals, observation, rule, target, whole_plan, yearly

TITLES: dict[str, Any] = {"measure": MeasureType.TITLES, "frequency": Frequency.EVENT}
MILESTONE: dict[str, Any] = {"measure": MeasureType.MILESTONE, "frequency": Frequency.EVENT}
STRICT: dict[str, Any] = {"operator": Operator.MORE_THAN}
QUARTERLY: dict[str, Any] = {"frequency": Frequency.QUARTER}


def judged(
    of: Target,
    values: Mapping[str, float] | Sequence[Actual],
    *,
    as_of: str = "",
    revisions: Sequence[float] = (),
) -> Assessment:
    """The assessment as of the end of `as_of`; when none is given, of the day of the last figure."""
    points = actuals(values) if isinstance(values, Mapping) else list(values)
    day = Period.parse(as_of).end if as_of else points[-1].day
    return assess(of, points, as_of=day, rule=rule(), revisions=revisions)


def test_life_expectancy_in_chengdu() -> None:
    """成都 人均预期寿命: 81.52 (2020) → 82.42 (2025), 81.76 in 2021."""
    found = judged(target(81.52, 82.42), {"2021": 81.76})
    assert (found.status, found.reason) == (Status.ON_SCHEDULE, Reason.GAP)
    assert found.p == pytest.approx(0.2667, abs=5e-5)
    assert found.t == 0.2
    assert found.expected == pytest.approx(81.70)
    assert found.gap_points == pytest.approx(6.67, abs=5e-3)
    assert found.gap_units == pytest.approx(0.06)
    assert found.catch_up is not None
    assert (found.catch_up.steps, found.catch_up.step) == (4, Frequency.YEAR)
    assert found.catch_up.needed == pytest.approx(0.165)
    assert found.catch_up.recent == pytest.approx(0.24)
    assert found.catch_up.multiple == pytest.approx(0.69, abs=5e-3)
    assert found.firmness is Firmness.UNKNOWN, "one actual is too few"
    assert (found.rule, found.rule_version, found.as_of) == ("cn-schedule", 1, year_end(2021))


# -- by the schedule ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "status"),
    [
        (60.001, Status.AHEAD),
        (50, Status.AHEAD),
        (49.999, Status.ON_SCHEDULE),
        (40, Status.ON_SCHEDULE),
        (39.999, Status.WATCH),
        (30.001, Status.WATCH),
        (30, Status.BEHIND),
        (29.999, Status.BEHIND),
        (10, Status.BEHIND),
        (9.999, Status.FAR_BEHIND),
    ],
)
def test_gap_to_the_path(value: float, status: Status) -> None:
    found = judged(target(), {"2022": value})
    assert (found.status, found.reason) == (status, Reason.GAP)
    assert found.gap_points == pytest.approx(value - 40)


def test_gap_is_rounded_before_it_is_compared() -> None:
    found = judged(target(0, 1), {"2022": 0.5})
    assert found.gap_points == 100 * (0.5 - 0.4) != 10
    assert found.status is Status.AHEAD


@pytest.mark.parametrize(("value", "status"), [(8, Status.ON_SCHEDULE), (8.5, Status.BEHIND), (7, Status.AHEAD)])
def test_lower_is_better(value: float, status: Status) -> None:
    found = judged(target(10, 5, **LOWER), {"2022": value})
    assert found.status is status
    assert found.gap_points == pytest.approx(20 * (8 - value))
    assert found.gap_units == pytest.approx(value - 8)


def test_schedule_is_taken_at_the_datas_own_date() -> None:
    found = judged(target(), {"2021": 20, "2022": 40}, as_of="2023-11-15")
    assert (found.status, found.t, found.as_of) == (Status.ON_SCHEDULE, 0.4, date(2023, 11, 15))


def test_what_comes_after_the_as_of_date_is_not_looked_at() -> None:
    found = judged(target(), {"2021": 20, "2022": 99}, as_of="2022-06")
    assert (found.status, found.actual) == (Status.ON_SCHEDULE, actual("2021", 20))


def test_interim_milestones_are_the_path() -> None:
    found = judged(target(waypoints=((year_end(2022), 10.0),)), {"2021": 5})
    assert (found.status, found.expected, found.gap_points) == (Status.ON_SCHEDULE, 5.0, 0.0)


# -- the rows of the method --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "value", "status", "shortfall"),
    [
        ({}, 70, Status.ON_SCHEDULE, 0),
        ({}, 90, Status.ON_SCHEDULE, -2 / 7),
        ({}, 69.99, Status.WATCH, 0.01 / 70),
        ({}, 68.61, Status.WATCH, 1.39 / 70),
        ({}, 68.6, Status.BEHIND, 0.02),
        ({}, 63, Status.BEHIND, 0.1),
        ({}, 62.99, Status.FAR_BEHIND, 7.01 / 70),
        (STRICT, 70, Status.WATCH, 0),
        (STRICT, 70.1, Status.ON_SCHEDULE, -0.1 / 70),
        (LOWER, 70, Status.ON_SCHEDULE, 0),
        (LOWER, 71.4, Status.BEHIND, 0.02),
    ],
)
def test_maintain(changes: dict[str, Any], value: float, status: Status, shortfall: float) -> None:
    """70 → 70: no division, never 提前完成."""
    found = judged(target(70, 70, **changes), {"2022": value})
    assert (found.status, found.reason) == (status, Reason.MAINTAINED)
    assert found.shortfall == pytest.approx(shortfall)
    assert (found.p, found.gap_points, found.expected) == (None, None, 70)
    assert found.gap_units == pytest.approx(value - 70)


@pytest.mark.parametrize(("value", "status"), [(0, Status.ON_SCHEDULE), (1, Status.WATCH), (1e6, Status.WATCH)])
def test_maintain_zero(value: float, status: Status) -> None:
    """No relative shortfall of nothing: the unit only, and no class beyond 关注."""
    found = judged(target(0, 0, **LOWER), {"2022": value})
    assert (found.status, found.shortfall, found.gap_units) == (status, None, value)


@pytest.mark.parametrize(
    ("period", "value", "status", "reason"),
    [
        ("2022", 60, Status.IN_PROGRESS, Reason.BASELINE_MISSING),
        ("2022", 100, Status.ACHIEVED_EARLY, Reason.BASELINE_MISSING),
        ("2025", 99, Status.MISSED, Reason.FINAL),
        ("2025", 100, Status.COMPLETED, Reason.FINAL),
        ("2025", 500, Status.COMPLETED, Reason.FINAL),
    ],
)
def test_baseline_missing(period: str, value: float, status: Status, reason: Reason) -> None:
    found = judged(target(None), {period: value})
    assert (found.status, found.reason) == (status, reason)
    assert (found.t, found.p, found.gap_points, found.expected, found.shortfall) == (None,) * 5
    assert found.level == value / 100


def test_baseline_missing_draws_a_provisional_path_from_the_first_actual() -> None:
    found = judged(target(None), {"2021": 20, "2022": 60})
    assert found.provisional is not None
    assert found.provisional.provisional
    assert found.provisional.points == ((year_end(2021), 20), (year_end(2025), 100))
    assert judged(target(None), {"2025": 60}).provisional is None, "nowhere to go from the last day"
    assert judged(target(), {"2021": 20}).provisional is None
    assert judged(target(None, 1, **TITLES), {"2021": 0}).provisional is None


def test_baseline_missing_and_a_target_of_zero_has_no_level() -> None:
    assert judged(target(None, 0, **LOWER), {"2022": 3}).level is None


@pytest.mark.parametrize("of", [target(0, 1, **TITLES), target(None, 1, **MILESTONE)], ids=["创建类", "事项"])
@pytest.mark.parametrize(
    ("values", "as_of", "status", "reason", "since"),
    [
        ({"2022": 0}, "2022", Status.IN_PROGRESS, Reason.EVENT, None),
        ({"2022": 0}, "2025", Status.IN_PROGRESS, Reason.EVENT, None),
        ({"2022": 0, "2023": 1}, "2023", Status.COMPLETED, Reason.EVENT, year_end(2023)),
        ({"2022": 0, "2023": 1}, "2027", Status.COMPLETED, Reason.EVENT, year_end(2023)),
        ({"2025": 1}, "2025", Status.COMPLETED, Reason.FINAL, year_end(2025)),
        ({"2025": 0}, "2025", Status.MISSED, Reason.FINAL, date(2026, 1, 1)),
        ({"2025": 0, "2026": 1}, "2026", Status.MISSED, Reason.FINAL, date(2026, 1, 1)),
        ({"2022": 0}, "2026-01", Status.NOT_ASSESSABLE, Reason.NO_FINAL_ACTUAL, date(2026, 1, 1)),
        ({}, "2026-01", Status.NOT_ASSESSABLE, Reason.NO_FINAL_ACTUAL, date(2026, 1, 1)),
    ],
    ids=["not yet", "last day", "won", "won, and no figure since", "at the end", "not at the end", "too late"]
    + ["overdue", "overdue, never a figure"],
)
def test_titles_and_milestones(
    of: Target, values: dict[str, float], as_of: str, status: Status, reason: Reason, since: date | None
) -> None:
    found = judged(of, values, as_of=as_of)
    assert (found.status, found.reason, found.since) == (status, reason, since)
    assert (found.p, found.gap_points, found.expected) == (None, None, None)


@pytest.mark.parametrize(
    ("changes", "baseline", "value", "status"),
    [
        ({}, 110, 105, Status.ON_SCHEDULE),
        ({}, 110, 100, Status.ON_SCHEDULE),
        ({}, 110, 99, Status.WATCH),
        ({}, 110, 98, Status.BEHIND),
        ({}, 110, 89, Status.FAR_BEHIND),
        (STRICT, 110, 100, Status.WATCH),
        (LOWER, 90, 95, Status.ON_SCHEDULE),
        (LOWER, 90, 102, Status.BEHIND),
    ],
)
def test_baseline_already_beyond(changes: dict[str, Any], baseline: float, value: float, status: Status) -> None:
    found = judged(target(baseline, 100, **changes), {"2022": value})
    assert (found.status, found.reason) == (status, Reason.BASELINE_BEYOND)
    assert (found.p, found.gap_points) == (None, None), "the ratio is not used"


def test_baseline_already_beyond_a_target_of_zero() -> None:
    assert judged(target(-5, 0, **LOWER), {"2022": 50}).status is Status.WATCH


@pytest.mark.parametrize(
    ("changes", "value", "status"),
    [
        ({}, 100, Status.ACHIEVED_EARLY),
        ({}, 150, Status.ACHIEVED_EARLY),
        ({}, 99.9, Status.AHEAD),
        (STRICT, 100, Status.AHEAD),
        (STRICT, 100.1, Status.ACHIEVED_EARLY),
    ],
)
def test_met_before_the_date(changes: dict[str, Any], value: float, status: Status) -> None:
    found = judged(target(**changes), {"2022": value})
    assert found.status is status
    assert (found.reason is Reason.MET_EARLY) == (found.since == year_end(2022)) == (status == "achieved_early")


def test_met_since_the_last_unbroken_run() -> None:
    found = judged(target(), {"2021": 100, "2022": 99, "2023": 101, "2024": 102})
    assert (found.status, found.since) == (Status.ACHIEVED_EARLY, year_end(2023))


@pytest.mark.parametrize(("of", "value"), [(target(), -20), (target(10, 5, **LOWER), 11)])
def test_worse_than_the_baseline(of: Target, value: float) -> None:
    """p is negative and is shown so, not clipped."""
    found = judged(of, {"2022": value})
    assert (found.status, found.p, found.gap_points) == (Status.FAR_BEHIND, -0.2, pytest.approx(-60))


@pytest.mark.parametrize(
    ("values", "reason"),
    [({}, Reason.NO_ACTUAL), ({"2020": 0}, Reason.ONLY_BASELINE), ({"2019": 3}, Reason.ONLY_BASELINE)],
)
@pytest.mark.parametrize("as_of", ["2021-06", "2025"])
def test_no_actual_at_all(values: dict[str, float], reason: Reason, as_of: str) -> None:
    found = judged(target(), values, as_of=as_of)
    assert (found.status, found.reason, found.actual) == (Status.NO_DATA, reason, None)
    assert (found.catch_up, found.stale, found.firmness) == (None, False, Firmness.UNKNOWN)


@pytest.mark.parametrize("values", [{}, {"2020": 0}])
def test_no_actual_at_all_and_the_date_has_passed(values: dict[str, float]) -> None:
    found = judged(target(), values, as_of="2026-01-01")
    assert (found.status, found.reason) == (Status.NOT_ASSESSABLE, Reason.NO_FINAL_ACTUAL)
    assert (found.actual, found.earlier, found.since) == (None, None, None)


@pytest.mark.parametrize(
    ("changes", "period", "as_of", "stale"),
    [
        ({"due_days": 30}, "2021", "2023-01-30", False),
        ({"due_days": 30}, "2021", "2023-01-31", True),
        ({"due_days": None}, "2021", "2024-01-31", False),
        ({"due_days": 20, **QUARTERLY}, "2021Q3", "2022-01-20", False),
        ({"due_days": 20, **QUARTERLY}, "2021Q3", "2022-01-21", True),
        ({"due_days": 20, "frequency": Frequency.MONTH}, "2022-01", "2022-03-20", False),
        ({"due_days": 20, "frequency": Frequency.MONTH}, "2022-01", "2022-03-21", True),
        ({"due_days": 20, "frequency": Frequency.EVENT}, "2021", "2024", False),
        ({"due_days": 20, **QUARTERLY, "measure": MeasureType.FLOW}, "2021", "2022", False),
        ({"due_days": 20, **QUARTERLY, "measure": MeasureType.FLOW}, "2021", "2023-01-21", True),
        ({"due_days": 30, "d1": date(2025, 6, 30)}, "2024", "2025-07-30", False),
        ({"due_days": 30, "d1": date(2025, 6, 30)}, "2024", "2025-07-31", True),
        ({"due_days": 30}, "2025", "2030", False),
    ],
    ids=["year, due day", "year, overdue", "no one has said", "quarter, due day", "quarter, overdue"]
    + ["month, due day", "month, overdue", "event", "a dated flow has years", "a dated flow, overdue"]
    + ["target date, due day", "target date, overdue", "final"],
)
def test_the_years_value_is_not_out(changes: dict[str, Any], period: str, as_of: str, stale: bool) -> None:
    """The last status is kept; it is stale only after the return is overdue."""
    found = judged(target(**changes), {period: 30}, as_of=as_of)
    assert found.stale is stale
    assert found.actual == actual(period, 30)


@pytest.mark.parametrize(
    ("changes", "value", "status"),
    [
        ({}, 111, Status.EXCEEDED),
        ({}, 110, Status.EXCEEDED),
        ({}, 109.999, Status.COMPLETED),
        ({}, 100, Status.COMPLETED),
        ({}, 99.999, Status.NEARLY_COMPLETED),
        ({}, 95, Status.NEARLY_COMPLETED),
        ({}, 94.999, Status.MISSED),
        ({}, -5, Status.MISSED),
        (STRICT, 100, Status.NEARLY_COMPLETED),
        ({"operator": Operator.RANGE, "high": 200.0}, 150, Status.COMPLETED),
        ({"operator": Operator.RANGE, "high": 200.0}, 210, Status.EXCEEDED),
        ({"baseline": 100.0}, 200, Status.COMPLETED),
        ({"baseline": 100.0}, 99, Status.MISSED),
        ({"baseline": 120.0}, 200, Status.COMPLETED),
        ({"baseline": 120.0}, 99, Status.MISSED),
        ({**TITLES}, 300, Status.COMPLETED),
        ({**TITLES}, 99, Status.MISSED),
    ],
)
def test_final_wording(changes: dict[str, Any], value: float, status: Status) -> None:
    """From d1 on the final word beats every earlier one; without p only 完成 or 未完成."""
    found = judged(target(**changes), {"2025": value})
    assert (found.status, found.reason, found.final) == (status, Reason.FINAL, True)
    assert found.catch_up is None


def test_an_actual_after_the_date_stands_beside_the_final_word() -> None:
    found = judged(target(), {"2025": 90, "2026": 120, "2027": 130})
    assert (found.status, found.actual) == (Status.MISSED, actual("2025", 90))
    assert found.later == actual("2027", 130)
    assert judged(target(), {"2025": 90}).later is None


def test_the_first_actual_after_the_date_is_final_where_none_is_on_it() -> None:
    found = judged(target(), {"2024": 80, "2026": 104})
    assert (found.status, found.actual, found.t) == (Status.COMPLETED, actual("2026", 104), 1.2)


@pytest.mark.parametrize(
    ("of", "value", "as_of", "status", "earlier"),
    [
        (target(), 80, "2025", Status.ON_SCHEDULE, None),
        (target(), 80, "2026-01-01", Status.NOT_ASSESSABLE, Status.ON_SCHEDULE),
        (target(), 10, "2026-01-01", Status.NOT_ASSESSABLE, Status.FAR_BEHIND),
        (target(), 100, "2026-01-01", Status.ACHIEVED_EARLY, None),
        (target(100, 100), 100, "2026-01-01", Status.NOT_ASSESSABLE, Status.ON_SCHEDULE),
        (target(None), 50, "2026-01-01", Status.NOT_ASSESSABLE, Status.IN_PROGRESS),
        (target(None), 100, "2026-01-01", Status.ACHIEVED_EARLY, None),
    ],
    ids=["last day", "past", "behind", "met stays met", "maintained", "no baseline", "no baseline, met"],
)
def test_no_final_actual(of: Target, value: float, as_of: str, status: Status, earlier: Status | None) -> None:
    """无法评估(缺期末数据), the last word shown beside it as 截至…"""
    found = judged(of, {"2024": value}, as_of=as_of)
    assert (found.status, found.earlier, found.final) == (status, earlier, False)
    assert (found.reason is Reason.NO_FINAL_ACTUAL) == (status is Status.NOT_ASSESSABLE)
    assert found.actual == actual("2024", value), "the figure is still shown"
    assert found.since == (year_end(2024) if status is Status.ACHIEVED_EARLY else None)


@pytest.mark.parametrize(
    ("changes", "status", "p"),
    [
        ({}, Status.NOT_ASSESSABLE, None),
        ({"restated": ((3, 10.0),)}, Status.NOT_ASSESSABLE, None),
        ({"restated": ((2, 10.0),)}, Status.ON_SCHEDULE, 0.4),
        ({"definitions": (1, 2)}, Status.ON_SCHEDULE, 0.46),
    ],
    ids=["a break", "restated for another version", "restated", "comparable"],
)
def test_definition_changed(changes: dict[str, Any], status: Status, p: float | None) -> None:
    """Comparison is refused across the break unless a comparable value is given."""
    found = judged(target(**changes), [actual("2022", 46, definition=2)])
    assert (found.status, found.p) == (status, p if p is None else pytest.approx(p))
    assert (found.reason is Reason.DEFINITION_BREAK) == (p is None)
    assert found.actual == actual("2022", 46, definition=2)
    assert (found.catch_up is None) == (p is None)


def test_definition_changed_under_a_maintained_target() -> None:
    kept = target(70, 70, operator=Operator.MAINTAIN, restated=((2, 68.0),))
    assert judged(kept, [actual("2022", 68, definition=2)]).status is Status.ON_SCHEDULE


def test_definition_changed_at_the_end() -> None:
    found = judged(target(), [actual("2025", 100, definition=2)])
    assert (found.status, found.reason) == (Status.NOT_ASSESSABLE, Reason.DEFINITION_BREAK)
    assert (found.final, found.firmness) == (False, Firmness.UNKNOWN)


@pytest.mark.parametrize(
    ("values", "t", "p", "status"),
    [
        ({"2023Q1": 150}, 0.25, 0.25, Status.ON_SCHEDULE),
        ({"2023H1": 299}, 0.5, 299 / 600, Status.WATCH),
        ({"2023H1": 240}, 0.5, 0.4, Status.BEHIND),
        ({"2023M1-9": 510}, 0.75, 0.85, Status.AHEAD),
        ({"2023H1": 600}, 0.5, 1.0, Status.ACHIEVED_EARLY),
        ({"2022": 700, "2023Q1": 60}, 0.25, 0.1, Status.BEHIND),
        ({"2023": 660}, 1.0, 1.1, Status.EXCEEDED),
        ({"2023": 600}, 1.0, 1.0, Status.COMPLETED),
        ({"2023": 570}, 1.0, 0.95, Status.NEARLY_COMPLETED),
        ({"2023": 560}, 1.0, 560 / 600, Status.MISSED),
    ],
)
def test_recurring_annual_flow(values: dict[str, float], t: float, p: float, status: Status) -> None:
    """每年不少于600名: year to date ÷ annual target against the share of the year elapsed."""
    found = judged(yearly(600), values)
    assert (found.status, found.t) == (status, t)
    assert found.p == pytest.approx(p)
    assert found.gap_points == pytest.approx(100 * (p - t))
    assert found.final is ("2023" in values), "a finished year is judged finally for that year"


@pytest.mark.parametrize(
    ("values", "as_of", "status", "day"),
    [
        ({"2025": 600, "2026Q1": 10}, "2026Q1", Status.COMPLETED, year_end(2025)),
        ({"2025M1-9": 500, "2026Q1": 10}, "2026Q1", Status.NOT_ASSESSABLE, date(2025, 9, 30)),
        ({"2024": 600}, "2025", Status.COMPLETED, year_end(2024)),
        ({"2024": 600}, "2026Q1", Status.NOT_ASSESSABLE, year_end(2024)),
        ({"2020": 900}, "2021Q1", Status.NO_DATA, None),
        ({}, "2020Q2", Status.NO_DATA, None),
        ({"2020": 900}, "2026Q1", Status.NOT_ASSESSABLE, None),
    ],
    ids=["after the plan", "last year unfinished", "a year is kept until the next", "last year missing"]
    + ["before the plan", "long before", "nothing at all"],
)
def test_recurring_annual_flow_within_its_plan(
    values: dict[str, float], as_of: str, status: Status, day: date | None
) -> None:
    found = judged(yearly(600), values, as_of=as_of)
    assert (found.status, found.actual and found.actual.day) == (status, day)
    assert (found.reason is Reason.NO_FINAL_ACTUAL) == (status is Status.NOT_ASSESSABLE)


def test_recurring_annual_flow_without_its_last_year_keeps_the_word_of_the_year_before() -> None:
    found = judged(yearly(600), {"2024": 600}, as_of="2026Q1")
    assert (found.earlier, found.final, found.since) == (Status.COMPLETED, False, None)


@pytest.mark.parametrize(
    ("changes", "values", "as_of", "stale"),
    [
        ({}, {"2023": 600}, "2024-04-20", False),
        ({}, {"2023": 600}, "2024-04-21", True),
        ({}, {"2025": 600}, "2027", False),
        ({"frequency": Frequency.YEAR}, {"2023H1": 300}, "2024-01-20", False),
        ({"frequency": Frequency.YEAR}, {"2023H1": 300}, "2024-01-21", True),
        ({"frequency": Frequency.YEAR}, {"2023": 600}, "2025-01-20", False),
        ({"frequency": Frequency.YEAR}, {"2023": 600}, "2025-01-21", True),
    ],
)
def test_recurring_annual_flow_becomes_stale(
    changes: dict[str, Any], values: dict[str, float], as_of: str, stale: bool
) -> None:
    assert judged(yearly(600, due_days=20, **changes), values, as_of=as_of).stale is stale


@pytest.mark.parametrize(
    ("value", "as_of", "status", "p"),
    [
        (20, "2021", Status.ON_SCHEDULE, 0.2),
        (19, "2021", Status.WATCH, 0.19),
        (5, "2021Q1", Status.ON_SCHEDULE, 0.05),
    ],
)
def test_whole_plan_flow(value: float, as_of: str, status: Status, p: float) -> None:
    """培养100名: Σ since the plan's start ÷ T against t."""
    found = judged(whole_plan(100), {as_of: value})
    assert (found.status, found.p, found.t) == (status, pytest.approx(p), 0.2 if as_of == "2021" else 0.05)


def test_whole_plan_flow_from_returns() -> None:
    trained = whole_plan(100)
    returns = [observation("2021", 25), observation("2022Q1", 4), observation("2022Q2", 6)]
    found = assess(trained, history(trained, returns), as_of=date(2022, 7, 1), rule=rule())
    assert (found.p, found.t, found.status) == (0.35, 0.3, Status.ON_SCHEDULE)


@pytest.mark.parametrize(("value", "status"), [(100, Status.COMPLETED), (120, Status.EXCEEDED)])
def test_met_early_and_still_standing(value: float, status: Status) -> None:
    """The final word wins, with 提前于… beside it."""
    found = judged(target(), {"2023": 100, "2024": 105, "2025": value, "2026": 1})
    assert (found.status, found.since) == (status, year_end(2023))


def test_met_early_and_lost_at_the_end() -> None:
    found = judged(target(), {"2023": 100, "2025": 96})
    assert (found.status, found.since) == (Status.NEARLY_COMPLETED, None)


# -- catch-up ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("of", "values", "needed", "steps", "recent", "multiple"),
    [
        (target(), {"2021": 10, "2022": 30}, 70 / 3, 3, 20, 70 / 60),
        (target(**QUARTERLY), {"2021": 10, "2022": 30}, 70 / 12, 12, 5, 70 / 60),
        (target(10, 5, **LOWER), {"2021": 9}, -1, 4, -1, 1),
        (yearly(600), {"2022Q1": 100, "2022": 500, "2023Q1": 120}, 160, 3, 130, 160 / 130),
        (yearly(600, frequency=Frequency.YEAR), {"2022H1": 200, "2022": 500, "2023H1": 300}, 150, 2, 150, 1),
        (whole_plan(100), {"2021": 10}, 90 / 16, 16, 2.5, 2.25),
        (
            target(measure=MeasureType.FLOW, **QUARTERLY),
            {"2021": 10, "2022": 30},
            70 / 3,
            3,
            20,
            70 / 60,
        ),
    ],
    ids=[
        "yearly data",
        "quarterly data",
        "coming down",
        "每年",
        "每年, yearly data",
        "累计",
        "a dated flow has years",
    ],
)
def test_catch_up(
    of: Target, values: dict[str, float], needed: float, steps: float, recent: float, multiple: float
) -> None:
    catch_up = judged(of, values).catch_up
    assert catch_up is not None
    assert catch_up.pace is Pace.KNOWN
    assert (catch_up.needed, catch_up.steps) == (pytest.approx(needed), steps)
    assert (catch_up.recent, catch_up.multiple) == (pytest.approx(recent), pytest.approx(multiple))


@pytest.mark.parametrize(
    ("values", "pace", "recent"),
    [
        ({"2021": 10, "2022": 10}, Pace.NONE, 0),
        ({"2021": 10, "2022": 10 + 1e-12}, Pace.NONE, 0),
        ({"2021": 10, "2022": 5}, Pace.WRONG_WAY, -5),
        ({"2022": 10}, Pace.UNKNOWN, None),
    ],
)
def test_a_pace_without_a_multiple(values: dict[str, float], pace: Pace, recent: float | None) -> None:
    catch_up = judged(target(), values).catch_up
    assert catch_up is not None
    assert (catch_up.pace, catch_up.multiple) == (pace, None)
    assert catch_up.recent == (recent if recent is None else pytest.approx(recent, abs=1e-9))
    assert catch_up.needed == pytest.approx((100 - values["2022"]) / 3)


@pytest.mark.parametrize("values", [{"2023Q1": 120}, {"2022": 500, "2023Q1": 120}, {"2022Q1": 90, "2023Q1": 120}])
def test_a_yearly_flow_needs_four_quarters_for_a_pace(values: dict[str, float]) -> None:
    catch_up = judged(yearly(600), values).catch_up
    assert catch_up is not None
    assert catch_up.pace is Pace.UNKNOWN


def test_pace_over_a_leap_february() -> None:
    monthly = target(frequency=Frequency.MONTH)
    catch_up = judged(monthly, {"2024-02": 60, "2025-02": 72}).catch_up
    assert catch_up is not None
    assert catch_up.recent == 3


def test_pace_never_crosses_a_break_of_definition() -> None:
    before, now = actual("2021", 10), actual("2022", 30, definition=2)
    compared = judged(target(definitions=(1, 2)), [before, now]).catch_up
    broken = judged(target(5, restated=((2, 6.0),)), [before, now]).catch_up
    assert compared is not None and compared.recent == 20
    assert broken is not None and broken.pace is Pace.UNKNOWN


def test_steps_from_a_census_day_are_parts_of_a_year() -> None:
    catch_up = judged(target(), {"2021-11-01": 10}).catch_up
    assert catch_up is not None
    assert catch_up.steps == pytest.approx(4.16, abs=0.005)


@pytest.mark.parametrize(
    ("of", "values", "as_of"),
    [
        (target(), {"2022": 100}, "2022"),
        (target(), {"2022": 50}, "2025"),
        (target(None), {"2022": 50}, "2022"),
        (target(0, 1, **TITLES), {"2022": 0}, "2022"),
        (target(), {"2025": 50}, "2025"),
    ],
    ids=["met", "no time left", "no baseline", "no line between", "over"],
)
def test_nothing_to_catch_up(of: Target, values: dict[str, float], as_of: str) -> None:
    assert judged(of, values, as_of=as_of).catch_up is None


# -- firm or borderline ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "revisions", "firmness"),
    [
        ({"2022": 42}, [], Firmness.UNKNOWN),
        ({"2020": 0, "2022": 42}, [], Firmness.UNKNOWN),
        ({"2021": 25, "2022": 42}, [], Firmness.FIRM),
        ({"2021": 5, "2022": 42}, [], Firmness.BORDERLINE),
        ({"2021": 25, "2022": 42}, [1], Firmness.FIRM),
        ({"2021": 25, "2022": 42}, [3], Firmness.BORDERLINE),
        ({"2021": 25, "2022": 42}, [-3, 3], Firmness.BORDERLINE),
        ({"2021": 25, "2022": 48}, [3], Firmness.BORDERLINE),
        ({"2021": 25, "2022": 42}, [1, 1, 90], Firmness.FIRM),
        ({"2021": 25, "2022": 42}, [0, 0], Firmness.FIRM),
        ({"2024": 10, "2025": 101}, [], Firmness.FIRM),
        ({"2024": 10, "2025": 101}, [1], Firmness.FIRM),
        ({"2024": 10, "2025": 101}, [2], Firmness.BORDERLINE),
        ({"2025": 101}, [2], Firmness.UNKNOWN),
        ({"2024": 10, "2025": 101, "2026": 0}, [1], Firmness.FIRM),
        ({"2024": 10, "2025": 101, "2026": 0}, [2], Firmness.BORDERLINE),
    ],
    ids=["one actual", "the baseline is not an actual", "firm", "without the latest", "small revision"]
    + ["down by a revision", "size counts", "up by a revision", "the median", "nothing was ever revised"]
    + [
        "final",
        "final, small revision",
        "final, revision",
        "final, one actual",
        "final, one later",
        "final, one later, revision",
    ],
)
def test_firm_or_borderline(values: dict[str, float], revisions: list[float], firmness: Firmness) -> None:
    assert judged(target(), values, revisions=revisions).firmness is firmness


@pytest.mark.parametrize(
    ("values", "firmness"),
    [
        ({"2022": 600, "2023Q1": 150}, Firmness.UNKNOWN),
        ({"2022": 100, "2023Q1": 150, "2023H1": 300}, Firmness.FIRM),
        ({"2022": 600, "2023Q1": 100, "2023H1": 300}, Firmness.BORDERLINE),
    ],
    ids=["first quarter", "of this year only", "without the latest"],
)
def test_a_yearly_flow_is_firm_by_its_own_year(values: dict[str, float], firmness: Firmness) -> None:
    assert judged(yearly(600), values).firmness is firmness


def test_a_whole_plan_flow_is_firm_or_borderline() -> None:
    assert judged(whole_plan(100), {"2021": 20, "2022": 40}).firmness is Firmness.FIRM
    assert judged(whole_plan(100), {"2021": 10, "2022": 40}).firmness is Firmness.BORDERLINE


def test_the_figure_before_a_break_is_judged_against_its_own_baseline() -> None:
    found = judged(target(restated=((2, 10.0),)), [actual("2021", 20), actual("2022", 46, definition=2)])
    assert (found.status, found.firmness) == (Status.ON_SCHEDULE, Firmness.FIRM)
