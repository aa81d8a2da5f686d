"""A sheet before and after it is understood: a grid of text cells with addresses, and figures in long form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from indicators.problem import Problem, Severity
from ingest.form.sheets import Part

__all__ = ["SLOTS", "Area", "Book", "Grid", "Sheet", "letters", "number", "row_of", "stretch"]

_ROWS = 2**20  # a spreadsheet has no more
SLOTS = 2**11 - 1  # figures that the rows of all tables may hold, so that a figure's number fits 32 bits


def letters(column: int) -> str:
    """The letters of a column counted from 0: A, …, Z, AA, …"""
    text, column = "", column + 1
    while column:
        column, digit = divmod(column - 1, 26)
        text = chr(65 + digit) + text
    return text


def number(row: int, slot: int) -> int:
    """What a figure is called by: its row, and where a row holds several figures, which of them it is."""
    return row + _ROWS * slot


def row_of(figure: int) -> int:
    """The row of the spreadsheet that a figure stands in."""
    return (figure - 1) % _ROWS + 1


def _slot_of(figure: int) -> int:
    return (figure - 1) // _ROWS


def stretch(numbers: Iterable[int]) -> str:
    """Whole numbers as people list them: 3、5–9."""
    runs: list[list[int]] = []
    for n in sorted(numbers):
        if runs and n == runs[-1][1] + 1:
            runs[-1][1] = n
        else:
            runs.append([n, n])
    return "、".join(f"{first}" if first == last else f"{first}–{last}" for first, last in runs)


@dataclass(frozen=True, slots=True)
class Area:
    """Merged cells: first and last row (from 1), first and last column (from 0)."""

    top: int
    bottom: int
    left: int
    right: int

    def __contains__(self, cell: tuple[int, int]) -> bool:
        return self.top <= cell[0] <= self.bottom and self.left <= cell[1] <= self.right

    def __str__(self) -> str:
        return f"{letters(self.left)}{self.top}:{letters(self.right)}{self.bottom}"


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells of one sheet as text, its blank rows left out.

    `rows`: (row number, cells from column A on). `odd`: (row, column) → `error`, `formula` (with a stored result)
    or `formula_empty`. `long`: numbers with more than six decimals. `strict`: a data row must be as wide as the
    header (a CSV). `most`: figures that are read at most.
    """

    name: str
    rows: tuple[tuple[int, list[str]], ...]
    odd: Mapping[tuple[int, int], str] = field(default_factory=dict)
    long: frozenset[tuple[int, int]] = frozenset()
    areas: tuple[Area, ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    notices: tuple[Problem, ...] = ()
    strict: bool = False
    most: int = 100_000

    @classmethod
    def of(cls, answer: Mapping[str, Any], *, most: int, strict: bool = False) -> Grid:
        """The grid that a reader's child answered with."""
        return cls(
            name=answer.get("sheet", ""),
            rows=tuple((n, cells) for n, cells in answer["rows"]),
            odd={(row, column): kind for row, column, kind in answer.get("odd", ())},
            areas=tuple(Area(*area) for area in answer.get("merges", ())),
            hidden_rows=frozenset(answer.get("hidden_rows", ())),
            hidden_columns=frozenset(answer.get("hidden_columns", ())),
            notices=notices(answer),
            long=frozenset((row, column) for row, column in answer.get("long", ())),
            strict=strict,
            most=most,
        )


def notices(answer: Mapping[str, Any]) -> tuple[Problem, ...]:
    """What a reader's child noticed on the way."""
    return tuple(
        Problem(Severity.NOTICE, n["code"], row=n["row"], facts={k: str(v) for k, v in n["facts"].items()})
        for n in answer.get("notices", ())
    )


@dataclass(frozen=True, slots=True)
class Book:
    """The sheets of a workbook that is a form of ours, by what they hold.

    `identifier`: the id in the workbook's properties, which a program may drop. `hidden`: sheets of the form that
    were not read because they are hidden.
    """

    grids: tuple[tuple[Part, Grid], ...]
    identifier: str = ""
    hidden: tuple[str, ...] = ()

    @classmethod
    def of(cls, answer: Mapping[str, Any], figures: Grid) -> Book | None:
        """What a reader's child answered with beside the sheet of figures; None for a file that is no form."""
        form = answer.get("form")
        if form is None:
            return None
        grids = [(Part(one["part"]), Grid.of(one, most=figures.most)) for one in form["sheets"]]
        if figures.rows:
            grids.insert(0, (Part.FIGURES, figures))
        return cls(tuple(grids), form["identifier"], tuple(form["hidden"]))

    def of_part(self, part: Part) -> list[Grid]:
        """The sheets that hold one part; a sound form has each once at most."""
        return [grid for kind, grid in self.grids if kind is part]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Figures in long form, still text: one String column (`c0`, `c1`, …) per name in `header`.

    `at` is what each figure is called by, unique: its row, see `number`. `refused` are errors of the layout; the
    rows they name are not among the figures. `places`: (slot, our column) → the column as the sheet shows it.
    `book`: all sheets of a form of ours, None for any other file.
    """

    name: str
    header: tuple[str, ...]
    header_at: int
    at: pl.Series
    cells: pl.DataFrame
    notices: tuple[Problem, ...] = field(default=())
    refused: tuple[Problem, ...] = field(default=())
    places: Mapping[tuple[int, str], str] = field(default_factory=dict)
    book: Book | None = None
    coded: bool = False  # whether its rows are those of a form, known by their codes
    starts: tuple[tuple[int, str], ...] = ()  # of several tables: the first slot of each, and its sheet

    def per_head(self, problem: Problem) -> bool:
        """Whether a located problem is one of a head, mended there for all rows under it."""
        return problem.code == "accumulation_needed" and any(
            name == "value" and label == problem.column for (_, name), label in self.places.items()
        )

    def locate(self, problem: Problem) -> Problem:
        """The problem with sheet, row and column as a spreadsheet program shows them."""
        if problem.sheet:
            return problem
        if problem.row is None:
            return replace(problem, sheet=self.name)
        slot = _slot_of(problem.row)
        column = self.places.get((slot, problem.column), problem.column)
        facts = dict(problem.facts)
        if problem.code == "twice_in_file":
            first = int(facts["first"])
            elsewhere = self._sheet_of(_slot_of(first))
            facts["first"] = f"{'' if elsewhere == self._sheet_of(slot) else f'{elsewhere}!'}{row_of(first)}"
            if len({place for place, _ in self.places}) > 1:  # which of a row's figures it is
                column = self.places.get((slot, "value"), column)
        return replace(problem, sheet=self._sheet_of(slot), row=row_of(problem.row), column=column, facts=facts)

    def _sheet_of(self, slot: int) -> str:
        return next((name for start, name in reversed(self.starts) if start <= slot), self.name)
