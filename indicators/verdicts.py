"""The four rule sets as pure functions of numbers (method.md §4): a case in, a verdict out.

They know nothing of files, clocks, language or colour.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import NormalDist

from indicators.assessment import assess
from indicators.definition import Direction, MeasureType
from indicators.period import shift, year_end
from indicators.plan import Operator
from indicators.rules import Method, RuleSet, Status
from indicators.series import Actual
from indicators.target import Target
from indicators.trajectory import exact
from indicators.units import normal

__all__ = ["Case", "Verdict", "combine", "judge"]


@dataclass(frozen=True, slots=True)
class Case:
    """The numbers a rule asks for. Years stand for 31 December; parts of a year are decimals.

    `direction` +1 if higher is better, −1 if lower is, None if not said (open-sdg then takes −1, the others +1).
    `limit`: a natural limit of the quantity. Standard errors where there are any.
    """

    base_year: float | None = None
    base_value: float | None = None
    current_year: float | None = None
    current_value: float | None = None
    target: float | None = None
    target_year: float | None = None
    direction: int | None = None
    limit: float | None = None
    unit: str = ""
    base_error: float | None = None
    current_error: float | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rule makes of a case; `progress` and `score` are None where they are not defined."""

    status: str
    progress: float | None = None
    score: float | None = None


_NOT_AVAILABLE = Verdict("not_available")


def judge(case: Case, rule: RuleSet) -> Verdict:
    """The verdict of any rule set; none can be given where a result is more than a float can hold."""
    try:
        verdict = _METHODS[rule.method](case, rule)
    except ArithmeticError:
        verdict = None
    if verdict is None or not all(math.isfinite(n) for n in (verdict.progress, verdict.score) if n is not None):
        return Verdict(Status.NOT_ASSESSABLE.value) if rule.method is Method.SCHEDULE else _NOT_AVAILABLE
    return verdict


def _met(case: Case, direction: int) -> bool:
    assert case.current_value is not None
    return case.target is not None and exact(direction * (case.current_value - case.target)) >= 0


def _opposite(x: float, y: float) -> bool:
    return min(x, y) < 0 < max(x, y)


def _growth(later: float, earlier: float, years: float) -> float:
    """Compound annual growth (x/y)^(1/n) − 1; both values of one sign, `earlier` not 0."""
    return math.pow(later / earlier, 1 / years) - 1


# -- cn-schedule -------------------------------------------------------------------------------------------


def _schedule(case: Case, rule: RuleSet) -> Verdict:
    """p, the gap in percentage points, and the status, by the same path as every screen."""
    if case.current_value is None or case.current_year is None:
        return Verdict("no_data")
    if case.target is None or case.target_year is None:
        return Verdict("not_assessable")
    higher = (case.direction or 1) > 0
    based = case.base_value is not None and case.base_year is not None
    d0, d1 = _day(case.base_year) if based and case.base_year is not None else None, _day(case.target_year)
    if d0 is not None and d0 >= d1:
        return Verdict("not_assessable")
    target = Target(
        d1=d1,
        low=case.target,
        high=case.target,
        operator=Operator.AT_LEAST if higher else Operator.AT_MOST,
        direction=Direction.HIGHER if higher else Direction.LOWER,
        measure=MeasureType.STOCK,
        baseline=case.base_value if based else None,
        d0=d0,
    )
    day = _day(case.current_year)
    verdict = assess(target, [Actual(day, case.current_value)], as_of=day, rule=rule)
    return Verdict(verdict.status.value, verdict.p, verdict.gap_points)


def _day(year: float) -> date:
    """31 December of a year; a part of a year leads on from there, by whole months where it is some."""
    if not 2 <= year < 9998:
        raise OverflowError(f"{year} is not a year of the calendar")
    last, months = year_end(int(year)), exact(12 * (year % 1))
    if months == round(months):
        return shift(last, months=round(months))
    return last + timedelta(days=round(365.25 * (year % 1)))


# -- open-sdg ----------------------------------------------------------------------------------------------


def _growth_ratio(case: Case, rule: RuleSet) -> Verdict:
    """Open SDG's sdg-build: actual against required compound growth; growth alone where there is no target."""
    current, direction = case.current_value, case.direction or -1
    if case.base_value is None or current is None or case.base_year is None or case.current_year is None:
        return _NOT_AVAILABLE
    if case.base_year >= case.current_year:
        return _NOT_AVAILABLE
    base = case.base_value or rule.settings["zero"]
    goal = None if case.target is None else case.target or rule.settings["zero"]
    sign = -1 if base < 0 else 1
    ratio = _ratio(case, base, goal, sign * direction)
    if goal is not None:
        if exact(direction * (current - goal)) >= 0:
            return Verdict("target_achieved", ratio, 5.0)
        if ratio is None:
            return _NOT_AVAILABLE
        return Verdict(rule.read("ratio", ratio), ratio, _ratio_score(ratio))
    if _opposite(base, current):
        return _NOT_AVAILABLE
    growth = sign * direction * _growth(current, base, case.current_year - case.base_year)
    return _growth_alone(growth, _closeness(base, case.limit, rule.settings["exponent"]), rule)


def _ratio(case: Case, base: float, goal: float | None, way: int) -> float | None:
    """R = sign·dir·CAGR(current)/|CAGR(target)|, each over its own years; None where it is not defined."""
    assert case.current_value is not None and case.current_year is not None and case.base_year is not None
    if goal is None or case.target_year is None or case.target_year <= case.base_year:
        return None
    if _opposite(base, case.current_value) or _opposite(base, goal):
        return None
    needed = _growth(goal, base, case.target_year - case.base_year)
    if exact(needed) == 0:
        return None
    return way * _growth(case.current_value, base, case.current_year - case.base_year) / abs(needed)


