"""The figures of the public page as tables: those of the chart with remarks, and all there ever were."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from dashboard.components.markup import Cell, empty, esc, heading, table
from dashboard.figures import number
from dashboard.i18n import Words
from dashboard.public.explore.view import View
from dashboard.public.site.layout import tongue
from dashboard.public.site.subject_figures import FigureRow, figure_rows, period_name

__all__ = ["Row", "every", "figures", "held"]

Row = Mapping[str, Any]  # a row of `figure` in a snapshot
_VINTAGES = ("flash", "annual", "revised")
_MISSING = ("below_unit", "not_applicable")


def held(view: View) -> dict[date, Row]:
    """The figure in force at each period's end; of a flow's quarter and its year to date, the second."""
    rows = [row for row in view.subject.figures.iter_rows(named=True) if row["replaced_by"] is None]
    return {row["period_end"]: row for row in sorted(rows, key=lambda row: row["accumulation"] != "period")}


def figures(view: View, w: Words) -> str:
    """Every figure that holds, newest first, with what it should have been: as on the page that needs no script."""
    rows = figure_rows(view.subject, view.book, w)
    definition = view.subject.indicator.current
    if not rows:
        return empty(w("explore.every_none"), w("explore.empty_hint"))
    header = [
        Cell(w("indicator.period")),
        *(Cell(name, "n") for name in (w("indicator.actual"), w("indicator.expected"), w("indicator.gap"))),
        Cell(w("explore.mark"), "wide"),
    ]
    unit = definition.unit if w.chinese else definition.unit_en or definition.unit
    withheld = any(row.withheld for row in rows)
    why = f'<p class="zb-note">{esc(w("veil.explained"))}</p>' if withheld else ""
    told = table(header, [_row(row) for row in rows])
    return heading(w("explore.table"), w("explore.table_note", unit=unit)) + told + why


def _row(row: FigureRow) -> list[Cell]:
    remarks = " · ".join(esc(told) for told in (row.mark, row.was) if told)
    return [
        Cell(f'{esc(row.period)}<span class="zb-narrow">{remarks}</span>', "period", markup=True),
        Cell(row.value or row.missing, "n strong"),
        Cell(row.expected, "n"),
        Cell(row.gap, "n"),
        Cell(remarks, "wide", markup=True),
    ]


def _number(value: float | None, row: Row, decimals: int, w: Words) -> str:
    return number(value, decimals) if value is not None else missing_words(row["missing"], w)


def missing_words(code: str, w: Words) -> str:
    """Why there is no number, in a word; a dash where nothing is said."""
    if code == "suppressed":
        return w("veil.mark")
    return w(f"explore.missing_{code}") if code in _MISSING else "—"


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
            Cell(period_name(row, view.subject, w), "nowrap"),
            Cell(_number(row["value"], row, definition.decimals, w), "n"),
            Cell(_standing(row, w), "old" if row["replaced_by"] is not None else ""),
            Cell(w("explore.nth", number=row["release"]), "nowrap"),
            Cell(tongue(row["source"] or "", w), markup=True),
        ]
        for row in rows
    ]
    return f'<div class="zb-history">{table(header, told)}</div>'


def _standing(row: Row, w: Words) -> str:
    words = [w(f"explore.vintage_{row['vintage']}")] if row["vintage"] in _VINTAGES else []
    gone = row["replaced_by"]
    words.append(w("explore.held") if gone is None else w("explore.replaced_in", number=gone))
    return " · ".join(words)
