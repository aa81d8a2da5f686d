"""Rule sets: thresholds and words as data with a version (method.md §4).

A file names its `method` (which formula, `indicators.verdicts`), its bands (gapless, each end said to be inside or
not), its settings and the words of its statuses. Loading refuses a hole, an overlap or an unknown word. This module
knows numbers and codes only: no files, no clock, no language of its own, no colour.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

from indicators.trajectory import exact

__all__ = ["Band", "Method", "RuleSet", "Standing", "Status", "Words"]


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


class Standing(StrEnum):
    """What a status of any rule set amounts to, so that rule sets can be compared."""

    GOOD = "good"
    MIDDLING = "middling"
    BAD = "bad"
    NONE = "none"  # no judgement


class Method(StrEnum):
    """The formula a rule set's thresholds are about."""

    SCHEDULE = "schedule"  # gap in percentage points against the required path
    GROWTH_RATIO = "growth_ratio"  # actual against required compound annual growth (Open SDG)
    EXTRAPOLATION = "extrapolation"  # compound growth carried on to the target year (UN 2023)
    CHANGE = "change"  # percent of targeted change achieved (Healthy People)


# method → its bands, its settings, and every status it can give with what that amounts to
_GOOD, _MIDDLING, _BAD, _NONE = Standing.GOOD, Standing.MIDDLING, Standing.BAD, Standing.NONE
_SHAPES: Mapping[Method, tuple[frozenset[str], frozenset[str], Mapping[str, Standing]]] = {
    Method.SCHEDULE: (
        frozenset({"gap", "shortfall"}),
        frozenset({"exceeded_from", "nearly_from"}),
        {
            Status.ACHIEVED_EARLY: _GOOD,
            Status.AHEAD: _GOOD,
            Status.ON_SCHEDULE: _GOOD,
            Status.WATCH: _MIDDLING,
            Status.BEHIND: _BAD,
            Status.FAR_BEHIND: _BAD,
            Status.EXCEEDED: _GOOD,
            Status.COMPLETED: _GOOD,
            Status.NEARLY_COMPLETED: _MIDDLING,
            Status.MISSED: _BAD,
            Status.IN_PROGRESS: _NONE,
            Status.NO_DATA: _NONE,
            Status.NOT_ASSESSABLE: _NONE,
        },
    ),
    Method.GROWTH_RATIO: (
        frozenset({"ratio", "growth", "score"}),
        frozenset({"zero", "exponent"}),
        {
            "target_achieved": _GOOD,
            "substantial_progress": _GOOD,
            "moderate_progress": _MIDDLING,
            "limited_progress": _BAD,
            "deterioration": _BAD,
            "not_available": _NONE,
        },
    ),
    Method.EXTRAPOLATION: (
        frozenset({"share"}),
        frozenset({"near_points"}),
        {
            "met": _GOOD,
            "on_track": _GOOD,
            "fair": _MIDDLING,
            "stagnation_or_regression": _BAD,
            "not_available": _NONE,
        },
    ),
    Method.CHANGE: (
        frozenset(),
        frozenset({"improved_from", "worse_from", "significance"}),
        {
            "met_or_exceeded": _GOOD,
            "improved": _GOOD,
            "little_or_no_change": _BAD,
            "got_worse": _BAD,
            "not_available": _NONE,
        },
    ),
}
# no setting is negative; some have more to keep to
_AT_MOST = {"nearly_from": 1.0, "improved_from": 1.0, "significance": 0.5}
_NOT_ZERO = {"zero", "significance"}


@dataclass(frozen=True, slots=True)
class Words:
    """A code's words in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of numbers that bears one status; each finite end says whether it belongs to the band."""

    status: str
    low: float | None = None
    high: float | None = None
    low_included: bool = False
    high_included: bool = False

    def __post_init__(self) -> None:
        if not all(math.isfinite(end) for end in (self.low, self.high) if end is not None):
            raise ValueError(f"band {self.status}: {self.low} to {self.high}: an end is a number or left out")
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

    `schedule`: bands `gap` (percentage points) and `shortfall` (% short of a level to keep); settings
    `exceeded_from` (how far beyond the target, as a share of the targeted change, is 超额完成) and `nearly_from`
    (the completion from which an unmet target is 基本完成). `growth_ratio`: bands `ratio` (R), `growth` (g as a share
    a year, where there is no target) and `score` (mean score of several series). `extrapolation`: band `share`.
    `change`: no bands; `improved_from`, `worse_from` as shares, `significance` one-sided.
    """

    id: str
    version: int
    method: Method
    name: Words
    source: Words
    bands: Mapping[str, tuple[Band, ...]]
    settings: Mapping[str, float]
    words: Mapping[str, Words]
    note: Words = field(default_factory=lambda: Words("", ""))

    def __post_init__(self) -> None:
        where = f"rule set {self.id}"
        bands, settings, statuses = _SHAPES[self.method]
        for what, given, wanted in (
            ("band", set(self.bands), bands),
            ("setting", set(self.settings), settings),
            ("word", set(self.words), set(statuses)),
        ):
            if unknown := sorted(given - wanted):
                raise ValueError(f"{where}: unknown {what} {unknown[0]}; {self.method} has {', '.join(sorted(wanted))}")
            if missing := sorted(wanted - given):
                raise ValueError(f"{where}: no {what} {missing[0]}")
        for name, stretch in self.bands.items():
            _gapless(f"{where}, {name}", stretch)
            if strange := [band.status for band in stretch if band.status not in statuses]:
                raise ValueError(f"{where}, {name}: unknown status {strange[0]}")
        for name, number in self.settings.items():
            most, sign = _AT_MOST.get(name, math.inf), "<" if name in _NOT_ZERO else "≤"
            if not (0 <= number <= most) or math.isinf(number) or (number == 0 and name in _NOT_ZERO):
                top = "" if math.isinf(most) else f" ≤ {most:g}"
                raise ValueError(f"{where}: must be 0 {sign} {name}{top}, is {number}")

    def read(self, band: str, number: float) -> str:
        """The status of a number under one of the bands; compared at nine decimals. ArithmeticError for NaN."""
        if math.isnan(number):
            raise ArithmeticError(f"{band}: no number to read")
        return next(b.status for b in self.bands[band] if exact(number) in b)

    def standing(self, status: str) -> Standing:
        """What a status of this rule set amounts to."""
        return _SHAPES[self.method][2][status]

    def word(self, status: str, language: str = "zh") -> str:
        words = self.words[status]
        return words.zh if language == "zh" else words.en

    def called(self, language: str = "zh") -> str:
        """The rule set's own name."""
        return self.name.zh if language == "zh" else self.name.en

    # -- cn-schedule -----------------------------------------------------------------------------------

    def by_gap(self, points: float) -> Status:
        """The status of a gap in percentage points."""
        return Status(self.read("gap", points))

    def by_shortfall(self, share: float) -> Status:
        """The status of a relative shortfall (0.02 = 2 %) of a maintained target."""
        return Status(self.read("shortfall", 100 * share))

    def final(self, *, met: bool, progress: float | None, beyond: float | None) -> Status:
        """The final word. Without p (maintained, no baseline, titles) only 完成 or 未完成."""
        if met:
            exceeded = beyond is not None and exact(beyond) >= self.settings["exceeded_from"]
            return Status.EXCEEDED if exceeded else Status.COMPLETED
        nearly = progress is not None and exact(progress) >= self.settings["nearly_from"]
        return Status.NEARLY_COMPLETED if nearly else Status.MISSED
