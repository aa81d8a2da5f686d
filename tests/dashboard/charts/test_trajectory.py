"""The chart by a few keys of its specification: what is marked where, in which form and colour."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from dashboard.charts.palette import DARK, LIGHT, Ground, status_colour
from dashboard.charts.trajectory import trajectory
from dashboard.i18n import words
from indicators.definition import Direction, MeasureType
from indicators.monitor import Judged
from indicators.plan import Operator
from tests import builders as make
from tests.judged import BEDS, QUARTERLY, Spec, judged, layers, only, rows, texts

GROUNDS = pytest.mark.parametrize("ground", [LIGHT, DARK], ids=["light", "dark"])


def drawn(one: Judged, *, language: str = "zh", ground: Ground = LIGHT) -> Spec:
    chart = trajectory(one, w=words(language), ground=ground)
    assert chart is not None
    spec: dict[str, Any] = chart.to_dict()
    return spec


@GROUNDS
def test_the_baseline_is_a_hollow_circle_at_its_date_with_its_value_beside_it(ground: Ground) -> None:
    spec = drawn(judged(BEDS), ground=ground)
    circle = only(spec, "point", shape="circle")
    assert rows(spec, circle) == [{"day": "2020-12-31", "value": 7.34}]
    assert (circle["mark"]["fill"], circle["mark"]["stroke"]) == (ground.card, ground.ink)
    assert "基期 7.34/2020年末" in texts(spec)


@GROUNDS
def test_the_target_is_a_hollow_diamond_with_its_value_and_year(ground: Ground) -> None:
    spec = drawn(judged(BEDS), ground=ground)
    diamond = only(spec, "point", shape="diamond")
    assert rows(spec, diamond) == [{"day": "2025-12-31", "value": 8.3}]
    assert (diamond["mark"]["fill"], diamond["mark"]["stroke"]) == (ground.card, ground.ink)
    assert "目标 8.30/2025年末" in texts(spec)


@GROUNDS
def test_the_required_path_is_thin_dashed_ink_and_named(ground: Ground) -> None:
    spec = drawn(judged(BEDS), ground=ground)
    path = only(spec, "line", strokeDash=[5, 4])
    assert [row["value"] for row in rows(spec, path)] == [7.34, 8.30]
    assert path["mark"]["color"] == ground.ink
    assert path["mark"]["strokeWidth"] < 1.5
    assert "应达路径" in texts(spec)


@GROUNDS
def test_actuals_are_a_solid_line_of_the_accent_with_a_point_each_and_the_latest_value(ground: Ground) -> None:
    spec = drawn(judged(BEDS), ground=ground)
    line = only(spec, "line", interpolate="linear")
    assert line["mark"]["color"] == ground.accent
    assert "strokeDash" not in line["mark"]
    points = rows(spec, only(spec, "point", size=34))
    assert [row["value"] for row in points] == list(BEDS.values())
    assert {"7.87", "2024年末"} <= set(texts(spec))


@GROUNDS
@pytest.mark.parametrize(
    ("latest", "status"), [(7.87, "behind"), (7.5, "far_behind"), (8.29, "ahead")], ids=["behind", "far", "ahead"]
)
def test_the_gap_is_a_band_and_a_label_in_the_colour_of_the_status(latest: float, status: str, ground: Ground) -> None:
    one = judged({**BEDS, "2024": latest})
    assert one.assessment.status == status
    spec, colour = drawn(one, ground=ground), status_colour(status, ground)
    band = only(spec, "area")
    assert (band["mark"]["color"], band["encoding"]["y2"]["field"]) == (colour, "expected")
    assert only(spec, "text", fontWeight="bold", align="right", fontSize=12, dx=-7)["mark"]["color"] == colour
    assert f"差 {abs(latest - 8.108):.2f}" in texts(spec)


def test_a_gap_too_narrow_to_write_in_keeps_its_band() -> None:
    spec = drawn(judged({**BEDS, "2024": 8.10}))
    assert only(spec, "area")
    assert not [text for text in texts(spec) if text.startswith("差")]


def test_a_missing_quarter_breaks_the_line_and_is_joined_by_dots() -> None:
    spec = drawn(judged({"2021Q1": 7.35, "2021Q2": 7.36, "2021Q4": 7.40, "2022Q1": 7.50}))
    line = only(spec, "line", interpolate="linear")
    assert line["encoding"]["detail"]["field"] == "segment"
    assert [row["segment"] for row in rows(spec, line)] == [0, 0, 0, 1, 1]  # the baseline first
    dots = only(spec, "line", strokeDash=[1, 5])
    assert [row["day"] for row in rows(spec, dots)] == ["2021-06-30", "2021-12-31"]


def test_nothing_missing_nothing_dotted() -> None:
    quarters = {f"2021Q{n}": 7.34 + n / 50 for n in (1, 2, 3, 4)}
    assert not layers(drawn(judged(quarters)), "line", strokeDash=[1, 5])


def test_titles_are_steps_without_a_path_between() -> None:
    titles = make.definition(measure=MeasureType.TITLES)
    spec = drawn(judged({"2021": 10, "2024": 13}, titles, baseline_value=10, target_value=14))
    assert [row["segment"] for row in rows(spec, only(spec, "line", interpolate="step-after"))] == [0, 0, 0]
    assert not layers(spec, "line", strokeDash=[5, 4])
    assert not layers(spec, "area")


def test_without_a_baseline_the_path_is_provisional_dotted_and_says_so() -> None:
    spec = drawn(judged({"2021": 70.0, "2023": 71.0}, baseline_value=None, baseline_year=None))
    path = only(spec, "line", strokeDash=[2, 4])
    assert rows(spec, path)[0] == {"day": "2021-12-31", "value": 70.0}
    assert path["mark"]["color"] == LIGHT.muted
    assert "参考路径(基期未公布)" in texts(spec)
    assert not layers(spec, "point", shape="circle")
    assert not layers(spec, "area")


def test_a_flow_with_a_dated_target_shows_completed_years_only() -> None:
    flow = make.definition(**QUARTERLY | {"measure": MeasureType.FLOW, "unit": "亿人次"})
    so_far = {"2022": 2.4, "2023": 2.8, "2024Q1": 0.7, "2024H1": 1.4}
    spec = drawn(judged(so_far, flow, as_of=date(2024, 6, 30), baseline_value=2.0, target_value=3.5))
    assert [row["period"] for row in rows(spec, only(spec, "point", size=34))] == ["2022年", "2023年"]


def test_a_break_of_definition_is_an_upright_dotted_rule_and_nothing_is_compared_across_it() -> None:
    new = make.definition(2, effective_from=date(2023, 1, 1), comparable=False, **QUARTERLY)
    spec = drawn(judged({"2022": 7.5, "2023": 9.0, "2024": 9.1}, make.definition(**QUARTERLY), new))
    assert rows(spec, only(spec, "rule", strokeDash=[1, 3])) == [{"day": "2023-12-31"}]
    assert [row["should"] for row in rows(spec, only(spec, "point", size=34))] == ["7.72", "—", "—"]
    assert not [text for text in texts(spec) if text.startswith("差")]


def test_lower_is_better_puts_the_baseline_label_above_its_falling_path() -> None:
    fall = make.definition(**QUARTERLY | {"direction": Direction.LOWER})
    spec = drawn(judged({"2021": 9.0}, fall, baseline_value=10.0, target_value=8.0, operator=Operator.AT_MOST))
    above = [layer["mark"]["dy"] for layer in layers(spec, "text", align="left") if layer["mark"].get("lineHeight")]
    assert above == [-30]
    assert "目标 ≤8.00/2025年末" in texts(spec)


@pytest.mark.parametrize("one", [judged(BEDS), judged({})], ids=["figures", "only the path"])
@GROUNDS
def test_no_legend_one_axis_and_no_zero_where_it_would_flatten(one: Judged, ground: Ground) -> None:
    spec = drawn(one, ground=ground)
    assert spec["config"]["legend"] == {"disable": True}
    encodings = [layer["encoding"] for layer in layers(spec)]
    assert not any({"color", "shape", "opacity"} & set(encoding) for encoding in encodings)  # nothing to explain
    scales = [encoding["y"]["scale"] for encoding in encodings if "y" in encoding]
    assert all(scale == scales[0] and scale["zero"] is False for scale in scales)
    low, high = scales[0]["domain"]
    assert low < 7.34 < 8.30 < high < 9
    assert "resolve" not in spec
    assert not layers(spec, "bar")


def test_the_axis_has_the_decimals_of_the_definition() -> None:
    formats = {layer["encoding"]["y"]["axis"]["format"] for layer in layers(drawn(judged(BEDS)), "line")}
    assert formats == {",.2f"}


def test_a_point_tells_period_actual_required_and_gap_when_asked() -> None:
    spec = drawn(judged(BEDS), language="en")
    points = only(spec, "point", size=34)
    assert [tip["title"] for tip in points["encoding"]["tooltip"]] == ["Period", "Actual", "Required", "Gap"]
    last = rows(spec, points)[-1]
    assert [last[name] for name in ("period", "actual", "should", "off")] == ["end 2024", "7.87", "8.11", "−0.24"]


def test_english_labels_are_english() -> None:
    said = texts(drawn(judged(BEDS), language="en"))
    assert {"Baseline 7.34/end 2020", "Target 8.30/end 2025", "required path", "gap 0.24"} <= set(said)


def test_nothing_to_draw_is_no_chart() -> None:
    without = judged({}, baseline_value=None, baseline_year=None)
    assert trajectory(without, w=words("zh"), ground=LIGHT) is None
