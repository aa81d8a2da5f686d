"""The sheets of a workbook before any is read: what each is by its first rows, and which of them make a form of ours.

Runs inside the reader's child.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ingest.form.sheets import Part, part_of
from ingest.reader.child import Refused
from ingest.reader.outline import outline

__all__ = ["ASKED", "BESIDE", "Leaf", "form_among", "look"]

ASKED = (Part.FIGURES, Part.MATTERS, Part.LAGGING)  # the sheets of a form that are filled in
BESIDE = (Part.MEANINGS, Part.PROBLEMS)  # those that hold nothing of the sender's
_LOOKED_AT = 200  # rows from the top that say what a sheet is
_UNSAFE = ("workbook_damaged", "sheet_too_full")


@dataclass(frozen=True)
class Leaf:
    """One sheet. `part`: what it is of a form of ours, None for nothing; `bears`: a form id stands on it."""

    sheet: Any
    part: Part | None
    bears: bool

    @property
    def title(self) -> str:
        return str(self.sheet.title)

    @property
    def visible(self) -> bool:
        return bool(self.sheet.sheet_state == "visible")


def look(sheets: Iterable[Any], package: zipfile.ZipFile, *, columns: int) -> list[Leaf]:
    """Every sheet with what its first rows say that it is."""
    return [Leaf(sheet, *_seen(sheet, package, columns)) for sheet in sheets]


def _seen(sheet: Any, package: zipfile.ZipFile, columns: int) -> tuple[Part | None, bool]:
    """What cannot be looked at is nothing of ours; where it is read all the same, reading says what is wrong."""
    try:
        with package.open(sheet._worksheet_path) as part:
            outline(part, rows=_LOOKED_AT, columns=columns)
    except Refused as error:
        if error.code in _UNSAFE:
            return None, False
    sheet.reset_dimensions()
    rows = sheet.iter_rows(max_row=_LOOKED_AT, max_col=columns)
    try:
        return part_of([[cell.value if isinstance(cell.value, str) else "" for cell in row] for row in rows])
    except Exception:  # whatever a damaged sheet makes the parser raise
        return None, False


def form_among(visible: Sequence[Leaf], *, called: bool) -> list[Leaf]:
    """The sheets of a form of ours that are to be read, the figures first; none where the workbook is no form.

    Where several sheets look alike those with a form id are meant. `called`: the workbook's properties say an id.
    """
    found = []
    for part in ASKED:
        alike = [leaf for leaf in visible if leaf.part is part]
        found += [leaf for leaf in alike if leaf.bears] or alike
    if not any(leaf.part is Part.FIGURES for leaf in found):
        # a sheet that calls itself the form is it, whatever became of its header
        found = [Leaf(leaf.sheet, Part.FIGURES, True) for leaf in visible if leaf.bears and leaf.part is None] + found
    ours = any(leaf.bears or leaf.part is not Part.FIGURES for leaf in found)
    return found if ours or called else []
