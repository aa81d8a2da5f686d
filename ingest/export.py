"""Tables for spreadsheets: CSV that they read as it is meant, and never run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

__all__ = ["csv_bytes", "harmless"]


def csv_bytes(header: Sequence[str], rows: Iterable[Iterable[object]]) -> bytes:
    """A table as CSV for Excel and WPS: UTF-8 with BOM, lines ended as they end them, text made harmless."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def harmless(value: object) -> object:
    """Text that a spreadsheet would run as a formula, with an apostrophe before it; numbers untouched."""
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")):
        return "'" + value
    return value
