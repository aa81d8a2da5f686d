"""A city made up to any size: so many indicators in so many regions, five years of quarters, a target for each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl

from dashboard.public.site.writing import rendering
from indicators.catalogue import CatalogueKind, Organisation, Region, read_folder, write
from indicators.definition import Aggregation, Frequency
from indicators.period import Period
from ingest.settings import SHIPPED, Home
from tests import builders as make
from tests.snapshots import Office, Texts, office

__all__ = ["CITY", "QUARTERS", "city", "corrected", "put"]

CITY = "510100"
QUARTERS = tuple(Period.quarter(year, number) for year in range(2020, 2025) for number in range(1, 5))
_DOMAINS = ("medical", "elderly", "industry", "sports", "tourism")
_BARE = {"missing": "", "confidence": "", "note": "", "found": "", "published_on": date(2025, 1, 20)}


def city(indicators: int, regions: int) -> Texts:
    """A catalogue: a city with districts, and a plan that promises every indicator of it 8.30 by 2025."""
    places = (
        Region(CITY, "成都市", "Chengdu", "city"),
        *(Region(f"{510100 + n}", f"第{n}区", f"District {n}", "district", CITY) for n in range(1, regions)),
    )
    offices = (Organisation("health-commission", "成都市卫生健康委员会", "Chengdu Health Commission", CITY),)
    meaning = make.definition(
        unit="张/千人",
        unit_en="beds per 1,000 people",
        decimals=2,
        frequency=Frequency.QUARTER,
        aggregation=Aggregation.NONE,
        text_zh="期末实有床位数除以同期常住人口,乘以一千;" * 4,
        text_en="Installed beds at the end of the period by resident population, times one thousand. " * 4,
        source="国家卫生健康统计调查制度(卫生资源统计,医疗卫生机构直报)",
    )
    measured = [
        make.indicator(
            meaning,
            id=f"beds-{n}",
            domain=_DOMAINS[n % len(_DOMAINS)],
            name_zh=f"每千人口第{n}类床位数",
            name_en=f"Beds of kind {n} per 1,000 people",
        )
        for n in range(indicators)
    ]
    promises = [
        make.commitment(
            id=f"{one.id}-2025",
            indicator=one.id,
            name_zh=one.name_zh,
            name_en=one.name_en,
            unit="张/千人",
            baseline_value=7.0,
            target_value=8.30,
        )
        for one in measured
    ]
    rules = [(kind, name, text) for kind, name, text in read_folder(SHIPPED) if kind is CatalogueKind.RULE]
    plan = make.plan(*promises)
    return [
        *rules,
        (CatalogueKind.REGIONS, "regions", write(places)),
        (CatalogueKind.ORGANISATIONS, "organisations", write(offices)),
        *((CatalogueKind.INDICATOR, one.id, write(one)) for one in measured),
        (CatalogueKind.PLAN, plan.id, write(plan)),
    ]


def put(office: Office, name: str, *, every: int = 1, more: float = 0.0, periods: Sequence[Period] = QUARTERS) -> int:
    """Approved figures of every indicator and region in these quarters, growing from 7 to about 8; how many.

    `every`: only each so-manieth series. `more`: added to each value, as a correction of it is.
    """
    catalogue = office.store.catalogue()
    pairs = [(i, r) for i in sorted(catalogue.indicators) for r in sorted(catalogue.regions)][::every]
    series = pl.DataFrame(pairs, schema=["indicator", "region"], orient="row").with_row_index("place")
    ends = pl.DataFrame(
        [(p.code, p.end, QUARTERS.index(p)) for p in periods], schema=["period", "period_end", "step"], orient="row"
    )
    pace = 0.03 + (pl.col("place") * 7919 % 101) / 2500
    frame = series.join(ends, how="cross").select(
        "indicator",
        "region",
        "period",
        "period_end",
        row=pl.int_range(pl.len(), dtype=pl.Int32) + 1,
        value=(7.0 + more + pl.col("step") * pace).round(2),
    )
    facts = {"id": name, "sha256": name, "file_name": f"{name}.csv", "submitted_by": "bench", "origin": "reported"}
    told = {"definition": 1, "accumulation": "", "unit": "张/千人", "vintage": "flash", "source": "卫生统计季报"}
    with office.store.entry(actor="bench", action="submit", subject=name) as entry:
        entry.add("submission", [{**facts, "rows": frame.height}])
        entry.add("figure", frame, submission=name, **told, **_BARE)
    with office.store.entry(actor="li", action="decide", subject=name) as entry:
        entry.add("decision", [{"submission": name, "decision": "approve", "decided_by": "li", "reason": ""}])
    return frame.height


def corrected(folder: Path, *, url: str, indicators: int = 2, regions: int = 2) -> Home:
    """A city's home with two releases out, drawn for `url`; the second corrects a figure of the first."""
    with office(folder, city(indicators, regions), public_url=url) as here:
        put(here, "first")
        here.release("第一次发布")
        here.publish(render=rendering(url))
        put(here, "second", every=indicators * regions, more=0.1, periods=QUARTERS[-1:])
        here.release("更正:原数漏计一家医院 <b>&")
        here.publish(render=rendering(url))
        return here.home
