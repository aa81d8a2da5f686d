"""The sheet a trajectory is drawn on, whatever draws it: what it shows, and where on it a day and a value lie."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import polars as pl

from dashboard.charts.beside import Beside
from dashboard.charts.extent import bounds
from dashboard.charts.frames import Trajectory, trajectory_of
from dashboard.i18n import Words
from indicators.monitor import Judged

__all__ = ["Sheet", "compared", "from_start", "gap_shown", "judged_points", "span"]

_NARROWEST = 0.05  # of the axis: a gap smaller than this is told by the verdict, not on the chart


@dataclass(frozen=True, slots=True)
class Sheet:
    """One target's chart while it is drawn."""

    one: Judged
    beside: Beside
    w: Words

    @property
    def frames(self) -> Trajectory:
        return trajectory_of(self.one)

    def share(self, day: date, value: float) -> tuple[float, float]:
        """Where on the plot a day and a value lie: shares of its width and height, y downwards."""
        (start, end), (low, high) = self.span, bounds(self.one, self.beside)
        return (day - start) / (end - start), 1 - (value - low) / (high - low)

    @property
    def height(self) -> float:
        """The height of the value axis in the indicator's unit."""
        low, high = bounds(self.one, self.beside)
        return high - low

    @property
    def span(self) -> tuple[date, date]:
        return _span(self.one)


@lru_cache(maxsize=64)
def _span(one: Judged) -> tuple[date, date]:
    frames = trajectory_of(one)
    days = [*frames.points["day"], *frames.path["day"], frames.target[0]]
    days += [frames.baseline[0]] if frames.baseline else []
    return span(min(days), max(days))


def span(first: date, last: date) -> tuple[date, date]:
    """From the start of the first year to a little past the last point, so that labels have room."""
    start = date(first.year, 1, 1) if (first.month, first.day) != (12, 31) else first - timedelta(days=45)
    return start, last + timedelta(days=60)


# -- the gap -------------------------------------------------------------------------------------------------------


def judged_points(sheet: Sheet) -> pl.DataFrame:
    """The points the judgement compares with the path: of a yearly flow, those of its year."""
    start = sheet.one.assessment.target.d0 or date.min
    inside = sheet.frames.points.filter(pl.col("expected").is_not_null())
    return inside.filter((pl.col("day") > start) & (pl.col("day") <= sheet.frames.target[0]))


def compared(sheet: Sheet, inside: pl.DataFrame) -> bool:
    """Whether the points are held against a path, so that a gap between them means something."""
    target = sheet.one.target
    return not inside.is_empty() and not sheet.frames.provisional and (target.measurable or target.accumulates)


def gap_shown(sheet: Sheet) -> bool:
    """Whether the gap is wide enough to be written beside its rule."""
    inside = judged_points(sheet)
    if not compared(sheet, inside) or sheet.one.assessment.gap_units is None:
        return False
    last = inside.row(-1, named=True)
    return bool(abs(last["value"] - last["expected"]) >= _NARROWEST * sheet.height)


def from_start(sheet: Sheet, inside: pl.DataFrame) -> pl.DataFrame:
    """The points with the start of the path before them, where the actuals start with it."""
    told = inside.select("day", "value", "expected", "segment")
    day = sheet.one.assessment.target.d0
    start = sheet.frames.line.filter((pl.col("day") == day) & (pl.col("segment") == told["segment"][0]))
    first = start.with_columns(expected=pl.col("value")).select("day", "value", "expected", "segment")
    return pl.concat([first, told])
