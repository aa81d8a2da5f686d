"""Catching up: what must change per period to meet a target, beside the pace there is and the best there was."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from indicators.definition import Frequency
from indicators.period import quarter_end, quarters_between, shift, year_end
from indicators.plan import Recurrence
from indicators.series import Actual
from indicators.target import Target
from indicators.trajectory import exact

__all__ = ["CatchUp", "Pace", "catch_up"]


class Pace(StrEnum):
    """What can be said of the pace of the last year."""

    KNOWN = "known"
    UNKNOWN = "unknown"  # no figure a year earlier
    NONE = "none"  # nothing moved
    WRONG_WAY = "wrong_way"


@dataclass(frozen=True, slots=True)
class CatchUp:
    """What it takes to arrive: `needed` per step in the indicator's unit, over `steps` steps of `step`.

    `multiple` is how many times the recent pace that is; None unless `pace` is known and in the right way.
    `best` is the best pace ever seen, per step; `last_chance` the last period end from which that pace would still
    be enough, were nothing to move until then (before the latest figure: too late already). None where the series
    never moved toward the target.
    """

    needed: float
    steps: float
    step: Frequency
    pace: Pace
    recent: float | None = None
    multiple: float | None = None
    best: float | None = None
    last_chance: date | None = None


def catch_up(target: Target, actual: Actual, seen: Sequence[Actual]) -> CatchUp | None:
    """What must change per quarter (per year for yearly data) to meet the target; None when nothing must.

    `actual` is the figure judged, `seen` the whole history (method.md §5).
    """
    if target.baseline is None or target.event or target.met(actual.value) or actual.day >= target.d1:
        return None
    quarterly = not target.annual or target.recurrence is Recurrence.YEARLY
    if quarter_end(actual.day) and quarter_end(target.d1):
        steps = float(quarters_between(actual.day, target.d1))
    else:
        steps = (target.d1 - actual.day).days / 365.25 * 4
    steps = steps if quarterly else steps / 4
    needed = (target.low - actual.value) / steps
    step = Frequency.QUARTER if quarterly else Frequency.YEAR
    found = _with_best(CatchUp(needed, steps, step, Pace.UNKNOWN), target, actual, seen)
    change = _change_over_year(target, actual, seen)
    if change is None:
        return found
    recent = change / 4 if quarterly else change
    if exact(recent) == 0:
        return replace(found, pace=Pace.NONE, recent=recent)
    if recent * needed < 0:
        return replace(found, pace=Pace.WRONG_WAY, recent=recent)
    return replace(found, pace=Pace.KNOWN, recent=recent, multiple=needed / recent)


def _points(target: Target, seen: Sequence[Actual]) -> Mapping[date, float]:
    """The comparable history by day, the baseline among it where the history is a level."""
    known = {a.day: a.value for a in seen if a.definition in target.definitions}
    if target.recurrence is not Recurrence.YEARLY and target.d0 is not None and target.baseline is not None:
        known.setdefault(target.d0, target.baseline)
    return known


def _change_over_year(target: Target, actual: Actual, seen: Sequence[Actual]) -> float | None:
    """Change over the last four quarters; for a yearly flow, what those quarters produced."""
    known = _points(target, seen)
    before = known.get(shift(actual.day, months=-12))
    if target.recurrence is not Recurrence.YEARLY:
        return None if before is None else actual.value - before
    whole = known.get(year_end(actual.day.year - 1))
    return None if before is None or whole is None else actual.value + whole - before


def _with_best(found: CatchUp, target: Target, actual: Actual, seen: Sequence[Actual]) -> CatchUp:
    """Add the best pace from one period to the next, and the last period from which it would be enough."""
    if target.recurrence is Recurrence.YEARLY:
        return found  # starts anew each January: no pace carries over
    months = 3 if found.step is Frequency.QUARTER else 12
    known = {day: value for day, value in _points(target, seen).items() if day <= actual.day}
    before = {day: known.get(shift(day, months=-months)) for day in known}
    steps = [target.sign * (value - then) for day, value in known.items() if (then := before[day]) is not None]
    best = exact(max(steps, default=0.0))
    if best <= 0:
        return found
    most = (target.d1.year - 1) * 12 // months  # no calendar leads further back
    periods = math.ceil(min(exact(abs(target.low - actual.value) / best), most))
    return replace(found, best=target.sign * best, last_chance=shift(target.d1, months=-months * periods))
