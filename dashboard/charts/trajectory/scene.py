"""The sheet a trajectory is drawn on as Vega-Lite has it, with its two axes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, TypeAlias

import altair as alt
import polars as pl

from dashboard.charts.extent import bounds
from dashboard.charts.palette import Ground
from dashboard.charts.sheet import Sheet
from dashboard.charts.theme import VALUE_AXIS

__all__ = ["HEIGHT", "Layer", "Scene", "by_width", "iso", "rows"]

Layer: TypeAlias = alt.Chart | alt.LayerChart

HEIGHT = 380
_NARROW = "width < 460"  # a phone: shorter labels, other places for words


@dataclass(frozen=True, slots=True)
class Scene(Sheet):
    """One target's chart while Vega-Lite draws it."""

    ground: Ground

    @property
    def x(self) -> alt.X:
        return _x(self)

    @property
    def y(self) -> alt.Y:
        return _y(self)


def iso(day: date) -> str:
    return day.isoformat()


def rows(frame: pl.DataFrame) -> alt.InlineData:
    """A frame as the chart carries it."""
    return alt.InlineData(
        values=[
            {k: iso(v) if isinstance(v, date) else v for k, v in row.items()} for row in frame.iter_rows(named=True)
        ]
    )


def by_width(narrow: object, wide: object) -> Any:
    """One property on a phone, another on a desk; chosen in the browser."""
    return wide if narrow == wide else alt.ExprRef(expr=f"{_NARROW} ? {narrow!r} : {wide!r}")


@lru_cache(maxsize=64)
def _x(scene: Scene) -> alt.X:
    start, end = scene.span
    years = [date(year, 7, 2) for year in range(start.year, end.year + 1) if start < date(year, 7, 2) < end]
    suffix = "年" if scene.w.chinese else ""
    return alt.X(
        "day:T",
        title=None,
        scale=alt.Scale(type="utc", domain=[iso(start), iso(end)]),
        axis=alt.Axis(
            values=[iso(day) for day in years],
            labelExpr=f"utcFormat(datum.value, '%Y') + ({_NARROW} ? '' : '{suffix}')",
            grid=False,
            domain=True,
            labelPadding=8,
            labelOverlap=True,
        ),
    )


@lru_cache(maxsize=64)
def _y(scene: Scene) -> alt.Y:
    low, high = bounds(scene.one, scene.beside)
    definition = scene.one.definition
    unit = definition.unit if scene.w.chinese else definition.unit_en or definition.unit
    return alt.Y(
        "value:Q",
        title=unit,
        scale=alt.Scale(domain=[low, high], nice=False, zero=False),
        axis=alt.Axis(
            grid=True,
            tickCount=6,
            **_ticks(low, high, definition.decimals),
            format=f",.{definition.decimals}f",
            **VALUE_AXIS,
        ),
    )


def _ticks(low: float, high: float, decimals: int) -> dict[str, Any]:
    """Each printable number within a short axis, so that none is printed twice; else the axis finds its own."""
    step = 10**-decimals
    first, last = math.ceil(low / step), math.floor(high / step)
    return {"values": [round(n * step, decimals) for n in range(first, last + 1)]} if last - first < 6 else {}
