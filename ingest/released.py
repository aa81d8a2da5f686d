"""Plans judged on what is released, and on nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from indicators.catalogue import Catalogue
from indicators.definition import Accumulation
from indicators.monitor import Judged, judge_plan
from indicators.period import Period
from indicators.plan import Plan
from indicators.rules import RuleSet
from indicators.series import Observation

__all__ = ["COVERS", "KEY", "judged_plans", "observations", "places_of"]

KEY = ["indicator", "region", "period_end", "accumulation"]  # what a figure is, in the store (method.md §7)
COVERS = {"ytd": Accumulation.YTD, "period": Accumulation.PERIOD, "month": Accumulation.PERIOD}
_PLACE = ["indicator", "region"]


def places_of(catalogue: Catalogue, plan: Plan) -> set[tuple[str, str]]:
    """The (indicator, region) of every target of a plan."""
    return {(c.indicator, place) for c in plan.targets if c.indicator for place in catalogue.regions_of(plan, c)}


def observations(figures: pl.DataFrame) -> list[Observation]:
    """The rows of a snapshot's table `figure` that have a value, as values."""
    return [
        Observation(
            indicator=row["indicator"],
            region=row["region"],
            period=Period.parse(row["period"]),
            value=row["value"],
            accumulation=COVERS.get(row["accumulation"]),
            vintage=row["vintage"],
            definition=row["definition"],
            source=row["source"],
            published_on=row["published_on"],
            released=True,
        )
        for row in figures.drop_nulls("value").iter_rows(named=True)
    ]


def judged_plans(
    catalogue: Catalogue, figures: pl.DataFrame, corrections: pl.DataFrame, *, as_of: date, rule: RuleSet
) -> dict[str, tuple[Judged, ...]]:
    """Every plan judged on the rows of a snapshot's `figure` that hold, by the plan's id.

    `corrections`: its rows of that name, whose sizes tell a firm status from a borderline one.
    """
    places = {plan.id: places_of(catalogue, plan) for plan in catalogue.plans.values()}
    wanted = pl.DataFrame(sorted(set().union(*places.values())), schema=dict.fromkeys(_PLACE, pl.String), orient="row")
    seen: dict[tuple[str, str], list[Observation]] = {}
    for one in observations(figures.filter(pl.col("replaced_by").is_null()).join(wanted, on=_PLACE, how="semi")):
        seen.setdefault((one.indicator, one.region), []).append(one)
    sizes = _sizes(corrections)
    return {
        plan.id: tuple(
            judge_plan(
                catalogue,
                plan,
                (one for place in sorted(places[plan.id]) for one in seen.get(place, ())),
                as_of=as_of,
                rule=rule,
                revisions=lambda indicator, region: sizes.get((indicator, region), ()),
            )
        )
        for plan in catalogue.plans.values()
    }


def _sizes(corrections: pl.DataFrame) -> Mapping[tuple[str, str], list[float]]:
    """How far released values moved when they were corrected, by indicator and region."""
    found: dict[tuple[str, str], list[float]] = {}
    moved = corrections.drop_nulls(["before_value", "after_value"])
    for indicator, region, before, after in moved.select(*_PLACE, "before_value", "after_value").iter_rows():
        found.setdefault((indicator, region), []).append(abs(after - before))
    return found
