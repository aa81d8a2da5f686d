"""The one theme of every chart: fonts, quiet axes, no legend."""

from __future__ import annotations

from typing import Any

import altair as alt

from dashboard.charts.palette import Ground

__all__ = ["FONT", "themed"]

FONT = "'Noto Sans SC','Source Han Sans SC','PingFang SC','Microsoft YaHei','Noto Sans CJK SC','Segoe UI',sans-serif"


def themed(chart: alt.LayerChart | alt.FacetChart, ground: Ground) -> alt.LayerChart:
    """`chart` with the theme's configuration."""
    axis: dict[str, Any] = {
        "labelColor": ground.muted,
        "titleColor": ground.muted,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "domainColor": ground.muted,
        "gridColor": ground.line,
        "ticks": False,
    }
    dressed: alt.LayerChart = (
        chart.configure(font=FONT, background="transparent", padding={"left": 4, "right": 8, "top": 14, "bottom": 4})
        .configure_axis(**axis)
        .configure_view(stroke=None)
        .configure_legend(disable=True)
    )
    return dressed
