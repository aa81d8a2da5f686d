"""From the rows under a header to figures: what ends a table, what is no figure, and what each figure is."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from indicators.catalogue import fold
from indicators.period import Period
from ingest.columns import COLUMNS
from ingest.reader.beside import beside
from ingest.reader.column import Column
from ingest.reader.keys import keys_of, other_region, remember
from ingest.reader.rows import CODED, FIGURES, Slot, Table, cell
from ingest.reader.sheet import letters, number
from ingest.reader.soundness import cells_merged, odd_cells, unseen
from ingest.reader.spoken import BARE_PERIOD, CODE, Spoken

__all__ = ["read_body"]

_ENDS = re.compile(
    r"\s*(?:[((]?(?:附?注|说明|备注|资料来源|数据来源|填表说明)\s*[0-9一二三四五]*\s*[::.、,]"
    r"|(?:单位|统计|科室|填[报表制])?(?:负责人|[报表]人)|审核人|制表|联系|报出日期|填报日期)"
)
_DASHES = ("-", "—", "——", "--")
_LEAST_ROUNDED = Decimal("0.001")  # so that four digits are left


def read_body(table: Table) -> None:
    body = table.grid.rows[table.heading.last + 1 :]
    used = [c for c in table.heading.columns if c.role and c.role != "before"]
    troubled = _report_cells(table, used)
    header = [fold(text) for text in table.grid.rows[table.heading.last][1]]
    width = len(table.grid.rows[table.heading.first][1])
    for place, (row, cells) in enumerate(body):
        filled = [text.strip() for text in cells if text.strip()]
        if not filled:
            continue
        if _ENDS.match(filled[0]):
            _end(table, body[place:])
            return
        ragged = table.grid.strict and len(cells) != width
        if filled[0].startswith("#") and (len(filled) == 1 or ragged):
            table.notice("row_comment", row, found=filled[0])
        elif [fold(text) for text in cells] == header:
            table.notice("row_header_again", row)
        elif ragged:
            table.refuse("row_width", row, count=str(len(cells)), wanted=str(width))
        elif len(table.figures) >= table.grid.most:
            table.refuse("too_many_rows", row, most=str(table.grid.most))
            return
        elif row in troubled:
            remember(table, row, cells)
        else:
            _read_row(table, row, cells)


def _report_cells(table: Table, used: list[Column]) -> set[int]:
    """Problems of single cells; the rows that an error stands in."""
    first = table.grid.rows[table.heading.last + 1][0] if table.heading.last + 1 < len(table.grid.rows) else 0
    end = next((row for row, cells in table.grid.rows if row >= first and _ends(cells)), None)
    found = [*odd_cells(table.grid, used, first, end), *cells_merged(table.grid, table.heading, first, end)]
    found += unseen(table.grid, used, first, end)
    table.notices += [p for p in found if not p.blocks]
    table.refused += [p for p in found if p.blocks]
    refused = {p.found for p in found if p.code == "cells_merged"}
    merged = [area for area in table.grid.areas if refused and str(area) in refused]
    rows = [row for row, _ in table.grid.rows]
    within = {row for area in merged for row in rows[bisect_left(rows, area.top) : bisect_right(rows, area.bottom)]}
    return within | {p.row for p in found if p.blocks and p.row}


def _ends(cells: list[str]) -> bool:
    return bool(_ENDS.match(next((text for text in cells if text.strip()), "")))


def _end(table: Table, rest: tuple[tuple[int, list[str]], ...]) -> None:
    """The table ends here: notes and signatures follow. Figures after them are refused, never passed over."""
    table.notice("table_ended", rest[0][0], found=next(text.strip() for text in rest[0][1] if text.strip()))
    names = table.spoken.catalogue.indicator_names
    for row, cells in rest:
        figures = any(re.search("[0-9]", cell(cells, c)) for slot in table.slots for c in slot.columns)
        known = any(fold(table.spoken.indicator(text)[0]) in names for text in cells if text.strip())
        if figures and (known or any(CODED.fullmatch(text.strip()) for text in cells)):
            table.refuse("row_after_end", row, first=str(rest[0][0]))


def _read_row(table: Table, row: int, cells: list[str]) -> None:
    keys = keys_of(table, row, cells)
    if keys is None:
        return
    figures = [(slot, [cell(cells, c) for c in slot.columns]) for slot in table.slots]
    if not any(text for _, texts in figures for text in texts):
        _no_figures(table, row, keys, cells)
        return
    missing = [role for role in ("indicator", "region") if not keys[role] and not table.fixed(role)]
    if not keys["period"] and table.heading.one("period"):
        missing.append("period")
    for role in missing:
        table.empty.setdefault(role, []).append(row)
    if missing:
        return
    blank = [slot for slot, texts in figures if not any(texts)]
    if blank and not table.template and len(table.slots) > 1:
        table.notice("cells_blank", row, found="、".join(letters(s.columns[0].at) for s in blank))
    _add(table, row, keys, cells, [slot for slot, texts in figures if any(texts)])


def _no_figures(table: Table, row: int, keys: dict[str, str], cells: list[str]) -> None:
    """A row whose cells for figures are all empty."""
    filled = [text.strip() for text in cells if text.strip()]
    known = fold(keys["indicator"]) in table.spoken.catalogue.indicator_names
    long_form = len(table.slots) == 1 and not table.slots[0].fixed
    if table.template and keys[CODE]:
        name = table.heading.one("indicator")
        table.notice("template_unfilled", row, table.slots[0].value, found=cell(cells, name) or keys[CODE])
    elif len(filled) == 1 or not (known or long_form):
        table.notice("row_heading", row, found=filled[0])
    elif long_form:
        table.refuse("value_empty", row, table.heading.one("value"))
    else:
        table.notice("row_blank", row, found=keys["indicator"])


# -- figures -------------------------------------------------------------------------------------------------


def _add(table: Table, row: int, keys: dict[str, str], cells: list[str], given: list[Slot]) -> None:
    other_region(table, row, keys["region"])
    made = [(slot, _figure(table, row, keys, slot, cells)) for slot in given]
    for slot, figure in _without_doubles(table, row, made):
        table.notices += beside(table, row, cells, slot, figure)
        table.at.append(number(row, slot.place))
        table.figures.append(tuple(figure.get(name, "") for name in COLUMNS))


def _figure(table: Table, row: int, keys: dict[str, str], slot: Slot, cells: list[str]) -> dict[str, str]:
    figure = {name: text for name, text in keys.items() if name != CODE}
    figure["unit"] = keys["unit"] or slot.fixed.get("unit", "")
    year = figure["period"]
    figure |= {name: text for name, text in slot.fixed.items() if name in ("period", "region", "indicator")}
    if BARE_PERIOD.fullmatch(figure["period"]) and table.heading.one("period"):
        figure["period"] = Spoken(table.spoken.catalogue, _year(year)).period(figure["period"]) or figure["period"]
    if table.above.unit and not figure["unit"]:
        figure["unit"] = table.above.unit_for(table.spoken.unit(figure["indicator"]))
        table.leant_on.add("unit")
    accumulation = slot.fixed.get("accumulation", "")
    if accumulation and table.spoken.flows(figure["indicator"]) is not False:
        figure["accumulation"] = accumulation
    for role in FIGURES:
        column: Column | None = getattr(slot, role)
        # not stripped: what stands around a number is told by whoever reads it
        text = cells[column.at] if column and column.at < len(cells) else ""
        figure[role] = _rounded(table, row, column, text) if column else text
    return figure


def _rounded(table: Table, row: int, column: Column, text: str) -> str:
    """A computed number at six decimals; as it is where too few digits would be left."""
    if (row, column.at) not in table.grid.long:
        return text
    sign = text[len(text.rstrip("%")) :]
    short = Decimal(text.rstrip("%")).quantize(Decimal("0.000001"), ROUND_HALF_UP)
    if abs(short) < _LEAST_ROUNDED:
        return text
    reading = f"{short:f}".rstrip("0").rstrip(".") + sign
    table.notice("number_rounded", row, column, found=text, reading=reading)
    return reading


def _without_doubles(
    table: Table, row: int, made: list[tuple[Slot, dict[str, str]]]
) -> Iterator[tuple[Slot, dict[str, str]]]:
    """本期 and 本年累计 of a stock, or of a first quarter, are one figure: the same is kept once, two are refused."""
    kept: dict[tuple[str, ...], tuple[Slot, str]] = {}
    # where one of the two is a dash the other is the figure
    for slot, figure in sorted(made, key=lambda one: one[1]["value"].strip() in _DASHES):
        same = tuple(figure[name] for name in ("indicator", "region", "period"))
        one = table.spoken.flows(figure["indicator"]) is False or _from_january(figure["period"])
        accumulation = slot.fixed.get("accumulation", "")
        if not accumulation or not one or same not in kept:
            kept[same] = (slot, figure["value"].strip()) if accumulation else kept.get(same, (slot, ""))
            yield slot, figure
            continue
        value = figure["value"].strip()
        if not value or value == kept[same][1] or value in _DASHES:
            continue
        table.refuse("period_and_ytd", row, slot.value, found=value, other=kept[same][1])


def _year(text: str) -> int | None:
    """The year that a cell under 年份 names; None for anything else."""
    found = re.fullmatch("((?:19|20)[0-9]{2})年?", text)
    return int(found[1]) if found else None


def _from_january(text: str) -> bool:
    try:
        return Period.parse(text).to_date
    except ValueError:
        return False
