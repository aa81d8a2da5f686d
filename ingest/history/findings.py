"""What is found in a history: errors named by row and counted, and what is only counted, for the reviewer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from indicators.problem import Problem, Severity
from ingest.words import SHOWN, phrase

__all__ = ["Findings", "Row", "Rule"]

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rule:
    """An error in `column` of every row where `holds`.

    `found` names the column that is quoted. `code` says by which code a row's error is told, where the rule is not
    itself one; `facts` what its sentence needs.
    """

    name: str
    column: str
    holds: pl.Expr
    found: str = ""
    code: Callable[[Row], str] | None = None
    facts: Callable[[Row], Mapping[str, str]] = lambda row: {}


class Findings:
    """Errors, of each rule the first SHOWN as problems; what else was noticed, as a count and its first row.

    `titles`: what the file calls our columns.
    """

    def __init__(self, titles: Mapping[str, str]) -> None:
        self.titles = titles
        self._named: list[Problem] = []
        self._errors: Counter[str] = Counter()
        self._counted: dict[str, tuple[int, int]] = {}  # phrase → how often, first row

    @property
    def errors(self) -> int:
        """How many there are, named or not."""
        return self._errors.total()

    @property
    def total(self) -> int:
        return self.errors + len(self._counted)

    def refuse(self, frame: pl.DataFrame, *rules: Rule) -> None:
        """Name and count the rows that a rule refuses."""
        holds = {str(n): rule.holds.fill_null(False) for n, rule in enumerate(rules)}
        counts = frame.select(**{n: held.sum() for n, held in holds.items()}).row(0)
        for rule, held, count in zip(rules, holds.values(), counts, strict=True):
            room = SHOWN - self._errors[rule.name]
            if count and room > 0:
                shown = frame.filter(held).head(room).iter_rows(named=True)
                self._named += [self._problem(rule, row) for row in shown]
            self._errors[rule.name] += count

    def _problem(self, rule: Rule, row: Row) -> Problem:
        text = row[rule.found] if rule.found else ""
        return Problem(
            Severity.ERROR,
            rule.code(row) if rule.code else rule.name,
            row=row["row"],
            column=self.titles.get(rule.column, rule.column),
            found=f"{text:.15g}" if isinstance(text, float) else text,
            facts=rule.facts(row),
        )

    def count(self, frame: pl.DataFrame, **noticed: pl.Expr) -> None:
        """Count the rows in which something is noticed, called by its phrase."""
        holds = {what: held.fill_null(False) for what, held in noticed.items()}
        counts = frame.select(**{what: held.sum() for what, held in holds.items()}).row(0)
        for what, count in zip(holds, counts, strict=True):
            if count:
                before, first = self._counted.get(what, (0, 2**31))
                self._counted[what] = before + count, min(first, frame.filter(holds[what]).sort("row")["row"][0])

    def problems(self) -> list[Problem]:
        """The errors named, and a notice of each thing counted."""
        return self._named + [
            Problem(
                Severity.NOTICE,
                "history_counted",
                row=first,
                facts={
                    "count": str(count),
                    "row": str(first),
                    **{f"what_{lang}": phrase(what, lang) for lang in ("zh", "en")},
                },
            )
            for what, (count, first) in self._counted.items()
        ]
