"""A trajectory as small as a word: for a row of a table."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from dashboard.charts.frames import trajectory_of
from dashboard.i18n import Words
from indicators.monitor import Judged

__all__ = ["spark_svg"]

_WIDTH, _HEIGHT, _PAD = 120, 32, 4


def spark_svg(one: Judged, w: Words) -> str:
    """Actuals against the required path, coloured by the page; empty where there is no figure.

    It stands beside the words that say the same, so a reader who cannot see it is not told it twice.
    """
    frames = trajectory_of(one)
    line = [(day, value, run) for day, value, run in frames.line.select("day", "value", "segment").iter_rows()]
    path = [(day, value, run) for day, value, run in frames.path.select("day", "value", "piece").iter_rows()]
    if not line:
        return ""
    start = one.target.d0 or one.plan.start  # one axis of time for the rows of a plan
    days = [day.toordinal() for day, *_ in [*path, *line]] + [start.toordinal(), one.target.d1.toordinal()]
    values = [value for _, value, _ in [*path, *line]]
    (first, last), (low, high) = (min(days), max(days)), (min(values), max(values))

    def at(day: date, value: float) -> str:
        x = _PAD + (day.toordinal() - first) / max(1, last - first) * (_WIDTH - 2 * _PAD)
        y = _HEIGHT - _PAD - (value - low) / ((high - low) or 1) * (_HEIGHT - 2 * _PAD)
        return f"{x:.0f} {y:.1f}"

    def runs(points: list[tuple[date, float, int]]) -> Iterator[str]:
        found: dict[int, list[str]] = {}
        for day, value, run in points:
            found.setdefault(run, []).append(at(day, value))
        yield from ("M" + "L".join(run) for run in found.values())

    x, y = at(line[-1][0], line[-1][1]).split()
    dashes = "guess" if frames.provisional else "path"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="spark s-{one.assessment.status}"'
        f' viewBox="0 0 {_WIDTH} {_HEIGHT}" aria-hidden="true">'
        f'<path class="{dashes}" d="{"".join(runs(path))}"/><path class="act" d="{"".join(runs(line))}"/>'
        f'<circle class="end" cx="{x}" cy="{y}" r="3"/></svg>'
    )
