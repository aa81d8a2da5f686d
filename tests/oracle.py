"""The same answers as the core, by plain loops and chains of ifs straight from the method.

Nothing is imported from the package but the values that go in; answers come out as numbers and codes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta

from indicators.series import Actual, Observation
from indicators.target import Target
from indicators.verdicts import Case

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


# -- the four rule sets: (status, progress, score) -------------------------------------------------------------

Told = tuple[str, float | None, float | None]


def cn_schedule(case: Case) -> Told:
    """Whole years."""
    b, a, T, y0, y, y1 = (
        case.base_value,
        case.current_value,
        case.target,
        case.base_year,
        case.current_year,
        case.target_year,
    )
    up = case.direction != -1
    if a is None or y is None:
        return "no_data", None, None
    if T is None or y1 is None:
        return "not_assessable", None, None
    is_met = round(a - T if up else T - a, 9) >= 0
    if b is None or y0 is None:
        if is_met:
            return ("completed" if y >= y1 else "achieved_early"), None, None
        return ("missed" if y >= y1 else "in_progress"), None, None
    if y0 >= y1:
        return "not_assessable", None, None
    if y <= y0:
        return "no_data", None, None
    if b == T or (b > T if up else b < T):
        if y >= y1:
            return ("completed" if is_met else "missed"), None, None
        if is_met:
            return "on_schedule", None, None
        if T == 0:
            return "watch", None, None
        return status_by_shortfall(100 * (T - a if up else a - T) / abs(T)), None, None
    p = (a - b) / (T - b)
    points = 100 * (p - min((y - y0) / (y1 - y0), 1))
    if y >= y1:
        if is_met:
            return ("exceeded" if round(p - 1, 9) >= 0.1 else "completed"), p, points
        return ("nearly_completed" if round(p, 9) >= 0.95 else "missed"), p, points
    if is_met:
        return "achieved_early", p, points
    return status_by_gap(points), p, points


def _cagr(x: float, y: float, n: float) -> float:
    return float((x / y) ** (1 / n)) - 1


def _other_side(x: float, y: float) -> bool:
    return (x > 0 > y) or (x < 0 < y)


def open_sdg(case: Case) -> Told:
    none: Told = ("not_available", None, None)
    if case.base_value is None or case.current_value is None or case.base_year is None or case.current_year is None:
        return none
    if case.base_year >= case.current_year:
        return none
    base = 0.001 if case.base_value == 0 else case.base_value
    T = 0.001 if case.target == 0 else case.target
    a = case.current_value
    way = -1 if case.direction is None else case.direction
    sign = -1 if base < 0 else 1
    if T is None:
        if _other_side(base, a):
            return none
        g = sign * way * _cagr(a, base, case.current_year - case.base_year)
        return _growth_alone(g, _near_limit(base, case.limit))
    R = None
    years = 0 if case.target_year is None else case.target_year - case.base_year
    if years > 0 and not _other_side(base, a) and not _other_side(base, T):
        required = _cagr(T, base, years)
        if round(required, 9) != 0:
            R = sign * way * _cagr(a, base, case.current_year - case.base_year) / abs(required)
    if round(a - T if way == 1 else T - a, 9) >= 0:
        return "target_achieved", R, 5.0
    if R is None:
        return none
    r = round(R, 9)
    score = 7.1429 * R - 4.2857 if r >= 0.6 else 4.1667 * R - 2.5
    score = 5.0 if score > 5 else -5.0 if score < -5 else score
    if r >= 0.95:
        return "substantial_progress", R, score
    if r >= 0.6:
        return "moderate_progress", R, score
    if r >= 0:
        return "limited_progress", R, score
    return "deterioration", R, score


def _near_limit(base: float, limit: float | None) -> float:
    if limit is None:
        return 1.0
    B, M = abs(base), abs(limit)
    if B >= 2 * M:
        return 1.0
    if B <= M:
        return float(1 - (B / M) ** 4.44)
    return float(1 - ((2 * M - B) / M) ** 4.44)


def _growth_alone(g: float, C: float) -> Told:
    if round(g, 9) < 0:
        return "deterioration", g, max(125 * g - 2.5, -5.0)
    if C == 0:
        return "substantial_progress", g, 5.0
    asked = round(g / C, 9)
    if asked >= 0.015:
        return "substantial_progress", g, min(500 * g / C - 5, 5.0)
    if asked >= 0.005:
        return "moderate_progress", g, 250 * g / C - 1.25
    return "limited_progress", g, 500 * g / C - 2.5


def un_2023(case: Case) -> Told:
    b, a, T = case.base_value, case.current_value, case.target
    if b is None or a is None or T is None:
        return "not_available", None, None
    up = case.direction != -1
    share = None
    years = None not in (case.base_year, case.current_year, case.target_year)
    if years and b > 0 and a >= 0 and T >= 0 and round(T - b, 9) != 0:
        assert case.base_year is not None and case.current_year is not None and case.target_year is not None
        if case.base_year < case.current_year and case.base_year < case.target_year:
            grown = (a / b) ** ((case.target_year - case.base_year) / (case.current_year - case.base_year))
            share = float((b * grown - b) / (T - b))
    if round(a - T if up else T - a, 9) >= 0:
        return "met", share, None
    if case.unit == "%" and (T == 0 or T == 100) and round(abs(a - T), 9) <= 1:
        return "met", share, None
    if round(T - b, 9) == 0:
        return "stagnation_or_regression", None, None
    if share is None:
        return "not_available", None, None
    if b > T if up else b < T:
        return "stagnation_or_regression", share, None
    if round(share, 9) >= 0.95:
        return "on_track", share, None
    if round(share, 9) >= 0.10:
        return "fair", share, None
    return "stagnation_or_regression", share, None


def healthy_people(case: Case) -> Told:
    b, a, T = case.base_value, case.current_value, case.target
    if b is None or a is None or T is None:
        return "not_available", None, None
    up = case.direction != -1
    percent = None if round(T - b, 9) == 0 else 100 * (a - b) / (T - b)
    if round(a - T if up else T - a, 9) >= 0:
        return "met_or_exceeded", percent, None
    significant = None
    if case.base_error is not None and case.current_error is not None and (case.base_error or case.current_error):
        z = abs(a - b) / float((case.base_error**2 + case.current_error**2) ** 0.5)
        significant = z >= 1.6448536269514722  # the 95th percentile of the normal distribution
    toward = round(a - b if up else b - a, 9)
    if toward > 0:
        if significant is None:
            significant = percent is not None and round(percent, 7) >= 10
        return ("improved" if significant else "little_or_no_change"), percent, None
    if toward < 0:
        if significant is None:
            significant = round(abs(a - b), 9) >= round(0.1 * abs(b), 9)
        return ("got_worse" if significant else "little_or_no_change"), percent, None
    return "little_or_no_change", percent, None


RULES: dict[str, Callable[[Case], Told]] = {
    "cn-schedule": cn_schedule,
    "open-sdg": open_sdg,
    "un-2023": un_2023,
    "healthy-people": healthy_people,
}
