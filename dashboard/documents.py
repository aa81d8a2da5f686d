"""An indicator as files that travel alone: its figures as CSV and XLSX, what is written around its picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from dashboard.charts.frames import reported, trajectory_of
from dashboard.charts.picture import Told
from dashboard.components.tabled import on_year, on_year_title, vintage
from dashboard.figures import amount, day_name, target_text
from dashboard.i18n import Words
from dashboard.verdict import sentences
from indicators.catalogue import Catalogue
from indicators.definition import MeasureType
from indicators.monitor import Judged
from indicators.rules import RuleSet
from ingest import export

__all__ = ["Dossier", "csv_bytes", "file_name", "told", "workbook"]


@dataclass(frozen=True, slots=True, eq=False)
class Dossier:
    """One target's page as it is taken along: what was asked for, and all that was found."""

    one: Judged
    history: pl.DataFrame
    rule: RuleSet
    catalogue: Catalogue
    as_of: date
    w: Words


def file_name(of: Dossier, ending: str) -> str:
    """Which indicator, where, as of when."""
    return f"{of.one.indicator.id}-{of.one.region}-{of.as_of.isoformat()}.{ending}"


def csv_bytes(one: Judged, frame: pl.DataFrame) -> bytes:
    """Every approved value as CSV for Excel: UTF-8 with BOM, text that looks like a formula made harmless."""
    columns = [
        "period",
        "accumulation",
        "value",
        "unit",
        "vintage",
        "source",
        "note",
        "submitted_by",
        "approved_by",
        "origin",
    ]
    goal = target_text(one.target.low, one.target.high, one.target.operator.value, one.definition)
    target = [one.indicator.name_zh, one.region, goal, one.target.d1]
    told = frame.with_columns(unit=pl.lit(one.definition.unit)).select(columns)
    return export.csv_bytes(
        ["indicator", "region", "target", "target_date", *columns], ([*target, *row] for row in told.iter_rows())
    )


# -- the workbook ---------------------------------------------------------------------------------------------------


def workbook(of: Dossier) -> bytes:
    """Three sheets: the figures of the chart, what they mean and where they are from, every value there ever was."""
    mark = of.w("download.mark") if of.one.demonstrated else ""
    return export.workbook([_figures(of), _meaning(of), _revisions(of)], mark=mark)


def _figures(of: Dossier) -> export.Sheet:
    """The rows of the chart and its table, newest first."""
    one, w = of.one, of.w
    seen, changes = reported(one), on_year(one)
    header = [w("indicator.period"), w("download.period_end")]
    header += [w(f"indicator.{key}") for key in ("actual", "expected", "gap")]
    header += [on_year_title(one, w), w("download.unit"), w("indicator.vintage"), w("indicator.source")]
    points = trajectory_of(one).points.select("day", "value", "expected").iter_rows()
    rows = [
        [
            day_name(day, w, measure=one.definition.measure),
            day,
            value,
            expected,
            None if expected is None else value - expected,
            changes.get(day),
            one.definition.unit,
            vintage(seen[day], w) if day in seen else "",
            seen[day].source if day in seen else "",
        ]
        for day, value, expected in reversed(list(points))
    ]
    decimals = one.definition.decimals
    of_change = 1 if one.definition.measure is MeasureType.FLOW else decimals
    return export.Sheet(w("download.figures"), header, rows, {2: decimals, 3: decimals, 4: decimals, 5: of_change})


def _meaning(of: Dossier) -> export.Sheet:
    """What is measured, promised and judged, by which rule, as of when; each a line of two cells."""
    one, w, target = of.one, of.w, of.one.target
    definition, owner = one.definition, of.catalogue.owner(one.plan, one.commitment)
    goal = target_text(target.low, target.high, target.operator.value, definition)
    none = w("indicator.none")
    base = none if target.baseline is None else amount(target.baseline, definition, w)
    lines = [
        (w("indicator.choose"), one.commitment.name(w.language)),
        (w("download.region"), of.catalogue.regions[one.region].name(w.language)),
        (w("overview.plan"), one.plan.title(w.language)),
        (w("download.document_number"), one.plan.document_number or none),
        (w("download.baseline"), base if target.d0 is None else f"{base} ({target.d0.isoformat()})"),
        (w("overview.target"), f"{goal} {definition.unit} ({target.d1.isoformat()})"),
        (w("download.verdict"), " ".join(_plain(line) for line in sentences(one, of.rule, w))),
        (w("download.rule"), w("download.rule_name", rule=_rule(of), version=of.rule.version)),
        (w("overview.as_of"), of.as_of),
        (w("overview.owner"), owner.name(w.language) if owner else none),
        (w("indicator.source"), definition.source or none),
        (w("indicator.quote"), " / ".join(" ".join(said.text.split()) for said in one.commitment.quotes)),
    ]
    for version in reversed(one.indicator.definitions):
        told = w("download.definition", version=version.version, when=version.effective_from.isoformat())
        lines.append((told, version.text_zh if w.chinese else version.text_en))
    if one.demonstrated:
        lines.append((w("download.notice"), w("download.mark")))
    return export.Sheet(w("download.meaning"), [w("download.item"), w("download.content")], lines)


def _revisions(of: Dossier) -> export.Sheet:
    """Every approved value, newest period and newest decision first."""
    w = of.w
    keys = ("period", "value", "vintage", "released", "submitted_by", "submitted_at", "approved_by", "approved_at")
    rows = [[_cell(key, row[key], w) for key in (*keys, "source", "note")] for row in of.history.iter_rows(named=True)]
    header = [w(f"indicator.{key}") for key in (*keys, "source", "note")]
    return export.Sheet(w("download.revisions"), header, rows, {1: of.one.definition.decimals})


def _cell(key: str, value: Any, w: Words) -> object:
    if key == "vintage":
        return w.get(f"vintage.{value}", value or "")
    if key == "released":
        return w("indicator.released") if value else ""
    return value.date() if key.endswith("_at") else value


# -- around the picture ---------------------------------------------------------------------------------------------


def told(of: Dossier) -> Told:
    """What a picture says around its chart."""
    one, w = of.one, of.w
    place, plan = of.catalogue.regions[one.region].name(w.language), one.plan.title(w.language)
    facts: Mapping[str, object] = {
        "source": w("download.generated") if one.demonstrated else one.definition.source or w("indicator.none"),
        "when": of.as_of.isoformat(),
        "rule": _rule(of),
        "version": of.rule.version,
    }
    return Told(
        kicker=f"{place} · {plan}",
        title=one.commitment.name(w.language),
        verdict=[_plain(line) for line in sentences(one, of.rule, w)],
        foot=[w("download.foot_source", **facts), w("download.foot_date", **facts)],
        mark=w("download.mark") if one.demonstrated else "",
    )


def _rule(of: Dossier) -> str:
    return of.rule.name.zh if of.w.chinese else of.rule.name.en


def _plain(line: str) -> str:
    """A sentence without the marks of what is emphasised."""
    return line.replace("**", "")
