"""Small multiples: a line a place on one scale for all, the city's line and the required path behind each.

Pictures stretch with their column, so that what is written stands beside them as text; `Scale` says where.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from dashboard.charts.palette import Ground
from indicators.abreast import Abreast, Panel
from indicators.definition import Definition, MeasureType
from indicators.period import year_end
from indicators.series import Actual, segments
from indicators.target import Target
from indicators.trajectory import RequiredPath

__all__ = ["Scale", "beneath", "beyond", "falls", "image", "scale_of", "small"]

_STEPS = 24  # points along a curved path
_ROOM = 0.08  # of the height, below what is drawn
_HEAD = 0.2  # of the height, above it: the target's number stands there
_INSET = 3.0  # percent of the width left free at both ends, so that no point is cut in half


@dataclass(frozen=True, slots=True)
class Scale:
    """The one scale of all panels: days and values; positions are percent from the left and from the top."""

    first: date
    last: date
    low: float
    high: float

    def x(self, day: date) -> float:
        return _INSET + (100 - 2 * _INSET) * (day - self.first).days / max(1, (self.last - self.first).days)

    def y(self, value: float) -> float:
        return 100 * (self.high - value) / (self.high - self.low)

    @property
    def step(self) -> float:
        """A round distance between grid lines, two to four of which fit."""
        raw = (self.high - self.low) / 4
        power = 10.0 ** math.floor(math.log10(raw))
        return next(power * n for n in (1, 2, 5, 10) if power * n >= raw * (1 - 1e-9))

    @property
    def ticks(self) -> list[float]:
        """The values of the grid lines, from below."""
        first, last = math.ceil(self.low / self.step), math.floor(self.high / self.step)
        return [self.step * n for n in range(first, last + 1)]

    @property
    def decimals(self) -> int:
        """How many the ticks need."""
        return max(0, -math.floor(math.log10(self.step) + 1e-9))


@lru_cache(maxsize=64)
def scale_of(abreast: Abreast) -> Scale:
    """The scale on which every line, path and target of a comparison has room."""
    panels = [*abreast.drawn, *([abreast.whole] if abreast.whole else [])]
    points = [(a.day, a.value) for panel in panels for a in panel.history]
    for panel in panels:
        points += _path(panel.target)
        points += [(panel.target.d1, panel.target.low)] if panel.target and not panel.target.accumulates else []
    days, values = [day for day, _ in points], [value for _, value in points]
    low, high = min(values), max(values)
    height = high - low or abs(high) or 1.0
    first, last = min(days), max(days)
    return Scale(first, last if last > first else year_end(first.year + 1), low - _ROOM * height, high + _HEAD * height)


def falls(panel: Panel) -> bool:
    """Whether the required path comes down to its target, so that there is room beneath it."""
    path = _path(panel.target)
    return bool(path) and path[0][1] > path[-1][1]


def beneath(panel: Panel, whole: Panel, scale: Scale) -> bool:
    """Whether the name of the city's line has more room beneath its end than above, among what else is drawn there."""
    assert whole.day is not None and whole.value is not None
    end = whole.value
    path = _path(panel.target)
    near = [value for day, value in path if day <= whole.day][-1:] + [value for day, value in path if day > whole.day][
        :1
    ]
    if path:
        label = path[-1][1] + (scale.high - scale.low) * (-_HEAD if falls(panel) else _HEAD) / 2
        near.append(label)
    near += [a.value for a in panel.history[-2:]]
    above = min((value - end for value in near if value >= end), default=scale.high - end)
    below = min((end - value for value in near if value < end), default=end - scale.low)
    return below > above


def beyond(whole: Panel, *, under: bool) -> bool:
    """Whether the name has to stand past the end of the city's line, which would run through it before."""
    rise = whole.history[-1].value - whole.history[0].value
    return rise > 0 if under else rise < 0


def _path(target: Target | None) -> list[tuple[date, float]]:
    """The required path as points; [] where none is drawn."""
    path = target.path() if target is not None and not target.accumulates else None
    if path is None:
        return []
    return [(day, path.at(day)) for day in sorted({*(day for day, _ in path.points), *_between(path)})]


def _between(path: RequiredPath) -> Iterable[date]:
    if path.shape not in ("geometric", "step"):
        return []
    span = (path.end - path.start).days
    return (date.fromordinal(path.start.toordinal() + span * n // _STEPS) for n in range(_STEPS))


@lru_cache(maxsize=1024)
def small(panel: Panel, behind: Panel | None, scale: Scale, definition: Definition, *, ground: Ground) -> str:
    """One place's picture as the address of an image: its line solid, `behind` (the city) pale, the path dashed."""
    grid = "".join(_stroke(f"M0 {scale.y(v):.2f}H100", ground.line, 1) for v in scale.ticks)
    city = "".join(_lines(behind.history, scale, definition, ground.muted, 2, opacity=0.5)) if behind else ""
    dashed = [(scale.x(day), scale.y(value)) for day, value in _path(panel.target)]
    path = _stroke(_through(dashed), ground.ink, 0.9, dash="3 3") if dashed else ""
    line = "".join(_lines(panel.history, scale, definition, ground.accent, 2))
    dots = "".join(_dot(scale.x(a.day), scale.y(a.value), ground.accent, 4) for a in panel.history[:-1])
    last = "".join(_dot(scale.x(a.day), scale.y(a.value), ground.accent, 7) for a in panel.history[-1:])
    return image(grid + city + path + line + dots + last)


def _lines(
    history: Sequence[Actual],
    scale: Scale,
    definition: Definition,
    colour: str,
    width: float,
    *,
    opacity: float = 1.0,
) -> list[str]:
    """Strokes that are never drawn across a missing period: of data that come at several paces, a year."""
    often = len({a.day.year for a in history}) * 2 <= len(history)
    runs = [history] if definition.measure is MeasureType.TITLES else segments(history, quarterly=often)
    courses = [_through([(scale.x(a.day), scale.y(a.value)) for a in run]) for run in runs]
    return [_stroke(course, colour, width, opacity=opacity) for course in courses]


def _through(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in points)


def _stroke(path: str, colour: str, width: float, *, dash: str = "", opacity: float = 1.0) -> str:
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    pale = f' stroke-opacity="{opacity}"' if opacity < 1 else ""
    return f'<path d="{path}" stroke="{colour}" stroke-width="{width}"{dashed}{pale}/>'


def _dot(x: float, y: float, colour: str, size: float) -> str:
    """A stroke without length and with round ends: a circle however the picture is stretched."""
    return f'<path d="M{x:.2f} {y:.2f}h0" stroke="{colour}" stroke-width="{size}" stroke-linecap="round"/>'


def image(drawn: str) -> str:
    """Strokes in a box of 100 × 100 as the address of a picture that fills whatever it is given."""
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" preserveAspectRatio="none" fill="none">'
        f"<style>path{{vector-effect:non-scaling-stroke}}</style>{drawn}</svg>"
    )
    # as a picture: markup pages are cleaned of inline SVG
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
