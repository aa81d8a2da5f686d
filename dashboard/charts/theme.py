"""The one theme of every chart: fonts, quiet axes, no legend."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

import altair as alt
from altair.utils import schemapi

from dashboard.charts.palette import Ground
from dashboard.charts.places import FONT

__all__ = ["VALUE_AXIS", "config", "finished", "themed"]

Chart = TypeVar("Chart", alt.LayerChart, alt.FacetChart)

# of an axis of values: no line of its own, its unit flat above it
VALUE_AXIS: dict[str, Any] = {
    "domain": False,
    "labelPadding": 6,
    "titleAngle": 0,
    "titleAlign": "left",
    "titleBaseline": "bottom",
    "titleX": 0,
    "titleY": -6,
}

# Altair looks every part of a chart up in its schema, again and again, for two thirds of the time; tests do it for us
schemapi.DEBUG_MODE = False


def config(ground: Ground) -> alt.Config:
    """The theme's configuration; given to a chart as it is made, because to add it later copies the whole chart."""
    return alt.Config(
        font=FONT,
        background="transparent",
        padding={"left": 4, "right": 8, "top": 14, "bottom": 4},
        axis=alt.AxisConfig(
            labelColor=ground.muted,
            titleColor=ground.muted,
            labelFontSize=12,
            titleFontSize=12,
            titleFontWeight="normal",
            domainColor=ground.muted,
            gridColor=ground.line,
            ticks=False,
        ),
        view=alt.ViewConfig(stroke=None),
        legend=alt.LegendConfig(disable=True),
    )


def themed(chart: Chart, ground: Ground) -> Chart:
    """`chart` with the theme's configuration."""
    return chart.properties(config=config(ground))


def finished(chart: alt.LayerChart | alt.FacetChart) -> dict[str, Any]:
    """`chart` as the browser takes it: each layer with its own rows, which nothing on the way has to convert again."""
    # not checked against the grammar, which costs as much again; tests do it
    spec: dict[str, Any] = chart.to_dict(validate=False)
    rows = spec.pop("datasets", {})
    for layer in _layers(spec):
        if "name" in layer.get("data", {}):
            layer["data"] = {"values": rows[layer["data"]["name"]]}
    # Streamlit takes rows that stand above the layers for a table of its own
    if "values" in spec.get("data", {}):
        spec["layer"] = [{"data": spec["data"], **layer} for layer in spec["layer"]]
        del spec["data"]
    return spec


def _layers(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield spec
    for inner in spec.get("layer", ()):
        yield from _layers(inner)
