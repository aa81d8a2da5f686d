"""The table beside a chart: every published figure of a subject, newest first, with what was withheld among them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import polars as pl

from dashboard.charts.frames import reported, trajectory_of
from dashboard.figures import calendar, day_name, number
from dashboard.i18n import Words
from dashboard.public.book import Book, Subject
from indicators.definition import MeasureType
from indicators.period import Period, quarter_end

__all__ = ["FigureRow", "figure_rows", "latest_mark", "mark_of", "period_name"]


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One figure as printed. `missing`: the word that stands instead of a value; `mark`: 初步, 年报, 修订.

    `covers`: of a flow's, in short. `withheld`: by law.
    """

    period: str
    covers: str
    value: str
    missing: str
    withheld: bool
    expected: str
    gap: str
    mark: str
    was: str
    release: int
    number: str
    released: str


class _Key(NamedTuple):
    """What a figure is of (method.md §7)."""

    end: date
    accumulation: str


def figure_rows(subject: Subject, book: Book, w: Words) -> list[FigureRow]:
    """The figures that hold, newest period first."""
    expected = _expected(subject)
    before = _replaced(subject.figures)
    days = {release.number: release.released_on for release in book.releases}
    return [
        _row(row, subject, w, expected=expected, before=before, days=days)
        for row in subject.figures.filter(pl.col("replaced_by").is_null()).iter_rows(named=True)
    ]


def _row(
    row: Mapping[str, Any],
    subject: Subject,
    w: Words,
    *,
    expected: Mapping[_Key, float],
    before: Mapping[_Key, Mapping[str, Any]],
    days: Mapping[int, date],
) -> FigureRow:
    key = _Key(row["period_end"], row["accumulation"] or "")
    decimals, value, should = subject.indicator.current.decimals, row["value"], expected.get(key)
    gap = None if value is None or should is None else value - should
    none = w("indicator.none")
    released = days.get(row["release"])
    return FigureRow(
        period=_period(row, subject, w),
        covers=w(f"subject.covers_{covers}") if (covers := _covers(row, subject)) else "",
        value="" if value is None else number(value, decimals),
        missing=_missing(row["missing"] or "", w) if value is None else "",
        withheld=row["missing"] == "suppressed",
        expected=none if should is None else number(should, decimals),
        gap=none if gap is None else number(gap, decimals, signed=True),
        mark=mark_of(row["vintage"] or "", revised=key in before, w=w, short=True),
        was=_was(before.get(key), decimals, w),
        release=row["release"],
        number=w("subject.number", number=row["release"]),
        released=calendar(released, w) if released else "",
    )


def period_name(row: Mapping[str, Any], subject: Subject, w: Words) -> str:
    """A figure's period in words; of a flow also what it covers, where the period leaves that open."""
    name, covers = _period(row, subject, w), _covers(row, subject)
    return f"{name} · {w(f'indicator.covers_{covers}')}" if covers else name


def _period(row: Mapping[str, Any], subject: Subject, w: Words) -> str:
    flow = subject.indicator.current.measure is MeasureType.FLOW
    if not flow and quarter_end(row["period_end"]):
        return day_name(row["period_end"], w)  # a level at an instant: as on the chart
    return Period.parse(row["period"]).name(w.language, instant=not flow)


def _covers(row: Mapping[str, Any], subject: Subject) -> str:
    """Whether a flow's figure is of the year to date or of its period, where the period leaves that open."""
    flow = subject.indicator.current.measure is MeasureType.FLOW
    open_ = flow and row["accumulation"] in ("ytd", "period") and not Period.parse(row["period"]).to_date
    return str(row["accumulation"]) if open_ else ""


def mark_of(vintage: str, *, revised: bool, w: Words, short: bool = False) -> str:
    """Whether a figure is preliminary, annual or revised."""
    if revised or vintage == "revised":
        return w("subject.mark_revised")
    if short and vintage == "flash":
        return w("subject.mark_preliminary")
    return w(f"subject.mark_{vintage}") if vintage in ("flash", "annual") else ""


def _missing(why: str, w: Words) -> str:
    if why == "suppressed":
        return w("veil.mark")
    return w(f"subject.missing_{why}") if why in ("below_unit", "not_applicable") else w("indicator.none")


def _was(row: Mapping[str, Any] | None, decimals: int, w: Words) -> str:
    if row is None or row["value"] is None:
        return ""
    return w("subject.was", value=number(row["value"], decimals))


def _expected(subject: Subject) -> Mapping[_Key, float]:
    """Where each figure should have been by the page's first target; a path that we supplied asks for nothing."""
    found: dict[_Key, float] = {}
    for one in subject.judged[:1]:
        seen, frames = reported(one), trajectory_of(one)
        if frames.provisional:
            continue
        for day, should in frames.points.select("day", "expected").iter_rows():
            if should is not None and day in seen:
                found[_Key(day, seen[day].accumulation or "")] = should
    return found


def _replaced(figures: pl.DataFrame) -> Mapping[_Key, Mapping[str, Any]]:
    """The figure that each held one took the place of."""
    old = figures.filter(pl.col("replaced_by").is_not_null()).sort("release")
    return {_Key(row["period_end"], row["accumulation"] or ""): row for row in old.iter_rows(named=True)}


def latest_mark(subject: Subject, w: Words) -> str:
    """The mark of the figure the page opens with: of the one judged, else of the newest."""
    day = next((one.assessment.actual.day for one in subject.judged[:1] if one.assessment.actual), None)
    before = _replaced(subject.figures)
    held = subject.figures.filter(pl.col("replaced_by").is_null() & pl.col("value").is_not_null())
    rows = [row for row in held.iter_rows(named=True) if day in (None, row["period_end"])]
    if not rows:
        return ""
    row = min(rows, key=lambda r: r["accumulation"] == "period") if day else rows[0]
    key = _Key(row["period_end"], row["accumulation"] or "")
    return mark_of(row["vintage"] or "", revised=key in before, w=w)
