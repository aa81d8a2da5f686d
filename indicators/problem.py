"""What is wrong with a figure, said in codes: the words live with whoever prints them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

__all__ = ["Problem", "Severity"]


class Severity(StrEnum):
    """How much a problem matters."""

    ERROR = "error"  # the file is refused
    WARNING = "warning"  # refused until the row's note explains it
    NOTICE = "notice"  # read in its one possible way; nothing to do


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding: where it is, what was found, and `facts` for the sentence that explains it.

    `row` is the line of the sheet as its program numbers it (1 is the header), None for the file as a whole.
    `explained`: a warning whose row carries a note.
    """

    severity: Severity
    code: str
    sheet: str = ""
    row: int | None = None
    column: str = ""
    found: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    explained: bool = False

    @property
    def blocks(self) -> bool:
        """Whether the file is refused because of it."""
        return self.severity is Severity.ERROR or (self.severity is Severity.WARNING and not self.explained)
