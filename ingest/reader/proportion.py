"""A ratio beside the columns it is made of: where most rows of a table agree, a row that disagrees is asked about.

Which columns these are, the rows themselves say: 护理型占比 is 护理型床位 ÷ 养老床位 where nearly every row has it so.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import permutations

from indicators.catalogue import fold
from indicators.definition import MeasureType
from indicators.problem import Problem, Severity
from ingest.columns import COLUMNS
from ingest.numbers import half_digit, read_number
from ingest.reader.column import Column
from ingest.reader.rows import Slot, Table, cell
from ingest.reader.sheet import number, row_of
from ingest.reader.spoken import BEFORE, CODE

__all__ = ["proportions"]

_ROWS, _COLUMNS, _TRIED = 2000, 40, 60  # of a table: rows judged, columns compared, rows that choose the columns
_LEAST, _SHARE = 4, 0.75  # rows that agree, and their share of those that have all three figures
_DIFFERENT = 3  # different figures in each column: a column of equal ones proves nothing
_TELLING = 10.0  # how many times its rounding a ratio must vary
_OFF = 0.01  # a ratio this close to its parts is left alone
_SCALES = range(-6, 7)  # powers of ten
_KEYS = frozenset(COLUMNS) - {"value", "numerator", "denominator"} | {CODE, BEFORE}
_NOTE, _VALUE = (list(COLUMNS).index(name) for name in ("note", "value"))
_ALMOST = 1 + 1e-9


@dataclass(frozen=True, slots=True)
class _Number:
    """A positive number, its logarithm, and half of its last decimal; a whole number is a count and exact."""

    value: float
    log: float
    half: float


_Numbers = Mapping[int, _Number]  # by row


@dataclass(frozen=True, slots=True)
class _Made:
    """How a ratio is made of two columns: the rows that agree, and what those that do not should be."""

    top: int
    bottom: int
    agree: int
    apart: Mapping[int, float]
    off: float  # how far those that agree are off, together


def proportions(table: Table) -> Iterator[Problem]:
    """A warning for each ratio that its own row belies, by the two columns that make the ratio in the other rows."""
    ratios = [slot for slot in table.slots if _is_ratio(table, slot)]
    rows = list(dict.fromkeys(map(row_of, table.at)))[:_ROWS]
    if len(rows) < _LEAST or not ratios:
        return
    numbers = _numbers(table, rows)
    figures = dict(zip(table.at, table.figures, strict=True))
    for slot in ratios[:_COLUMNS]:
        assert slot.value
        made = _made(slot.value.at, numbers)
        if made is None:
            continue
        for row, computed in made.apart.items():
            if (figure := figures.get(number(row, slot.place))) is not None:
                yield Problem(
                    Severity.WARNING,
                    "ratio_differs_from_row",
                    row=number(row, slot.place),
                    column="value",
                    found=figure[_VALUE],
                    facts=_facts(table, row, made, computed),
                    explained=bool(figure[_NOTE]),
                )


def _is_ratio(table: Table, slot: Slot) -> bool:
    """Whether a column is of one indicator, and that a ratio."""
    line, catalogue = table.above.indicator, table.spoken.catalogue
    found = catalogue.indicator_names.get(fold(slot.fixed.get("indicator", line.text if line else "")))
    ratio = found is not None and catalogue.indicators[found].current.measure is MeasureType.RATIO
    return ratio and slot.value is not None


def _facts(table: Table, row: int, made: _Made, computed: float) -> dict[str, str]:
    columns: Mapping[int, Column] = {column.at: column for column in table.heading.columns}
    facts = {"computed": f"{computed:.4g}", "agree": str(made.agree)}
    for name, at in (("top", made.top), ("bottom", made.bottom)):
        facts |= {name: cell(table.texts[row], columns[at]), f"{name}_where": columns[at].label}
    return facts


# -- the numbers of a table ------------------------------------------------------------------------------------


def _numbers(table: Table, rows: list[int]) -> Mapping[int, _Numbers]:
    """The positive numbers of each column that holds enough of them, by its place; no keys, nothing hidden."""
    columns = [c for c in table.heading.columns if c.role not in _KEYS and c.at not in table.grid.hidden_columns]
    found: dict[int, _Numbers] = {}
    for column in columns:
        read = {row: one for row in rows if (one := _number(cell(table.texts[row], column))) is not None}
        if len(read) >= _LEAST and len(found) < _COLUMNS:
            found[column.at] = read
    return found


def _number(text: str) -> _Number | None:
    value = read_number(text, "%").value
    if not value or value < 0:
        return None
    half = half_digit(text)
    return _Number(value, math.log10(value), half if half < 0.5 else 0.0)


# -- what makes a ratio ----------------------------------------------------------------------------------------


def _made(ratio: int, numbers: Mapping[int, _Numbers]) -> _Made | None:
    """The two columns that most rows, and of such pairs most closely, make the ratio of."""
    mine = numbers.get(ratio, {})
    tried = {row: mine[row] for row in list(mine)[:_TRIED]}
    found = []
    for top, bottom in permutations((at for at in numbers if at != ratio), 2):
        if _by(tried, numbers, top=top, bottom=bottom) and (made := _by(mine, numbers, top=top, bottom=bottom)):
            found.append(made)
    return max(found, key=lambda made: (made.agree, -made.off), default=None)


def _by(ratio: _Numbers, numbers: Mapping[int, _Numbers], *, top: int, bottom: int) -> _Made | None:
    """How the rows that have all three figures agree on ratio = top ÷ bottom × 10ⁿ; None where most do not."""
    above, below = numbers[top], numbers[bottom]
    rows = [row for row in ratio if row in above and row in below]
    if len(rows) < _LEAST:
        return None
    powers = Counter(round(ratio[row].log + below[row].log - above[row].log) for row in rows)
    (power, count), needed = powers.most_common(1)[0], max(_LEAST, _SHARE * len(rows))
    if count < needed or power not in _SCALES:
        return None
    computed = {row: above[row].value / below[row].value * 10.0**power for row in rows}
    off = {row: abs(ratio[row].value - computed[row]) for row in rows}
    room = {
        row: ratio[row].half
        + computed[row] * (above[row].half / above[row].value + below[row].half / below[row].value)
        + 1e-12 * computed[row]
        for row in rows
    }
    agree = [row for row in rows if off[row] <= room[row] * _ALMOST]
    if len(agree) < needed or not all(
        len({one[row].value for row in agree}) >= _DIFFERENT for one in (ratio, above, below)
    ):
        return None
    stated = [ratio[row].value for row in agree]
    if max(stated) - min(stated) < _TELLING * sum(room[row] for row in agree) / len(agree):
        return None
    apart = {row: computed[row] for row in rows if off[row] > max(room[row], _OFF * computed[row]) * _ALMOST}
    return _Made(top, bottom, len(agree), apart, sum(off[row] / computed[row] for row in agree))
