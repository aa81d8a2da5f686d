"""The figures of an indicator as tables: those of the chart, newest first, and every value they ever had."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from dashboard.charts.beside import beside
from dashboard.charts.frames import reported, trajectory_of
from dashboard.components.markup import Cell, empty, esc, heading, table
from dashboard.figures import amount, day_name, number
from dashboard.i18n import Words
from indicators.definition import MeasureType
from indicators.monitor import Judged
from indicators.period import shift
from indicators.series import Observation, growth, year_to_date
from indicators.units import normal

__all__ = ["figures_table", "history", "on_year", "on_year_title", "vintage"]

_BAR = 44  # pixels of the longest bar


def figures_table(one: Judged, past: pl.DataFrame, w: Words) -> str:
    """Actual, expected, gap, change on the year, vintage: newest first."""
    points = list(trajectory_of(one).points.select("day", "value", "expected").iter_rows())
    if not points:
        return empty(w("indicator.no_history"), w("indicator.no_history_hint"))
    decimals = one.definition.decimals
    seen, changes = reported(one), on_year(one)
    was = _replaced(past)
    longest = max(map(abs, changes.values()), default=0.0)
    header = [
        Cell(w("indicator.period")),
        *(Cell(w(f"indicator.{key}"), "n") for key in ("actual", "expected", "gap")),
        Cell(on_year_title(one, w), "n wide"),
        Cell(w("indicator.vintage"), "wide"),
    ]
    rows = [
        [
            Cell(_period(day, one, _told(seen.get(day), was, decimals, w), w), "period", markup=True),
            Cell(number(value, decimals), "n strong"),
            Cell("—" if expected is None else number(expected, decimals), "n"),
            Cell("—" if expected is None else number(value - expected, decimals, signed=True), "n"),
            Cell(_barred(changes.get(day), longest, one), "n wide", markup=True),
            Cell(_told(seen.get(day), was, decimals, w), "wide", markup=True),
        ]
        for day, value, expected in reversed(points)
    ]
    return heading(w("indicator.table")) + table(header, rows) + _within_year(one, w)


def _period(day: date, one: Judged, vintage: str, w: Words) -> str:
    """The period; on a phone, which has no room for a column of them, its vintage below it."""
    name = esc(day_name(day, w, measure=one.definition.measure))
    return f'{name}<span class="zb-narrow">{vintage}</span>'


# -- against the same period of last year -------------------------------------------------------------------------


def on_year(one: Judged) -> Mapping[date, float]:
    """The change of each period against the same one a year before, where both are known under one definition.

    Of a flow its growth in % (of the year to date; none on a base that is not positive), of everything else the
    difference in the unit, which of a % is in 百分点.
    """
    flow = one.definition.measure is MeasureType.FLOW
    frames = trajectory_of(one)
    known = dict(frames.points.select("day", "value").iter_rows())
    versions: dict[date, int] = dict(frames.points.select("day", "definition").iter_rows())
    if flow:
        known |= {a.day: a.value for a in year_to_date(one.observations)}
    if frames.baseline is not None:
        known.setdefault(*frames.baseline)
    found: dict[date, float] = {}
    for day in frames.points["day"]:
        ago = shift(day, months=-12)
        if ago not in known or not one.indicator.comparable_between(versions.get(ago, versions[day]), versions[day]):
            continue
        step = growth(known[day], known[ago]) if flow else known[day] - known[ago]
        if step is not None:
            found[day] = 100 * step if flow else step
    return found


def on_year_title(one: Judged, w: Words) -> str:
    """What the change is counted in, where that is not the unit."""
    if one.definition.measure is MeasureType.FLOW:
        return w("indicator.on_year_growth")
    return w("indicator.on_year_points" if normal(one.definition.unit) == "%" else "indicator.on_year")


def _barred(step: float | None, longest: float, one: Judged) -> str:
    """A change with a bar of its size; a decrease is hollow."""
    if step is None:
        return "—"
    width = round(_BAR * abs(step) / longest) if longest else 0
    decimals = 1 if one.definition.measure is MeasureType.FLOW else one.definition.decimals
    kind = " down" if step < 0 else ""
    bar = f'<i class="zb-bar{kind}" style="width:{width}px"></i>' if width else ""
    return f'{bar}<span class="zb-step">{esc(number(step, decimals, signed=True))}</span>'


def _within_year(one: Judged, w: Words) -> str:
    """A dated flow's year to date beside the same quarter of last year: shown, not judged."""
    if not one.within_year:
        return ""
    known = {a.day: a.value for a in year_to_date(one.observations)}
    lines = []
    for actual in one.within_year:
        line = f"{day_name(actual.day, w)} {amount(actual.value, one.definition, w)}"
        before = known.get(shift(actual.day, months=-12))
        if before is not None:
            line += " · " + w("indicator.against", value=amount(before, one.definition, w))
        lines.append(f'<p class="zb-note">{esc(line)}</p>')
    return f'<p class="zb-note"><b>{esc(w("indicator.within_year"))}</b></p>' + "".join(lines)


