"""What is wrong or worth saying about single cells of a table, its header and what a sheet hides."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import partial
from itertools import pairwise

from indicators.catalogue import Catalogue, fold
from indicators.period import Period
from indicators.problem import Problem, Severity
from ingest.columns import COLUMNS
from ingest.guessing import meant
from ingest.reader.above import Above
from ingest.reader.column import Column
from ingest.reader.heading import Heading
from ingest.reader.sheet import Grid, letters, stretch
from ingest.reader.spoken import INVISIBLE, unit_apart

__all__ = ["cells_merged", "header_faults", "missing_columns", "odd_cells", "unseen"]

_NO_NAMES = Catalogue()
_FIGURES = ("value", "numerator", "denominator")


def header_faults(
    grid: Grid, heading: Heading, catalogue: Catalogue = _NO_NAMES, *, home: Collection[str] = ()
) -> list[Problem]:
    """What is wrong with the header: broken cells, words twice, none over data, words that are not ours.

    `home`: the indicators that are rather meant than others by words that are not ours.
    """
    row = grid.rows[heading.last][0]
    first = grid.rows[heading.first][0]
    found = []
    for number, at in sorted(grid.odd):
        if first <= number <= row:
            letter = letters(at)
            found.append(
                Problem(Severity.ERROR, "header_computed", row=number, column=letter, found=f"{letter}{number}")
            )
    body = grid.rows[heading.last + 1 :]
    seen: dict[tuple[str, ...], Column] = {}
    for column in heading.columns:
        say = partial(Problem, row=row, column=column.label, found=column.title)
        if INVISIBLE.search(column.title):
            found.append(say(Severity.ERROR, "text_control"))
        elif not column.title:
            if any(column.at < len(cells) and cells[column.at].strip() for _, cells in body):
                facts = {"first": letters(column.at)}
                found.append(say(Severity.ERROR, "column_blank", facts=facts))
        elif not column.role:
            near = _near(grid, heading, column, catalogue=catalogue, home=home)
            if not near and _like_a_period(grid, column, body):
                found.append(say(Severity.ERROR, "column_of_a_period"))
                continue
            facts = {"guess": "”“".join(near)}
            found.append(
                say(Severity.ERROR, "column_unknown", facts=facts) if near else say(Severity.NOTICE, "column_ignored")
            )
        elif column.role in COLUMNS:
            if column.meant in seen:
                facts = {"first": letters(seen[column.meant].at), "second": letters(column.at)}
                found.append(say(Severity.ERROR, "column_twice", facts=facts))
            seen.setdefault(column.meant, column)
            found += _read_otherwise(column, row)
            if "dated" in column.fixed:
                facts = {"period": column.fixed["period"]}
                found.append(say(Severity.NOTICE, "period_made_a_date", facts=facts))
            name = column.fixed.get("indicator", "")
            if fold(name) not in fold(column.title):
                found.append(say(Severity.NOTICE, "name_read_as", facts={"name": name}))
    return found + list(_out_of_order(grid, heading))


_PERIOD = re.compile(r"[0-9一二三四上下前].{0,6}(?:季度|月|半年)|当月|本季|[12][0-9]{3}年")


def _like_a_period(grid: Grid, column: Column, body: Sequence[tuple[int, list[str]]]) -> bool:
    """Whether the head of a column that was not read names a period, and numbers stand under it."""
    if column.beside or column.at in grid.hidden_columns or not _PERIOD.search(column.title):
        return False
    cells = [row[column.at].strip() for _, row in body if column.at < len(row) and row[column.at].strip()]
    return sum(_NUMBER.match(cell) is not None for cell in cells) * 2 > len(cells) > 0


_NUMBER = re.compile(r"[-+0-9.,%]+$")


def _near(grid: Grid, heading: Heading, column: Column, *, catalogue: Catalogue, home: Collection[str]) -> list[str]:
    """Indicators that a column may mean whose header says none, where each column is an indicator of its own."""
    matrix = not heading.one("indicator") and any("indicator" in c.fixed for c in heading.columns)
    if not matrix or column.beside or column.at in grid.hidden_columns:
        return []
    names = catalogue.indicator_names
    taken = {names[fold(c.fixed["indicator"])] for c in heading.of("value") if _beside(c, column)}
    unit = column.fixed.get("unit", "") or unit_apart(column.title)[1]
    return meant(fold("".join(column.rest)), catalogue, unit=unit, home=home, taken=taken, loose=True)[:2]


def _beside(column: Column, other: Column) -> bool:
    """Whether a column is of an indicator, and of the same period as another."""
    return "indicator" in column.fixed and column.fixed.get("period") == other.fixed.get("period")


def _out_of_order(grid: Grid, heading: Heading) -> Iterator[Problem]:
    """A month among several in their order that only another year would fit: the year is mistyped."""
    columns = [c for c in heading.of("value") if "period" in c.fixed and c.at not in grid.hidden_columns]
    if len(columns) < 4 or len({c.meant[2:] for c in columns}) > 1:
        return
    try:
        ends = [Period.parse(c.fixed["period"]).end for c in columns]
    except ValueError:
        return
    months = [(end.year, end.month) for end in ends]
    fitting = [
        (column, f"{year}-{month:02d}")
        for place, (column, (_, month)) in enumerate(zip(columns, months, strict=True))
        for year in {end.year for end in ends}
        if month < 12 and _ascends([*months[:place], (year, month), *months[place + 1 :]])
    ]
    if len(fitting) == 1 and not _ascends(months) and not _ascends(months[::-1]):
        column, meant = fitting[0]
        row, facts = grid.rows[heading.last][0], {"meant": meant}
        yield Problem(
            Severity.ERROR, "period_out_of_order", row=row, column=column.label, found=column.title, facts=facts
        )


def _ascends(months: Sequence[tuple[int, int]]) -> bool:
    return all(one < other for one, other in pairwise(months))


def _read_otherwise(column: Column, row: int) -> Iterator[Problem]:
    names = COLUMNS[column.role]
    if not column.fixed and column.title not in names:
        name = next((n for n in names if fold(n) == fold(column.title)), names[1])
        yield Problem(
            Severity.NOTICE, "column_read_as", row=row, column=column.label, found=column.title, facts={"name": name}
        )


def missing_columns(grid: Grid, heading: Heading, above: Above, *, template: bool, figures: bool) -> Iterator[Problem]:
    """An error for each thing that neither a column nor a line above the table says."""
    values = heading.of("value")
    said = {
        "region": above.region or heading.one("region") or heading.one("region_code") or template,
        "indicator": above.indicator or heading.one("indicator") or template,
        "period": above.period or heading.one("period"),
        "value": values or (heading.one("numerator") and heading.one("denominator")),
    }
    have = ", ".join(column.title for column in heading.columns if column.title)
    for name, given in said.items():
        if given or (values and name != "value" and all(name in column.fixed for column in values)):
            continue
        facts = {"wanted": f"{COLUMNS[name][0]} / {COLUMNS[name][1]}", "have": have}
        yield Problem(Severity.ERROR, "column_missing", row=grid.rows[heading.last][0], column=name, facts=facts)


def _within(row: int, first: int, end: int | None) -> bool:
    return first <= row and (end is None or row < end)


def odd_cells(grid: Grid, used: Sequence[Column], first: int, end: int | None) -> Iterator[Problem]:
    """Error cells and formulas without a result by cell; formulas that were read, by column."""
    columns = {column.at: column for column in used}
    texts = dict(grid.rows)
    formulas: dict[int, list[int]] = {}
    for (row, at), kind in sorted(grid.odd.items()):
        if at not in columns or not _within(row, first, end):
            continue
        there = texts.get(row, [])
        text = there[at] if at < len(there) else ""
        label = columns[at].label
        if kind == "error":
            yield Problem(Severity.ERROR, "cell_error", row=row, column=label, found=text)
        elif kind == "formula_empty":
            yield Problem(Severity.ERROR, "formula_empty", row=row, column=label, found=f"{letters(at)}{row}")
        else:
            formulas.setdefault(at, []).append(row)
    for at, rows in formulas.items():
        where = f"{letters(at)}{stretch(rows)}"
        yield Problem(
            Severity.NOTICE,
            "formula_read",
            row=rows[0],
            column=columns[at].label,
            found=where,
            facts={"count": str(len(rows))},
        )


def cells_merged(grid: Grid, heading: Heading, first: int, end: int | None) -> Iterator[Problem]:
    """Merged cells among the rows: read where they hold a key, refused where they hold a figure."""
    figures = {column.at: column for column in heading.columns if column.role in _FIGURES}
    keys = {column.at: column for column in heading.columns if column.role in COLUMNS and column.at not in figures}
    for area in grid.areas:
        if not _within(area.top, first, end):
            continue
        figure = next((column for at, column in figures.items() if area.left <= at <= area.right), None)
        key = next((column for at, column in keys.items() if area.left <= at <= area.right), None)
        # a heading written across the whole table is a row of its own
        across = area.top == area.bottom and area.left <= min(keys, default=0)
        if figure and not across:
            yield Problem(Severity.ERROR, "cells_merged", row=area.top, column=figure.label, found=str(area))
        elif key and area.bottom > area.top:
            yield Problem(Severity.NOTICE, "merged_read", row=area.top, column=key.label, found=str(area))


def unseen(grid: Grid, used: Sequence[Column], first: int, end: int | None) -> Iterator[Problem]:
    """Rows and columns that are hidden or filtered out: they are read, and it is said."""
    there = {row for row, _ in grid.rows if _within(row, first, end)}
    if rows := there & grid.hidden_rows:
        yield Problem(Severity.NOTICE, "rows_hidden", row=min(rows), found=stretch(rows))
    if columns := [column for column in used if column.at in grid.hidden_columns]:
        names = "、".join(column.label for column in columns)
        yield Problem(Severity.NOTICE, "columns_hidden", row=first, found=names)
