"""A rule over the rows of a return, and how what it finds is written down."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from indicators.problem import Problem, Severity

__all__ = ["Row", "Rule", "figure", "finding"]

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
