"""Where a table begins and what each of its columns holds, read from one or several rows of header cells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise

from ingest.columns import COLUMNS
from ingest.reader.sheet import Grid, letters
from ingest.reader.spoken import BEFORE, CODE, Spoken, one_line

__all__ = ["Column", "Heading", "find_heading"]

_SEARCHED = 60  # rows from the top among which a header is looked for
_LEVELS = 4
_KEYS = frozenset(COLUMNS) - {"value", "numerator", "denominator"} | {CODE}
_FIXES = ("period", "region", "indicator", "accumulation")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table. `role`: one of our columns, `code`, `before` (for information), or '' (not ours).

    `fixed`: what its header says of every cell under it: period, region, indicator, accumulation, unit.
    """

    at: int
    title: str
    role: str = ""
    fixed: Mapping[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """The column as a spreadsheet shows it, with its title."""
        return f"{letters(self.at)} {self.title}".strip()

    @property
    def meant(self) -> tuple[str, ...]:
        """What tells this column from another of the same role."""
        return (self.role, *(self.fixed.get(name, "") for name in _FIXES))


@dataclass(frozen=True, slots=True)
class Heading:
    """The header of a table: places of its first and last row in the grid, and its columns."""

    first: int
    last: int
    columns: tuple[Column, ...]

    def of(self, role: str) -> list[Column]:
        return [column for column in self.columns if column.role == role]

    def one(self, role: str) -> Column | None:
        return next(iter(self.of(role)), None)


def find_heading(grid: Grid, spoken: Spoken) -> Heading | None:
    """The header with the most words that mean something; None where no row looks like one."""
    best, most = None, 1
    for place in range(min(len(grid.rows), _SEARCHED)):
        meanings = list(_meanings(grid, place, spoken))
        if len(meanings) > most and any("role" in m for m in meanings) and not _is_line(grid, place, meanings):
            best, most = place, len(meanings)
    if best is None:
        return None
    first = last = best
    while first > 0 and last - first < _LEVELS and _heads(grid, first - 1, spoken):
        first -= 1
    while last + 1 < len(grid.rows) and last - first < _LEVELS and _continues(grid, first, last, spoken):
        last += 1
    columns = _columns(grid, first, last, spoken)
    if last + 1 < len(grid.rows) and _is_numbering(grid.rows[last + 1][1]):
        last += 1
    return Heading(first, last, columns)


# -- which rows --------------------------------------------------------------------------------------------


def _meanings(grid: Grid, place: int, spoken: Spoken) -> Iterator[dict[str, str]]:
    for text in grid.rows[place][1]:
        if text.strip() and (meaning := spoken.header(text)) is not None:
            yield meaning


def _is_line(grid: Grid, place: int, meanings: list[dict[str, str]]) -> bool:
    """Whether it is a line such as `报告期 | 2024Q1`: a word, and beside it what the word asks for."""
    texts = [text.strip() for text in grid.rows[place][1] if text.strip()]
    if any(":" in text or ":" in text for text in texts):
        return True
    asked = {m["role"].removesuffix("_code") for m in meanings if "role" in m}
    given = {name for m in meanings if "role" not in m for name in m}
    return bool(asked & given)


def _heads(grid: Grid, place: int, spoken: Spoken) -> bool:
    """Whether the row belongs to the header as an upper level of it."""
    number, cells = grid.rows[place]
    meanings = list(_meanings(grid, place, spoken))
    if not meanings or _is_line(grid, place, meanings):
        return False
    filled = [at for at, text in enumerate(cells) if text.strip()]
    return len(filled) > 1 or any((number, filled[0]) in area and area.left > 0 for area in grid.areas)


def _continues(grid: Grid, first: int, last: int, spoken: Spoken) -> bool:
    """Whether the row after `last` is a lower level: words that mean something, none under a column of keys."""
    _, cells = grid.rows[last + 1]
    meanings = list(_meanings(grid, last + 1, spoken))
    filled = [at for at, text in enumerate(cells) if text.strip()]
    if not meanings or len(meanings) < len(filled):
        return False
    above = {column.at: column for column in _columns(grid, first, last, spoken)}
    return not any(at in above and above[at].role in _KEYS for at in filled)


def _is_numbering(cells: list[str]) -> bool:
    """Whether it is the row 甲 乙 丙 1 2 3 under a header."""
    texts = [re.sub(r"[()()\s]", "", text) for text in cells if text.strip()]
    digits = [text for text in texts if text.isascii() and text.isdigit() and len(text) < 3]
    stems = [text for text in texts if text in "甲乙丙丁戊己庚辛"]
    numbers = [int(d) for d in digits]
    numbers = sorted(numbers) if stems else numbers  # columns may have been moved, and their numbers with them
    counted = bool(numbers) and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    return len(digits) + len(stems) == len(texts) > 1 and (bool(stems) or counted) and (counted or not digits)


# -- what the columns say ----------------------------------------------------------------------------------


def _columns(grid: Grid, first: int, last: int, spoken: Spoken) -> tuple[Column, ...]:
    levels = _levels(grid, first, last, spoken)
    columns = tuple(_column(at, [level[at] for level in levels], spoken) for at in range(len(levels[0])))
    by_period = any(c.fixed.get("accumulation") == "本期" for c in columns)
    return tuple(
        replace(c, role="value", fixed={"accumulation": "本年累计"}) if by_period and c.role == "accumulation" else c
        for c in columns
    )


def _levels(grid: Grid, first: int, last: int, spoken: Spoken) -> list[list[str]]:
    """The header's rows, as wide as the table; merged cells hold their text everywhere.

    An upper level without merges speaks for the columns to its right that have only a lower level.
    """
    width = max(len(cells) for _, cells in grid.rows[first:])
    by_number = dict(grid.rows)
    levels = []
    for number, cells in grid.rows[first : last + 1]:
        level = [one_line(text) for text in cells] + [""] * (width - len(cells))
        for area in (a for a in grid.areas if a.top <= number <= a.bottom):
            top = by_number.get(area.top, [])
            text = one_line(top[area.left]) if area.left < len(top) else ""
            level[area.left : area.right + 1] = [text] * (min(area.right + 1, width) - area.left)
        levels.append(level)
    for upper, lower in pairwise(levels):
        for at in range(1, width):
            if upper[at] or not lower[at]:
                continue
            left, own = spoken.header(upper[at - 1]) or {}, spoken.header(lower[at]) or {}
            if "role" not in left and own.get("role", "value") in ("value", BEFORE, "numerator", "denominator", ""):
                upper[at] = upper[at - 1]
    return levels


def _column(at: int, stack: list[str], spoken: Spoken) -> Column:
    """One column from its header cells, top to bottom: the longest runs of them that mean something, together."""
    texts = [text for n, text in enumerate(stack) if text and text not in stack[:n]]
    meaning: dict[str, str] = {}
    start = 0
    while start < len(texts):
        for end in range(len(texts), start, -1):
            if (found := spoken.header("".join(texts[start:end]))) is not None:
                meaning.update(found)
                start = end
                break
        else:
            start += 1
    role = meaning.pop("role", "value" if any(name in meaning for name in _FIXES) else "")
    return Column(at, " ".join(texts), role, meaning)
