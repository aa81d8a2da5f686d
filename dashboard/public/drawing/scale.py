"""The sheet's size in pixels, and the numbers along its two axes."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date

from dashboard.charts.places import Canvas, text_width
from dashboard.figures import number
from dashboard.i18n import Words
from dashboard.public.drawing.plot import Plot

__all__ = ["Scale", "scale_of", "value_ticks", "years"]

TOP, BOTTOM, RIGHT = 26.0, 24.0, 12.0
_BELOW, _ABOVE = 42.0, 36.0  # pixels that words under the lowest and over the highest mark take
_ROOM = 0.16 / 1.32  # share of the axis that is free on each side as it is
NARROW = 460  # pixels of a whole sheet below which labels are those of a phone


@dataclass(frozen=True, slots=True)
class Scale:
    """Where in a sheet of `width` × `height` pixels the plot lies and a day and a value in it."""

    plot: Plot
    width: float
    height: float
    left: float

    @property
    def canvas(self) -> Canvas:
        return Canvas(self.width - self.left - RIGHT, self.height - TOP - BOTTOM)

    @property
    def floor(self) -> float:
        """The height of the time axis."""
        return self.height - BOTTOM

    def x(self, day: date) -> float:
        start, end = self.plot.span
        return self.left + (day - start) / (end - start) * self.canvas.width

    def y(self, value: float) -> float:
        low, high = self.plot.bounds
        return TOP + (high - value) / (high - low) * self.canvas.height

    def at(self, day: date, value: float) -> tuple[float, float]:
        return self.x(day), self.y(value)


def scale_of(plot: Plot, width: int) -> Scale:
    """The sheet of a plot: on a phone it is higher for its width; the numbers of its axis have room on the left."""
    height = 270 if width < NARROW else round(width * 0.54)
    roomier = _with_room(plot, height - TOP - BOTTOM)
    widest = max(text_width(number(v, plot.definition.decimals), 12) for v in value_ticks(roomier))
    return Scale(roomier, width, height, math.ceil(widest) + 8)


def _with_room(plot: Plot, height: float) -> Plot:
    """The same with as much above and below its figures as two lines of words take; nothing lies below a sum's zero."""
    low, high = plot.bounds
    short = [max(0.0, pixels / height - _ROOM) * (high - low) for pixels in (_BELOW, _ABOVE)]
    bottom = low if low == 0 else low - short[0]
    top = high + short[1]

    def down(share: float) -> float:
        return (short[1] + share * (high - low)) / (top - bottom)

    return replace(
        plot,
        bounds=(bottom, top),
        marks=tuple((x, down(y), radius) for x, y, radius in plot.marks),
        strokes=tuple((x, down(y)) for x, y in plot.strokes),
    )


def value_ticks(plot: Plot) -> list[float]:
    """Round numbers along the value axis, five or so, each of which is printed differently."""
    low, high = plot.bounds
    least = 10.0**-plot.definition.decimals
    rough = (high - low) / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = max(least, next(power * m for m in (1, 2, 5, 10) if power * m >= rough * 0.7))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(n * step, 9) for n in range(first, last + 1)] or [round((low + high) / 2, 9)]


def years(scale: Scale, w: Words) -> list[tuple[date, str]]:
    """Years by their middles, as many as have room to be written."""
    start, end = scale.plot.span
    suffix = "年" if w.chinese and scale.width >= NARROW else ""
    found = [date(year, 7, 2) for year in range(start.year, end.year + 1) if start < date(year, 7, 2) < end]
    if not found:
        return [(end, f"{end.year}{suffix}")]
    room = scale.canvas.width / ((end - start).days / 365.25)
    every = max(1, math.ceil((text_width(f"2025{suffix}", 12) + 6) / room))
    kept = found[::-1][::every][::-1]
    return [(day, f"{day.year}{suffix}") for day in kept]
