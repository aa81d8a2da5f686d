"""Plans 规划 and what they commit to: targets, milestones, tasks, phases, projects and the facts they state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from indicators.period import year_end

__all__ = ["Attribute", "Commitment", "Kind", "Operator", "PathShape", "Plan", "Quote", "Recurrence", "Waypoint"]


class Operator(StrEnum):
    """How a target is met (domain.md A7)."""

    AT_LEAST = ">="  # 达到, 以上, 不少于, 不低于, ≥
    MORE_THAN = ">"  # 超过, 突破, 余
    AT_MOST = "<="
    LESS_THAN = "<"
    EQUAL = "="  # bare counts such as 建成1个, met at >=
    RANGE = "range"  # 30–50家
    MAINTAIN = "maintain"  # 70 → 70


class Attribute(StrEnum):
    """Whether government must ensure it (约束性) or expects it (预期性)."""

    BINDING = "binding"
    ANTICIPATORY = "anticipatory"


class Kind(StrEnum):
    """What sort of statement a commitment is."""

    TARGET = "target"
    MILESTONE = "milestone"
    TASK = "task"
    PHASE = "phase"
    PROJECT = "project"
    ACTUAL = "actual"  # a historical value the plan states


class Recurrence(StrEnum):
    """What the target value refers to in time."""

    ONCE = "once"  # the level or the year's flow at the target date
    YEARLY = "yearly"  # 每年…: anew each January
    WHOLE_PLAN = "whole_plan"  # the sum since the plan's start


class PathShape(StrEnum):
    """Form of the required path from baseline to target (method.md §3)."""

    LINEAR = "linear"
    GEOMETRIC = "geometric"
    STEP = "step"
    CUSTOM = "custom"


@dataclass(frozen=True, slots=True)
class Quote:
    """A verbatim phrase of the plan's document and the section it stands in."""

    section: str
    text: str


@dataclass(frozen=True, slots=True)
class Waypoint:
    """An interim milestone of the required path: at the end of `day`, `value` in the target's unit."""

    day: date
    value: float


@dataclass(frozen=True, slots=True)
class Commitment:
    """One statement of a plan. Values are in `unit`, exactly as the document prints them.

    `unit_supplied`: the document prints no unit, we added it; `inferred` names other fields that are ours (a year
    taken from the context). `number`: the document's own numbering. `code`: a slogan such as 9064, kept as text.
    `scope_*`: for whom it holds where that is not the whole region (各城区), less the regions `excluded`;
    `each`: the regions for each of which it holds separately, judged once for each.
    `start_date`: of a phase. `duplicate_of`: the commitment that states the same thing earlier in the document.
    `comparables` give a baseline restated under a
    newer definition version, so that progress can be measured across a break.
    """

    id: str
    kind: Kind
    name_zh: str
    name_en: str
    quotes: tuple[Quote, ...]
    indicator: str = ""
    region: str = ""
    unit: str = ""
    unit_supplied: bool = False
    value: float | None = None
    value_year: int | None = None
    baseline_value: float | None = None
    baseline_year: int | None = None
    baseline_definition: int = 1
    operator: Operator | None = None
    target_value: float | None = None
    target_low: float | None = None
    target_high: float | None = None
    target_year: int | None = None
    target_date: date | None = None
    recurrence: Recurrence = Recurrence.ONCE
    attribute: Attribute | None = None
    part_of: str = ""
    shape: PathShape = PathShape.LINEAR
    waypoints: tuple[Waypoint, ...] = ()
    comparables: tuple[tuple[int, float], ...] = ()
    start_date: date | None = None
    number: str = ""
    code: str = ""
    scope_zh: str = ""
    scope_en: str = ""
    excluded: tuple[str, ...] = ()
    each: tuple[str, ...] = ()
    duplicate_of: str = ""
    inferred: tuple[str, ...] = ()
    lead: tuple[str, ...] = ()
    cooperating: tuple[str, ...] = ()
    aspirational: bool = False
    suspicious_zh: str = ""
    suspicious_en: str = ""
    note_zh: str = ""
    note_en: str = ""

    def __post_init__(self) -> None:
        where = f"commitment {self.id}"
        if not self.quotes:
            raise ValueError(f"{where}: needs at least one quote of its document")
        if self.kind is Kind.TARGET:
            self._check_target(where)
        if self.kind is Kind.ACTUAL and (self.value is None or self.value_year is None):
            raise ValueError(f"{where}: an actual states a value and its year")
        if self.shape is PathShape.CUSTOM and not self.waypoints:
            raise ValueError(f"{where}: a custom path needs its points")

    def _check_target(self, where: str) -> None:
        if self.operator is None or self.due is None:
            raise ValueError(f"{where}: a target needs an operator and a target year or date")
        ranged = self.target_low is not None and self.target_high is not None
        half = (self.target_low is None) != (self.target_high is None)
        if half or (self.operator is Operator.RANGE) != ranged or ranged == (self.target_value is not None):
            raise ValueError(f"{where}: a range fills low and high, any other target its value")
        if ranged and self.target_low > self.target_high:  # type: ignore[operator]
            raise ValueError(f"{where}: range is upside down, {self.target_low} > {self.target_high}")
        if (self.baseline_value is None) != (self.baseline_year is None):
            raise ValueError(f"{where}: a baseline needs both value and year")
        if self.baseline_date is not None and self.baseline_date >= self.due:
            raise ValueError(f"{where}: baseline {self.baseline_date} must lie before the target {self.due}")

    @property
    def due(self) -> date | None:
        """The date the target holds: the stated day, else 31 December of the target year."""
        return self.target_date or (year_end(self.target_year) if self.target_year else None)

    @property
    def baseline_date(self) -> date | None:
        return year_end(self.baseline_year) if self.baseline_year else None

    @property
    def binding(self) -> bool:
        return self.attribute is Attribute.BINDING

    def name(self, language: str = "zh") -> str:
        return self.name_zh if language == "zh" else self.name_en


@dataclass(frozen=True, slots=True)
class Plan:
    """One plan document and its commitments in the document's own order."""

    id: str
    seed: str
    title_zh: str
    title_en: str
    issuer: str
    region: str
    start: date
    end: date
    commitments: tuple[Commitment, ...]
    short_zh: str = ""
    short_en: str = ""
    document_number: str = ""
    issued: date | None = None
    published: date | None = None

    def __post_init__(self) -> None:
        if self.start >= self.end:
            raise ValueError(f"plan {self.id}: must end after it starts")
        seen: set[str] = set()
        for commitment in self.commitments:
            if commitment.id in seen:
                raise ValueError(f"plan {self.id}: commitment id {commitment.id} stands twice")
            seen.add(commitment.id)
        for commitment in self.commitments:
            if commitment.part_of and commitment.part_of not in seen:
                raise ValueError(f"plan {self.id}: {commitment.id} is part of unknown {commitment.part_of}")

    @property
    def targets(self) -> tuple[Commitment, ...]:
        return tuple(c for c in self.commitments if c.kind is Kind.TARGET)

    def commitment(self, commitment_id: str) -> Commitment:
        """The commitment of that id; KeyError names it when there is none."""
        for commitment in self.commitments:
            if commitment.id == commitment_id:
                return commitment
        raise KeyError(commitment_id)

    def title(self, language: str = "zh") -> str:
        return self.title_zh if language == "zh" else self.title_en

    def short(self, language: str = "zh") -> str:
        """A short name for a headline; the title when none is given."""
        return (self.short_zh if language == "zh" else self.short_en) or self.title(language)
