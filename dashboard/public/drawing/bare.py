"""Figures without a target: what of them is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from dashboard.charts.sheet import span
from dashboard.charts.wording import Written
from dashboard.figures import day_name, number
from dashboard.i18n import Words
from dashboard.public.book import Subject
from indicators.definition import Frequency, Indicator, MeasureType
from indicators.period import shift, year_end
from indicators.series import Actual, Observation, segments, year_to_date

__all__ = ["Bare", "bare_frames", "plain_history"]


@dataclass(frozen=True, slots=True)
class Bare:
    """Actuals oldest first, the runs of them that a line joins, the axes, and what is written."""

    actuals: tuple[Actual, ...]
    runs: tuple[tuple[Actual, ...], ...]
    breaks: tuple[date, ...]
    span: tuple[date, date]
    bounds: tuple[float, float]
    words: tuple[Written, ...]


def plain_history(indicator: Indicator, observations: Sequence[Observation]) -> tuple[Actual, ...]:
    """One point a period end, oldest first; of a flow its whole years, or its year to date while none is whole."""
    if indicator.current.measure is not MeasureType.FLOW:
        points = {o.period.end: Actual(o.period.end, o.value, o.definition) for o in observations}
        return tuple(sorted(points.values()))
    to_date = year_to_date(observations)
    whole = tuple(a for a in to_date if a.day == year_end(a.day.year))
    return whole or tuple(to_date)


def bare_frames(subject: Subject, w: Words) -> Bare | None:
    """What is drawn of a subject that has no target; None without a figure."""
    actuals = plain_history(subject.indicator, subject.observations)
    if not actuals:
        return None
    pieces = [piece for run in _runs(actuals, subject.indicator) for piece in _unbroken(run, subject.indicator)]
    return Bare(
        actuals,
        tuple(pieces),
        tuple(_breaks(actuals, subject.indicator)),
        span(actuals[0].day, actuals[-1].day) if len(actuals) > 1 else _around(actuals[0].day),
        _bounds(actuals, flow=subject.indicator.current.measure is MeasureType.FLOW),
        tuple(_words(actuals, subject.indicator, w)),
    )


def _runs(actuals: Sequence[Actual], indicator: Indicator) -> list[list[Actual]]:
    """Runs with none missing between, by the usual step: of yearly figures on whatever day, with no year left out."""
    steps = [shift(after.day, months=-3) > before.day for before, after in pairwise(actuals)]
    if indicator.current.frequency is not Frequency.YEAR and 2 * sum(steps) < len(steps):
        return segments(actuals, quarterly=True)
    runs = [[actuals[0]]]
    for before, after in pairwise(actuals):
        if after.day.year - before.day.year > 1:
            runs.append([])
        runs[-1].append(after)
    return runs


def _around(day: date) -> tuple[date, date]:
    """An axis of a year on which a day stands alone, wide enough for the name of its own year and of no other."""
    return max(day - timedelta(days=200), date(day.year - 1, 7, 3)), max(
        day + timedelta(days=160), date(day.year, 7, 15)
    )


def _unbroken(run: Sequence[Actual], indicator: Indicator) -> list[tuple[Actual, ...]]:
    """A run cut where figures no longer compare."""
    pieces = [[run[0]]]
    for before, after in pairwise(run):
        if not indicator.comparable_between(before.definition, after.definition):
            pieces.append([])
        pieces[-1].append(after)
    return [tuple(piece) for piece in pieces]


def _breaks(actuals: Sequence[Actual], indicator: Indicator) -> list[date]:
    since = {d.version: d.effective_from for d in indicator.definitions}
    changes = [(before, after) for before, after in pairwise(actuals) if before.definition != after.definition]
    return [min(max(since[after.definition], before.day), after.day) for before, after in changes]


def _bounds(actuals: Sequence[Actual], *, flow: bool) -> tuple[float, float]:
    low, high = min(a.value for a in actuals), max(a.value for a in actuals)
    room = (high - low) * 0.16 or abs(high) * 0.05 or 1
    return (0 if flow and low >= 0 else low - room), high + room


def _words(actuals: Sequence[Actual], indicator: Indicator, w: Words) -> list[Written]:
    definition, last = indicator.current, actuals[-1]
    when = day_name(last.day, w, measure=definition.measure)
    lines = ((number(last.value, definition.decimals), 16.0), (when, 11.0))
    found = [Written(lines, "accent", ((last.day, last.value),), bold=True, radius=6)]
    days = _breaks(actuals, indicator)
    versions = [after.definition for before, after in pairwise(actuals) if before.definition != after.definition]
    for day, version in zip(days, versions, strict=True):
        told = w("chart.break", version=version)
        found.append(Written(((told, 11.0),), "ink", ((day, 0.0),), prefers="below", radius=3, top=True))
    return found
