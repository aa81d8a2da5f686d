"""A spark line against its required path, as a small SVG: dozens of them cost nothing to draw."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache

from dashboard.charts.frames import trajectory_of
from dashboard.charts.palette import Ground, status_colour
from indicators.monitor import Judged

__all__ = ["spark"]

_WIDTH, _HEIGHT, _PAD = 120, 36, 4


@lru_cache(maxsize=1024)
def spark(one: Judged, *, ground: Ground) -> str:
    """An `<img>` of one target's actuals and path; empty when there is nothing to draw."""
    frames = trajectory_of(one)
    path = list(frames.path.select("day", "value", "piece").iter_rows())
    line = list(frames.line.select("day", "value", "segment").iter_rows())
    if not line:
        return ""
    start = one.target.d0 or one.plan.start  # one axis of time for the rows of a plan
    days = [d.toordinal() for d, *_ in [*path, *line]] + [start.toordinal(), one.target.d1.toordinal()]
    values = [v for _, v, *_ in [*path, *line]]
    low, high = min(values), max(values)
    first, last = min(days), max(days)

    def at(day: int, value: float) -> str:
        x = _PAD + (day - first) / max(1, last - first) * (_WIDTH - 2 * _PAD)
        y = _HEIGHT - _PAD - (value - low) / ((high - low) or 1) * (_HEIGHT - 2 * _PAD)
        return f"{x:.1f},{y:.1f}"

    colour = status_colour(one.assessment.status, ground)
    solid = _polylines(line, at, f'stroke="{colour}" stroke-width="2"')
    ink, dashes = (ground.muted, "1 3") if frames.provisional else (ground.ink, "3 3")
    dashed = _polylines(path, at, f'stroke="{ink}" stroke-width="1" stroke-dasharray="{dashes}"')
    end_x, end_y = at(line[-1][0].toordinal(), line[-1][1]).split(",")
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}">'
        f'{dashed}{solid}<circle cx="{end_x}" cy="{end_y}" r="3.2" fill="{colour}"/></svg>'
    )
    # as a picture: markup pages are cleaned of inline SVG
    data = base64.b64encode(svg.encode()).decode()
    return f'<img class="zb-spark" alt="" width="{_WIDTH}" height="{_HEIGHT}" src="data:image/svg+xml;base64,{data}">'


def _polylines(points: Sequence[tuple[date, float, int]], at: Callable[[int, float], str], stroke: str) -> str:
    """One line for each run of points."""
    runs: dict[int, list[str]] = {}
    for day, value, run in points:
        runs.setdefault(run, []).append(at(day.toordinal(), value))
    return "".join(f'<polyline points="{" ".join(run)}" fill="none" {stroke}/>' for run in runs.values())
