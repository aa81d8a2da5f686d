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
    for number, row in enumerate(sheet.rows, start=1):
        cells = []
        for column, cell in enumerate(row):
            text = "" if cell.value is None else _text(cell)
            if len(text) > CELL_CHARACTERS:
                raise Refused("cell_too_long", row=number, most=CELL_CHARACTERS)
            if cell.data_type == "e" and text:
                odd.append((number, column, "error"))
            if isinstance(cell.value, float) and len(text.partition(".")[2].rstrip("%")) > DECIMALS:
                long.append((number, column))
            cells.append(text)
        while cells and not cells[-1].strip() and (number, len(cells) - 1) not in own.formulas:
            cells.pop()
        if not cells:
            continue
        characters += sum(map(len, cells))
        if characters > CHARACTERS:
            raise Refused("sheet_too_full", most=CHARACTERS)
        rows.append((number, cells))
    return rows, odd, long


def _text(cell: Any) -> str:
    """A cell as text: dates as ISO, numbers in plain digits, a number shown as % with its sign."""
    value = cell.value
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return _plain(value, percent=_shown_as_percent(cell.number_format))
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
