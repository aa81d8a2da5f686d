"""Everything under and beside an indicator's chart: the same figures tabled, quantities, quote, history."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from dashboard.charts.frames import Trajectory, trajectory_of
from dashboard.components.markup import Cell, empty, esc, heading, table
from dashboard.figures import amount, change, day_name, number, percent, short_change, target_text
from dashboard.i18n import Words
from dashboard.verdict import catch_up_parts, firmness
from indicators.catalogue import Catalogue
from indicators.monitor import Judged
from indicators.rules import RuleSet
from indicators.series import Observation
from ingest import export

__all__ = ["caption", "csv_bytes", "definition", "figures_table", "history", "quantities", "quote"]


def caption(one: Judged, w: Words) -> str:
    """One line under the chart: unit, what the lines are, where figures are missing."""
    frames = trajectory_of(one)
    unit = one.definition.unit if w.chinese else one.definition.unit_en or one.definition.unit
    return w(
        "chart.caption",
        unit=unit,
        path=_path_words(one, frames, w),
        holes="" if frames.holes.is_empty() else w("chart.holes"),
        demo=w("chart.demo") if one.demonstrated else "",
    )


def _path_words(one: Judged, frames: Trajectory, w: Words) -> str:
    """What the dashed line is, where there is one."""
    if frames.path.is_empty():
        return ""
    if frames.provisional:
        return w("chart.line_provisional")
    return w("chart.line_path", shape=w(f"chart.shape_{one.target.shape}"))


def figures_table(one: Judged, history: pl.DataFrame, w: Words) -> str:
    """Actual, expected, gap, change on the year, vintage: newest first."""
    frames = trajectory_of(one)
    decimals = one.definition.decimals
    values = dict(zip(frames.points["day"], frames.points["value"], strict=True))
    if frames.baseline is not None and not one.target.accumulates:
        values.setdefault(*frames.baseline)
    seen = {o.period.end: o for o in one.observations}
    before = _replaced(history)
    header = [
        Cell(w("indicator.period")),
        *(Cell(w(f"indicator.{key}"), "n") for key in ("actual", "expected", "gap")),
        Cell(w("indicator.on_year"), "n wide"),
        Cell(w("indicator.vintage")),
    ]
    rows = []
    for day, value, expected in reversed(list(frames.points.select("day", "value", "expected").iter_rows())):
        year_ago = values.get(_year_before(day))
        rows.append(
            [
                Cell(day_name(day, w, measure=one.definition.measure), "nowrap"),
                Cell(number(value, decimals), "n strong"),
                Cell("—" if expected is None else number(expected, decimals), "n"),
                Cell("—" if expected is None else number(value - expected, decimals, signed=True), "n"),
                Cell("—" if year_ago is None else number(value - year_ago, decimals, signed=True), "n wide"),
                Cell(_vintage(seen.get(day), before, decimals, w), markup=True),
            ]
        )
    if not rows:
        return empty(w("indicator.no_history"), w("indicator.no_history_hint"))
    return heading(w("indicator.table")) + table(header, rows) + _within_year(one, w)


def _year_before(day: date) -> date:
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if leap else day.day)


def _replaced(history: pl.DataFrame) -> Mapping[date, tuple[float, date]]:
    """The value each period's newest one replaced, and when that happened."""
    found: dict[date, tuple[float, date]] = {}
    newest: dict[date, Any] = {}
    for row in history.iter_rows(named=True):
        end = row["period_end"]
        if end not in newest:
            newest[end] = row
        elif end not in found and row["value"] is not None and row["value"] != newest[end]["value"]:
            found[end] = (row["value"], newest[end]["approved_at"].date())
    return found


def _vintage(seen: Observation | None, before: Mapping[date, tuple[float, date]], decimals: int, w: Words) -> str:
    if seen is None:
        return ""
    words = [w(f"vintage.{seen.vintage}")] if seen.vintage else []
    words.append(w("indicator.demo" if seen.origin == "demo" else _state(seen)))
    text = esc(" · ".join(words))
    if seen.period.end in before:
        value, when = before[seen.period.end]
        told = w("indicator.revised_from", value=number(value, decimals), when=when.isoformat())
        text += f" <small>{esc(told)}</small>"
    return text


