"""What a figure was before it was revised, and how large this series' revisions usually are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from statistics import median

__all__ = ["Recorded", "Revision", "revisions", "usual"]


@dataclass(frozen=True, slots=True)
class Recorded:
    """One approved value of the period that ends on `end`, and when it was approved; None: reported as missing."""

    end: date
    value: float | None
    at: datetime
    vintage: str = ""
    accumulation: str = ""


@dataclass(frozen=True, slots=True)
class Revision:
    """A value and the one that replaced it."""

    was: Recorded
    now: Recorded

    @property
    def end(self) -> date:
        return self.now.end

    @property
    def size(self) -> float:
        """How far the value moved, with its sign, in its own unit."""
        assert self.was.value is not None and self.now.value is not None
        return self.now.value - self.was.value


def revisions(records: Iterable[Recorded]) -> tuple[Revision, ...]:
    """Every step from a value to a different one of the same period and accumulation, in the order of `records`.

    `records` are oldest first, as decided. A value withdrawn as missing was not revised to a size.
    """
    series: dict[tuple[date, str], list[Recorded]] = {}
    for record in records:
        series.setdefault((record.end, record.accumulation), []).append(record)
    steps = [step for known in series.values() for step in pairwise(known)]
    return tuple(
        Revision(was, now)
        for was, now in steps
        if was.value is not None and now.value is not None and was.value != now.value
    )


def usual(found: Iterable[Revision]) -> float | None:
    """The median absolute size of past revisions, which method.md §5 shakes a verdict by; None without any."""
    sizes = [abs(one.size) for one in found]
    return median(sizes) if sizes else None
