"""Required paths: what a plan expects at any day between its baseline and its target (method.md §3)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from indicators.period import quarter_end, quarters_between
from indicators.plan import PathShape

__all__ = ["RequiredPath", "exact", "schedule"]


def exact(number: float) -> float:
    """Rounded to nine decimals, so that 100·(0.5 − 0.4) is 10 points and not 9.999… (method.md §1)."""
    return round(number, 9)


def schedule(start: date, day: date, end: date) -> float:
    """Schedule progress 时序进度 t = (d − d0)/(d1 − d0): in quarters when all three are quarter ends, else days.

    Below 0 before `start`, above 1 after `end`. Raises ValueError when `end` is not after `start`.
    """
    if end <= start:
        raise ValueError(f"a path must end after it starts: {start} to {end}")
    if all(map(quarter_end, (start, day, end))):
        return quarters_between(start, day) / quarters_between(start, end)
    return (day - start).days / (end - start).days


@dataclass(frozen=True, slots=True)
class RequiredPath:
    """Points from baseline through interim milestones to target, and the form between them.

    Starts exactly at the first point and ends exactly at the last, whatever the shape. `provisional`: it
    starts at the first actual because the plan states no baseline.
    """

    points: tuple[tuple[date, float], ...]
    shape: PathShape = PathShape.LINEAR
    provisional: bool = False

    def __post_init__(self) -> None:
        if len(self.points) < 2:
            raise ValueError("a required path needs a start and an end")
        days = [day for day, _ in self.points]
        if days != sorted(set(days)):
            raise ValueError(f"points of a path must follow each other in time: {days}")
        if self.shape is PathShape.GEOMETRIC:
            for (_, a), (_, b) in pairwise(self.points):
                if a * b <= 0:
                    raise ValueError(f"a geometric path needs values of one sign, neither 0: {a} to {b}")

    @property
    def start(self) -> date:
        return self.points[0][0]

    @property
    def end(self) -> date:
        return self.points[-1][0]

    def at(self, day: date) -> float:
        """The value expected on `day`; the baseline before the start, the target after the end."""
        if day <= self.start:
            return self.points[0][1]
        if day >= self.end:
            return self.points[-1][1]
        (d0, v0), (d1, v1) = next((a, b) for a, b in pairwise(self.points) if a[0] <= day < b[0])
        t = schedule(d0, day, d1)
        match self.shape:
            case PathShape.GEOMETRIC:
                return v0 * math.pow(v1 / v0, t)
            case PathShape.STEP:
                return float(math.floor(exact(v0 + (v1 - v0) * t)))
            case _:
                return v0 + (v1 - v0) * t
