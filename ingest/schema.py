"""The shape of a normalised return, as a pandera model: the last look before figures are believed.

Always on DataFrames: pandera skips data checks on a LazyFrame without saying so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrors
from pandera.typing.polars import Series

from indicators.problem import Problem, Severity
from ingest.columns import KEY
from ingest.rule import twice

__all__ = ["KEY", "Figures", "failures"]


class Figures(pa.DataFrameModel):
    """One row a figure. `value` is finite and in the definition's unit, or null with `missing` saying why.

    A value may also wait to be computed from the numerator and denominator beside it.
    """

    row: Series[pl.Int32]
    indicator: Series[pl.String]
    region: Series[pl.String]
    period: Series[pl.String]
    period_end: Series[pl.Date]
    accumulation: Series[pl.String] = pa.Field(isin=["", "ytd", "period", "month"])
    definition: Series[pl.Int32] = pa.Field(ge=1)
    value: Series[pl.Float64] = pa.Field(nullable=True)
    missing: Series[pl.String] = pa.Field(isin=["", "below_unit", "not_applicable", "suppressed"])
    numerator: Series[pl.Float64] = pa.Field(nullable=True)
    denominator: Series[pl.Float64] = pa.Field(nullable=True)
    found: Series[pl.String]
    unit: Series[pl.String]
    vintage: Series[pl.String] = pa.Field(isin=["", "flash", "annual", "revised"])
    published_on: Series[pl.Date] = pa.Field(nullable=True)
    contributors: Series[pl.Int32] = pa.Field(nullable=True, ge=0)
    confidence: Series[pl.String]
    source: Series[pl.String]
    note: Series[pl.String]

    class Config:
        strict = True

    @pa.check("value", "numerator", "denominator", name="finite")
    @classmethod
    def _finite(cls, data: pa.PolarsData) -> pl.LazyFrame:
        # NaN passes every ordering check, so finiteness is asked for by name
        return data.lazyframe.select(pl.col(data.key).is_finite() | pl.col(data.key).is_null())

    @pa.dataframe_check(name="value_or_reason")
    @classmethod
    def _value_or_reason(cls, data: pa.PolarsData) -> pl.LazyFrame:
        parts = pl.col("numerator").is_not_null() & pl.col("denominator").is_not_null()
        reason = pl.col("missing") != ""
        return data.lazyframe.select(pl.when(pl.col("value").is_null()).then(reason | parts).otherwise(~reason))

    @pa.dataframe_check(name="unique")
    @classmethod
    def _unique(cls, data: pa.PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(pl.struct(KEY).is_first_distinct())


_CODES: Mapping[tuple[str, str], str] = {
    ("value", "finite"): "number_not_finite",
    ("numerator", "finite"): "number_not_finite",
    ("denominator", "finite"): "number_not_finite",
    ("contributors", "greater_than_or_equal_to(0)"): "count_unreadable",
}


def failures(frame: pl.DataFrame, already: Iterable[Problem]) -> list[Problem]:
    """What the model refuses, as problems of the row they stand in.

    Rows that an earlier step already named with an error are not named twice.
    """
    try:
        Figures.validate(frame, lazy=True)
    except SchemaErrors as refused:
        cases = refused.failure_cases
    else:
        return []
    named = {p.row for p in already if p.severity is Severity.ERROR}
    firsts = frame.select(pl.col("row").first().over(KEY)).to_series()
    others = frame.select(pl.col("found").first().over(KEY)).to_series()
    values = frame.select(pl.col("value").first().over(KEY)).to_series()
    rows, found = frame["row"], []
    for case in cases.iter_rows(named=True):
        index, check = case["index"], case["check"]
        assert index is not None, f"the frame itself is wrong, not its data: {check}"
        if rows[index] in named:
            continue
        facts: dict[str, str] = {}
        if check == "unique":
            alike = frame["value"][index] is not None and frame["value"][index] == values[index]
            facts = {"first": str(firsts[index]), "value": frame["found"][index], "other": others[index]}
            facts |= twice(alike=alike)
            code, column, text = "twice_in_file", "period", frame["period"][index] or ""
        elif check == "value_or_reason":
            code, column, text = "value_empty", "value", frame["found"][index]
        else:
            code, column = _CODES.get((case["column"], check), "number_unreadable"), str(case["column"])
            text = str(case["failure_case"])
        found.append(Problem(Severity.ERROR, code, row=rows[index], column=column, found=text, facts=facts))
    return found
