"""The reader's child for workbooks: bytes on standard input, cells as JSON on standard output.

Of a form of ours all its sheets are read, found by what they hold; of any other workbook all visible ones.
Runs alone (`python -I -S child_xlsx.py`); what it may import is said in its argument. Cells become text; what their
text alone does not say (errors, formulas, merges, what is hidden) stands beside them.
"""

from __future__ import annotations

import io
import json
import math
import sys
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

if __name__ == "__main__":
    sys.path.extend(json.loads(sys.argv[1])["paths"])

from ingest.form.sheets import Part, ids_in
from ingest.reader.child import AROUND, CELL_CHARACTERS, Refused, answer
from ingest.reader.leaves import ASKED, BESIDE, Leaf, form_among, look
from ingest.reader.outline import CELLS, Outline, outline
from ingest.reader.package import open_package

DECIMALS = 6
CHARACTERS = 20_000_000  # of all cells together
_UNWANTED = ("numpy", "lxml", "defusedxml", "PIL", "pandas")  # what openpyxl would take along


def read(raw: bytes, limits: dict[str, Any]) -> dict[str, Any]:
    """A sheet as `ingest.reader.sheet.Grid` takes it, of a form of ours with its others as `Book` takes them.

    Raises Refused; `limits`: rows and columns, of all sheets together.
    """
    if not raw.strip():
        raise Refused("file_empty")
    package = open_package(raw)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _workbook(raw, package, limits)
        except (Refused, MemoryError):
            raise
        except Exception:  # whatever a damaged workbook makes the parser raise
            raise Refused("workbook_damaged") from None


def _workbook(raw: bytes, package: zipfile.ZipFile, limits: dict[str, Any]) -> dict[str, Any]:
    from openpyxl import load_workbook  # late: a hostile package never gets here

    book = load_workbook(io.BytesIO(raw), read_only=True, data_only=True, keep_links=False)
    leaves = look(book.worksheets, package, columns=limits["columns"])
    visible = [leaf for leaf in leaves if leaf.visible]
    if not leaves:
        raise Refused("workbook_damaged")
    if not visible:
        raise Refused("sheets_hidden", found="、".join(book.sheetnames))
    identifier = str(book.properties.identifier or "")
    if form := form_among(visible, called=any(True for _ in ids_in([identifier]))):
        return _whole(form, leaves, identifier, package, limits)
    # the list of problems that came back with a file is no data
    shown = [leaf for leaf in visible if leaf.part is not Part.PROBLEMS] or visible
    grids = _grids(shown, package, limits)
    full = [grid for grid in grids if len(grid["rows"]) > 1]
    if not full:
        if rest := "、".join(name for name in book.sheetnames if name != shown[0].title):
            raise Refused("sheet_empty", found=shown[0].title, others=rest)
        raise Refused("no_rows")
    # a table whose header is lost is refused, a sheet of a single line is named
    tables = full + [grid for grid in grids if len(grid["rows"]) == 1]
    return {**tables[0], "others": tables[1:], "hidden_sheets": [leaf.title for leaf in leaves if not leaf.visible]}


def _whole(
    form: list[Leaf], leaves: list[Leaf], identifier: str, package: zipfile.ZipFile, limits: dict[str, Any]
) -> dict[str, Any]:
    """All sheets of a form: the figures as the answer itself, the others beside them."""
    grids = [{"part": leaf.part, **grid} for leaf, grid in zip(form, _grids(form, package, limits), strict=True)]
    figures = grids[0] if grids[0]["part"] is Part.FIGURES else {"rows": []}
    rest = [grid for grid in grids if grid is not figures]
    mine = {leaf.title for leaf in form}
    hidden = [leaf for leaf in leaves if not leaf.visible]
    missed = [leaf for leaf in hidden if leaf.part in ASKED]
    added = [leaf for leaf in leaves if leaf.visible and leaf.title not in mine and leaf.part not in BESIDE]
    other = [leaf for leaf in hidden if leaf not in missed]
    read = "、".join(leaf.title for leaf in form)
    return {
        **figures,
        "notices": _unread(("sheets_added", added), ("sheets_hidden_too", other), read=read),
        "form": {"sheets": rest, "identifier": identifier, "hidden": [leaf.title for leaf in missed]},
    }


def _grids(leaves: Sequence[Leaf], package: zipfile.ZipFile, limits: dict[str, Any]) -> list[dict[str, Any]]:
    """Several sheets, read within limits that hold for all of them together."""
    spent, grids = _Spent(limits), []
    for leaf in leaves:
        try:
            grids.append(_grid(leaf, spent, package))
        except Refused as error:
            error.facts["sheet"] = leaf.title
            raise
        except MemoryError:
            raise
        except Exception:  # whatever a damaged sheet makes the parser raise
            raise Refused("workbook_damaged", sheet=leaf.title) from None
    return grids


def _unread(*found: tuple[str, Sequence[Leaf]], read: str) -> list[dict[str, Any]]:
    """A notice for each kind of sheets that were not read."""
    return [
        {"code": code, "row": None, "facts": {"found": "、".join(leaf.title for leaf in leaves), "read": read}}
        for code, leaves in found
        if leaves
    ]


@dataclass
class _Spent:
    """What all sheets read so far have used of the limits."""

    limits: dict[str, Any]
    rows: int = 0
    cells: int = 0
    characters: int = 0

    def outlined(self, own: Outline) -> None:
        self.rows += own.rows
        self.cells += own.cells
        if self.rows > self.limits["rows"] + AROUND:
            raise Refused("too_many_rows", most=self.limits["rows"])
        if self.cells > CELLS:
            raise Refused("sheet_too_full", most=CELLS)

    def read(self, cells: Sequence[str]) -> None:
        self.characters += sum(map(len, cells))
        if self.characters > CHARACTERS:
            raise Refused("sheet_too_full", most=CHARACTERS)


