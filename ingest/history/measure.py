"""The numbers of a history: read, in the definition's unit, in agreement with their parts, within what is possible."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from indicators.units import UnitError, factor
from ingest.columns import PARTS
from ingest.history.findings import Findings, Row, Rule
from ingest.history.names import at
from ingest.history.source import NUMBERS
from ingest.history.terms import Terms
from ingest.numbers import DIGITS, GRAMMAR, MISSING, read_number
from ingest.plausible import outside
from ingest.rule import figure

__all__ = ["half", "measured"]

_TRIMMED = " \t\n"
_DECIMALS = 6  # that the grammar allows
_MARKS = ["", *dict.fromkeys(MISSING.values())]


def measured(frame: pl.DataFrame, terms: Terms, findings: Findings) -> pl.DataFrame:
    """`frame` with `value`, `missing`, `unit` and the parts as the store keeps them."""
    frame = frame.with_columns(missing=pl.lit("", pl.Enum(_MARKS)), unit=pl.col("own_unit"))
    if "value" not in frame.columns:  # every value is to be computed from its parts
        frame = frame.with_columns(value=pl.lit(None, pl.Float64), value_text=pl.lit(""))
    for column in [c for c in NUMBERS if c in frame.columns]:
        frame = (_read if f"{column}_text" in frame.columns else _given)(frame, column, findings)
    if "unit_text" in frame.columns:
        frame = _in_own_unit(frame, findings)
    if set(PARTS) & set(frame.columns):
        frame = _ratios(frame, terms, findings)
    empty = pl.col("value").is_null() & (pl.col("missing") == "") & ~_refused(frame, "value")
    findings.refuse(frame, Rule("value_empty", "value", empty))
    bounded = frame.with_columns(**terms.of("possible_low", "possible_high", "usual_low", "usual_high"))
    found = "value_text" if "value_text" in frame.columns else "value"
    rule = Rule("value_impossible", "value", outside("possible"), found, facts=terms.possible)
    findings.refuse(bounded, rule)
    findings.count(bounded, counted_value_unusual=outside("usual") & ~outside("possible"))
    return frame


def half(frame: pl.DataFrame, terms: Terms) -> pl.Expr:
    """Half of the last digit of each value, as its text prints it or else its definition, in the definition's unit."""
    decimals = at(terms.table["decimals"], "d")
    if "value_text" in frame.columns:
        bare = pl.col("value_text").str.strip_chars(_TRIMMED)
        decimals = (bare.str.len_bytes() - bare.str.find(".", literal=True) - 1).fill_null(0).clip(0, _DECIMALS)
    scale = pl.col("scale").abs() if "scale" in frame.columns else pl.lit(1.0)
    return at([0.5 * 10.0**-n for n in range(_DECIMALS + 1)], decimals) * scale


# -- cells -------------------------------------------------------------------------------------------------


def _read(frame: pl.DataFrame, column: str, findings: Findings) -> pl.DataFrame:
    """The cells of a text column that are not plainly numbers: with space around them, marks of what is missing."""
    if not frame[column].null_count():
        return frame
    bare = pl.col(f"{column}_text").str.strip_chars(_TRIMMED)
    signs = bare.str.contains("^[+-]").cast(pl.UInt32) + bare.str.contains(".", literal=True).cast(pl.UInt32)
    plain = bare.str.contains(GRAMMAR) & (bare.str.len_bytes() - signs <= DIGITS)
    mark = bare.replace_strict(MISSING, default="", return_dtype=pl.Enum(_MARKS))
    frame = frame.with_columns(
        pl.coalesce(column, pl.when(plain).then(bare).cast(pl.Float64) + 0.0).alias(column), mark=mark
    )
    unread = pl.col(column).is_null() & (bare != "") & (pl.col("mark") == "")
    frame = frame.with_columns(unread.alias(f"{column}_refused"))
    rule = Rule(
        f"{column}_unread",
        column,
        unread,
        f"{column}_text",
        code=lambda row: _why(row, column),
        facts=lambda row: _reading(row, column),
    )
    findings.refuse(frame, rule)
    findings.count(frame, **{f"mean_{meaning}": pl.col("mark") == meaning for meaning in _MARKS[1:]})
    return frame.with_columns(missing=pl.col("mark")) if column == "value" else frame


