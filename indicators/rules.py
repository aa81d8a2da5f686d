"""Rule sets: thresholds as data with a version, and the pure functions that read them (method.md §4).

This module knows numbers and codes only: no files, no clock, no language, no colour.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from indicators.trajectory import exact

__all__ = ["Band", "RuleSet", "Status", "Words"]


class Status(StrEnum):
    """Every word a target's state can have under `cn-schedule`."""

    ACHIEVED_EARLY = "achieved_early"
    AHEAD = "ahead"
    ON_SCHEDULE = "on_schedule"
    WATCH = "watch"
    BEHIND = "behind"
    FAR_BEHIND = "far_behind"
    EXCEEDED = "exceeded"
    COMPLETED = "completed"
    NEARLY_COMPLETED = "nearly_completed"
    MISSED = "missed"
    IN_PROGRESS = "in_progress"
    NO_DATA = "no_data"
    NOT_ASSESSABLE = "not_assessable"

    @property
    def severity(self) -> int:
        """Rank for “needs attention”: larger is worse; 0 needs none."""
        return _SEVERITY.get(self, 0)


_SEVERITY = {
    Status.MISSED: 5,
    Status.FAR_BEHIND: 4,
    Status.BEHIND: 3,
    Status.NEARLY_COMPLETED: 2,
    Status.WATCH: 1,
}


@dataclass(frozen=True, slots=True)
class Words:
    """A code's words in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of numbers that bears one status; each finite end says whether it belongs to the band."""

    status: Status
    low: float | None = None
    high: float | None = None
    low_included: bool = False
    high_included: bool = False

    def __post_init__(self) -> None:
        if self.low is not None and self.high is not None:
            point = self.low == self.high and self.low_included and self.high_included
            if self.low >= self.high and not point:
                raise ValueError(f"band {self.status}: {self.low} to {self.high} holds no number")

    def __contains__(self, number: float) -> bool:
        above = self.low is None or number > self.low or (self.low_included and number == self.low)
        below = self.high is None or number < self.high or (self.high_included and number == self.high)
        return above and below


def _gapless(name: str, bands: tuple[Band, ...]) -> None:
    """Refuse bands that leave a hole or overlap anywhere on the number line."""
    if not bands or bands[0].low is not None or bands[-1].high is not None:
        raise ValueError(f"{name}: bands must run from minus to plus infinity, lowest first")
    for lower, upper in pairwise(bands):
        if lower.high is None or upper.low is None or lower.high < upper.low:
            raise ValueError(f"{name}: hole between {lower.status} and {upper.status}")
        if lower.high > upper.low or (lower.high_included and upper.low_included):
            raise ValueError(f"{name}: {lower.status} and {upper.status} overlap at {upper.low}")
        if not (lower.high_included or upper.low_included):
            raise ValueError(f"{name}: {upper.low} belongs to neither {lower.status} nor {upper.status}")


@dataclass(frozen=True, slots=True)
class RuleSet:
    """A named, versioned set of thresholds and words.

    `gap`: bands over the gap in percentage points. `shortfall`: bands over the relative shortfall in % of a
    maintained target. `exceeded_from`: how far beyond the target, as a share of the targeted change, is 超额完成.
    `nearly_from`: the completion from which an unmet target is 基本完成.
    """

    id: str
    version: int
    name: Words
    source: Words
    gap: tuple[Band, ...]
    shortfall: tuple[Band, ...]
    exceeded_from: float
    nearly_from: float
    words: Mapping[Status, Words]

    def __post_init__(self) -> None:
        _gapless(f"rule set {self.id}, gap", self.gap)
        _gapless(f"rule set {self.id}, shortfall", self.shortfall)
        if missing := [code for code in Status if code not in self.words]:
            raise ValueError(f"rule set {self.id}: no words for {', '.join(missing)}")
        if self.exceeded_from < 0 or not 0 <= self.nearly_from <= 1:
            raise ValueError(f"rule set {self.id}: exceeded_from ≥ 0 and 0 ≤ nearly_from ≤ 1")

    def by_gap(self, points: float) -> Status:
        """The status of a gap in percentage points."""
        return next(b.status for b in self.gap if exact(points) in b)

    def by_shortfall(self, share: float) -> Status:
        """The status of a relative shortfall (0.02 = 2 %) of a maintained target."""
        return next(b.status for b in self.shortfall if exact(100 * share) in b)

    def final(self, *, met: bool, progress: float | None, beyond: float | None) -> Status:
        """The final word. Without p (maintained, no baseline, titles) only 完成 or 未完成."""
        if met:
            exceeded = beyond is not None and exact(beyond) >= self.exceeded_from
            return Status.EXCEEDED if exceeded else Status.COMPLETED
        nearly = progress is not None and exact(progress) >= self.nearly_from
        return Status.NEARLY_COMPLETED if nearly else Status.MISSED

    def word(self, status: Status, language: str = "zh") -> str:
        words = self.words[status]
        return words.zh if language == "zh" else words.en
