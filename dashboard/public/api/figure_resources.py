"""Figures and judgements: each question is one bound question to the snapshot, and costs what it asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from dashboard.public.api.answers import Assessment, Assessments, Series
from dashboard.public.api.asked import AskedAssessments, AskedData, AskedSeries
from dashboard.public.api.catalogue_resources import plan_of
from dashboard.public.api.desk import Question
from dashboard.public.api.naming import Naming
from dashboard.public.api.problems import Code, Refused

__all__ = ["assessments", "figures", "series"]


def series(question: Question, asked: AskedSeries) -> Series:
    """The figures that hold; with `replaced`, also those that a later release replaced."""
    total, rows = figures(question, asked, replaced=asked.replaced)
    naming = Naming(question.catalogue, question.snapshot.release.rule)
    told = {
        "release": question.facts(),
        "permanent": question.permanent,
        "page": question.page(total, limit=asked.limit, offset=asked.offset),
        "data": [_figure(row, naming) for row in rows],
    }
    return Series.model_validate(told)  # all rows at once


def figures(
    question: Question, asked: AskedSeries | AskedData, *, replaced: bool = False
) -> tuple[int, Iterable[dict[str, Any]]]:
    """How many figures are asked for, and a page of them."""
    known(question, asked.indicator, asked.region)
    wanted = {
        "indicators": list(asked.indicator),
        "regions": list(asked.region),
        "since": asked.since or date.min,
        "until": asked.until or date.max,
        "accumulation": "" if asked.accumulation == "none" else asked.accumulation,
        "replaced": replaced,
    }
    total = question.ask("api_series_total", **wanted).item()
    return total, question.ask("api_series", **wanted, limit=asked.limit, offset=asked.offset).iter_rows(named=True)


def known(question: Question, indicators: Iterable[str], regions: Iterable[str]) -> None:
    """Raises Refused for a name that the catalogue does not have: it is an error of theirs, not a lack of figures."""
    for name in indicators:
        if name not in question.catalogue.indicators:
            raise Refused(Code.UNKNOWN_INDICATOR, "indicator", found=name)
    for name in regions:
        if name not in question.catalogue.regions:
            raise Refused(Code.UNKNOWN_REGION, "region", found=name)


def assessments(question: Question, asked: AskedAssessments) -> Assessments:
    """How the release judges the targets."""
    known(question, asked.indicator, asked.region)
    naming = Naming(question.catalogue, question.snapshot.release.rule)
    if asked.plan is not None:
        plan_of(question, asked.plan)
    for status in asked.status:
        if naming.rules is not None and status not in naming.rules.words:
            raise Refused(Code.UNKNOWN_STATUS, "status", found=status)
    wanted = {
        "plan": asked.plan,
        "indicators": list(asked.indicator),
        "regions": list(asked.region),
        "statuses": list(asked.status),
    }
    total = question.ask("api_assessments_total", **wanted).item()
    rows = question.ask("api_assessments", **wanted, limit=asked.limit, offset=asked.offset).iter_rows(named=True)
    return Assessments(
        release=question.facts(),
        permanent=question.permanent,
        page=question.page(total, limit=asked.limit, offset=asked.offset),
        data=tuple(Assessment(**_assessment(row, naming)) for row in rows),
    )


def _figure(row: Mapping[str, Any], naming: Naming) -> dict[str, Any]:
    definition = naming.definition(row["indicator"], row["definition"])
    return {
        **row,
        **naming.subject(row["indicator"], row["region"]),
        **naming.period(row["period"], definition),
        "unit_en": definition.unit_en if definition else "",
        "decimals": definition.decimals if definition else 0,
    }


def _assessment(row: Mapping[str, Any], naming: Naming) -> dict[str, Any]:
    definition = naming.definition(row["indicator"])
    return {
        **row,
        **naming.commitment(row["plan"], row["commitment"]),
        **naming.indicator(row["indicator"]),
        **naming.region(row["region"]),
        **naming.status(row["status"]),
        "unit": definition.unit if definition else "",
        "unit_en": definition.unit_en if definition else "",
        "decimals": definition.decimals if definition else None,
    }
