"""Series of figures: one canonical form of flows, growth, aggregation, and the history a target is judged on."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from indicators.definition import Accumulation, MeasureType
from indicators.period import Period, quarter_end, shift, year_end
from indicators.plan import Recurrence
from indicators.target import Target

__all__ = [
    "Actual",
    "Observation",
    "aggregate",
    "growth",
    "history",
    "in_quarters",
    "segments",
    "year_to_date",
]


@dataclass(frozen=True, slots=True)
class Observation:
    """One figure as reported: value in the definition's unit, and everything known about it.

    Raises ValueError for NaN and ±inf, which must never reach a formula.
    """

    indicator: str
    region: str
    period: Period
    value: float
    accumulation: Accumulation | None = None
    numerator: float | None = None
    denominator: float | None = None
    vintage: str = ""
    definition: int = 1
    origin: str = "reported"
    submission: str = ""
    source: str = ""
    note: str = ""
    published_on: date | None = None
    approved_at: datetime | None = None
    released: bool = False

    def __post_init__(self) -> None:
        numbers = (self.value, self.numerator, self.denominator)
        if not all(math.isfinite(number) for number in numbers if number is not None):
            raise ValueError(f"{self.indicator} {self.region} {self.period.code}: not a finite number in {numbers}")


@dataclass(frozen=True, slots=True, order=True)
class Actual:
    """A point of a target's history: at the end of `day`, the level (or the sum so far) is `value`."""

    day: date
    value: float
    definition: int = 1


def year_to_date(observations: Iterable[Observation]) -> list[Actual]:
    """A flow's canonical form: the year to date 本年累计 at each period end where it is known.

    Year-to-date figures are taken as they are; a single quarter adds to the year to date of the quarter before
    it, and is left out while that one is unknown. An unmarked period that starts in January is the year to date.
    """
    known: dict[date, Actual] = {}
    rest: list[Observation] = []
    for seen in observations:
        if seen.accumulation is Accumulation.YTD or (seen.accumulation is None and seen.period.to_date):
            known[seen.period.end] = Actual(seen.period.end, seen.value, seen.definition)
        else:
            rest.append(seen)
    for seen in sorted(rest, key=lambda o: o.period):
        start = seen.period.start
        first = (start.month, start.day) == (1, 1)
        before = Actual(start, 0.0) if first else known.get(start - timedelta(days=1))
        if seen.period.end not in known and before is not None:
            known[seen.period.end] = Actual(seen.period.end, before.value + seen.value, seen.definition)
    return sorted(known.values())


def in_quarters(ytd: Sequence[Actual]) -> list[Actual]:
    """Single quarters from the year to date: YTD(q) − YTD(q−1); a quarter without its predecessor is left out.

    Can be negative after a revision: shown, never hidden.
    """
    known = {a.day: a for a in ytd}
    found = []
    for actual in ytd:
        if not quarter_end(actual.day):
            continue
        if actual.day.month == 3:
            found.append(actual)
        elif previous := known.get(shift(actual.day, months=-3)):
            found.append(Actual(actual.day, actual.value - previous.value, actual.definition))
    return found


def _sum_over_plan(ytd: Sequence[Actual], start: date) -> list[Actual]:
    """Σ since the plan's start at each point whose earlier years are complete."""
    year_totals = {a.day.year: a.value for a in ytd if a.day == year_end(a.day.year)}
    found = []
    for actual in ytd:
        earlier = range(start.year, actual.day.year)
        if actual.day >= start and all(year in year_totals for year in earlier):
            total = sum(year_totals[year] for year in earlier) + actual.value
            found.append(Actual(actual.day, total, actual.definition))
    return found


def history(target: Target, observations: Iterable[Observation]) -> tuple[Actual, ...]:
    """The points `target` is judged on, oldest first.

    Stocks, ratios and titles: each figure at its period's end. Yearly flows: the year to date. Whole-plan flows:
    the sum since the start. A flow with a dated target: completed years only (method.md §1).
    """
    if target.measure is not MeasureType.FLOW:
        points = {o.period.end: Actual(o.period.end, o.value, o.definition) for o in observations}
        return tuple(sorted(points.values()))
    ytd = year_to_date(observations)
    match target.recurrence:
        case Recurrence.YEARLY:
            return tuple(ytd)
        case Recurrence.WHOLE_PLAN:
            assert target.start is not None
            return tuple(_sum_over_plan(ytd, target.start))
        case _:
            return tuple(a for a in ytd if a.day == year_end(a.day.year))


def growth(current: float, base: float | None) -> float | None:
    """Relative growth current/base − 1; None (printed “—”) when the base is missing, zero or negative."""
    if base is None or base <= 0:
        return None
    return current / base - 1


def aggregate(parts: Iterable[tuple[float | None, float | None]], factor: float) -> float | None:
    """Σnumerator/Σdenominator·factor over regions; None when any part is missing or the denominators sum to 0."""
    top = bottom = 0.0
    for numerator, denominator in parts:
        if numerator is None or denominator is None:
            return None
        top, bottom = top + numerator, bottom + denominator
    if bottom == 0 or not math.isfinite(top / bottom):
        return None
    return top / bottom * factor


def segments(actuals: Sequence[Actual], *, quarterly: bool) -> list[list[Actual]]:
    """Runs of points with none missing between them, so that a chart never joins across a hole.

    In quarterly data a step of more than one quarter is a hole; in yearly data, of more than one year.
    """
    longest = 3 if quarterly else 12
    runs: list[list[Actual]] = []
    for actual in actuals:
        if runs and shift(actual.day, months=-longest) <= runs[-1][-1].day:
            runs[-1].append(actual)
        else:
            runs.append([actual])
    return runs
