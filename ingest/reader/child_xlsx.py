"""The reader's child for workbooks: bytes on standard input, one sheet's cells as JSON on standard output.

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
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

if __name__ == "__main__":
    sys.path.extend(json.loads(sys.argv[1])["paths"])

from ingest.reader.child import AROUND, CELL_CHARACTERS, Refused, answer
from ingest.reader.outline import Outline, outline
from ingest.reader.package import open_package

DECIMALS = 6
CHARACTERS = 20_000_000  # of all cells together
_UNWANTED = ("numpy", "lxml", "defusedxml", "PIL", "pandas")  # what openpyxl would take along


def read(raw: bytes, limits: dict[str, Any]) -> dict[str, Any]:
    """The first visible sheet as `ingest.reader.sheet.Grid` takes it. Raises Refused; `limits`: rows, columns."""
    if not raw.strip():
        raise Refused("file_empty")
    package = open_package(raw)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _sheet(raw, package, limits)
        except (Refused, MemoryError):
            raise
        except Exception:  # whatever a damaged workbook makes the parser raise
            raise Refused("workbook_damaged") from None


def _sheet(raw: bytes, package: zipfile.ZipFile, limits: dict[str, Any]) -> dict[str, Any]:
    from openpyxl import load_workbook  # late: a hostile package never gets here

    book = load_workbook(io.BytesIO(raw), read_only=True, data_only=True, keep_links=False)
    visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if not book.worksheets:
        raise Refused("workbook_damaged")
    if not visible:
        raise Refused("sheets_hidden", found="、".join(book.sheetnames))
    sheet = visible[0]
    notices = []
    for code, names in (
        ("sheets_other", [s.title for s in visible[1:]]),
        ("sheets_hidden_too", [s.title for s in book.worksheets if s.sheet_state != "visible"]),
    ):
        if names:
            facts = {"found": "、".join(names), "read": sheet.title}
            notices.append({"code": code, "row": None, "facts": facts})
    with package.open(sheet._worksheet_path) as part:
        own = outline(part, rows=limits["rows"] + AROUND, columns=limits["columns"])
    sheet.reset_dimensions()
    rows, odd, long = _cells(sheet, own)
    if len(rows) < 2:
        others = "、".join(s for s in book.sheetnames if s != sheet.title)
        if others:
            raise Refused("sheet_empty", found=sheet.title, others=others)
        raise Refused("no_rows")
    return {
        "sheet": sheet.title,
        "rows": rows,
        "odd": odd,
        "long": long,
        "merges": own.merges,
        "hidden_rows": sorted({number for number, _ in rows}.intersection(own.hidden_rows)),
        "hidden_columns": own.hidden_columns,
        "notices": notices,
    }


Cells = tuple[list[tuple[int, list[str]]], list[tuple[int, int, str]], list[tuple[int, int]]]


def _cells(sheet: Any, own: Outline) -> Cells:
    """Rows without the blank ones, odd cells with what is odd, and the places of long numbers."""
    rows = []
    long = []
    odd = [(row, column, "formula" if stored else "formula_empty") for (row, column), stored in own.formulas.items()]
    characters = 0
    for number, row in _rows(sheet):
        cells = [""] * (row[-1][0] if row else 0)
        for column, value, kind, percent in row:
            text = value if isinstance(value, str) else "" if value is None else _text(value, percent=percent)
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
        characters += sum(map(len, cells))
        if characters > CHARACTERS:
            raise Refused("sheet_too_full", most=CHARACTERS)
        rows.append((number, cells))
    return rows, odd, long


def _rows(sheet: Any) -> Iterator[tuple[int, list[tuple[int, Any, str, bool]]]]:
    """Each row with its cells: (column from 1, value, type, whether it is shown as %).

    As openpyxl's own sheet reads them, but without an object for each cell and without what stands beside the rows;
    a plain text that stands in its cell is taken as it is.
    """
    from openpyxl.cell.read_only import ReadOnlyCell
    from openpyxl.worksheet import _reader

    book = sheet.parent
    formats = {"date_formats": book._date_formats, "timedelta_formats": book._timedelta_formats}
    own_text = f"{_reader.INLINE_STRING}/{_reader.VALUE_TAG.replace('}v', '}t')}"
    columns: dict[str, int] = {}
    percents: dict[int, bool] = {}
    with sheet._get_source() as part:
        parser = _reader.WorkSheetParser(part, sheet._shared_strings, data_only=True, epoch=book.epoch, **formats)
        for _, element in _reader.iterparse(part):
            if element.tag != _reader.ROW_TAG:
                continue
            parser.row_counter, parser.col_counter = int(element.get("r", parser.row_counter + 1)), 0
            row: list[tuple[int, Any, str, bool]] = []
            for cell in element:
                column = columns.get(letters := cell.get("r", "").rstrip("0123456789"), 0)
                alone = cell.get("t") == "inlineStr" and [*map(len, cell)] == [1]
                if column and alone and (text := cell.findtext(own_text)) is not None:
                    row.append((column, text, "s", False))
                    parser.col_counter = column
                    continue
                read = parser.parse_cell(cell)
                style, columns[letters] = read["style_id"], read["column"] if letters else 0
                if style not in percents:
                    shape = ReadOnlyCell(sheet, 1, 1, None, style_id=style)
                    percents[style] = _shown_as_percent(shape.number_format)
                row.append((read["column"], read["value"], read["data_type"], percents[style]))
            yield parser.row_counter, row
            element.clear()


def _text(value: Any, *, percent: bool) -> str:
    """A value as text: dates as ISO, numbers in plain digits, a number shown as % with its sign."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return _plain(value, percent=percent)
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
    """Whether the cell's number format multiplies by 100; a % in quotes or escaped is only a letter."""
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
    return "%" in bare


if __name__ == "__main__":
    answer(read, unwanted=_UNWANTED)  # type: ignore[no-untyped-call]
