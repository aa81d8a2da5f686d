"""Tables for spreadsheets: CSV and XLSX that they read as it is meant, and never run."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

__all__ = ["Sheet", "csv_bytes", "harmless", "workbook"]

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udfff]")
_LONGEST = 32_767  # characters a cell may hold
_WIDEST = 60  # characters of a column


def csv_bytes(header: Sequence[str], rows: Iterable[Iterable[object]]) -> bytes:
    """A table as CSV for Excel and WPS: UTF-8 with BOM, lines ended as they end them, text made harmless."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def harmless(value: object) -> object:
    """Text that a spreadsheet would run as a formula, with an apostrophe before it; numbers untouched."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return "'" + value
    return value


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook. `decimals`: of which column's numbers how many are shown, by the column's place."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[object]]
    decimals: Mapping[int, int] = field(default_factory=dict)


def workbook(sheets: Sequence[Sheet], *, mark: str = "") -> bytes:
    """Sheets as XLSX: headers frozen, numbers numbers, dates dates, text always text; `mark` on each printed page."""
    from openpyxl import Workbook  # slow to load, and only a download needs it

    book = Workbook()
    book.remove(book.active)
    book.properties.creator = "Zhibiao"
    book.properties.created = book.properties.modified = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    for sheet in sheets:
        page = book.create_sheet(sheet.title[:31])
        for across, told in enumerate([sheet.header, *sheet.rows], start=1):
            for down, value in enumerate(told, start=1):
                _fill(page.cell(across, down), value, sheet.decimals.get(down - 1), heading=across == 1)
        page.freeze_panes = "A2"
        _fit(page, sheet)
        page.oddHeader.center.text = mark.replace("&", "&&")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _fill(cell: Any, value: object, decimals: int | None, *, heading: bool) -> None:
    """One cell: what is text is never read as a formula, whatever it starts with."""
    from openpyxl.styles import Alignment, Font

    if value is None or value == "":
        return
    if isinstance(value, str):
        text = _CONTROL.sub("", value)[:_LONGEST]
        cell.value, cell.data_type = text, "s"
        cell.quotePrefix = text.startswith(_FORMULA)
        cell.alignment = Alignment(vertical="top", wrap_text=len(text) > _WIDEST)
    else:
        cell.value = value
        cell.alignment = Alignment(vertical="top")
    if isinstance(value, float | int) and decimals is not None:
        cell.number_format = "#,##0" + ("." + "0" * decimals if decimals else "")
    if isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"
    if heading:
        cell.font = Font(bold=True)


def _fit(page: Any, sheet: Sheet) -> None:
    """Columns as wide as what they hold, within reason; full-width signs count twice."""
    from openpyxl.utils import get_column_letter

    for place in range(len(sheet.header)):
        texts = [str(row[place]) for row in [sheet.header, *sheet.rows] if place < len(row) and row[place] is not None]
        longest = max((sum(2 if ord(sign) > 0x2E80 else 1 for sign in text) for text in texts), default=0)
        page.column_dimensions[get_column_letter(place + 1)].width = min(_WIDEST, longest + 3)
