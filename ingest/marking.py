"""The annotator's child: a sender's file on standard input, the same file with its cells marked on standard output.

Runs alone (`python -I -S marking.py`); what it may import is said in its argument. Whatever could compute, call out
or run is taken out: formulas become the text they were written as.
"""

from __future__ import annotations

import csv
import io
import json
import re
import resource
import sys
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

if __name__ == "__main__":
    sys.path[:0] = json.loads(sys.argv[1])["paths"]
    sys.modules.update(dict.fromkeys(("numpy", "lxml", "defusedxml", "PIL", "pandas")))  # type: ignore[arg-type]

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.styles import PatternFill
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from ingest.form.paper import ACCENT, MUTED, clear, comment, font, frame, lines_of, page, put, tall, widths
from ingest.reader import child
from ingest.reader.package import open_package

__all__ = ["LISTED", "SHEET", "alone", "mark"]

SHEET = "问题清单"
LISTED = 2000  # problems listed and marked; the total is always said
_CSV_ROWS = 20_000
_WRITTEN = 256 * 2**20
_FILLS = {"错误": "F8D7D3", "须说明": "FBE8C6", "提示": "E3ECF7", "已说明": "E3ECF7"}
_TITLES = {"序号": 7, "程度": 9, "工作表": 14, "行": 8, "列": 16, "表中内容": 30, "问题与改法": 62, "English": 62}
_FIELDS = ("word", "sheet", "row", "column", "found", "zh", "en")
_FORMULA = ("=", "+", "-", "@")
_LITERAL = re.compile(r'(?:"[^"]*"|[-+0-9.eE]+)?')

_decode: Callable[[bytes], tuple[str, str]] = child.decode
Found = Mapping[str, Any]  # word, sheet, row, column, found, zh, en


def alone(problems: Sequence[Found], total: int, note: str = "") -> bytes:
    """A workbook of nothing but the list, for a file that cannot be given back."""
    book = Workbook()
    book.remove(book.active)
    return _saved(book, problems, total, note)


def mark(raw: bytes, problems: Sequence[Found], total: int, *, table: bool) -> bytes:
    """The file with its problems: `table` for a CSV, which becomes a workbook; else a workbook of its own."""
    if table:
        book, note = _from_csv(raw)
    else:
        book, note = _from_workbook(raw), ""
    if SHEET in book.sheetnames and len(book.sheetnames) > 1:
        book.remove(book[SHEET])  # of an earlier round
    seen = next((s.title for s in book.worksheets if s.sheet_state == "visible"), "")
    placed = [{**p, "sheet": p["sheet"] or seen} if p["row"] else p for p in problems]
    for sheet in book.worksheets:
        _mark_sheet(sheet, [p for p in placed if p["row"] and p["sheet"] == sheet.title])
    return _saved(book, placed, total, note)


# -- the sender's file, made harmless ----------------------------------------------------------------------


def _from_csv(raw: bytes) -> tuple[Workbook, str]:
    """A CSV as a sheet of text, each record in its own row; and what to say where it is cut."""
    text, _ = _decode(raw)
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(child.DELIMITERS, key=lambda sign: (first.count(sign), -child.DELIMITERS.index(sign)))
    book = Workbook()
    book.active.title = "报送数据"
    before = csv.field_size_limit(len(text) + 1)
    try:
        whole = _fill(book.active, csv.reader(io.StringIO(text), delimiter=delimiter))
    finally:
        csv.field_size_limit(before)
    return book, "" if whole else f"文件较长,只附前 {_CSV_ROWS} 行;其后的问题只列在下表。"


def _fill(sheet: Worksheet, records: Iterable[list[str]]) -> bool:
    """Write records as rows of text; False when there are more than fit."""
    for number, cells in enumerate(records, start=1):
        if number > _CSV_ROWS:
            return False
        for column, value in enumerate(cells, start=1):
            if value:
                _as_text(sheet.cell(number, column), value)
    return True


def _from_workbook(raw: bytes) -> Workbook:
    open_package(raw)
    book = load_workbook(io.BytesIO(raw), keep_vba=False, keep_links=False)
    for other in list(book.chartsheets):
        book.remove(other)
    book.defined_names.clear()
    for sheet in book.worksheets:
        _disarm(sheet)
    return book


def _disarm(sheet: Worksheet) -> None:
    """Take out whatever a spreadsheet program would compute, fetch or follow."""
    sheet.defined_names.clear()
    sheet.conditional_formatting = ConditionalFormattingList()
    sheet._charts, sheet._images, sheet._pivots, sheet._hyperlinks = [], [], [], []
    checks = sheet.data_validations
    checks.dataValidation = [
        one for one in checks.dataValidation if all(_LITERAL.fullmatch(f or "") for f in (one.formula1, one.formula2))
    ]
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell, MergedCell):
                continue
            cell._hyperlink = None
            value = cell.value
            if cell.data_type == "f":
                _as_text(cell, str(getattr(value, "text", None) or value))
            elif isinstance(value, str) and cell.data_type != "e":
                _as_text(cell, value)