def _state(seen: Observation) -> str:
    return "indicator.released" if seen.released else "indicator.approved"


def _within_year(one: Judged, w: Words) -> str:
    """A dated flow's year to date beside the same quarter of last year: shown, not judged."""
    if not one.within_year:
        return ""
    known = {o.period.end: o.value for o in one.observations}
    lines = []
    for actual in one.within_year:
        line = f"{day_name(actual.day, w)} {amount(actual.value, one.definition, w)}"
        before = known.get(_year_before(actual.day))
        if before is not None:
            line += " · " + w("indicator.against", value=amount(before, one.definition, w))
        lines.append(f'<p class="zb-note">{esc(line)}</p>')
    return f'<p class="zb-note"><b>{esc(w("indicator.within_year"))}</b></p>' + "".join(lines)


def quantities(one: Judged, rule: RuleSet, w: Words) -> str:
    """p, t, catch-up and firmness: what the status rests on."""
    verdict, definition = one.assessment, one.definition
    dash = w("indicator.none")
    when = day_name(verdict.actual.day, w, measure=definition.measure) if verdict.actual else dash
    facts = [_completion(one, w)]
    t_note = w("indicator.schedule_note", when=when)
    facts.append((w("indicator.schedule"), dash if verdict.t is None else percent(verdict.t), t_note))
    if verdict.catch_up is not None:
        step, pace = catch_up_parts(one, verdict.catch_up, w)
        facts.append((w("indicator.catch_up"), step, pace))
    else:
        met = verdict.actual is not None and one.target.met(verdict.actual.value)
        facts.append((w("indicator.catch_up"), w("indicator.met_already" if met else "indicator.nothing_needed"), ""))
    if verdict.catch_up is not None and verdict.catch_up.last_chance is not None:
        facts.append(_last_chance(one, verdict.catch_up.best or 0.0, verdict.catch_up.last_chance, w))
    word, why = firmness(one, w)
    facts.append((w("indicator.firmness"), word, why))
    cells = "".join(
        f'<div class="zb-fact"><span>{esc(name)}</span><b>{esc(value)}</b><small>{esc(note)}</small></div>'
        for name, value, note in facts
    )
    name = rule.name.zh if w.chinese else rule.name.en
    note = w("indicator.rule_note", rule=name, version=rule.version)
    return f'{heading(w("indicator.quantities"), note)}<div class="zb-facts" style="margin-top:12px">{cells}</div>'


def _last_chance(one: Judged, best: float, last: date, w: Words) -> tuple[str, str, str]:
    """The last period from which the best pace ever seen would still be enough."""
    actual = one.assessment.actual
    assert actual is not None
    pace = short_change(best, one.definition, w)
    if last < actual.day:
        return w("indicator.last_chance"), w("indicator.too_late"), w("indicator.too_late_note", pace=pace)
    when = day_name(last, w, measure=one.definition.measure)
    return w("indicator.last_chance"), when, w("indicator.last_chance_note", pace=pace)


def _completion(one: Judged, w: Words) -> tuple[str, str, str]:
    """Completion where it is defined; else the shortfall or the level, each by its own name."""
    verdict, definition = one.assessment, one.definition
    if verdict.p is not None and verdict.actual is not None:
        judged = verdict.target
        a, b, goal = (
            number(v or 0.0, definition.decimals) for v in (verdict.actual.value, judged.baseline, judged.low)
        )
        return w("indicator.completion"), percent(verdict.p), f"({a}−{b})/({goal}−{b})"
    if one.target.maintained or one.target.already_beyond:
        margin = "—" if verdict.gap_units is None else change(verdict.gap_units, definition, w, signed=True)
        return w("indicator.shortfall"), margin, w("indicator.shortfall_note")
    if verdict.level is not None:
        return w("indicator.level"), percent(verdict.level), w("indicator.level_note")
    return w("indicator.completion"), w("indicator.none"), ""


