"""Ranks that say how sure they are: two values that the usual revision could swap share their places 并列."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from indicators.trajectory import exact

__all__ = ["Rank", "ranks", "usual_revision"]


@dataclass(frozen=True, slots=True, order=True)
class Rank:
    """The places a value may have, 1 the best: 3–6 where three others could be before or behind it."""

    best: int
    worst: int

    @property
    def tied(self) -> bool:
        return self.best < self.worst


def ranks(values: Sequence[tuple[float, float]], *, sign: int) -> list[Rank]:
    """The rank of each (value, spread), in their order; `sign` is +1 where higher is better, −1 where lower is.

    One is before another only when their intervals value ± spread have no point in common, at nine decimals.
    """
    ends = [(exact(sign * value - spread), exact(sign * value + spread)) for value, spread in values]
    found = []
    for low, high in ends:
        before = sum(other > high for other, _ in ends)
        behind = sum(other < low for _, other in ends)
        found.append(Rank(1 + before, len(ends) - behind))
    return found


def usual_revision(sizes: Iterable[float], others: Iterable[float], *, decimals: int) -> float:
    """How far a figure usually moves when it is revised: the median size of its own past revisions.

    Without any, that of the `others` beside it; and never less than half of the last digit the definition prints.
    """
    own = [abs(size) for size in sizes] or [abs(size) for size in others]
    return max(median(own) if own else 0.0, 0.5 * 10.0**-decimals)
