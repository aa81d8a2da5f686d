"""One indicator in several places, abreast: each with its line, its distance to the target, and its rank.

Of a ratio the districts of a city are held against the city's own target; a city's target for a total says nothing
of one district. Plans are each held against their own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from indicators.catalogue import Catalogue, Region
from indicators.definition import Definition, Indicator, MeasureType
from indicators.monitor import Judged, judge_plan
from indicators.panel import LeftOut, Panel
from indicators.plan import Commitment, Plan
from indicators.ranking import ranks, usual_revision
from indicators.rollup import Rollup, districts, overlapping, roll_up
from indicators.rules import RuleSet
from indicators.series import Observation, history
from indicators.target import Target

__all__ = ["Abreast", "By", "LeftOut", "Panel", "below", "over_plans"]

Sizes = Mapping[str, Sequence[float]]  # of past revisions, by region


class By(StrEnum):
    """What is put abreast."""

    REGIONS = "regions"  # the districts of a plan's region, against its target
    PLANS = "plans"  # plans, each against its own target, and cities that publish the figure without one


_BESIDE = (None, LeftOut.PERIOD, LeftOut.ORIGIN)  # of places whose values are comparable by definition


@dataclass(frozen=True, slots=True, eq=False)
class Abreast:
    """The places beside each other: first those whose values compare, best first, then the others.

    `whole`: the city they are districts of. `day`: the period end that most of the listed stand at. `rollup`: what
    the districts amount to then.
    """

    by: By
    indicator: Indicator
    commitment: Commitment
    plan: Plan
    panels: tuple[Panel, ...]
    day: date | None
    whole: Panel | None = None
    rollup: Rollup | None = None

    @property
    def definition(self) -> Definition:
        return self.indicator.current

    @property
    def ranked(self) -> tuple[Panel, ...]:
        return tuple(p for p in self.panels if p.rank is not None)

    @property
    def listed(self) -> tuple[Panel, ...]:
        """Those whose values compare, best first, with a rank or at another period or of another origin."""
        return tuple(p for p in self.panels if p.history and p.left_out in _BESIDE)

    @property
    def worst_first(self) -> tuple[Panel, ...]:
        """The listed, the furthest from its target first; those without one after them, the worst value first."""
        sign = self.definition.direction.sign
        return tuple(sorted(self.listed, key=lambda p: (p.gap is None, sign * (p.gap or 0.0), sign * (p.value or 0.0))))

    @property
    def drawn(self) -> tuple[Panel, ...]:
        """Those with a line: the listed, worst first, then the others."""
        return (*self.worst_first, *(p for p in self.panels if p.history and p.left_out not in _BESIDE))

    @property
    def demonstrated(self) -> bool:
        return any(p.demonstrated for p in self.panels)


def below(
    catalogue: Catalogue,
    plan: Plan,
    commitment: Commitment,
    observations: Iterable[Observation],
    *,
    as_of: date,
    revisions: Sizes,
) -> Abreast:
    """The districts of the region a target holds for, and the zones that overlap them; no panels where it has none."""
    indicator = catalogue.indicators[commitment.indicator]
    target = catalogue.target(plan, commitment)
    city = catalogue.region_of(plan, commitment)
    parts, zones = districts(catalogue.regions, city), overlapping(catalogue.regions, city)
    seen = [o for o in observations if o.indicator == indicator.id and o.period.end <= as_of]
    series = _by_region(seen)

    def panel(code: str) -> Panel:
        held = target if _asked_of(commitment, code) and _compares(commitment, indicator) else None
        found = _panel(catalogue.regions[code], series.get(code, ()), target, held, indicator, revisions)
        if not _asked_of(commitment, code):
            return replace(found, left_out=LeftOut.EXEMPT)
        return replace(found, left_out=LeftOut.OVERLAPS) if code in zones and not commitment.each else found

    panels, day = _ranked(indicator, [panel(code) for code in (*parts, *zones)])
    whole = _panel(catalogue.regions[city], series.get(city, ()), target, target, indicator, revisions)
    at = day or whole.day
    rolled = roll_up(indicator, seen, whole=city, parts=parts, day=at) if parts and at else None
    shown = None if commitment.each else whole
    return Abreast(By.REGIONS, indicator, commitment, plan, panels, day, shown, rolled)


def over_plans(
    catalogue: Catalogue,
    plan: Plan,
    commitment: Commitment,
    observations: Iterable[Observation],
    *,
    as_of: date,
    rule: RuleSet,
    revisions: Sizes,
) -> Abreast:
    """The same indicator in every plan that has a target for it, and where it is published without one."""
    indicator = catalogue.indicators[commitment.indicator]
    seen = [o for o in observations if o.indicator == indicator.id and o.period.end <= as_of]
    series = _by_region(seen)
    found = []
    for other in sorted(catalogue.plans.values(), key=lambda p: p.id != plan.id):
        judged = judge_plan(catalogue, other, seen, as_of=as_of, rule=rule)
        found += [_of_plan(catalogue, one, revisions) for one in judged if one.indicator is indicator]
    planned = {panel.region.code for panel in found}
    target = catalogue.target(plan, commitment)
    for code in sorted(set(series) - planned):
        found.append(_panel(catalogue.regions[code], series[code], target, None, indicator, revisions))
    panels, day = _ranked(indicator, found)
    return Abreast(By.PLANS, indicator, commitment, plan, panels, day)


def _by_region(seen: Iterable[Observation]) -> Mapping[str, Sequence[Observation]]:
    found: dict[str, list[Observation]] = {}
    for one in sorted(seen, key=lambda o: (o.period, o.accumulation or "")):
        found.setdefault(one.region, []).append(one)
    return found


def _asked_of(commitment: Commitment, code: str) -> bool:
    return code not in commitment.excluded and (not commitment.each or code in commitment.each)


def _compares(commitment: Commitment, indicator: Indicator) -> bool:
    """Whether a district can be held against the target: one set for each of them, or a ratio."""
    return bool(commitment.each) or indicator.current.measure is MeasureType.RATIO


def _panel(
    region: Region,
    seen: Sequence[Observation],
    form: Target,
    target: Target | None,
    indicator: Indicator,
    revisions: Sizes,
) -> Panel:
    """A place with its points; `form`: the target that says what a point of the history is."""
    points = history(form, seen)
    last = points[-1].day if points else None
    latest = next((o for o in seen if o.period.end == last), None)
    return Panel(region, points, latest, target, _spread(region.code, indicator, revisions))


def _of_plan(catalogue: Catalogue, one: Judged, revisions: Sizes) -> Panel:
    spread = _spread(one.region, one.indicator, revisions)
    latest = next((o for o in one.observations if one.history and o.period.end == one.history[-1].day), None)
    region = catalogue.regions[one.region]
    return Panel(region, one.history, latest, one.target, spread, plan=one.plan, verdict=one.assessment)


def _spread(code: str, indicator: Indicator, revisions: Sizes) -> float:
    every = (size for sizes in revisions.values() for size in sizes)
    return usual_revision(revisions.get(code, ()), every, decimals=indicator.current.decimals)


def _ranked(indicator: Indicator, panels: Sequence[Panel]) -> tuple[tuple[Panel, ...], date | None]:
    """The panels in order, those that can be ranked with their ranks; and the day most of the listed stand at."""
    panels = [p if p.history or p.left_out else replace(p, left_out=LeftOut.NO_FIGURE) for p in panels]
    versions = Counter(p.history[-1].definition for p in panels if p.left_out is None)
    usual = max(versions, key=lambda v: (versions[v], v), default=1)
    panels = [
        replace(p, left_out=LeftOut.DEFINITION)
        if p.left_out is None and not indicator.comparable_between(p.history[-1].definition, usual)
        else p
        for p in panels
    ]
    sign = indicator.current.direction.sign
    told = _placed([p for p in panels if p.left_out is None], sign=sign)
    told.sort(key=lambda p: (-sign * (p.value or 0.0), p.region.code))
    days = Counter(p.day for p in told if p.day is not None)
    day = max(days, key=lambda d: (days[d], d), default=None)
    return (*told, *(p for p in panels if p.left_out is not None)), day


def _placed(panels: Sequence[Panel], *, sign: int) -> list[Panel]:
    """Comparable panels, ranked among those of the same period and origin as most; nobody where no two are alike."""
    alike = Counter((p.day, p.demonstrated) for p in panels)
    day, generated = max(alike, key=lambda k: (alike[k], k[0] or date.min, not k[1]), default=(None, False))
    if len(panels) > 1 and alike[day, generated] == 1:
        reason = LeftOut.PERIOD if len({p.day for p in panels}) > 1 else LeftOut.ORIGIN
        return [replace(p, left_out=reason) for p in panels]
    among = [p for p in panels if (p.day, p.demonstrated) == (day, generated)]
    places = ranks([(p.value or 0.0, p.spread) for p in among], sign=sign)
    told = [replace(p, rank=place) for p, place in zip(among, places, strict=True)]
    others = [p for p in panels if (p.day, p.demonstrated) != (day, generated)]
    return told + [replace(p, left_out=LeftOut.ORIGIN if p.day == day else LeftOut.PERIOD) for p in others]
