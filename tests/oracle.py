"""The same answers as the core, by plain loops and chains of ifs straight from the method.

Nothing is imported from the package but the values that go in; answers come out as numbers and codes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from indicators.series import Actual, Observation
from indicators.target import Target

ENDS = [(3, 31), (6, 30), (9, 30), (12, 31)]


def schedule(d0: date, d: date, d1: date) -> float:
    """t: walk from d0 and count the quarter ends, or the days when one of the three is no quarter end."""
    by_quarter = all((day.month, day.day) in ENDS for day in (d0, d, d1))
    passed = whole = 0
    day = d0
    while day < max(d, d1):
        day += timedelta(days=1)
        if by_quarter and (day.month, day.day) not in ENDS:
            continue
        if day <= d:
            passed += 1
        if day <= d1:
            whole += 1
    return passed / whole


def completion(b: float, T: float, a: float) -> float:
    """p."""
    return (a - b) / (T - b)


def linear(b: float, d0: date, T: float, d1: date, d: date) -> float:
    """e(d) on the straight line."""
    if d >= d1:
        return T
    return b + (T - b) * schedule(d0, d, d1)


def gap(b: float, d0: date, T: float, d1: date, a: float, d: date) -> float:
    """In percentage points; for a straight line 100·(p − t), t held at 1 after d1."""
    return 100 * (completion(b, T, a) - min(schedule(d0, d, d1), 1.0))


def status_by_gap(points: float) -> str:
    points = round(points, 9)
    if points >= 10:
        return "ahead"
    if points >= 0:
        return "on_schedule"
    if points > -10:
        return "watch"
    if points >= -30:
        return "behind"
    return "far_behind"


def status_by_shortfall(percent: float) -> str:
    percent = round(percent, 9)
    if percent <= 0:
        return "on_schedule"
    if percent < 2:
        return "watch"
    if percent <= 10:
        return "behind"
    return "far_behind"


def met(target: Target, a: float) -> bool:
    """By operator; every operator reads upwards when higher is better, downwards when lower is."""
    strict = target.operator in (">", "<")
    room = round(a - target.low if target.direction == "higher" else target.low - a, 9)
    return room > 0 if strict else room >= 0


def final(target: Target, a: float) -> str:
    """The last word, where p means something."""
    assert target.baseline is not None
    if met(target, a):
        further = (a - target.high) / (target.low - target.baseline)
        return "exceeded" if round(further, 9) >= 0.1 else "completed"
    return "nearly_completed" if round(completion(target.baseline, target.low, a), 9) >= 0.95 else "missed"


def status(target: Target, history: Sequence[Actual], as_of: date) -> str:
    """The word for a level with a dated target, straight path and one definition."""
    known = sorted((a.day, a.value) for a in history if a.day <= as_of)
    after_baseline = [(d, a) for d, a in known if target.d0 is None or d > target.d0]
    if not after_baseline:
        return "not_assessable" if as_of > target.d1 else "no_data"
    at_end = [(d, a) for d, a in after_baseline if d >= target.d1]
    d, a = at_end[0] if at_end else after_baseline[-1]
    event = target.measure in ("titles", "milestone")
    b, T = target.baseline, target.low
    upwards = target.direction == "higher"
    without_p = event or b is None or b == T or (b > T if upwards else b < T)
    if at_end and without_p:
        return "completed" if met(target, a) else "missed"
    if at_end:
        return final(target, a)
    if met(target, a) and (event or b is None or not without_p):
        return "completed" if event else "achieved_early"
    if as_of > target.d1:
        return "not_assessable"
    if event or b is None or target.d0 is None:
        return "in_progress"
    if without_p:
        if met(target, a):
            return "on_schedule"
        if T == 0:
            return "watch"
        missing = T - a if upwards else a - T
        word = status_by_shortfall(100 * missing / abs(T))
        return "watch" if word == "on_schedule" else word
    return status_by_gap(gap(b, target.d0, T, target.d1, a, d))


def year_to_date(observations: Iterable[Observation]) -> dict[date, float]:
    """Quarterly returns, each either of the quarter or of the year to date, as the year to date."""
    alone: dict[tuple[int, int], float] = {}
    so_far: dict[tuple[int, int], float] = {}
    for seen in observations:
        key = (seen.period.end.year, seen.period.end.month // 3)
        if seen.accumulation == "ytd" or (seen.accumulation is None and seen.period.start.month == 1):
            so_far[key] = seen.value
        else:
            alone[key] = seen.value
    found = {}
    for year in sorted({year for year, _ in [*alone, *so_far]}):
        running: float | None = 0.0
        for quarter in (1, 2, 3, 4):
            if (year, quarter) in so_far:
                running = so_far[year, quarter]
            elif (year, quarter) in alone and running is not None:
                running += alone[year, quarter]
            else:
                running = None
            if running is not None:
                month, day = ENDS[quarter - 1]
                found[date(year, month, day)] = running
    return found


def in_quarters(so_far: dict[date, float]) -> dict[date, float]:
    """Each quarter alone, where the year to date of the quarter before is known."""
    found = {}
    for day, value in so_far.items():
        place = ENDS.index((day.month, day.day))
        if place == 0:
            found[day] = value
            continue
        before = date(day.year, *ENDS[place - 1])
        if before in so_far:
            found[day] = value - so_far[before]
    return found
