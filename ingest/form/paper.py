"""How our workbooks look and behave: cells, locks, pages. Nothing written here is ever a formula."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

__all__ = [
    "ACCENT",
    "EMPTY",
    "FILL",
    "INK",
    "LINE",
    "MUTED",
    "SHADE",
    "clear",
    "comment",
    "font",
    "frame",
    "lines_of",
    "lock",
    "opened",
    "page",
    "put",
    "span",
    "tall",
    "widths",
]

INK, MUTED, LINE, ACCENT = "1B2430", "566172", "B8C2CE", "0054AC"
FILL, EMPTY, SHADE = "E6EFF9", "EEF0F3", "F5F7FA"  # to fill in, not to fill in, headings
_FONT = "微软雅黑"  # on every machine that runs Excel or WPS in Chinese; others put their own in its place
_LINE_POINTS = 14.5  # height of one line of 10-point text
_side = Side("thin", LINE)
_BOX = Border(_side, _side, _side, _side)


def font(size: float = 10, *, bold: bool = False, colour: str = INK) -> Font:
    return Font(name=_FONT, size=size, bold=bold, color=colour)


def put(
    sheet: Worksheet,
    place: str,
    value: str | float | date | None,
    *,
    style: Font | None = None,
    align: str = "left",
    middle: bool = True,
    wrap: bool = False,
    fit: bool = False,
    boxed: bool = True,
    number: str = "",
) -> Cell:
    """Write one cell. Text is text, whatever it begins with: a spreadsheet never computes it.

    `boxed`: it stands in a table, a little off its borders. `fit`: small enough for its cell, however long.
    """
    cell: Cell = sheet[place]
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(("=", "+", "-", "@"))
    cell.font = style or font()
    vertical = "center" if middle else "top"
    indent = 0 if align == "center" or fit else 1
    cell.alignment = Alignment(
        horizontal=align, vertical=vertical, wrap_text=wrap, shrink_to_fit=fit, indent=indent if boxed else 0
    )
    if number:
        cell.number_format = number
    return cell


def frame(cells: Iterable[Cell | MergedCell], *, fill: str = "") -> None:
    """Draw the box of some cells, and their ground."""
    for cell in cells:
        cell.border = _BOX
        if fill:
            cell.fill = PatternFill("solid", start_color=fill)


def opened(cell: Cell | MergedCell, *, optional: bool = False) -> None:
    """A cell to fill in: unlocked and tinted; white where it may stay empty."""
    cell.protection = Protection(locked=False)
    frame([cell], fill="" if optional else FILL)


def span(sheet: Worksheet, row: int, first: str, last: str) -> list[Cell | MergedCell]:
    """Merge a stretch of one row; returns its cells."""
    sheet.merge_cells(f"{first}{row}:{last}{row}")
    return list(sheet[f"{first}{row}:{last}{row}"][0])


def comment(cell: Cell, text: str) -> None:
    """A note at a cell, sized to its text."""
    note = Comment(clear(text), "Zhibiao")
    note.width, note.height = 420, 24 + 19 * sum(lines_of(line, 50) for line in text.split("\n"))
    cell.comment = note


def clear(text: str) -> str:
    """A text without what a workbook cannot hold."""
    return "".join(sign if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs") else "�" for sign in text)


def lines_of(text: str, width: float) -> int:
    """Lines that a text takes in a column of `width` characters; a Chinese character is two."""
    signs = sum(2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in text)
    return max(1, math.ceil(signs / max(1.0, width - 1)))


def tall(sheet: Worksheet, row: int, lines: int, *, least: float = 20) -> None:
    """Give a row the height of some lines: programs do not measure merged or imported cells themselves."""
    sheet.row_dimensions[row].height = min(409.0, max(least, 6 + _LINE_POINTS * lines))


def widths(sheet: Worksheet, given: Sequence[float]) -> None:
    for number, width in enumerate(given, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width


def lock(sheet: Worksheet) -> None:
    """Protect a sheet without a password: only open cells take input; widths and heights may be changed."""
    sheet.protection.sheet = True
    sheet.protection.formatColumns = sheet.protection.formatRows = False


def page(sheet: Worksheet, *, titles: tuple[int, int] | None, left: str, right: str, mark: str = "") -> None:
    """A4 landscape, as wide as the paper, the header row on every page, `left` and `right` above, numbered below."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    margins: dict[str, Any] = {"left": 0.55, "right": 0.55, "top": 0.75, "bottom": 0.7, "header": 0.35, "footer": 0.35}
    for name, inches in margins.items():
        setattr(sheet.page_margins, name, inches)
    sheet.print_options.horizontalCentered = True
    if titles:
        sheet.print_title_rows = f"{titles[0]}:{titles[1]}"
    sheet.sheet_view.showGridLines = False
    for part, text in ((sheet.oddHeader.left, left), (sheet.oddHeader.center, mark), (sheet.oddHeader.right, right)):
        part.text, part.size, part.color = text.replace("&", "&&"), 8, MUTED
    sheet.oddFooter.center.text, sheet.oddFooter.center.size = "第 &P 页 共 &N 页", 8
