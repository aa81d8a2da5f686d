"""What a trajectory shows, in days and values, before it has a size: of a judged target, or of bare figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from itertools import pairwise
from typing import Literal, TypeAlias

import polars as pl

from dashboard.charts.beside import Beside
from dashboard.charts.extent import bounds, ghosts
from dashboard.charts.sheet import Sheet, compared, from_start, gap_shown, judged_points
from dashboard.charts.wording import Written, marks, strokes, wording
from dashboard.i18n import Words
from dashboard.public.book import Subject
from dashboard.public.drawing.bare import bare_frames
from indicators.assessment import Firmness
from indicators.definition import Definition, MeasureType
from indicators.plan import PathShape
from indicators.revisions import Recorded, Revision, revisions

__all__ = ["End", "Ghost", "Plot", "Point", "Run", "closed_days", "plot_of"]

Run: TypeAlias = tuple[tuple[date, float], ...]


@dataclass(frozen=True, slots=True)
class Point:
    """A published figure, and where it should have been."""

    day: date
    value: float
    expected: float | None
    flash: bool


@dataclass(frozen=True, slots=True)
class End:
    """A hollow mark: where a way starts, where it has to arrive."""

    kind: Literal["base", "goal", "far", "target"]
    day: date
    value: float


@dataclass(frozen=True, slots=True)
class Ghost:
    """What a point was before it was corrected."""

    day: date
    was: float
    now: float


@dataclass(frozen=True, slots=True, eq=False)
class Plot:
    """Everything drawn, in the unit of `definition`; `span` and `bounds` are the two axes.

    `band`: (day, value, expected) along the gap. `closed`: the ends of periods whose figure is withheld.
    `marks`, `strokes`: shares of the plot that words keep clear of.
    """

    definition: Definition
    status: str
    span: tuple[date, date]
    bounds: tuple[float, float]
    lines: tuple[Run, ...]
    points: tuple[Point, ...]
    closed: tuple[date, ...]
    stepped: bool = False
    paths: tuple[Run, ...] = ()
    path_stepped: bool = False
    provisional: bool = False
    band: tuple[tuple[tuple[date, float, float], ...], ...] = ()
    gap: tuple[date, float, float] | None = None
    ghosts: tuple[Ghost, ...] = ()
    breaks: tuple[date, ...] = ()
    ends: tuple[End, ...] = ()
    borderline: bool = False
    words: tuple[Written, ...] = ()
    marks: tuple[tuple[float, float, float], ...] = ()
    strokes: tuple[tuple[float, float], ...] = ()

    def share(self, day: date, value: float) -> tuple[float, float]:
        """Where on the plot a day and a value lie: shares of its width and height, y downwards."""
        (start, end), (low, high) = self.span, self.bounds
        return (day - start) / (end - start), 1 - (value - low) / (high - low)


@lru_cache(maxsize=16)
def plot_of(subject: Subject, w: Words) -> Plot | None:
    """The plot of the target a page opens with, or of the figures alone; None where there is nothing to draw."""
    if not subject.judged:
        return _bare(subject, w)
    sheet = Sheet(subject.judged[0], Beside(_corrected(subject.figures)), w)
    return None if sheet.frames.empty else _in_its_year(_judged(sheet, closed_days(subject.figures)))


def _judged(sheet: Sheet, closed: Sequence[date]) -> Plot:
    one, frames = sheet.one, sheet.frames
    shut = _inside(closed, sheet.span, set(frames.points["day"]))
    now = dict(frames.points.select("day", "value").iter_rows())
    last = judged_points(sheet).tail(1).select("day", "value", "expected").rows() if gap_shown(sheet) else []
    return Plot(
        definition=one.definition,
        status=one.assessment.status,
        span=sheet.span,
        bounds=bounds(one, sheet.beside),
        lines=tuple(_cut(_runs(frames.line, "segment"), shut)),
        points=_points(frames.points, asked=not frames.provisional),
        closed=shut,
        stepped=one.definition.measure is MeasureType.TITLES,
        paths=tuple(_runs(frames.path, "piece")),
        path_stepped=one.target.shape is PathShape.STEP,
        provisional=frames.provisional,
        band=tuple(_band(sheet, shut)),
        gap=last[0] if last else None,
        ghosts=tuple(Ghost(r.end, r.was.value or 0.0, now[r.end]) for r in ghosts(one, sheet.beside)),
        breaks=tuple(found.day for found in frames.breaks),
        ends=tuple(_ends(sheet)),
        borderline=one.assessment.firmness is Firmness.BORDERLINE,
        words=tuple(wording(sheet)),
        marks=tuple(marks(sheet)),
        strokes=tuple(strokes(sheet)),
    )


def _in_its_year(plot: Plot) -> Plot:
    """The same from the first of January where an only figure would stand at the edge, its year not on the axis."""
    (start, end), first = plot.span, plot.points[0].day if len(plot.points) == 1 else date.max
    if first.year > start.year or start <= date(first.year, 7, 1):
        return plot
    earlier = date(first.year, 1, 1)

    def along(share: float) -> float:
        return ((start - earlier).days + share * (end - start).days) / (end - earlier).days

    return replace(
        plot,
        span=(earlier, end),
        marks=tuple((along(x), y, radius) for x, y, radius in plot.marks),
        strokes=tuple((along(x), y) for x, y in plot.strokes),
    )


def _bare(subject: Subject, w: Words) -> Plot | None:
    """Figures that no plan has a target for: a line, its points, the latest value."""
    found = bare_frames(subject, w)
    if found is None:
        return None
    shut = _inside(closed_days(subject.figures), found.span, {a.day for a in found.actuals})
    lines = tuple(_cut([tuple((a.day, a.value) for a in run) for run in found.runs], shut))
    flash = {
        row["period_end"]
        for row in subject.figures.iter_rows(named=True)
        if row["vintage"] == "flash" and row["replaced_by"] is None
    }
    plot = Plot(
        definition=subject.indicator.current,
        status="",
        span=found.span,
        bounds=found.bounds,
        lines=lines,
        points=tuple(Point(a.day, a.value, None, a.day in flash) for a in found.actuals),
        closed=shut,
        stepped=subject.indicator.current.measure is MeasureType.TITLES,
        breaks=found.breaks,
        words=found.words,
    )
    return replace(plot, marks=tuple((*plot.share(a.day, a.value), 5.0) for a in found.actuals))


# -- figures -------------------------------------------------------------------------------------------------------


def closed_days(figures: pl.DataFrame) -> tuple[date, ...]:
    """The ends of periods whose figure exists and is withheld, oldest first."""
    withheld = figures.filter((pl.col("missing") == "suppressed") & pl.col("replaced_by").is_null())
    return tuple(sorted(set(withheld["period_end"])))


def _corrected(figures: pl.DataFrame) -> tuple[Revision, ...]:
    """Every step from one published value to another of the same figure."""
    rows = sorted(figures.iter_rows(named=True), key=lambda row: row["release"])
    return revisions(
        Recorded(row["period_end"], row["value"], datetime.min, row["vintage"] or "", row["accumulation"] or "")
        for row in rows
    )


def _inside(days: Iterable[date], span: tuple[date, date], drawn: set[date]) -> tuple[date, ...]:
    """Those within the plot that have no point: a flow's year to date may be published where its quarter is not."""
    return tuple(day for day in days if span[0] <= day <= span[1] and day not in drawn)


