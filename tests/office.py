"""Workbooks that a program or a person opens and saves: their cells by title, and a round through LibreOffice."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

SOFFICE = shutil.which("soffice")
needs_soffice = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not on this machine")


def opened(raw: bytes) -> Workbook:
    return load_workbook(io.BytesIO(raw))


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def header_row(sheet: Worksheet, title: str) -> int:
    """The row whose cells hold a title."""
    return next(cell.row for row in sheet.iter_rows() for cell in row if cell.value == title)


def rows(sheet: Worksheet, key: str) -> dict[str, dict[str, Any]]:
    """Rows of the table under a header: the text in column `key` → title → cell."""
    top = header_row(sheet, key)
    titles = {cell.value: cell.column for cell in sheet[top] if cell.value}
    found = {}
    for row in range(top + 1, sheet.max_row + 1):
        cells = {title: sheet.cell(row, column) for title, column in titles.items()}
        if isinstance(cells[key].value, str) and cells[key].value not in ("甲", "乙", "丙"):
            found[cells[key].value] = cells
    return found


def through_libreoffice(raw: bytes, folder: Path) -> bytes:
    """What LibreOffice makes of a workbook that it opens and saves."""
    assert SOFFICE is not None
    source, out = folder / "filled.xlsx", folder / "out"
    source.write_bytes(raw)
    profile = f"-env:UserInstallation=file://{folder}/profile"
    subprocess.run(
        [SOFFICE, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(out), str(source)],
        check=True,
        capture_output=True,
        timeout=180,
    )
    return (out / "filled.xlsx").read_bytes()