# -- vintages -----------------------------------------------------------------------------------------------------


def _replaced(past: pl.DataFrame) -> Mapping[date, tuple[float, date]]:
    """The value each period's newest one replaced, and when that happened."""
    found: dict[date, tuple[float, date]] = {}
    for step in beside(past).revisions if "approved_at" in past.columns else ():
        if step.now.accumulation != "period" and step.was.value is not None:
            found[step.end] = (step.was.value, step.now.at.date())
    return found


def _told(seen: Observation | None, was: Mapping[date, tuple[float, date]], decimals: int, w: Words) -> str:
    if seen is None:
        return ""
    text = esc(vintage(seen, w))
    if seen.period.end in was:
        value, when = was[seen.period.end]
        told = w("indicator.revised_from", value=number(value, decimals), when=when.isoformat())
        text += f" <small>{esc(told)}</small>"
    return text


def vintage(seen: Observation, w: Words) -> str:
    """快报 · 已审核: which vintage a figure is and how far it has come."""
    state = "indicator.released" if seen.released else "indicator.approved"
    named = [w(f"vintage.{seen.vintage}")] if seen.vintage else []
    return " · ".join([*named, w("indicator.demo" if seen.origin == "demo" else state)])


def history(one: Judged, frame: pl.DataFrame, w: Words) -> str:
    """Every approved value there ever was: what became of it, who sent it, who approved it, when, from where."""
    if frame.is_empty():
        return empty(w("indicator.no_history"), w("indicator.no_history_hint"))
    header = [Cell(w(f"indicator.{name}"), kind) for name, kind in _HISTORY]
    periods = {o.period.code: o.period for o in one.observations}
    newest: set[tuple[date, str]] = set()
    rows = []
    for row in frame.iter_rows(named=True):
        period, key = periods.get(row["period"]), (row["period_end"], row["accumulation"])
        replaced = key in newest
        newest.add(key)
        rows.append(
            [
                Cell(period.name(w.language) if period else row["period"], "nowrap"),
                Cell("…" if row["value"] is None else number(row["value"], one.definition.decimals), "n"),
                Cell(_standing(row, w, replaced=replaced), "old" if replaced else ""),
                Cell(_who(row["submitted_by"], row["submitted_at"]), markup=True),
                Cell(_who(row["approved_by"], row["approved_at"]), markup=True),
                Cell(row["source"]),
                Cell(row["note"]),
            ]
        )
    return f'<div class="zb-history">{table(header, rows)}</div>'


_HISTORY = (
    ("period", ""),
    ("value", "n"),
    ("vintage", ""),
    ("submitted_by", ""),
    ("approved_by", ""),
    ("source", ""),
    ("note", ""),
)


def _standing(row: Mapping[str, object], w: Words, *, replaced: bool) -> str:
    """Vintage, what a flow's figure covers, whether it is released, whether another took its place."""
    words = [w(f"vintage.{row['vintage']}")] if row["vintage"] else []
    words += [w(f"indicator.covers_{row['accumulation']}")] if row["accumulation"] in ("ytd", "period") else []
    words += [w("indicator.released")] if row["released"] else []
    words += [w("indicator.replaced")] if replaced else []
    words += [w("indicator.demo")] if row["origin"] == "demo" else []
    return " · ".join(words)


def _who(name: object, when: object) -> str:
    return f"{esc(name)} <small>{esc(str(when)[:10])}</small>"
