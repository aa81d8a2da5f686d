"""Reading a cell as a number: one reading or none.

What has exactly one reading is read with a notice (full-width digits, 1,234.5, a % where the unit is %, a unit
suffix); what has two is refused. Python's `float()` is not the judge: it believes １２, 1_000, nan and infinity.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from indicators.units import normal

__all__ = ["DIGITS", "GRAMMAR", "MISSING", "Number", "half_digit", "read_number"]

DIGITS = 15  # as many as every float keeps
GRAMMAR = r"^[+-]?[0-9]{1,15}(\.[0-9]{1,6})?$"
MISSING = {
    "…": "below_unit",
    "……": "below_unit",
    "...": "below_unit",
    "-": "not_applicable",
    "--": "not_applicable",
    "—": "not_applicable",
    "——": "not_applicable",
    "–": "not_applicable",
    "―": "not_applicable",
    "***": "suppressed",
}
# full-width ASCII, ideographic and no-break spaces, the true minus sign; not NFKC, which makes 7² into 72
_PLAIN = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 32, 0xA0: 32, 0x2212: 45}
_GRAMMAR = re.compile(GRAMMAR)
_THOUSANDS = re.compile(r"^[+-]?[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]{1,6})?$")
_SCIENTIFIC = re.compile(r"^[+-]?[0-9]*\.?[0-9]+[eE][+-]?[0-9]+$")
_TOO_LONG = re.compile(r"^[+-]?[0-9]+(?:\.[0-9]+)?$")
_NOT_FINITE = {"nan", "inf", "infinity", "+inf", "-inf", "+infinity", "-infinity"}
_BOOLEAN = {"true", "false", "是", "否"}


@dataclass(frozen=True, slots=True)
class Number:
    """What a cell holds: a value, or why it has none (`missing`), or the code of the problem it is."""

    value: float | None = None
    missing: str = ""
    problem: str = ""
    noticed: bool = False


def read_number(text: str, unit: str) -> Number:
    """Read one cell of a column in `unit`. Never raises."""
    plain = text.translate(_PLAIN).strip()
    if not plain:
        return Number(problem="value_empty")
    if missing := MISSING.get(plain):
        return Number(missing=missing)
    bare = _without_unit(plain, unit)
    if bare is None:
        return Number(problem="number_percent")
    if _THOUSANDS.match(bare):
        bare = bare.replace(",", "")
    if not _GRAMMAR.match(bare):
        return Number(problem=_why_not(bare))
    value = float(bare) + 0.0
    if Decimal(repr(value)) != Decimal(bare):  # a float would give back other digits
        return Number(problem="number_too_long")
    return Number(value, noticed=bare != text.strip(" "))


def half_digit(text: str) -> float:
    """Half of the last digit printed in a cell: 0.005 for 7.34, 0.5 for 7."""
    decimals = re.search(r"\.([0-9]+)", text.translate(_PLAIN))
    return 0.5 * 10.0 ** -len(decimals[1] if decimals else "")


def _without_unit(plain: str, unit: str) -> str | None:
    """The cell without a unit suffix equal to its own unit; None for a % where the unit is not %."""
    if plain.endswith("%"):
        return plain[:-1].rstrip() if normal(unit) == "%" else None
    suffix = re.sub(r"^[+-]?[0-9.,]+\s*", "", plain)
    whole = normal(unit)
    if suffix and normal(suffix) in {whole, whole.split("/", 1)[0]}:
        return plain[: len(plain) - len(suffix)].rstrip()
    return plain


def _why_not(bare: str) -> str:
    folded = bare.casefold()
    if folded in _NOT_FINITE:
        return "number_not_finite"
    if folded in _BOOLEAN:
        return "number_boolean"
    if _SCIENTIFIC.match(bare):
        return "number_scientific"
    if _TOO_LONG.match(bare):
        return "number_too_long"
    if re.fullmatch(r"[+-]?[0-9][0-9., '_]*", bare):
        return "number_two_readings"
    return "number_unreadable"
