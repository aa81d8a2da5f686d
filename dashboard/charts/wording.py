"""The words on a trajectory, whatever draws it: who is who, and the numbers that matter, with where they may stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal, TypeAlias

import polars as pl

from dashboard.charts.places import Label
from dashboard.charts.sheet import Sheet, gap_shown, judged_points
from dashboard.figures import change, day_name, number, target_text
from indicators.assessment import Firmness

__all__ = ["Tone", "Written", "marks", "strokes", "wording"]

_ALONG = (0.36, 0.28, 0.44, 0.2, 0.52, 0.62, 0.72, 0.12)  # of a path: where its name may stand
Tone: TypeAlias = Literal["ink", "muted", "accent", "status"]


@dataclass(frozen=True, slots=True)
class Written:
    """A label before it has its place: lines with sizes, its colour's name, the days and values it may stand at."""

    lines: tuple[tuple[str, float], ...]
    tone: Tone
    spots: tuple[tuple[date, float], ...]
    prefers: Literal["above", "below", "beside"] = "above"
    bold: bool = False
    radius: float = 7
    top: bool = False  # at the plot's upper edge, whatever the value

    def label(self, anchors: tuple[tuple[float, float], ...]) -> Label:
        """The same for whoever finds its place; `anchors`: its spots as shares of the plot."""
        on = tuple((x, 0.0) for x, _ in anchors) if self.top else anchors
        return Label(self.lines, on, prefers=self.prefers, radius=self.radius)


def wording(sheet: Sheet) -> list[Written]:
    """Everything written into the plot, the most needed first."""
    return [
        *_target(sheet),
        *_latest(sheet),
        *_baseline(sheet),
        *_breaks(sheet),
        *_gap(sheet),
        *_path(sheet),
        *_earlier(sheet),
    ]


# -- what is written -----------------------------------------------------------------------------------------------


def _target(sheet: Sheet) -> list[Written]:
    one, definition, target = sheet.one, sheet.one.definition, sheet.one.assessment.target
    day, value = sheet.frames.target
    told = sheet.w("chart.target", value=target_text(value, target.high, one.target.operator.value, definition))
    when = day_name(day, sheet.w, measure=definition.measure)
    falling = sheet.frames.baseline is not None and value < sheet.frames.baseline[1]
    spot = value if falling else target.high
    lines = ((told, 12.0), (when, 12.0))
    side: Literal["above", "below"] = "below" if falling else "above"
    return [Written(lines, "ink", ((day, spot),), prefers=side, bold=True, radius=8)]


def _baseline(sheet: Sheet) -> list[Written]:
    if sheet.frames.baseline is None:
        return []
    (day, value), definition = sheet.frames.baseline, sheet.one.definition
    told = sheet.w("chart.baseline", value=number(value, definition.decimals))
    lines = ((told, 12.0), (day_name(day, sheet.w, measure=definition.measure), 12.0))
    side: Literal["above", "below"] = "above" if sheet.frames.target[1] < value else "below"
    return [Written(lines, "ink", ((day, value),), prefers=side, bold=True, radius=8)]


def _latest(sheet: Sheet) -> list[Written]:
    """The latest value and its period, on the side of the point where the path is not; whether it is borderline."""
    if sheet.frames.points.is_empty():
        return []
    definition, w = sheet.one.definition, sheet.w
    last = sheet.frames.points.row(-1, named=True)
    when = day_name(last["day"], w, measure=definition.measure)
    borderline = sheet.one.assessment.firmness is Firmness.BORDERLINE
    lines = [(number(last["value"], definition.decimals), 16.0), (when, 11.0)]
    lines += [(w("firmness.borderline"), 11.0)] if borderline else []
    below = last["expected"] is not None and last["value"] < last["expected"]
    spot = ((last["day"], last["value"]),)
    side: Literal["above", "below"] = "below" if below else "above"
    return [Written(tuple(lines), "accent", spot, prefers=side, bold=True, radius=11 if borderline else 6)]


def _gap(sheet: Sheet) -> list[Written]:
    gap = sheet.one.assessment.gap_units
    if gap is None or not gap_shown(sheet):
        return []
    last = judged_points(sheet).row(-1, named=True)
    told = sheet.w("chart.gap", value=change(abs(gap), sheet.one.definition, sheet.w).split(" ")[0])
    middle = ((last["day"], (last["value"] + last["expected"]) / 2),)
    return [Written(((told, 12.0),), "status", middle, prefers="beside", bold=True, radius=5)]


def _path(sheet: Sheet) -> list[Written]:
    """The path's name along it, on the side where the actuals are not."""
    frames = sheet.frames
    if frames.path.is_empty():
        return []
    gaps = (frames.points["value"] - frames.points["expected"]).drop_nulls()
    ahead = not gaps.is_empty() and gaps.sum() > 0
    tone: Tone = "muted" if frames.provisional else "ink"
    told = sheet.w("chart.provisional" if frames.provisional else "chart.path")
    first = frames.path.filter(pl.col("piece") == 0)
    spots = _along(list(first.select("day", "value").iter_rows()))
    return [Written(((told, 11.0),), tone, spots, prefers="below" if ahead else "above", radius=4)]


def _earlier(sheet: Sheet) -> list[Written]:
    found = []
    for path in sheet.beside.paths:
        old = path.target.path()
        if old is not None:
            told = sheet.w("chart.path_until", when=f"{path.until:%Y-%m}")
            spots = _along([(day, old.at(day)) for day, _ in old.points], later=True)
            found.append(Written(((told, 11.0),), "muted", spots, prefers="below", radius=4))
    return found


def _breaks(sheet: Sheet) -> list[Written]:
    told = [(one.day, sheet.w("chart.break", version=one.version)) for one in sheet.frames.breaks]
    return [Written(((text, 11.0),), "ink", ((day, 0.0),), prefers="below", radius=3, top=True) for day, text in told]


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


def marks(sheet: Sheet) -> Iterator[tuple[float, float, float]]:
    """Points and ends as shares of the plot, each with its radius in pixels."""
    frames = sheet.frames
    ends = [frames.target, *frames.goals, *([frames.baseline] if frames.baseline else [])]
    for day, value in [*ends, *frames.points.select("day", "value").iter_rows()]:
        yield (*sheet.share(day, value), 5.0)


def strokes(sheet: Sheet) -> Iterator[tuple[float, float]]:
    """Points close together along every line, as shares of the plot."""
    frames = sheet.frames
    lines = [(frames.line, "segment"), (frames.path, "piece"), (frames.holes, "hole")]
    for frame, of in lines:
        for points in frame.partition_by(of) if not frame.is_empty() else []:
            run = list(points.select("day", "value").iter_rows())
            yield from _dense(sheet, run)
    if gap_shown(sheet):
        last = judged_points(sheet).row(-1, named=True)
        yield from _dense(sheet, [(last["day"], last["value"]), (last["day"], last["expected"])])
    for path in sheet.beside.paths:
        if (old := path.target.path()) is not None:
            yield from _dense(sheet, list(old.points))


def _dense(sheet: Sheet, run: Sequence[tuple[date, float]]) -> Iterator[tuple[float, float]]:
    for (d0, v0), (d1, v1) in pairwise(run):
        (x0, y0), (x1, y1) = sheet.share(d0, v0), sheet.share(d1, v1)
        steps = max(1, round(60 * max(abs(x1 - x0), abs(y1 - y0))))
        for step in range(steps):
            yield x0 + (x1 - x0) * step / steps, y0 + (y1 - y0) * step / steps