def _as_text(cell: Cell, value: str) -> None:
    cell.value = clear(value)[:32_767]
    cell.data_type = "s"
    cell.quotePrefix = value.startswith(_FORMULA)


# -- marks -------------------------------------------------------------------------------------------------


def _mark_sheet(sheet: Worksheet, problems: Sequence[Found]) -> None:
    """Fill and comment each cell that a problem names; the first cell of its row where the column is not found."""
    said: dict[str, list[Found]] = {}
    for problem in problems:
        if 0 < problem["row"] <= sheet.max_row:
            said.setdefault(_place(sheet, problem), []).append(problem)
    for place, found in said.items():
        cell: Cell = sheet[place]
        before = cell.comment.text if cell.comment else ""
        cell.fill = PatternFill("solid", start_color=_FILLS[found[0]["word"]])
        texts = [f"【{p['word']}】{p['zh']}" for p in found]
        comment(cell, "\n".join([*texts, *([f"——\n{before}"] if before else [])]))


def _place(sheet: Worksheet, problem: Found) -> str:
    """The address of the cell: by the letters of its column, else by the nearest title above it."""
    row, column = problem["row"], problem["column"]
    if found := re.fullmatch(r"([A-Z]{1,3})(?: .*)?", column):
        place = f"{found[1]}{row}"
    else:
        letters = (c.column_letter for c in _titles(sheet, row) if _plain(c.value) == _plain(column))
        place = f"{next(letters, 'A')}{row}"
    merged = next((area for area in sheet.merged_cells.ranges if place in area), None)
    return sheet.cell(merged.min_row, merged.min_col).coordinate if merged else place


def _titles(sheet: Worksheet, row: int) -> list[Cell]:
    """Cells of text from a row upwards: the nearest first, at most the sheet's first hundred rows."""
    above = [*range(min(row, 100), 0, -1)]
    return [c for n in above for c in sheet[n] if isinstance(c, Cell) and isinstance(c.value, str)]


def _plain(text: str) -> str:
    return "".join(text.split())


# -- the list ----------------------------------------------------------------------------------------------


def _saved(book: Workbook, problems: Sequence[Found], total: int, note: str) -> bytes:
    sheet = book.create_sheet(SHEET, 0)
    _list(sheet, problems, total, note, names=set(book.sheetnames))
    book.active = 0
    for other in book.worksheets:
        other.sheet_view.tabSelected = other is sheet  # two selected sheets would be edited together
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _list(sheet: Worksheet, problems: Sequence[Found], total: int, note: str, *, names: set[str]) -> None:
    widths(sheet, list(_TITLES.values()))
    put(sheet, "A1", SHEET, style=font(14, bold=True), boxed=False)
    shown = f"共 {total} 个问题" + (f",列出前 {len(problems)} 个" if len(problems) < total else "")
    how = f"{shown}。可直接在后面的表中改正后再报送;有批注的单元格即有问题。{note}"
    put(sheet, "A2", how, style=font(9, colour=MUTED), boxed=False)
    for letter, title in zip("ABCDEFGH", _TITLES, strict=True):
        put(sheet, f"{letter}4", title, style=font(bold=True, colour="FFFFFF"), align="center")
    frame(sheet[4], fill=ACCENT)
    for row, problem in enumerate(problems, start=5):
        texts = [str(row - 4), *(str(problem[name] or "") for name in _FIELDS)]
        for letter, text in zip("ABCDEFGH", texts, strict=True):
            put(sheet, f"{letter}{row}", clear(text), style=font(9), wrap=True, middle=False)
        frame(sheet[row])
        frame([sheet[f"B{row}"]], fill=_FILLS[problem["word"]])
        if problem["row"] and problem["sheet"] in names:
            target = problem["sheet"].replace("'", "''")
            link = Hyperlink(ref=f"D{row}", location=f"'{target}'!A{problem['row']}")
            sheet[f"D{row}"].hyperlink = link
            sheet[f"D{row}"].font = font(9, colour=ACCENT)
        tall(sheet, row, max(map(lines_of, texts, _TITLES.values())), least=18)
    sheet.freeze_panes = "A5"
    page(sheet, titles=(4, 4), left=SHEET, right="")


def main() -> None:
    limits = json.loads(sys.argv[1])
    for what, most in (
        (resource.RLIMIT_AS, limits["memory"]),
        (resource.RLIMIT_CPU, limits["seconds"]),
        (resource.RLIMIT_FSIZE, _WRITTEN),  # sheets pass through a file before they are packed
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    size = int.from_bytes(sys.stdin.buffer.read(8), "big")
    asked = json.loads(sys.stdin.buffer.read(size))
    warnings.simplefilter("ignore")
    sys.stdout.buffer.write(mark(sys.stdin.buffer.read(), asked["problems"], asked["total"], table=asked["table"]))


if __name__ == "__main__":
    main()
