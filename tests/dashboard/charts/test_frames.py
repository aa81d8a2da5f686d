"""The rows behind a chart: one set for what is drawn and what is tabled."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from dashboard.charts.frames import Break, trajectory_of
from dashboard.charts.palette import LIGHT
from dashboard.charts.trajectory import trajectory
from dashboard.components.tabled import figures_table
from dashboard.i18n import words
from indicators.definition import MeasureType
from indicators.monitor import Judged
from indicators.period import year_end
from indicators.plan import PathShape, Recurrence
from tests import builders as make
from tests.judged import BEDS, QUARTERLY, judged, only, rows

NOTHING = pl.DataFrame(schema={"period_end": pl.Date, "value": pl.Float64})


def test_points_stand_at_the_end_of_their_period_with_what_was_required_there() -> None:
    frames = trajectory_of(judged({"2021": 7.44, "2022": 7.55}))
    assert frames.points["day"].to_list() == [date(2021, 12, 31), date(2022, 12, 31)]
    assert frames.points["expected"].to_list() == pytest.approx([7.532, 7.724])


def test_the_path_runs_from_baseline_to_target() -> None:
    frames = trajectory_of(judged(BEDS))
    assert frames.path.rows() == [(date(2020, 12, 31), 7.34, 0), (date(2025, 12, 31), 8.30, 0)]
    assert frames.baseline == (date(2020, 12, 31), 7.34)
    assert frames.target == (date(2025, 12, 31), 8.30)
    assert not frames.provisional


def test_a_curved_path_has_points_enough_for_its_curve() -> None:
    path = trajectory_of(judged(BEDS, shape=PathShape.GEOMETRIC)).path
    middle = path.filter(pl.col("day") == date(2023, 6, 30))
    assert path.height > 50
    assert path["day"].is_sorted()
    assert all(value < 7.34 + 0.5 * 0.96 for value in middle["value"])  # below the chord


def test_nothing_reported_leaves_the_path_and_no_points() -> None:
    frames = trajectory_of(judged({}))
    assert frames.points.is_empty()
    assert frames.path.height == 2


def test_a_missing_quarter_breaks_the_line_and_leaves_a_hole() -> None:
    frames = trajectory_of(judged({"2021Q1": 7.35, "2021Q2": 7.36, "2021Q4": 7.4, "2022Q1": 7.5}))
    assert frames.points["segment"].to_list() == [0, 0, 1, 1]
    assert frames.holes.rows() == [(0, date(2021, 6, 30), 7.36), (0, date(2021, 12, 31), 7.4)]


def test_quarters_missing_right_after_the_baseline_are_a_hole_too() -> None:
    frames = trajectory_of(judged({"2021Q3": 7.40, "2021Q4": 7.44}))
    assert frames.holes.rows() == [(0, date(2020, 12, 31), 7.34), (0, date(2021, 9, 30), 7.40)]
    assert frames.points["segment"].to_list() == [1, 1]


def test_yearly_figures_a_year_apart_have_no_hole() -> None:
    assert trajectory_of(judged({"2021": 7.44, "2022": 7.55, "2023": 7.71})).holes.is_empty()


def test_titles_have_no_holes_however_rarely_they_come() -> None:
    titles = make.definition(measure=MeasureType.TITLES)
    frames = trajectory_of(judged({"2021": 10, "2024": 13}, titles, baseline_value=10, target_value=14))
    assert frames.holes.is_empty()
    assert frames.points["segment"].to_list() == [0, 0]
    assert frames.path.is_empty()


def test_without_a_baseline_the_path_starts_at_the_first_figure_and_is_provisional() -> None:
    frames = trajectory_of(judged({"2021": 70.0, "2022": 71.0}, baseline_value=None, baseline_year=None))
    assert frames.provisional
    assert frames.baseline is None
    assert frames.path.row(0) == (date(2021, 12, 31), 70.0, 0)


def test_a_flow_with_a_dated_target_shows_completed_years_only() -> None:
    flow = make.definition(**QUARTERLY | {"measure": MeasureType.FLOW, "unit": "亿人次"})
    so_far = {"2022Q4": 1.9, "2023M1-9": 2.1, "2023": 2.8, "2024Q1": 0.7}
    one = judged(so_far, flow, as_of=date(2024, 3, 31), baseline_value=2.0, target_value=3.5)
    assert trajectory_of(one).points["day"].to_list() == [date(2023, 12, 31)]
    assert [a.day for a in one.within_year] == [date(2024, 3, 31)]


def test_a_yearly_flow_starts_anew_each_january_on_a_path_of_its_own() -> None:
    flow = make.definition(**QUARTERLY | {"measure": MeasureType.FLOW, "unit": "张", "decimals": 0})
    without = {"baseline_value": None, "baseline_year": None, "target_value": 600.0, "recurrence": Recurrence.YEARLY}
    frames = trajectory_of(judged({"2023": 640, "2024Q1": 150, "2024H1": 310}, flow, **without))
    assert frames.line.rows() == [
        (year_end(2022), 0.0, 0),
        (year_end(2023), 640.0, 0),
        (year_end(2023), 0.0, 1),
        (date(2024, 3, 31), 150.0, 1),
        (date(2024, 6, 30), 310.0, 1),
    ]
    assert frames.points["expected"].to_list() == [600.0, 150.0, 300.0]
    assert frames.path.filter(pl.col("piece") == 3).rows() == [(year_end(2023), 0.0, 3), (year_end(2024), 600.0, 3)]
    assert frames.target == (year_end(2024), 600.0)
    assert [day.year for day, _ in frames.goals] == [2021, 2022, 2023, 2025]
    assert frames.baseline is None


def test_a_sum_over_the_plan_starts_at_nothing() -> None:
    flow = make.definition(**QUARTERLY | {"measure": MeasureType.FLOW, "unit": "名", "decimals": 0})
    without = {"baseline_value": None, "baseline_year": None, "recurrence": Recurrence.WHOLE_PLAN}
    frames = trajectory_of(judged({"2021": 18, "2022": 20}, flow, target_value=100.0, **without))
    assert frames.line.rows() == [(year_end(2020), 0.0, 0), (year_end(2021), 18.0, 0), (year_end(2022), 38.0, 0)]
    assert frames.points["expected"].to_list() == [20.0, 40.0]
    assert frames.baseline is None


OLD = make.definition(**QUARTERLY)
NEW = make.definition(2, effective_from=date(2023, 1, 1), comparable=False, **QUARTERLY)
ACROSS = {"2021": 7.4, "2022": 7.5, "2023": 9.0, "2024": 9.1}


def test_a_new_definition_that_does_not_compare_has_no_required_value() -> None:
    one = judged(ACROSS, OLD, NEW)
    frames = trajectory_of(one)
    assert one.assessment.status == "not_assessable"
    assert frames.breaks == [Break(date(2023, 1, 1), 2)]
    assert frames.points["expected"].is_null().to_list() == [False, False, True, True]


def test_a_restated_baseline_gives_the_path_the_verdict_rests_on() -> None:
    one = judged(ACROSS, OLD, NEW, target_value=10.0, comparables=((2, 8.6),))
    frames = trajectory_of(one)
    assert frames.path.row(0) == (date(2020, 12, 31), 8.6, 0)
    assert frames.points["expected"].to_list() == [None, None, *map(pytest.approx, (9.44, one.assessment.expected))]


@pytest.mark.parametrize(
    "one",
    [
        judged(BEDS),
        judged({"2021Q1": 7.4, "2021Q4": 7.5}),
        judged({"2021": 70.0}, baseline_value=None, baseline_year=None),
    ],
    ids=["quarters", "hole", "provisional"],
)
def test_the_table_and_the_chart_show_the_same_rows(one: Judged) -> None:
    w = words("zh")
    chart = trajectory(one, w=w, ground=LIGHT)
    assert chart is not None
    spec = chart.to_dict()
    table = figures_table(one, NOTHING, w)
    drawn = rows(spec, only(spec, "point", opacity=0))
    assert table.count("<tr>") == 1 + len(drawn)
    for row in drawn:
        cells = [row[name] for name in ("period", "actual", "should", "off")]
        assert all(f">{cell}<" in table for cell in cells), cells