def _points(frame: pl.DataFrame, *, asked: bool) -> tuple[Point, ...]:
    """`asked`: whether a plan asks for the path; one that we supplied for want of a baseline asks for nothing."""
    rows = frame.select("day", "value", "expected", "flash").iter_rows()
    return tuple(Point(day, value, expected if asked else None, flash) for day, value, expected, flash in rows)


def _runs(frame: pl.DataFrame, of: str) -> Iterator[Run]:
    runs: dict[int, list[tuple[date, float]]] = {}
    for day, value, number in frame.select("day", "value", of).iter_rows():
        runs.setdefault(number, []).append((day, value))
    yield from map(tuple, runs.values())


def _cut(runs: Iterable[Run], closed: Sequence[date]) -> Iterator[Run]:
    """Runs without their stretches across a withheld period: what is not known is not drawn."""
    for run in runs:
        piece = list(run[:1])
        for before, after in pairwise(run):
            if any(before[0] < day < after[0] for day in closed):
                yield tuple(piece)
                piece = []
            piece.append(after)
        yield tuple(piece)


def _band(sheet: Sheet, closed: Sequence[date]) -> Iterator[tuple[tuple[date, float, float], ...]]:
    """The band between what is and what should be, run by run."""
    inside = judged_points(sheet)
    if not compared(sheet, inside):
        return
    rows = list(from_start(sheet, inside).select("segment", "day", "value", "expected").iter_rows())
    piece = [rows[0][1:]]
    for before, after in pairwise(rows):
        if before[0] != after[0] or any(before[1] < day < after[1] for day in closed):
            yield tuple(piece)
            piece = []
        piece.append(after[1:])
    yield tuple(piece)


def _ends(sheet: Sheet) -> Iterator[End]:
    frames, target = sheet.frames, sheet.one.assessment.target
    for day, value in frames.goals:
        yield End("goal", day, value)
    if frames.baseline is not None:
        yield End("base", *frames.baseline)
    day, value = frames.target
    if target.high != value:
        yield End("far", day, target.high)
    yield End("target", day, value)
