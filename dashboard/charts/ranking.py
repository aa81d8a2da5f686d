"""A row of a ranking as a picture: a bar from zero, the value, the whisker of its usual revision, the target."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from dashboard.charts.multiples import image
from dashboard.charts.palette import Ground
from indicators.abreast import Abreast, Panel

__all__ = ["Axis", "axis_of", "bar"]


@dataclass(frozen=True, slots=True)
class Axis:
    """The one axis of all rows, zero always on it; positions are percent from the left."""

    low: float
    high: float
    target: float | None = None

    def at(self, value: float) -> float:
        return 100 * (value - self.low) / ((self.high - self.low) or 1.0)


@lru_cache(maxsize=64)
def axis_of(abreast: Abreast) -> Axis:
    """From zero to a little past the largest value; the target on it where all are held against the same one."""
    ends = [p.value + way * p.spread for p in abreast.listed for way in (-1, 1) if p.value is not None]
    goals = {p.target.low for p in abreast.listed if p.gap is not None and p.target is not None}
    target = goals.pop() if len(goals) == 1 and all(p.gap is not None for p in abreast.listed) else None
    every = [0.0, *ends, *([] if target is None else [target])]
    return Axis(min(every) * 1.03, max(every) * 1.03, target)


@lru_cache(maxsize=1024)
def bar(panel: Panel, axis: Axis, *, ground: Ground) -> str:
    """One row as the address of an image."""
    assert panel.value is not None
    zero, end = axis.at(0.0), axis.at(panel.value)
    left, right = axis.at(panel.value - panel.spread), axis.at(panel.value + panel.spread)
    parts = [
        f'<rect x="{min(zero, end):.2f}" y="22" width="{abs(end - zero):.2f}" height="56" fill="{ground.accent}" '
        'fill-opacity=".28"/>',
        _line(f"M{zero:.2f} 0V100", ground.muted, 1),
        _line(f"M{left:.2f} 50H{right:.2f}M{left:.2f} 26V74M{right:.2f} 26V74", ground.ink, 1.2),
        f'<path d="M{end:.2f} 50h0" stroke="{ground.accent}" stroke-width="5" stroke-linecap="round"/>',
    ]
    if axis.target is not None:
        goal = axis.at(axis.target)
        parts.append(f'<path d="M{goal:.2f} 0V100" stroke="{ground.ink}" stroke-width="1.1" stroke-dasharray="4 3"/>')
    return image("".join(parts))


def _line(path: str, colour: str, width: float) -> str:
    return f'<path d="{path}" stroke="{colour}" stroke-width="{width}"/>'
