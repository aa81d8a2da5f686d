"""From a grid of text cells, however the table looks, to figures in long form that know where they stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from indicators.catalogue import Catalogue, fold
from indicators.problem import Problem, Severity
from ingest.columns import COLUMNS
from ingest.guessing import at_home
from ingest.reader.above import Line, read_above
from ingest.reader.column import Column
from ingest.reader.figures import read_body
from ingest.reader.heading import Heading, find_heading
from ingest.reader.proportion import proportions
from ingest.reader.rows import CODED, FIGURES, Slot, Table, cell
from ingest.reader.sheet import Grid, Sheet, letters
from ingest.reader.soundness import header_faults, missing_columns
from ingest.reader.spoken import CODE, Spoken

__all__ = ["lay_out"]

_LOOKED_AT = 100  # rows that say where a table is from
_OF_ONE_COLUMN = ("column_unknown", "period_out_of_order")  # faults of a header that leave the rest to be read


def lay_out(grid: Grid, catalogue: Catalogue, *, form: bool = False, region: Line | None = None) -> Sheet:
    """The figures of a grid in long form. What cannot be read is refused by name, with its own row and column.

    `form`: it is the sheet of a form of ours, whose rows are known by their codes; it may be missing. `region`: what
    a table further up on the same sheet says its region is.
    """
    if form and not grid.rows:
        return _nothing(grid, [])
    heading = find_heading(grid, Spoken(catalogue))
    if heading is None:
        return _nothing(grid, [_no_heading(grid)])
    above = read_above(grid.rows[: heading.first], catalogue, sheet=grid.name)
    above = replace(above, region=above.region or region)
    if above.year:
        heading = find_heading(grid, Spoken(catalogue, above.year)) or heading
    if heading.one("indicator") or any("indicator" in column.fixed for column in heading.columns):
        above = replace(above, indicator=None)
    elif above.indicator:
        heading = _only_of(heading, above.indicator.text)
    codes = heading.one(CODE)
    body = grid.rows[heading.last + 1 :]
    template = codes is not None and (form or any(CODED.fullmatch(cell(cells, codes)) for _, cells in body))
    table = Table(grid, heading, above, Spoken(catalogue, above.year), _slots(heading), template)
    table.notices += grid.notices
    faults = header_faults(grid, heading, catalogue, home=at_home(catalogue, _regions(table)))
    table.notices += [p for p in faults if not p.blocks]
    blocking = [p for p in faults if p.blocks and p.code not in _OF_ONE_COLUMN]
    table.refused += [p for p in faults if p.code in _OF_ONE_COLUMN]
    blocking += missing_columns(grid, heading, above, template=template, figures=any(s.columns for s in table.slots))
    if blocking:
        return _nothing(grid, [*blocking, *table.refused], table.notices)
    read_body(table)
    if not form:
        table.notices += proportions(table)
    return _sheet(table)


def _regions(table: Table) -> set[str]:
    """The regions that a table names: above it, in its header, or in the first of its rows."""
    column, line = table.heading.one("region"), table.above.region
    said = [c.fixed["region"] for c in table.heading.columns if "region" in c.fixed] + ([line.text] if line else [])
    said += [cell(cells, column) for _, cells in table.grid.rows[:_LOOKED_AT]]
    names = table.spoken.catalogue.region_names
    return {names[fold(text)] for text in said if fold(text) in names}


def _only_of(heading: Heading, indicator: str) -> Heading:
    """The header where all figures are of one indicator: a column with other words over it is not of it."""
    return replace(
        heading,
        columns=tuple(
            replace(c, role="")
            if c.role == "value" and any(fold(word) not in fold(indicator) for word in c.rest)
            else c
            for c in heading.columns
        ),
    )


def _no_heading(grid: Grid) -> Problem:
    row, cells = max(grid.rows[:10], key=lambda r: sum(bool(text.strip()) for text in r[1]))
    have = ", ".join(text.strip() for text in cells if text.strip())
    return Problem(Severity.ERROR, "header_missing", sheet=grid.name, row=row, facts={"have": have})


def _nothing(grid: Grid, refused: list[Problem], notices: list[Problem] | None = None) -> Sheet:
    return Sheet(
        grid.name,
        tuple(COLUMNS),
        grid.rows[0][0] if grid.rows else 1,
        pl.Series([], dtype=pl.Int32),
        pl.DataFrame(schema={f"c{n}": pl.String for n in range(len(COLUMNS))}),
        tuple(notices if notices is not None else grid.notices),
        tuple(refused),
    )


# -- figures a row may hold ----------------------------------------------------------------------------------


def _slots(heading: Heading) -> list[Slot]:
    """The figures of a row: each value column with the parts that belong to it."""
    values = heading.of("value")
    parts = {role: heading.of(role) for role in ("numerator", "denominator")}
    if not values:
        return [Slot(0, None, *(next(iter(columns), None) for columns in parts.values()))]
    taken: set[int] = set()
    slots = []
    for place, value in enumerate(values):
        mine: list[Column | None] = []
        for columns in parts.values():
            # parts without a period or region of their own belong to the first figure of the row
            own = next((c for c in columns if c.at not in taken and _belongs(c, value)), None)
            taken |= {own.at} if own else set()
            mine.append(own)
        slots.append(Slot(place, value, *mine))
    return slots


def _belongs(part: Column, value: Column) -> bool:
    return all(
        part.fixed.get(name, "") in ("", value.fixed.get(name, "")) for name in ("period", "region", "indicator")
    )


# -- the sheet in long form ------------------------------------------------------------------------------------


def _sheet(table: Table) -> Sheet:
    for role, rows in table.empty.items():
        column = table.heading.one(role)
        for first, last in _runs(rows):
            letter = letters(column.at) if column else ""
            cells = f"{letter}{first}" if first == last else f"{letter}{first}:{letter}{last}"
            table.refuse("key_empty", first, column, found=cells, name=COLUMNS[role][1])
    table.notices += table.above.say(table.leant_on)
    header = tuple(COLUMNS)
    columns = {f"c{n}": [figure[n] for figure in table.figures] for n in range(len(header))}
    return Sheet(
        name=table.grid.name,
        header=header,
        header_at=table.grid.rows[table.heading.last][0],
        at=pl.Series(table.at, dtype=pl.Int32),
        cells=pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)),
        notices=tuple(table.notices),
        refused=tuple(table.refused),
        places=_places(table),
        coded=table.template,
    )


def _runs(rows: list[int]) -> Iterator[tuple[int, int]]:
    start = before = rows[0]
    for row in rows[1:]:
        if row != before + 1:
            yield start, before
            start = row
        before = row
    yield start, before


def _places(table: Table) -> dict[tuple[int, str], str]:
    """Where each of our columns stands, for every figure a row may hold."""
    lines: dict[str, Line | None] = {
        "period": table.above.period,
        "region": table.above.region,
        "unit": table.above.unit,
        "indicator": table.above.indicator,
    }
    places = {}
    for slot in table.slots:
        for name in COLUMNS:
            column = table.heading.one(CODE if table.template and name in ("indicator", "region") else name)
            if name in FIGURES:
                column = getattr(slot, name)
            elif name in slot.fixed or (name == "accumulation" and column is None and slot.columns):
                column = slot.columns[0]
            if name == "region":
                column = column or table.heading.one("region_code")
            if column:
                places[slot.place, name] = column.label
            elif line := lines.get(name):
                places[slot.place, name] = f"{line.column}{line.row} {line.text}"
    return places
