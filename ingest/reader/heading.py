"""Where a table begins and what each of its columns holds, read from one or several rows of header cells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from ingest.columns import COLUMNS
from ingest.reader.column import Column, column_of
from ingest.reader.sheet import Grid
from ingest.reader.spoken import BEFORE, CODE, Spoken, one_line

__all__ = ["Heading", "find_heading", "is_heading"]

_SEARCHED = 60  # rows from the top among which a header is looked for
_LEVELS = 4
_KEYS = frozenset(COLUMNS) - {"value", "numerator", "denominator"} | {CODE}


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
    while last + 1 < len(grid.rows) and last - first < _LEVELS:
        if not (_spans(grid, first, last) or _continues(grid, first, last, spoken)):
            break
        last += 1
    columns = _columns(grid, first, last, spoken)
    if last + 1 < len(grid.rows) and _is_numbering(grid.rows[last + 1][1]):
        last += 1
    return Heading(first, last, columns)


def is_heading(grid: Grid, place: int, spoken: Spoken) -> bool:
    """Whether a row by itself can only be the header of a table: it starts with a key's name, and words follow."""
    texts = [text for text in grid.rows[place][1] if text.strip()]
    meanings = [spoken.header(text) for text in texts]
    known = [meaning for meaning in meanings if meaning is not None]
    return (
        len(known) > 2
        and len(known) * 2 > len(texts)
        and (meanings[0] or {}).get("role") in _KEYS
        and not _is_line(grid, place, known)
    )


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
    return bool(asked & given) and len(meanings) < 4


def _heads(grid: Grid, place: int, spoken: Spoken) -> bool:
    """Whether the row belongs to the header as an upper level of it."""
    number, cells = grid.rows[place]
    meanings = list(_meanings(grid, place, spoken))
    if not meanings or _is_line(grid, place, meanings):
        return False
    filled = [at for at, text in enumerate(cells) if text.strip()]
    return len(filled) > 1 or any((number, filled[0]) in area and area.left > 0 for area in grid.areas)


def _spans(grid: Grid, first: int, last: int) -> bool:
    """Whether cells of the header are merged down into the row after `last`."""
    top, bottom, following = (grid.rows[place][0] for place in (first, last, last + 1))
    return any(top <= area.top <= bottom and area.bottom >= following for area in grid.areas)


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
    columns = tuple(column_of(at, [level[at] for level in levels], spoken) for at in range(len(levels[0])))
    columns = _one_key(grid, first, last, columns)
    by_period = any(c.fixed.get("accumulation") == "本期" for c in columns)
    return tuple(
        replace(c, role="value", fixed={"accumulation": "本年累计"}) if by_period and c.role == "accumulation" else c
        for c in columns
    )


def _one_key(grid: Grid, first: int, last: int, columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """Of several columns under one merged key (城区 | 锦江区 under 地区) the last is the key, the others group it."""
    top, bottom = grid.rows[first][0], grid.rows[last][0]
    groups: set[int] = set()
    for area in grid.areas:
        if top <= area.top <= bottom:
            same = [c.at for c in columns if area.left <= c.at <= area.right and c.role in _KEYS and not c.fixed]
            groups |= set(same[:-1]) if len({columns[at].role for at in same}) == 1 else set()
    return tuple(replace(c, role="", beside=True) if c.at in groups else c for c in columns)


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
