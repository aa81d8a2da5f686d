"""The words on a trajectory: who is who, and the numbers that matter, each where it covers nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise
from typing import Any, Literal

import altair as alt
import polars as pl

from dashboard.charts.palette import status_colour
from dashboard.charts.places import NARROW, WIDE, Label, Place, placed
from dashboard.charts.trajectory.notes import flag_spots
from dashboard.charts.trajectory.required import gap_shown, judged_points
from dashboard.charts.trajectory.scene import Layer, Scene, by_width, iso
from dashboard.figures import change, day_name, number, target_text
from indicators.assessment import Firmness

__all__ = ["labels"]

_ALONG = (0.36, 0.28, 0.44, 0.2, 0.52, 0.62, 0.72, 0.12)  # of a path: where its name may stand


@dataclass(frozen=True, slots=True)
class _Words:
    """A label before it has its place: lines with sizes, colour, and the days and values it may stand at."""

    lines: tuple[tuple[str, float], ...]
    colour: str
    spots: tuple[tuple[date, float], ...]
    prefers: Literal["above", "below", "beside"] = "above"
    bold: bool = False
    radius: float = 7
    top: bool = False  # at the plot's upper edge, whatever the value


def labels(scene: Scene) -> list[Layer]:
    """Everything written into the plot, the most needed placed first."""
    found = [
        *_target(scene),
        *_latest(scene),
        *_baseline(scene),
        *_breaks(scene),
        *_gap(scene),
        *_path(scene),
        *_earlier(scene),
    ]
    anchored = [_anchored(scene, words) for words in found]
    marks, strokes = list(_marks(scene)), list(_strokes(scene))
    desk, phone = (placed(anchored, canvas, marks=marks, lines=strokes) for canvas in (WIDE, NARROW))
    return [layer for words, *ways in zip(found, phone, desk, strict=True) for layer in _drawn(scene, words, *ways)]


def _anchored(scene: Scene, words: _Words) -> Label:
    spots = tuple(scene.share(day, value) for day, value in words.spots)
    anchors = tuple((x, 0.0) for x, _ in spots) if words.top else spots
    return Label(words.lines, anchors, prefers=words.prefers, radius=words.radius)


def _drawn(scene: Scene, words: _Words, phone: tuple[int, Place], desk: tuple[int, Place]) -> Iterator[Layer]:
    """One label; where a phone has it elsewhere along its line, twice, each shown on its own kind of screen."""
    if phone[0] == desk[0]:
        yield from _written(scene, words, desk[0], phone[1], desk[1])
        return
    for (anchor, place), shown in ((phone, by_width(1, 0)), (desk, by_width(0, 1))):
        yield from _written(scene, words, anchor, place, place, opacity=shown)


def _written(
    scene: Scene, words: _Words, anchor: int, phone: Place, desk: Place, *, opacity: Any = 1
) -> Iterator[Layer]:
    """The text marks of one label: one for lines of a size, so that they keep together."""
    day, value = words.spots[anchor]
    chart = alt.Chart(alt.InlineData(values=[{"day": iso(day)} | ({} if words.top else {"value": value})]))
    down = 0.0
    for size, group in groupby(words.lines, key=lambda line: line[1]):
        lines = [text for text, _ in group]
        mark = chart.mark_text(
            align=by_width(phone.align, desk.align),
            baseline="top",
            dx=by_width(phone.dx, desk.dx),
            dy=by_width(round(phone.dy + down, 1), round(desk.dy + down, 1)),
            color=words.colour,
            fontSize=size,
            lineHeight=size * 1.25,
            fontWeight="bold" if words.bold and size > 11 else "normal",
            opacity=opacity,
        )
        y = alt.value(0) if words.top else scene.y
        yield mark.encode(x=scene.x, y=y, text=alt.value(lines if len(lines) > 1 else lines[0]))
        down += size * 1.25 * len(lines)


# -- what is written -----------------------------------------------------------------------------------------------


def _target(scene: Scene) -> list[_Words]:
    one, definition, target = scene.one, scene.one.definition, scene.one.assessment.target
    day, value = scene.frames.target
    told = scene.w("chart.target", value=target_text(value, target.high, one.target.operator.value, definition))
    when = day_name(day, scene.w, measure=definition.measure)
    falling = scene.frames.baseline is not None and value < scene.frames.baseline[1]
    spot = value if falling else target.high
    lines = ((told, 12.0), (when, 12.0))
    side: Literal["above", "below"] = "below" if falling else "above"
    return [_Words(lines, scene.ground.ink, ((day, spot),), prefers=side, bold=True, radius=8)]


def _baseline(scene: Scene) -> list[_Words]:
    if scene.frames.baseline is None:
        return []
    (day, value), definition = scene.frames.baseline, scene.one.definition
    told = scene.w("chart.baseline", value=number(value, definition.decimals))
    lines = ((told, 12.0), (day_name(day, scene.w, measure=definition.measure), 12.0))
    side: Literal["above", "below"] = "above" if scene.frames.target[1] < value else "below"
    return [_Words(lines, scene.ground.ink, ((day, value),), prefers=side, bold=True, radius=8)]


def _latest(scene: Scene) -> list[_Words]:
    """The latest value and its period, on the side of the point where the path is not; whether it is borderline."""
    if scene.frames.points.is_empty():
        return []
    definition, w = scene.one.definition, scene.w
    last = scene.frames.points.row(-1, named=True)
    when = day_name(last["day"], w, measure=definition.measure)
    borderline = scene.one.assessment.firmness is Firmness.BORDERLINE
    lines = [(number(last["value"], definition.decimals), 16.0), (when, 11.0)]
    lines += [(w("firmness.borderline"), 11.0)] if borderline else []
    below = last["expected"] is not None and last["value"] < last["expected"]
    spot = ((last["day"], last["value"]),)
    side: Literal["above", "below"] = "below" if below else "above"
    return [_Words(tuple(lines), scene.ground.accent, spot, prefers=side, bold=True, radius=11 if borderline else 6)]


def _gap(scene: Scene) -> list[_Words]:
    gap = scene.one.assessment.gap_units
    if gap is None or not gap_shown(scene):
        return []
    last = judged_points(scene).row(-1, named=True)
    told = scene.w("chart.gap", value=change(abs(gap), scene.one.definition, scene.w).split(" ")[0])
    colour = status_colour(scene.one.assessment.status, scene.ground)
    middle = ((last["day"], (last["value"] + last["expected"]) / 2),)
    return [_Words(((told, 12.0),), colour, middle, prefers="beside", bold=True, radius=5)]


def _path(scene: Scene) -> list[_Words]:
    """The path's name along it, on the side where the actuals are not."""
    frames = scene.frames
    if frames.path.is_empty():
        return []
    gaps = (frames.points["value"] - frames.points["expected"]).drop_nulls()
    ahead = not gaps.is_empty() and gaps.sum() > 0
    colour = scene.ground.muted if frames.provisional else scene.ground.ink
    told = scene.w("chart.provisional" if frames.provisional else "chart.path")
    first = frames.path.filter(pl.col("piece") == 0)
    spots = _along(list(first.select("day", "value").iter_rows()))
    return [_Words(((told, 11.0),), colour, spots, prefers="below" if ahead else "above", radius=4)]


