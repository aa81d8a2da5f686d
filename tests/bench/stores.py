"""Stores for the benchmark of screens: the demonstration with figures of all five plans, and any number of others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from indicators.catalogue import Catalogue
from indicators.definition import MeasureType
from indicators.period import Period
from indicators.store import Store
from ingest import demo
from ingest.accounts.sessions import Means
from ingest.owner import opened
from ingest.people import Role, User
from ingest.place import Place
from ingest.settings import load
from ingest.workflow import add_person

__all__ = ["QUARTERS", "Prepared", "add", "prepared", "series_of"]

REGIONS, INDICATORS = 3000, 200
QUARTERS = [Period.quarter(year, number) for year in range(2020, 2025) for number in range(1, 5)]
_BARE = {"missing": "", "unit": "", "vintage": "", "confidence": "", "source": "", "note": "", "found": ""}
_ROOT = User("zhibiao", Role.OPERATOR)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A home to serve: cookies of readers who are signed in, and what there is to read.

    `targets`: plan → ids of its targets. `copy`: the same figures and targets as a plain DuckDB file.
    """

    folder: Path
    cookies: Sequence[str]
    targets: dict[str, list[str]]
    copy: Path
    figures: int


def prepared(folder: Path, *, figures: int, readers: int = 20) -> Prepared:
    """A demonstration in `folder` with at least so many approved figures, twenty quarters of each series.

    The figures of the plans come first, so that stores of different sizes show the same pages.
    """
    settings = load(home=folder, demo=True)
    home = settings.at()
    demo.renew(home)
    with opened(home) as store:
        demo.build(store, settings, home)
        catalogue = store.catalogue()
        series = series_of(catalogue, figures // len(QUARTERS))
        for period in QUARTERS:
            add(store, series, period)
        place = Place(store, settings, home)
        names = [f"reader-{number}" for number in range(readers)]
        for name in names:
            add_person(store, name=name, role=Role.LEADER, organisation="", active=True, user=_ROOT)
        tokens = [place.sessions.begin(name, means=Means.DEMO) for name in names]
        targets = {p.id: [c.id for c in p.targets if c.indicator and not c.each] for p in catalogue.plans.values()}
        copy = _copied(store, catalogue, folder / "figures.duckdb", series)
        count = store.approved(regions=["510100"], indicators=[catalogue.plans[demo.PLAN].targets[0].indicator]).height
        assert count >= len(QUARTERS), count
    cookies = [f"zhibiao-demo={token}" for token in tokens]
    return Prepared(folder, cookies, targets, copy, len(QUARTERS) * series.height)


def _pairs(catalogue: Catalogue) -> list[tuple[str, str, float, float]]:
    """Each target's indicator and region, its baseline and target where it has them."""
    found = {}
    for plan in catalogue.plans.values():
        for target in plan.targets:
            low = target.baseline_value if target.baseline_value is not None else 10.0
            high = target.target_value if target.target_value is not None else 20.0
            for region in catalogue.regions_of(plan, target) if target.indicator else ():
                found.setdefault((target.indicator, region), (low, high))
    return [(*pair, *ends) for pair, ends in sorted(found.items())]


def series_of(catalogue: Catalogue, count: int) -> pl.DataFrame:
    """So many different series: those of the plans, then others, place by place."""
    schema = {"indicator": pl.String, "region": pl.String, "low": pl.Float64, "high": pl.Float64}
    plans = pl.DataFrame(_pairs(catalogue), schema=schema, orient="row")
    names = pl.DataFrame({"indicator": _filled(catalogue.indicators, INDICATORS, "made-up-{}")})
    places = pl.DataFrame({"region": _filled(catalogue.regions, REGIONS, "9{:05d}")})
    others = places.join(names, how="cross").join(plans, on=["indicator", "region"], how="anti")
    ends = others.select("indicator", "region", low=pl.lit(10.0), high=pl.lit(20.0))
    flows = [i.id for i in catalogue.indicators.values() if i.current.measure is MeasureType.FLOW]
    whole = pl.concat([plans, ends.head(max(0, count - plans.height))]).sort("region", "indicator")
    covers = pl.when(pl.col("indicator").is_in(flows)).then(pl.lit("ytd")).otherwise(pl.lit(""))
    return whole.with_columns(accumulation=covers)


def _filled(known: Sequence[str] | dict[str, object], count: int, made_up: str) -> list[str]:
    return [*sorted(known), *(made_up.format(number) for number in range(count))][:count]


def add(store: Store, series: pl.DataFrame, period: Period) -> None:
    """One quarter of every series, approved."""
    step = (QUARTERS.index(period) + 1) / len(QUARTERS)
    share = step * (0.6 + pl.int_range(pl.len()) * 7919 % 2003 / 4000)
    frame = series.select(
        "indicator",
        "region",
        "accumulation",
        row=pl.int_range(pl.len(), dtype=pl.Int32) + 1,
        value=(pl.col("low") + share * (pl.col("high") - pl.col("low"))).round(2),
    )
    name = f"bench-{period.code}"
    sent = {"id": name, "sha256": name, "file_name": f"{name}.csv", "submitted_by": "bench", "origin": "reported"}
    with store.entry(actor="bench", action="submit", subject=name) as entry:
        entry.add("submission", [{**sent, "rows": frame.height}])
        entry.add("figure", frame, submission=name, period=period.code, period_end=period.end, definition=1, **_BARE)
    with store.entry(actor="reviewer", action="decide", subject=name) as entry:
        entry.add("decision", [{"submission": name, "decision": "approve", "decided_by": "reviewer", "reason": ""}])


def _copied(store: Store, catalogue: Catalogue, path: Path, series: pl.DataFrame) -> Path:
    """What the plans' targets are and what is approved of them, for a page that is not ours."""
    figures = store.approved(regions=list(catalogue.regions), indicators=list(catalogue.indicators))
    rows = [
        (plan.id, target.indicator, region, target.name_zh, target.baseline_value, target.target_value)
        for plan in catalogue.plans.values()
        for target in plan.targets
        for region in (catalogue.regions_of(plan, target) if target.indicator else ())
    ]
    columns = ["plan", "indicator", "region", "name", "baseline", "target"]
    targets = pl.DataFrame(rows, schema=columns, orient="row", infer_schema_length=None)
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as connection:
        connection.register("arriving", figures.select("indicator", "region", "period_end", "value"))
        connection.execute("CREATE TABLE figures AS FROM arriving")
        connection.register("arriving", targets)
        connection.execute("CREATE TABLE targets AS FROM arriving")
    return path
