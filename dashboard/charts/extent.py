"""How far a trajectory's value axis reaches, and which of the small signs beside it are large enough to be seen."""

from __future__ import annotations

from functools import lru_cache

from dashboard.charts.beside import Beside
from dashboard.charts.frames import trajectory_of
from indicators.definition import MeasureType
from indicators.monitor import Judged
from indicators.plan import Recurrence
from indicators.revisions import Revision

__all__ = ["bounds", "ghosts", "revised", "whisker"]

_SEEN = 0.012  # of the axis: what is smaller lies under the point itself


@lru_cache(maxsize=128)
def bounds(one: Judged, beside: Beside) -> tuple[float, float]:
    """The value axis: everything drawn, with room for labels above and below; a sum starts at nothing."""
    frames, target = trajectory_of(one), one.assessment.target
    values = [*frames.line["value"], *frames.path["value"], frames.target[1]]
    values += [frames.baseline[1]] if frames.baseline else []
    values += [target.high] if target.high != target.low else []
    values += [r.was.value for r in revised(one, beside) if r.was.value is not None]
    values += [value for path in beside.paths if (old := path.target.path()) for _, value in old.points]
    low, high = min(values), max(values)
    room = (high - low) * 0.16 or abs(high) * 0.05 or 1
    grounded = one.target.accumulates and low >= 0
    below = room * (2 if beside.notes else 1)  # flags stand between the axis and the words above it
    return (0 if grounded else low - below), high + room


def revised(one: Judged, beside: Beside) -> list[Revision]:
    """The revisions of what is drawn: not those of a single quarter, nor of one year within a sum of years."""
    if one.target.recurrence is Recurrence.WHOLE_PLAN:
        return []
    flow = one.definition.measure is MeasureType.FLOW
    drawn = set(trajectory_of(one).points["day"])
    mine = [r for r in beside.revisions if r.end in drawn]
    return [r for r in mine if not flow or r.now.accumulation != "period"]


def ghosts(one: Judged, beside: Beside) -> list[Revision]:
    """The revisions whose earlier value stands apart from the point of today."""
    low, high = bounds(one, beside)
    now = dict(trajectory_of(one).points.select("day", "value").iter_rows())
    return [
        r
        for r in revised(one, beside)
        if r.was.value is not None and abs(r.was.value - now[r.end]) >= _SEEN * (high - low)
    ]


def whisker(one: Judged, beside: Beside) -> float | None:
    """The usual revision where a whisker of its length can be seen at the latest point; else None."""
    if beside.usual is None or trajectory_of(one).points.is_empty():
        return None
    low, high = bounds(one, beside)
    return beside.usual if beside.usual >= _SEEN * (high - low) else None
