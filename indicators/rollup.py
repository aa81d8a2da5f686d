"""A whole beside what its parts amount to: a city's own figure, and Σ or Σ/Σ of its districts (domain.md B12, C4).

The whole's own figure always wins. What its parts amount to is only said when every one of them reported, and never
as a mean; two partitions of one city (行政区划, 管理口径) overlap and are never added.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from indicators.catalogue import Region
from indicators.definition import Accumulation, Aggregation, Indicator, MeasureType
from indicators.series import Observation, aggregate

__all__ = ["PARTITION", "Obstacle", "Rollup", "city_of", "districts", "overlapping", "roll_up"]

PARTITION = "行政区划"  # the one whose parts make up the whole


class Obstacle(StrEnum):
    """Why parts are not added up."""

    MISSING = "missing"  # some have no figure
    BARE = "bare"  # a ratio that some reported without its numerator and denominator
    DEFINITION = "definition"  # under definitions that do not compare
    ZERO = "zero"  # the denominators sum to 0
    DISTINCT = "distinct"  # titles: one may be counted in two places, so their names would be needed
    NONE = "none"  # it adds up to nothing: life expectancy, sample surveys


@dataclass(frozen=True, slots=True)
class Rollup:
    """What the parts of a whole amount to at one period end, beside the whole's own figure. Values in the unit.

    `expected`: every part there is; `missing`: those without a figure; `bare`: those without the parts of a ratio.
    `total` is None where `obstacle` says why; `top`, `bottom` are the sums that a ratio was made of. `difference` is
    total − own, `share` that as a share of own; None where either is missing or they do not compare.
    """

    day: date
    own: Observation | None
    expected: tuple[str, ...]
    missing: tuple[str, ...] = ()
    bare: tuple[str, ...] = ()
    total: float | None = None
    top: float | None = None
    bottom: float | None = None
    difference: float | None = None
    share: float | None = None
    obstacle: Obstacle | None = None

    @property
    def reported(self) -> int:
        return len(self.expected) - len(self.missing)

    @property
    def value(self) -> float | None:
        """The figure of the whole: its own, else what its parts amount to."""
        return self.total if self.own is None else self.own.value


def city_of(regions: Mapping[str, Region]) -> Mapping[str, str]:
    """Each district of a city → its city; never the zones that overlap them."""
    return {
        r.code: r.parent
        for r in regions.values()
        if r.level == "district" and r.partition == PARTITION and regions[r.parent].level == "city"
    }


def districts(regions: Mapping[str, Region], city: str) -> tuple[str, ...]:
    """The districts that make up a city, in the order of their codes; () for what is no city."""
    return tuple(sorted(code for code, whole in city_of(regions).items() if whole == city))


def overlapping(regions: Mapping[str, Region], city: str) -> tuple[str, ...]:
    """The zones of a city, which overlap its districts."""
    return tuple(sorted(r.code for r in regions.values() if r.parent == city and r.partition not in ("", PARTITION)))


def roll_up(
    indicator: Indicator, observations: Iterable[Observation], *, whole: str, parts: Sequence[str], day: date
) -> Rollup:
    """The figures of `parts` at the period end `day` taken together, beside that of `whole`.

    `observations`: figures of the indicator, of any region and period; those of other ends are not looked at. Of a
    flow only the year to date counts. Raises AssertionError without parts.
    """
    assert parts, "nothing makes up a whole without parts"
    known = _at(indicator, observations, day)
    own = known.get(whole)
    seen = [known[code] for code in parts if code in known]
    missing = tuple(code for code in parts if code not in known)
    bare = tuple(o.region for o in seen if o.numerator is None or o.denominator is None)
    draft = Rollup(day, own, tuple(parts), missing)
    how = indicator.current.aggregation
    if how is Aggregation.RATIO:
        draft = Rollup(day, own, tuple(parts), missing, bare)
    if obstacle := _obstacle(indicator, seen, draft):
        return _refused(draft, obstacle)
    top = bottom = None
    if how is Aggregation.RATIO:
        pairs = [(o.numerator, o.denominator) for o in seen]
        total = aggregate(pairs, indicator.current.factor)
        if total is None:
            return _refused(draft, Obstacle.ZERO)
        top, bottom = (math.fsum(number or 0.0 for number in side) for side in zip(*pairs, strict=True))
    else:
        total = math.fsum(o.value for o in seen)
    difference = share = None
    if own is not None and indicator.comparable_between(own.definition, seen[0].definition):
        difference = total - own.value
        share = difference / abs(own.value) if own.value else None
    return Rollup(day, own, draft.expected, total=total, top=top, bottom=bottom, difference=difference, share=share)


def _at(indicator: Indicator, observations: Iterable[Observation], day: date) -> dict[str, Observation]:
    """The figure of each region at a period end; of a flow the year to date."""
    flow = indicator.current.measure is MeasureType.FLOW
    return {
        o.region: o
        for o in observations
        if o.indicator == indicator.id and o.period.end == day and (not flow or _to_date(o))
    }


def _to_date(seen: Observation) -> bool:
    return seen.accumulation is Accumulation.YTD or (seen.accumulation is None and seen.period.to_date)


def _obstacle(indicator: Indicator, seen: Sequence[Observation], draft: Rollup) -> Obstacle | None:
    match indicator.current.aggregation:
        case Aggregation.NONE:
            return Obstacle.NONE
        case Aggregation.DISTINCT:
            return Obstacle.DISTINCT
    if draft.missing:
        return Obstacle.MISSING
    if any(not indicator.comparable_between(seen[0].definition, o.definition) for o in seen):
        return Obstacle.DEFINITION
    return Obstacle.BARE if draft.bare else None


def _refused(draft: Rollup, obstacle: Obstacle) -> Rollup:
    return Rollup(draft.day, draft.own, draft.expected, draft.missing, draft.bare, obstacle=obstacle)
