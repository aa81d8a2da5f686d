"""What a sheet's own XML says that a reader of cells hides: its extent, merges, hidden rows and columns, formulas.

Runs inside the reader's child. One streaming pass; the caps on rows, columns and cells are kept here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO
from xml.parsers import expat

from ingest.reader.child import Refused

__all__ = ["CELLS", "Outline", "outline"]

CELLS = 1_000_000
_MERGES = 20_000
_ROWS, _COLUMNS = 2**20, 2**14  # what a spreadsheet can have
_CELL = re.compile(r"([A-Z]{1,7})([0-9]{1,10})")
_RANGE = re.compile(r"([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})")
_LITERAL = re.compile(r"\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\s*")


def _column(letters: str) -> int:
    """The number of a column, from 1."""
    value = 0
    for letter in letters:
        value = value * 26 + ord(letter) - 64
    return value


@dataclass
class Outline:
    """What one pass over the sheet found. Rows count from 1, columns from 0."""

    most_rows: int
    most_columns: int
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)  # top, bottom, left, right
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    formulas: dict[tuple[int, int], bool] = field(default_factory=dict)  # cell → whether its result is stored
    cells: int = 0
    rows: int = 0
    _row: int = 0
    _row_text: str = ""
    _columns: dict[str, int] = field(default_factory=dict)  # letters → number, of those met
    _filled: bool = False  # whether the row has a cell with something in it
    _column: int = 0
    _place: str = ""
    _kind: str = ""
    _formula: bool = False
    _within: str = ""
    _text: str = ""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        match name.rpartition(":")[2] if ":" in name else name:
            case "t":  # the most frequent one says nothing
                return
            case "c":
                self._cell(attributes)
            case "row":
                self._new_row(attributes)
            case "f":
                self._formula = True
            case "v" | "is" as within:
                self._within = within
            case "col" if attributes.get("hidden") in ("1", "true"):
                first, last = int(attributes["min"]) - 1, int(attributes["max"])
                self.hidden_columns += range(first, min(last, self.most_columns))
            case "mergeCell":
                self._merge(attributes.get("ref", ""))

    def text(self, text: str) -> None:
        if self._within:
            self._text += text

    def end(self, name: str) -> None:
        match name.rpartition(":")[2] if ":" in name else name:
            case "v" | "is":
                self._within = ""
            case "c":
                self._cell_ends()

    def _new_row(self, attributes: Mapping[str, str]) -> None:
        row = int(attributes.get("r", self._row + 1))
        if not self._row < row <= _ROWS:
            raise Refused("workbook_damaged")
        self._row, self._row_text, self._column, self._filled = row, str(row), 0, False
        if attributes.get("hidden") in ("1", "true"):
            self.hidden_rows.append(row)

    def _cell(self, attributes: Mapping[str, str]) -> None:
        self._column += 1
        self._kind, self._formula, self._text = attributes.get("t", "n"), False, ""
        self._place = attributes.get("r", "")
        if self._place:
            letters = self._place[: -len(self._row_text)] if self._place.endswith(self._row_text) else ""
            column = self._columns.get(letters) or self._address()
            if not self._column <= column <= _COLUMNS:
                raise Refused("workbook_damaged")
            self._column = column

    def _address(self) -> int:
        """The column of a cell's address, 0 where that is none in this row."""
        found = _CELL.fullmatch(self._place)
        if not found or int(found[2]) != self._row:
            return 0
        return self._columns.setdefault(found[1], _column(found[1]))

    def _cell_ends(self) -> None:
        if self._formula:
            self.formulas[self._row, self._column - 1] = bool(self._text)
        if not self._text and not self._formula:
            return
        if self._column > self.most_columns:
            raise Refused("sheet_too_wide", row=self._row, cell=self._place, most=self.most_columns)
        self.cells += 1
        self.rows += not self._filled
        self._filled = True
        if self.rows > self.most_rows:
            raise Refused("too_many_rows", row=self._row, most=self.most_rows)
        if self.cells > CELLS:
            raise Refused("sheet_too_full", most=CELLS)
        if self._kind == "n" and self._text:
            self._number()

    def _number(self) -> None:
        """Refuse a number that its reader would turn into another one: not finite, or too small to be kept."""
        literal = self._text
        value = float(literal) if _LITERAL.fullmatch(literal) else math.nan
        if not math.isfinite(value) or (value == 0 and re.search("[1-9]", re.split("[eE]", literal)[0])):
            raise Refused("cell_not_finite", row=self._row, found=literal[:80], cell=self._place)

    def _merge(self, area: str) -> None:
        if found := _RANGE.fullmatch(area):
            left, top, right, bottom = _column(found[1]) - 1, int(found[2]), _column(found[3]) - 1, int(found[4])
            self.merges.append((top, bottom, left, right))
        if len(self.merges) > _MERGES:
            raise Refused("sheet_too_full", most=_MERGES)


def outline(part: IO[bytes], *, rows: int, columns: int) -> Outline:
    """Read a sheet's XML once. Raises Refused beyond `rows`, `columns` or CELLS, or where it is damaged."""
    found = Outline(most_rows=rows, most_columns=columns)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = found.start
    parser.EndElementHandler = found.end
    parser.CharacterDataHandler = found.text
    try:
        parser.ParseFile(part)
    except (expat.ExpatError, ValueError):
        raise Refused("workbook_damaged") from None
    return found
