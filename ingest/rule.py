"""A rule over the rows of a return, and how what it finds is written down."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from indicators.problem import Problem, Severity
from ingest.numbers import read_number
from ingest.words import phrase

__all__ = ["Row", "Rule", "figure", "finding", "shown", "twice"]

Row = Mapping[str, Any]


def _nothing(row: Row) -> dict[str, str]:
    return {}


@dataclass(frozen=True, slots=True)
class Rule:
    """Rows for which `holds` is true have a problem in `column`; `facts` of a row fill the sentence of `code`."""

    severity: Severity
    column: str
    code: str
    holds: pl.Expr
    facts: Callable[[Row], Mapping[str, str]] = _nothing

    def problems(self, frame: pl.DataFrame) -> Iterator[Problem]:
        for row in frame.filter(self.holds.fill_null(False)).iter_rows(named=True):
            yield finding(row, self.severity, self.column, self.code, self.facts(row))


def finding(row: Row, severity: Severity, column: str, code: str, facts: Mapping[str, str]) -> Problem:
    """A problem of one row; a warning is explained where the row has a note."""
    found = row["period"] if column == "period" else row["vintage"] if column == "vintage" else row["found"]
    explained = severity is Severity.WARNING and bool(row["note"])
    return Problem(severity, code, row=row["row"], column=column, found=found, facts=facts, explained=explained)


def figure(value: float) -> str:
    """A number as a sentence repeats it: every digit that was stated, no more."""
    return f"{value:.15g}"


def shown(values: Sequence[float], *, found: str, unit: str, value: float) -> list[str]:
    """Values of one definition as a sentence repeats them beside a cell that shows `found`: in the unit of that cell.

    The unit is said where it is not the definition's.
    """
    times, other = _shown_in(found, unit, value)
    return [figure(one) if times == 1.0 else figure(float(f"{one * times:.12g}")) + other for one in values]


def _shown_in(found: str, unit: str, value: float) -> tuple[float, str]:
    """What makes a value in its definition's unit what its cell shows, and that other unit; (1, '') in its own."""
    printed = read_number(found or "", unit or "").value
    if not printed or not value or abs(printed / value - 1) < 1e-9:
        return 1.0, ""
    return printed / value, f" {unit}"


def twice(*, alike: bool) -> dict[str, str]:
    """What to do with a figure that stands twice, as facts of a message."""
    code = "hint_twice_alike" if alike else "hint_twice_differ"
    return {f"hint_{language}": phrase(code, language) for language in ("zh", "en")}
