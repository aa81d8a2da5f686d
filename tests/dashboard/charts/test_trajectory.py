"""The chart by a few keys of its specification: what is marked where, in which form and colour."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import pytest

from dashboard.charts.beside import Beside
from dashboard.charts.palette import DARK, LIGHT, Ground, status_colour
from dashboard.charts.trajectory import drawing, trajectory
from dashboard.i18n import words
from indicators.definition import Direction, MeasureType
from indicators.monitor import Judged
from indicators.period import year_end
from indicators.plan import Operator, Recurrence
from indicators.revisions import Recorded, revisions
from tests import builders as make
from tests.judged import BEDS, QUARTERLY, Earlier, Spec, judged, layers, only, rows, texts, written

GROUNDS = pytest.mark.parametrize("ground", [LIGHT, DARK], ids=["light", "dark"])


def drawn(one: Judged, *, language: str = "zh", ground: Ground = LIGHT) -> Spec:
    chart = trajectory(one, w=words(language), ground=ground)
    assert chart is not None
    spec: dict[str, Any] = chart.to_dict()
    return spec


def touched(spec: Spec) -> Spec:
    """The layer that tells of each point."""
    return only(spec, "point", opacity=0)


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
    (label,) = [layer for layer in layers(spec, "text") if written(layer) == f"差 {abs(latest - 8.108):.2f}"]
    assert label["mark"]["color"] == colour


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
    assert rows(spec, path)[0] == {"day": "2021-12-31", "value": 70.0, "piece": 0}
    assert path["mark"]["color"] == LIGHT.muted
    assert "参考路径(基期未公布)" in texts(spec)
    assert not layers(spec, "point", shape="circle")
    assert not layers(spec, "area")


def test_a_flow_with_a_dated_target_shows_completed_years_only() -> None:
    flow = make.definition(**QUARTERLY | {"measure": MeasureType.FLOW, "unit": "亿人次"})
    so_far = {"2022": 2.4, "2023": 2.8, "2024Q1": 0.7, "2024H1": 1.4}
    spec = drawn(judged(so_far, flow, as_of=date(2024, 6, 30), baseline_value=2.0, target_value=3.5))
    assert [row["period"] for row in rows(spec, touched(spec))] == ["2022年", "2023年"]


def test_a_break_of_definition_is_an_upright_dotted_rule_and_nothing_is_compared_across_it() -> None:
    new = make.definition(2, effective_from=date(2023, 1, 1), comparable=False, **QUARTERLY)
    spec = drawn(judged({"2022": 7.5, "2023": 9.0, "2024": 9.1}, make.definition(**QUARTERLY), new))
    assert rows(spec, only(spec, "rule", strokeDash=[1, 3])) == [{"day": "2023-01-01"}]
    assert "口径第2版" in texts(spec)
    assert [row["should"] for row in rows(spec, touched(spec))] == ["7.72", "—", "—"]
    assert not [text for text in texts(spec) if text.startswith("差")]


def test_lower_is_better_puts_the_baseline_label_above_its_falling_path() -> None:
    fall = make.definition(**QUARTERLY | {"direction": Direction.LOWER})
    spec = drawn(judged({"2021": 9.0}, fall, baseline_value=10.0, target_value=8.0, operator=Operator.AT_MOST))
    (label,) = [layer for layer in layers(spec, "text") if written(layer) == "基期 10.00/2020年末"]
    assert label["mark"]["dy"] < -label["mark"]["lineHeight"]
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
    points = touched(spec)
    assert [tip["title"] for tip in points["encoding"]["tooltip"]] == ["Period", "Actual", "Required", "Gap"]
    last = rows(spec, points)[-1]
    assert [last[name] for name in ("period", "actual", "should", "off")] == ["end 2024", "7.87", "8.11", "−0.24"]


def test_english_labels_are_english() -> None:
    said = texts(drawn(judged(BEDS), language="en"))
    assert {"Baseline 7.34/end 2020", "Target 8.30/end 2025", "required path", "gap 0.24"} <= set(said)


def test_nothing_to_draw_is_no_chart() -> None:
    without = judged({}, baseline_value=None, baseline_year=None)
    assert trajectory(without, w=words("zh"), ground=LIGHT) is None


# -- what stands beside ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Said:
    """A dated note, as its owner wrote it."""

    day: date
    kind: str = "policy"
    text: str = "新规划印发"
    link: str = ""


def recorded(year: int, value: float, vintage: str, month: int) -> Recorded:
    return Recorded(year_end(year), value, datetime(2024, month, 20), vintage)


REVISED = revisions([recorded(2023, 7.9, "flash", 1), recorded(2023, 7.71, "annual", 5)])


def with_(one: Judged, language: str = "zh", **what: Any) -> Spec:
    spec = drawing(one, w=words(language), ground=LIGHT, beside=Beside(**what))
    assert spec is not None
    return spec


def test_a_revised_point_keeps_its_earlier_value_as_a_small_hollow_ghost_tied_to_it() -> None:
    spec = with_(judged(BEDS), revisions=REVISED)
    ghost = only(spec, "point", size=22)
    assert rows(spec, ghost) == [{"day": "2023-12-31", "value": 7.9, "now": 7.71}]
    assert (ghost["mark"]["fill"], ghost["mark"]["stroke"]) == (LIGHT.card, LIGHT.muted)
    assert [row["was"] for row in rows(spec, touched(spec))] == ["—", "—", "快报 7.90 → 年报 7.71 (2024-05-20)", "—"]


def test_a_revision_too_small_to_see_is_told_and_not_drawn() -> None:
    small = revisions([recorded(2023, 7.711, "flash", 1), recorded(2023, 7.71, "annual", 5)])
    spec = with_(judged(BEDS), revisions=small, usual=0.001)
    assert not layers(spec, "point", size=22)
    assert not layers(spec, "tick")
    assert "was" in rows(spec, touched(spec))[2]


def test_a_flash_figure_is_hollow_and_a_settled_one_filled() -> None:
    one = judged(BEDS)
    seen = tuple(replace(o, vintage="flash" if o.period.end.year == 2024 else "annual") for o in one.observations)
    spec = with_(replace(one, observations=seen))
    filled, hollow = layers(spec, "point", size=34)
    assert (filled["mark"]["fill"], len(rows(spec, filled))) == (LIGHT.accent, 3)
    assert (hollow["mark"]["fill"], rows(spec, hollow)) == (LIGHT.card, [{"day": "2024-12-31", "value": 7.87}])


def test_the_usual_revision_is_a_whisker_at_the_latest_point() -> None:
    spec = with_(judged(BEDS), usual=0.05)
    caps = rows(spec, only(spec, "tick"))
    assert [row["value"] for row in caps] == pytest.approx([7.82, 7.92])


def test_a_borderline_verdict_has_a_ring_and_its_word() -> None:
    shaky = judged({**BEDS, "2024": 8.01}, revisions=[0.3])
    assert shaky.assessment.firmness == "borderline"
    spec = with_(shaky)
    assert only(spec, "point", strokeDash=[3, 2])
    assert "2024年末/临界" in texts(spec)
    assert not layers(with_(judged(BEDS)), "point", strokeDash=[3, 2])


def test_an_earlier_path_is_fainter_and_says_until_when() -> None:
    one = judged(BEDS)
    old = Earlier(datetime(2023, 5, 1), replace(one.target, low=8.0, high=8.0))
    spec = with_(one, paths=(old,))
    path = only(spec, "line", strokeDash=[2, 3])
    assert [row["value"] for row in rows(spec, path)] == [7.34, 8.0]
    assert path["mark"]["color"] == LIGHT.muted
    assert "原路径(至2023-05)" in texts(spec)
    assert "earlier path (to 2023-05)" in texts(with_(one, "en", paths=(old,)))


def test_notes_are_numbered_flags_and_those_close_together_stand_above_each_other() -> None:
    notes = (Said(date(2022, 3, 1)), Said(date(2022, 4, 1)), Said(date(2024, 3, 1)), Said(date(2031, 1, 1)))
    spec = with_(judged(BEDS), notes=notes)
    flags = layers(spec, "point", size=190)
    assert [flag["mark"]["yOffset"] for flag in flags] == [-10, -27, -10]
    assert rows(spec, flags[0])[0]["told"] == "2022-03-01 新规划印发"
    assert {"1", "2", "3"} <= set(texts(spec)) and "4" not in texts(spec)


def test_a_range_has_both_its_ends() -> None:
    span = {"operator": Operator.RANGE, "target_value": None, "target_low": 30.0, "target_high": 50.0}
    one = judged({"2021": 12, "2022": 18}, make.definition(unit="家"), baseline_value=8.0, **span)
    spec = with_(one)
    assert sorted(row["value"] for mark in layers(spec, "point", shape="diamond") for row in rows(spec, mark)) == [
        30,
        50,
    ]
    assert "目标 30–50/2025年末" in texts(spec)


def test_a_yearly_flow_is_a_tooth_a_year_with_a_path_each() -> None:
    flow = make.definition(**QUARTERLY | {"measure": MeasureType.FLOW, "unit": "名", "decimals": 0})
    years = {"2023": 640, "2024Q1": 150, "2024H1": 310}
    without = {"baseline_value": None, "baseline_year": None, "recurrence": Recurrence.YEARLY}
    spec = with_(judged(years, flow, target_value=600.0, **without))
    path = rows(spec, only(spec, "line", strokeDash=[5, 4]))
    assert [row["value"] for row in path] == [0, 600] * 5
    line = rows(spec, only(spec, "line", strokeWidth=2.4))
    assert [(row["value"], row["segment"]) for row in line] == [(0, 0), (640, 0), (0, 1), (150, 1), (310, 1)]
    assert len(rows(spec, only(spec, "point", shape="diamond", size=46))) == 4
    assert spec["layer"][1]["encoding"]["y"]["scale"]["domain"][0] == 0


def test_a_finished_drawing_carries_its_rows_in_each_layer_and_is_made_once() -> None:
    one = judged(BEDS)
    spec = with_(one)
    assert "datasets" not in spec and "data" not in spec
    assert all("values" in layer["data"] for layer in layers(spec))
    assert drawing(one, w=words("zh"), ground=LIGHT, beside=Beside()) is spec
