"""A plan's target made computable: its numbers in the definition's unit, its dates, what meets it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date, timedelta

from indicators.definition import Direction, Frequency, Indicator, MeasureType
from indicators.period import year_end
from indicators.plan import Commitment, Operator, PathShape, Plan, Recurrence
from indicators.trajectory import RequiredPath, exact
from indicators.units import convert

__all__ = ["Target"]


@dataclass(frozen=True, slots=True)
class Target:
    """One target of one indicator in one region. Values in the definition's unit.

    `baseline`/`d0` are None when the plan publishes none. `low` is the value progress is measured to; `high`
    differs from it only for a range. `definitions`: versions whose figures compare with the baseline; `restated`:
    the baseline restated under versions that do not.
    """

    d1: date
    low: float
    high: float
    operator: Operator
    direction: Direction
    measure: MeasureType
    baseline: float | None = None
    d0: date | None = None
    recurrence: Recurrence = Recurrence.ONCE
    shape: PathShape = PathShape.LINEAR
    waypoints: tuple[tuple[date, float], ...] = ()
    frequency: Frequency = Frequency.YEAR
    due_days: int | None = None
    definitions: tuple[int, ...] = (1,)
    restated: tuple[tuple[int, float], ...] = ()
    start: date | None = None

    def __post_init__(self) -> None:
        values = [self.low, self.high, *(value for _, value in (*self.waypoints, *self.restated))]
        if not all(map(math.isfinite, [*values, self.baseline or 0.0])):
            raise ValueError(f"a target needs finite numbers: {values}, baseline {self.baseline}")
        if (self.baseline is None) != (self.d0 is None):
            raise ValueError("a baseline needs both its value and its date")
        if self.low > self.high:
            raise ValueError(f"range is upside down: {self.low} > {self.high}")
        higher = self.direction is Direction.HIGHER
        if self.operator in (_CEILINGS if higher else _FLOORS):
            raise ValueError(f"operator {self.operator} contradicts “{self.direction} is better”")
        if self.operator is Operator.MAINTAIN and self.baseline is not None and self.baseline != self.low:
            raise ValueError(f"a maintained target equals its baseline: {self.low} ≠ {self.baseline}")
        if self.accumulates and not higher:
            raise ValueError("a ceiling on an accumulated flow cannot be judged by progress: give it a yearly level")
        if self.accumulates and self.measure is not MeasureType.FLOW:
            raise ValueError(f"only a flow accumulates, not a {self.measure}")
        if self.accumulates and (self.operator is Operator.MAINTAIN or self.shape is PathShape.GEOMETRIC):
            raise ValueError("an accumulated flow starts at 0: it cannot be maintained nor grow geometrically")
        if self.recurrence is Recurrence.WHOLE_PLAN and self.start is None:
            raise ValueError("a whole-plan target needs the plan's start")
        self.path()  # one that cannot be drawn is refused here, not when it is first judged

    @classmethod
    def of(cls, commitment: Commitment, indicator: Indicator, *, plan: Plan) -> Target:
        """The computable form of a plan's target; UnitError when its unit is not the indicator's dimension."""
        definition = indicator.current
        due, operator = commitment.due, commitment.operator
        assert due is not None and operator is not None, "Commitment refuses a target without these"

        def unit(value: float) -> float:
            return convert(value, commitment.unit, definition.unit) if commitment.unit else value

        low = commitment.target_value if commitment.target_low is None else commitment.target_low
        high = commitment.target_value if commitment.target_high is None else commitment.target_high
        assert low is not None and high is not None
        if operator is Operator.RANGE and definition.direction is Direction.LOWER:
            low, operator = high, Operator.AT_MOST  # coming down, the upper bound is reached first
        base = commitment.baseline_value
        return cls(
            d1=due,
            low=unit(low),
            high=unit(high),
            operator=operator,
            direction=definition.direction,
            measure=definition.measure,
            baseline=None if base is None else unit(base),
            d0=commitment.baseline_date,
            recurrence=commitment.recurrence,
            shape=commitment.shape,
            waypoints=tuple((w.day, unit(w.value)) for w in commitment.waypoints),
            frequency=definition.frequency,
            due_days=definition.due_days,
            definitions=tuple(
                d.version
                for d in indicator.definitions
                if indicator.comparable_between(d.version, commitment.baseline_definition)
            ),
            restated=tuple((version, unit(value)) for version, value in commitment.comparables),
            start=plan.start,
        )

    # -- asking ----------------------------------------------------------------------------------------

    @property
    def sign(self) -> int:
        return self.direction.sign

    @property
    def accumulates(self) -> bool:
        """Whether progress is a share of a sum (yearly or whole-plan flows), which needs no baseline."""
        return self.recurrence is not Recurrence.ONCE

    @property
    def annual(self) -> bool:
        """Whether its history has one point a year: annual data, or a flow judged on completed years."""
        often = self.frequency in (Frequency.QUARTER, Frequency.MONTH)
        return not often or (self.measure is MeasureType.FLOW and not self.accumulates)

    @property
    def event(self) -> bool:
        """Titles and milestones: done or not, with no line between."""
        return self.measure in (MeasureType.TITLES, MeasureType.MILESTONE)

    @property
    def maintained(self) -> bool:
        """T = b: there is no change to complete."""
        return self.baseline is not None and self.baseline == self.low

    @property
    def already_beyond(self) -> bool:
        """The baseline was beyond the target before the plan began."""
        return self.baseline is not None and self.sign * (self.baseline - self.low) > 0

    @property
    def measurable(self) -> bool:
        """Whether p = (a − b)/(T − b) exists and means progress."""
        return self.baseline is not None and not (self.maintained or self.already_beyond or self.event)

    def met(self, value: float) -> bool:
        """Whether `value` satisfies the operator; compared at nine decimals."""
        distance = exact(self.sign * (value - self.low))
        return distance > 0 if self.operator in (Operator.MORE_THAN, Operator.LESS_THAN) else distance >= 0

    def progress(self, value: float) -> float:
        """Completion of the targeted change p; only where `measurable`."""
        assert self.baseline is not None and self.measurable
        return (value - self.baseline) / (self.low - self.baseline)

    def beyond(self, value: float) -> float:
        """How far past the far end of the target, as a share of the targeted change; only where `measurable`."""
        assert self.baseline is not None and self.measurable
        return self.sign * (value - self.high) / abs(self.low - self.baseline)

    def path(self) -> RequiredPath | None:
        """The required path; None where no line can be drawn (no baseline, titles, milestones)."""
        if self.event or self.baseline is None or self.d0 is None:
            return None
        points = ((self.d0, self.baseline), *self.waypoints, (self.d1, self.low))
        return RequiredPath(points, self.shape)

    # -- other forms of it -----------------------------------------------------------------------------

    def in_year(self, year: int) -> Target:
        """A yearly flow's target for one year: from 0 on 31 December before it to T on 31 December."""
        assert self.recurrence is Recurrence.YEARLY
        return replace(self, baseline=0.0, d0=year_end(year - 1), d1=year_end(year), waypoints=())

    def over_plan(self) -> Target:
        """A whole-plan flow's target: from 0 on the day before the plan starts."""
        assert self.recurrence is Recurrence.WHOLE_PLAN and self.start is not None
        return replace(self, baseline=0.0, d0=self.start - timedelta(days=1))

    def under(self, definition: int) -> Target | None:
        """This target with its baseline restated under that definition version; None when nobody restated it."""
        for version, value in self.restated:
            if version == definition:
                # a maintained target is its baseline, under any definition
                kept = (value, value) if self.operator is Operator.MAINTAIN else (self.low, self.high)
                return replace(self, baseline=value, low=kept[0], high=kept[1], definitions=(definition,))
        return None


_FLOORS = (Operator.AT_LEAST, Operator.MORE_THAN)
_CEILINGS = (Operator.AT_MOST, Operator.LESS_THAN)