def _given(frame: pl.DataFrame, column: str, findings: Findings) -> pl.DataFrame:
    """The numbers of a column of numbers, null where they are not finite or have more digits than are kept."""
    number = pl.col(column)
    infinite, long = ~number.is_finite(), number.is_finite() & (number.abs() >= 10.0**DIGITS)
    findings.refuse(
        frame,
        Rule(f"{column}_infinite", column, infinite, column, code=lambda row: "number_not_finite"),
        Rule(f"{column}_long", column, long, column, code=lambda row: "number_too_long"),
    )
    refused = (infinite | long).fill_null(False)
    return frame.with_columns(pl.when(~refused).then(number).alias(column), refused.alias(f"{column}_refused"))


def _refused(frame: pl.DataFrame, column: str) -> pl.Expr:
    return pl.col(f"{column}_refused") if f"{column}_refused" in frame.columns else pl.lit(False)


def _unit(row: Row) -> str:
    return row.get("unit_text") or row["own_unit"] or ""


def _why(row: Row, column: str) -> str:
    """The code of a cell that is no plain number; what a return reads with a notice is refused here."""
    return read_number(row[f"{column}_text"], _unit(row)).problem or "number_not_plain"


def _reading(row: Row, column: str) -> Mapping[str, str]:
    value = read_number(row[f"{column}_text"], _unit(row)).value
    return {"unit": _unit(row), "reading": "—" if value is None else f"{value:.15g}"}


# -- units and parts ---------------------------------------------------------------------------------------


def _in_own_unit(frame: pl.DataFrame, findings: Findings) -> pl.DataFrame:
    """Values sent in another unit, in the definition's; each pair of units is asked once."""
    frame = frame.with_columns(pl.col("unit_text").str.strip_chars())
    pairs = frame.select("unit_text", "own_unit").unique().drop_nulls()
    scales = [_scale(sent, own)[0] for sent, own in pairs.iter_rows()]
    known = pairs.with_columns(pl.Series("scale", scales, dtype=pl.Float64))
    frame = frame.join(known, on=["unit_text", "own_unit"], how="left", maintain_order="left")
    strange = pl.col("scale").is_null() & pl.col("own_unit").is_not_null()
    rule = Rule(
        "unit",
        "unit",
        strange,
        "unit_text",
        code=lambda row: _scale(row["unit_text"], row["own_unit"])[1],
        facts=lambda row: {"unit": row["own_unit"]},
    )
    findings.refuse(frame, rule)
    converted = (pl.col("value") * pl.col("scale")).round_sig_figs(DIGITS) + 0.0
    sent = pl.when(pl.col("unit_text") == "").then(pl.col("own_unit").cast(pl.String)).otherwise(pl.col("unit_text"))
    return frame.with_columns(value=pl.when(pl.col("scale") != 1).then(converted).otherwise(pl.col("value")), unit=sent)


def _scale(sent: str, own: str) -> tuple[float | None, str]:
    """(what a value in unit `sent` is multiplied by, '') or (None, code of why it cannot be)."""
    try:
        return (factor(sent, own) if sent else 1.0), ""
    except UnitError as error:
        return None, "unit_unknown" if str(error).startswith("unknown") else "unit_other_dimension"


def _ratios(frame: pl.DataFrame, terms: Terms, findings: Findings) -> pl.DataFrame:
    """Values computed from their parts; one that is stated must agree within half its last digit."""
    lacking = {part: pl.lit(None, pl.Float64) for part in PARTS if part not in frame.columns}
    frame = frame.with_columns(**lacking, **terms.of("has_parts", "factor"))
    top, bottom, value = pl.col("numerator"), pl.col("denominator"), pl.col("value")
    either, mine = top.is_not_null() | bottom.is_not_null(), pl.col("has_parts")
    usable = mine & top.is_not_null() & bottom.is_not_null() & (bottom != 0)
    computed = top / bottom * pl.col("factor")
    off = (value - computed).abs() > half(frame, terms) * (1 + 1e-9)
    shown = "value_text" if "value_text" in frame.columns else "value"
    findings.refuse(
        frame,
        Rule("part_alone", "numerator", mine & either & (top.is_null() | bottom.is_null()), shown),
        Rule("denominator_zero", "denominator", mine & top.is_not_null() & (bottom == 0), shown),
        Rule("ratio_disagrees", "value", usable & off, shown, facts=_computed),
    )
    findings.count(frame, counted_part_on_other=~mine & either)
    waiting = value.is_null() & (pl.col("missing") == "") & ~_refused(frame, "value") & usable
    return frame.with_columns(value=pl.when(waiting).then(computed.round_sig_figs(DIGITS)).otherwise(value))


def _computed(row: Row) -> Mapping[str, str]:
    parts = {part: figure(row[part]) for part in PARTS}
    return parts | {"computed": f"{row['numerator'] / row['denominator'] * row['factor']:.6g}"}
