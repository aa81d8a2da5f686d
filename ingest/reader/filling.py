"""The date a sheet says it was filled in 填报日期, and a period that it belies: last year's title over this year's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

import polars as pl

from indicators.catalogue import fold
from indicators.period import Period, PeriodKind, shift
from indicators.problem import Problem, Severity
from ingest.columns import COLUMNS
from ingest.reader.sheet import Grid, Sheet

__all__ = ["doubt_periods", "filled_on"]

_HEAD, _FOOT = 60, 40  # rows from the top and the bottom of a sheet where a date of its own may stand
_LABEL = re.compile(r"(?:填报|报出|制表|填表|填写)(?:日期|时间)\s*[::]?\s*(.*)", re.DOTALL)
_DAY = re.compile(r"((?:19|20)[0-9]{2})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})(?![0-9]|日?(?:之|以)?前)")
_STEPS = {  # months from a period to the next of its kind
    PeriodKind.YEAR: 12,
    PeriodKind.HALF: 6,
    PeriodKind.NINE_MONTHS: 3,
    PeriodKind.QUARTER: 3,
    PeriodKind.MONTHS: 1,
    PeriodKind.MONTH: 1,
}
_PERIOD, _NOTE = (f"c{list(COLUMNS).index(name)}" for name in ("period", "note"))


def filled_on(grid: Grid) -> date | None:
    """The day that the head or foot of a sheet says it was filled in; the earliest where it says several."""
    rows = grid.rows if len(grid.rows) <= _HEAD + _FOOT else (*grid.rows[:_HEAD], *grid.rows[-_FOOT:])
    return min((day for _, cells in rows for day in _days(cells)), default=None)


def _days(cells: Sequence[str]) -> Iterator[date]:
    """The days that stand behind a label, in its cell or in the next that is filled."""
    filled = [text for text in cells if text.strip()]
    for place, text in enumerate(filled):
        if label := _LABEL.search(fold(text)):
            said = label[1] or (fold(filled[place + 1]) if place + 1 < len(filled) else "")
            if found := _DAY.match(said):
                try:
                    yield date(*map(int, found.groups()))
                except ValueError:
                    continue


def doubt_periods(sheets: Sequence[tuple[Grid, Sequence[Sheet]]]) -> list[list[Sheet]]:
    """The tables of each sheet, with a warning where the day it was filled in belies its newest period.

    That is so where the next period of that kind had ended by then too. Of several periods in a file, as in a
    history, only the newest of each kind is judged.
    """
    newest: dict[int, date] = {}
    for _, tables in sheets:
        for period in (one for table in tables for one in _periods(table)):
            step = _STEPS[period.kind]
            newest[step] = max(newest.get(step, period.end), period.end)
    return [_doubt(filled_on(grid), tables, newest=newest) for grid, tables in sheets]


def _periods(table: Sheet) -> Iterator[Period]:
    for text in table.cells[_PERIOD].unique():
        try:
            period = Period.parse(text)
        except ValueError:
            continue
        if period.kind in _STEPS:
            yield period


def _doubt(day: date | None, tables: Sequence[Sheet], *, newest: dict[int, date]) -> list[Sheet]:
    last = max((p for table in tables for p in _periods(table)), key=_late, default=None)
    if day is None or last is None or last.end < newest[_STEPS[last.kind]]:
        return list(tables)
    then = _ended(last, day)
    if then is None:
        return list(tables)
    facts = {"day": day.isoformat()}
    for language in ("zh", "en"):
        facts |= {f"period_{language}": last.name(language), f"then_{language}": then.name(language)}
    made = list(tables)
    for place, table in enumerate(tables):
        if (problem := _problem(table, last, facts)) is not None:
            made[place] = replace(table, notices=(*table.notices, problem))
            break
    return made


def _late(period: Period) -> tuple[date, int]:
    """Later periods first, of those that end together the longest."""
    return period.end, _STEPS[period.kind]


def _ended(period: Period, day: date) -> Period | None:
    """The latest period of the same kind that had ended before `day`, where it is a later one."""
    end = period.end
    while (following := shift(end, months=_STEPS[period.kind])) < day:
        end = following
    if end == period.end:
        return None
    match period.kind:
        case PeriodKind.YEAR:
            return Period.year(end.year)
        case PeriodKind.QUARTER:
            return Period.quarter(end.year, end.month // 3)
        case PeriodKind.MONTH:
            return Period.month(end.year, end.month)
        case _:
            return Period.months(end.year, end.month)


def _problem(table: Sheet, period: Period, facts: dict[str, str]) -> Problem | None:
    """The warning at the first figure of a period, whose note answers it."""
    meant = {text for text in table.cells[_PERIOD].unique() if _is(period, text)}
    rows = table.cells.select(_PERIOD, _NOTE).with_columns(table.at.alias("at")).filter(pl.col(_PERIOD).is_in(meant))
    if rows.is_empty():
        return None
    text, note, at = rows.row(0)
    return Problem(
        Severity.WARNING,
        "period_older_than_filled",
        row=at,
        column="period",
        found=text,
        facts=facts,
        explained=bool(note.strip()),
    )


def _is(period: Period, text: str) -> bool:
    try:
        return Period.parse(text) == period
    except ValueError:
        return False
