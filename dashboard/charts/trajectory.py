"""The chart at the heart: baseline, required path, actuals, target and the gap between, labelled where the eye is.

A judged target in, an Altair chart out. No legend, no second axis; points stand at the end of their period and
years are named in their middle.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Any, TypeAlias

import altair as alt
import polars as pl

from dashboard.charts.frames import Trajectory, trajectory_of
from dashboard.charts.palette import Ground, status_colour
from dashboard.charts.theme import themed
from dashboard.figures import change, day_name, number, target_text
from dashboard.i18n import Words
from indicators.definition import MeasureType
from indicators.monitor import Judged

__all__ = ["trajectory"]

Layer: TypeAlias = alt.Chart | alt.LayerChart

HEIGHT = 380
_NARROW = "width < 460"  # a phone: shorter labels, smaller type


@lru_cache(maxsize=128)
def trajectory(one: Judged, *, w: Words, ground: Ground) -> alt.LayerChart | None:
    """The trajectory of one target; None when there is neither a path nor a figure to draw."""
    frames = trajectory_of(one)
    if frames.points.is_empty() and frames.path.is_empty():
        return None
    x, y = _axes(one, frames, w, ground)
    layers = [
        _years(frames, ground, x),
        *_gap(one, frames, x, y, w, ground),
        *_paths(frames, x, y, w, ground),
        *_breaks(frames, x, ground),
        *_actuals(one, frames, x, y, w, ground),
        *_ends(one, frames, x, y, w, ground),
    ]
    chart = alt.layer(*layers).properties(width="container", height=HEIGHT)
    return themed(chart, ground)


def _day(day: date) -> str:
    return day.isoformat()


def _rows(frame: pl.DataFrame) -> alt.InlineData:
    rows = [
        {k: v.isoformat() if isinstance(v, date) else v for k, v in row.items()} for row in frame.iter_rows(named=True)
    ]
    return alt.InlineData(values=rows)


def _span(frames: Trajectory) -> tuple[date, date]:
    """From the start of the first year to a little past the last point, so that labels have room."""
    days = [*frames.points["day"], *frames.path["day"], frames.target[0]]
    days += [frames.baseline[0]] if frames.baseline else []
    first, last = min(days), max(days)
    start = date(first.year, 1, 1) if (first.month, first.day) != (12, 31) else first - timedelta(days=45)
    return start, last + timedelta(days=60)


def _bounds(frames: Trajectory) -> tuple[float, float]:
    """The value axis: everything drawn, with room for labels above and below."""
    values = [*frames.points["value"], *frames.path["value"], frames.target[1]]
    values += [frames.baseline[1]] if frames.baseline else []
    low, high = min(values), max(values)
    room = (high - low) * 0.16 or abs(high) * 0.05 or 1
    return low - room, high + room


def _axes(one: Judged, frames: Trajectory, w: Words, ground: Ground) -> tuple[alt.X, alt.Y]:
    start, end = _span(frames)
    years = [date(year, 7, 2) for year in range(start.year, end.year + 1) if start < date(year, 7, 2) < end]
    suffix = "年" if w.chinese else ""
    x = alt.X(
        "day:T",
        title=None,
        scale=alt.Scale(type="utc", domain=[_day(start), _day(end)]),
        axis=alt.Axis(
            values=[_day(day) for day in years],
            labelExpr=f"utcFormat(datum.value, '%Y') + ({_NARROW} ? '' : '{suffix}')",
            grid=False,
            domain=True,
            labelPadding=8,
            labelOverlap=True,
        ),
    )
    low, high = _bounds(frames)
    unit = one.definition.unit if w.chinese else one.definition.unit_en or one.definition.unit
    y = alt.Y(
        "value:Q",
        title=unit,
        scale=alt.Scale(domain=[low, high], nice=False, zero=False),
        axis=alt.Axis(
            grid=True,
            domain=False,
            tickCount=6,
            format=f",.{one.definition.decimals}f",
            labelPadding=6,
            titleAngle=0,
            titleAlign="left",
            titleBaseline="bottom",
            titleX=0,
            titleY=-6,
        ),
    )
    return x, y


def _years(frames: Trajectory, ground: Ground, x: alt.X) -> Layer:
    """A hairline at each turn of the year."""
    start, end = _span(frames)
    turns = [{"day": _day(date(year, 12, 31))} for year in range(start.year, end.year + 1)]
    turns = [turn for turn in turns if _day(start) < turn["day"] < _day(end)]
    rule: alt.Chart = alt.Chart(alt.InlineData(values=turns)).mark_rule(color=ground.line, strokeWidth=1)
    return rule.encode(x=x)


def _paths(frames: Trajectory, x: alt.X, y: alt.Y, w: Words, ground: Ground) -> list[Layer]:
    if frames.path.is_empty():
        return []
    dash = [2, 4] if frames.provisional else [5, 4]
    colour = ground.muted if frames.provisional else ground.ink
    line = alt.Chart(_rows(frames.path)).mark_line(color=colour, strokeDash=dash, strokeWidth=1.2).encode(x=x, y=y)
    return [line, _path_name(frames, colour, x, y, w)]


def _path_name(frames: Trajectory, colour: str, x: alt.X, y: alt.Y, w: Words) -> Layer:
    """The path's name, a third of the way along it, on the side where the actuals are not."""
    (first, last), (low, high) = (frames.path["day"][0], frames.path["day"][-1]), frames.path["value"][[0, -1]]
    third = date.fromordinal(round(first.toordinal() + 0.36 * (last - first).days))
    spot = pl.DataFrame({"day": [third], "value": [low + 0.36 * (high - low)]})
    gaps = (frames.points["value"] - frames.points["expected"]).drop_nulls()
    ahead = not gaps.is_empty() and gaps.sum() > 0
    side: dict[str, Any] = {"align": "left", "dy": 14, "dx": 6} if ahead else {"align": "right", "dy": -10, "dx": -4}
    name = w("chart.provisional" if frames.provisional else "chart.path")
    label: alt.Chart = alt.Chart(_rows(spot)).mark_text(color=colour, fontSize=11, **side)
    return label.encode(x=x, y=y, text=alt.value(name))


