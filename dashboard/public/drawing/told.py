"""What a drawing says to who cannot see it, and what each of its points says when it is pointed at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dashboard.figures import amount, day_name, number
from dashboard.i18n import Words
from dashboard.public.book import Subject
from dashboard.public.drawing.plot import Plot, Point, plot_of

__all__ = ["description", "point_told", "point_words", "signs"]


def description(plot: Plot, w: Words, *, told: Sequence[str]) -> str:
    """The verdict, and from where to where the figures go."""
    parts = [line.replace("**", "") for line in told]
    if plot.points:
        first, last = plot.points[0], plot.points[-1]
        lowest, highest = (f([p.value for p in plot.points]) for f in (min, max))
        facts = {
            "first": day_name(first.day, w, measure=plot.definition.measure),
            "last": day_name(last.day, w, measure=plot.definition.measure),
            "count": len(plot.points),
            "low": amount(lowest, plot.definition, w),
            "high": amount(highest, plot.definition, w),
        }
        parts.append(w("drawing.range", **facts))
    if plot.closed:
        closed = [day_name(day, w, measure=plot.definition.measure) for day in plot.closed]
        parts.append(w("drawing.closed_at", when=w("overview.joined").join(closed)))
    return (" " if not w.chinese else "").join(parts)


def point_words(point: Point, plot: Plot, w: Words) -> Mapping[str, str]:
    """Period, value and where it should have been, as printed."""
    told = {
        "period": day_name(point.day, w, measure=plot.definition.measure),
        "value": amount(point.value, plot.definition, w),
    }
    if point.expected is not None:
        told["expected"] = number(point.expected, plot.definition.decimals)
    return told


def point_told(point: Point, plot: Plot, w: Words, *, was: float | None) -> str:
    """One point in a line: 2024年四季度 7.87 张/千人 · 应达 8.11 · 差 −0.24."""
    told = point_words(point, plot, w)
    parts = [f"{told['period']} {told['value']}"]
    if point.expected is not None:
        gap = number(point.value - point.expected, plot.definition.decimals, signed=True)
        parts.append(f"{w('chart.tip_expected')} {told['expected']}")
        parts.append(f"{w('chart.tip_gap')} {gap}")
    parts += [w("vintage.flash")] if point.flash else []
    parts += [w("drawing.was", value=number(was, plot.definition.decimals))] if was is not None else []
    return " · ".join(parts)


def signs(subject: Subject, w: Words) -> str:
    """What the lines and signs of a drawing are, those that occur in it; "" where there is none."""
    plot = plot_of(subject, w)
    if plot is None:
        return ""
    yearly = any(end.kind == "goal" for end in plot.ends)
    found = {
        "actual": any(len(run) > 1 for run in plot.lines),
        "path": bool(plot.paths) and not plot.provisional and not yearly,
        "provisional": bool(plot.paths) and plot.provisional,
        "yearly": bool(plot.paths) and yearly,
        "flash": any(point.flash for point in plot.points),
        "was": bool(plot.ghosts),
        "closed": bool(plot.closed),
        "gap": len(plot.lines) > 1 and not (yearly or plot.closed or plot.breaks),
        "break": bool(plot.breaks),
        "borderline": plot.borderline,
    }
    return " · ".join(w(f"subject.signs_{name}") for name, there in found.items() if there)