def _earlier(scene: Scene) -> list[_Words]:
    found = []
    for path in scene.beside.paths:
        old = path.target.path()
        if old is not None:
            told = scene.w("chart.path_until", when=f"{path.until:%Y-%m}")
            spots = _along([(day, old.at(day)) for day, _ in old.points], later=True)
            found.append(_Words(((told, 11.0),), scene.ground.muted, spots, prefers="below", radius=4))
    return found


def _breaks(scene: Scene) -> list[_Words]:
    told = [(one.day, scene.w("chart.break", version=one.version)) for one in scene.frames.breaks]
    ink = scene.ground.ink
    return [_Words(((text, 11.0),), ink, ((day, 0.0),), prefers="below", radius=3, top=True) for day, text in told]


def _along(points: Sequence[tuple[date, float]], *, later: bool = False) -> tuple[tuple[date, float], ...]:
    """Spots on a line at some shares of its span."""
    first, last = points[0][0], points[-1][0]
    shares = [1 - share for share in _ALONG] if later else _ALONG
    days = [date.fromordinal(round(first.toordinal() + share * (last - first).days)) for share in shares]
    return tuple((day, _between(points, day)) for day in days)


def _between(points: Sequence[tuple[date, float]], day: date) -> float:
    """The value of a line of points on a day."""
    for (d0, v0), (d1, v1) in pairwise(points):
        if d0 <= day <= d1:
            return v0 + (v1 - v0) * ((day - d0) / (d1 - d0))
    return points[-1][1]


# -- what must stay in sight ---------------------------------------------------------------------------------------


def _marks(scene: Scene) -> Iterator[tuple[float, float, float]]:
    """Points, ends and flags, each with its radius."""
    frames = scene.frames
    ends = [frames.target, *frames.goals, *([frames.baseline] if frames.baseline else [])]
    for day, value in [*ends, *frames.points.select("day", "value").iter_rows()]:
        yield (*scene.share(day, value), 5.0)
    for x, y in flag_spots(scene):
        yield x, y, 9.0


def _strokes(scene: Scene) -> Iterator[tuple[float, float]]:
    """Points close together along every line."""
    frames = scene.frames
    lines = [(frames.line, "segment"), (frames.path, "piece"), (frames.holes, "hole")]
    for frame, of in lines:
        for points in frame.partition_by(of) if not frame.is_empty() else []:
            run = list(points.select("day", "value").iter_rows())
            yield from _dense(scene, run)
    if gap_shown(scene):
        last = judged_points(scene).row(-1, named=True)
        yield from _dense(scene, [(last["day"], last["value"]), (last["day"], last["expected"])])
    for path in scene.beside.paths:
        if (old := path.target.path()) is not None:
            yield from _dense(scene, list(old.points))


def _dense(scene: Scene, run: Sequence[tuple[date, float]]) -> Iterator[tuple[float, float]]:
    for (d0, v0), (d1, v1) in pairwise(run):
        (x0, y0), (x1, y1) = scene.share(d0, v0), scene.share(d1, v1)
        steps = max(1, round(60 * max(abs(x1 - x0), abs(y1 - y0))))
        for step in range(steps):
            yield x0 + (x1 - x0) * step / steps, y0 + (y1 - y0) * step / steps
