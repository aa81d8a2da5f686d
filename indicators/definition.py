"""Indicators 指标 and their versioned definitions 口径: what is measured, in which unit, which way is better."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

__all__ = [
    "Accumulation",
    "Aggregation",
    "Definition",
    "Direction",
    "Frequency",
    "Indicator",
    "MeasureType",
    "Part",
    "Range",
]


class MeasureType(StrEnum):
    """What kind of quantity an indicator is (method.md §1); declared, never guessed from the data."""

    STOCK = "stock"  # 时点: a level at an instant
    RATIO = "ratio"  # 比率: numerator over denominator, regions combine as Σ/Σ
    FLOW = "flow"  # 时期: adds up over the days of its period
    TITLES = "titles"  # 创建类: a count of titles won, no line between
    MILESTONE = "milestone"  # 事项: done or not done


class Direction(StrEnum):
    """Which way is better."""

    HIGHER = "higher"
    LOWER = "lower"

    @property
    def sign(self) -> int:
        """+1 if higher is better, −1 if lower is better."""
        return 1 if self is Direction.HIGHER else -1


class Frequency(StrEnum):
    """How often a return is due."""

    YEAR = "year"
    QUARTER = "quarter"
    MONTH = "month"
    EVENT = "event"  # when it happens: titles, milestones


class Accumulation(StrEnum):
    """What a flow covers: this period 当期 or the year to date 本年累计."""

    PERIOD = "period"
    YTD = "ytd"


class Aggregation(StrEnum):
    """How districts combine into their city (domain.md C4)."""

    RATIO = "ratio"  # Σnumerator / Σdenominator
    SUM = "sum"
    DISTINCT = "distinct"  # unique names
    NONE = "none"  # not aggregable: life expectancy, sample surveys, visitors


@dataclass(frozen=True, slots=True)
class Part:
    """A numerator or a denominator: what is counted and in which unit."""

    name: str
    unit: str


@dataclass(frozen=True, slots=True)
class Range:
    """Bounds in the definition's unit, both inclusive; None is open."""

    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"range is upside down: low {self.low} > high {self.high}")

    def __contains__(self, value: float) -> bool:
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


@dataclass(frozen=True, slots=True)
class Definition:
    """One version of what an indicator means, in force from `effective_from` until the next version.

    `factor` scales numerator/denominator to `unit` (1000 for 张/千人). `possible` bounds what can be true at
    all, `usual` what needs no explanation. `comparable` says whether figures may be compared with the version
    before. `due_days` after the period's end a return is due; None when no one has said.
    """

    version: int
    effective_from: date
    text_zh: str
    text_en: str
    unit: str
    decimals: int
    measure: MeasureType
    direction: Direction
    frequency: Frequency
    aggregation: Aggregation
    unit_en: str = ""
    unit_supplied: bool = False
    factor: float = 1.0
    numerator: Part | None = None
    denominator: Part | None = None
    possible: Range = field(default_factory=Range)
    usual: Range = field(default_factory=Range)
    usual_change: float | None = None
    source: str = ""
    comparable: bool = True
    due_days: int | None = None

    def __post_init__(self) -> None:
        if self.version < 1:
            raise ValueError(f"definition version must be 1 or more, not {self.version}")
        if not 0 <= self.decimals <= 6:
            raise ValueError(f"definition v{self.version}: decimals must be 0 to 6, not {self.decimals}")
        if (self.numerator is None) != (self.denominator is None):
            raise ValueError(f"definition v{self.version}: a numerator needs a denominator and the reverse")
        if self.numerator is not None and self.measure is not MeasureType.RATIO:
            raise ValueError(f"definition v{self.version}: only a ratio has a numerator, not a {self.measure}")
        if self.aggregation is Aggregation.RATIO and self.numerator is None:
            raise ValueError(f"definition v{self.version}: Σ/Σ needs the numerator and denominator")
        if self.factor <= 0:
            raise ValueError(f"definition v{self.version}: factor must be positive, not {self.factor}")


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator: its names, who answers for it, and its definitions, oldest first."""

    id: str
    domain: str
    name_zh: str
    name_en: str
    definitions: tuple[Definition, ...]
    aliases: tuple[str, ...] = ()
    owner: str = ""
    publisher: str = ""
    part_of: str = ""
    reviewed: date | None = None
    note_zh: str = ""
    note_en: str = ""

    def __post_init__(self) -> None:
        if not self.definitions:
            raise ValueError(f"indicator {self.id}: has no definition")
        versions = [d.version for d in self.definitions]
        if versions != list(range(1, len(versions) + 1)):
            raise ValueError(f"indicator {self.id}: definition versions must run 1, 2, …, not {versions}")
        starts = [d.effective_from for d in self.definitions]
        if starts != sorted(set(starts)):
            raise ValueError(f"indicator {self.id}: each definition must start after the one before it")

    @property
    def current(self) -> Definition:
        """The newest definition."""
        return self.definitions[-1]

    def definition_at(self, day: date) -> Definition:
        """The definition in force on `day`; the first one for days before it."""
        return next((d for d in reversed(self.definitions) if d.effective_from <= day), self.definitions[0])

    def comparable_between(self, first: int, second: int) -> bool:
        """Whether figures under two definition versions may be compared: no break lies between them."""
        low, high = sorted((first, second))
        return all(d.comparable for d in self.definitions if low < d.version <= high)

    def name(self, language: str = "zh") -> str:
        return self.name_zh if language == "zh" else self.name_en

    def names(self) -> tuple[str, ...]:
        """Every text that stands for this indicator in a file: id, names, aliases."""
        return (self.id, self.name_zh, self.name_en, *self.aliases)
