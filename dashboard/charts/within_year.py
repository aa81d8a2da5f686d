"""A dated flow within its year: the year to date beside the same quarters of last year, shown and never judged."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import altair as alt

from dashboard.charts.palette import Ground
from dashboard.charts.theme import VALUE_AXIS, config, finished
from dashboard.figures import number
from dashboard.i18n import Words
from indicators.definition import MeasureType
from indicators.monitor import Judged
from indicators.series import year_to_date

__all__ = ["within_year", "years_to_date"]

HEIGHT = 220


def years_to_date(one: Judged) -> dict[int, dict[int, float]]:
    """{year: {month its last day is in: year to date}} of the latest year with figures inside it and the one before.

    Empty for anything but a flow with a dated target, and where no figure lies within a year.
    """
    if one.target.measure is not MeasureType.FLOW or one.target.accumulates:
        return {}
    known: dict[int, dict[int, float]] = {}
    for actual in year_to_date(one.observations):
        known.setdefault(actual.day.year, {})[actual.day.month] = actual.value
    latest = max(known, default=0)
    if not any(month < 12 for month in known.get(latest, {})):
        return {}
    return {year: known[year] for year in (latest - 1, latest) if year in known}


@lru_cache(maxsize=64)
def within_year(one: Judged, *, w: Words, ground: Ground) -> dict[str, Any] | None:
    """Two lines over the months of a year, this year's and last year's; None where there is nothing within a year."""
    found = years_to_date(one)
    if not found:
        return None
    latest = max(found)
    layers = [layer for year in sorted(found) for layer in _line(found[year], year, year == latest, one, w, ground)]
    return finished(alt.layer(*layers, width="container", height=HEIGHT, config=config(ground)))


def _line(values: dict[int, float], year: int, latest: bool, one: Judged, w: Words, ground: Ground) -> list[alt.Chart]:
    """One year from nothing in January; this year's in the accent with its values, last year's thin and grey."""
    definition = one.definition
    colour = ground.accent if latest else ground.muted
    points: list[dict[str, Any]] = [
        {
            "month": month,
            "value": value,
            "told": number(value, definition.decimals),
            "period": w(f"within.to_{month}", year=year) if f"within.to_{month}" in w else f"{year}-{month:02d}",
        }
        for month, value in sorted(values.items())
    ]
    x, y = _axes(one, w)
    line = alt.Chart(alt.InlineData(values=[{"month": 0, "value": 0.0}, *points])).mark_line(
        color=colour, strokeWidth=2.2 if latest else 1.2
    )
    tips = [alt.Tooltip("period:N", title=w("chart.tip_period")), alt.Tooltip("told:N", title=w("chart.tip_actual"))]
    dots = alt.Chart(alt.InlineData(values=points)).mark_point(
        color=colour, fill=colour if latest else ground.card, size=30, opacity=1
    )
    last = alt.Chart(alt.InlineData(values=points[-1:]))
    name = w("within.year", year=year, value=points[-1]["told"])
    # the two names end at the same month where both years are whole: one stands above its line, one below
    words = last.mark_text(
        color=colour,
        align="right" if points[-1]["month"] == 12 else "left",
        dx=4 if points[-1]["month"] == 12 else 8,
        dy=-11 if latest else 15,
        fontSize=12,
        fontWeight="bold" if latest else "normal",
    )
    return [
        line.encode(x=x, y=y),
        dots.encode(x=x, y=y, tooltip=tips),
        words.encode(x=x, y=y, text=alt.value(name)),
    ]


def _axes(one: Judged, w: Words) -> tuple[alt.X, alt.Y]:
    names = " : ".join(f"datum.value == {month} ? '{w(f'within.month_{month}')}'" for month in (3, 6, 9, 12))
    x = alt.X(
        "month:Q",
        title=None,
        scale=alt.Scale(domain=[0, 12.4], nice=False),
        axis=alt.Axis(values=[3, 6, 9, 12], labelExpr=f"{names} : ''", grid=True, labelPadding=8),
    )
    values = [value for year in years_to_date(one).values() for value in year.values()]
    definition = one.definition
    y = alt.Y(
        "value:Q",
        title=definition.unit if w.chinese else definition.unit_en or definition.unit,
        scale=alt.Scale(domain=[min(0.0, *values), max(values) * 1.14 or 1], nice=False),
        axis=alt.Axis(
            tickCount=4,
            format=f",.{definition.decimals}f",
            **VALUE_AXIS,
        ),
    )
    return x, y
