"""The tables of a workbook, on one or several sheets, as the one return that they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain

import polars as pl

from indicators.catalogue import Catalogue, fold
from indicators.problem import Problem, Severity
from ingest.columns import COLUMNS
from ingest.reader.above import Line, read_above
from ingest.reader.filling import doubt_periods
from ingest.reader.heading import find_heading, is_heading
from ingest.reader.layout import lay_out
from ingest.reader.sheet import SLOTS, Grid, Sheet, number
from ingest.reader.spoken import Spoken

__all__ = ["lay_out_all"]

_LABELLED = re.compile(r"[^::]{1,20}[::]")  # 单位:万元
_FIGURE = re.compile(r"\s*[+-]?[0-9０-９][0-9０-９.,,]*\s*[%%]?\s*")


def lay_out_all(grids: Sequence[Grid], catalogue: Catalogue, *, hidden: Sequence[str] = ()) -> Sheet:
    """The figures of all tables of a workbook. A sheet without a table is passed over and named.

    `grids`: the visible sheets, in their order; `hidden`: the names of those that are not read.
    """
    read: list[tuple[Grid, list[Sheet]]] = []
    passed: list[str] = []
    for grid in grids:
        if find_heading(grid, Spoken(catalogue)) or _holds_figures(grid, catalogue):
            read.append((grid, list(_on_one(grid, catalogue))))
        else:
            passed.append(grid.name)
    if not read:
        read, passed = [(grids[0], [lay_out(grids[0], catalogue)])], [grid.name for grid in grids[1:]]
    tables = list(chain.from_iterable(doubt_periods(read)))
    names = list(dict.fromkeys(table.name for table in tables))
    said = [
        Problem(Severity.NOTICE, code, facts={"found": "、".join(found), "read": "、".join(names)})
        for code, found, wanted in (
            ("sheets_read", names, len(names) > 1),
            ("sheets_other", passed, bool(passed)),
            ("sheets_hidden_too", hidden, bool(hidden)),
        )
        if wanted
    ]
    one = tables[0] if len(tables) == 1 else _bound(tables, most=grids[0].most)
    return replace(one, name="、".join(names), notices=(*said, *one.notices))


def _holds_figures(grid: Grid, catalogue: Catalogue) -> bool:
    """Whether a row names an indicator beside a number: figures that must not be lost with their header."""
    spoken, names = Spoken(catalogue), catalogue.indicator_names
    return any(
        any(_FIGURE.fullmatch(text) for text in cells)
        and any(fold(spoken.indicator(text)[0]) in names for text in cells)
        for _, cells in grid.rows
    )


# -- tables one under another --------------------------------------------------------------------------------


def _on_one(grid: Grid, catalogue: Catalogue) -> Iterator[Sheet]:
    """Each table of one sheet; the region said above the first holds for those under it."""
    region: Line | None = None
    for part in _split(grid, catalogue):
        yield lay_out(part, catalogue, region=region)
        heading = find_heading(part, Spoken(catalogue))
        if region is None and heading:
            region = read_above(part.rows[: heading.first], catalogue).region


def _split(grid: Grid, catalogue: Catalogue) -> list[Grid]:
    """The sheet cut before each further header that differs from those before, with the title lines over it."""
    spoken, seen, starts = Spoken(catalogue), set(), [0]
    figures = False
    for place, (_, cells) in enumerate(grid.rows):
        if not is_heading(grid, place, spoken):
            figures = figures or any(_FIGURE.fullmatch(text) for text in cells)
            continue
        text = tuple(fold(text) for text in cells)
        if figures and text not in seen:
            start = place
            while start > starts[-1] + 1 and _is_title(grid, start - 1):
                start -= 1
            starts.append(start)
            figures = False
        seen.add(text)
    ends = [*starts[1:], len(grid.rows)]
    return [_cut(grid, start, end) for start, end in zip(starts, ends, strict=True)] if len(starts) > 1 else [grid]


def _is_title(grid: Grid, place: int) -> bool:
    filled = [text for text in grid.rows[place][1] if text.strip()]
    free = [text for text in filled if not _LABELLED.match(text)]
    return len(free) < 3 and not any(_FIGURE.fullmatch(text) for text in filled)


def _cut(grid: Grid, start: int, end: int) -> Grid:
    rows = grid.rows[start:end]
    first, last = rows[0][0], rows[-1][0]
    return replace(
        grid,
        rows=rows,
        odd={place: kind for place, kind in grid.odd.items() if first <= place[0] <= last},
        areas=tuple(area for area in grid.areas if first <= area.top <= last),
        notices=grid.notices if start == 0 else (),
    )


# -- one return ----------------------------------------------------------------------------------------------


def _slots(table: Sheet) -> int:
    return max((slot for slot, _ in table.places), default=0) + 1


def _bound(tables: Sequence[Sheet], *, most: int) -> Sheet:
    """Tables laid out one by one, as one sheet whose figures still know their own."""
    refused = [table.locate(problem) for table in tables for problem in table.refused]
    figures = sum(table.at.len() for table in tables)
    slots = sum(map(_slots, tables))
    if figures > most or slots > SLOTS:
        code, bound = ("too_many_rows", most) if figures > most else ("sheets_too_many", SLOTS)
        refused.append(Problem(Severity.ERROR, code, facts={"most": str(bound)}))
        tables = [replace(table, at=table.at.clear(), cells=table.cells.clear(), places={}) for table in tables[:1]]
    places: dict[tuple[int, str], str] = {}
    ats, starts, offset = [], [], 0
    for table in tables:
        starts.append((offset, table.name))
        ats.append(table.at + number(0, offset))
        places |= {(slot + offset, name): label for (slot, name), label in table.places.items()}
        offset += _slots(table)
    return Sheet(
        name=tables[0].name,
        header=tuple(COLUMNS),
        header_at=tables[0].header_at,
        at=pl.concat(ats),
        cells=pl.concat([table.cells for table in tables]),
        notices=tuple(table.locate(problem) for table in tables for problem in table.notices),
        refused=tuple(refused),
        places=places,
        starts=tuple(starts),
    )
