"""What stands beside a figure for information: last year's, and the growth that the sender computed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from indicators.problem import Problem, Severity
from ingest.numbers import read_number
from ingest.reader.column import FIXES, Column
from ingest.reader.rows import Slot, Table, cell
from ingest.reader.sheet import number
from ingest.reader.spoken import BEFORE

__all__ = ["beside"]

_SLIP = 8.0  # as ingest.check has it
_GROWTH = re.compile("增长|增速|增幅|同比")
_NOT_THIS = re.compile("环比|比上|增减|百分点")
_REAL = re.compile("可比|不变价")
_POINTS, _REAL_POINTS = 0.5, 5.0  # between printed and computed growth; prices explain some of the latter


def beside(table: Table, row: int, cells: list[str], slot: Slot, figure: Mapping[str, str]) -> Iterator[Problem]:
    """A warning for a figure that is many times the 上年同期 beside it, or grew otherwise than 同比增长 says."""
    before = _its(table.heading.of(BEFORE), slot, alone=True)
    if before is None:
        return
    text = cell(cells, before)
    now, then = (read_number(one, figure["unit"]).value for one in (figure["value"], text))
    if not now or not then:
        return
    facts = {"previous": text, "where": before.label}
    if not 1 / _SLIP < now / then < _SLIP:
        yield _warning(row, slot, figure, "value_beside_before", {**facts, "times": f"{now / then:.3g}"})
        return
    growths = [
        c for c in table.heading.columns if c.beside and _GROWTH.search(c.title) and not _NOT_THIS.search(c.title)
    ]
    growth = _its(growths, slot, alone=len(table.slots) == 1)
    if growth is None or table.spoken.unit(figure["indicator"]) == "%":
        return
    printed = read_number(cell(cells, growth), "%").value
    computed = (now / then - 1) * 100
    if printed is not None and abs(printed - computed) > (_REAL_POINTS if _REAL.search(growth.title) else _POINTS):
        facts |= {"computed": f"{computed:.1f}", "growth": cell(cells, growth), "growth_where": growth.label}
        yield _warning(row, slot, figure, "growth_disagrees", facts)


def _its(columns: list[Column], slot: Slot, *, alone: bool) -> Column | None:
    """The one column that speaks of a slot's figure; `alone`: it need not say of which."""
    found = []
    for column in columns:
        said = {name: column.fixed[name] for name in FIXES if name in column.fixed}
        if (said or alone) and all(slot.fixed.get(name) == value for name, value in said.items()):
            found.append(column)
    return found[0] if len(found) == 1 else None


def _warning(row: int, slot: Slot, figure: Mapping[str, str], code: str, facts: Mapping[str, str]) -> Problem:
    return Problem(
        Severity.WARNING,
        code,
        row=number(row, slot.place),
        column="value",
        found=figure["value"],
        facts=facts,
        explained=bool(figure["note"]),
    )
