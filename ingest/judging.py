"""A rule on a table of one's own: CSV in, the same rows with progress, score and status out (`zhibiao judge`)."""

from __future__ import annotations

import csv
import io
import math

import polars as pl

from indicators.rules import Method, RuleSet
from indicators.verdicts import Case, Verdict, combine, judge
from ingest.submission import Refused

__all__ = ["judge_table"]

_NUMBERS = ["base_year", "base_value", "current_year", "current_value", "target", "target_year", "limit"]
_ERRORS = ["base_error", "current_error"]  # standard errors, where there are any
_NEEDED = ["base_value", "current_value"]
_DIRECTIONS = {"": None, "1": 1, "+1": 1, "1.0": 1, "higher": 1, "-1": -1, "−1": -1, "-1.0": -1, "lower": -1}


def judge_table(raw: bytes, rule: RuleSet) -> bytes:
    """The table judged: its own columns, then `progress_value, score, status`; blank where not defined.

    With a column `indicator`, rows that share one are its series, and under open-sdg gain the indicator's own
    `indicator_score, indicator_status`. Raises Refused naming row and column for what is not a number.
    """
    try:
        header = next(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")), [])
        table = pl.read_csv(io.BytesIO(raw), infer_schema=False)
    except (pl.exceptions.PolarsError, csv.Error, UnicodeDecodeError) as error:
        first = str(error).splitlines()[0]
        raise Refused(f"不是可读的 CSV:{first}", f"not a readable CSV: {first}") from None
    if twice := [name for name in header if header.count(name) > 1]:
        raise Refused(f"列 {twice[0]} 出现两次", f"column {twice[0]} stands twice")
    if missing := [name for name in _NEEDED if name not in table.columns]:
        raise Refused(f"缺少列 {missing[0]}", f"column {missing[0]} is missing")
    verdicts = [judge(_case(row, number), rule) for number, row in enumerate(table.iter_rows(named=True), start=2)]
    out = table.with_columns(
        pl.Series("progress_value", [v.progress for v in verdicts], dtype=pl.Float64),
        pl.Series("score", [v.score for v in verdicts], dtype=pl.Float64),
        pl.Series("status", [v.status for v in verdicts], dtype=pl.String),
    )
    if "indicator" in table.columns and rule.method is Method.GROWTH_RATIO:
        out = _with_indicators(out, verdicts, rule)
    return out.write_csv().encode()


def _case(row: dict[str, str | None], number: int) -> Case:
    values = {name: _number(row.get(name) or "", number, name) for name in [*_NUMBERS, *_ERRORS]}
    said = (row.get("direction") or "").strip()
    if said not in _DIRECTIONS:
        raise Refused(
            f"第{number}行 direction:“{said}”应为 1 或 -1", f"row {number}, direction: “{said}” must be 1 or -1"
        )
    return Case(**values, direction=_DIRECTIONS[said], unit=(row.get("unit") or "").strip())


def _number(text: str, row: int, column: str) -> float | None:
    """A cell as a finite number; None where blank."""
    plain = text.strip()
    if not plain:
        return None
    try:
        value = float(plain) if plain.isascii() and "_" not in plain else math.nan
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise Refused(f"第{row}行 {column}:“{text}”不是数字", f"row {row}, {column}: “{text}” is not a number")
    return value + 0.0


def _with_indicators(table: pl.DataFrame, verdicts: list[Verdict], rule: RuleSet) -> pl.DataFrame:
    """Each row's indicator judged from all its series; blank where a row names none."""
    names = [(name or "").strip() for name in table["indicator"]]
    series: dict[str, list[Verdict]] = {}
    for name, verdict in zip(names, verdicts, strict=True):
        series.setdefault(name, []).append(verdict)
    whole = {name: combine(mine, rule) for name, mine in series.items() if name}
    told = [whole.get(name) for name in names]
    return table.with_columns(
        pl.Series("indicator_score", [v and v.score for v in told], dtype=pl.Float64),
        pl.Series("indicator_status", [v and v.status for v in told], dtype=pl.String),
    )