def quote(one: Judged, w: Words) -> str:
    """The plan's own words, and what is ours."""
    commitment = one.commitment
    parts = [heading(w("indicator.quote"))]
    for said in commitment.quotes:
        text = " ".join(said.text.split())
        parts.append(f'<div class="zb-quote">{esc(text)}</div><div class="zb-note">{esc(said.section)}</div>')
    notes = []
    if commitment.unit_supplied:
        notes.append(w("indicator.supplied", unit=commitment.unit))
    if suspicious := (commitment.suspicious_zh if w.chinese else commitment.suspicious_en):
        notes.append(f"{w('indicator.suspicious')}: {suspicious}")
    if note := (commitment.note_zh if w.chinese else commitment.note_en):
        notes.append(note)
    parts += [f'<p class="zb-note">{esc(note)}</p>' for note in notes]
    return "".join(parts)


def definition(one: Judged, catalogue: Catalogue, w: Words) -> str:
    """What is measured, by whom, how often, from where."""
    current, indicator = one.definition, one.indicator
    text = current.text_zh if w.chinese else current.text_en
    owner = catalogue.owner(one.plan, one.commitment)
    rows = [
        (w("overview.owner"), owner.name(w.language) if owner else w("indicator.none")),
        (w("indicator.frequency"), w(f"indicator.frequency_{current.frequency}")),
        (w("indicator.source"), current.source),
    ]
    told = "".join(f"<tr><th scope='row'>{esc(name)}</th><td>{esc(value)}</td></tr>" for name, value in rows if value)
    version = w("indicator.definition_version", version=current.version)
    whole = catalogue.indicators.get(indicator.part_of)
    part = w("indicator.of_total", total=whole.name(w.language)) if whole else ""
    return (
        f'{heading(w("indicator.definition"), version)}<p class="zb-text">{esc(text)}</p>'
        f'<p class="zb-note">{esc(part)}</p><table class="zb-table">{told}</table>'
    )


def history(one: Judged, frame: pl.DataFrame, w: Words) -> str:
    """Every approved value there ever was: who sent it, who approved it."""
    if frame.is_empty():
        return empty(w("indicator.no_history"), w("indicator.no_history_hint"))
    columns = [("period", ""), ("value", "n"), ("vintage", ""), ("submitted_by", "wide"), ("approved_by", "wide")]
    header = [Cell(w(f"indicator.{name}"), kind) for name, kind in [*columns, ("source", "wide"), ("note", "wide")]]
    ends = {o.period.code: o.period for o in one.observations}
    rows = []
    for row in frame.iter_rows(named=True):
        period = ends.get(row["period"])
        value = "…" if row["value"] is None else number(row["value"], one.definition.decimals)
        vintage = w(f"vintage.{row['vintage']}") if row["vintage"] else ""
        rows.append(
            [
                Cell(period.name(w.language) if period else row["period"], "nowrap"),
                Cell(value, "n"),
                Cell(vintage),
                Cell(row["submitted_by"], "wide"),
                Cell(row["approved_by"], "wide"),
                Cell(row["source"], "wide"),
                Cell(row["note"], "wide"),
            ]
        )
    return table(header, rows)


def csv_bytes(one: Judged, frame: pl.DataFrame) -> bytes:
    """Every approved value as CSV for Excel: UTF-8 with BOM, text that looks like a formula made harmless."""
    columns = ["period", "value", "unit", "vintage", "source", "note", "submitted_by", "approved_by", "origin"]
    goal = target_text(one.target.low, one.target.high, one.target.operator.value, one.definition)
    target = [one.indicator.name_zh, one.region, goal, one.target.d1]
    told = frame.with_columns(unit=pl.lit(one.definition.unit)).select(columns)
    return export.csv_bytes(
        ["indicator", "region", "target", "target_date", *columns], ([*target, *row] for row in told.iter_rows())
    )
