"""What the comparison asks of the store, kept while the store has not changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from dashboard import answers, session
from dashboard.kept import kept
from dashboard.session import View
from indicators import abreast
from indicators.abreast import Abreast, By
from indicators.assessment import Assessment
from indicators.catalogue import Catalogue
from indicators.monitor import Judged, over_time
from indicators.period import Period
from indicators.plan import Commitment, Plan
from indicators.rollup import districts, overlapping
from indicators.store import known_until
from ingest.reading import values
from ingest.release import DEFAULT_RULE

__all__ = ["by", "choices", "compared", "over_periods"]

_WIDE = ("nation", "province", "city")  # places that are compared with cities


def by(asked: View) -> By:
    """What the address asks to compare: the districts of the plan's region unless it says plans."""
    return By.PLANS if session.param("by") == By.PLANS else By.REGIONS


def choices(asked: View) -> list[Commitment]:
    """The plan's targets that can be compared."""
    return [c for c in answers.plan(asked).targets if c.indicator]


def compared(asked: View) -> Abreast | None:
    """What the address asks to compare, the first indicator with figures below the plan's region unless it says;
    None for a plan without a target."""
    named = asked.indicator.partition("@")[0]
    return _compared(*session.state(), asked.plan, named, by(asked), asked.as_of, asked.known_on)


@kept(64)
def _compared(
    store: str, entry: int, plan_id: str, named: str, what: By, as_of: date, known_on: date | None
) -> Abreast | None:
    known = session.catalogue(known_on)
    plan = known.plans[plan_id]
    targets = [c for c in plan.targets if c.indicator]
    if not targets:
        return None
    figures = _below(store, entry, plan_id, known_on)
    reported = set(figures.filter(pl.col("region") != plan.region)["indicator"])
    usual = next((c for c in targets if c.indicator in reported), targets[0])
    one = next((c for c in targets if c.id == named), usual)
    if what is By.REGIONS:
        mine = values(figures.filter(indicator=one.indicator))
        sizes = _revisions(one.indicator, figures["region"].unique().to_list(), known_on)
        return abreast.below(known, plan, one, mine, as_of=as_of, revisions=sizes)
    return _over_plans(known, plan, one, as_of, known_on)


@kept(16)
def _below(store: str, entry: int, plan_id: str, known_on: date | None) -> pl.DataFrame:
    """Every figure of the plan's indicators in its region and all below it."""
    here, known = session.place(), session.catalogue(known_on)
    plan = known.plans[plan_id]
    wholes = {known.region_of(plan, c) for c in plan.targets}
    under = {code for city in wholes for code in (*districts(known.regions, city), *overlapping(known.regions, city))}
    wanted = sorted({c.indicator for c in plan.targets if c.indicator})
    until = known_until(known_on, here.settings.timezone)
    return here.store.approved(regions=sorted(wholes | under), indicators=wanted, known_on=until)


def _over_plans(known: Catalogue, plan: Plan, one: Commitment, as_of: date, known_on: date | None) -> Abreast:
    here = session.place()
    wide = {code for code, region in known.regions.items() if region.level in _WIDE}
    held = [(p, c) for p in known.plans.values() for c in p.targets if c.indicator == one.indicator]
    places = sorted(wide | {code for p, c in held for code in known.regions_of(p, c)})
    until = known_until(known_on, here.settings.timezone)
    seen = values(here.store.approved(regions=places, indicators=[one.indicator], known_on=until))
    rule, sizes = known.rules[DEFAULT_RULE], _revisions(one.indicator, places, known_on)
    return abreast.over_plans(known, plan, one, seen, as_of=as_of, rule=rule, revisions=sizes)


def _revisions(indicator: str, regions: Sequence[str], known_on: date | None) -> Mapping[str, Sequence[float]]:
    """Sizes of an indicator's past revisions by region."""
    here = session.place()
    until = known_until(known_on, here.settings.timezone)
    asked = here.store.revisions(indicators=[indicator], regions=regions, known_on=until)
    found: dict[str, list[float]] = {}
    for _, region, size in asked.iter_rows():
        found.setdefault(region, []).append(size)
    return found


def over_periods(asked: View) -> tuple[list[date], list[tuple[Judged, list[Assessment]]]]:
    """The quarter ends of a plan until the view's date, and each of its targets judged at each of them.

    None where plans are compared, which says nothing of this one's course.
    """
    if by(asked) is By.PLANS:
        return [], []
    days, rows = _over_periods(*session.state(), asked.plan, asked.region, asked.as_of, asked.known_on)
    return list(days), [(one, list(course)) for one, course in zip(answers.judged(asked), rows, strict=True)]


@kept(16)
def _over_periods(
    store: str, entry: int, plan_id: str, region: str, as_of: date, known_on: date | None
) -> tuple[tuple[date, ...], tuple[tuple[Assessment, ...], ...]]:
    known = session.catalogue(known_on)
    plan = known.plans[plan_id]
    ends = (Period.quarter(y, n).end for y in range(plan.start.year, plan.end.year + 1) for n in range(1, 5))
    days = tuple(day for day in ends if day <= as_of)
    language = session.place().settings.language
    judged = answers.judged(View(language, plan_id, as_of, region=region, known_on=known_on))
    rule = known.rules[DEFAULT_RULE]
    return days, tuple(tuple(over_time(one, days, rule=rule)) for one in judged)
