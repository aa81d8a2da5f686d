"""Numbers as they are printed: decimals of the definition, half-up, a true minus sign, units in words."""

from __future__ import annotations

import math
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from dashboard.i18n import Words
from indicators.definition import Definition, MeasureType
from indicators.period import Period, PeriodKind, quarter_end
from indicators.trajectory import exact
from indicators.units import normal

__all__ = [
    "amount",
    "calendar",
    "change",
    "day_name",
    "hour",
    "number",
    "percent",
    "points",
    "printed",
    "short_change",
    "target_text",
]

MINUS = "−"


def number(value: float, decimals: int, *, signed: bool = False) -> str:
    """`value` to fixed decimals, rounded half up as practice has it, thousands separated."""
    rounded = Decimal(repr(exact(value))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    text = f"{abs(rounded):,.{decimals}f}"
    if rounded < 0:
        return MINUS + text
    return f"+{text}" if signed and rounded > 0 else text


def printed(value: float) -> str:
    """A number as a document prints it: as many digits as it has, no separators."""
    return f"{value:.15g}".replace("-", MINUS)


def percent(share: float, decimals: int = 1) -> str:
    """A share as a percentage: 0.267 → 26.7%."""
    return number(100 * share, decimals) + "%"


def points(gap: float) -> str:
    """Percentage points without their sign, one decimal."""
    return number(abs(gap), 1)


def _unit(definition: Definition, w: Words) -> str:
    return definition.unit if w.chinese else definition.unit_en or definition.unit


def amount(value: float, definition: Definition, w: Words) -> str:
    """A value with its unit: `7.87 张/千人`, `53.5%`."""
    text = number(value, definition.decimals)
    if normal(definition.unit) == "%":
        return text + "%"
    return _with_unit(text, _unit(definition, w))


def _with_unit(text: str, unit: str) -> str:
    """A number before its unit, also where that begins with one: `1.94 /10万`, `700 × 100 million yuan`."""
    if unit.startswith("1/"):
        return f"{text} {unit[1:]}"
    return f"{text} × {unit}" if unit[:1].isdigit() else f"{text} {unit}"


def change(value: float, definition: Definition, w: Words, *, signed: bool = False) -> str:
    """A difference with its unit; of a % in 百分点. One that rounding would change by a tenth keeps two digits."""
    decimals = definition.decimals
    if value and abs(round(value, decimals) - value) > 0.1 * abs(value):
        decimals = max(decimals, min(6, 1 - math.floor(math.log10(abs(value)))))
        while decimals > definition.decimals and round(value, decimals - 1) == round(value, decimals):
            decimals -= 1
    text = number(value, decimals, signed=signed)
    unit = w("unit.points") if normal(definition.unit) == "%" else _unit(definition, w)
    return _with_unit(text, unit)


def short_change(value: float, definition: Definition, w: Words) -> str:
    """A signed difference for a narrow place: without its unit, which stands beside it, unless that is 百分点."""
    text = change(value, definition, w, signed=True)
    return text if normal(definition.unit) == "%" else text.split(" ")[0]


def target_text(low: float, high: float, operator: str, definition: Definition) -> str:
    """A target's number with its operator: `≥82.42`, `8.30`, `30–50`, `>1200`."""
    text = number(low, definition.decimals)
    if high != low:
        return f"{text}–{number(high, definition.decimals)}"
    sign = {">": ">", "<": "<", "<=": "≤"}.get(operator, "")
    return sign + text


def calendar(day: date, w: Words) -> str:
    """A day as either language writes it in a table: 2025-01-20, 20 Jan 2025."""
    return day.isoformat() if w.chinese else Period(day, day, PeriodKind.DAY).name(w.language)


def hour(at: datetime, w: Words) -> str:
    """A moment as either language writes it: 2025-01-20 17:05, 20 Jan 2025, 17:05."""
    return f"{calendar(at.date(), w)}{' ' if w.chinese else ', '}{at:%H:%M}"


def day_name(day: date, w: Words, *, measure: MeasureType | None = None) -> str:
    """A period end in words: 2024年四季度 for a quarter end, 2024年末 for a year's end of a stock."""
    if (day.month, day.day) == (12, 31):
        return Period.year(day.year).name(w.language, instant=measure is not MeasureType.FLOW)
    if quarter_end(day):
        return Period.quarter(day.year, day.month // 3).name(w.language)
    return Period(day, day, PeriodKind.DAY).name(w.language)
