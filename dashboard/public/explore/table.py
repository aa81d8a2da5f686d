"""The figures of the public page as tables: those of the chart with remarks, and all there ever were."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from dashboard.charts.frames import trajectory_of
from dashboard.components.markup import Cell, empty, esc, heading, table
from dashboard.figures import day_name, number
from dashboard.i18n import Words
from dashboard.public.explore.view import View

__all__ = ["Row", "every", "figures", "held"]

Row = Mapping[str, Any]  # a row of `figure` in a snapshot
_VINTAGES = ("flash", "annual", "revised")
_MISSING = ("suppressed", "below_unit", "not_applicable")
_COVERS = ("ytd", "period")


def held(view: View) -> dict[date, Row]:
    """The figure in force at each period's end; of a flow's quarter and its year to date, the second."""
    rows = [row for row in view.subject.figures.iter_rows(named=True) if row["replaced_by"] is None]
    return {row["period_end"]: row for row in sorted(rows, key=lambda row: row["accumulation"] != "period")}


def figures(view: View, w: Words) -> str:
    """Actual, expected, gap and remarks, newest first: each point of the chart, and what is not published."""
    rows = _rows(view, w)
    definition = view.subject.indicator.current
    if not rows:
        return empty(w("explore.every_none"), w("explore.empty_hint"))
    header = [
        Cell(w("indicator.period")),
        *(Cell(name, "n") for name in (w("indicator.actual"), w("indicator.expected"), w("indicator.gap"))),
        Cell(w("explore.mark"), "wide"),
    ]
    unit = definition.unit if w.chinese else definition.unit_en or definition.unit
    return heading(w("explore.table"), w("explore.table_note", unit=unit)) + table(header, rows)


def _rows(view: View, w: Words) -> list[list[Cell]]:
    mine = held(view)
    points = _points(view)
    said = {day for day, row in mine.items() if row["missing"]}
    drawn = points if view.one else {day: (row["value"], None) for day, row in mine.items() if day not in said}
    return [
        _row(day, drawn.get(day, (None, None)), mine.get(day), view, w) for day in sorted({*drawn, *said}, reverse=True)
    ]


def _points(view: View) -> dict[date, tuple[float | None, float | None]]:
    """(value, expected) of each point of the chart."""
    if view.one is None:
        return {}
    found = trajectory_of(view.one).points.select("day", "value", "expected")
    return {day: (value, expected) for day, value, expected in found.iter_rows()}


def _row(day: date, point: tuple[float | None, float | None], row: Row | None, view: View, w: Words) -> list[Cell]:
    definition, (value, expected) = view.subject.indicator.current, point
    remarks = _remarks(row, view, w) if row else ""
    name = esc(day_name(day, w, measure=definition.measure))
    gap = None if value is None or expected is None else value - expected
    return [
        Cell(f'{name}<span class="zb-narrow">{remarks}</span>', "period", markup=True),
        Cell(_number(value, row, definition.decimals, w), "n strong"),
        Cell(_number(expected, None, definition.decimals, w), "n"),
        Cell("—" if gap is None else number(gap, definition.decimals, signed=True), "n"),
        Cell(remarks, "wide", markup=True),
    ]


def _number(value: float | None, row: Row | None, decimals: int, w: Words) -> str:
    if value is not None:
        return number(value, decimals)
    return missing_words(row["missing"], w) if row else "—"


def missing_words(code: str, w: Words) -> str:
    """Why there is no number, in a word; a dash where nothing is said."""
    return w(f"explore.missing_{code}") if code in _MISSING else "—"


def _remarks(row: Row, view: View, w: Words) -> str:
    """Preliminary, revised from what, withheld and why; and in which release it was first published."""
    told = [esc(w(f"explore.vintage_{row['vintage']}"))] if row["vintage"] in _VINTAGES else []
    if row["missing"] == "suppressed":
        told.append(esc(w("explore.suppressed_why")))
    before = _before(row, view)
    if before is not None:
        was = _number(before["value"], before, view.subject.indicator.current.decimals, w)
        told.append(f"<small>{esc(w('explore.revised_from', value=was, number=row['release']))}</small>")
    return " · ".join(told)


def _before(row: Row, view: View) -> Row | None:
    """The figure that this one took the place of."""
    key = ("period", "period_end", "accumulation")
    known = view.subject.figures.iter_rows(named=True)
    mine = (other for other in known if all(other[name] == row[name] for name in key))
    return next((other for other in mine if other["replaced_by"] == row["release"]), None)


def every(view: View, w: Words) -> str:
    """Every figure of every release up to this one: when it came, and whether another took its place."""
    rows = list(view.subject.figures.iter_rows(named=True))
    if not rows:
        return empty(w("explore.every_none"), w("explore.empty_hint"))
    definition = view.subject.indicator.current
    header = [
        Cell(w("indicator.period")),
        Cell(w("indicator.value"), "n"),
        Cell(w("explore.mark")),
        Cell(w("explore.published_in")),
        Cell(w("indicator.source")),
    ]
    told = [
        [
            Cell(day_name(row["period_end"], w, measure=definition.measure), "nowrap"),
            Cell(_number(row["value"], row, definition.decimals, w), "n"),
            Cell(_standing(row, w), "old" if row["replaced_by"] is not None else ""),
            Cell(w("explore.nth", number=row["release"]), "nowrap"),
            Cell(row["source"] or ""),
        ]
        for row in rows
    ]
    return f'<div class="zb-history">{table(header, told)}</div>'


def _standing(row: Row, w: Words) -> str:
    words = [w(f"explore.vintage_{row['vintage']}")] if row["vintage"] in _VINTAGES else []
    words += [w(f"indicator.covers_{row['accumulation']}")] if row["accumulation"] in _COVERS else []
    gone = row["replaced_by"]
    words.append(w("explore.held") if gone is None else w("explore.replaced_in", number=gone))
    return " · ".join(words)