def _grid(leaf: Leaf, spent: _Spent, package: zipfile.ZipFile) -> dict[str, Any]:
    """One sheet as `ingest.reader.sheet.Grid` takes it."""
    with package.open(leaf.sheet._worksheet_path) as part:
        own = outline(part, rows=spent.limits["rows"] + AROUND, columns=spent.limits["columns"])
    spent.outlined(own)
    leaf.sheet.reset_dimensions()
    rows, odd, long = _cells(leaf.sheet, own, spent)
    return {
        "sheet": leaf.title,
        "rows": rows,
        "odd": odd,
        "long": long,
        "merges": own.merges,
        "hidden_rows": sorted({number for number, _ in rows}.intersection(own.hidden_rows)),
        "hidden_columns": own.hidden_columns,
    }


Cells = tuple[list[tuple[int, list[str]]], list[tuple[int, int, str]], list[tuple[int, int]]]


def _cells(sheet: Any, own: Outline, spent: _Spent) -> Cells:
    """Rows without the blank ones, odd cells with what is odd, and the places of long numbers."""
    rows = []
    long = []
    odd = [(row, column, "formula" if stored else "formula_empty") for (row, column), stored in own.formulas.items()]
    for number, row in _rows(sheet):
        cells = [""] * (row[-1][0] if row else 0)
        for column, value, kind, shown in row:
            text = value if isinstance(value, str) else "" if value is None else _text(value, shown=shown)
            if len(text) > CELL_CHARACTERS:
                raise Refused("cell_too_long", row=number, most=CELL_CHARACTERS)
            if kind == "e" and text:
                odd.append((number, column - 1, "error"))
            if isinstance(value, float) and len(text.partition(".")[2].rstrip("%")) > DECIMALS:
                long.append((number, column - 1))
            cells[column - 1] = text
        while cells and not cells[-1].strip() and (number, len(cells) - 1) not in own.formulas:
            cells.pop()
        if not cells:
            continue
        spent.read(cells)
        rows.append((number, cells))
    return rows, odd, long


def _rows(sheet: Any) -> Iterator[tuple[int, list[tuple[int, Any, str, str]]]]:
    """Each row with its cells: (column from 1, value, type, how it is shown: percent, month or as it is).

    As openpyxl's own sheet reads them, but without an object for each cell and without what stands beside the rows;
    a plain text that stands in its cell is taken as it is.
    """
    from openpyxl.cell.read_only import ReadOnlyCell
    from openpyxl.worksheet import _reader

    book = sheet.parent
    formats = {"date_formats": book._date_formats, "timedelta_formats": book._timedelta_formats}
    own_text = f"{_reader.INLINE_STRING}/{_reader.VALUE_TAG.replace('}v', '}t')}"
    columns: dict[str, int] = {}
    shown: dict[int, str] = {}
    with sheet._get_source() as part:
        parser = _reader.WorkSheetParser(part, sheet._shared_strings, data_only=True, epoch=book.epoch, **formats)
        for _, element in _reader.iterparse(part):
            if element.tag != _reader.ROW_TAG:
                continue
            parser.row_counter, parser.col_counter = int(element.get("r", parser.row_counter + 1)), 0
            row: list[tuple[int, Any, str, str]] = []
            for cell in element:
                column = columns.get(letters := cell.get("r", "").rstrip("0123456789"), 0)
                alone = cell.get("t") == "inlineStr" and [*map(len, cell)] == [1]
                if column and alone and (text := cell.findtext(own_text)) is not None:
                    row.append((column, text, "s", ""))
                    parser.col_counter = column
                    continue
                read = parser.parse_cell(cell)
                style, columns[letters] = read["style_id"], read["column"] if letters else 0
                if style not in shown:
                    shown[style] = _shown(ReadOnlyCell(sheet, 1, 1, None, style_id=style).number_format)
                row.append((read["column"], read["value"], read["data_type"], shown[style]))
            yield parser.row_counter, row
            element.clear()


def _shown(number_format: str) -> str:
    if _shown_as_percent(number_format):
        return "percent"
    return "month" if _shown_as_month(number_format) else ""


def _text(value: Any, *, shown: str) -> str:
    """A value as text: dates as ISO, numbers in plain digits, a number shown as % with its sign, a month as a month."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return _plain(value, percent=shown == "percent")
    if isinstance(value, date) and shown == "month":
        return f"{value:%Y-%m}"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def _plain(value: int | float, *, percent: bool) -> str:
    """A number at 15 significant digits, never in scientific notation."""
    if isinstance(value, float) and not math.isfinite(value):
        return repr(value)
    exact = Decimal(value) if isinstance(value, int) else Decimal(f"{value:.15g}")
    text = f"{exact * 100 if percent else exact:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return f"{'0' if text == '-0' else text}{'%' if percent else ''}"


def _shown_as_percent(number_format: str) -> bool:
    """Whether the cell's number format multiplies by 100."""
    return "%" in _bare(number_format)


def _shown_as_month(number_format: str) -> bool:
    """Whether a date is shown as its year and month alone."""
    return set("ym") <= (shown := set(_bare(number_format).casefold())) and not shown & set("dhs")


def _bare(number_format: str) -> str:
    """A number format without what it prints as it is: letters in quotes or escaped."""
    bare, quoted, escaped = "", False, False
    for character in number_format.split(";")[0]:
        if escaped:
            escaped = False
        elif character == "\\" and not quoted:
            escaped = True
        elif character == '"':
            quoted = not quoted
        elif not quoted:
            bare += character
    return bare


if __name__ == "__main__":
    answer(read, unwanted=_UNWANTED)  # type: ignore[no-untyped-call]
