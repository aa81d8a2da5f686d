"""A sheet of a form as it came back: its columns by title and its rows by code, wherever they now stand."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from indicators.catalogue import fold
from indicators.problem import Problem, Severity
from ingest.form.sheets import CODE, LAGGING, MATTERS, Part, header_of, title
from ingest.reader.column import Column
from ingest.reader.heading import Heading
from ingest.reader.sheet import Grid, letters
from ingest.reader.soundness import header_faults, odd_cells, unseen
from ingest.reader.spoken import INVISIBLE, one_line

__all__ = ["Filled", "Row", "said"]

_LONGEST_TEXT = 2000
# what stands in a cell only so that it is not empty; punctuation alone is empty too
_NOTHING = frozenset(
    ("无", "暂无", "没有", "略", "同上", "同前", "见上", "不详", "未知", "待定", "待补", "待补充", "0")
)
_NOTHING |= {"na", "none", "nil", "null", "tbd"}
# the column of codes and those that are filled in
_COLUMNS: Mapping[Part, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    Part.MATTERS: ("编号", ("完成情况", "完成日期", "佐证", "说明"), tuple(MATTERS)),
    Part.LAGGING: ("代码", ("进展", "原因", "措施"), tuple(LAGGING)),
}


def said(text: str) -> str:
    """What a cell says, trimmed; '' for a mere placeholder such as 无, 略 or —."""
    words = "".join(sign for sign in unicodedata.normalize("NFKC", text) if unicodedata.category(sign)[0] in "LN")
    return "" if not words or words.casefold() in _NOTHING else text.strip()


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its code as written, what its cells say by title ('' for nothing), and each as it is written."""

    sheet: str
    row: int
    key: str
    cells: Mapping[str, str]
    written: Mapping[str, str]
    columns: Mapping[str, Column]

    @property
    def answered(self) -> bool:
        return any(self.cells.values())

    def problem(self, code: str, column: str, **facts: str) -> Problem:
        """An error of one of its cells."""
        place = self.columns[column].label
        return Problem(Severity.ERROR, code, self.sheet, self.row, place, self.written[column], facts)


@dataclass(frozen=True, slots=True)
class Filled:
    """The table of one sheet: `broken`: what is wrong with its header, so that no row can be believed."""

    rows: tuple[Row, ...]
    broken: tuple[Problem, ...] = ()
    problems: tuple[Problem, ...] = ()

    @classmethod
    def of(cls, grid: Grid, part: Part) -> Filled:
        """The rows of a sheet that the reader found to be this part of a form."""
        key, asked, titles = _COLUMNS[part]
        place = header_of(part, [cells for _, cells in grid.rows])
        assert place is not None, "the reader knew the sheet by its header"
        heading = _heading(grid, place, {title(text) for text in titles})
        header = [*header_faults(grid, heading), *_header(grid, heading, (key, *asked))]
        header = [replace(problem, sheet=grid.name) for problem in header]
        if broken := tuple(problem for problem in header if problem.blocks):
            return cls((), broken)
        columns = {name: heading.of(name)[0] for name in (key, *asked)}
        rows = [_row(grid, number, cells, columns, key) for number, cells in grid.rows[place + 1 :]]
        first = grid.rows[place][0] + 1
        used = list(columns.values())
        found = [*odd_cells(grid, used, first, None), *unseen(grid, used, first, None), *_merged(grid, rows, used)]
        located = [replace(problem, sheet=grid.name) for problem in found]
        unfit = [problem for row in rows for problem in _unfit(row, asked)]
        return cls(tuple(rows), (), (*header, *located, *unfit))

    @property
    def answers(self) -> list[Row]:
        """The rows that say something."""
        return [row for row in self.rows if row.answered]

    def twice(self) -> Iterator[Problem]:
        """An error for each row that answers what a row above it has answered."""
        firsts: dict[str, int] = {}
        for row in self.answers:
            first = firsts.setdefault(fold(row.key), row.row)
            if row.key and first != row.row:
                column = next(iter(row.columns))
                yield row.problem("answer_twice", column, first=str(first))


def _heading(grid: Grid, place: int, known: set[str]) -> Heading:
    """The header's columns; the role of one is its title in one piece, '' where the form has none such."""
    width = max(len(cells) for _, cells in grid.rows[place:])
    texts = [one_line(text) for text in grid.rows[place][1]]
    texts += [""] * (width - len(texts))
    columns = [Column(at, text, title(text) if title(text) in known else "") for at, text in enumerate(texts)]
    return Heading(place, place, tuple(columns))


def _header(grid: Grid, heading: Heading, needed: tuple[str, ...]) -> Iterator[Problem]:
    """An error for each column that is missing or stands twice."""
    row, have = grid.rows[heading.last][0], ", ".join(column.title for column in heading.columns if column.title)
    for name in needed:
        found = heading.of(name)
        if not found:
            facts = {"wanted": name, "have": have}
            yield Problem(Severity.ERROR, "column_missing", row=row, column=name, facts=facts)
        elif len(found) > 1:
            facts = {"first": letters(found[0].at), "second": letters(found[1].at)}
            column = found[1]
            yield Problem(Severity.ERROR, "column_twice", row=row, column=column.label, found=column.title, facts=facts)


def _row(grid: Grid, number: int, cells: list[str], columns: Mapping[str, Column], key: str) -> Row:
    written = {name: cells[column.at] if column.at < len(cells) else "" for name, column in columns.items()}
    answers = {name: said(text) for name, text in written.items() if name != key}
    return Row(grid.name, number, written[key].strip(), answers, written, columns)


def _unfit(row: Row, asked: tuple[str, ...]) -> Iterator[Problem]:
    """Texts that may not be kept: with invisible signs, or too long."""
    for name in asked:
        if INVISIBLE.search(row.written[name]):
            yield row.problem("text_control", name)
        elif len(row.written[name]) > _LONGEST_TEXT:
            yield row.problem("text_too_long", name, most=str(_LONGEST_TEXT))


def _merged(grid: Grid, rows: list[Row], used: list[Column]) -> Iterator[Problem]:
    """Merged cells in rows of the table: it is not known what belongs to which."""
    coded = [row.row for row in rows if CODE.fullmatch(row.key)]
    for area in grid.areas:
        at = bisect_left(coded, area.top)
        column = next((column for column in used if area.left <= column.at <= area.right), None)
        if column and at < len(coded) and coded[at] <= area.bottom:
            yield Problem(Severity.ERROR, "cells_merged", row=area.top, column=column.label, found=str(area))
