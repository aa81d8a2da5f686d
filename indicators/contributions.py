"""How much of a ratio's change came from its numerator and how much from its denominator."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from indicators.period import shift
from indicators.series import Observation

__all__ = ["Contributions", "contributions", "on_the_year"]


@dataclass(frozen=True, slots=True)
class Contributions:
    """A ratio's change between two days, split in two; all but the counts in the ratio's own unit.

    `numerator` + `denominator` = `change`, exactly but for rounding in the last digit of a float.
    """

    since: date
    until: date
    before: float
    after: float
    numerator: float
    denominator: float
    counts: tuple[float, float, float, float]  # numerator before and after, denominator before and after

    @property
    def change(self) -> float:
        return self.after - self.before


def contributions(first: Observation, last: Observation, *, factor: float) -> Contributions | None:
    """The change from `first` to `last`, split by the midpoint method; None where a part was not reported.

    Each part's contribution is the mean of moving it first and moving it second (Shapley's value of two players):
    for r = k·n/d, numerator k·Δn·½(1/d₀ + 1/d₁), denominator k·½(n₀ + n₁)·Δ(1/d). They add up to Δr with nothing
    left over, neither depends on which part is named first, and going back undoes them. The split by logarithms
    adds up as well, but has no answer for a numerator of 0.
    """
    counts = (first.numerator, last.numerator, first.denominator, last.denominator)
    if any(count is None for count in counts):
        return None
    n0, n1, d0, d1 = (float(count) for count in counts if count is not None)
    if d0 == 0 or d1 == 0:
        return None
    numerator = factor * (n1 - n0) * (1 / d0 + 1 / d1) / 2
    denominator = factor * (n0 + n1) / 2 * (1 / d1 - 1 / d0)
    before, after = factor * n0 / d0, factor * n1 / d1
    if not all(map(math.isfinite, (numerator, denominator, before, after))):
        return None
    days = first.period.end, last.period.end
    return Contributions(*days, before, after, numerator, denominator, (n0, n1, d0, d1))


def on_the_year(observations: Sequence[Observation], last: Observation, *, factor: float) -> Contributions | None:
    """The change against the same period a year before, under one definition; None where that is not known in parts."""
    year_ago = shift(last.period.end, months=-12)
    for seen in observations:
        if seen.period.end == year_ago and seen.definition == last.definition:
            return contributions(seen, last, factor=factor)
    return None