def _ratio_score(ratio: float) -> float:
    return min(7.1429 * ratio - 4.2857, 5.0) if exact(ratio) >= 0.6 else max(4.1667 * ratio - 2.5, -5.0)


def _closeness(base: float, limit: float | None, exponent: float) -> float:
    """C: how much growth can still be asked of a quantity near its natural limit; 1 without a limit."""
    if limit is None:
        return 1.0
    b, m = abs(base), abs(limit)
    if b >= 2 * m:
        return 1.0
    if b <= m:
        return 1 - math.pow(b / m, exponent)
    return 1 - math.pow((2 * m - b) / m, exponent)


def _growth_alone(growth: float, closeness: float, rule: RuleSet) -> Verdict:
    """The verdict on growth without a target: the cuts are each times C."""
    if exact(growth) < 0:
        return Verdict(rule.read("growth", growth), growth, max(125 * growth - 2.5, -5.0))
    scaled = max(growth, 0.0) / closeness if closeness else math.inf
    if exact(scaled) >= 0.015:
        score = min(500 * scaled - 5, 5.0)
    elif exact(scaled) >= 0.005:
        score = 250 * scaled - 1.25
    else:
        score = 500 * scaled - 2.5
    return Verdict(rule.read("growth", scaled), growth, score)


def combine(verdicts: Sequence[Verdict], rule: RuleSet) -> Verdict:
    """An indicator of several series under open-sdg: the mean of the scores; achieved only if all are."""
    scored = [v for v in verdicts if v.score is not None]
    if not scored:
        return _NOT_AVAILABLE
    mean = sum(v.score for v in scored if v.score is not None) / len(scored)
    if len(scored) == len(verdicts) and all(v.status == "target_achieved" for v in verdicts):
        return Verdict("target_achieved", None, mean)
    return Verdict(rule.read("score", mean), None, mean)


# -- un-2023 -----------------------------------------------------------------------------------------------


def _extrapolation(case: Case, rule: RuleSet) -> Verdict:
    """UN SDG Progress Chart 2023: compound growth carried on to the target year, as a share of the targeted change."""
    base, current, goal, direction = case.base_value, case.current_value, case.target, case.direction or 1
    if base is None or current is None or goal is None:
        return _NOT_AVAILABLE
    share = _share(case)
    near = normal(case.unit) == "%" and goal in (0, 100) and exact(abs(current - goal)) <= rule.settings["near_points"]
    if _met(case, direction) or near:
        return Verdict("met", share)
    if exact(goal - base) == 0:
        return Verdict("stagnation_or_regression")
    if share is None:
        return _NOT_AVAILABLE
    if direction * (goal - base) < 0:  # the base was beyond the target: the share means nothing
        return Verdict("stagnation_or_regression", share)
    return Verdict(rule.read("share", share), share)


def _share(case: Case) -> float | None:
    """(v̂ − b)/(T − b), v̂ the value at the target year if growth goes on; None where it is not defined."""
    base, current, goal = case.base_value, case.current_value, case.target
    assert base is not None and current is not None and goal is not None
    if case.base_year is None or case.current_year is None or case.target_year is None:
        return None
    if case.base_year >= case.current_year or case.base_year >= case.target_year:
        return None
    if base <= 0 or current < 0 or goal < 0 or exact(goal - base) == 0:
        return None
    growth = _growth(current, base, case.current_year - case.base_year)
    reached = base * math.pow(1 + growth, case.target_year - case.base_year)
    return (reached - base) / (goal - base)


# -- healthy-people ----------------------------------------------------------------------------------------


def _change(case: Case, rule: RuleSet) -> Verdict:
    """Healthy People 2020, final: percent of targeted change achieved, with significance where errors are known."""
    base, current, goal, direction = case.base_value, case.current_value, case.target, case.direction or 1
    if base is None or current is None or goal is None:
        return _NOT_AVAILABLE
    share = (current - base) / (goal - base) if exact(goal - base) else None
    percent = None if share is None else 100 * share
    if _met(case, direction):
        return Verdict("met_or_exceeded", percent)
    moved = direction * (current - base)
    significant = _significant(case, rule.settings["significance"])
    if exact(moved) > 0:
        enough = share is not None and exact(share) >= rule.settings["improved_from"]
        return Verdict(
            "improved" if (enough if significant is None else significant) else "little_or_no_change", percent
        )
    if exact(moved) < 0:
        enough = exact(abs(moved)) >= exact(rule.settings["worse_from"] * abs(base))
        return Verdict(
            "got_worse" if (enough if significant is None else significant) else "little_or_no_change", percent
        )
    return Verdict("little_or_no_change", percent)


def _significant(case: Case, level: float) -> bool | None:
    """Whether base and current differ, one-sided; None where a standard error is missing or both are 0."""
    if case.base_error is None or case.current_error is None:
        return None
    spread = math.hypot(case.base_error, case.current_error)
    if spread == 0:
        return None
    assert case.base_value is not None and case.current_value is not None
    return abs(case.current_value - case.base_value) / spread >= NormalDist().inv_cdf(1 - level)


_METHODS: Mapping[Method, Callable[[Case, RuleSet], Verdict]] = {
    Method.SCHEDULE: _schedule,
    Method.GROWTH_RATIO: _growth_ratio,
    Method.EXTRAPOLATION: _extrapolation,
    Method.CHANGE: _change,
}
