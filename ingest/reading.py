"""Reading the store for whoever shows or prints it: approved figures as values, plans judged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import polars as pl

from indicators.catalogue import Catalogue
from indicators.monitor import Judged, judge_plan
from indicators.period import Period
from indicators.plan import Plan
from indicators.rules import RuleSet
from indicators.series import Observation
from indicators.store import Store
from ingest.released import COVERS

_PLACE = ["indicator", "region"]

__all__ = ["judged_plan", "observations", "values"]


def observations(
    store: Store, *, region: str | None, indicators: Sequence[str], known_on: datetime | None = None
) -> list[Observation]:
    """Approved figures that have a value, as known on an instant of the store."""
    return values(
        store.approved(regions=None if region is None else [region], indicators=indicators, known_on=known_on)
    )


def values(frame: pl.DataFrame) -> list[Observation]:
    """The figures of a frame such as `Store.approved` that have a value, as values."""
    return [
        Observation(
            indicator=row["indicator"],
            region=row["region"],
            period=Period.parse(row["period"]),
            value=row["value"],
            accumulation=COVERS.get(row["accumulation"]),
            numerator=row["numerator"],
            denominator=row["denominator"],
            vintage=row["vintage"],
            definition=row["definition"],
            origin=row["origin"],
            submission=row["submission"],
            source=row["source"],
            note=row["note"],
            published_on=row["published_on"],
            approved_at=row["approved_at"],
            released=row["released"],
        )
        for row in frame.iter_rows(named=True)
        if row["value"] is not None
    ]


def judged_plan(
    store: Store,
    catalogue: Catalogue,
    plan: Plan,
    *,
    as_of: date,
    rule: RuleSet,
    known_on: datetime | None = None,
    region: str | None = None,
) -> list[Judged]:
    """A plan judged on what is approved; see `indicators.monitor.judge_plan`."""
    targets = [c for c in plan.targets if c.indicator]
    pairs = {(c.indicator, place) for c in targets for place in ([region] if region else catalogue.regions_of(plan, c))}
    asked = pl.DataFrame(sorted(pairs), schema=dict.fromkeys(_PLACE, pl.String), orient="row")
    wanted, places = (asked[column].unique().to_list() for column in _PLACE)
    # not every indicator has a target in every place of the plan
    seen = store.approved(regions=places, indicators=wanted, known_on=known_on).join(asked, on=_PLACE, how="semi")
    sizes: dict[tuple[str, str], list[float]] = {}
    for indicator, where, size in store.revisions(regions=places, indicators=wanted, known_on=known_on).iter_rows():
        sizes.setdefault((indicator, where), []).append(abs(size))
    return judge_plan(
        catalogue,
        plan,
        values(seen),
        as_of=as_of,
        rule=rule,
        revisions=lambda indicator, where: sizes.get((indicator, where), ()),
        region=region,
    )
