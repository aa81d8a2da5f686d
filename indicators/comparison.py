"""The same target under every rule set, whether they disagree, and why (method.md §4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from indicators.assessment import Reason, assess
from indicators.monitor import Judged
from indicators.period import year_progress
from indicators.plan import Recurrence
from indicators.rules import Method, RuleSet, Standing
from indicators.verdicts import Case, Verdict, judge

__all__ = ["Comparison", "Side", "Why", "compare"]

_IN_ORDER = (Method.SCHEDULE, Method.CHANGE, Method.GROWTH_RATIO, Method.EXTRAPOLATION)
_NEAR = 0.05  # a number this small beside its counterpart makes growth rates explode


class Why(StrEnum):
    """What lets rule sets disagree about one target."""

    BASE_BEYOND = "base_beyond"  # the baseline was beyond the target already
    BASE_NEAR_ZERO = "base_near_zero"  # growth from almost nothing
    TARGET_NEAR_ZERO = "target_near_zero"  # growth toward almost nothing
    NO_TIME = "no_time"  # healthy-people looks at the change alone, not at the time gone
    COMPOUND = "compound"  # compound growth against a straight line


@dataclass(frozen=True, slots=True)
class Side:
    """One rule set's verdict of a target."""

    rule: RuleSet
    verdict: Verdict

    @property
    def standing(self) -> Standing:
        return self.rule.standing(self.verdict.status)


@dataclass(frozen=True, slots=True)
class Comparison:
    """All sides of one target; `disagree` where judgements differ in what they amount to, with the reasons."""

    sides: tuple[Side, ...]
    disagree: bool
    why: tuple[Why, ...] = ()


def decimal_year(day: date) -> float:
    """A date as years: 2020-12-31 is 2020.0, the end of a quarter a quarter of a year."""
    return day.year - 1 + year_progress(day)


def case_of(one: Judged, method: Method) -> Case | None:
    """The numbers of a judged target for a growth rule; None where none can be asked.

    Without a published baseline Open SDG takes the first comparable figure; the others have no base then. Nothing
    is compared across a break of definition.
    """
    verdict, target = one.assessment, one.assessment.target
    if verdict.actual is None or target.event or target.recurrence is not Recurrence.ONCE:
        return None
    if verdict.reason is Reason.DEFINITION_BREAK:
        return None
    base, base_year = target.baseline, decimal_year(target.d0) if target.d0 else None
    if base is None and method is Method.GROWTH_RATIO:
        first = next(a for a in one.history if a.definition in target.definitions)
        base, base_year = first.value, decimal_year(first.day)
    return Case(
        base_year=base_year,
        base_value=base,
        current_year=decimal_year(verdict.actual.day),
        current_value=verdict.actual.value,
        target=target.low,
        target_year=decimal_year(target.d1),
        direction=target.sign,
        unit=one.definition.unit,
    )


def compare(one: Judged, rules: Iterable[RuleSet]) -> Comparison:
    """A target under each rule set. The side of the rule set it was judged by is that judgement itself."""
    sides = []
    for rule in rules:
        if rule.method is Method.SCHEDULE:
            found = one.assessment
            if (rule.id, rule.version) != (found.rule, found.rule_version):
                found = assess(one.target, one.history, as_of=found.as_of, rule=rule)
            sides.append(Side(rule, Verdict(found.status.value, found.p, found.gap_points)))
        else:
            case = case_of(one, rule.method)
            sides.append(Side(rule, Verdict("not_available") if case is None else judge(case, rule)))
    standings = {side.standing for side in sides} - {Standing.NONE}
    if len(standings) < 2:
        return Comparison(tuple(sides), disagree=False)
    return Comparison(tuple(sides), disagree=True, why=tuple(_why(one, sides)))


def _why(one: Judged, sides: Sequence[Side]) -> Iterable[Why]:
    target = one.assessment.target
    base, goal = target.baseline, target.low
    if target.already_beyond:
        yield Why.BASE_BEYOND
    if base is not None and abs(base) < _NEAR * abs(goal):
        yield Why.BASE_NEAR_ZERO
    if base is not None and abs(goal) < _NEAR * abs(base):
        yield Why.TARGET_NEAR_ZERO
    by_method = {side.rule.method: side.standing for side in sides}
    schedule, change, ratio, carried_on = (by_method.get(method, Standing.NONE) for method in _IN_ORDER)
    if change not in (schedule, Standing.NONE):
        yield Why.NO_TIME
    if {ratio, carried_on} - {schedule, Standing.NONE}:
        yield Why.COMPOUND
