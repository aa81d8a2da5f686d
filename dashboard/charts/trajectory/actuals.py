"""What really is: the line of actuals, its points, what they were before revision, and how sure the last is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import altair as alt
import polars as pl

from dashboard.charts.extent import ghosts, revised, whisker
from dashboard.charts.palette import status_colour
from dashboard.charts.trajectory.scene import Layer, Scene, iso, rows
from dashboard.figures import day_name, number
from dashboard.i18n import Words
from indicators.assessment import Firmness
from indicators.definition import MeasureType
from indicators.revisions import Recorded, Revision

__all__ = ["actuals", "revised_words"]


def actuals(scene: Scene) -> list[Layer]:
    """The line, broken where a period is missing, under its points and what is told of each."""
    if scene.frames.points.is_empty():
        return []
    return [*_lines(scene), *_before(scene), *_sureness(scene), *_dots(scene), _touched(scene)]


def _lines(scene: Scene) -> list[Layer]:
    frames, ground = scene.frames, scene.ground
    step = "step-after" if scene.one.definition.measure is MeasureType.TITLES else "linear"
    line = alt.Chart(rows(frames.line)).mark_line(color=ground.accent, strokeWidth=2.4, interpolate=step)  # type: ignore[arg-type]
    drawn: list[Layer] = [line.encode(x=scene.x, y=scene.y, detail="segment:N")]
    if not frames.holes.is_empty():
        dotted = alt.Chart(rows(frames.holes)).mark_line(color=ground.accent, strokeDash=[1, 5], strokeWidth=1.6)
        drawn.insert(0, dotted.encode(x=scene.x, y=scene.y, detail="hole:N"))
    return drawn


def _dots(scene: Scene) -> list[Layer]:
    """A filled point for each figure, a hollow one for a flash figure 快报 that is still to be settled."""
    points, ground = scene.frames.points, scene.ground
    drawn: list[Layer] = []
    for flash, fill in ((False, ground.accent), (True, ground.card)):
        mine = points.filter(pl.col("flash") == flash).select("day", "value")
        if not mine.is_empty():
            dots = alt.Chart(rows(mine)).mark_point(color=ground.accent, fill=fill, size=34, opacity=1)
            drawn.append(dots.encode(x=scene.x, y=scene.y))
    return drawn


def _before(scene: Scene) -> list[Layer]:
    """The values that revised points had: a small grey circle, tied to the point of today by a hairline."""
    found = ghosts(scene.one, scene.beside)
    if not found:
        return []
    now = dict(scene.frames.points.select("day", "value").iter_rows())
    data = alt.InlineData(values=[{"day": iso(r.end), "value": r.was.value, "now": now[r.end]} for r in found])
    chart, ground = alt.Chart(data), scene.ground
    hairline = chart.mark_rule(color=ground.muted, strokeWidth=0.8).encode(x=scene.x, y=scene.y, y2="now:Q")
    ghost = chart.mark_point(stroke=ground.muted, fill=ground.card, size=22, strokeWidth=1, opacity=1)
    return [hairline, ghost.encode(x=scene.x, y=scene.y)]


def _sureness(scene: Scene) -> list[Layer]:
    """A whisker as long as revisions usually are at the latest point, and a ring where the verdict hangs on it."""
    last = scene.frames.points.select("day", "value").tail(1)
    drawn: list[Layer] = []
    if usual := whisker(scene.one, scene.beside):
        ends = last.with_columns(value=pl.col("value") - usual, high=pl.col("value") + usual)
        stem = alt.Chart(rows(ends)).mark_rule(color=scene.ground.accent, strokeWidth=1.2, clip=True)
        drawn.append(stem.encode(x=scene.x, y=scene.y, y2="high:Q"))
        caps = pl.concat([ends.select("day", "value"), ends.select("day", value="high")])
        cap = alt.Chart(rows(caps)).mark_tick(color=scene.ground.accent, width=9, thickness=1.2, orient="horizontal")
        drawn.append(cap.encode(x=scene.x, y=scene.y))
    if scene.one.assessment.firmness is Firmness.BORDERLINE:
        colour = status_colour(scene.one.assessment.status, scene.ground)
        ring = alt.Chart(rows(last)).mark_point(
            shape="circle", size=240, stroke=colour, fill="transparent", strokeDash=[3, 2], strokeWidth=1.6, opacity=1
        )
        drawn.append(ring.encode(x=scene.x, y=scene.y))
    return drawn


def _touched(scene: Scene) -> Layer:
    """What a point tells when it is pointed at or touched: period, actual, required, gap, what it was before."""
    w, definition, points = scene.w, scene.one.definition, scene.frames.points
    before = revised_words(revised(scene.one, scene.beside), definition.decimals, w)
    told = []
    for day, value, expected in points.select("day", "value", "expected").iter_rows():
        row = {
            "day": iso(day),
            "value": value,
            "period": day_name(day, w, measure=definition.measure),
            "actual": number(value, definition.decimals),
            "should": "—" if expected is None else number(expected, definition.decimals),
            "off": "—" if expected is None else number(value - expected, definition.decimals, signed=True),
        }
        told.append(row | ({"was": before.get(day, "—")} if before else {}))
    tips = [("period", "tip_period"), ("actual", "tip_actual"), ("should", "tip_expected"), ("off", "tip_gap")]
    tips += [("was", "tip_revised")] if before else []
    target: alt.Chart = alt.Chart(alt.InlineData(values=told)).mark_point(size=420, opacity=0, fill="transparent")
    return target.encode(
        x=scene.x, y=scene.y, tooltip=[alt.Tooltip(f"{field}:N", title=w(f"chart.{key}")) for field, key in tips]
    )


def revised_words(found: list[Revision], decimals: int, w: Words) -> Mapping[date, str]:
    """How the figure of each day came to be what it is: 快报 7.72 → 年报 7.71 (2024-05-20)."""
    steps: dict[date, list[Revision]] = {}
    for one in found:
        steps.setdefault(one.end, []).append(one)
    return {
        day: " → ".join([_named(mine[0].was, decimals, w), *(_named(r.now, decimals, w) for r in mine)])
        + f" ({iso(mine[-1].now.at.date())})"
        for day, mine in steps.items()
    }


def _named(record: Recorded, decimals: int, w: Words) -> str:
    assert record.value is not None
    vintage = w.get(f"vintage.{record.vintage}", "")
    return f"{vintage} {number(record.value, decimals)}".strip()