def _gap(one: Judged, frames: Trajectory, x: alt.X, y: alt.Y, w: Words, ground: Ground) -> list[Layer]:
    """The band between what is and what should be, and its size at the latest point."""
    inside = frames.points.filter(pl.col("expected").is_not_null())
    if inside.is_empty() or frames.provisional or (not one.target.measurable and not one.target.accumulates):
        return []
    colour = status_colour(one.assessment.status, ground)
    if frames.baseline is not None:
        day, value = frames.baseline
        first = inside.head(1).with_columns(
            day=pl.lit(day), value=pl.lit(value), expected=pl.lit(value), segment=pl.lit(0, pl.Int32)
        )
        inside = pl.concat([first, inside])
    band = (
        alt.Chart(_rows(inside))
        .mark_area(color=colour, opacity=0.1)
        .encode(x=x, y=y, y2="expected:Q", detail="segment:N")
    )
    last = inside.tail(1)
    gap = one.assessment.gap_units
    low, high = _bounds(frames)
    if gap is None or abs(last["value"][0] - last["expected"][0]) < 0.08 * (high - low):
        return [band]  # too narrow to write in; the verdict says it
    rule = alt.Chart(_rows(last)).mark_rule(color=colour, strokeWidth=1.5).encode(x=x, y=y, y2="expected:Q")
    text = w("chart.gap", value=change(abs(gap), one.definition, w).split(" ")[0])
    middle = last.with_columns(value=(pl.col("value") + pl.col("expected")) / 2)
    label = (
        alt.Chart(_rows(middle))
        .mark_text(align="right", dx=-7, color=colour, fontWeight="bold", fontSize=12)
        .encode(x=x, y=y, text=alt.value(text))
    )
    return [band, rule, label]


def _breaks(frames: Trajectory, x: alt.X, ground: Ground) -> list[Layer]:
    """A dotted upright where the definition changes."""
    if not frames.breaks:
        return []
    data = alt.InlineData(values=[{"day": _day(day)} for day in frames.breaks])
    return [alt.Chart(data).mark_rule(color=ground.ink, strokeDash=[1, 3], strokeWidth=1.5).encode(x=x)]


