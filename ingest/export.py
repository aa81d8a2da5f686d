"""Tables for spreadsheets: CSV and XLSX that they read as it is meant, and never run."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

import polars as pl

__all__ = ["Sheet", "Stencil", "csv_bytes", "frame_csv", "harmless", "workbook"]

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udfff]")
_LONGEST = 32_767  # characters a cell may hold
_WIDEST = 60  # characters of a column
_DAY_ZERO = date(1899, 12, 30)  # what a spreadsheet counts days from
_NO_TIME = (1980, 1, 1, 0, 0, 0)  # the first moment a ZIP knows: the same content, the same bytes


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


def frame_csv(frame: pl.DataFrame) -> bytes:
    """A frame as the same CSV, for tables of many rows. Columns are texts, numbers, dates, times and yes or no."""
    texts = [pl.col(name) for name, kind in frame.schema.items() if kind == pl.String]
    runs = [(text, pl.any_horizontal(text.str.starts_with(sign) for sign in _FORMULA)) for text in texts]
    safe = [pl.when(run).then(pl.lit("'") + text).otherwise(text).name.keep() for text, run in runs]
    return (
        frame.with_columns(safe)
        .write_csv(include_bom=True, line_terminator="\r\n", datetime_format="%Y-%m-%dT%H:%M:%SZ")
        .encode()
    )


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook. `decimals`: of which column's numbers how many are shown, by the column's place."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[object]]
    decimals: Mapping[int, int] = field(default_factory=dict)


def workbook(sheets: Sequence[Sheet], *, mark: str = "", at: datetime | None = None) -> bytes:
    """Sheets as XLSX: headers frozen, numbers numbers, dates dates, text always text; `mark` on each printed page.

    `at`: when it was made, in UTC; default, now.
    """
    out = io.BytesIO()
    _laid_out(sheets, mark, at or datetime.now(UTC)).save(out)
    return out.getvalue()


def _laid_out(sheets: Sequence[Sheet], mark: str, at: datetime) -> Any:
    """The sheets as an openpyxl workbook."""
    from openpyxl import Workbook  # slow to load, and only a download needs it

    book = Workbook()
    book.remove(book.active)
    book.properties.creator = "Zhibiao"
    book.properties.created = book.properties.modified = at.replace(tzinfo=None, microsecond=0)
    for sheet in sheets:
        page = book.create_sheet(sheet.title[:31])
        for across, told in enumerate([sheet.header, *sheet.rows], start=1):
            for down, value in enumerate(told, start=1):
                _fill(page.cell(across, down), value, sheet.decimals.get(down - 1), heading=across == 1)
        page.freeze_panes = "A2"
        _fit(page, sheet)
        page.oddHeader.center.text = mark.replace("&", "&&")
    return book


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


# -- thousands of workbooks of one form -----------------------------------------------------------------------------


class Stencil:
    """A workbook's form laid out once by openpyxl and filled many times, each in a twentieth of the time.

    `sheets`: titles and headers, and a row as long as the cells of each column will be, which decides how wide it is.
    The same rows give the same bytes, whenever and wherever they are filled in.
    """

    def __init__(self, sheets: Sequence[Sheet], *, at: datetime, mark: str = "") -> None:
        laid = _laid_out(sheets, mark, at)
        self._styles = _styles(laid)
        out = io.BytesIO()
        laid.save(out)
        with zipfile.ZipFile(out) as parts:
            self._parts = {name: parts.read(name) for name in parts.namelist()}
        self._modified(at)
        self._sheets: dict[str, tuple[bytes, bytes]] = {}
        for number in range(1, len(sheets) + 1):
            name = f"xl/worksheets/sheet{number}.xml"
            raw = re.sub(rb'<dimension ref="[^"]*"\s*/>', b"", self._parts.pop(name))
            head, row, rest = raw.partition(b"</row>")
            self._sheets[name] = (head + row, rest[rest.index(b"</sheetData>") :])

    def _modified(self, at: datetime) -> None:
        """openpyxl writes when it saved; what is written here is what was said."""
        name, stamp = "docProps/core.xml", at.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
        self._parts[name] = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, self._parts[name])

    def filled(self, sheets: Sequence[Sheet]) -> bytes:
        """The workbook with the rows of these sheets, which are titled and headed as those it was laid out with."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, part in self._parts.items():
                archive.writestr(_entry(name), part)
            for (name, (head, foot)), sheet in zip(self._sheets.items(), sheets, strict=True):
                rows = enumerate(sheet.rows, start=2)
                body = "".join(self._row(number, row, sheet.decimals) for number, row in rows)
                archive.writestr(_entry(name), head + body.encode() + foot)
        return out.getvalue()

    def _row(self, number: int, row: Sequence[object], decimals: Mapping[int, int]) -> str:
        cells = "".join(
            self._cell(f"{_letter(place)}{number}", value, decimals.get(place))
            for place, value in enumerate(row)
            if value is not None and value != ""
        )
        return f'<row r="{number}">{cells}</row>'

    def _cell(self, place: str, value: object, decimals: int | None) -> str:
        if isinstance(value, str):
            text = _CONTROL.sub("", value)[:_LONGEST]
            style = "quoted" if text.startswith(_FORMULA) else "long" if len(text) > _WIDEST else "text"
            kept = ' xml:space="preserve"' if text != text.strip() or "\n" in text else ""
            return f'<c r="{place}" s="{self._styles[style]}" t="inlineStr"><is><t{kept}>{escape(text)}</t></is></c>'
        if isinstance(value, date):
            assert not isinstance(value, datetime), "a figure has a day, no hour"
            return f'<c r="{place}" s="{self._styles["day"]}"><v>{(value - _DAY_ZERO).days}</v></c>'
        assert isinstance(value, int | float) and not isinstance(value, bool), value
        return f'<c r="{place}" s="{self._styles[decimals]}"><v>{value!r}</v></c>'


def _styles(book: Any) -> Mapping[object, int]:
    """The numbers under which a workbook keeps the looks of cells that `_fill` makes."""
    samples: dict[object, tuple[object, int | None]] = {
        "text": ("a", None),
        "long": ("a" * (_WIDEST + 1), None),
        "quoted": ("=a", None),
        "day": (_DAY_ZERO, None),
        None: (1, None),
        **{decimals: (1, decimals) for decimals in range(7)},
    }
    page, found = book.create_sheet("looks"), {}
    for across, (name, (value, decimals)) in enumerate(samples.items(), start=1):
        cell = page.cell(across, 1)
        _fill(cell, value, decimals, heading=False)
        found[name] = cell.style_id
    book.remove(page)
    return found


@cache
def _letter(place: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(place + 1))


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _NO_TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry
