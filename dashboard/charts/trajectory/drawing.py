"""A judged target in, a finished chart out. No legend, no second axis; points stand at the end of their period."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import altair as alt

from dashboard.charts.beside import Beside
from dashboard.charts.palette import Ground
from dashboard.charts.theme import config, finished
from dashboard.charts.trajectory.actuals import actuals
from dashboard.charts.trajectory.labels import labels
from dashboard.charts.trajectory.notes import breaks, flags, years
from dashboard.charts.trajectory.required import band, ends, paths
from dashboard.charts.trajectory.scene import HEIGHT, Scene
from dashboard.i18n import Words
from indicators.monitor import Judged

__all__ = ["drawing", "trajectory"]

_NOTHING = Beside()


def trajectory(
    one: Judged, *, w: Words, ground: Ground, beside: Beside = _NOTHING
) -> alt.LayerChart | alt.FacetChart | None:
    """The trajectory of one target; None when there is neither a path nor a figure to draw."""
    scene = Scene(one, beside, w, ground)
    if scene.frames.empty:
        return None
    layers = [
        years(scene),
        *band(scene),
        *paths(scene),
        *breaks(scene),
        *actuals(scene),
        *ends(scene),
        *flags(scene),
        *labels(scene),
    ]
    return alt.layer(*layers, width="container", height=HEIGHT, config=config(ground))


@lru_cache(maxsize=128)
def drawing(one: Judged, *, w: Words, ground: Ground, beside: Beside = _NOTHING) -> dict[str, Any] | None:
    """The same as a finished specification, figures and all; made once for each. To be read, never changed."""
    chart = trajectory(one, w=w, ground=ground, beside=beside)
    return None if chart is None else finished(chart)
