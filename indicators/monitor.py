"""A plan as it stands: every target with its figures, its judgement, and what the plan as a whole amounts to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from indicators.assessment import Assessment, assess
from indicators.catalogue import Catalogue
from indicators.definition import Accumulation, Definition, Indicator, MeasureType
from indicators.plan import Commitment, Plan
from indicators.rules import RuleSet, Status
from indicators.series import Actual, Observation, history, year_to_date
from indicators.target import Target

__all__ = ["Judged", "Tally", "attention", "judge_plan", "named", "over_time", "tally"]


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """One target of a plan with everything a reader may ask of it. Compared by identity, so that drawings keep.

    `observations`: the approved figures of its indicator and region. `history`: the points it is judged on.
    """

    plan: Plan
    commitment: Commitment
    indicator: Indicator
    region: str
    target: Target
    observations: tuple[Observation, ...]
    history: tuple[Actual, ...]
    assessment: Assessment

    @property
    def definition(self) -> Definition:
        return self.indicator.current

    @property
    def binding(self) -> bool:
        return self.commitment.binding

    @property
    def latest(self) -> Observation | None:
        """The figure the judgement rests on."""
        actual = self.assessment.actual
        if actual is None:
            return None
        then = (o for o in self.observations if o.period.end == actual.day)
        # of a flow's quarter and its year to date, which end together, it is the second
        return min(then, key=lambda o: o.accumulation is Accumulation.PERIOD, default=None)

    @property
    def within_year(self) -> tuple[Actual, ...]:
        """A dated flow's year to date after its last full year: shown beside last year's, never judged."""
        if self.target.measure is not MeasureType.FLOW or self.target.accumulates:
            return ()
        last = self.history[-1].day if self.history else date.min
        return tuple(a for a in year_to_date(self.observations) if a.day > last)

    @property
    def demonstrated(self) -> bool:
        """Whether any figure of it was generated for demonstration."""
        return any(o.origin == "demo" for o in self.observations)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many targets have each status, 约束性 counted apart."""

    counts: Mapping[Status, int]
    binding: Mapping[Status, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def among(self, statuses: Iterable[Status], *, binding: bool = False) -> int:
        source = self.binding if binding else self.counts
        return sum(source.get(status, 0) for status in statuses)


def judge_plan(
    catalogue: Catalogue,
    plan: Plan,
    observations: Iterable[Observation],
    *,
    as_of: date,
    rule: RuleSet,
    revisions: Callable[[str, str], Sequence[float]] = lambda indicator, region: (),
    region: str | None = None,
) -> list[Judged]:
    """Every target of `plan` that has an indicator, in the plan's order, judged as of a date.

    `region`: judge the figures of another region (a district) against the plan's targets; default, each
    target's own. `revisions(indicator, region)`: sizes of past revisions in the indicator's unit.
    """
    series: dict[tuple[str, str], list[Observation]] = {}
    for seen in observations:
        if seen.period.end <= as_of:
            series.setdefault((seen.indicator, seen.region), []).append(seen)
    judged = []
    for commitment in plan.targets:
        if not commitment.indicator:
            continue
        indicator = catalogue.indicators[commitment.indicator]
        target = catalogue.target(plan, commitment)
        for place in _places(catalogue, plan, commitment, region):
            mine = sorted(series.get((indicator.id, place), ()), key=lambda o: (o.period, o.accumulation or ""))
            points = history(target, mine)
            verdict = assess(target, points, as_of=as_of, rule=rule, revisions=revisions(indicator.id, place))
            here = _in(catalogue, commitment, place)
            judged.append(Judged(plan, here, indicator, place, target, tuple(mine), points, verdict))
    return judged


def _places(catalogue: Catalogue, plan: Plan, commitment: Commitment, region: str | None) -> Sequence[str]:
    """Where a commitment is judged: in its own regions, or in the one asked for unless it is exempt there."""
    own = catalogue.regions_of(plan, commitment)
    if region is None:
        return own
    exempt = region in commitment.excluded or (commitment.each and region not in commitment.each)
    return () if exempt else (region,)


def _in(catalogue: Catalogue, commitment: Commitment, place: str) -> Commitment:
    """A commitment that holds for each of several regions, as it stands in one of them: `id@region`."""
    if not commitment.each:
        return commitment
    region = catalogue.regions[place]
    return replace(
        commitment,
        id=f"{commitment.id}@{place}",
        name_zh=f"{commitment.name_zh}({region.name_zh})",
        name_en=f"{commitment.name_en} ({region.name_en})",
        region=place,
        each=(),
    )


def over_time(one: Judged, days: Iterable[date], *, rule: RuleSet) -> list[Assessment]:
    """A target judged again as of each of these days, on the figures of periods that had ended by then."""
    return [assess(one.target, one.history, as_of=day, rule=rule) for day in days]


def tally(judged: Iterable[Judged]) -> Tally:
    """Counts by status, all and 约束性."""
    counts: dict[Status, int] = {}
    binding: dict[Status, int] = {}
    for one in judged:
        status = one.assessment.status
        counts[status] = counts.get(status, 0) + 1
        if one.binding:
            binding[status] = binding.get(status, 0) + 1
    return Tally(counts, binding)


def attention(judged: Iterable[Judged]) -> list[Judged]:
    """What needs attention, worst first: by class, then 约束性 first, then gap (method.md, product.md).

    What is not assessable for want of its last figure counts by its status when last seen.
    """
    off_course = [one for one in judged if _severity(one.assessment) > 0]

    def rank(one: Judged) -> tuple[int, bool, float]:
        verdict = one.assessment
        gap = verdict.gap_points if verdict.gap_points is not None else -100 * (verdict.shortfall or 0)
        return (-_severity(verdict), not one.binding, gap)

    return sorted(off_course, key=rank)


def named(judged: Iterable[Judged], name: str) -> Judged | None:
    """The target of an id, the first of its regions where it holds for several, or the one of an indicator's id."""
    told = list(judged)
    ways: Sequence[Callable[[Judged], str]] = (
        lambda one: one.commitment.id,
        lambda one: one.commitment.id.partition("@")[0],
        lambda one: one.indicator.id,
    )
    return next((one for way in ways for one in told if way(one) == name), None)


def _severity(verdict: Assessment) -> int:
    seen = verdict.earlier if verdict.status is Status.NOT_ASSESSABLE else verdict.status
    return seen.severity if seen is not None else 0
