"""The catalogue as tables to look things up in by number: indicators, regions, definitions, periods."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import polars as pl

from indicators.catalogue import Catalogue, fold
from indicators.definition import Definition, MeasureType
from indicators.period import Period, PeriodKind
from ingest.guessing import guess
from ingest.history.findings import Row
from ingest.history.names import Names, at
from ingest.normalise import ACCUMULATIONS, VINTAGES, accumulates, day

__all__ = ["ACCUMULATED", "VINTAGE", "Terms"]

ACCUMULATED = ("", "ytd", "period", "month")
VINTAGE = ("", "flash", "annual", "revised")
_TROUBLE = ("", "accumulation_needed", "accumulation_contradicts", "accumulation_ignored", "period_day_of_flow")
_BOUNDS = ("possible_low", "possible_high", "usual_low", "usual_high", "usual_change")


class Terms:
    """What the texts of a history mean. Indicators `i`, regions `r`, definitions `d` and periods `p` are places here.

    `definitions` lists every definition, `table` what rules ask of each; `whole`: of an indicator that is part of
    another the place of that; `kin`: whether it is part of one or has parts.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self.indicators, self.regions = list(catalogue.indicators), list(catalogue.regions)
        place = {name: n for n, name in enumerate(self.indicators)}
        code = {name: n for n, name in enumerate(self.regions)}
        indicators = {text: place[name] for text, name in catalogue.indicator_names.items()}
        regions = {text: code[name] for text, name in catalogue.region_names.items()}
        self.names: Mapping[str, Names[int]] = {
            "indicator": Names(lambda text: indicators.get(fold(text))),
            "region": Names(lambda text: regions.get(fold(text))),
            "region_code": Names(lambda text: regions.get(fold(text))),
            "accumulation": Names(lambda text: _place(ACCUMULATED, ACCUMULATIONS.get(fold(text)))),
            "vintage": Names(lambda text: _place(VINTAGE, VINTAGES.get(fold(text)))),
        }
        self._texts = {"indicator": catalogue.indicator_names, "region": catalogue.region_names}
        self._called = [i.name_zh for i in catalogue.indicators.values()]
        self._likenesses: dict[tuple[str, str], Mapping[str, str]] = {}
        self.periods: Names[Period] = Names(_period)
        self.days: Names[tuple[date | None]] = Names(_day)  # an empty cell means no day
        wholes = {i.id: i.part_of for i in catalogue.indicators.values() if i.part_of}
        self.whole = pl.Series([place.get(wholes.get(name, "")) for name in self.indicators], dtype=pl.Int64)
        self.kin = pl.Series([name in {*wholes, *wholes.values()} for name in self.indicators], dtype=pl.Boolean)
        known = [(n, d) for n, i in enumerate(catalogue.indicators.values()) for d in i.definitions]
        self.definitions: list[Definition] = [d for _, d in known]
        kinds: dict[str, Any] = {
            "i": pl.UInt32,
            "version": pl.Int32,
            "begins": pl.Date,
            "flow": pl.Boolean,
            "decimals": pl.Int32,
        }
        kinds |= {"own_unit": pl.Enum(sorted({d.unit for d in self.definitions})), "has_parts": pl.Boolean}
        kinds |= {"factor": pl.Float64, **dict.fromkeys(_BOUNDS, pl.Float64)}
        rows = [
            (n, d.version, d.effective_from, d.measure is MeasureType.FLOW, d.decimals, d.unit)
            + (d.numerator is not None, d.factor)
            + (d.possible.low, d.possible.high, d.usual.low, d.usual.high, d.usual_change)
            for n, d in known
        ]
        self.table = pl.DataFrame(rows, schema=kinds, orient="row").with_row_index("d")

    def like(self, column: str) -> Callable[[Row], Mapping[str, str]]:
        """The “did you mean” of an unknown name in a row."""

        def facts(row: Row) -> Mapping[str, str]:
            text = row[f"{column}_text"]
            if (column, text) not in self._likenesses:
                self._likenesses[column, text] = guess(text, self._texts[column])
            return self._likenesses[column, text]

        return facts

    def possible(self, row: Row) -> Mapping[str, str]:
        """The bounds and the unit of a row's definition, as facts of a message."""
        definition = self.definitions[row["d"]]
        low, high = ("" if b is None else f"{b:.15g}" for b in (definition.possible.low, definition.possible.high))
        return {"range": f"{low}–{high}", "unit": definition.unit, "value": f"{row['value']:.15g}"}

    def total(self, row: Row) -> Mapping[str, str]:
        """The name of the indicator that a row's is part of and its value, as facts of a message."""
        return {"total": self._called[row["whole"]], "previous": f"{row['total']:.15g}"}

    def of(self, *columns: str) -> dict[str, pl.Expr]:
        """What the table says of each row's definition `d`."""
        return {column: at(self.table[column], "d") for column in columns}

    def in_force(self, end: pl.Expr) -> pl.Expr:
        """The definition of each row's indicator `i` at `end`: its first, or the last one begun."""
        found = at(self.table.filter(version=1)["d"], "i")
        for later in self.table.filter(pl.col("version") > 1).partition_by("version"):
            begins = dict(later.select("i", "begins").iter_rows())
            starts = pl.Series([begins.get(n) for n in range(len(self.indicators))], dtype=pl.Date)
            found += (at(starts, "i") <= end).fill_null(False).cast(pl.UInt32)
        return found

    def accumulation(self) -> dict[str, pl.Expr]:
        """`accumulation` as figures keep it, and `trouble`: the code of what is wrong with what was said of it.

        For a frame with `p`, `flow` and `said`, a place in ACCUMULATED. The rule is asked once for each case.
        """
        cases: dict[tuple[PeriodKind, bool], Period] = {}
        for period in self.periods.meanings:
            cases.setdefault((period.kind, period.to_date), period)
        found = [
            accumulates(measure, period, said)
            for measure in (MeasureType.STOCK, MeasureType.FLOW)
            for period in cases.values()
            for said in ACCUMULATED
        ]
        number = {case: n for n, case in enumerate(cases)}
        kinds = pl.Series([number[p.kind, p.to_date] for p in self.periods.meanings], dtype=pl.UInt32)
        case = (pl.col("flow").cast(pl.UInt32) * len(cases) + at(kinds, "p")) * len(ACCUMULATED) + pl.col("said")
        return {
            "accumulation": at(pl.Series([a for a, _ in found], dtype=pl.Enum(ACCUMULATED)), case),
            "trouble": at(pl.Series([t for _, t in found], dtype=pl.Enum(_TROUBLE)), case),
        }


def _place(words: tuple[str, ...], word: str | None) -> int | None:
    return None if word is None else words.index(word)


def _period(text: str) -> Period | None:
    try:
        return Period.parse(text)
    except ValueError:
        return None


def _day(text: str) -> tuple[date | None] | None:
    read = day(text.strip())
    return (read,) if read or not text.strip() else None
