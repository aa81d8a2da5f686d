"""One place among those that are compared: its line, its distance to the target, its rank or why it has none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from indicators.assessment import Assessment
from indicators.catalogue import Region
from indicators.plan import Plan
from indicators.ranking import Rank
from indicators.series import Actual, Observation
from indicators.target import Target

__all__ = ["LeftOut", "Panel"]


class LeftOut(StrEnum):
    """Why a place has no rank."""

    NO_FIGURE = "no_figure"
    DEFINITION = "definition"  # under one that does not compare with the others'
    OVERLAPS = "overlaps"  # a zone 管理口径, which shares its people with the districts
    EXEMPT = "exempt"  # the plan does not ask it of this place
    PERIOD = "period"  # at another period than most, whose values stand beside it all the same
    ORIGIN = "origin"  # generated where most are reported, or the other way round


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """One place: the points of its line, its latest figure, and the target it is held against, if any.

    `spread`: how far its latest figure usually moves when it is revised, in the unit. `plan`, `verdict`: of the plan
    whose target it is, where that is the place's own.
    """

    region: Region
    history: tuple[Actual, ...]
    latest: Observation | None
    target: Target | None
    spread: float
    plan: Plan | None = None
    verdict: Assessment | None = None
    rank: Rank | None = None
    left_out: LeftOut | None = None

    @property
    def value(self) -> float | None:
        return self.history[-1].value if self.history else None

    @property
    def day(self) -> date | None:
        return self.history[-1].day if self.history else None

    @property
    def gap(self) -> float | None:
        """Latest value − target, in the unit: below 0 is short of it where higher is better."""
        if self.value is None or self.target is None or self.target.accumulates:
            return None
        return self.value - self.target.low

    @property
    def demonstrated(self) -> bool:
        return self.latest is not None and self.latest.origin == "demo"

    @property
    def met(self) -> bool:
        return self.gap is not None and self.target is not None and self.target.met(self.value or 0.0)
