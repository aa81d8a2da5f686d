"""Subjects and books of the public side: a test names the figures, and what is unusual about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import polars as pl

from dashboard.public.book import Subject
from indicators.catalogue import Catalogue, Region
from indicators.definition import Definition, MeasureType
from indicators.monitor import Judged
from indicators.period import Period
from indicators.rules import RuleSet
from indicators.store.snapshot import ReleaseFacts
from tests import builders as make
from tests.judged import judged

CHENGDU = Region("510100", "成都市", "Chengdu", "city")
FIGURE = {
    "indicator": pl.String,
    "region": pl.String,
    "period": pl.String,
    "period_end": pl.Date,
    "accumulation": pl.String,
    "definition": pl.Int32,
    "value": pl.Float64,
    "missing": pl.String,
    "unit": pl.String,
    "vintage": pl.String,
    "published_on": pl.Date,
    "source": pl.String,
    "release": pl.Int32,
    "replaced_by": pl.Int32,
}
CORRECTION = {
    "release": pl.Int32,
    "previous_release": pl.Int32,
    "period": pl.String,
    "period_end": pl.Date,
    "accumulation": pl.String,
    "before_value": pl.Float64,
    "before_missing": pl.String,
    "after_value": pl.Float64,
    "after_missing": pl.String,
    "reason": pl.String,
}
CHANGE = {
    "release": pl.Int32,
    "plan": pl.String,
    "commitment": pl.String,
    "before": pl.String,
    "after": pl.String,
    "causes": pl.String,
    "together": pl.Boolean,
}


def figure(period: str, value: float | None = None, **changes: Any) -> dict[str, Any]:
    """A row of the snapshot's figures: an annual figure of the first release that holds; without a value, withheld."""
    plain: dict[str, Any] = {
        "indicator": "beds",
        "region": CHENGDU.code,
        "period": period,
        "period_end": Period.parse(period).end,
        "accumulation": "",
        "definition": 1,
        "value": value,
        "missing": "suppressed" if value is None else "",
        "unit": "张/千人",
        "vintage": "annual",
        "published_on": None,
        "source": "市卫健委季报",
        "release": 1,
        "replaced_by": None,
    }
    return plain | changes


def corrected(period: str, before: float, after: float, **changes: Any) -> dict[str, Any]:
    """A row of the snapshot's corrections, by the second release."""
    return {
        "release": 2,
        "previous_release": 1,
        "period": period,
        "period_end": Period.parse(period).end,
        "accumulation": "",
        "before_value": before,
        "before_missing": "",
        "after_value": after,
        "after_missing": "",
        "reason": "年度校核后更正",
    } | changes


def subject(
    values: Mapping[str, float] = {},
    *definitions: Definition,
    rows: Sequence[Mapping[str, Any]] | None = None,
    corrections: Sequence[Mapping[str, Any]] = (),
    changes: Sequence[Mapping[str, Any]] = (),
    others: Sequence[Judged] = (),
    promised: bool = True,
    region: Region = CHENGDU,
    **promise: Any,
) -> Subject:
    """Beds in Chengdu with the figures of `values`; `rows`: the snapshot's, where they are not those of `values`."""
    one = judged(values, *definitions, **promise)
    held = rows if rows is not None else [figure(period, value) for period, value in values.items()]
    frame = pl.DataFrame(list(held), schema=FIGURE)
    return Subject(
        indicator=one.indicator,
        region=region,
        judged=(one, *others) if promised else (),
        observations=one.observations,
        figures=frame.sort("period_end", "accumulation", "release", descending=True),
        corrections=pl.DataFrame(list(corrections), schema=CORRECTION),
        changes=pl.DataFrame(list(changes), schema=CHANGE),
    )


def facts(number: int, day: date, **changes: Any) -> ReleaseFacts:
    at = datetime(day.year, day.month, day.day, 9)
    plain: dict[str, Any] = {
        "number": number,
        "released_at": at,
        "public_from": at,
        "released_on": day,
        "as_of": date(2024, 12, 31),
        "data_until": date(2024, 12, 31),
        "note": "",
        "figures": 4,
        "corrections": 0,
        "publisher_zh": "成都市卫生健康委员会",
        "publisher_en": "Chengdu Health Commission",
        "rule": "cn-schedule",
        "rule_version": 1,
    }
    return ReleaseFacts(**plain | changes)


@dataclass(eq=False)
class Published:
    """What pages ask of a book, without a snapshot behind it."""

    catalogue: Catalogue
    url: str = "https://data.example/"
    demo: bool = False
    releases: tuple[ReleaseFacts, ...] = (facts(2, date(2025, 2, 20)), facts(1, date(2024, 11, 5)))
    rule: RuleSet = field(default_factory=make.rule)
    subjects: Mapping[tuple[str, str], Subject] = field(default_factory=dict)
    regions: tuple[Region, ...] = (CHENGDU,)
    plans: tuple[Any, ...] = ()
    domains: tuple[str, ...] = ("health",)

    @property
    def release(self) -> ReleaseFacts:
        return self.releases[0]


def book(*subjects: Subject, **changes: Any) -> Any:
    """The second release, with these subjects; typed as whatever asks for a book wants it."""
    known = {place.code: place for place in (CHENGDU, *(one.region for one in subjects))}
    plans = {one.plan.id: one.plan for it in subjects for one in it.judged}
    catalogue = Catalogue(
        indicators={it.indicator.id: it.indicator for it in subjects},
        plans=plans,
        rules={make.rule().id: make.rule()},
        regions=known,
        organisations={},
    )
    named = {(it.indicator.id, it.region.code): it for it in subjects}
    return Published(catalogue, subjects=named, plans=tuple(plans.values()), **changes)


FLOW: dict[str, Any] = {"measure": MeasureType.FLOW, "unit": "亿元", "unit_en": "100 million yuan", "decimals": 1}
