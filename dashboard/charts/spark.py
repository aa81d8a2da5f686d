"""A spark line against its required path, as a small SVG: dozens of them cost nothing to draw."""

from __future__ import annotations

import base64
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
    path = list(zip(frames.path["day"], frames.path["value"], strict=True))
    points = list(zip(frames.points["day"], frames.points["value"], frames.points["segment"], strict=True))
    if not points:
        return ""
    start = [] if frames.baseline is None else [(*frames.baseline, 0)]
    line = [*start, *points]
    days = [d.toordinal() for d, *_ in [*path, *line]]
    values = [v for _, v, *_ in [*path, *line]]
    low, high = min(values), max(values)
    first, last = min(days), max(days)

    def at(day: int, value: float) -> str:
        x = _PAD + (day - first) / max(1, last - first) * (_WIDTH - 2 * _PAD)
        y = _HEIGHT - _PAD - (value - low) / ((high - low) or 1) * (_HEIGHT - 2 * _PAD)
        return f"{x:.1f},{y:.1f}"

    colour = status_colour(one.assessment.status, ground)
    runs: dict[int, list[str]] = {}
    for day, value, segment in line:
        runs.setdefault(segment, []).append(at(day.toordinal(), value))
    solid = "".join(
        f'<polyline points="{" ".join(run)}" fill="none" stroke="{colour}" stroke-width="2"/>' for run in runs.values()
    )
    dashed = " ".join(at(day.toordinal(), value) for day, value in path)
    end_x, end_y = at(line[-1][0].toordinal(), line[-1][1]).split(",")
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}">'
        f'<polyline points="{dashed}" fill="none" stroke="{ground.ink}" stroke-width="1" stroke-dasharray="3 3"/>'
        f'{solid}<circle cx="{end_x}" cy="{end_y}" r="3.2" fill="{colour}"/></svg>'
    )
    # as a picture: markup pages are cleaned of inline SVG
    data = base64.b64encode(svg.encode()).decode()
    return f'<img class="zb-spark" alt="" width="{_WIDTH}" height="{_HEIGHT}" src="data:image/svg+xml;base64,{data}">'