def _actuals(one: Judged, frames: Trajectory, x: alt.X, y: alt.Y, w: Words, ground: Ground) -> list[Layer]:
    """The line of actuals, broken where a period is missing, its points, and the latest value."""
    if frames.points.is_empty():
        return []
    definition = one.definition
    points = frames.points
    if frames.baseline is not None and not one.target.accumulates:
        day, value = frames.baseline
        first = {"day": day, "value": value, "expected": value, "segment": 0, "definition": 0}
        line_data = pl.concat([pl.DataFrame([first], schema=points.schema), points])
    else:
        line_data = points
    step = "step-after" if definition.measure is MeasureType.TITLES else "linear"
    line = (
        alt.Chart(_rows(line_data))
        .mark_line(color=ground.accent, strokeWidth=2.4, interpolate=step)  # type: ignore[arg-type]
        .encode(x=x, y=y, detail="segment:N")
    )
    told = points.with_columns(
        period=pl.Series([day_name(d, w, measure=definition.measure) for d in points["day"]], dtype=pl.String),
        actual=pl.Series([number(v, definition.decimals) for v in points["value"]], dtype=pl.String),
        should=pl.Series(
            ["—" if e is None else number(e, definition.decimals) for e in points["expected"]], dtype=pl.String
        ),
        off=pl.Series(
            [
                "—" if e is None else number(v - e, definition.decimals, signed=True)
                for v, e in zip(points["value"], points["expected"], strict=True)
            ],
            dtype=pl.String,
        ),
    )
    tips = [("period", "tip_period"), ("actual", "tip_actual"), ("should", "tip_expected"), ("off", "tip_gap")]
    dots = (
        alt.Chart(_rows(told))
        .mark_point(color=ground.accent, fill=ground.accent, size=34, opacity=1)
        .encode(x=x, y=y, tooltip=[alt.Tooltip(f"{field}:N", title=w(f"chart.{key}")) for field, key in tips])
    )
    layers = [line, dots, *_latest(one, frames, x, y, w, ground)]
    if not frames.holes.is_empty():
        dotted = alt.Chart(_rows(frames.holes)).mark_line(color=ground.accent, strokeDash=[1, 5], strokeWidth=1.6)
        layers.insert(0, dotted.encode(x=x, y=y, detail="hole:N"))
    return layers


def _latest(one: Judged, frames: Trajectory, x: alt.X, y: alt.Y, w: Words, ground: Ground) -> list[Layer]:
    """The latest value and its period, on the side of the point where the path is not."""
    last = frames.points.tail(1)
    value, expected, day = last["value"][0], last["expected"][0], last["day"][0]
    below = expected is not None and value < expected
    crowded = (frames.target[0] - day).days < 500
    align = "right" if crowded and not below else "left"
    dx = -4 if align == "right" else 8
    first, second = (16, 31) if below else (-24, -10)
    shown = number(value, one.definition.decimals)
    base: dict[str, Any] = {"align": align, "dx": dx, "color": ground.accent}
    name = day_name(day, w, measure=one.definition.measure)
    data = alt.Chart(_rows(last.select("day", "value")))
    return [
        data.mark_text(dy=first, fontSize=16, fontWeight="bold", **base).encode(x=x, y=y, text=alt.value(shown)),
        data.mark_text(dy=second, fontSize=11, **base).encode(x=x, y=y, text=alt.value(name)),
    ]


def _ends(one: Judged, frames: Trajectory, x: alt.X, y: alt.Y, w: Words, ground: Ground) -> list[Layer]:
    """The hollow circle of the baseline and the hollow diamond of the target, each with its value and year."""
    definition = one.definition
    marks = []
    if frames.baseline is not None and not one.target.accumulates:
        day, value = frames.baseline
        text = [w("chart.baseline", value=number(value, definition.decimals))]
        text.append(day_name(day, w, measure=definition.measure))
        falling = frames.target[1] < value
        marks.append(_mark(day, value, "circle", text, x, y, ground, align="left", dy=-30 if falling else 18))
    day, value = frames.target
    text = [
        w("chart.target", value=target_text(value, one.target.high, one.target.operator.value, definition)),
        day_name(day, w, measure=definition.measure),
    ]
    return [*marks, _mark(day, value, "diamond", text, x, y, ground, align="right", dy=-30)]


def _mark(
    day: date,
    value: float,
    shape: str,
    text: list[str],
    x: alt.X,
    y: alt.Y,
    ground: Ground,
    *,
    align: str,
    dy: int,
) -> Layer:
    data = alt.Chart(alt.InlineData(values=[{"day": _day(day), "value": value}]))
    point = data.mark_point(
        shape=shape, size=110, fill=ground.card, stroke=ground.ink, strokeWidth=1.8, opacity=1
    ).encode(x=x, y=y)
    label = data.mark_text(
        align=align,  # type: ignore[arg-type]
        dx=-6 if align == "left" else 8,
        dy=dy,
        fontSize=12,
        lineHeight=14,
        fontWeight="bold",
        color=ground.ink,
    ).encode(x=x, y=y, text=alt.value(text))
    return alt.LayerChart(layer=[point, label])
